"""What several commands share."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot import config
from bot.errors import KlbotError, KnowledgeError
from bot.knowledge.entry import KnowledgeBase
from bot.knowledge.loader import load, shipped

KnowledgeOption = Annotated[
    Path | None, typer.Option("--knowledge", metavar="DIR", help="Another knowledge base than the one that ships.")
]

AimOption = Annotated[
    Path | None,
    typer.Option("-c", "--config", metavar="FILE", help="Decide as the bot of this configuration."),
]

if TYPE_CHECKING:
    from bot.matching.matcher import Matcher


def configured(config_file: Path | None, folder: Path | None) -> tuple[Path | None, config.Matching]:
    """The folder of the knowledge base that is meant, and how sure the bot must be. Raises ConfigError."""
    if config_file is None:
        return folder, config.Matching()
    read = config.load(config_file)
    return folder or read.knowledge, read.matching


def matcher_of(base: KnowledgeBase, matching: config.Matching) -> "Matcher":
    """One that decides as a bot with this configuration would."""
    from bot.matching.matcher import Matcher  # noqa: PLC0415 -- klbot tickets starts in half the time without it

    return Matcher(base, matching.aim())


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
