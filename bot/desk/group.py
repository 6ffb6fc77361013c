"""What people do in the staff's group, as values; and what that asks for, in the words of a clerk's mail."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bot.desk.citizen import Nothing
from bot.desk.commands import STORED, Name, from_first_sign
from bot.desk.staff import StaffReply
from bot.errors import UnreadableMessage

# The source in the inbox and the channel in the outbox.
DOOR: Final = "group"
INTERNAL: Final = "//"
# What a button can ask for: the commands that need no more words.
TAPS: Final = STORED | {Name.CLAIM, Name.UNCLAIM, Name.CLOSE, Name.SPAM, Name.SEND, Name.DROP}


@dataclass(frozen=True, slots=True)
class GroupReply:
    """Something written in the group. `message`, `reply_to` and `topic` are ids; None: it replies to, is in none.

    `person`: who wrote it, None for the group itself; `sender`: their name. `to_us`: whether it replies to a message of
    ours. `unusable`: what it is if not a text. `admitted`: whether the person was found to be a member.
    """

    external_id: str
    message: str
    reply_to: str | None
    topic: str | None
    text: str
    sender: str
    person: str | None
    to_us: bool = False
    unusable: str = ""
    edited: bool = False
    admitted: bool = False

    @property
    def asked(self) -> str:
        """The text as a clerk would mail it; empty for what must not be delivered: more or less than a note."""
        bare = from_first_sign(self.text)
        slashes = unicodedata.normalize("NFKC", bare[: len(INTERNAL)])
        if slashes == INTERNAL:
            return f"#{Name.NOTE} {bare[len(INTERNAL) :]}"
        return "" if slashes.startswith("/") else self.text


@dataclass(frozen=True, slots=True)
class GroupTap:
    """A tapped button. `tap_id` is what the channel wants acknowledged; `data`: a code and an action."""

    external_id: str
    tap_id: str
    data: str
    sender: str
    person: str
    admitted: bool = False

    @property
    def code(self) -> str:
        """What it is about: a ticket, or something held."""
        return self.data.partition(":")[0]

    @property
    def asked(self) -> str:
        """The command behind the button; empty for none of ours."""
        action = self.data.partition(":")[2]
        return f"#{action}" if action in TAPS else ""


@dataclass(frozen=True, slots=True)
class GroupMoved:
    """The group is another chat now."""

    new: str


GroupMessage = GroupReply | GroupTap | GroupMoved | Nothing


def as_staff(message: GroupReply | GroupTap, code: str, name: Callable[[str], str]) -> StaffReply:
    """The same as a clerk's reply to what has this `code`. `name`: what a person of the group is called elsewhere."""
    return StaffReply(code, message.asked, name(message.sender), message.external_id, door=DOOR)


def reread(
    read: Callable[[bytes, str], GroupMessage], name: Callable[[str], str], payload: bytes, external_id: str, code: str
) -> StaffReply:
    """A row of the inbox that was held, once more. Raises UnreadableMessage if it holds nothing of a person's."""
    message = read(payload, external_id)
    if not isinstance(message, GroupReply | GroupTap):
        raise UnreadableMessage("Nobody wrote this")
    return as_staff(message, code, name)
