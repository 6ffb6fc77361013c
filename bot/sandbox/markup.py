"""Reads Telegram's three markups as strictly as Telegram does, and finds what it links by itself."""

import re
from collections.abc import Iterator

from bot.sandbox.entities import Entity, MarkupError, units
from bot.sandbox.html_markup import read_html
from bot.sandbox.markdown_markup import read_markdown, read_markdown_v2

_FOUND = {
    "bot_command": re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,32}(?:@\w{3,32})?(?![\w/])"),
    "url": re.compile(r"(?<![\w@.])(?:https?://|www\.)[^\s<>\"]*[^\s<>\".,;:!?()\[\]]"),
    "email": re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
}


def parse(text: str, mode: str) -> tuple[str, list[Entity]]:
    """The plain text and its entities. `mode` is "", "HTML", "MarkdownV2" or "Markdown", in any case."""
    readers = {"": _plain, "html": read_html, "markdownv2": read_markdown_v2, "markdown": read_markdown}
    reader = readers.get(mode.lower())
    if reader is None:
        raise MarkupError("unsupported parse_mode")
    plain, entities = reader(text)
    lead = len(plain) - len(plain.lstrip())
    shift, stripped = units(plain[:lead]), plain.strip()
    entities = list(_clipped(entities, shift, units(stripped)))
    taken = [(one["offset"], one["offset"] + one["length"]) for one in entities if one["type"] != "blockquote"]
    entities += [one for one in found(stripped) if not any(a <= one["offset"] < b for a, b in taken)]
    return stripped, sorted(entities, key=lambda one: (one["offset"], -one["length"]))


def found(text: str) -> list[Entity]:
    """Commands, addresses of pages and mail addresses in a plain text."""
    result: list[Entity] = []
    for kind, pattern in _FOUND.items():
        for match in pattern.finditer(text):
            result.append({"type": kind, "offset": units(text[: match.start()]), "length": units(match[0])})
    return sorted(result, key=lambda one: int(one["offset"]))


def _clipped(entities: list[Entity], shift: int, end: int) -> Iterator[Entity]:
    for one in entities:
        start = max(one["offset"] - shift, 0)
        stop = min(one["offset"] + one["length"] - shift, end)
        if stop > start:
            yield one | {"offset": start, "length": stop - start}


def _plain(text: str) -> tuple[str, list[Entity]]:
    return text, []
