"""A letter to staff as a value: blocks in their order, from which a plain text and a page can be written."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

_ROW_WIDTH = 14


class Kind(StrEnum):
    """What a block is to the reader. LEAD: whose words the letter is about; ROW: a line of a table of two columns."""

    LEAD = "lead"
    ALERT = "alert"
    HEADING = "heading"
    TEXT = "text"
    QUOTE = "quote"
    ENTRY = "entry"
    ROW = "row"


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a letter. `title` stands over or in front of the text, `note` beside it, `action` below it."""

    kind: Kind
    text: str
    title: str = ""
    note: str = ""
    action: str = ""


def packed(blocks: Sequence[Block]) -> list[dict[str, str]]:
    """The blocks as they travel in the outbox."""
    return [asdict(block) for block in blocks]


def unpacked(given: Sequence[Mapping[str, Any]] | None) -> tuple[Block, ...]:
    """The blocks of an outbox row; none for a row of a version that wrote none, or others than we know."""
    try:
        return tuple(Block(**{**block, "kind": Kind(block["kind"])}) for block in given or ())
    except (TypeError, LookupError, ValueError):
        return ()


def as_text(blocks: Sequence[Block]) -> str:
    """The letter as plain text: quoted words set apart by four spaces, one empty line between blocks."""
    text = ""
    for before, block in zip((None, *blocks), blocks, strict=False):
        in_table = before is not None and before.kind is block.kind is Kind.ROW
        text += ("\n" if in_table else "\n\n") + _written(block)
    return text.strip("\n")


def _written(block: Block) -> str:
    match block.kind:
        case Kind.HEADING:
            return f"\n{block.text.upper()}"
        case Kind.LEAD:
            return f"{block.title}:\n\n{indented(block.text)}"
        case Kind.QUOTE:
            return f"{block.title}:\n{indented(block.text)}" if block.title else indented(block.text)
        case Kind.ENTRY:
            return f"{block.title}\n({block.note})\n\n{indented(block.text)}\n\n→ {block.action}"
        case Kind.ROW:
            return f"{block.title:<{_ROW_WIDTH - 1}} {block.text}"
    return block.text


def indented(text: str) -> str:
    """The text set apart by four spaces a line, so that a mail shows at a glance whose words it are."""
    return "\n".join(f"    {line}".rstrip() for line in text.splitlines())
