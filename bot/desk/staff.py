"""What staff send us, as values, whatever door it came through."""

from dataclasses import dataclass, field
from enum import StrEnum


class Held(StrEnum):
    """Why something is kept back and shown to a person instead of being delivered."""

    NOT_STAFF = "not-staff"
    NO_KEY = "no-key"
    KEYS_DISAGREE = "keys-disagree"
    UNKNOWN_TICKET = "unknown-ticket"
    ANSWERED_MEANWHILE = "answered-meanwhile"
    WITHDRAWN = "withdrawn"
    NOTHING_LEFT = "nothing-left"
    UNREADABLE = "unreadable"
    INTERNAL = "internal"


class Dropped(StrEnum):
    """Why a mail is counted and otherwise left alone.

    `RECEIPT`: that a mail was read or arrived. `CALENDAR`: an invitation or the answer to one.
    """

    AUTO_REPLY = "auto-reply"
    RECEIPT = "receipt"
    CALENDAR = "calendar"
    NEWSLETTER = "newsletter"
    OWN_MAIL = "own-mail"


class CutKind(StrEnum):
    """What a part of a clerk's mail is that does not go to the citizen.

    `QUOTE`: older mail. `SIGNATURE`: a contact block. `FOOTER`: what mail programs and servers add.
    `ATTACHMENT`: a file that cannot go along.
    """

    QUOTE = "quote"
    SIGNATURE = "signature"
    FOOTER = "footer"
    ATTACHMENT = "attachment"


@dataclass(frozen=True, slots=True)
class Cut:
    """Something of a clerk's mail that is left out. `text`: the words as they stood; of a file, its name and why."""

    kind: CutKind
    text: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a clerk's mail that goes along. `name` is safe to show, `media_type` is what the content really is."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class StaffReply:
    """A person's answer that provably belongs to one ticket. `text` is free of quotes and signature.

    It is empty only if there are `attachments`. `ticket`: its code, or that of something held back. `sender`: an
    address or a name. `door`: the source in the inbox that it came from. `seen`: the number of the newest mail of ours
    that it refers to. `cut`: what was left out, in the mail's order, files last.
    """

    ticket: str
    text: str
    sender: str
    external_id: str
    attachments: tuple[Attachment, ...] = ()
    cut: tuple[Cut, ...] = ()
    door: str = "mail"
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class HeldMail:
    """A mail for a person to look at. Nothing of it reaches a citizen. `detail` is a German sentence."""

    why: Held
    detail: str
    sender: str
    subject: str
    external_id: str
    ticket: str | None = None


@dataclass(frozen=True, slots=True)
class Bounce:
    """A mail of ours did not arrive. `final`: the mail server has given up. `ticket` where the bounce tells it."""

    final: bool
    detail: str
    external_id: str
    ticket: str | None = None


@dataclass(frozen=True, slots=True)
class DroppedMail:
    """A mail with a defined outcome of nothing."""

    why: Dropped
    external_id: str


IncomingMail = StaffReply | HeldMail | Bounce | DroppedMail
