"""What another knowledge base would do differently: with some questions, and with the labelled ones."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

from bot.knowledge.entry import LabelledQuestion
from bot.matching.decision import Decision, Outcome
from bot.matching.evaluation import Decider, Judged


@dataclass(frozen=True, slots=True)
class Shift:
    """A question and what is decided about it before and after."""

    text: str
    before: Decision
    after: Decision

    @property
    def is_other(self) -> bool:
        """Whether the citizen gets something else."""
        one, other = self.before, self.after
        return (one.outcome, one.entry, one.suggested) != (other.outcome, other.entry, other.suggested)

    def leads_to(self, entry: str) -> bool:
        """Whether the citizen then gets this entry, answered or offered."""
        return any(entry == one.entry or entry in one.suggested for one in self.after.parts or (self.after,))


@dataclass(frozen=True, slots=True)
class Effect:
    """`asked`: what becomes of the questions; `broken` and `mended`: labelled ones that were met well before only, or
    are only after; `judged`: how many labelled ones were looked at."""

    asked: tuple[Shift, ...]
    broken: tuple[Shift, ...]
    mended: tuple[Shift, ...]
    judged: int

    def serious(self, must: Container[str], entry: str | None) -> list[Shift]:
        """The broken ones that must be met, and those that the change itself explains.

        These lead to `entry` now, whose phrasings were changed; None: what was added is answered by nobody, and they
        lead to nobody now. The thresholds move a little with every text that is learnt, and with them questions at
        the edge: that is no reason to refuse a change.
        """
        return [one for one in self.broken if one.text in must or self._is_explained(one, entry)]

    @staticmethod
    def _is_explained(one: Shift, entry: str | None) -> bool:
        return one.after.outcome is Outcome.FORWARD if entry is None else one.leads_to(entry)


def effect(
    before: Decider, after: Decider, questions: Iterable[str], labelled: Sequence[LabelledQuestion] = ()
) -> Effect:
    """Ask both. `labelled` belong to the one before."""
    asked = tuple(Shift(text, before.decide(text), after.decide(text)) for text in questions)
    judged = [(one, Shift(one.text, before.decide(one.text), after.decide(one.text))) for one in labelled]
    well = [(Judged(one, shift.before).is_met_well, Judged(one, shift.after).is_met_well) for one, shift in judged]
    pairs = list(zip(judged, well, strict=True))
    return Effect(
        asked=asked,
        broken=tuple(shift for (_, shift), (was, is_) in pairs if was and not is_),
        mended=tuple(shift for (_, shift), (was, is_) in pairs if is_ and not was),
        judged=len(judged),
    )
