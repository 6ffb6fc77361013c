"""The replies that a mail client makes of what a clerk types."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from email.charset import QP, Charset
from email.header import Header
from email.message import Message
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, formataddr, make_msgid, parseaddr
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.sandbox.letters import described, first, with_crlf

_UTF8 = Charset("utf-8")
_UTF8.body_encoding = QP


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes along with a reply. `type`: such as image/png."""

    name: str
    type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Draft:
    """An empty reply. `quote`: the original as it stands below what is written."""

    to: str
    subject: str
    quote: str


def draft(original: bytes, fallback: str, now: datetime) -> Draft:
    """What a mail client offers when somebody presses Reply. `fallback`: whom it goes to if the mail names nobody."""
    mail = described(0, original, now)
    subject = " ".join(mail["subject"].split())
    subject = subject if subject.lower().startswith("re:") else f"Re: {subject}"
    return Draft(_reply_address(mail["headers"], fallback), subject, _quote(mail))


def reply(
    original: bytes, text: str, sender: str, fallback: str, now: datetime, files: Sequence[Attachment] = ()
) -> bytes:
    """A reply to this mail with exactly this text, as a mail client makes it: threaded, in UTF-8.

    `sender`: an address, or a name with an address. Raises ValueError with a sentence.
    """
    headers = described(0, original, now)["headers"]
    offered = draft(original, fallback, now)
    letter = _body(f"{text.rstrip()}\n", files)
    letter["From"] = _address(sender)
    letter["To"] = offered.to
    letter.add_header("Subject", Header(offered.subject, _fitting(offered.subject)).encode())
    message_id = "".join(first(headers, "message-id").split())
    if message_id:
        letter["In-Reply-To"] = message_id
        letter["References"] = " ".join([*first(headers, "references").split(), message_id])
    letter["Date"] = format_datetime(now.astimezone(_local_zone()))
    letter["Message-ID"] = make_msgid(domain=parseaddr(letter["From"])[1].rpartition("@")[2] or "localhost")
    return with_crlf(letter.as_bytes())


def _body(text: str, files: Sequence[Attachment]) -> Message:
    letter = MIMEText(text, "plain", _UTF8)  # type: ignore[arg-type]
    if not files:
        return letter
    whole = MIMEMultipart("mixed")
    whole.attach(letter)
    for file in files:
        part = MIMEApplication(file.content)
        part.replace_header("Content-Type", file.type)
        part.add_header("Content-Disposition", "attachment", filename=file.name)
        whole.attach(part)
    return whole


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
            return parseaddr(_address(first(headers, name)))[1]
        except ValueError:
            continue
    return fallback


def _fitting(text: str) -> str:
    return "us-ascii" if text.isascii() else "utf-8"
