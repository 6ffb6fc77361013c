"""What becomes of a ranking."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.knowledge.entry import Language
from bot.matching.decision import (
    KEYWORDS,
    MOST_CANDIDATES,
    Candidate,
    Decision,
    Outcome,
    Ranking,
    Rival,
    Rule,
    Thresholds,
    decide,
)
from tests.matching.consistent import assert_consistent

LIMITS = Thresholds(
    answer=0.6, margin=0.15, explained=0.1, suggest=0.2, with_it=0.1, known=0.7, small_talk=0.6, part=0.7
)
HELLO = Rival("greeting", "Hallo", 0.9)


def ranking(
    *scores: tuple[str, float],
    text: str = "Wann öffnet das Bad?",
    explained: float = 0.5,
    small_talk: Rival | None = None,
    counterexample: Rival | None = None,
    noise: bool = False,
    words: int = 4,
    is_question: bool = True,
) -> Ranking:
    candidates = tuple(Candidate(entry, score, f"Phrase {entry}", Language.DE, explained) for entry, score in scores)
    return Ranking(text, candidates, counterexample, small_talk, noise, Language.DE, words, is_question)


def keyword(*scores: tuple[str, float], text: str = "Bad", words: int = 1, explained: float = 0.9) -> Ranking:
    return ranking(*scores, text=text, words=words, explained=explained, is_question=False)


def decided(whole: Ranking, *questions: Ranking) -> Decision:
    return decide(whole, questions, LIMITS)


def fate(decision: Decision) -> tuple[Outcome, Rule | None]:
    return decision.outcome, decision.rule


# -- one question -----------------------------------------------------------------------------------


def test_a_clear_hit_is_answered_and_the_clerk_reads_why() -> None:
    decision = decided(ranking(("bad", 0.83), ("rad", 0.62)))

    assert fate(decision) == (Outcome.ANSWER, Rule.SURE)
    assert decision.entry == "bad"
    assert decision.reason == "Treffer „Phrase bad“ mit 0,83, Abstand 0,21 zum Zweiten."


def test_the_only_entry_of_a_base_has_no_second_to_be_ahead_of() -> None:
    decision = decided(ranking(("bad", 0.6)))

    assert (decision.outcome, decision.entry) == (Outcome.ANSWER, "bad")
    assert decision.reason == "Treffer „Phrase bad“ mit 0,60."


@pytest.mark.parametrize(
    ("scores", "outcome"),
    [
        ((0.6, 0.4), Outcome.ANSWER),
        ((0.59, 0.1), Outcome.SUGGEST),
        ((0.75, 0.5), Outcome.ANSWER),
        ((0.75, 0.62), Outcome.SUGGEST),
        ((0.2, 0.1), Outcome.SUGGEST),
        ((0.19, 0.1), Outcome.FORWARD),
    ],
)
def test_score_and_lead_decide_about_an_answer(scores: tuple[float, float], outcome: Outcome) -> None:
    assert decided(ranking(("bad", scores[0]), ("rad", scores[1]))).outcome is outcome


def test_two_likely_entries_are_suggested() -> None:
    decision = decided(ranking(("bad", 0.83), ("rad", 0.8), ("rat", 0.3), ("tor", 0.2)))

    assert fate(decision) == (Outcome.SUGGEST, Rule.UNSURE)
    assert decision.suggested == ("bad", "rad", "rat")
    assert decision.entry is None


def test_what_is_too_unlikely_is_not_even_suggested_beside_another() -> None:
    assert decided(ranking(("bad", 0.5), ("rad", 0.1), ("rat", 0.09))).suggested == ("bad", "rad")


def test_an_entry_that_does_not_know_what_is_asked_about_is_suggested_but_no_answer() -> None:
    # "Wann öffnet der Zoo?": every word but the one that matters
    decision = decided(ranking(("bad", 0.95), explained=0.05))

    assert fate(decision) == (Outcome.SUGGEST, Rule.UNSURE)
    assert decision.suggested == ("bad",)
    assert decided(ranking(("bad", 0.95), explained=0.1)).outcome is Outcome.ANSWER


def test_a_weak_hit_is_forwarded_and_the_nearest_counterexample_named() -> None:
    rival = Rival("thema", "Was kostet das Bad?", 0.8)
    decision = decided(ranking(("bad", 0.15), ("rad", 0.05), counterexample=rival))

    assert fate(decision) == (Outcome.FORWARD, Rule.UNLIKELY)
    assert decision.reason.endswith("Ähnelt dem Gegenbeispiel „Was kostet das Bad?“ mit 0,80.")
    assert len(decision.candidates) == 2


@pytest.mark.parametrize("text", ["Was kostet das Bad?", "was kostet das bad", "Was  KOSTET das Bäd?!"])
def test_a_counterexample_word_for_word_is_never_answered_however_high_an_entry_scores(text: str) -> None:
    rival = Rival("thema", "Was kostet das Bad?", 0.2)

    assert decided(ranking(("bad", 0.99), text=text, counterexample=rival)).outcome is Outcome.SUGGEST
    assert decided(ranking(("bad", 0.99), text=f"{text} Danke", counterexample=rival)).outcome is Outcome.ANSWER


def test_a_counterexample_that_is_far_away_is_not_named() -> None:
    decision = decided(ranking(("bad", 0.15), counterexample=Rival("thema", "Was kostet das Bad?", 0.2)))

    assert "Gegenbeispiel" not in decision.reason


def test_a_message_like_nothing_is_forwarded() -> None:
    assert fate(decided(ranking())) == (Outcome.FORWARD, Rule.UNKNOWN)


def test_the_decision_keeps_what_was_said_and_in_which_language() -> None:
    decision = decided(ranking(("bad", 0.9), text="When does the pool open?"))

    assert (decision.text, decision.language) == ("When does the pool open?", Language.DE)


# -- keywords ---------------------------------------------------------------------------------------


def test_a_bare_keyword_gets_suggestions_though_its_scores_are_low() -> None:
    decision = decided(keyword(("bad", 0.1), ("rad", 0.1)))

    assert fate(decision) == (Outcome.SUGGEST, Rule.KEYWORD)
    assert decision.suggested == ("bad", "rad")


def test_a_bare_keyword_that_several_entries_speak_of_is_offered_all_of_them_even_if_one_scores_high() -> None:
    decision = decided(keyword(("bad", 0.9), ("rad", 0.01)))

    assert fate(decision) == (Outcome.SUGGEST, Rule.KEYWORD)
    assert decision.suggested == ("bad", "rad")


def test_a_bare_keyword_is_offered_what_is_likely_and_what_speaks_of_it() -> None:
    decision = decided(keyword(("bad", 0.5), ("rad", 0.01)))

    assert fate(decision) == (Outcome.SUGGEST, Rule.UNSURE)
    assert decision.suggested == ("bad", "rad")


def test_a_bare_keyword_that_only_the_best_entry_speaks_of_is_answered() -> None:
    whole = keyword(("bad", 0.9), ("rad", 0.01))
    others = tuple(replace(one, explained=0.3 if one.entry == "rad" else 0.9) for one in whole.candidates)

    assert decided(replace(whole, candidates=others)).entry == "bad"


@pytest.mark.parametrize("text", ["Phrase bad", "phrase BAD!", "phrase  bäd"])
def test_a_keyword_that_is_exactly_a_phrasing_is_answered_though_others_speak_of_it(text: str) -> None:
    decision = decided(keyword(("bad", 0.9), ("rad", 0.01), text=text, words=2))

    assert (decision.outcome, decision.entry) == (Outcome.ANSWER, "bad")


def test_a_question_or_a_sentence_is_no_keyword() -> None:
    asked = ranking(("bad", 0.9), ("rad", 0.01), explained=0.9, words=1, is_question=True)
    told = keyword(("bad", 0.9), ("rad", 0.01), words=KEYWORDS + 1)

    assert decided(asked).outcome is Outcome.ANSWER
    assert decided(told).outcome is Outcome.ANSWER
    assert decided(keyword(("bad", 0.9), ("rad", 0.01), words=KEYWORDS)).outcome is Outcome.SUGGEST


@pytest.mark.parametrize(("words", "explained"), [(KEYWORDS + 1, 0.9), (1, 0.69)])
def test_nothing_is_offered_to_an_unlikely_sentence_nor_to_a_keyword_that_no_entry_speaks_of(
    words: int, explained: float
) -> None:
    decision = decided(keyword(("bad", 0.1), ("rad", 0.1), words=words, explained=explained))

    assert decision.outcome is Outcome.FORWARD
    assert decision.suggested == ()


# -- small talk -------------------------------------------------------------------------------------


def test_small_talk_is_returned() -> None:
    decision = decided(ranking(("bad", 0.3), small_talk=HELLO))

    assert fate(decision) == (Outcome.SMALLTALK, Rule.SMALL_TALK)
    assert decision.small_talk == "greeting"
    assert "Hallo" in decision.reason


def test_small_talk_is_returned_where_no_entry_resembles_it() -> None:
    assert decided(ranking(small_talk=HELLO)).small_talk == "greeting"


@pytest.mark.parametrize(("talk", "entry"), [(0.9, 0.61), (0.9, 0.95), (0.59, 0.0)])
def test_small_talk_must_be_likely_and_far_ahead_of_every_entry(talk: float, entry: float) -> None:
    decision = decided(ranking(("bad", entry), small_talk=replace(HELLO, score=talk)))

    assert decision.outcome is not Outcome.SMALLTALK
    assert decision.small_talk is None


@pytest.mark.parametrize(("kind", "explained", "met"), [("bye", 0.5, False), ("bye", 0.6, True), ("insult", 0.0, True)])
def test_small_talk_is_all_that_is_said_unless_people_are_inventive_in_it(
    kind: str, explained: float, met: bool
) -> None:
    decision = decided(ranking(("bad", 0.1), small_talk=Rival(kind, "x", 0.99, explained)))

    assert (decision.outcome is Outcome.SMALLTALK) is met


def test_noise_is_small_talk_of_its_own_kind() -> None:
    decision = decided(ranking(noise=True))

    assert fate(decision) == (Outcome.SMALLTALK, Rule.NOISE)
    assert decision.small_talk == "noise"


# -- several questions ------------------------------------------------------------------------------


def test_two_questions_with_two_answers_are_answered_one_by_one() -> None:
    questions = [ranking(("bad", 0.9), text="Wann?"), ranking(("rad", 0.8), text="Wo?")]
    decision = decided(ranking(("bad", 0.5), ("rad", 0.5)), *questions)

    assert [(part.text, part.entry) for part in decision.parts] == [("Wann?", "bad"), ("Wo?", "rad")]
    assert decision.text == "Wann öffnet das Bad?"
    assert fate(decision) == (Outcome.ANSWER, Rule.SEVERAL)
    assert decision.entry == "bad"
    assert "2 Fragen" in decision.reason


def test_a_question_beside_an_answered_one_goes_to_people() -> None:
    decision = decided(ranking(("bad", 0.9)), ranking(("rad", 0.01)), ranking(("bad", 0.9)))

    assert [part.outcome for part in decision.parts] == [Outcome.FORWARD, Outcome.ANSWER]
    assert decision.entry == "bad"


def test_of_three_questions_two_are_answered_and_the_rest_goes_to_people() -> None:
    questions = [ranking(("bad", 0.9)), ranking(("rat", 0.01)), ranking(("rad", 0.9))]
    decision = decided(ranking(("bad", 0.5)), *questions)

    assert [(part.outcome, part.entry) for part in decision.parts] == [
        (Outcome.ANSWER, "bad"),
        (Outcome.FORWARD, None),
        (Outcome.ANSWER, "rad"),
    ]


def test_of_three_questions_one_is_answered_and_the_others_are_not_lost() -> None:
    questions = [ranking(("bad", 0.9)), ranking(("rat", 0.01)), ranking(("rad", 0.01))]
    decision = decided(ranking(("bad", 0.9)), *questions)

    assert [part.outcome for part in decision.parts] == [Outcome.ANSWER, Outcome.FORWARD, Outcome.FORWARD]


def test_a_question_beside_an_answered_one_is_offered_what_may_answer_it() -> None:
    decision = decided(ranking(("bad", 0.9)), ranking(("rad", 0.3)), ranking(("bad", 0.9)))

    assert [(part.outcome, part.suggested) for part in decision.parts] == [
        (Outcome.SUGGEST, ("rad",)),
        (Outcome.ANSWER, ()),
    ]


def test_a_question_to_which_the_answer_may_belong_is_none_of_its_own() -> None:
    decision = decided(ranking(("bad", 0.9)), ranking(("rad", 0.3), ("bad", 0.2)), ranking(("bad", 0.9)))

    assert (decision.outcome, decision.parts) == (Outcome.ANSWER, ())


def test_a_small_word_with_a_question_mark_is_no_question_of_its_own() -> None:
    decision = decided(ranking(("bad", 0.9)), ranking(("bad", 0.9)), ranking(("rad", 0.01), text="Ja?", words=1))

    assert (decision.outcome, decision.parts) == (Outcome.ANSWER, ())


def test_a_single_question_must_be_surer_beside_another() -> None:
    # 0.65 would be an answer if it were alone
    decision = decided(ranking(("bad", 0.5), ("rad", 0.5)), ranking(("bad", 0.65)), ranking(("rad", 0.65)))

    assert decision.parts == ()


def test_two_ways_to_ask_the_same_are_one_question() -> None:
    decision = decided(ranking(("bad", 0.9)), ranking(("bad", 0.9)), ranking(("bad", 0.8)))

    assert (decision.outcome, decision.parts) == (Outcome.ANSWER, ())


def test_a_long_story_around_questions_is_one_decision() -> None:
    story = ranking(("bad", 0.9), text="Es war einmal. " * 30)

    assert decided(story, ranking(("bad", 0.9)), ranking(("rad", 0.9))).parts == ()


def test_a_sentence_confirms_what_the_whole_message_suggests() -> None:
    decision = decided(ranking(("bad", 0.5), ("rad", 0.1)), ranking(("bad", 0.9)))

    assert (decision.outcome, decision.candidates[0].score) == (Outcome.ANSWER, 0.9)


def test_a_sentence_that_is_much_surer_of_another_entry_outweighs_the_whole() -> None:
    decision = decided(ranking(("bad", 0.5), ("rad", 0.1)), ranking(("rad", 1.0)))

    assert [(one.entry, one.score) for one in decision.candidates] == [("rad", 0.8), ("bad", 0.5)]
    assert decision.entry == "rad"


def test_a_sentence_that_is_a_little_surer_of_another_entry_only_makes_unsure() -> None:
    decision = decided(ranking(("bad", 0.7), ("rad", 0.1)), ranking(("rad", 0.8)))

    assert decision.outcome is Outcome.SUGGEST
    assert decision.suggested == ("bad", "rad")


# -- whatever is ranked -----------------------------------------------------------------------------

SHARES = st.floats(0, 1)
RIVALS = st.none() | st.builds(Rival, st.just("thema"), st.just("Text"), SHARES)


@st.composite
def rankings(draw: st.DrawFn) -> Ranking:
    entries = draw(st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=MOST_CANDIDATES))
    scores = sorted((draw(SHARES) for _ in entries), reverse=True)
    candidates = tuple(
        Candidate(*pair, "Frage", Language.DE, draw(SHARES)) for pair in zip(entries, scores, strict=True)
    )
    words = draw(st.integers(0, 6))
    return Ranking(
        "Wie?", candidates, draw(RIVALS), draw(RIVALS), draw(st.booleans()), None, words, draw(st.booleans())
    )


@given(rankings(), st.lists(rankings(), max_size=4))
@settings(deadline=None)
def test_every_decision_is_consistent(whole: Ranking, questions: list[Ranking]) -> None:
    decision = decide(whole, questions, LIMITS)

    assert_consistent(decision)


@given(rankings(), SHARES, SHARES)
@settings(deadline=None)
def test_a_higher_threshold_never_turns_anything_into_an_answer(whole: Ranking, one: float, other: float) -> None:
    lax, strict = sorted([one, other])

    if decide(whole, [], replace(LIMITS, answer=strict)).outcome is Outcome.ANSWER:
        assert decide(whole, [], replace(LIMITS, answer=lax)).outcome is Outcome.ANSWER
