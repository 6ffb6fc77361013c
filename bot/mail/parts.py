"""The texts inside a mail: MIME parts decoded, whatever their senders did to them.

Python's own decoding trusts what headers say; here a wrong label is repaired where that is certain, and a part that
cannot be decoded beyond doubt is damaged rather than shown.
"""

import base64
import binascii
import codecs
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import errors, message_from_string, policy
from email.message import Message

from bot.mail.html import html_to_text

_LONGEST = 300_000
_HARMLESS_CODEC = re.compile(
    r"utf-?(8|16|32)|iso-?8859|latin|windows-?12|cp|koi8|mac|gb|big5|shift|euc|iso-?2022", re.I
)
_WESTERN = {"ascii", "iso8859-1", "iso8859-15", "cp1252"}
_WINDOWS_ONLY = re.compile(rb"[\x80-\x9f]")
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufdd0-\ufdef\ufeff\ufffe\uffff]"
)
_HTML_START = re.compile(r"\s*(?:<!doctype html|<(?:html|head|body|meta|div|p|span|table|style)\b)", re.IGNORECASE)
# What a part looks like when its headers or boundaries were damaged on the way: the text of others may show through.
_LOST_HEADER = re.compile(
    r"^(?:Content-(?:Type|Transfer-Encoding|Disposition)|MIME-Version|Message-ID|In-Reply-To|References):\s",
    re.MULTILINE | re.IGNORECASE,
)
_BROKEN = (
    errors.MissingHeaderBodySeparatorDefect,
    errors.FirstHeaderLineIsContinuationDefect,
    errors.NoBoundaryInMultipartDefect,
    errors.StartBoundaryNotFoundDefect,
    errors.MultipartInvariantViolationDefect,
)
_LOST_BASE64 = re.compile(r"(?:^[A-Za-z0-9+/]{60,}={0,2}$\n?){2}", re.MULTILINE)
_LOST_QUOTED_PRINTABLE = re.compile(r"=[0-9A-F]{2}")


@dataclass(frozen=True, slots=True)
class Texts:
    """What a mail says. `visible`: its text for people; `all`: every alternative of it; `damaged`: do not trust it."""

    visible: str
    all: tuple[str, ...]
    damaged: bool


def parsed(raw: bytes) -> Message:
    """The mail with every byte kept as one character, which the functions here undo part by part."""
    # From bytes, the parser would replace what does not fit the charset that a part claims.
    return message_from_string(raw.decode("latin-1"), policy=policy.compat32)


def texts_of(message: Message) -> Texts:
    """All inline texts of a mail; attachments and attached mails are left alone."""
    chosen = [part for part in _shown(message) if is_text(part)]
    every = [part for part in inline_parts(message) if is_text(part)]
    decoded = {id(part): _decoded(part) for part in every}
    visible = [decoded[id(part)] for part in chosen]
    readable = [text for text in visible if text is not None]
    whole = tuple(text for text in decoded.values() if text is not None)
    broken = any(isinstance(defect, _BROKEN) for part in inline_parts(message) for defect in part.defects)
    damaged = broken or len(readable) < len(visible) or any(_is_damaged(text) for text in readable)
    return Texts("\n\n".join(text for text in readable if text.strip()), whole, damaged)


def _is_damaged(text: str) -> bool:
    escapes = len(_LOST_QUOTED_PRINTABLE.findall(text))
    undecoded = escapes >= 4 or (escapes >= 1 and "=\n" in text)
    return undecoded or bool(_LOST_HEADER.search(text) or _LOST_BASE64.search(text))


def inline_parts(message: Message) -> Iterator[Message]:
    """Every part of the mail itself, outermost first, without attachments and what is inside attached mails."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        if part is not message and (is_attachment(part) or content_type(part).startswith("message/")):
            continue
        yield part
        waiting += reversed(children(part))


def children(part: Message) -> list[Message]:
    """The parts directly inside a part."""
    inside = part.get_payload()
    return [child for child in inside if isinstance(child, Message)] if isinstance(inside, list) else []


def content_type(part: Message) -> str:
    """The part's type in lower case; text/plain where it names none."""
    found = re.match(r"\s*([\w.+-]+/[\w.+-]+)", raw_header(part, "Content-Type"))
    return found[1].lower() if found else "text/plain"


def parameter(part: Message, header: str, name: str) -> str:
    """A parameter of a structured header in lower case, or nothing."""
    found = re.search(rf";\s*{name}\*?\s*=\s*\"?([^\";\s]*)", raw_header(part, header), re.IGNORECASE)
    return found[1].lower() if found else ""


def raw_header(part: Message, name: str) -> str:
    """The first header of this name, not decoded, or nothing."""
    return next(iter(raw_headers(part, name)), "")


def raw_headers(part: Message, name: str) -> list[str]:
    """All headers of this name, not decoded, in the order of the mail."""
    return [_first_that_fits(str(value).encode("latin-1"), "utf-8", "cp1252") for value in part.get_all(name, [])]


def is_attachment(part: Message) -> bool:
    """Whether the sender says that the part is a file beside the mail."""
    return raw_header(part, "Content-Disposition").strip().lower().startswith("attachment")


def is_text(part: Message) -> bool:
    """Whether the part is a text that mail programs show."""
    return content_type(part) in ("text/plain", "text/html") and not part.is_multipart()


def _shown(message: Message) -> Iterator[Message]:
    """The parts a mail program shows one after the other: of alternatives the plain one, if it says anything."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        if part is not message and (is_attachment(part) or content_type(part).startswith("message/")):
            continue
        inside = children(part)
        if content_type(part) == "multipart/alternative" and inside:
            waiting.append(_preferred(inside))
        elif inside:
            waiting += reversed(inside)
        else:
            yield part


def _preferred(alternatives: list[Message]) -> Message:
    plain = [part for part in alternatives if content_type(part) == "text/plain" and not is_attachment(part)]
    if plain and (_decoded(plain[0]) is None or (_decoded(plain[0]) or "").strip()):
        return plain[0]
    others = [part for part in alternatives if not is_attachment(part) and part not in plain]
    return others[0] if others else alternatives[0]


def _decoded(part: Message) -> str | None:
    """The text of a part with \\n at line ends; HTML becomes text. None: it cannot be decoded."""
    content = content_of(part)
    if content is None:
        return None
    text = _text(content, parameter(part, "Content-Type", "charset")).replace("\r\n", "\n").replace("\r", "\n")
    text = _CONTROL.sub("", text.replace("\u2028", "\n").replace("\u2029", "\n"))[:_LONGEST]
    if content_type(part) == "text/html" or _HTML_START.match(text):
        return html_to_text(text)
    text = text.replace("\xa0", " ")
    if parameter(part, "Content-Type", "format") == "flowed":
        return unflowed(text, delete_space=parameter(part, "Content-Type", "delsp") == "yes")
    return text


def content_of(part: Message) -> bytes | None:
    """What the part holds, its transfer encoding undone; None if that is unknown or broken."""
    payload = part.get_payload()
    if not isinstance(payload, str):
        return None
    content = payload.encode("latin-1")
    match raw_header(part, "Content-Transfer-Encoding").strip().lower():
        case "" | "7bit" | "8bit" | "binary":
            return content
        case "quoted-printable":
            return quopri.decodestring(content)
        case "base64":
            return _from_base64(content)
    return None


def _from_base64(content: bytes) -> bytes | None:
    letters = re.sub(rb"[^A-Za-z0-9+/]", b"", content.partition(b"=")[0])
    try:
        return base64.b64decode(letters + b"=" * (-len(letters) % 4))
    except binascii.Error:
        return None


def _text(content: bytes, charset: str) -> str:
    """The text of these bytes. Western one-byte labels are often wrong: valid UTF-8 is hardly ever anything else."""
    codec = _codec(charset)
    if codec == "iso8859-15" and not _WINDOWS_ONLY.search(content):
        return _first_that_fits(content, "utf-8", codec)
    if codec is None or codec in _WESTERN:
        return _first_that_fits(content, "utf-8", "cp1252")
    return _first_that_fits(content, codec, "utf-8", "cp1252")


def _codec(charset: str) -> str | None:
    if charset in ("", "us-ascii", "ascii") or not _HARMLESS_CODEC.match(charset):
        return None
    try:
        return codecs.lookup(charset).name
    except (LookupError, ValueError):
        return None


def _first_that_fits(content: bytes, *encodings: str) -> str:
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeError:
            continue
    return content.decode("cp1252", "replace")


def unflowed(text: str, *, delete_space: bool) -> str:
    """Soft line breaks undone (RFC 3676); quoted lines keep one sign for each level."""
    paragraphs: list[tuple[int, str, bool]] = []
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        content = line[depth:].removeprefix(" ")
        soft = content.endswith(" ") and content != "-- "
        continued = bool(paragraphs) and paragraphs[-1][2] and paragraphs[-1][0] == depth and content != "-- "
        content = content[:-1] if soft and delete_space else content
        if continued:
            content = paragraphs.pop()[1] + content
        paragraphs.append((depth, content, soft))
    return "\n".join(f"{'>' * depth}{' ' if depth else ''}{content}" for depth, content, _ in paragraphs)
