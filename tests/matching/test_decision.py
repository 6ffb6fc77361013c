"""What becomes of a ranking."""

from bot.knowledge.entry import Language
from bot.matching.decision import Candidate, Outcome, Ranking, Rival, Rule, Thresholds, decide

LIMITS = Thresholds(answer=0.6, margin=0.15, suggest=0.2, with_it=0.1, known=0.7, small_talk=0.6, part=0.7)


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


def test_a_clear_hit_is_answered_and_the_clerk_reads_why() -> None:
    decision = decide(ranking(("bad", 0.83), ("rad", 0.62)), [], LIMITS)

    assert (decision.outcome, decision.entry) == (Outcome.ANSWER, "bad")
    assert decision.reason == "Treffer „Phrase bad“ mit 0,83, Abstand 0,21 zum Zweiten."


def test_two_likely_entries_are_suggested() -> None:
    decision = decide(ranking(("bad", 0.83), ("rad", 0.8), ("rat", 0.3), ("tor", 0.2)), [], LIMITS)

    assert (decision.outcome, decision.suggested) == (Outcome.SUGGEST, ("bad", "rad", "rat"))
    assert decision.entry is None


def test_a_weak_hit_is_forwarded_and_the_nearest_counterexample_named() -> None:
    rival = Rival("thema", "Was kostet das Bad?", 0.8)
    decision = decide(ranking(("bad", 0.15), ("rad", 0.05), counterexample=rival), [], LIMITS)

    assert decision.outcome is Outcome.FORWARD
    assert "Was kostet das Bad?" in decision.reason
    assert len(decision.candidates) == 2


def test_a_bare_keyword_gets_suggestions_though_its_scores_are_low() -> None:
    decision = decide(ranking(("bad", 0.1), ("rad", 0.1), explained=0.9, words=1, is_question=False), [], LIMITS)

    assert (decision.outcome, decision.suggested) == (Outcome.SUGGEST, ("bad", "rad"))


def test_a_bare_keyword_that_several_entries_speak_of_is_offered_all_of_them_even_if_one_scores_high() -> None:
    keyword = ranking(("bad", 0.9), ("rad", 0.01), text="Bad", explained=0.9, words=1, is_question=False)
    decision = decide(keyword, [], LIMITS)

    assert (decision.outcome, decision.rule) == (Outcome.SUGGEST, Rule.KEYWORD)
    assert decision.suggested == ("bad", "rad")


def test_small_talk_must_be_nearer_than_an_entry() -> None:
    hello = Rival("greeting", "Hallo", 0.9)

    assert decide(ranking(("bad", 0.3), small_talk=hello), [], LIMITS).small_talk == "greeting"
    assert decide(ranking(("bad", 0.95), small_talk=hello), [], LIMITS).outcome is Outcome.ANSWER


def test_noise_is_small_talk_of_its_own_kind() -> None:
    decision = decide(ranking(noise=True), [], LIMITS)

    assert (decision.outcome, decision.small_talk) == (Outcome.SMALLTALK, "noise")


def test_a_message_like_nothing_is_forwarded() -> None:
    assert decide(ranking(), [], LIMITS).outcome is Outcome.FORWARD


def test_two_questions_with_two_answers_are_answered_one_by_one() -> None:
    questions = [ranking(("bad", 0.9), text="Wann?"), ranking(("rad", 0.8), text="Wo?")]
    decision = decide(ranking(("bad", 0.5), ("rad", 0.5)), questions, LIMITS)

    assert [part.entry for part in decision.parts] == ["bad", "rad"]
    assert decision.text == "Wann öffnet das Bad?"


def test_a_question_beside_an_answered_one_goes_to_people() -> None:
    questions = [ranking(("bad", 0.9)), ranking(("rad", 0.01))]
    decision = decide(ranking(("bad", 0.9)), questions, LIMITS)

    assert [part.outcome for part in decision.parts] == [Outcome.ANSWER, Outcome.FORWARD]


def test_two_ways_to_ask_the_same_are_one_question() -> None:
    questions = [ranking(("bad", 0.9)), ranking(("bad", 0.8))]
    decision = decide(ranking(("bad", 0.9)), questions, LIMITS)

    assert (decision.outcome, decision.parts) == (Outcome.ANSWER, ())


def test_a_long_story_around_questions_is_one_decision() -> None:
    questions = [ranking(("bad", 0.9)), ranking(("rad", 0.9))]
    decision = decide(ranking(("bad", 0.9), text="Es war einmal. " * 30), questions, LIMITS)

    assert decision.parts == ()


def test_a_sentence_confirms_what_the_whole_message_suggests() -> None:
    decision = decide(ranking(("bad", 0.5), ("rad", 0.1)), [ranking(("bad", 0.9))], LIMITS)

    assert (decision.outcome, decision.candidates[0].score) == (Outcome.ANSWER, 0.9)
