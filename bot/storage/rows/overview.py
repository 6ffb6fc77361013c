"""What an operator sees: tickets, what is held back, and what was given up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, func, select

from bot.desk.hold import Hold, HoldState
from bot.desk.ticket import UNANSWERED, Author, Message, Ticket
from bot.storage.rows.holds import HoldRows
from bot.storage.rows.learning import LearningRows
from bot.storage.rows.states import StateRows
from bot.storage.rows.tickets import TicketRows
from bot.storage.tables import holds, inbox, messages, outbox, tickets


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A row of the outbox without its words. `ticket`: the code of the one that it belongs to."""

    id: int
    channel: str
    state: str
    attempts: int
    created_at: datetime
    due_at: datetime
    finished_at: datetime | None
    error: str | None
    ticket: str | None


@dataclass(frozen=True, slots=True)
class Incoming:
    """A row of the inbox without its words. `handled_at` and `outcome` are None until it is done."""

    id: int
    source: str
    state: str
    outcome: str | None
    attempts: int
    error: str | None
    received_at: datetime
    handled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Stuck:
    """How much waits for a person: mails kept back, and what was given up on the way out and on the way in."""

    held: int
    outgoing: int
    incoming: int


class Overview(TicketRows, HoldRows, LearningRows, StateRows):
    """Looks at everything and changes nothing."""

    async def listed(self, *, answered: bool) -> Sequence[Ticket]:
        """The tickets that nobody has answered yet, oldest first. `answered`: all the others, too."""
        wanted = select(tickets) if answered else select(tickets).where(tickets.c.state.in_(UNANSWERED))
        return await self._tickets(wanted.order_by(tickets.c.created_at, tickets.c.id))

    async def said(self, ticket: Ticket) -> Sequence[Message]:
        """Everything that was said within the ticket, oldest first: commands to the bot, too."""
        query = select(messages).where(messages.c.ticket_id == ticket.id).order_by(messages.c.id)
        rows = await self._connection.execute(query)
        return [Message(Author(row.author), row.text, row.at, row.sender, row.mails) for row in rows]

    async def holds_of(self, ticket: Ticket) -> Sequence[Hold]:
        """What was ever held back of this ticket, oldest first."""
        query = select(holds.c.code).where(holds.c.ticket_id == ticket.id).order_by(holds.c.id)
        found = [await self.hold(code) for code in await self._connection.scalars(query)]
        return [hold for hold in found if hold is not None]

    async def outgoing_of(self, ticket: Ticket) -> Sequence[Outgoing]:
        """What was and is to be sent about the ticket, oldest first."""
        return await self._outgoing(outbox.c.ticket_id == ticket.id)

    async def dead_outgoing(self) -> Sequence[Outgoing]:
        """What was given up on the way out, oldest first."""
        return await self._outgoing(outbox.c.state == "dead")

    async def outgoing(self, row_id: int) -> Outgoing | None:
        """The row of the outbox with this number."""
        return next(iter(await self._outgoing(outbox.c.id == row_id)), None)

    async def _outgoing(self, those: ColumnElement[bool]) -> Sequence[Outgoing]:
        rows = await self._connection.execute(_outgoing().where(those).order_by(outbox.c.id))
        return [Outgoing(*row) for row in rows]

    async def dead_incoming(self) -> Sequence[Incoming]:
        """What was given up on the way in, oldest first."""
        return await self._incoming(inbox.c.state == "dead")

    async def incoming(self, row_id: int) -> Incoming | None:
        """The row of the inbox with this number."""
        return next(iter(await self._incoming(inbox.c.id == row_id)), None)

    async def arrival(self, source: str, external_id: str) -> Incoming | None:
        """The row of the inbox that came from there under this id."""
        mine = (inbox.c.source == source) & (inbox.c.external_id == external_id)
        return next(iter(await self._incoming(mine)), None)

    async def _incoming(self, those: ColumnElement[bool]) -> Sequence[Incoming]:
        rows = await self._connection.execute(_incoming().where(those).order_by(inbox.c.id))
        return [Incoming(*row) for row in rows]

    async def stuck(self) -> Stuck:
        """How much waits for a person."""
        return Stuck(
            held=await self._count(holds, HoldState.HELD),
            outgoing=await self._count(outbox, "dead"),
            incoming=await self._count(inbox, "dead"),
        )

    async def _count(self, table: Table, state: str) -> int:
        found = await self._connection.scalar(select(func.count()).select_from(table).where(table.c.state == state))
        return int(found or 0)


def _outgoing() -> Select[Any]:
    mine = outbox.c
    return select(
        mine.id,
        mine.channel,
        mine.state,
        mine.attempts,
        mine.created_at,
        mine.due_at,
        mine.finished_at,
        mine.error,
        tickets.c.code,
    ).outerjoin(tickets, tickets.c.id == mine.ticket_id)


def _incoming() -> Select[Any]:
    mine = inbox.c
    return select(
        mine.id,
        mine.source,
        mine.state,
        mine.outcome,
        mine.attempts,
        mine.error,
        mine.received_at,
        mine.handled_at,
    )
