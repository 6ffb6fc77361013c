"""Telegram's MarkdownV2, and the older Markdown."""

import re

from bot.sandbox.entities import Entity, MarkupError, Writer

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


def read_markdown_v2(text: str) -> tuple[str, list[Entity]]:
    writer, position = Writer(text), 0
    while position < len(text):
        position = _markdown_v2_step(writer, position)
    if writer.open:
        mark, _, start, _ = writer.open[-1]
        raise MarkupError(
            f"can't parse entities: Can't find end of {MARKS[mark][1]} entity at byte offset {writer.byte(start)}"
        )
    return writer.result()


def _markdown_v2_step(writer: Writer, position: int) -> int:
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


def _toggle(writer: Writer, mark: str, position: int) -> int:
    if mark != "[" and writer.open and writer.open[-1][0] == mark:
        writer.end(MARKS[mark][0])
    else:
        writer.start(mark, position)
    return position + len(mark)


def _ordinary(writer: Writer, position: int) -> int:
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


def _link_end(writer: Writer, position: int) -> int:
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


def read_markdown(text: str) -> tuple[str, list[Entity]]:
    """The old markup: nothing is nested, and only an unclosed mark is an error."""
    writer, position = Writer(text), 0
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


def _old_entity(writer: Writer, position: int) -> int:
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
