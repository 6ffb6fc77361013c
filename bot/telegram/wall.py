"""Cards in the staff's group: each is one message, edited in place, in a topic of its own where there are topics."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import structlog
from telegram import Bot, ReplyParameters
from telegram.error import BadRequest, ChatMigrated, RetryAfter, TelegramError

from bot.desk.board import Place
from bot.desk.cards import Card
from bot.desk.ending import to_its_end
from bot.errors import DeliveryFailed
from bot.telegram.client import wait_of
from bot.telegram.outbound import MESSAGE_GONE, NO_PREVIEW, UNCHANGED, failure, keyboard
from bot.telegram.pace import Pace, Urgency
from bot.telegram.staff_chat import StaffChat
from bot.telegram.topics import Topics

log = structlog.get_logger()

Keep = Callable[[Place], Awaitable[None]]

_UNCHANGED: Final = (UNCHANGED, "topic_not_modified")
TOPIC_GONE: Final = ("message thread not found", "topic_id_invalid", "topic_deleted", "the chat is not a forum")
_NO_RIGHT: Final = ("not enough rights", "no rights to send", "chat_write_forbidden", "need administrator rights")


class Wall:
    """The group as a wall of cards. Every call to the group waits for its turn in `pace`."""

    def __init__(self, bot: Bot, chat: StaffChat, pace: Pace, topics: Topics) -> None:
        self._bot = bot
        self._chat = chat
        self._pace = pace
        self._topics = topics

    async def free(self) -> None:
        """Wait until something may be shown."""
        await self._pace.free(Urgency.BOARD)

    async def show(self, card: Card, place: Place | None, keep: Keep) -> None:
        """Hang the card or change it in place. Each new place is kept at once. Raises DeliveryFailed."""
        async with refusals(self._chat, self._pace):
            await self._show(card, self._here(place), keep)

    async def announce(self, place: Place, text: str, keep: Callable[[str], Awaitable[None]]) -> bool:
        """Say something below the card, and keep the new message's id; False if the card's topic is gone.

        Raises DeliveryFailed.
        """
        reply = ReplyParameters(self._chat.number(place.message) or 0, allow_sending_without_reply=True)
        try:
            async with refusals(self._chat, self._pace):
                await self._send(text, place.topic, keep, reply_parameters=reply)
        except TopicGone:
            self._topics.doubt()
            return False
        return True

    def _here(self, place: Place | None) -> Place:
        """The place as far as it is in this chat."""
        here = place is not None and self._chat.number(place.message or place.topic) is not None
        return place if place is not None and here else Place(None)

    async def _show(self, card: Card, place: Place, keep: Keep) -> None:
        if place.message is None or not await self._edit(card, place.message):
            place = await self._hang(card, replace(place, message=None), keep)
        if place.topic is not None and place.closed is not card.over:
            await self._close(place, keep, over=card.over)

    async def _edit(self, card: Card, message: str) -> bool:
        """Change the card in place; False if it is gone."""
        try:
            async with self._pace.turn(Urgency.BOARD):
                await self._bot.edit_message_text(
                    card.text,
                    chat_id=self._chat.id,
                    message_id=self._chat.number(message),
                    reply_markup=keyboard(card.buttons) if card.buttons else None,
                    link_preview_options=NO_PREVIEW,
                )
        except BadRequest as error:
            if not says(error, *_UNCHANGED, *MESSAGE_GONE):
                raise
            return not says(error, *MESSAGE_GONE)
        return True

    async def _hang(self, card: Card, place: Place, keep: Keep) -> Place:
        """Hang the card anew: in its topic, and if that is gone, in a new one."""
        if place.topic is not None:
            try:
                return await self._put_up(card, place, keep)
            except TopicGone:
                self._topics.doubt()
        return await self._put_up(card, await self._new_topic(card, keep), keep)

    async def _put_up(self, card: Card, place: Place, keep: Keep) -> Place:
        hung = place

        async def kept(message: str) -> None:
            nonlocal hung
            hung = replace(place, message=message)
            await keep(hung)

        buttons: dict[str, Any] = {"reply_markup": keyboard(card.buttons)} if card.buttons else {}
        await self._send(card.text, place.topic, kept, **buttons)
        return hung

    async def _send(self, text: str, topic: str | None, keep: Callable[[str], Awaitable[None]], **more: Any) -> None:
        """Send it and keep its id, both or neither if the bot is stopped meanwhile. Raises TopicGone."""

        async def sent() -> None:
            message = await self._bot.send_message(
                self._chat.id,
                text,
                message_thread_id=self._chat.number(topic),
                link_preview_options=NO_PREVIEW,
                **more,
            )
            await keep(self._chat.spot(message.message_id))

        async with self._pace.turn(Urgency.BOARD):
            try:
                await to_its_end(sent())
            except BadRequest as error:
                if topic is not None and says(error, *TOPIC_GONE):
                    raise TopicGone from error
                raise

    # -- topics -----------------------------------------------------------------------------------

    async def _new_topic(self, card: Card, keep: Keep) -> Place:
        """A place in a topic of its own; in none where there are no topics."""
        if not await self._topics.wanted():
            return Place(None)
        place = Place(None)

        async def made() -> None:
            nonlocal place
            topic = await self._bot.create_forum_topic(self._chat.id, card.title)
            place = Place(None, self._chat.spot(topic.message_thread_id))
            await keep(place)

        try:
            async with self._pace.turn(Urgency.BOARD):
                await to_its_end(made())
        except BadRequest as error:
            if not says(error, *_NO_RIGHT, *TOPIC_GONE):
                raise
            self._topics.refused()
        return place

    async def _close(self, place: Place, keep: Keep, *, over: bool) -> None:
        """Close the topic or open it again. If that is refused the card stays as it is: it says all the same."""
        act = self._bot.close_forum_topic if over else self._bot.reopen_forum_topic
        try:
            async with self._pace.turn(Urgency.BOARD):
                await act(self._chat.id, self._chat.number(place.topic) or 0)
        except BadRequest as error:
            if not says(error, *_UNCHANGED, *_NO_RIGHT, *TOPIC_GONE):
                raise
            if says(error, *_NO_RIGHT):
                self._topics.refused()
        await keep(replace(place, closed=over))


class TopicGone(Exception):
    """The topic in which something was to be said is no more."""


def says(error: TelegramError, *words: str) -> bool:
    """Whether Telegram's refusal is one of these: it has no other names for them."""
    return any(word in error.message.lower() for word in words)


@asynccontextmanager
async def refusals(chat: StaffChat, pace: Pace) -> AsyncIterator[None]:
    """Take note of what Telegram says about the group as a whole, and raise DeliveryFailed for every refusal."""
    try:
        yield
    except RetryAfter as error:
        pace.pause(wait_of(error))
        raise failure(error) from error
    except ChatMigrated as error:
        await chat.move(error.new_chat_id)
        raise DeliveryFailed("the group has a new id", retry_after=timedelta(0)) from error
    except BadRequest as error:
        if says(error, *_NO_RIGHT):
            log.error("group.right_missing", right="to send messages")
            raise DeliveryFailed("the bot may not write in the group", permanent=True) from error
        raise failure(error) from error
    except TelegramError as error:
        raise failure(error) from error
