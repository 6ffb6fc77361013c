"""What several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from bot.knowledge.entry import KnowledgeBase
from bot.knowledge.loader import load, shipped

KnowledgeOption = Annotated[
    Path | None, typer.Option("--knowledge", metavar="DIR", help="Another knowledge base than the one that ships.")
]


def load_base(folder: Path | None) -> KnowledgeBase:
    """The knowledge base of this folder, or the one that ships. Raises KnowledgeError."""
    return load(shipped()) if folder is None else load(folder, fallback=shipped())
