"""Reads Telegram's three markups as strictly as Telegram does, and finds what it links by itself."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Entity = dict[str, Any]

TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "tg-emoji": "custom_emoji",
}
MARKS = {
    "*": ("bold", "Bold"),
    "_": ("italic", "Italic"),
    "__": ("underline", "Underline"),
    "~": ("strikethrough", "Strikethrough"),
    "||": ("spoiler", "Spoiler"),
    "`": ("code", "Code"),
    "```": ("pre", "PreCode"),
    "[": ("text_link", "TextUrl"),
}
RESERVED = "_*[]()~`>#+-=|{}.!"
_TAG = re.compile(r"""<(/?)([a-zA-Z0-9-]*)((?:\s+[\w-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>"']+))?)*)\s*>""")
_ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+))""")
_CHARACTER = re.compile(r"&(?:lt|gt|amp|quot|#\d{1,7}|#x[0-9a-fA-F]{1,6});")
_FOUND = {
    "bot_command": re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,32}(?:@\w{3,32})?(?![\w/])"),
    "url": re.compile(r"(?<![\w@.])(?:https?://|www\.)[^\s<>\"]*[^\s<>\".,;:!?()\[\]]"),
    "email": re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
}


class MarkupError(Exception):
    """The markup is broken; the text of the error is Telegram's."""


def units(text: str) -> int:
    """Length as Telegram counts: in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse(text: str, mode: str) -> tuple[str, list[Entity]]:
    """The plain text and its entities. `mode` is "", "HTML", "MarkdownV2" or "Markdown", in any case."""
    readers = {"": _plain, "html": _html, "markdownv2": _markdown_v2, "markdown": _markdown}
    reader = readers.get(mode.lower())
    if reader is None:
        raise MarkupError("unsupported parse_mode")
    plain, entities = reader(text)
    lead = len(plain) - len(plain.lstrip())
    shift, stripped = units(plain[:lead]), plain.strip()
    entities = list(_clipped(entities, shift, units(stripped)))
    taken = [
        (one["offset"], one["offset"] + one["length"]) for one in entities if one["type"] != "blockquote"
    ]
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


@dataclass(slots=True)
class _Writer:
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


def _html(text: str) -> tuple[str, list[Entity]]:
    writer, position = _Writer(text), 0
    while position < len(text):
        match = _CHARACTER.match(text, position)
        if match is not None:
            writer.write(html.unescape(match[0]))
            position = match.end()
        elif text[position] == "<":
            position = _html_tag(writer, position)
        else:
            writer.write(text[position])
            position += 1
    if writer.open:
        raise MarkupError(
            f"can't parse entities: Can't find end tag corresponding to start tag \"{writer.open[-1][0]}\""
        )
    return writer.result()


def _html_tag(writer: _Writer, position: int) -> int:
    where = f"at byte offset {writer.byte(position)}"
    match = _TAG.match(writer.source, position)
    if match is None:
        raise MarkupError(f"can't parse entities: Unclosed start tag {where}")
    closing, tag, attributes = match[1], match[2].lower(), match[3]
    if closing:
        _html_end(writer, tag, where)
        return match.end()
    values = {
        one[1].lower(): html.unescape(one[2] or one[3] or one[4] or "")
        for one in _ATTRIBUTE.finditer(attributes)
    }
    if tag not in TAGS or (tag == "span" and values.get("class") != "tg-spoiler"):
        raise MarkupError(f'can\'t parse entities: Unsupported start tag "{tag}" {where}')
    details = {"url": values["href"]} if tag == "a" and "href" in values else {}
    writer.start(tag, position, **details)
    return match.end()


def _html_end(writer: _Writer, tag: str, where: str) -> None:
    if not writer.open:
        raise MarkupError(f"can't parse entities: Unexpected end tag {where}")
    expected = writer.open[-1][0]
    if tag and tag != expected:
        raise MarkupError(
            f'can\'t parse entities: Unmatched end tag {where}, expected "</{expected}>", found "</{tag}>"'
        )
    writer.end(TAGS[expected])


def _markdown_v2(text: str) -> tuple[str, list[Entity]]:
    writer, position = _Writer(text), 0
    while position < len(text):
        position = _markdown_v2_step(writer, position)
    if writer.open:
        mark, _, start, _ = writer.open[-1]
        raise MarkupError(
            f"can't parse entities: Can't find end of {MARKS[mark][1]} entity at byte offset {writer.byte(start)}"
        )
    return writer.result()


def _markdown_v2_step(writer: _Writer, position: int) -> int:
    """Read one character or mark; the position after it."""
    text = writer.source
    innermost = writer.open[-1][0] if writer.open else ""
    character = text[position]
    if character == "\\" and position + 1 < len(text) and 0 < ord(text[position + 1]) < 127:
        writer.write(text[position + 1])
        return position + 2
    if innermost in ("`", "```") and not text.startswith(innermost, position):
        writer.write(character)
        return position + 1
    if character == "]" and innermost == "[":
        return _link_end(writer, position)
    mark = next((one for one in ("```", "||", "__", *"*_~`[") if text.startswith(one, position)), "")
    if mark:
        return _toggle(writer, mark, position)
    return _ordinary(writer, position)


def _toggle(writer: _Writer, mark: str, position: int) -> int:
    if mark != "[" and writer.open and writer.open[-1][0] == mark:
        writer.end(MARKS[mark][0])
    else:
        writer.start(mark, position)
    return position + len(mark)


def _ordinary(writer: _Writer, position: int) -> int:
    text, character = writer.source, writer.source[position]
    starts_line = position == 0 or text[position - 1] == "\n"
    if character == ">" and starts_line:
        return position + 1
    if character == "!" and text.startswith("[", position + 1):
        return position + 1
    if character in RESERVED:
        raise MarkupError(
            f"can't parse entities: Character '{character}' is reserved and must be escaped with the preceding '\\'"
        )
    writer.write(character)
    return position + 1


def _link_end(writer: _Writer, position: int) -> int:
    match = re.compile(r"\]\(((?:[^)\\]|\\.)*)\)").match(writer.source, position)
    if match is None:
        start = writer.open[-1][2]
        raise MarkupError(
            f"can't parse entities: Can't find end of a URL at byte offset {writer.byte(start)}"
            if writer.source.startswith("](", position)
            else f"can't parse entities: Can't find end of TextUrl entity at byte offset {writer.byte(start)}"
        )
    writer.end("text_link", url=re.sub(r"\\(.)", r"\1", match[1]))
    return match.end()


def _markdown(text: str) -> tuple[str, list[Entity]]:
    """The old markup: nothing is nested, and only an unclosed mark is an error."""
    writer, position = _Writer(text), 0
    while position < len(text):
        character = text[position]
        if character == "\\" and text[position + 1 : position + 2] in tuple("_*`["):
            writer.write(text[position + 1])
            position += 2
        elif character in "_*`[":
            position = _old_entity(writer, position)
        else:
            writer.write(character)
            position += 1
    return writer.result()


def _old_entity(writer: _Writer, position: int) -> int:
    text = writer.source
    mark = "```" if text.startswith("```", position) else text[position]
    close = "]" if mark == "[" else mark
    end = text.find(close, position + len(mark))
    if end < 0:
        raise MarkupError(
            f"can't parse entities: Can't find end of the entity starting at byte offset {writer.byte(position)}"
        )
    writer.start(mark, position)
    writer.write(text[position + len(mark) : end])
    if mark != "[":
        writer.end(MARKS[mark][0])
        return end + len(mark)
    link = re.compile(r"\]\(([^)]*)\)").match(text, end)
    if link is None:
        writer.open.pop()
        return end + 1
    writer.end("text_link", url=link[1])
    return link.end()
