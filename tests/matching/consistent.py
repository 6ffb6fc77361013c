"""What holds for every decision, whatever was said."""

from bot.matching.decision import MOST_CANDIDATES, MOST_SUGGESTED, Decision, Outcome


def assert_consistent(decision: Decision) -> None:
    """Each field is set exactly where the outcome has use for it, and nothing is named twice."""
    ranked = [one.entry for one in decision.candidates]
    scores = [one.score for one in decision.candidates]
    assert (decision.entry is not None) == (decision.outcome is Outcome.ANSWER)
    assert bool(decision.suggested) == (decision.outcome is Outcome.SUGGEST)
    assert (decision.small_talk is not None) == (decision.outcome is Outcome.SMALLTALK)
    assert len(set(ranked)) == len(ranked) <= MOST_CANDIDATES
    assert len(set(decision.suggested)) == len(decision.suggested) <= MOST_SUGGESTED
    assert set(decision.suggested) <= set(ranked)
    assert decision.entry in (None, *ranked[:1])
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert all(0 <= one.explained <= 1 + 1e-9 for one in decision.candidates)
    assert decision.rule is not None
    assert decision.reason.endswith(".")
    for part in decision.parts:
        assert_consistent(part)
        assert part.parts == ()
