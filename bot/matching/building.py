"""From the files of a knowledge base to what answers with it, and what that means for the labelled questions."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.errors import Complaint, KnowledgeError
from bot.knowledge.entry import KnowledgeBase, LabelledQuestion
from bot.knowledge.loader import load
from bot.matching.calibration import Aim
from bot.matching.decision import Outcome
from bot.matching.evaluation import as_published, evaluate
from bot.matching.matcher import Matcher

Check = Callable[[KnowledgeBase, datetime], Sequence[Complaint]]


@dataclass(frozen=True, slots=True)
class Order:
    """What to build. `material`: of the matcher in use, which need not be built once more.

    `check`: what else keeps a base from being used at this moment in the city; a function that another process can
    import.
    """

    folder: Path
    fallback: Path | None
    aim: Aim
    check: Check
    material: str = ""


@dataclass(frozen=True, slots=True)
class Missed:
    """A labelled question that is not met well, and what becomes of it instead. `entry`: whose answer is given."""

    question: LabelledQuestion
    outcome: Outcome
    entry: str | None


@dataclass(frozen=True, slots=True)
class Built:
    """A knowledge base that can be used. `matcher`: None if the one in use fits it; then `missed` is empty, too."""

    base: KnowledgeBase
    material: str
    matcher: Matcher | None
    missed: tuple[Missed, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """A knowledge base that cannot be used, and all that is wrong with it."""

    complaints: tuple[Complaint, ...]


def build(order: Order, now: datetime) -> Built | Refused:
    """Load, check, index and measure. `now`: in the city."""
    try:
        base = load(order.folder, fallback=order.fallback)
    except KnowledgeError as error:
        return Refused(tuple(error.complaints))
    if wrong := order.check(base, now):
        return Refused(tuple(wrong))
    made_of = material(base)
    if made_of == order.material:
        return Built(base, made_of, None)
    matcher = Matcher(base, order.aim)
    return Built(base, made_of, matcher, missed(matcher, base))


def missed(matcher: Matcher, base: KnowledgeBase) -> tuple[Missed, ...]:
    """The labelled questions of its base that this matcher does not meet well."""
    questions = as_published(base.questions, base)
    badly = (one for one in evaluate(matcher, questions).judged if not one.is_met_well)
    return tuple(Missed(one.question, one.decision.outcome, one.decision.entry) for one in badly)


def material(base: KnowledgeBase) -> str:
    """A fingerprint of all that a matcher is made of; answers, their dates and the wording are not."""
    digest = hashlib.sha256()
    for part in _parts(base):
        digest.update(repr(part).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _parts(base: KnowledgeBase) -> Iterator[object]:
    for entry in base.known():
        yield "entry", entry.id, [(one.text, str(one.language)) for one in entry.phrasings]
    yield [("not", one.topic, one.text, str(one.language)) for one in base.counterexamples()]
    for kind in base.small_talk:
        yield "talk", kind.kind, [(str(language), texts) for language, texts in kind.examples.items()]
    yield [group.words for group in base.synonyms]
    yield [(one.text, str(one.kind), one.entries) for one in base.questions]
