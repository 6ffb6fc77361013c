"""How a knowledge base meets a message."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.knowledge.entry import Counterexample, Entry, Kind, LabelledQuestion, Language, SmallTalk, Status
from bot.matching.calibration import Aim
from bot.matching.decision import Outcome, Rule, Thresholds
from bot.matching.matcher import LEAST_ANSWER, LEAST_QUESTIONS, MOST_QUESTIONS, Matcher
from bot.matching.text import normalise
from tests.matching.bases import TOWN, asked, base, entry
from tests.matching.consistent import assert_consistent

BAD = entry("bad", "Wann öffnet das Freibad?")
HOSTILE = {
    "empty": "",
    "one emoji": "😀",
    "a letter 4,096 times": "a" * 4096,
    "a word 600 times": "Freibad " * 600,
    "a word 585 times without spaces": "Freibad" * 585,
    "punctuation": "?!. -- …",
    "right to left": "متى يفتح المسبح؟",
    "right to left marks": "\u202eWann öffnet das Freibad?\u202c",
    "zero width": "Wann\u200b öff\u200dnet\ufeff das Frei\u00adbad?",
    "decomposed": "Wann o\u0308ffnet das Freibad?",
    "SQL": "'; DROP TABLE tickets; --",
    "HTML": "<script>alert('Freibad')</script>",
    "template": "{{7*7}} ${HOME} %s %(entry)s {entry}",
    "lone surrogates": "\ud800Freibad\udfff",
    "control characters": "\x00Freibad\x07",
    "accents without end": "Frei" + "\u0301" * 3000 + "bad",
    "a megabyte": "x" * 1_000_000,
    "a megabyte of questions": "Wann öffnet das Freibad? " * 40_000,
    "numbers": "z. B. 1. 2. 3." * 300,
}
BASES = {
    "a town": TOWN,
    "nothing": base(),
    "one entry": base([BAD]),
    "counterexamples only": base([], ["Wann öffnet das Freibad?"]),
    "small talk only": base([], [], {"greeting": ["Hallo"]}),
    "synonyms only": base(synonyms=[("Freibad", "pool")]),
    "two entries with one phrasing": base([BAD, entry("zwei", "Wann öffnet das Freibad?")]),
    "an entry of punctuation": base([entry("bad", "?!")]),
}


@pytest.fixture(scope="module")
def town() -> Matcher:
    return Matcher(TOWN)


@pytest.fixture(scope="module")
def matchers() -> dict[str, Matcher]:
    return {name: Matcher(kb) for name, kb in BASES.items()}


# -- questions --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Wann öffnet das Freibad?", "bad"),
        ("wan öfnet das freibat", "bad"),
        ("when does the pool open", "bad"),
        ("Wo kann man Fahrräder abstellen?", "rad"),
        ("stadtrats sitzung im internet sehen", "rat"),
        ("Stadtrat Live Stream", "rat"),
        ("WIRD DIE SITZUNG UEBERTRAGEN???", "rat"),
        ("Hallo, wann öffnet das Freibad?", "bad"),
        ("wannöffnet dasFreibad", "bad"),
        ("Wann öffnet das Frei Bad", "bad"),
        ("Wu kann ich moi Fahrradl abstelle?", "rad"),
    ],
)
def test_the_entry_that_is_meant_is_on_top(town: Matcher, question: str, expected: str) -> None:
    ranking = town.rank(question)

    assert ranking.candidates[0].entry == expected
    assert all(0 <= one.score <= 1 for one in ranking.candidates)


def test_every_phrasing_finds_its_entry(town: Matcher) -> None:
    for phrasing in (phrasing for one in TOWN.entries() for phrasing in one.phrasings):
        best = town.rank(phrasing.text).candidates[0]

        assert (best.entry, best.phrasing, best.language) == (phrasing.entry, phrasing.text, phrasing.language)


def test_a_question_is_answered_and_its_language_known(town: Matcher) -> None:
    decision = town.decide("When does the outdoor pool open?")

    assert (decision.outcome, decision.entry, decision.language) == (Outcome.ANSWER, "bad", Language.EN)


def test_a_synonym_finds_the_entry() -> None:
    entries = [BAD, entry("rad", "Wo kann ich mein Fahrrad abstellen?")]
    with_group = Matcher(base(entries, synonyms=[("Freibad", "Plansch", "lido")]))

    assert with_group.rank("Plansch").candidates[0].entry == "bad"
    assert with_group.rank("lido hours").candidates[0].entry == "bad"
    assert with_group.rank("Plansch").candidates[0].score > Matcher(base(entries)).rank("Freiluft").candidates[0].score


def test_a_counterexample_keeps_the_nearest_entry_from_answering(town: Matcher) -> None:
    decision = town.decide("Was kostet denn der Eintritt ins Freibad?")

    assert decision.outcome is not Outcome.ANSWER


def test_the_same_question_without_counterexample_scores_higher(town: Matcher) -> None:
    unwarned = Matcher(base(TOWN.topics[0].entries))
    question = "Was kostet der Eintritt ins Freibad?"

    assert unwarned.rank(question).candidates[0].score > town.rank(question).candidates[0].score


def test_the_nearest_counterexample_is_told(town: Matcher) -> None:
    rival = town.rank("Was kostet denn der Eintritt?").counterexample

    assert rival is not None
    assert (rival.name, rival.text) == ("thema", "Was kostet der Eintritt ins Freibad?")


def test_a_withdrawn_entry_is_still_understood() -> None:
    withdrawn = replace(entry("alt", "Wann öffnet das Hallenbad?"), status=Status.WITHDRAWN)

    assert Matcher(base([BAD, withdrawn])).decide("Wann öffnet das Hallenbad?").entry == "alt"


def test_a_draft_is_never_a_candidate() -> None:
    hidden = replace(entry("alt", "Wann öffnet das Hallenbad?"), status=Status.DRAFT)
    decision = Matcher(base([BAD, hidden])).decide("Wann öffnet das Hallenbad?")

    assert [one.entry for one in decision.candidates] == ["bad"]
    assert "alt" not in (decision.entry, *decision.suggested)


def test_the_chats_language_is_only_a_hint(town: Matcher) -> None:
    assert town.decide("Freibad Öffnungszeiten", Language.EN).language is None
    assert town.decide("Wann öffnet das Freibad?", Language.EN).language is Language.DE


def test_stricter_thresholds_turn_an_answer_into_suggestions(town: Matcher) -> None:
    decision = town.decide("Wann öffnet das Freibad?", thresholds=Thresholds(answer=1.0))

    assert decision.outcome is Outcome.SUGGEST


# -- small talk and keywords ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "kind"),
    [("Hallo!", "greeting"), ("guten tag 😊", "greeting"), ("Vielen Dank, danke!", "thanks"),
     ("du bist dumm", "insult"), ("???", "noise"), ("?" * 30, "noise"), ("asdfghjkl", "noise"),
     ("🤷\u200d♀️", "noise"), ("ja", "noise")],
)  # fmt: skip
def test_small_talk_is_met_as_small_talk(town: Matcher, message: str, kind: str) -> None:
    decision = town.decide(message)

    assert (decision.outcome, decision.small_talk) == (Outcome.SMALLTALK, kind)


def test_a_keyword_that_fits_several_entries_gets_suggestions() -> None:
    places = Matcher(base([entry("name", "Wie heißt der Dritte Ort?"), entry("start", "Wann startet der Dritte Ort?")]))
    decision = places.decide("Dritter Ort")

    assert decision.outcome is Outcome.SUGGEST
    assert set(decision.suggested) == {"name", "start"}


def test_the_same_phrasing_in_two_entries_is_suggested() -> None:
    twins = Matcher(base([entry("eins", "Wann ist Markt?"), entry("zwei", "Wann ist Markt?")]))
    decision = twins.decide("Wann ist Markt?")

    assert decision.outcome is Outcome.SUGGEST
    assert set(decision.suggested) == {"eins", "zwei"}


def test_one_entry_alone_is_answered() -> None:
    decision = Matcher(base([BAD])).decide("Wann öffnet das Freibad?")

    assert (decision.outcome, decision.entry) == (Outcome.ANSWER, "bad")


# -- several questions ------------------------------------------------------------------------------


def test_two_questions_in_one_message_are_both_answered(town: Matcher) -> None:
    decision = town.decide("Wann öffnet das Freibad? Und wo kann ich mein Fahrrad abstellen?")

    assert [part.entry for part in decision.parts] == ["bad", "rad"]


def test_of_two_questions_the_unknown_one_goes_to_people(town: Matcher) -> None:
    decision = town.decide("Wann öffnet das Freibad? Und wer repariert Kühlschrank oder Waschmaschine?")

    assert [part.outcome for part in decision.parts] == [Outcome.ANSWER, Outcome.FORWARD]


@pytest.mark.parametrize("marks", ["?", "???", "?????????????????", "?!?!?!?!?!?!?!?!?!", " ? ? ? ? ? ? ? ? ? ?"])
def test_many_question_marks_are_one_question(town: Matcher, marks: str) -> None:
    decision = town.decide(f"Wann öffnet das Freibad{marks}")

    assert (decision.outcome, decision.entry) == (Outcome.ANSWER, "bad")


def test_very_many_questions_are_read_by_people(town: Matcher) -> None:
    asked = "Wann öffnet das Freibad? "

    assert town.decide(asked * MOST_QUESTIONS).rule is not Rule.TOO_MANY
    decision = town.decide(asked * (MOST_QUESTIONS + 1))
    assert (decision.outcome, decision.rule, decision.entry) == (Outcome.FORWARD, Rule.TOO_MANY, None)


@pytest.mark.parametrize("message", ["Hallo? ", "1. 2. 3.?"])
def test_very_many_questions_that_say_nothing_have_one_fate_only(town: Matcher, message: str) -> None:
    assert_consistent(town.decide(message * (MOST_QUESTIONS + 1)))


# -- bad input --------------------------------------------------------------------------------------


@pytest.mark.parametrize("message", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("kb", BASES)
def test_no_message_breaks_any_knowledge_base(matchers: dict[str, Matcher], kb: str, message: str) -> None:
    decision = matchers[kb].decide(message)

    assert_consistent(decision)
    assert decision.text == message


@pytest.mark.parametrize("name", ["empty", "one emoji", "a letter 4,096 times", "punctuation", "a megabyte"])
def test_what_says_nothing_is_noise(matchers: dict[str, Matcher], name: str) -> None:
    assert {matcher.decide(HOSTILE[name]).small_talk for matcher in matchers.values()} == {"noise"}


@pytest.mark.parametrize("name", ["right to left", "SQL", "template"])
def test_what_nobody_understands_is_never_answered(matchers: dict[str, Matcher], name: str) -> None:
    assert all(matcher.decide(HOSTILE[name]).outcome is not Outcome.ANSWER for matcher in matchers.values())


@pytest.mark.parametrize("name", ["right to left marks", "zero width", "decomposed"])
def test_invisible_and_decomposed_characters_change_nothing(town: Matcher, name: str) -> None:
    assert town.decide(HOSTILE[name]).entry == "bad"


@pytest.mark.parametrize("name", ["nothing", "counterexamples only", "small talk only", "synonyms only"])
def test_a_base_without_entries_answers_nothing(matchers: dict[str, Matcher], name: str) -> None:
    decision = matchers[name].decide("Wann öffnet das Freibad?")

    assert (decision.outcome, decision.candidates) == (Outcome.FORWARD, ())


def test_a_base_of_small_talk_alone_returns_it(matchers: dict[str, Matcher]) -> None:
    assert matchers["small talk only"].decide("Hallo").small_talk == "greeting"


WORDS = st.sampled_from(
    [
        "Freibad",
        "öffnet",
        "wann",
        "Hallo",
        "Danke",
        "Fahrrad",
        "when",
        "pool",
        "kostet",
        "?",
        "!",
        "\n",
        "😀",
        "Stadtrat",
    ]
)
MESSAGES = st.text(max_size=80) | st.lists(WORDS, max_size=2 * MOST_QUESTIONS).map(" ".join)


@given(MESSAGES, st.sampled_from([*Language, None]))
@settings(deadline=None, max_examples=200)
def test_whatever_is_said_the_decision_is_consistent(town: Matcher, message: str, language: Language | None) -> None:
    decision = town.decide(message, language)

    assert_consistent(decision)
    assert town.decide(message, language) == decision


@given(MESSAGES)
@settings(deadline=None)
def test_whatever_is_said_can_be_explained(town: Matcher, message: str) -> None:
    explanation = town.explain(message)
    weights = [word.weight for word in explanation.words]

    assert explanation.decision == town.decide(message)
    assert sum(weights) == pytest.approx(1.0 if weights else 0.0)
    assert all(len(word.matches) == len(explanation.compared) for word in explanation.words)


@given(MESSAGES)
@settings(deadline=None)
def test_spelling_that_does_not_matter_does_not_matter(town: Matcher, message: str) -> None:
    bare = message.replace("?", "").replace("!", "").replace("\n", " ")
    plain, loud = town.rank(normalise(bare)), town.rank(normalise(bare).upper())

    assert [one.entry for one in plain.candidates] == [one.entry for one in loud.candidates]


# -- the order of entries ---------------------------------------------------------------------------

SAID = [
    "Wann macht das Freibad auf?", "Freibad", "Was kostet das Freibad?", "Fahrradständer", "when does the pool open",
    "Hallo", "Danke für die Stadtratssitzung", "Wird das übertragen?", "Sitzung Fahrrad Freibad", "Sperrmüll", "wo",
    "Wann öffnet das Freibad? Wo kann ich mein Fahrrad abstellen?",
]  # fmt: skip


@given(
    st.permutations(TOWN.topics[0].entries),
    st.permutations(TOWN.topics[0].counterexamples),
    st.permutations(TOWN.small_talk),
)
@settings(deadline=None, max_examples=15)
def test_the_order_of_entries_does_not_matter(
    town: Matcher, entries: Sequence[Entry], counterexamples: Sequence[Counterexample], small_talk: Sequence[SmallTalk]
) -> None:
    topic = replace(TOWN.topics[0], entries=tuple(entries), counterexamples=tuple(counterexamples))
    turned = Matcher(replace(TOWN, topics=(topic,), small_talk=tuple(small_talk)))

    for message in SAID:
        one, other = town.decide(message), turned.decide(message)
        assert (one.outcome, one.entry, one.small_talk) == (other.outcome, other.entry, other.small_talk)
        scores = {candidate.entry: candidate.score for candidate in other.candidates}
        assert scores == pytest.approx({candidate.entry: candidate.score for candidate in one.candidates}, abs=1e-3)


# -- thresholds -------------------------------------------------------------------------------------


def labelled(count: int) -> list[LabelledQuestion]:
    """So many labelled questions: most of them the town's, and some of each other kind."""
    right = [asked(f"Wann öffnet das Freibad am {number}.?", "bad") for number in range(count)]
    near = [asked(f"Wann öffnet das Freibad in Mainz am {number}.?") for number in range(count)]
    talk = [asked("Hallo", kind=Kind.SMALL_TALK), asked("Freibad Rad", "bad", "rad", kind=Kind.AMBIGUOUS)]
    return [*talk, *(one for pair in zip(right, near, strict=True) for one in pair)][:count]


def with_questions(questions: list[LabelledQuestion], wrong: float = 0.02) -> Matcher:
    return Matcher(replace(TOWN, questions=tuple(questions)), Aim(wrong))


def test_too_few_labelled_questions_change_no_threshold() -> None:
    matcher = with_questions(labelled(LEAST_QUESTIONS - 1))

    assert matcher.limit is None
    assert matcher.thresholds == Thresholds()


def test_enough_labelled_questions_decide_how_sure_is_sure_enough() -> None:
    matcher = with_questions(labelled(LEAST_QUESTIONS))

    assert matcher.limit is not None
    assert matcher.limit.messages == LEAST_QUESTIONS
    assert matcher.limit.wrong <= 0.02 < matcher.limit.bound
    assert matcher.thresholds.answer == max(LEAST_ANSWER, matcher.limit.answer)
    assert replace(matcher.thresholds, answer=Thresholds().answer) == Thresholds()


def test_the_fewer_wrong_answers_are_allowed_the_surer_an_answer_must_be() -> None:
    questions = labelled(2 * LEAST_QUESTIONS)
    answers = [with_questions(questions, wrong).thresholds.answer for wrong in (0.0, 0.02, 0.2, 1.0)]

    assert answers == sorted(answers, reverse=True)
    assert answers[0] > answers[-1] == LEAST_ANSWER


def test_where_no_wrong_answer_is_allowed_no_labelled_question_is_answered_wrongly() -> None:
    questions = labelled(2 * LEAST_QUESTIONS)
    matcher = with_questions(questions, 0.0)

    assert not [
        one.text
        for one in questions
        if (decision := matcher.decide(one.text)).outcome is Outcome.ANSWER and decision.entry not in one.entries
    ]


def test_labelled_questions_of_an_entry_that_was_withdrawn_are_left_out() -> None:
    gone = [asked(f"Wann fährt der Bus {number}?", "bus") for number in range(LEAST_QUESTIONS)]

    assert with_questions([*gone, *labelled(LEAST_QUESTIONS - 1)]).limit is None
    found = with_questions([*gone, *labelled(LEAST_QUESTIONS)]).limit
    assert found is not None
    assert found.messages == LEAST_QUESTIONS


def test_a_base_without_entries_may_have_labelled_questions() -> None:
    questions = [asked(f"Wann fährt der Bus {number}?") for number in range(2 * LEAST_QUESTIONS)]
    kb = base(counterexamples=["Wann fährt der Bus?"], questions=questions)

    assert Matcher(kb).decide("Wann fährt der Bus?").outcome is Outcome.FORWARD
