"""From the outbox to the staff's group: what is said to a person there about a ticket, or to all."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any, Final, Protocol

from telegram import Bot, ReplyParameters
from telegram.error import BadRequest

from bot.desk.board import Place
from bot.desk.outbox import Delivery, Progress
from bot.errors import DeliveryFailed
from bot.telegram.outbound import NO_PREVIEW, keyboard, split
from bot.telegram.pace import Pace, Urgency
from bot.telegram.staff_chat import StaffChat
from bot.telegram.wall import TOPIC_GONE, refusals, says

# So soon a word whose topic is gone is tried again: the card is made anew meanwhile.
MADE_ANEW: Final = timedelta(seconds=5)


class PlaceTransaction(Protocol):
    """What is asked about a card."""

    async def place_of(self, ticket: int) -> Place | None:
        """Where the ticket's card hangs."""

    async def lose_card(self, ticket: int) -> None:
        """The card and its topic are gone: they are to be made anew."""


class Places(Protocol):
    """What the channel asks of storage."""

    def begin(self) -> AbstractAsyncContextManager[PlaceTransaction]: ...


class GroupChannel:
    """Says things in the group: below the message that they answer, below the ticket's card, or to all."""

    def __init__(self, bot: Bot, chat: StaffChat, pace: Pace, places: Places) -> None:
        self._bot = bot
        self._chat = chat
        self._pace = pace
        self._places = places

    async def deliver(self, delivery: Delivery, progress: Progress) -> None:
        """Send it, calling `progress(external id)` after each part. Raises DeliveryFailed."""
        try:
            async with refusals(self._chat, self._pace):
                await self._deliver(delivery, progress)
        except DeliveryFailed as failure:
            # What keeps the bot out of the group may pass: it is let in again, or gets a right.
            is_about_group = failure.permanent and not failure.our_fault
            raise DeliveryFailed(failure.reason) if is_about_group else failure from failure.__cause__

    async def _deliver(self, delivery: Delivery, progress: Progress) -> None:
        texts = list(split(delivery.payload["text"]))
        for number, text in enumerate(texts):
            if number >= len(delivery.sent):
                buttons = delivery.payload.get("buttons") if number == len(texts) - 1 else None
                await progress(await self._send(delivery.payload, text, buttons))

    async def _send(self, payload: Mapping[str, Any], text: str, buttons: Any) -> str:
        """Send one part; its id."""
        ticket = payload["ticket"]
        place = await self._place(ticket)
        about = self._chat.number(payload.get("reply_to")) or self._chat.number(place.message)
        topic = self._chat.number(place.topic)
        try:
            async with self._pace.turn(Urgency.ANSWER):
                message = await self._bot.send_message(
                    self._chat.id,
                    text,
                    message_thread_id=topic,
                    reply_parameters=ReplyParameters(about, allow_sending_without_reply=True) if about else None,
                    reply_markup=keyboard(buttons) if buttons else None,
                    link_preview_options=NO_PREVIEW,
                )
        except BadRequest as error:
            if ticket is None or topic is None or not says(error, *TOPIC_GONE):
                raise
            async with self._places.begin() as tx:
                await tx.lose_card(ticket)
            raise DeliveryFailed("the topic is gone", retry_after=MADE_ANEW) from error
        return self._chat.spot(message.message_id)

    async def _place(self, ticket: int | None) -> Place:
        """Where the ticket's card hangs. `ticket`: None for what is about none."""
        if ticket is None:
            return Place(None)
        async with self._places.begin() as tx:
            return await tx.place_of(ticket) or Place(None)
