"""What is stored about one chat, for the citizen whose it is."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bot.desk.belongings import Asked
from bot.desk.ticket import Ticket
from bot.matching.decision import Outcome
from bot.storage.rows.tickets import TicketRows
from bot.storage.tables import chats, exchanges, files, tickets


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
            select(exchanges, tickets.c.code)
            .outerjoin(tickets, tickets.c.id == exchanges.c.ticket_id)
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


def _asked(row: Any) -> Asked:
    return Asked(row.at, row.text, Outcome(row.outcome), row.entry, row.chosen, row.code)
