"""Headers as people read them, and the names of attached files."""

import re
import unicodedata
from collections.abc import Sequence
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from typing import Any

from bot.mail.parts import raw_header

_LONGEST_NAME = 100
# Of a longer header, which no mail program writes, taking it apart would take minutes.
_LONGEST_HEADER = 10_000
# Separates folders, or is refused by file systems of citizens.
_UNFIT = re.compile(r'[<>:"|?*]')
# What Python's e-mail package is known to raise on headers that are not as they should be.
_MALFORMED = (ValueError, LookupError, TypeError, AttributeError, AssertionError, HeaderParseError)
_NOT_SHOWN = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


def decoded(header: str) -> str:
    """A header as a person reads it (RFC 2047); what cannot be decoded stays as it is."""
    try:
        words: Sequence[tuple[Any, str | None]] = decode_header(re.sub(r"\r?\n\s*", " ", header))
    except _MALFORMED:
        return header
    return "".join(_word(word, charset) for word, charset in words)


def _word(word: str | bytes, charset: str | None) -> str:
    if isinstance(word, str):
        return word
    for encoding in (charset or "utf-8", "utf-8"):
        try:
            return word.decode(encoding)
        except (LookupError, ValueError):
            continue
    return word.decode("cp1252", "replace")


def printable(text: str) -> str:
    """The text with a space for everything that has no shape, or that changes the direction of what follows."""
    return "".join(" " if unicodedata.category(sign) in _NOT_SHOWN else sign for sign in text)


def file_name(part: Message) -> str:
    """The name of an attached file, fit to be shown and stored anywhere; empty if it has none.

    Takes RFC 2231 with its continuations and, as mail programs do, RFC 2047 inside of quotes.
    """
    for header, parameter in (("Content-Disposition", "filename"), ("Content-Type", "name")):
        if name := safe_name(_parameter(raw_header(part, header), parameter)):
            return name
    return ""


def _parameter(header: str, name: str) -> str:
    # The header with its bytes decoded: parsed as such, a name in raw UTF-8 would be one in Latin-1.
    holder = Message()
    holder["Content-Disposition"] = re.sub(r"\r?\n\s*", " ", header[:_LONGEST_HEADER])
    try:
        value = holder.get_param(name, "", "Content-Disposition")
    except _MALFORMED:
        return ""
    if isinstance(value, tuple):
        charset, _, text = value
        raw = text.encode("latin-1", "replace") if isinstance(text, str) else b""
        return _word(raw, charset)
    return decoded(value)


def safe_name(name: str) -> str:
    """The last part of a path, without signs that hide what it is, with its ending when it is shortened."""
    shown = unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode())
    shown = "".join(sign for sign in shown if unicodedata.category(sign) not in _NOT_SHOWN or sign.isspace())
    last = re.split(r"[/\\]", shown)[-1]
    clean = " ".join(_UNFIT.sub("_", last).split()).strip(" .")
    stem, dot, ending = clean.rpartition(".")
    if len(clean) <= _LONGEST_NAME or not dot or len(ending) > 5:
        return clean[:_LONGEST_NAME].strip(" .")
    return f"{stem[: _LONGEST_NAME - len(ending) - 2].strip(' .')}….{ending}"
