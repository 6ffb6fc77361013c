"""Chats: the only rows that know a channel's own ids."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, delete, exists, select, update

from bot.desk.transaction import Chat
from bot.knowledge.entry import Language
from bot.storage.rows.common import Rows
from bot.storage.tables import chats, exchanges, given, outbox, subscriptions, tickets, undecided


class ChatRows(Rows):
    """Citizens' conversations."""

    async def chat(self, channel: str, address: str, language: Language) -> Chat:
        """The chat, made on first contact."""
        query = select(chats).where(chats.c.channel == channel, chats.c.address == address)
        if row := (await self._connection.execute(query)).one_or_none():
            return await self._known(row, language)
        values = {"channel": channel, "address": address, "language": language, "blocked": False}
        chat_id = await self._insert(chats, first_at=self._now, **values)
        return Chat(chat_id, channel, language, is_new=True)

    async def _known(self, row: Row[Any], language: Language) -> Chat:
        """The chat of a row; without a wish, its language is that of the citizen's app."""
        if not row.language_chosen and row.language != language:
            await self._wish(row.id, language=language)
        spoken = Language(row.language) if row.language_chosen else language
        return Chat(
            row.id,
            row.channel,
            spoken,
            is_new=False,
            language_chosen=row.language_chosen,
            plain=row.plain,
            menu=row.menu,
            menu_at=row.menu_at,
        )

    async def choose_language(self, chat: int, language: Language | None) -> None:
        """The citizen wishes this language from now on; None: whichever they write in."""
        await self._wish(chat, language_chosen=language is not None, **({"language": language} if language else {}))

    async def wish_plain(self, chat: int, plain: bool) -> None:
        """The citizen wishes Einfache Sprache, or no longer."""
        await self._wish(chat, plain=plain)

    async def show_menu(self, chat: int, menu: str | None) -> None:
        """The numbered list that the citizen sees now, by at most 64 characters; None: none."""
        await self._wish(chat, menu=menu, menu_at=self._now)

    async def _wish(self, chat: int, **values: Any) -> None:
        await self._connection.execute(update(chats).where(chats.c.id == chat).values(values))

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
        theirs = subscriptions.alias()
        twice = exists().where(theirs.c.chat_id == found[new], theirs.c.entry == subscriptions.c.entry)
        await self._connection.execute(delete(subscriptions).where(subscriptions.c.chat_id == found[old], twice))
        for table in (tickets, exchanges, undecided, outbox, given, subscriptions):
            moved = update(table).where(table.c.chat_id == found[old])
            await self._connection.execute(moved.values(chat_id=found[new]))


def _chats(channel: str, addresses: Sequence[str]) -> Select[Any]:
    return select(chats.c.id, chats.c.address).where(chats.c.channel == channel, chats.c.address.in_(addresses))
