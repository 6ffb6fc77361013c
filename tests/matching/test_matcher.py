"""How a knowledge base meets a message."""

import pytest

from bot.knowledge.entry import KnowledgeBase, Language
from bot.matching.decision import Outcome, Thresholds
from bot.matching.matcher import Matcher
from tests.matching.bases import TOWN, base, entry

HOSTILE = [
    "",
    "😀",
    "a" * 4096,
    "?!. -- …",
    "متى يفتح المسبح؟",
    "Wann\u200b öff\u200dnet\ufeff das Frei\u00adbad?",
    "Wann o\u0308ffnet das Freibad?",
    "'; DROP TABLE tickets; --",
    "<script>alert('Freibad')</script>",
    "\ud800Freibad\udfff",
    "\x00Freibad\x07",
    "Freibad " * 600,
    "x" * 1_000_000,
    "z. B. 1. 2. 3.?" * 300,
]


@pytest.fixture(scope="module")
def town() -> Matcher:
    return Matcher(TOWN)


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
    ],
)
def test_the_entry_that_is_meant_is_on_top(town: Matcher, question: str, expected: str) -> None:
    ranking = town.rank(question)

    assert ranking.candidates[0].entry == expected
    assert all(0 <= one.score <= 1 for one in ranking.candidates)


def test_a_question_is_answered_and_its_language_known(town: Matcher) -> None:
    decision = town.decide("When does the outdoor pool open?")

    assert (decision.outcome, decision.entry, decision.language) == (Outcome.ANSWER, "bad", Language.EN)


def test_a_counterexample_keeps_the_nearest_entry_from_answering(town: Matcher) -> None:
    decision = town.decide("Was kostet denn der Eintritt ins Freibad?")

    assert decision.outcome is not Outcome.ANSWER


def test_the_same_question_without_counterexample_scores_higher(town: Matcher) -> None:
    unwarned = Matcher(base(TOWN.topics[0].entries))
    question = "Was kostet der Eintritt ins Freibad?"

    assert unwarned.rank(question).candidates[0].score > town.rank(question).candidates[0].score


@pytest.mark.parametrize(
    ("message", "kind"),
    [("Hallo!", "greeting"), ("guten tag 😊", "greeting"), ("Vielen Dank, danke!", "thanks"),
     ("du bist dumm", "insult"), ("???", "noise"), ("asdfghjkl", "noise"), ("🤷\u200d♀️", "noise"), ("ja", "noise")],
)  # fmt: skip
def test_small_talk_is_met_as_small_talk(town: Matcher, message: str, kind: str) -> None:
    decision = town.decide(message)

    assert (decision.outcome, decision.small_talk) == (Outcome.SMALLTALK, kind)


def test_a_keyword_that_fits_several_entries_gets_suggestions() -> None:
    places = Matcher(base([entry("name", "Wie heißt der Dritte Ort?"), entry("start", "Wann startet der Dritte Ort?")]))
    decision = places.decide("Dritter Ort")

    assert decision.outcome is Outcome.SUGGEST
    assert set(decision.suggested) == {"name", "start"}


def test_two_questions_in_one_message_are_both_answered(town: Matcher) -> None:
    decision = town.decide("Wann öffnet das Freibad? Und wo kann ich mein Fahrrad abstellen?")

    assert [part.entry for part in decision.parts] == ["bad", "rad"]


def test_the_chats_language_is_only_a_hint(town: Matcher) -> None:
    assert town.decide("Freibad Öffnungszeiten", Language.EN).language is None
    assert town.decide("Wann öffnet das Freibad?", Language.EN).language is Language.DE


def test_stricter_thresholds_turn_an_answer_into_suggestions(town: Matcher) -> None:
    decision = town.decide("Wann öffnet das Freibad?", thresholds=Thresholds(answer=1.0))

    assert decision.outcome is Outcome.SUGGEST


@pytest.mark.parametrize("message", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("kb", [TOWN, base(), base([entry("bad", "Freibad?")]), base([], ["Freibad?"])], ids=range(4))
def test_no_message_breaks_any_knowledge_base(kb: KnowledgeBase, message: str) -> None:
    matcher = Matcher(kb)

    decision = matcher.decide(message)

    assert decision.outcome in Outcome
    assert decision.text == message


@pytest.mark.parametrize("spelling", HOSTILE[5:7])
def test_invisible_and_decomposed_characters_change_nothing(town: Matcher, spelling: str) -> None:
    assert town.decide(spelling).entry == "bad"


def test_the_same_phrasing_in_two_entries_is_suggested() -> None:
    twins = Matcher(base([entry("eins", "Wann ist Markt?"), entry("zwei", "Wann ist Markt?")]))
    decision = twins.decide("Wann ist Markt?")

    assert decision.outcome is Outcome.SUGGEST
    assert set(decision.suggested) == {"eins", "zwei"}


def test_one_entry_alone_is_answered() -> None:
    decision = Matcher(base([entry("bad", "Wann öffnet das Freibad?")])).decide("Wann öffnet das Freibad?")

    assert (decision.outcome, decision.entry) == (Outcome.ANSWER, "bad")


def test_the_order_of_entries_does_not_matter(town: Matcher) -> None:
    turned = Matcher(base(TOWN.topics[0].entries[::-1], ["Was kostet der Eintritt ins Freibad?"]))
    straight = Matcher(base(TOWN.topics[0].entries, ["Was kostet der Eintritt ins Freibad?"]))
    question = "Wann macht das Freibad auf?"

    assert turned.decide(question).entry == straight.decide(question).entry
    assert turned.rank(question).candidates[0].score == pytest.approx(
        straight.rank(question).candidates[0].score, abs=1e-4
    )
