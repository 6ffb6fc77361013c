"""A text of the knowledge base as paragraphs and lists, with its addresses found."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

_BULLET: Final = re.compile(r"[-–•*] +")
_ADDRESS: Final = re.compile(r"(?P<web>https?://[^\s<>\"„“”]+)|(?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)")
_AFTER_ADDRESS: Final = ".,;:!?'"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words, and where they lead; `href` is empty, or begins with http://, https:// or mailto:."""

    text: str
    href: str = ""


Line = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph with its lines, or a list with its points."""

    lines: tuple[Line, ...]
    is_list: bool = False


def blocks(text: str) -> tuple[Block, ...]:
    """The paragraphs and lists of a text; an empty line ends one, and so does the change between the two."""
    found = []
    for part in re.split(r"\n\s*\n", text.strip()):
        lines = [line.strip() for line in part.splitlines()]
        for is_list, group in groupby(lines, lambda line: _BULLET.match(line) is not None):
            bare = (_BULLET.sub("", line, count=1) if is_list else line for line in group)
            found.append(Block(tuple(pieces(line) for line in bare), is_list))
    return tuple(found)


def pieces(line: str) -> Line:
    """A line with the web and mail addresses in it as pieces of their own."""
    return tuple(piece for piece in _cut(line) if piece.text)


def _cut(line: str) -> Iterator[Piece]:
    at = 0
    for found in _ADDRESS.finditer(line):
        address = _without_end_of_sentence(found[0])
        yield Piece(line[at : found.start()])
        yield Piece(address, f"mailto:{address}" if found["mail"] else address)
        at = found.start() + len(address)
    yield Piece(line[at:])


def _without_end_of_sentence(address: str) -> str:
    """What is really the address; a bracket that it does not open belongs to the sentence."""
    while address[-1] in _AFTER_ADDRESS or (address[-1] == ")" and address.count("(") < address.count(")")):
        address = address[:-1]
    return address
