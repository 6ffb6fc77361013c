"""Markup is read as strictly as Telegram reads it."""

import pytest

from bot.sandbox.entities import MarkupError
from bot.sandbox.markup import parse


@pytest.mark.parametrize(
    ("mode", "text", "plain", "kinds"),
    [
        ("", "<b>*nichts*</b>", "<b>*nichts*</b>", []),
        ("HTML", "<b>a</b> &lt;<i>b</i>", "a <b", ["bold", "italic"]),
        ("html", '<a href="https://a.de">hier</a>', "hier", ["text_link"]),
        ("HTML", "<blockquote>a <code>b</code></blockquote>", "a b", ["blockquote", "code"]),
        ("HTML", "Tom & Jerry", "Tom & Jerry", []),
        ("MarkdownV2", "*a* _b_ __c__ ~d~ ||e|| `f`", "a b c d e f",
         ["bold", "italic", "underline", "strikethrough", "spoiler", "code"]),
        ("MarkdownV2", r"1\. *a _b_*", "1. a b", ["bold", "italic"]),
        ("MarkdownV2", r"[hier](https://a\.de/x\)y)", "hier", ["text_link"]),
        ("MarkdownV2", "```\n1. a-b\n```", "1. a-b", ["pre"]),
        ("Markdown", "*a* _b_ 1. [c](https://a.de)", "a b 1. c", ["bold", "italic", "text_link"]),
    ],
)  # fmt: skip
def test_good_markup_becomes_plain_text_with_entities(mode: str, text: str, plain: str, kinds: list[str]) -> None:
    found, entities = parse(text, mode)

    assert found == plain
    assert [one["type"] for one in entities] == kinds


@pytest.mark.parametrize(
    ("mode", "text", "complaint"),
    [
        ("HTML", "<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("HTML", "ä<p>a</p>", 'Unsupported start tag "p" at byte offset 2'),
        ("HTML", "<b><i>a</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("HTML", "a</b>", "Unexpected end tag at byte offset 1"),
        ("HTML", "1 < 2", "Unclosed start tag at byte offset 2"),
        ("MarkdownV2", "Ende.", "Character '.' is reserved and must be escaped with the preceding '\\'"),
        ("MarkdownV2", "*a", "Can't find end of Bold entity at byte offset 0"),
        ("MarkdownV2", "[a]", "Can't find end of TextUrl entity at byte offset 0"),
        ("Markdown", "snake_case", "Can't find end of the entity starting at byte offset 5"),
    ],
)
def test_broken_markup_is_refused_in_telegrams_words(mode: str, text: str, complaint: str) -> None:
    with pytest.raises(MarkupError) as caught:
        parse(text, mode)

    assert str(caught.value) == f"can't parse entities: {complaint}"


def test_offsets_count_utf16_units_after_trimming() -> None:
    plain, entities = parse("  😀 <b>ja</b>  www.a.de/x. mail@a.de ", "HTML")

    assert plain == "😀 ja  www.a.de/x. mail@a.de"
    assert [(one["type"], one["offset"], one["length"]) for one in entities] == [
        ("bold", 3, 2),
        ("url", 7, 10),
        ("email", 19, 9),
    ]
