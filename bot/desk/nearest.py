"""Which stored answers a clerk can send by number: one choice for the mail that lists them and for the commands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.knowledge.entry import Entry, KnowledgeBase, Standing

LISTED = 3


@dataclass(frozen=True, slots=True)
class Nearest:
    """An entry near to a question. `number`: its place among the candidates, so that one that is gone moves no other.

    `score`: 0 to 1.
    """

    number: int
    entry: Entry
    score: float


def nearest(knowledge: KnowledgeBase, candidates: Sequence[tuple[str, float]], today: date) -> list[Nearest]:
    """Those of the first candidates whose answers hold today, best first."""
    found = [(knowledge.entry(entry), score) for entry, score in candidates[:LISTED]]
    return [
        Nearest(number, entry, score)
        for number, (entry, score) in enumerate(found, start=1)
        if entry is not None and entry.standing(today) is Standing.CURRENT
    ]
