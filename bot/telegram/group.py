"""The staff's group, opened: all of its parts share one pace and one idea of which chat it is."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Protocol

from telegram import Bot

from bot.desk.group import GroupMessage
from bot.telegram.group_inbound import Doorkeeper, read
from bot.telegram.group_outbound import GroupChannel, PlaceTransaction
from bot.telegram.pace import Pace
from bot.telegram.staff_chat import GroupTransaction, StaffChat
from bot.telegram.topics import Topics, own_id
from bot.telegram.wall import Wall

_PACE: Final = "group-calls"


class Transaction(GroupTransaction, PlaceTransaction, Protocol):
    """What the parts of the group read and write."""


class Book(Protocol):
    """What the group asks of storage."""

    async def bookmark(self, name: str) -> str | None:
        """What was remembered under this name."""

    async def keep_bookmark(self, name: str, value: str) -> None:
        """Remember a value under this name."""

    def begin(self) -> AbstractAsyncContextManager[Transaction]: ...


@dataclass(frozen=True, slots=True)
class StaffGroup:
    """`read` and `doorkeeper` let in, `wall` and `channel` let out."""

    chat: StaffChat
    wall: Wall
    channel: GroupChannel
    read: Callable[[bytes, str], GroupMessage]
    doorkeeper: Doorkeeper


def reading(bot: Bot) -> Callable[[bytes, str], GroupMessage]:
    """How updates of the group are read by this bot."""
    return partial(read, own=own_id(bot))


async def opened(
    bot: Bot, configured: int, book: Book, *, calls: int, span: timedelta, clock: Callable[[], datetime]
) -> StaffGroup:
    """The group of this id, or what has become of it; at most so many `calls` to it in any `span`."""
    chat = StaffChat(configured, book, await book.bookmark(StaffChat.bookmark_of(configured)))
    await chat.settle()
    remember = partial(book.keep_bookmark, _PACE)
    pace = Pace(calls, span, clock=clock, remember=remember, remembered=await book.bookmark(_PACE))
    return StaffGroup(
        chat=chat,
        wall=Wall(bot, chat, pace, Topics(bot, chat)),
        channel=GroupChannel(bot, chat, pace, book),
        read=reading(bot),
        doorkeeper=Doorkeeper(bot, chat),
    )
