"""From Telegram to the inbox, and from the inbox to our own values."""

import asyncio
import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Protocol

import structlog
from telegram import Bot, CallbackQuery, Chat, ChatMember, Message, Update, User
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.desk.citizen import (
    CitizenCommand,
    CitizenFile,
    CitizenMessage,
    CitizenPresence,
    CitizenTap,
    CitizenText,
    Nothing,
    Origin,
    SentFile,
    Unusable,
)
from bot.desk.ending import to_its_end
from bot.errors import UnreadableMessage
from bot.knowledge.entry import Language
from bot.telegram.client import wait_of
from bot.telegram.contents import CONTENTS, content_of, file_of, service_of

log = structlog.get_logger()

CHANNEL = "telegram"
# Telegram remembers the last list it was given, so it is always sent. `my_chat_member` is how a block is learnt.
ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member", "inline_query")
LONGEST_PAUSE = 60.0


class UpdateStore(Protocol):
    """What the poller asks of storage."""

    async def receive(self, source: str, items: Sequence[tuple[str, bytes]]) -> int:
        """Commit (external id, payload) pairs, passing over the known ones; returns how many were new."""


class Poller:
    """Fetches updates and commits them before the next call confirms them to Telegram.

    The library's own Updater confirms updates when they enter its memory and stops at the first one it cannot parse;
    so the raw JSON is fetched and stored here, and parsed when it is handled.
    """

    def __init__(
        self,
        bot: Bot,
        store: UpdateStore,
        *,
        on_news: Callable[[], None],
        clock: Callable[[], datetime],
        long_poll: timedelta = timedelta(seconds=50),
        source_of: Callable[[Any], str | None] = lambda _update: None,
        on_updates: Callable[[Sequence[Any]], None] = lambda _updates: None,
        aside: Callable[[Any], bool] = lambda _update: False,
    ) -> None:
        """`source_of`: the inbox's name for what comes by another door than the citizens'.

        `on_updates` is told of raw updates once they are kept. `aside`: takes what is worth nothing later, and says
        whether it did; that does not enter the inbox.
        """
        self._bot = bot
        self._store = store
        self._on_news = on_news
        self._clock = clock
        self._long_poll = int(long_poll.total_seconds())
        self._source_of = source_of
        self._on_updates = on_updates
        self._aside = aside
        self._offset: int | None = None
        self._failures = 0
        self.last_good: datetime | None = None

    async def run(self) -> None:
        """Poll until cancelled. Whatever goes wrong is logged and tried again after a growing pause."""
        while True:
            started = asyncio.get_running_loop().time()
            pause = await self._poll()
            # A look-alike may answer an empty long poll at once: never ask in a busy loop.
            took = asyncio.get_running_loop().time() - started
            await asyncio.sleep(max(pause, 0.05 - took, 0.0))

    async def _poll(self) -> float:
        """One call; how many seconds to wait before the next."""
        try:
            updates = await self._fetch()
            await to_its_end(self._keep(updates))
        except RetryAfter as error:
            return wait_of(error).total_seconds()
        except Exception as error:  # noqa: BLE001 -- the library lets odd answers escape as anything
            return self._failed(error)
        self._failures = 0
        self.last_good = self._clock()
        return 0.0

    async def _fetch(self) -> Sequence[Any]:
        arguments: dict[str, Any] = {
            "timeout": self._long_poll,
            "limit": 100,
            "allowed_updates": list(ALLOWED_UPDATES),
        }
        if self._offset is not None:
            arguments["offset"] = self._offset
        # In lower case, since the library warns of raw calls to methods it knows; Telegram does not mind.
        updates = await self._bot.do_api_request("getupdates", arguments, read_timeout=self._long_poll + 10)
        if not isinstance(updates, list):
            raise TelegramError("getUpdates returned something that is not a list")
        return updates

    async def _keep(self, updates: Sequence[Any]) -> None:
        if not updates:
            # All is confirmed now. Numbers start anew after a quiet week: an old offset could hide lower ones.
            self._offset = None
            return
        new = 0
        kept = [update for update in updates if not self._aside(update)]
        by_source = groupby(kept, key=lambda update: self._source_of(update) or CHANNEL)
        for source, some in by_source:
            new += await self._store.receive(source, [_item(update) for update in some])
        numbers = [number for number in map(_number, updates) if number is not None]
        if not numbers:
            raise TelegramError("no update has a number, so none can be confirmed")
        self._offset = max(numbers) + 1
        log.info("telegram.received", updates=len(updates), new=new)
        self._on_updates(updates)
        self._on_news()

    def _failed(self, error: Exception) -> float:
        self._failures += 1
        pause: float = min(LONGEST_PAUSE, 0.5 * 2.0 ** min(self._failures - 1, 10))
        hint = {
            Conflict: "another process polls with the same token, or a webhook is set",
            InvalidToken: "the token was refused",
        }.get(type(error), "")
        log.warning("telegram.poll_failed", error=type(error).__name__, hint=hint, seconds=pause)
        return pause


def _item(update: Any) -> tuple[str, bytes]:
    """What is stored of an update. One without a number is stored too, and parked when it is read."""
    payload = json.dumps(update, sort_keys=True).encode()
    digest = hashlib.sha256(payload).hexdigest()[:16]
    # Numbers may come again, after a quiet week or with another bot: what they hold tells such updates apart.
    return f"{_number(update)}-{digest}", payload


def whose(payload: bytes) -> str | None:
    """The private chat that an update comes from; None for any other, and for what is not of Telegram's form."""
    try:
        update = json.loads(payload)
        part = next(part for name, part in update.items() if name != "update_id")
        chat = part["chat"] if "chat" in part else part["message"]["chat"]
        return str(chat["id"]) if chat["type"] == Chat.PRIVATE else None
    except (ValueError, LookupError, TypeError, AttributeError, StopIteration):
        return None


def _number(update: Any) -> int | None:
    number = update.get("update_id") if isinstance(update, dict) else None
    return number if isinstance(number, int) and number >= 0 else None


def read(payload: bytes, _external_id: str, *, files: bool = True) -> CitizenMessage:
    """What an update means to us. Raises UnreadableMessage for one that the library cannot parse.

    `files`: whether pictures and documents are wanted; without, they are nothing the bot can use.
    """
    try:
        update = Update.de_json(json.loads(payload), None)
        return _translate(update, files)
    except Exception as error:  # noqa: BLE001 -- the library raises anything on a form it does not know
        raise UnreadableMessage(f"The update is not of Telegram's form ({type(error).__name__})") from error


def _translate(update: Update, files: bool) -> CitizenMessage:
    if update.message is not None:
        return _message(update.message, edited=False, files=files)
    if update.edited_message is not None:
        return _message(update.edited_message, edited=True, files=files)
    if update.callback_query is not None:
        return _tap(update.callback_query)
    if update.my_chat_member is not None:
        member = update.my_chat_member
        blocked = member.new_chat_member.status in (ChatMember.BANNED, ChatMember.LEFT)
        if member.chat.type != Chat.PRIVATE:
            # For telegram.staff_group: nothing else tells an operator the number of a group.
            log.info("telegram.group", chat=member.chat.id, bot=member.new_chat_member.status)
            return Nothing("group-membership")
        return CitizenPresence(_origin(member.chat, member.from_user), blocked)
    return Nothing(_kind(update))


def _message(message: Message, *, edited: bool, files: bool) -> CitizenMessage:
    if message.chat.type != Chat.PRIVATE:
        return Nothing(f"in-{message.chat.type}")
    if message.from_user is not None and message.from_user.is_bot:
        return Nothing("from-bot")
    origin = _origin(message.chat, message.from_user)
    external_id, file = str(message.message_id), file_of(message) if files else None
    text = message.text or message.caption
    replied = message.reply_to_message
    reply_to = None if replied is None else str(replied.message_id)
    if not text:
        return _without_text(message, origin, file, reply_to, edited=edited)
    if text.startswith("/"):
        return Nothing("edited-command") if edited else _command(origin, external_id, text)
    return CitizenText(origin, external_id, text, reply_to, edited, file)


def _without_text(
    message: Message, origin: Origin, file: SentFile | None, reply_to: str | None, *, edited: bool
) -> CitizenMessage:
    kind, external_id = content_of(message), str(message.message_id)
    if edited:
        # Such as a location that moves.
        return Nothing(f"edited:{kind or 'other'}")
    if kind is None and (told := service_of(message)) is not None:
        return Nothing(f"service-message:{told}")
    if file is not None:
        return CitizenFile(origin, external_id, file, reply_to)
    return Unusable(origin, external_id, CONTENTS[kind] if kind else "other", message.media_group_id)


def _command(origin: Origin, external_id: str, text: str) -> CitizenCommand:
    word, _, argument = text[1:].partition(" ")
    name = word.partition("@")[0].lower()
    return CitizenCommand(origin, external_id, name, argument.strip())


def _tap(query: CallbackQuery) -> CitizenMessage:
    if query.message is None or query.message.chat.type != Chat.PRIVATE:
        return Nothing("tap-elsewhere")
    return CitizenTap(
        _origin(query.message.chat, query.from_user), query.id, query.data or "", str(query.message.message_id)
    )


def _origin(chat: Chat, user: User | None) -> Origin:
    code = (user.language_code or "") if user is not None else ""
    language = Language.EN if code.lower().startswith("en") else Language.DE
    return Origin(CHANNEL, str(chat.id), language)


def _kind(update: Update) -> str:
    known = [name for name in Update.ALL_TYPES if getattr(update, name, None) is not None]
    return known[0] if known else "unknown-kind"
