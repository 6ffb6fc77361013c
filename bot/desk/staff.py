"""What staff send us, as values, whatever door it came through."""

from dataclasses import dataclass
from enum import StrEnum


class Held(StrEnum):
    """Why a mail is kept back and shown to a person instead of being delivered."""

    NOT_STAFF = "not-staff"
    NO_KEY = "no-key"
    KEYS_DISAGREE = "keys-disagree"
    UNKNOWN_TICKET = "unknown-ticket"
    NOTHING_LEFT = "nothing-left"
    UNREADABLE = "unreadable"


class Dropped(StrEnum):
    """Why a mail is counted and otherwise left alone."""

    AUTO_REPLY = "auto-reply"
    OWN_MAIL = "own-mail"


@dataclass(frozen=True, slots=True)
class StaffReply:
    """A person's answer that provably belongs to one ticket. `text` is free of quotes and signature, never empty."""

    ticket: str
    text: str
    sender: str
    external_id: str


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
