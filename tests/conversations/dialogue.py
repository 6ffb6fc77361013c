"""Conversations as people write them down: YAML files, read into values."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
_WILD = {"*": r"[\s\S]*?", "<Code>": r"[A-Z]{2}-[2-9A-HJ-NP-Z]{6}"}
_WILD["<Datum>"] = (
    r"(?:\w+(?: day)?,? )?\d{1,2}\.? \w+(?: \d{4})?(?:,? \d{1,2}(?::\d\d)? ?(?:Uhr|[ap]\.?m\.?|o'clock)?)?"
)


class Act(StrEnum):
    """What a step does, under the name by which it is written."""

    WRITES = "Bürger"
    REPLIES = "Bürger antwortet"
    EDITS = "Bürger ändert"
    TAPS = "Bürger tippt"
    SENDS = "Bürger sendet"
    BLOCKS = "Bürger blockiert"
    BOT = "Bot"
    BOT_NOT = "Bot nicht"
    BUTTONS = "Knöpfe"
    TOAST = "Hinweis"
    REPLACED = "Bot ersetzt"
    MAIL = "Team (Mail)"
    MAIL_NOT = "Team (Mail) nicht"
    ATTACHED = "Anhang"
    ANSWERS = "Team antwortet"
    NEVER = "Nie im Chat"
    NO_MAIL = "Keine Mail"


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `words`: what is written, or the patterns that have to be found; `more`: the rest, by its name."""

    act: Act
    words: tuple[str, ...]
    more: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.act}: {' … '.join(self.words) or dict(self.more)}"

    @property
    def text(self) -> str:
        return "\n".join(self.words)


@dataclass(frozen=True, slots=True)
class Conversation:
    """One conversation of a citizen of its own. `issue`: the number of the promise it covers."""

    name: str
    file: str
    issue: str
    language: str
    steps: tuple[Step, ...]

    def __str__(self) -> str:
        return f"{self.file}: {self.name}"


def conversations(folder: Path = FOLDER) -> list[Conversation]:
    """Every conversation of the folder's YAML files. Raises ValueError with file and name for what cannot be read."""
    return [one for file in sorted(folder.glob("*.yaml")) for one in _read(file)]


def _read(file: Path) -> Iterator[Conversation]:
    # Strings only: "2" and "nein" are words of citizens.
    given = yaml.load(file.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506 -- it makes nothing but strings
    for one in given["gespräche"]:
        try:
            steps = tuple(_step(step) for step in one["verlauf"])
            language = one.get("sprache", given.get("sprache", "de"))
            yield Conversation(one["name"], file.stem, one.get("nummer", given.get("nummer", "")), language, steps)
        except (KeyError, ValueError, TypeError) as error:
            raise ValueError(f"{file.name}, {one.get('name')!r}: {error}") from error


def _step(given: Mapping[str, Any]) -> Step:
    [(name, value)] = given.items()
    if isinstance(value, Mapping):
        more = dict(value)
        words = more.pop("text", "")
        return Step(Act(name), _words(words), more)
    return Step(Act(name), _words(value), {})


def _words(value: str | list[str]) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, list) else (value,) if value else ()


def is_in(pattern: str, text: str) -> bool:
    """Whether the words stand in the text; spaces and line ends are alike, and wildcards stand for anything."""
    parts = re.split(f"({'|'.join(map(re.escape, _WILD))})", " ".join(pattern.split()))
    wanted = "".join(_WILD.get(part) or re.escape(part) for part in parts)
    return re.search(wanted, " ".join(text.split())) is not None
