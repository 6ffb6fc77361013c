"""How texts and entries are written in YAML: as a person would, so that the next person can go on by hand."""

import io
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString, SingleQuotedScalarString

from bot.errors import EditError
from bot.knowledge.yaml_source import CONTROL, Listing, parse

INDENT: Final = 2
BLOCKS: Final = frozenset({"answer", "plain"})  # keys whose texts have lines and paragraphs
_QUOTED: Final = {'"': DoubleQuotedScalarString, "'": SingleQuotedScalarString}

Value = str | Sequence[str] | Mapping[str, "Value"]


@dataclass(frozen=True, slots=True)
class Words:
    """An entry's words in one language."""

    question: str
    answer: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry that is to be written. `as_of` as in Entry; `english` may be missing."""

    id: str
    words: Words
    as_of: str
    source: str
    english: Words | None = None

    def values(self) -> Mapping[str, Value]:
        """Its keys in the order in which hand-written entries have them."""
        values: dict[str, Value] = {"id": self.id, **_values(self.words), "as_of": self.as_of, "source": self.source}
        return values | ({"en": _values(self.english)} if self.english else {})


def _values(words: Words) -> dict[str, Value]:
    return {"question": words.question, "aliases": words.aliases, "answer": words.answer}


def scalar(text: str, quote: str = "", *, flow: bool = False) -> str:
    """A text of one line: with this quotation mark if it is given, else with one only where YAML needs it.

    `flow`: it is to stand within brackets, where commas need one too. Raises EditError for control characters.
    """
    line = " ".join(_printable(text).split())
    if quote:
        return _dumped(_QUOTED[quote](line), flow=flow)
    plain = _dumped(line, flow=flow)
    if plain[:1] in ("'", "|", ">", "?") or not _reads_as(plain, line, flow=flow):
        return _dumped(DoubleQuotedScalarString(line), flow=flow)
    return plain


def block(text: str, indent: int) -> str:
    """A text of several lines behind `|`, its lines so far in; without the line end of the last."""
    lines = [line.rstrip() for line in _printable(text).strip().splitlines()]
    made = _written(CommentedMap(x=LiteralScalarString("\n".join(lines) + "\n")))
    head, _, body = made.removeprefix("x: ").partition("\n")
    return f"{head}\n{textwrap.indent(textwrap.dedent(body), ' ' * indent)}".rstrip("\n")


def items(texts: Sequence[str], indent: int) -> str:
    """Lines of a list, each with its line end."""
    return "".join(f"{' ' * indent}- {scalar(text)}\n" for text in texts)


def pairs(values: Mapping[str, Value], indent: int) -> str:
    """Keys with their values in lines of their own, each with its line end."""
    return "".join(f"{' ' * indent}{key}:{_behind_key(key, value, indent)}\n" for key, value in values.items())


def entry(new: NewEntry, indent: int) -> str:
    """A whole entry as an item of a list whose dashes stand so far in."""
    written = pairs(new.values(), indent + INDENT)
    return f"{' ' * indent}- {written[indent + INDENT :]}"


def _behind_key(key: str, value: Value, indent: int) -> str:
    if isinstance(value, str):
        return f" {block(value, indent + INDENT) if key in BLOCKS else scalar(value)}"
    if isinstance(value, Mapping):
        return "\n" + pairs(value, indent + INDENT).rstrip("\n")
    return "\n" + items(value, indent + INDENT).rstrip("\n") if value else " []"


def _reads_as(written: str, text: str, *, flow: bool) -> bool:
    """Whether the loader, whose YAML is an older one, reads it as this text."""
    root = parse((f"[{written}]" if flow else f"- {written}").encode(), "", [])
    return isinstance(root, Listing) and [getattr(item, "text", None) for item in root.items] == [text]


def _printable(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\t", " ")
    if found := CONTROL.search(text):
        raise EditError(f"Der Text enthält ein unsichtbares Steuerzeichen (U+{ord(found[0]):04X}); löschen Sie es.")
    return text


def _dumped(text: str, *, flow: bool) -> str:
    made = CommentedSeq([text])
    if flow:
        made.fa.set_flow_style()
    written = _written(made).strip("\n")
    return written[1:-1] if flow else re.sub(r"^- ", "", written)


def _written(value: Any) -> str:
    yaml = YAML()
    yaml.width = 10**9  # a line stays a line, as long as it may be
    out = io.StringIO()
    yaml.dump(value, out)
    return out.getvalue()
