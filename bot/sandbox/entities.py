"""Plain text with entities, as it is put together while markup is read."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

TEXT_LIMIT = 4096

Entity = dict[str, Any]


class MarkupError(Exception):
    """The markup is broken; the text of the error is Telegram's."""


def units(text: str) -> int:
    """Length as Telegram counts: in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def in_parts(text: str) -> Iterator[str]:
    """The text in parts of at most 4096 UTF-16 units, as Telegram's apps send a long one."""
    part: list[str] = []
    length = 0
    for character in text:
        width = 2 if ord(character) > 0xFFFF else 1
        if length + width > TEXT_LIMIT:
            yield "".join(part)
            part, length = [], 0
        part.append(character)
        length += width
    yield "".join(part)


@dataclass(slots=True)
class Writer:
    """Collects plain text and the entities that are open over it."""

    source: str
    plain: list[str] = field(default_factory=list)
    length: int = 0
    open: list[tuple[str, int, int, dict[str, Any]]] = field(default_factory=list)
    entities: list[Entity] = field(default_factory=list)

    def write(self, text: str) -> None:
        self.plain.append(text)
        self.length += units(text)

    def byte(self, position: int) -> int:
        return len(self.source[:position].encode())

    def start(self, mark: str, position: int, **details: Any) -> None:
        self.open.append((mark, self.length, position, details))

    def end(self, kind: str, **more: Any) -> None:
        _, offset, _, details = self.open.pop()
        length = self.length - offset
        if length:
            self.entities.append({"type": kind, "offset": offset, "length": length, **details, **more})

    def result(self) -> tuple[str, list[Entity]]:
        return "".join(self.plain), self.entities
