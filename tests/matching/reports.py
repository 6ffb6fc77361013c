"""Reports made of decisions that a test has told beforehand."""

from dataclasses import dataclass

from bot.knowledge.entry import Kind, LabelledQuestion, Language, Place
from bot.matching.decision import Candidate, Decision, Outcome
from bot.matching.evaluation import Report, evaluate

Case = tuple[Kind, tuple[str, ...], str, Decision]


@dataclass(frozen=True, slots=True)
class Told:
    """Decides as it was told to."""

    decisions: dict[str, Decision]

    def decide(self, text: str, /) -> Decision:
        return self.decisions[text]


def report_on(*cases: Case) -> Report:
    """Messages named 0, 1, 2, …, each with its kind, right entries and style, and what was decided about it."""
    questions = [
        LabelledQuestion(str(number), kind, entries, style, Place("fragen.yaml", number + 1, 1))
        for number, (kind, entries, style, _) in enumerate(cases)
    ]
    return evaluate(Told({str(number): case[-1] for number, case in enumerate(cases)}), questions)


def answer(**scores: float) -> Decision:
    """An answer with the first of these candidates."""
    return Decision(Outcome.ANSWER, "", _ranked(scores), "", entry=next(iter(scores)))


def suggest(*entries: str, **scores: float) -> Decision:
    """These entries offered."""
    return Decision(Outcome.SUGGEST, "", _ranked(scores), "", suggested=entries)


def forward(**scores: float) -> Decision:
    """Nothing said."""
    return Decision(Outcome.FORWARD, "", _ranked(scores), "")


def talk(**scores: float) -> Decision:
    """A thank-you returned."""
    return Decision(Outcome.SMALLTALK, "", _ranked(scores), "", small_talk="thanks")


def _ranked(scores: dict[str, float]) -> tuple[Candidate, ...]:
    return tuple(Candidate(entry, score, "", Language.DE) for entry, score in scores.items())
