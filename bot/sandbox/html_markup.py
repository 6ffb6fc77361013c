"""Telegram's HTML."""

import html
import re

from bot.sandbox.entities import Entity, MarkupError, Writer

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
_TAG = re.compile(r"""<(/?)([a-zA-Z0-9-]*)((?:\s+[\w-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>"']+))?)*)\s*>""")
_ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+))""")
_CHARACTER = re.compile(r"&(?:lt|gt|amp|quot|#\d{1,7}|#x[0-9a-fA-F]{1,6});")


def read_html(text: str) -> tuple[str, list[Entity]]:
    writer, position = Writer(text), 0
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


def _html_tag(writer: Writer, position: int) -> int:
    where = f"at byte offset {writer.byte(position)}"
    match = _TAG.match(writer.source, position)
    if match is None:
        raise MarkupError(f"can't parse entities: Unclosed start tag {where}")
    closing, tag, attributes = match[1], match[2].lower(), match[3]
    if closing:
        _html_end(writer, tag, where)
        return match.end()
    values = {
        one[1].lower(): html.unescape(one[2] or one[3] or one[4] or "") for one in _ATTRIBUTE.finditer(attributes)
    }
    if tag not in TAGS or (tag == "span" and values.get("class") != "tg-spoiler"):
        raise MarkupError(f'can\'t parse entities: Unsupported start tag "{tag}" {where}')
    details = {"url": values["href"]} if tag == "a" and "href" in values else {}
    writer.start(tag, position, **details)
    return match.end()


def _html_end(writer: Writer, tag: str, where: str) -> None:
    if not writer.open:
        raise MarkupError(f"can't parse entities: Unexpected end tag {where}")
    expected = writer.open[-1][0]
    if tag and tag != expected:
        raise MarkupError(
            f'can\'t parse entities: Unmatched end tag {where}, expected "</{expected}>", found "</{tag}>"'
        )
    writer.end(TAGS[expected])
