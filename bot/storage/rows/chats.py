"""Chats: the only rows that know a channel's own ids."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select, update

from bot.desk.transaction import Chat
from bot.knowledge.entry import Language
from bot.storage.rows.common import Rows
from bot.storage.tables import chats, exchanges, outbox, tickets, undecided


class ChatRows(Rows):
    """Citizens' conversations."""

    async def chat(self, channel: str, address: str, language: Language) -> Chat:
        """The chat, made on first contact."""
        query = select(chats).where(chats.c.channel == channel, chats.c.address == address)
        if row := (await self._connection.execute(query)).one_or_none():
            return Chat(row.id, channel, Language(row.language), is_new=False)
        values = {"channel": channel, "address": address, "language": language, "blocked": False}
        chat_id = await self._insert(chats, first_at=self._now, **values)
        return Chat(chat_id, channel, language, is_new=True)

    async def mark_blocked(self, chat: int, blocked: bool) -> None:
        """Note that the citizen blocked the bot, or let it back in."""
        await self._connection.execute(update(chats).where(chats.c.id == chat).values(blocked=blocked))

    async def move_chat(self, channel: str, old: str, new: str) -> None:
        """The channel gave a chat a new id."""
        found = {row.address: row.id for row in await self._connection.execute(_chats(channel, (old, new)))}
        if old not in found:
            return
        if new not in found:
            await self._connection.execute(update(chats).where(chats.c.id == found[old]).values(address=new))
            return
        for table in (tickets, exchanges, undecided, outbox):
            moved = update(table).where(table.c.chat_id == found[old])
            await self._connection.execute(moved.values(chat_id=found[new]))


def _chats(channel: str, addresses: Sequence[str]) -> Select[Any]:
    return select(chats.c.id, chats.c.address).where(chats.c.channel == channel, chats.c.address.in_(addresses))
