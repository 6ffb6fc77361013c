"""What is stored about one chat, for the citizen whose it is."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bot.desk.belongings import Asked, Kept
from bot.desk.ticket import Ticket
from bot.matching.decision import Outcome
from bot.storage.rows.tickets import TicketRows
from bot.storage.tables import chats, enclosures, exchanges, files, given, subscriptions, tickets, undecided


class BelongingRows(TicketRows):
    """Looks a chat through and changes nothing."""

    async def first_contact(self, chat: int) -> datetime:
        """When the chat was first heard of."""
        found: datetime | None = await self._connection.scalar(select(chats.c.first_at).where(chats.c.id == chat))
        return found or self._now

    async def address_of(self, chat: int) -> str:
        """The channel's own id of the chat: for the last message to one that is erased."""
        return str(await self._connection.scalar(select(chats.c.address).where(chats.c.id == chat)))

    async def asked(self, chat: int) -> Sequence[Asked]:
        """Every exchange of the chat whose text is still kept, oldest first."""
        query = (
            select(exchanges, tickets.c.code, undecided.c.until)
            .outerjoin(tickets, tickets.c.id == exchanges.c.ticket_id)
            .outerjoin(undecided, undecided.c.exchange_id == exchanges.c.id)
            .where(exchanges.c.chat_id == chat, exchanges.c.text != "")
            .order_by(exchanges.c.id)
        )
        return [_asked(row) for row in await self._connection.execute(query)]

    async def every_ticket_of(self, chat: int) -> Sequence[Ticket]:
        """Every ticket of the chat, oldest first."""
        return await self._tickets(select(tickets).where(tickets.c.chat_id == chat).order_by(tickets.c.id))

    async def file_names(self, ticket: Ticket) -> Sequence[str]:
        """The names of the files that staff attached to their answers."""
        query = select(files.c.name).where(files.c.ticket_id == ticket.id).order_by(files.c.id)
        return list(await self._connection.scalars(query))

    async def answers_given(self, chat: int) -> Sequence[Kept]:
        """The entries whose stored answers the chat was given, oldest first."""
        query = select(given.c.at, given.c.entry).where(given.c.chat_id == chat).order_by(given.c.id)
        return [Kept(at, entry) for at, entry in await self._connection.execute(query)]

    async def subscribed(self, chat: int) -> Sequence[Kept]:
        """The entries of whose next change the citizen wants to hear, oldest first."""
        columns = (subscriptions.c.at, subscriptions.c.entry)
        query = select(*columns).where(subscriptions.c.chat_id == chat).order_by(subscriptions.c.id)
        return [Kept(at, entry) for at, entry in await self._connection.execute(query)]

    async def files_sent(self, chat: int) -> Sequence[Kept]:
        """The names of the pictures and documents that the citizen sent, oldest first."""
        query = (
            select(enclosures.c.at, enclosures.c.name, tickets.c.code)
            .outerjoin(tickets, tickets.c.id == enclosures.c.ticket_id)
            .where(enclosures.c.chat_id == chat)
            .order_by(enclosures.c.id)
        )
        return [Kept(at, name, code) for at, name, code in await self._connection.execute(query)]


def _asked(row: Any) -> Asked:
    outcome, is_undecided = Outcome(row.outcome), row.until is not None
    return Asked(row.at, row.text, outcome, row.entry, row.chosen, row.code, row.feedback, is_undecided)
