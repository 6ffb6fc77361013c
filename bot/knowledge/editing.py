"""Changing a topic file as a careful person would: the lines that are meant, and not a sign of any other.

The round-trip parser of ruamel.yaml says where each value begins and ends; only that part of the text is written anew.
A round trip of the whole file would keep comments and quotes, but fold long lines anew and make one indentation of all.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot.errors import Complaint, EditError
from bot.knowledge import pieces
from bot.knowledge.entry import Language
from bot.knowledge.files import folder_name, read_bytes
from bot.knowledge.pieces import INDENT, NewEntry
from bot.knowledge.shelf import write_whole
from bot.knowledge.topics import ENTRY, FILE
from bot.knowledge.yaml_source import LARGEST, decode, parse

BOM: Final = b"\xef\xbb\xbf"
SCHEMA: Final = "# yaml-language-server: $schema=schema.json\n"
_BY_HAND: Final = "steht dort in einer Form, in die sich nichts einfügen lässt; ergänzen Sie die Datei von Hand"


@dataclass(frozen=True, slots=True)
class Page:
    """A topic file that is being changed. `before`: its bytes on disk, None where there is none; `text`: what it is to
    be, without a mark at its beginning and, if all its lines end as in Windows, with bare line ends."""

    path: Path
    before: bytes | None
    text: str

    def with_aliases(self, entry_id: str, texts: Sequence[str], language: Language = Language.DE) -> "Page":
        """With more ways to ask for an entry, behind those it has. Raises EditError."""
        part = _part(self, entry_id, language)
        return self._with_items(part, "aliases", texts, ENTRY.known)

    def with_counterexamples(self, texts: Sequence[str]) -> "Page":
        """With more questions that no entry of the topic answers. Raises EditError."""
        return self._with_items(_root(self), "counterexamples", texts, FILE.known)

    def with_entry(self, new: NewEntry) -> "Page":
        """With one more entry, behind all others. Raises EditError."""
        listing = _get(_root(self), "entries")
        if not _is_block(listing) or not listing.value:
            raise EditError(f"„entries“ in {self.path.name} {_BY_HAND}.")
        first, last = listing.value[0], listing.value[-1]
        dash = listing.start_mark.column
        at = _behind(self.text, _end(self.text, last), dash)
        above = self.text[: last.start_mark.index].splitlines()[:-1]
        apart = "\n" if first is last or not above[-1].strip() else ""
        return self._with_lines(at, apart + pieces.entry(new, dash))

    def with_value(self, entry_id: str, key: str, text: str, language: Language = Language.DE) -> "Page":
        """With this text for a key of an entry, in place of the one it has, if it has one. Raises EditError."""
        part = _part(self, entry_id, language)
        node = _get(part, key)
        if node is None:
            return self._with_key(part, key, text, ENTRY.known)
        if not isinstance(node.value, str):
            raise EditError(f"„{key}“ von „{entry_id}“ {_BY_HAND}.")
        start, end = node.start_mark.index, _end(self.text, node)
        if node.style in ("|", ">") or (key in pieces.BLOCKS and not part.flow_style):
            end = max(end, _line_end(self.text, end - 1) - 1)
            sign, _, lines = pieces.block(text, part.start_mark.column + INDENT).partition("\n")
            written = f"{sign}{_comment(self.text, node)}\n{lines}"
        else:
            written = pieces.scalar(text, node.style or "", flow=bool(part.flow_style))
        return replace(self, text=self.text[:start] + written + self.text[end:])

    def _with_items(self, part: Any, key: str, texts: Sequence[str], order: Sequence[str]) -> "Page":
        node = _get(part, key)
        if not texts:
            return self
        if node is None:
            return self._with_key(part, key, texts, order)
        if not isinstance(node.value, list):
            raise EditError(f"„{key}“ in {self.path.name} {_BY_HAND}.")
        if not node.flow_style:
            at = _behind(self.text, _end(self.text, node.value[-1]), node.start_mark.column)
            return self._with_lines(at, pieces.items(texts, node.start_mark.column))
        if node.value or part.flow_style:
            at = node.value[-1].end_mark.index if node.value else node.start_mark.index + 1
            written = _flow(texts)[1:-1]
            return self._spliced(at, f", {written}" if node.value else written)
        name = _name(part, key)
        bare = replace(self, text=self.text[: name.end_mark.index + 1] + self.text[node.end_mark.index :])
        at = _line_end(bare.text, name.end_mark.index)
        return bare._with_lines(at, pieces.items(texts, name.start_mark.column + INDENT))

    def _with_key(self, part: Any, key: str, value: pieces.Value, order: Sequence[str]) -> "Page":
        """`order`: the keys as they follow each other; the new one comes behind the last that goes before it."""
        before = [one for one in part.value if one[0].value in order[: order.index(key)]]
        name, last = before[-1] if before else part.value[-1]
        if part.flow_style:
            return self._spliced(last.end_mark.index, f", {key}: {_flow(value)}")
        column = part.start_mark.column
        apart = "\n" if not column else ""  # the parts of a file stand apart
        at = _behind(self.text, max(_end(self.text, last), name.end_mark.index), column)
        return self._with_lines(at, apart + pieces.pairs({key: value}, column))

    def _with_lines(self, at: int, lines: str) -> "Page":
        """With whole lines at the beginning of a line or at the end of the text."""
        complete = "" if self.text[:at].endswith("\n") else "\n"
        return self._spliced(at, complete + lines)

    def _spliced(self, at: int, text: str) -> "Page":
        return replace(self, text=self.text[:at] + text + self.text[at:])

    def as_bytes(self) -> bytes:
        """What the file is to hold, with the mark and the line ends that it has."""
        text = self.text.replace("\n", "\r\n") if self.before and _is_windows(self.before.decode()) else self.text
        return (BOM if (self.before or b"").startswith(BOM) else b"") + text.encode()


def read_page(path: Path) -> Page:
    """The topic file there, to be changed. Raises EditError where it cannot be read or is no YAML of ours."""
    complaints: list[Complaint] = []
    label = f"{folder_name(path.parent)}/{path.name}"
    raw = read_bytes(path, label, LARGEST, complaints)
    if raw is not None and parse(raw, label, complaints) is not None and not complaints:
        text = decode(raw, label, complaints) or ""
        return Page(path, raw, text.replace("\r\n", "\n") if _is_windows(text) else text)
    raise EditError(f"{complaints[0]} Erst danach lässt sich etwas ergänzen." if complaints else f"{label} ist leer.")


def new_page(path: Path, topic_id: str, title: str, intro: str, new: NewEntry) -> Page:
    """A topic file that there is not yet, with its first entry."""
    head = {"topic": {"id": topic_id, "title": title, "intro": intro}}
    return Page(path, None, f"{SCHEMA}{pieces.pairs(head, 0)}\nentries:\n{pieces.entry(new, INDENT)}")


def save(page: Page) -> None:
    """Put the page in the file's place in one step. Raises EditError; then the file is as it was.

    Nothing is overwritten that somebody else has written since the page was read.
    """
    complaints: list[Complaint] = []
    if parse(page.as_bytes(), page.path.name, complaints) is None or complaints:
        raise EditError(f"Die Änderung ergäbe eine fehlerhafte Datei, darum bleibt alles, wie es war. {complaints[0]}")
    write_whole(page.path, page.as_bytes(), lambda: _unchanged(page))


def _unchanged(page: Page) -> None:
    try:
        current = page.path.read_bytes()
    except FileNotFoundError:
        current = None
    if current != page.before:
        what = "gibt es inzwischen" if page.before is None else "wurde gerade von jemand anderem geändert"
        raise EditError(f"{page.path.name} {what}; es wurde nichts überschrieben. Versuchen Sie es noch einmal.")


def _flow(value: pieces.Value) -> str:
    """A text, or a list of texts in brackets."""
    if isinstance(value, str):
        return pieces.scalar(value, flow=True)
    return f"[{', '.join(pieces.scalar(text, flow=True) for text in value)}]"


def _is_windows(text: str) -> bool:
    return text.count("\r\n") == text.count("\n") == text.count("\r") > 0


# -- where things stand -------------------------------------------------------------------------------


def _root(page: Page) -> Any:
    try:
        root = YAML().compose(page.text)
    except YAMLError as error:
        raise EditError(f"{page.path.name} lässt sich nicht ändern; ergänzen Sie die Datei von Hand.") from error
    return root


def _part(page: Page, entry_id: str, language: Language) -> Any:
    """An entry's words in this language."""
    entries = _get(_root(page), "entries")
    for entry in entries.value if _is_list(entries) else ():
        if getattr(_get(entry, "id"), "value", None) == entry_id:
            part = entry if language is Language.DE else _get(entry, "en")
            if part is None:
                raise EditError(f"„{entry_id}“ hat noch keinen englischen Text.")
            return part
    raise EditError(f"Den Eintrag „{entry_id}“ gibt es in {page.path.name} nicht (mehr).")


def _get(table: Any, key: str) -> Any:
    return next((value for name, value in _pairs(table) if name.value == key), None)


def _name(table: Any, key: str) -> Any:
    return next(name for name, _ in _pairs(table) if name.value == key)


def _pairs(table: Any) -> Iterator[tuple[Any, Any]]:
    values = getattr(table, "value", None)
    return iter(values if isinstance(values, list) and values and isinstance(values[0], tuple) else ())


def _is_list(node: Any) -> bool:
    return node is not None and isinstance(node.value, list)


def _is_block(node: Any) -> bool:
    return _is_list(node) and not node.flow_style


def _end(text: str, node: Any) -> int:
    """Behind the last sign of a node; the parser would count blank lines and comments that follow it."""
    if _is_block(node) and node.value:
        last = node.value[-1]
        return _end(text, last[1] if isinstance(last, tuple) else last)
    return len(text[: node.end_mark.index].rstrip())


def _comment(text: str, node: Any) -> str:
    """What stands behind a text in its line, or behind the sign that it begins with, if it is a comment."""
    is_block = node.style in ("|", ">")
    at = node.start_mark.index if is_block else node.end_mark.index
    rest = text[at : _line_end(text, at)].rstrip()
    comment = rest[rest.find(" #") :] if is_block and " #" in rest else rest
    return comment if comment.lstrip().startswith("#") else ""


def _line_end(text: str, at: int) -> int:
    """The beginning of the next line, or the end of the text."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


def _behind(text: str, at: int, column: int) -> int:
    """The beginning of the line behind what ends here, and behind comments that stand further in than `column`."""
    at = _line_end(text, at)
    while True:
        line = text[at : _line_end(text, at)]
        bare = line.lstrip(" ")
        if not bare.startswith("#") or len(line) - len(bare) <= column:
            return at
        at = _line_end(text, at)
