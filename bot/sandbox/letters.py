"""Mails as people see them in a mail client, and the replies that a mail client makes of what they type."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, tzinfo
from email import policy
from email.charset import QP, Charset
from email.header import Header
from email.message import Message
from email.mime.text import MIMEText
from email.parser import BytesParser
from email.utils import format_datetime, formataddr, make_msgid, parseaddr, parsedate_to_datetime
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# What the parser of the standard library raises on mails that are not as they should be.
BROKEN = (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError)
# Where a line of HTML ends.
BLOCKS = {"p", "br", "div", "tr", "li", "h1", "h2", "h3", "blockquote"}
_UTF8 = Charset("utf-8")
_UTF8.body_encoding = QP


def with_crlf(raw: bytes) -> bytes:
    """The same mail with CRLF at the end of every line."""
    raw = re.sub(rb"\r\n|\r|\n", b"\r\n", raw)
    return raw if raw.endswith(b"\r\n") else raw + b"\r\n"


def described(number: int, raw: bytes, received: datetime) -> dict[str, Any]:
    """The driver's form of a mail. Every field is there, whatever the mail looks like."""
    mail = BytesParser(policy=policy.default).parsebytes(raw)
    headers = _headers(mail)
    return {
        "id": number,
        "subject": _first(headers, "subject"),
        "from": _first(headers, "from"),
        "to": _first(headers, "to"),
        "text": _text(mail),
        "date": _date(_first(headers, "date"), received).isoformat(),
        "headers": headers,
        "attachments": list(_attachments(mail)),
    }


def reply(original: bytes, text: str, sender: str, fallback: str, now: datetime) -> bytes:
    """A reply to this mail, as a mail client makes it: quoted below, threaded, in UTF-8.

    `sender`: an address, or a name with an address. `fallback`: whom it goes to if the mail names nobody.
    Raises ValueError with a sentence.
    """
    mail = described(0, original, now)
    headers = mail["headers"]
    letter = MIMEText(f"{text.rstrip()}\n\n{_quote(mail)}\n", "plain", _UTF8)  # type: ignore[arg-type]
    letter["From"] = _address(sender)
    letter["To"] = _reply_address(headers, fallback)
    subject = " ".join(mail["subject"].split())
    subject = subject if subject.lower().startswith("re:") else f"Re: {subject}"
    letter.add_header("Subject", Header(subject, _fitting(subject)).encode())
    message_id = "".join(_first(headers, "message-id").split())
    if message_id:
        letter["In-Reply-To"] = message_id
        letter["References"] = " ".join([*_first(headers, "references").split(), message_id])
    letter["Date"] = format_datetime(now.astimezone(_local_zone()))
    letter["Message-ID"] = make_msgid(domain=parseaddr(letter["From"])[1].rpartition("@")[2] or "localhost")
    return with_crlf(letter.as_bytes())


def sender_of(raw: bytes) -> str:
    """The envelope sender of a mail; empty, as in a bounce, where there is none that SMTP can carry."""
    mail = BytesParser(policy=policy.compat32).parsebytes(raw, headersonly=True)
    address = parseaddr(str(mail.get("Return-Path", mail.get("From", ""))))[1]
    return address if re.fullmatch(r"[!-~]+@[!-~]+", address) and not set(address) & set('<>()[],;:\\"') else ""


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


def _first(headers: Mapping[str, str], name: str) -> str:
    return next((value.partition("\n")[0] for key, value in headers.items() if key.lower() == name), "")


def _date(text: str, received: datetime) -> datetime:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return received
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _text(mail: Message) -> str:
    """The plain text; of a mail that has only HTML, the text in it."""
    parts = [part for part in mail.walk() if part.get_content_maintype() == "text" and not _is_attached(part)]
    plain = [part for part in parts if part.get_content_subtype() == "plain"]
    chosen = next(iter(plain or parts), None)
    if chosen is None:
        return ""
    text = _decoded(chosen)
    if chosen.get_content_subtype() == "html":
        text = _Words.of(text)
    return text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")


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


def _attachments(mail: Message) -> Iterator[dict[str, Any]]:
    for part in mail.walk():
        if not part.is_multipart() and _is_attached(part):
            content = part.get_payload(decode=True)
            size = len(content) if isinstance(content, bytes) else 0
            yield {"name": part.get_filename() or "", "type": part.get_content_type(), "size": size}


def _quote(mail: Mapping[str, Any]) -> str:
    local = datetime.fromisoformat(mail["date"]).astimezone(_local_zone())
    name, address = parseaddr(mail["from"])
    lines = [f"> {line}".rstrip() for line in mail["text"].split("\n")]
    return "\n".join([f"Am {local:%d.%m.%Y} um {local:%H:%M} schrieb {name or address}:", *lines])


def _local_zone() -> tzinfo | None:
    """The clock of a clerk in Kaiserslautern; this machine's where time zones are not installed."""
    try:
        return ZoneInfo("Europe/Berlin")
    except ZoneInfoNotFoundError:
        return None


def _address(given: str) -> str:
    """Fit for a header. Raises ValueError with a sentence."""
    name, address = parseaddr(given)
    if any(ord(one) < 32 for one in given) or not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", address):
        raise ValueError(f"{given!r} is no mail address.")
    try:
        return formataddr((name, address))
    except UnicodeError as error:
        raise ValueError(f"{given!r} is no mail address that every server takes.") from error


def _reply_address(headers: Mapping[str, str], fallback: str) -> str:
    for name in ("reply-to", "from"):
        try:
            return parseaddr(_address(_first(headers, name)))[1]
        except ValueError:
            continue
    return fallback


def _fitting(text: str) -> str:
    return "us-ascii" if text.isascii() else "utf-8"


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
