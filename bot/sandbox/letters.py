"""Mails as people see them in a mail client."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email import policy
from email.message import Message
from email.parser import BytesParser
from email.utils import parseaddr, parsedate_to_datetime
from html.parser import HTMLParser
from typing import Any

# What the parser of the standard library raises on mails that are not as they should be.
BROKEN = (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError)
# The first doctype counts; a target keeps links from loading pages inside the mail.
PAGE_HEAD = '<!doctype html><base target="_blank">'
# Where a line of HTML ends.
BLOCKS = {"p", "br", "div", "tr", "li", "h1", "h2", "h3", "blockquote"}


def with_crlf(raw: bytes) -> bytes:
    """The same mail with CRLF at the end of every line."""
    raw = re.sub(rb"\r\n|\r|\n", b"\r\n", raw)
    return raw if raw.endswith(b"\r\n") else raw + b"\r\n"


def described(number: int, raw: bytes, received: datetime) -> dict[str, Any]:
    """The driver's form of a mail. Every field is there, whatever the mail looks like."""
    mail = _parsed(raw)
    headers = _headers(mail)
    return {
        "id": number,
        "subject": first(headers, "subject"),
        "from": first(headers, "from"),
        "to": first(headers, "to"),
        "text": _text(mail),
        "date": _date(first(headers, "date"), received).isoformat(),
        "headers": headers,
        "html": _html_part(mail) is not None,
        "attachments": list(_attachments(mail)),
    }


def page_of(raw: bytes) -> str | None:
    """The HTML of a mail, as a page whose links open elsewhere; None where there is none."""
    part = _html_part(_parsed(raw))
    return None if part is None else f"{PAGE_HEAD}{_readable(_decoded(part))}"


def attachment_of(raw: bytes, place: int) -> tuple[str, bytes] | None:
    """Name and content of an attachment, counted from 0; None where there is none."""
    for number, part in enumerate(_attached(_parsed(raw))):
        if number == place:
            content = part.get_payload(decode=True)
            return part.get_filename() or "Anhang", content if isinstance(content, bytes) else b""
    return None


def sender_of(raw: bytes) -> str:
    """The envelope sender of a mail; empty, as in a bounce, where there is none that SMTP can carry."""
    mail = BytesParser(policy=policy.compat32).parsebytes(raw, headersonly=True)
    address = parseaddr(str(mail.get("Return-Path", mail.get("From", ""))))[1]
    return address if re.fullmatch(r"[!-~]+@[!-~]+", address) and not set(address) & set('<>()[],;:\\"') else ""


def _parsed(raw: bytes) -> Message:
    return BytesParser(policy=policy.default).parsebytes(raw)


def _headers(mail: Message) -> dict[str, str]:
    """Decoded and unfolded; a header that comes several times is one text of several lines."""
    headers: dict[str, str] = {}
    for name in dict.fromkeys(mail.keys()):
        try:
            values = [" ".join(str(value).split()) for value in mail.get_all(name, [])]
        except BROKEN:
            values = [_undecoded(value) for key, value in mail.raw_items() if key == name]
        headers[name] = "\n".join(_readable(value) for value in values)
    return headers


def _undecoded(value: Any) -> str:
    return " ".join(str(value).split())


def _readable(text: str) -> str:
    """Without the stand-ins for bytes that are no text."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def first(headers: Mapping[str, str], name: str) -> str:
    return next((value.partition("\n")[0] for key, value in headers.items() if key.lower() == name), "")


def _date(text: str, received: datetime) -> datetime:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return received
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _text(mail: Message) -> str:
    """The plain text; of a mail that has only HTML, the text in it."""
    parts = _texts(mail)
    plain = [part for part in parts if part.get_content_subtype() == "plain"]
    chosen = next(iter(plain or parts), None)
    if chosen is None:
        return ""
    text = _decoded(chosen)
    if chosen.get_content_subtype() == "html":
        text = _Words.of(text)
    return text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")


def _texts(mail: Message) -> list[Message]:
    return [part for part in mail.walk() if part.get_content_maintype() == "text" and not _is_attached(part)]


def _html_part(mail: Message) -> Message | None:
    return next((part for part in _texts(mail) if part.get_content_subtype() == "html"), None)


def _decoded(part: Message) -> str:
    content = part.get_payload(decode=True)
    content = content if isinstance(content, bytes) else b""
    for charset in (part.get_content_charset() or "utf-8", "utf-8"):
        try:
            return content.decode(charset)
        except (UnicodeDecodeError, LookupError):
            continue
    return content.decode("latin-1")


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or part.get_filename() is not None


def _attached(mail: Message) -> Iterator[Message]:
    return (part for part in mail.walk() if not part.is_multipart() and _is_attached(part))


def _attachments(mail: Message) -> Iterator[dict[str, Any]]:
    for part in _attached(mail):
        content = part.get_payload(decode=True)
        size = len(content) if isinstance(content, bytes) else 0
        yield {"name": part.get_filename() or "", "type": part.get_content_type(), "size": size}


class _Words(HTMLParser):
    """The words of an HTML page."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._hidden = 0

    @classmethod
    def of(cls, page: str) -> str:
        words = cls()
        words.feed(page)
        words.close()
        lines = ("".join(words.parts)).split("\n")
        return re.sub(r"\n{3,}", "\n\n", "\n".join(" ".join(line.split()) for line in lines))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("style", "script")
        if tag in BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCKS:
            self.parts.append("\n")
        self._hidden -= tag in ("style", "script") and self._hidden > 0

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(re.sub(r"\s+", " ", data))
