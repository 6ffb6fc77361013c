"""What to do with a question: answer, suggest, forward or make small talk."""

from dataclasses import dataclass
from enum import StrEnum

from bot.knowledge.entry import Language


class Outcome(StrEnum):
    """What becomes of a message."""

    ANSWER = "answer"
    SUGGEST = "suggest"
    FORWARD = "forward"
    SMALLTALK = "smalltalk"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that may answer the question. `score` is between 0 and 1; `phrasing` is the nearest way it is asked."""

    entry: str
    score: float
    phrasing: str
    language: Language


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with one question, and why.

    `candidates`: up to five, best first. `entry` is set for ANSWER only; `suggested` (at most three entry ids) for
    SUGGEST only; `small_talk` (the kind) for SMALLTALK only. `reason` is one German sentence for clerks and editors.
    `language`: the language the citizen wrote in, None when the words do not tell.
    `parts`: the questions of a message that holds several, each decided by itself; empty otherwise.
    """

    outcome: Outcome
    text: str
    candidates: tuple[Candidate, ...]
    reason: str
    language: Language | None = None
    entry: str | None = None
    suggested: tuple[str, ...] = ()
    small_talk: str | None = None
    parts: tuple["Decision", ...] = ()
