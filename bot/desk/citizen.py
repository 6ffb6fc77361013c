"""What citizens send us, as values, whatever channel it came through."""

from dataclasses import dataclass

from bot.knowledge.entry import Language


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a message came from. `address` is the channel's own chat id; it never leaves chats and channel."""

    channel: str
    address: str
    language: Language


@dataclass(frozen=True, slots=True)
class SentFile:
    """A picture or document, which only the channel can fetch, by its `reference`. `name` is empty where it has none.

    `album`: the channel's name for all that was sent at once.
    """

    reference: str
    name: str = ""
    album: str | None = None


@dataclass(frozen=True, slots=True)
class CitizenText:
    """Words. `reply_to` is the external id of the message this one refers to; `edited` if it replaces earlier words.

    `file`: what they were written under.
    """

    origin: Origin
    external_id: str
    text: str
    reply_to: str | None = None
    edited: bool = False
    file: SentFile | None = None


@dataclass(frozen=True, slots=True)
class CitizenFile:
    """A picture or document without words."""

    origin: Origin
    external_id: str
    file: SentFile
    reply_to: str | None = None


@dataclass(frozen=True, slots=True)
class CitizenCommand:
    """A command such as /start, without its slash."""

    origin: Origin
    external_id: str
    name: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class CitizenTap:
    """A tapped button. `tap_id` is what the channel wants acknowledged; `message`: the one that carries the button."""

    origin: Origin
    tap_id: str
    data: str
    message: str | None = None


@dataclass(frozen=True, slots=True)
class CitizenPresence:
    """The citizen blocked the bot, or let it back in."""

    origin: Origin
    blocked: bool


@dataclass(frozen=True, slots=True)
class Unusable:
    """Something sent to the bot that it cannot use, such as a voice message. It is said kindly, once for an album.

    `kind`: for which of them there are words.
    """

    origin: Origin
    external_id: str
    kind: str
    album: str | None = None


@dataclass(frozen=True, slots=True)
class Nothing:
    """Something that is not meant for the bot: counted by its kind, and otherwise left alone."""

    kind: str


CitizenMessage = CitizenText | CitizenFile | CitizenCommand | CitizenTap | CitizenPresence | Unusable | Nothing
