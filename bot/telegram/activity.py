"""Showing a citizen that their message is being worked on, when that takes longer than a moment."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any, Final

import structlog
from telegram import Bot, Chat
from telegram.constants import ChatAction
from telegram.error import TelegramError

log = structlog.get_logger()

# Telegram's clients show it for five seconds.
SHOWN: Final = timedelta(seconds=4.5)
# Work that takes longer than that is stuck: nobody should be told that somebody writes.
LONGEST: Final = timedelta(seconds=30)


class Activity:
    """Shows "typing" in the chats whose messages are not handled yet. It never waits, and what fails is left alone."""

    def __init__(self, bot: Bot, *, after: timedelta = timedelta(seconds=0.5)) -> None:
        self._bot = bot
        self._after = after
        self._waiting: Counter[int] = Counter()
        self._tasks: dict[int, asyncio.Task[None]] = {}

    def received(self, updates: Sequence[Any]) -> None:
        """Raw updates have arrived; those with words of citizens are about to be handled."""
        for chat in filter(None, map(_private_chat, updates)):
            self._waiting[chat] += 1
            if chat not in self._tasks:
                self._tasks[chat] = asyncio.create_task(self._show(chat))

    def handled(self, address: str) -> None:
        """A message of this chat has been handled."""
        chat = int(address)
        self._waiting[chat] -= 1
        if self._waiting[chat] <= 0:
            del self._waiting[chat]
            if (task := self._tasks.pop(chat, None)) is not None:
                task.cancel()

    def around(self, handle: Callable[[Any, Any], Awaitable[str]]) -> Callable[[Any, Any], Awaitable[str]]:
        """The same handler of citizens' messages; while it works, and before, that may be shown."""

        async def shown(tx: Any, message: Any) -> str:
            try:
                return await handle(tx, message)
            finally:
                if (origin := getattr(message, "origin", None)) is not None:
                    self.handled(origin.address)

        return shown

    async def _show(self, chat: int) -> None:
        try:
            async with asyncio.timeout(LONGEST.total_seconds()):
                await asyncio.sleep(self._after.total_seconds())
                while True:
                    await self._bot.send_chat_action(chat, ChatAction.TYPING)
                    await asyncio.sleep(SHOWN.total_seconds())
        except (TelegramError, TimeoutError) as error:
            log.info("telegram.no_activity", error=type(error).__name__)
        if self._tasks.get(chat) is asyncio.current_task():
            del self._tasks[chat]
            del self._waiting[chat]


def _private_chat(update: Any) -> int | None:
    """The chat of a new message with words, if it is with one person."""
    message = update.get("message") if isinstance(update, dict) else None
    if not isinstance(message, dict) or not (message.get("text") or message.get("caption")):
        return None
    chat = message.get("chat")
    is_private = isinstance(chat, dict) and chat.get("type") == Chat.PRIVATE and isinstance(chat.get("id"), int)
    return int(chat["id"]) if is_private and isinstance(chat, dict) else None
