"""Tickets and what was said within them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, insert, or_, select, update

from bot.desk.ticket import OWED, UNANSWERED, Author, Message, Reminded, Ticket, TicketState
from bot.desk.transaction import Exchange
from bot.knowledge.entry import Language
from bot.storage.rows.exchanges import ExchangeRows
from bot.storage.tables import alike, exchanges, messages, outbox, parts, proposals, tickets


class TicketRows(ExchangeRows):
    """Questions that people answer."""

    async def open_ticket(
        self, code: str, chat: int, question: str, language: Language, previous: str | None = None
    ) -> Ticket:
        """A new ticket. `previous`: the code of the one that it goes on from."""
        values = {"code": code, "chat_id": chat, "question": question, "language": language, "previous": previous}
        state = {"state": TicketState.OPEN, "mails": 0, "created_at": self._now, "changed_at": self._now}
        ticket_id = await self._insert(tickets, **values, **state)
        opened = await self._ticket(select(tickets).where(tickets.c.id == ticket_id))
        assert opened is not None
        return opened

    async def ticket(self, code: str) -> Ticket | None:
        """The ticket of this code."""
        return await self._ticket(select(tickets).where(tickets.c.code == code))

    async def latest_ticket(self, chat: int) -> Ticket | None:
        """The newest ticket of the chat."""
        newest = select(tickets).where(tickets.c.chat_id == chat).order_by(tickets.c.id.desc()).limit(1)
        return await self._ticket(newest)

    async def tickets_of(self, chat: int, limit: int) -> Sequence[Ticket]:
        """The newest tickets of the chat, newest first; none that was closed as abuse."""
        mine = (tickets.c.chat_id == chat, tickets.c.state != TicketState.SPAM)
        return await self._tickets(select(tickets).where(*mine).order_by(tickets.c.id.desc()).limit(limit))

    async def ticket_about(self, chat: int, external_id: str) -> Ticket | None:
        """The ticket to which a message belongs that the bot sent into this chat."""
        query = (
            select(tickets)
            .join(outbox, outbox.c.ticket_id == tickets.c.id)
            .join(parts, parts.c.outbox_id == outbox.c.id)
            .where(parts.c.external_id == external_id, outbox.c.chat_id == chat)
            .limit(1)
        )
        return await self._ticket(query)

    async def ticket_of_delivery(self, delivery_id: int) -> Ticket | None:
        """The ticket a delivery belongs to."""
        query = select(tickets).join(outbox, outbox.c.ticket_id == tickets.c.id).where(outbox.c.id == delivery_id)
        return await self._ticket(query)

    async def open_ticket_of(self, chat: int, external_id: str) -> Ticket | None:
        """The ticket that a citizen's message opened or went into, while it waits for an answer."""
        query = (
            select(tickets)
            .join(exchanges, exchanges.c.ticket_id == tickets.c.id)
            .where(exchanges.c.chat_id == chat, exchanges.c.external_id == external_id)
            .where(tickets.c.state.in_(UNANSWERED))
            .order_by(tickets.c.id.desc())
            .limit(1)
        )
        return await self._ticket(query)

    async def waiting_ticket(self, chat: int) -> Ticket | None:
        """The ticket of the chat in which staff asked the citizen something last, if one waits for the answer."""
        waiting = select(tickets).where(tickets.c.chat_id == chat, tickets.c.state == TicketState.WAITING)
        return await self._ticket(waiting.order_by(tickets.c.changed_at.desc(), tickets.c.id.desc()).limit(1))

    async def overdue(self, by: datetime) -> Sequence[str]:
        """The codes of the tickets of which staff may have to be reminded by this moment, the oldest first."""
        half = and_(tickets.c.half_at <= by, tickets.c.reminded < Reminded.HALF)
        late = and_(tickets.c.due_at <= by, tickets.c.reminded < Reminded.LATE)
        query = select(tickets.c.code).where(tickets.c.state.in_(OWED), or_(half, late)).order_by(tickets.c.id)
        return list(await self._connection.scalars(query))

    async def _ticket(self, query: Select[Any]) -> Ticket | None:
        row = (await self._connection.execute(query)).one_or_none()
        return None if row is None else ticket_of(row)

    async def keep_ticket(self, ticket: Ticket) -> None:
        """Store the ticket's question, state and deadlines, who took it and whom it was handed over to."""
        values = {"state": ticket.state, "changed_at": ticket.changed_at}
        values |= {"question": ticket.question, "handed_to": ticket.handed_to, "claimed_by": ticket.claimed_by}
        values |= {"half_at": ticket.half_at, "due_at": ticket.due_at, "reminded": ticket.reminded}
        await self._change_ticket(ticket, **values)

    async def count_mail(self, ticket: Ticket) -> int:
        """The number of the next mail about the ticket, from 0; it is counted by this."""
        return await self._count_mail(tickets, ticket.id)

    async def _change_ticket(self, ticket: Ticket, **values: Any) -> None:
        query = update(tickets).where(tickets.c.id == ticket.id)
        await self._connection.execute(query.values(version=tickets.c.version + 1, **values))

    async def add_message(
        self, ticket: Ticket, author: Author, text: str, external_id: str, sender: str | None = None
    ) -> None:
        """Add to what was said within the ticket. `sender`: who of staff."""
        values = {"ticket_id": ticket.id, "author": author, "text": text, "external_id": external_id}
        mails = select(tickets.c.mails).where(tickets.c.id == ticket.id).scalar_subquery()
        await self._insert(messages, at=self._now, sender=sender, mails=mails, **values)
        await self._change_ticket(ticket)

    async def has_message(self, ticket: Ticket, external_id: str) -> bool:
        """Whether the ticket holds this message already."""
        mine = (messages.c.ticket_id == ticket.id, messages.c.external_id == external_id)
        return await self._connection.scalar(select(messages.c.id).where(*mine).limit(1)) is not None

    async def messages(self, ticket: Ticket) -> Sequence[Message]:
        """What was said within the ticket, oldest first; not the commands to the bot."""
        said = (messages.c.ticket_id == ticket.id, messages.c.author != Author.COMMAND)
        query = select(messages).where(*said).order_by(messages.c.id)
        return [_message(row) for row in await self._connection.execute(query)]

    async def opening_exchange(self, ticket: Ticket) -> Exchange | None:
        """The exchange that opened the ticket."""
        first = select(messages.c.external_id).where(messages.c.ticket_id == ticket.id).order_by(messages.c.id).limit(1)
        kind, _, number = str(await self._connection.scalar(first)).partition(":")
        return await self.exchange(ticket.chat, int(number)) if kind == "exchange" else None

    async def correct(self, ticket: Ticket, external_id: str, text: str) -> bool:
        """Put other words in place of those of a citizen's message within the ticket; whether they opened it."""
        asked = select(exchanges.c.id).where(exchanges.c.ticket_id == ticket.id, exchanges.c.external_id == external_id)
        mine = [f"exchange:{number}" for number in await self._connection.scalars(asked)]
        said = select(messages.c.id, messages.c.external_id).where(messages.c.ticket_id == ticket.id)
        rows = (await self._connection.execute(said.order_by(messages.c.id))).all()
        meant = [row.id for row in rows if row.external_id in mine]
        if not meant:
            return False
        await self._connection.execute(update(messages).where(messages.c.id == meant[0]).values(text=text))
        await self._change_ticket(ticket)
        return bool(meant[0] == rows[0].id)

    async def retract(self, ticket: Ticket, external_id: str) -> None:
        """Note that staff took back what they wrote in this mail or message, as an answer and as a proposal."""
        mine = (messages.c.ticket_id == ticket.id, messages.c.external_id == external_id)
        text = await self._connection.scalar(select(messages.c.text).where(*mine))
        await self._connection.execute(update(messages).where(*mine).values(author=Author.RETRACTED))
        proposed = (proposals.c.ticket_id == ticket.id, proposals.c.answer == text, proposals.c.state == "new")
        await self._connection.execute(update(proposals).where(*proposed).values(state="retracted"))
        await self._change_ticket(ticket)

    # -- tickets that ask the same ----------------------------------------------------------------

    async def unanswered(self, limit: int) -> Sequence[Ticket]:
        """The newest tickets that nobody has answered yet, newest first."""
        return await self._tickets(
            select(tickets).where(tickets.c.state.in_(UNANSWERED)).order_by(tickets.c.id.desc()).limit(limit)
        )

    async def note_alike(self, ticket: Ticket, others: Sequence[Ticket]) -> None:
        """Keep that staff are told that these tickets ask the same as this one."""
        for other in others:
            await self._connection.execute(insert(alike).values(ticket_id=ticket.id, other_id=other.id))

    async def alike(self, ticket: Ticket) -> Sequence[Ticket]:
        """The unanswered tickets of which staff were told that they ask the same as this one."""
        named = select(alike.c.other_id).where(alike.c.ticket_id == ticket.id)
        naming = select(alike.c.ticket_id).where(alike.c.other_id == ticket.id)
        same = (tickets.c.id.in_(named.union(naming)), tickets.c.state.in_(UNANSWERED))
        return await self._tickets(select(tickets).where(*same).order_by(tickets.c.id))

    async def _tickets(self, query: Select[Any]) -> Sequence[Ticket]:
        return [ticket_of(row) for row in await self._connection.execute(query)]

    async def propose(self, ticket: Ticket, question: str, answer: str, author: str) -> None:
        """Keep question and answer as a proposal for the knowledge base; `author` is a mail address."""
        values = {"ticket_id": ticket.id, "question": question, "answer": answer, "author": author}
        await self._insert(proposals, state="new", at=self._now, **values)


def ticket_of(row: Row[Any]) -> Ticket:
    """The ticket of a row that holds the columns of its table."""
    return Ticket(
        id=row.id,
        code=row.code,
        chat=row.chat_id,
        question=row.question,
        language=Language(row.language),
        state=TicketState(row.state),
        mails=row.mails,
        created_at=row.created_at,
        changed_at=row.changed_at,
        handed_to=row.handed_to,
        claimed_by=row.claimed_by,
        previous=row.previous,
        version=row.version,
        half_at=row.half_at,
        due_at=row.due_at,
        reminded=Reminded(row.reminded),
        erased=row.erased,
    )


def _message(row: Row[Any]) -> Message:
    return Message(Author(row.author), row.text, row.at, row.sender, row.mails)
