"""Where an editor works: the folder of the knowledge base, and perhaps the bot's database."""

import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final
from zoneinfo import ZoneInfo

import typer

from bot import config
from bot.cli.options import matcher_of
from bot.desk.words import missing_words
from bot.errors import EditError, KnowledgeError
from bot.knowledge.entry import KnowledgeBase
from bot.knowledge.loader import load, shipped

if TYPE_CHECKING:
    from bot.matching.matcher import Matcher

ConfigOption = Annotated[
    Path | None, typer.Option("-c", "--config", metavar="FILE", help="The configuration; without, config.yaml.")
]
DataOption = Annotated[
    Path | None, typer.Option("--data", metavar="DIR", help="The folder of a try-out, as in klbot demo.")
]
FolderOption = Annotated[
    Path | None, typer.Option("--knowledge", metavar="DIR", help="The knowledge base; without, that of the bot.")
]
DEFAULT: Final = Path("config.yaml")
DATABASE: Final = "klbot.sqlite"
NO_CONFIG: Final = (
    "{file} gibt es hier nicht. Fragen Sie Ihre Technik, wo die Konfiguration liegt, und hängen Sie -c PFAD an "
    "(zum Ausprobieren: --data ORDNER)."
)
BERLIN: Final = ZoneInfo("Europe/Berlin")


@dataclass(frozen=True, slots=True)
class Place:
    """`folder`: of the knowledge base; `database`: its address, None where none was named; `zone`: editors' clocks.

    `matching`: how sure the bot must be; `given`: the options that say so, for the next command.
    """

    folder: Path
    database: str | None
    zone: ZoneInfo = BERLIN
    matching: config.Matching = field(default_factory=config.Matching)
    given: tuple[str, ...] = ()

    def command(self, name: str, *arguments: str) -> str:
        """A command for this place, to be typed."""
        return shlex.join(("klbot", "kb", name, *arguments, *self.given))

    def load(self) -> KnowledgeBase:
        """The knowledge base, checked as `klbot check` does. Raises KnowledgeError."""
        return load_whole(self.folder)

    def matcher(self, base: KnowledgeBase) -> "Matcher":
        """One that decides as the bot would with this base."""
        return matcher_of(base, self.matching)

    def known_database(self) -> str:
        """The address of the database. Raises EditError where none was named."""
        if self.database is None:
            raise EditError(NO_CONFIG.format(file=DEFAULT))
        return self.database


def place(config_file: Path | None, data: Path | None, knowledge: Path | None) -> Place:
    """From what the command was given. Raises ConfigError, EditError."""
    if config_file is not None and data is not None:
        raise EditError("Geben Sie entweder -c oder --data an, nicht beides.")
    if config_file is not None and not config_file.exists():
        raise EditError(NO_CONFIG.format(file=config_file))
    options = (("-c", config_file), ("--data", data), ("--knowledge", knowledge))
    given = tuple(word for name, path in options if path is not None for word in (name, str(path)))
    if data is not None:
        return Place(knowledge or shipped(), f"sqlite+aiosqlite:///{data / DATABASE}", given=given)
    if config_file is None and not DEFAULT.exists():
        return Place(knowledge or shipped(), None, given=given)
    read = config.load(config_file or DEFAULT)
    return Place(knowledge or read.knowledge or shipped(), read.database, read.zone, read.matching, given)


def load_whole(folder: Path) -> KnowledgeBase:
    """The knowledge base of this folder, with every word that the bot says. Raises KnowledgeError."""
    base = load(folder, fallback=shipped())
    if missing := missing_words(base):
        raise KnowledgeError(missing)
    return base


def as_edit(error: KnowledgeError, what: str) -> EditError:
    """All complaints in one sentence: the first, and how many more."""
    first, *others = error.complaints
    more = f" (und {len(others)} weitere Fehler)" if others else ""
    return EditError(f"{what}: {first}{more}")
