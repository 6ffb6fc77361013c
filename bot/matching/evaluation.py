"""How good a matcher is on labelled questions."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.knowledge.entry import Kind, LabelledQuestion
from bot.matching.decision import Decision, Outcome
from bot.matching.matcher import Matcher

TOP = 3


@dataclass(frozen=True, slots=True)
class Judged:
    """A labelled message and what was decided about it."""

    question: LabelledQuestion
    decision: Decision

    @property
    def is_top(self) -> bool:
        """Whether a right entry is the best candidate."""
        return any(one.entry in self.question.entries for one in self.decision.candidates[:1])

    @property
    def is_near_top(self) -> bool:
        """Whether a right entry is among the best three candidates."""
        return any(one.entry in self.question.entries for one in self.decision.candidates[:TOP])

    @property
    def is_answered_rightly(self) -> bool:
        """Whether the citizen got the answer to the question."""
        return self.decision.outcome is Outcome.ANSWER and self.decision.entry in self.question.entries

    @property
    def is_answered_wrongly(self) -> bool:
        """Whether the citizen got the answer to another question."""
        return self.decision.outcome is Outcome.ANSWER and self.decision.entry not in self.question.entries

    @property
    def is_suggested_rightly(self) -> bool:
        """Whether a right entry is among those offered."""
        return any(entry in self.question.entries for entry in self.decision.suggested)


@dataclass(frozen=True, slots=True)
class Report:
    """Shares between 0 and 1. A share of no messages at all is None.

    Of in-scope questions: `top_1`, `top_3` (right entry among the best candidates), `answered`, `suggested` (rightly).
    Of all messages: `wrong` (answered with an entry that is not the question's). Of out-of-scope questions: `kept` (not
    answered), `forwarded` (handed to people at once). Of small talk: `small_talk` (met as such). Of ambiguous
    messages: `plausible` (an entry that fits is answered or offered).
    """

    counts: dict[Kind, int]
    top_1: float | None
    top_3: float | None
    answered: float | None
    suggested: float | None
    wrong: float | None
    kept: float | None
    forwarded: float | None
    small_talk: float | None
    plausible: float | None
    judged: tuple[Judged, ...]

    def by_style(self) -> dict[str, float]:
        """The share of in-scope questions with the right entry on top, for each style."""
        own = [one for one in self.judged if one.question.kind is Kind.IN_SCOPE]
        totals = Counter(one.question.style for one in own)
        tops = Counter(one.question.style for one in own if one.is_top)
        return {style: tops[style] / total for style, total in sorted(totals.items())}


def evaluate(matcher: Matcher, questions: Iterable[LabelledQuestion]) -> Report:
    """Decide every question and compare with what is known about it."""
    judged = tuple(Judged(question, matcher.decide(question.text)) for question in questions)
    of = {kind: [one for one in judged if one.question.kind is kind] for kind in Kind}
    inside, outside = of[Kind.IN_SCOPE], of[Kind.OUT_OF_SCOPE]
    return Report(
        counts={kind: len(ones) for kind, ones in of.items()},
        top_1=_share([one.is_top for one in inside]),
        top_3=_share([one.is_near_top for one in inside]),
        answered=_share([one.is_answered_rightly for one in inside]),
        suggested=_share([one.is_suggested_rightly for one in inside]),
        wrong=_share([one.is_answered_wrongly for one in judged]),
        kept=_share([one.decision.outcome is not Outcome.ANSWER for one in outside]),
        forwarded=_share([one.decision.outcome is Outcome.FORWARD for one in outside]),
        small_talk=_share([one.decision.outcome is Outcome.SMALLTALK for one in of[Kind.SMALL_TALK]]),
        plausible=_share([one.is_answered_rightly or one.is_suggested_rightly for one in of[Kind.AMBIGUOUS]]),
        judged=judged,
    )


def _share(hits: Sequence[bool]) -> float | None:
    return sum(hits) / len(hits) if hits else None
