"""Mail that no person wrote: automatic replies, receipts, and bounces of our own mails."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

from bot.desk.staff import Dropped
from bot.mail.keys import ThreadKeys
from bot.mail.parts import children, content_type, inline_parts, parameter, raw_header

_SUBJECT = re.compile(
    r"\s*(?:Automatische (?:Antwort|E-?Mail)|Auto(?:matic)?[- ]?(?:reply|response)|Autoantwort"
    r"|Abwesenheit(?:snotiz|snachricht|smeldung|sbenachrichtigung|sassistent)?\b|Abwesend\b|Out of (?:the )?office|OOO:"
    r"|Ich bin nicht im Büro|Nicht im Büro)",
    re.IGNORECASE,
)
_RECEIPT_SUBJECT = re.compile(r"\s*(?:Lesebestätigung|Übermittlungsbestätigung|Read receipt\b)", re.IGNORECASE)
_DAEMONS = ("mailer-daemon", "postmaster")
_UNANSWERABLE = re.compile(r"(?:no|do-?not|donot|kein|nicht)[-_.]?(?:reply|antwort\w*)(?:[-_+.].*)?", re.IGNORECASE)
_AUTOMATIC_PRECEDENCE = ("auto_reply", "auto-reply", "junk")
_MASS_PRECEDENCE = ("bulk", "list")
_REACTION = "text/vnd.google.email-reaction+json"
_LIST_HEADERS = ("List-Id", "List-Unsubscribe", "List-Post")
_STATUS = re.compile(r"^Status:\s*([245])\.(\d{1,3}\.\d{1,3})", re.IGNORECASE | re.MULTILINE)
_ACTION = re.compile(r"^Action:\s*(\w+)", re.IGNORECASE | re.MULTILINE)
_WARNING = re.compile(r"delayed|verzögert|warning|warnung|will (?:be )?retr|weiter(?:hin)? versucht", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Report:
    """What a mail server says about a mail of ours. `status` as in RFC 3463, such as 5.1.1, where it names one."""

    failed: bool
    final: bool
    status: str
    ticket: str | None


def machine_of(message: Message, sender: str, subject: str, *, quotes_us: bool) -> Dropped | None:
    """What kind of program wrote this; None if a person did.

    `quotes_us`: a genuine marker stands in its text, so somebody saw our mail.
    """
    types = {content_type(part) for part in inline_parts_and_reports(message)}
    if _is_receipt(message, types) or _RECEIPT_SUBJECT.match(subject):
        return Dropped.RECEIPT
    if "text/calendar" in types:
        return Dropped.CALENDAR
    # Absence notes are marked as mass mail, too, so that nobody answers them.
    if _answers_by_itself(message) or _REACTION in types or _SUBJECT.match(subject):
        return Dropped.AUTO_REPLY
    if any(name in message for name in _LIST_HEADERS) or _precedence(message) in _MASS_PRECEDENCE:
        return Dropped.NEWSLETTER
    is_machine = _submitted(message) not in ("", "no") or _is_machine(sender)
    return Dropped.AUTO_REPLY if is_machine or (_returns_nowhere(message) and not quotes_us) else None


def _is_receipt(message: Message, types: set[str]) -> bool:
    kind = "disposition-notification"
    return f"message/{kind}" in types or parameter(message, "Content-Type", "report-type") == kind


def _answers_by_itself(message: Message) -> bool:
    replies = [raw_header(message, name).strip().lower() for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Reply")]
    return (
        _submitted(message) == "auto-replied"
        or _precedence(message) in _AUTOMATIC_PRECEDENCE
        or any(value not in ("", "no", "false") for value in replies)
    )


def _submitted(message: Message) -> str:
    return re.split(r"[;\s(]", raw_header(message, "Auto-Submitted").strip().lower())[0]


def _precedence(message: Message) -> str:
    return raw_header(message, "Precedence").strip().lower()


def _is_machine(sender: str) -> bool:
    name = sender.partition("@")[0]
    return name in _DAEMONS or bool(_UNANSWERABLE.fullmatch(name))


def _returns_nowhere(message: Message) -> bool:
    return "".join(raw_header(message, "Return-Path").split()) == "<>"


def inline_parts_and_reports(message: Message) -> Iterator[Message]:
    """The parts of the mail itself and, inside a report, what it reports."""
    yield from inline_parts(message)
    if content_type(message) == "multipart/report":
        yield from children(message)


def report_of(message: Message, sender: str, keys: ThreadKeys) -> Report | None:
    """What this mail says about the delivery of one of ours; None if it is no such report."""
    notice = next((part for part in _everything(message) if content_type(part) == "message/delivery-status"), None)
    original = next((part for part in _everything(message) if part is not message and _is_original(part)), None)
    by_daemon = sender.partition("@")[0] in _DAEMONS and original is not None
    is_report = parameter(message, "Content-Type", "report-type") == "delivery-status"
    if notice is None and not by_daemon and not is_report:
        return None
    failed, final, status = _outcome(_as_text(notice) if notice is not None else "", _as_text(message))
    return Report(failed, final, status, _ticket(original, message, keys))


def _outcome(notice: str, whole: str) -> tuple[bool, bool, str]:
    """Whether delivery failed, whether for good, and the status, from the delivery report or else from its wording."""
    found = _STATUS.search(notice)
    status = f"{found[1]}.{found[2]}" if found else ""
    actions = {action.lower() for action in _ACTION.findall(notice)}
    if "failed" in actions:
        return True, True, status
    if "delayed" in actions:
        return True, False, status
    if actions & {"delivered", "relayed", "expanded"}:
        return False, False, status
    return not status.startswith("2"), not (status.startswith("4") or (not status and _WARNING.search(whole))), status


def _everything(message: Message) -> list[Message]:
    """Every part, inside attached mails too."""
    found, waiting = [], [message]
    while waiting:
        found.append(waiting.pop())
        waiting += reversed(children(found[-1]))
    return found


def _is_original(part: Message) -> bool:
    return content_type(part) in ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers")


def _as_text(part: Message) -> str:
    """The raw text of a small part and of what is inside it."""
    texts = [payload for inner in _everything(part) if isinstance(payload := inner.get_payload(), str)]
    headers = [f"{name}: {value}" for inner in _everything(part) for name, value in inner.items()]
    return "\n".join(headers + texts)[:100_000]


def _ticket(original: Message | None, message: Message, keys: ThreadKeys) -> str | None:
    """The ticket of the mail that bounced, by its Message-ID or, if that was lost, by its subject."""
    text = re.sub(r"\r?\n[ \t]+", " ", _as_text(original if original is not None else message))
    ids = " ".join(re.findall(r"^Message-ID:(.*)$", text, re.IGNORECASE | re.MULTILINE))
    by_id = keys.find("", [ids], [])
    if by_id.tickets or by_id.forged:
        return by_id.ticket
    subjects = " ".join(re.findall(r"^Subject:(.*)$", text, re.IGNORECASE | re.MULTILINE))
    return keys.find(subjects, [], []).ticket
