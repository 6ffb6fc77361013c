"""What several commands share."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from bot.errors import KlbotError, KnowledgeError
from bot.knowledge.entry import KnowledgeBase
from bot.knowledge.loader import load, shipped

KnowledgeOption = Annotated[
    Path | None, typer.Option("--knowledge", metavar="DIR", help="Another knowledge base than the one that ships.")
]


def load_base(folder: Path | None) -> KnowledgeBase:
    """The knowledge base of this folder, or the one that ships. Raises KnowledgeError."""
    return load(shipped()) if folder is None else load(folder, fallback=shipped())


@contextmanager
def listed_complaints(where: str) -> Iterator[None]:
    """Print every complaint of a KnowledgeError on a line of its own; the error then says in German how many."""
    try:
        yield
    except KnowledgeError as error:
        for complaint in error.complaints:
            sys.stderr.write(f"{complaint}\n")
        raise KlbotError(f"{len(error.complaints)} Fehler in {where}.") from error
