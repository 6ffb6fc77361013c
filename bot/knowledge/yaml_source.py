"""One YAML file as a tree of texts with places: nothing is resolved, nothing is referred to, nothing recurses."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import yaml

from bot.errors import Complaint
from bot.knowledge.entry import Place
from bot.knowledge.foreign import no_text, remnants
from bot.knowledge.yaml_hints import explain, shown

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
LARGEST = 5_000_000
DEEPEST = 12
_SHOWN = 20

# Also what YAML, but no editor, takes for the end of a line, and what turns the direction of writing.
CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text as it is written: `no`, `0115` and `2020-06` stay what they are."""

    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Listing:
    """A list."""

    items: tuple["Node", ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Table:
    """Keys and values; every key once."""

    pairs: tuple[tuple[Scalar, "Node"], ...]
    place: Place


Node = Scalar | Listing | Table


def parse(raw: bytes, file: str, complaints: list[Complaint], loader: Any = LOADER) -> Node | None:
    """The tree of a file, or None where there is none to speak of; what is wrong is added to `complaints`.

    `file` is the name that complaints carry. A tree can come with complaints; never raises.
    """
    if len(raw) > LARGEST:
        size = f"Die Datei ist größer als {LARGEST // 1_000_000} MB; kürzen Sie sie, oder teilen Sie sie auf."
        complaints.append(Complaint(file, 1, 1, size))
        return None
    text = decode(raw, file, complaints)
    if text is None:
        return None
    text = _printable(text, file, complaints)
    if left := remnants(text):
        complaints.extend(Complaint(file, *one) for one in left[:_SHOWN])
        return None
    return _Builder(file, complaints).build(text, loader)


def decode(raw: bytes, file: str, complaints: list[Complaint]) -> str | None:
    """The text of a file in UTF-8, with or without a mark at its beginning, or None after a complaint."""
    if sentence := no_text(raw):
        complaints.append(Complaint(file, 1, 1, sentence))
        return None
    try:
        return raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode("utf-8")
    what = "Hier steht ein Zeichen, das nicht in UTF-8 geschrieben ist"
    how = "speichern Sie die Datei neu und wählen Sie dabei die Kodierung „UTF-8“."
    complaints.append(Complaint(file, *_line_and_column(before, len(before)), f"{what}; {how}"))
    return None


def _printable(text: str, file: str, complaints: list[Complaint]) -> str:
    """The text with control characters made blanks, so that the rest can be checked all the same."""
    for found in islice(CONTROL.finditer(text), _SHOWN):
        place = _line_and_column(text, found.start())
        name = f"U+{ord(found.group()):04X}"
        complaints.append(
            Complaint(file, *place, f"Hier steht ein unsichtbares Steuerzeichen ({name}); löschen Sie es.")
        )
    return CONTROL.sub(" ", text)


def _line_and_column(text: str, index: int) -> tuple[int, int]:
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


class _Refused(Exception):
    """The file is nested deeper than any knowledge base needs, or refers to its own parts."""


@dataclass(slots=True)
class _Open:
    """A list or table whose end is still to come."""

    table: bool
    place: Place
    children: list[Node] = field(default_factory=list)


class _Builder:
    def __init__(self, file: str, complaints: list[Complaint]) -> None:
        self.file = file
        self.complaints = complaints
        self.open: list[_Open] = []
        self.roots: list[Node] = []
        self._anchors: dict[str, Place] = {}

    def build(self, text: str, loader: Any) -> Node | None:
        last: Any = None
        try:
            for event in yaml.parse(text, Loader=loader):
                self._take(event)
                last = event
        except _Refused:
            return None
        except yaml.MarkedYAMLError as error:
            line, column, sentence = explain(error, text, last)
            self._complain(Place(self.file, line, column), sentence)
            return None
        except (yaml.YAMLError, ValueError, OverflowError):
            # PyYAML's scanner in Python lets some impossible escapes through to chr() and int().
            where = self._place(last.end_mark) if last is not None else Place(self.file, 1, 1)
            self._complain(where, "Hinter dieser Stelle steht ein unmögliches Zeichen (\\U… oder %); löschen Sie es.")
            return None
        return self._only_root()

    def _only_root(self) -> Node | None:
        if not self.roots:
            self._complain(Place(self.file, 1, 1), "Die Datei ist leer; füllen Sie sie oder löschen Sie sie.")
            return None
        for root in self.roots[1:]:
            self._complain(
                root.place, "Nach „---“ beginnt ein zweites Dokument; schreiben Sie es in eine eigene Datei."
            )
        return self.roots[0]

    def _take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.CollectionEndEvent):
            self._close()
        elif isinstance(event, yaml.NodeEvent):
            self._take_node(event)

    def _take_node(self, event: Any) -> None:
        place = self._place(event.start_mark)
        self._refuse_specials(event, place)
        if isinstance(event, yaml.CollectionStartEvent):
            self.open.append(_Open(isinstance(event, yaml.MappingStartEvent), place))
            if len(self.open) > DEEPEST:
                self._complain(place, "Hier ist zu tief verschachtelt; prüfen Sie Einrückung und Klammern.")
                raise _Refused
        else:
            text = f"*{event.anchor}" if isinstance(event, yaml.AliasEvent) else event.value
            if CONTROL.search(text):
                self._complain(place, "Dieser Text enthält ein Steuerzeichen (geschrieben mit \\); löschen Sie es.")
            self._add(Scalar(CONTROL.sub(" ", text), place))

    def _refuse_specials(self, event: Any, place: Place) -> None:
        """Complain of references and types. Where parts are really used twice, that is all there is to say."""
        mend = "Soll es Text sein, setzen Sie ihn ganz in gerade Anführungszeichen."
        is_alias, name = isinstance(event, yaml.AliasEvent), event.anchor
        if is_alias and name in self._anchors:
            self.complaints[:] = [one for one in self.complaints if one.file != self.file]
            what = f"Verweise („&{shown(name)}“ hier, „*{shown(name)}“ in Zeile {place.line}) sind nicht erlaubt"
            self._complain(self._anchors[name], f"{what}; schreiben Sie den Text überall aus.")
            raise _Refused
        if name is not None:
            if not is_alias:
                self._anchors[name] = place
            what = f"Verweise sind hier nicht erlaubt („{'*' if is_alias else '&'}{shown(name)}“)"
            self._complain(place, f"{what}; schreiben Sie den Text aus. {mend}")
        if getattr(event, "tag", None) is not None:
            self._complain(place, f"Typangaben mit „!“ sind hier nicht erlaubt; löschen Sie sie. {mend}")

    def _close(self) -> None:
        done = self.open.pop()
        children = tuple(done.children)
        self._add(Table(tuple(self._pairs(children)), done.place) if done.table else Listing(children, done.place))

    def _add(self, node: Node) -> None:
        (self.open[-1].children if self.open else self.roots).append(node)

    def _pairs(self, children: tuple[Node, ...]) -> Iterator[tuple[Scalar, Node]]:
        seen: dict[str, Place] = {}
        for key, value in zip(children[::2], children[1::2], strict=True):
            if not isinstance(key, Scalar):
                self._complain(key.place, "Ein Schlüssel muss ein einfaches Wort sein; prüfen Sie Klammern und „?“.")
            elif key.text in seen:
                what = f"Der Schlüssel „{shown(key.text)}“ steht hier zum zweiten Mal"
                first = f"zuerst in Zeile {seen[key.text].line}"
                self._complain(key.place, f"{what} ({first}); löschen Sie einen von beiden.")
            else:
                seen[key.text] = key.place
                yield key, value

    def _place(self, mark: Any) -> Place:
        return Place(self.file, mark.line + 1, mark.column + 1)

    def _complain(self, place: Place, text: str) -> None:
        self.complaints.append(Complaint(place.file, place.line, place.column, text))
