"""The staff's group: which chat it is, even after Telegram gave it another id, and what the bot may do there."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol

import structlog

from bot.desk.group import DOOR

log = structlog.get_logger()


class GroupTransaction(Protocol):
    """What is written when the group is another chat than before."""

    async def lose_cards_outside(self, prefix: str) -> int:
        """Forget every card whose id does not begin so; how many there were."""


class GroupBook(Protocol):
    """What the group asks of storage."""

    async def keep_bookmark(self, name: str, value: str) -> None:
        """Remember a value under this name."""

    def begin(self) -> AbstractAsyncContextManager[GroupTransaction]: ...


@dataclass(frozen=True, slots=True)
class Spot:
    """A message or a topic of a group, as it is named outside of this package: "-1001234:56"."""

    chat: int
    number: int

    def __str__(self) -> str:
        return f"{self.chat}:{self.number}"

    @classmethod
    def of(cls, name: str) -> "Spot":
        """The spot of this name."""
        chat, _, number = name.rpartition(":")
        return cls(int(chat), int(number))


class StaffChat:
    """The configured group. It keeps working when it becomes a supergroup, and so gets another id."""

    def __init__(self, configured: int, book: GroupBook, known: str | None = None) -> None:
        """`known`: the bookmark of this group, if there is one."""
        self._configured = configured
        self._book = book
        self.id = int(known) if known else configured
        self._ids = [configured, self.id]

    @staticmethod
    def bookmark_of(configured: int) -> str:
        """Under which name it is remembered which id the group has now."""
        return f"staff-group:{configured}"

    def spot(self, number: int) -> str:
        """What a message or a topic of the group is called outside of this package."""
        return str(Spot(self.id, number))

    def number(self, name: str | None) -> int | None:
        """The number of a message or a topic in the group; None for one of another chat."""
        spot = None if name is None else Spot.of(name)
        return spot.number if spot is not None and spot.chat == self.id else None

    async def settle(self) -> None:
        """Cards that hang in another chat are given up: there is a group of which staff see them."""
        async with self._book.begin() as tx:
            lost = await tx.lose_cards_outside(f"{self.id}:")
        if lost:
            log.warning("group.cards_left_behind", cards=lost)

    async def move(self, new: int) -> None:
        """Telegram gave the group a new id: from now on that is it."""
        if new == self.id:
            return
        log.warning("group.moved", old=self.id, new=new)
        self.id = new
        self._ids.append(new)
        await self._book.keep_bookmark(self.bookmark_of(self._configured), str(new))
        await self.settle()

    def source_of(self, update: Any) -> str | None:
        """The inbox's name for what comes from the group; None for an update from elsewhere.

        It looks at the raw update, since the library may not be able to read it.
        """
        message = _message(update)
        chat, old, new = (
            _id(message.get("chat")),
            message.get("migrate_from_chat_id"),
            message.get("migrate_to_chat_id"),
        )
        if chat not in self._ids and old not in self._ids:
            return None
        # What comes from the new chat before the move is carried out belongs to the group already.
        self._ids += [one for one in (chat, new) if isinstance(one, int) and one not in self._ids]
        return DOOR


def _message(update: Any) -> Mapping[str, Any]:
    """The part of a raw update that says in which chat it happened."""
    if not isinstance(update, dict):
        return {}
    for kind in ("message", "edited_message", "my_chat_member"):
        if isinstance(update.get(kind), dict):
            return dict(update[kind])
    query = update.get("callback_query")
    message = query.get("message") if isinstance(query, dict) else None
    return dict(message) if isinstance(message, dict) else {}


def _id(chat: Any) -> Any:
    return chat.get("id") if isinstance(chat, dict) else None
