"""Our mails to staff as messages, and incoming mail as one of our values."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage, Message
from email.utils import format_datetime
from typing import Any

from bs4.exceptions import ParserRejectedMarkup

from bot.desk.letter import Block, unpacked
from bot.desk.staff import (
    Attachment,
    Bounce,
    Cut,
    CutKind,
    Dropped,
    DroppedMail,
    Held,
    HeldMail,
    IncomingMail,
    StaffReply,
)
from bot.mail.attachments import files_of
from bot.mail.headers import decoded, printable
from bot.mail.html import html_to_text
from bot.mail.keys import FoundKeys, ThreadKeys
from bot.mail.machines import Report, machine_of, report_of
from bot.mail.page import page
from bot.mail.parts import Texts, parsed, raw_header, raw_headers, texts_of
from bot.mail.reply import parted
from bot.mail.sender import StaffList, is_authenticated, looks_like, sender_of

LOOP_HEADER = "X-KLBot-Loop"
# Written by the reader of the mailbox in front of a mail of which it fetched only the headers.
OVERSIZE_HEADER = "X-KLBot-Oversize"

_LONGEST_SUBJECT = 78
# What Python's e-mail package and the HTML parser are known to raise on malformed mail.
_MALFORMED = (
    ValueError, LookupError, TypeError, AttributeError, ArithmeticError, AssertionError, RecursionError,
    HeaderParseError, ParserRejectedMarkup,
)  # fmt: skip
_WORDS = {
    Held.NOT_STAFF: "Der Absender steht nicht auf der Liste der Mitarbeitenden oder ist nicht zweifelsfrei.",
    Held.NO_KEY: "Die Mail lässt sich keinem Vorgang zuordnen: Betreff, Bezug und Vorgangszeile fehlen.",
    Held.KEYS_DISAGREE: "Betreff, Bezug und Vorgangszeile gehören nicht zum selben Vorgang oder sind nicht echt.",
    Held.NOTHING_LEFT: "Außer Zitat und Signatur enthält die Mail nichts.",
    Held.UNREADABLE: "Die Mail lässt sich nicht zweifelsfrei lesen (verschlüsselt, beschädigt oder zu groß).",
}


# -- writing --------------------------------------------------------------------------------------


def compose(
    payload: Mapping[str, Any],
    *,
    keys: ThreadKeys,
    sender: Address,
    date: datetime,
    key: str,
    files: Sequence[Attachment] = (),
) -> EmailMessage:
    """The mail for an outbox payload `{to, ticket, serial, subject, text, letter}`; no `ticket`: mail about none.

    `letter` holds the blocks that `text` was written from; without it the mail has no HTML. `key` is the delivery's
    own key. The same payload gives the same Message-ID each time. Raises ValueError for an address that is none.
    """
    ticket, serial = payload["ticket"], int(payload["serial"])
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = sender
    message["To"] = Address(addr_spec=payload["to"])
    message["Subject"] = _subject(payload["subject"], ticket, keys)
    message["Date"] = format_datetime(date)
    message["Message-ID"] = keys.notice_id(key) if ticket is None else keys.message_id(ticket, serial)
    if ticket is not None and serial > 0:
        message["In-Reply-To"] = message["References"] = keys.message_id(ticket, 0)
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message[LOOP_HEADER] = keys.domain
    message.set_content(_body(payload["text"], ticket, keys), charset="utf-8", cte="quoted-printable")
    if markup := _page(unpacked(payload.get("letter")), str(message["Subject"]), ticket, keys):
        message.add_alternative(markup, subtype="html", charset="utf-8", cte="quoted-printable")
    for file in files:
        main, _, sub = file.media_type.partition("/")
        message.add_attachment(file.content, maintype=main, subtype=sub, filename=file.name)
    return message


def _subject(words: str, ticket: str | None, keys: ThreadKeys) -> str:
    token = "" if ticket is None else f"{keys.subject_token(ticket)} "
    # Unpaired halves of characters cannot be sent, and "=?" would be read as an encoding that it is not.
    text = printable(keys.defused(words)).replace("=?", "= ?").replace("?=", "? =")
    return token + _shortened(" ".join(text.split()), _LONGEST_SUBJECT - len(token))


def _shortened(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    whole_words = text[: length - 1].rpartition(" ")[0]
    return f"{whole_words or text[: length - 1]}…"


def _body(text: str, ticket: str | None, keys: ThreadKeys) -> str:
    clean = _clean(text, keys).strip()
    if ticket is None:
        return f"{clean}\n"
    return f"{keys.headline(ticket)}\n\n{clean}\n\n{keys.marker(ticket)}\n"


def _page(blocks: Sequence[Block], title: str, ticket: str | None, keys: ThreadKeys) -> str | None:
    """The letter as HTML, or None where there is no letter or its words, side by side, could be taken for keys."""
    if not blocks:
        return None
    clean = [Block(block.kind, *(_clean(text, keys) for text in _texts(block))) for block in blocks]
    top, bottom = ("", "") if ticket is None else (keys.headline(ticket), keys.marker(ticket))
    markup = page(clean, title=title, top=top, bottom=bottom)
    found = keys.find("", (), [html_to_text(markup)])
    return markup if found.tickets <= {ticket} and not found.forged else None


def _texts(block: Block) -> tuple[str, str, str, str]:
    return block.text, block.title, block.note, block.action


def _clean(text: str, keys: ThreadKeys) -> str:
    """The text without control characters and without anything in the shape of our keys."""
    lines = re.split(r"\r\n|\r|\n", text.encode("utf-8", "replace").decode())
    # Line by line first: layout is lost where keys are imitated.
    clean = (keys.defused("".join(sign for sign in line if sign == "\t" or sign >= " ").rstrip()) for line in lines)
    return keys.defused("\n".join(clean))


# -- reading --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything needed to judge a mail: our keys, who may answer, and the bot's own address.

    `authserv_id`: the name under which the operator's own server writes Authentication-Results; None: not checked.
    `released`: the ticket that a person says the mail belongs to, whoever wrote it and whatever its keys are.
    """

    keys: ThreadKeys
    staff: StaffList
    own_address: str
    authserv_id: str | None = None
    released: str | None = None


def read(
    raw: bytes,
    *,
    keys: ThreadKeys,
    staff: StaffList,
    own_address: str,
    external_id: str,
    authserv_id: str | None = None,
    released: str | None = None,
) -> IncomingMail:
    """What a raw mail is to us. Never raises, whatever the bytes are.

    `released`: the ticket that a person says it belongs to, who has looked at it.
    """
    try:
        message = parsed(raw)
        return _Judge(message, Reading(keys, staff, own_address.lower(), authserv_id, released), external_id).verdict()
    except _MALFORMED:
        return HeldMail(Held.UNREADABLE, _WORDS[Held.UNREADABLE], "", "", external_id)


class _Judge:
    """One mail before us, looked at from all sides."""

    def __init__(self, message: Message, reading: Reading, external_id: str) -> None:
        self._message = message
        self._reading = reading
        self._external_id = external_id
        self._from = raw_headers(message, "From")
        self._sender = sender_of(self._from)
        self._subject = decoded(raw_header(message, "Subject"))

    def verdict(self) -> IncomingMail:
        """The first of the defined outcomes that fits, the most harmless ones first."""
        if self._reading.released is not None:
            texts = texts_of(self._message)
            return self._reply(self._reading.released, texts, self._keys(texts))
        if self._is_own():
            return DroppedMail(Dropped.OWN_MAIL, self._external_id)
        if (report := report_of(self._message, self._sender or "", self._reading.keys)) is not None:
            return self._bounce(report)
        is_staff = self._is_staff()
        # A stranger's text is not even looked at: taking it apart is the only work here that can be made long.
        texts = texts_of(self._message) if is_staff else Texts("", (), False)
        found = self._keys(texts)
        machine = machine_of(self._message, self._sender or "", self._subject, quotes_us=found.in_body)
        if machine is not None:
            return DroppedMail(machine, self._external_id)
        return self._judged(texts, found) if is_staff else self._held(Held.NOT_STAFF, found)

    def _judged(self, texts: Texts, found: FoundKeys) -> IncomingMail:
        if found.disagree:
            return self._held(Held.KEYS_DISAGREE, found)
        if found.ticket is None:
            return self._held(Held.NO_KEY, found)
        return self._reply(found.ticket, texts, found)

    def _reply(self, ticket: str, texts: Texts, found: FoundKeys) -> IncomingMail:
        if texts.damaged or OVERSIZE_HEADER in self._message:
            return self._held(Held.UNREADABLE, found)
        files = files_of(self._message, texts, unnamed=ticket)
        reply = parted(texts.visible)
        if not (reply.text or files.attachments):
            # A mail that is one empty text says nothing; one without any text part cannot be read.
            return self._held(Held.NOTHING_LEFT if texts.all else Held.UNREADABLE, found, files.cut)
        return StaffReply(
            ticket,
            reply.text,
            self._sender or "",
            self._external_id,
            files.attachments,
            reply.cut + files.cut,
            seen=found.serial,
        )

    def _is_own(self) -> bool:
        loops = [value.strip().lower() for value in raw_headers(self._message, LOOP_HEADER)]
        return self._reading.keys.domain.lower() in loops or self._sender == self._reading.own_address

    def _is_staff(self) -> bool:
        if self._sender is None or not self._reading.staff.admits(self._sender):
            return False
        server = self._reading.authserv_id
        results = raw_headers(self._message, "Authentication-Results")
        return server is None or is_authenticated(results, server, self._sender)

    def _keys(self, texts: Texts) -> FoundKeys:
        references = raw_headers(self._message, "In-Reply-To") + raw_headers(self._message, "References")
        return self._reading.keys.find(self._subject, references, texts.all)

    def _bounce(self, report: Report) -> IncomingMail:
        if not report.failed:
            return DroppedMail(Dropped.RECEIPT, self._external_id)
        status = f" (Status {report.status})" if report.status else ""
        if report.final:
            detail = f"Eine Mail an das Team ist endgültig nicht angekommen{status}."
        else:
            detail = f"Eine Mail an das Team ist noch nicht angekommen; der Mailserver versucht es weiter{status}."
        return Bounce(report.final, detail, self._external_id, report.ticket)

    def _held(self, why: Held, found: FoundKeys, cut: Sequence[Cut] = ()) -> HeldMail:
        subject = printable(self._subject)[:200].strip()
        detail = " ".join((self._explained(why), *_left_behind(cut)))
        return HeldMail(why, detail, looks_like(self._from), subject, self._external_id, found.ticket)

    def _explained(self, why: Held) -> str:
        size = raw_header(self._message, OVERSIZE_HEADER).strip()
        if why is Held.UNREADABLE and re.fullmatch(r"\d{7,12}", size):
            return f"Die Mail ist mit {int(size) // 1_000_000} MB zu groß. Bitte senden Sie kleinere Dateien."
        return _WORDS[why]


def _left_behind(cut: Sequence[Cut]) -> list[str]:
    files = [one.text for one in cut if one.kind is CutKind.ATTACHMENT]
    return [f"Nicht mitgehen kann: {'; '.join(files)}."] if files else []
