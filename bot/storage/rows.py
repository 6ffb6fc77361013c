"""One transaction on the database: what the desk reads and writes while it handles one message."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.desk.brakes import Brakes
from bot.desk.ticket import Author, Message, Ticket, TicketState
from bot.desk.transaction import Chat, Exchange
from bot.knowledge.entry import Language
from bot.matching.decision import Decision, Outcome
from bot.storage.tables import chats, exchanges, heard, inbox, messages, outbox, parts, proposals, tickets
from bot.storage.turns import turn


class StoredTransaction:
    """The desk's Transaction on an open database connection."""

    def __init__(self, connection: AsyncConnection, now: datetime, brakes: Mapping[str, Brakes] | None = None) -> None:
        """`brakes`: by channel."""
        self._connection = connection
        self._now = now
        self._brakes = brakes or {}
        self._braked: dict[str | None, None] = {}

    @property
    def now(self) -> datetime:
        """The moment the transaction began, in UTC."""
        return self._now

    async def handled(self, inbox_id: int, outcome: str) -> None:
        """Take a received message off the inbox: it is done, with this outcome."""
        values = {"state": "done", "outcome": outcome[:64], "error": None, "handled_at": self._now}
        await self._connection.execute(update(inbox).where(inbox.c.id == inbox_id).values(values))

    # -- chats ------------------------------------------------------------------------------------

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
        for table in (tickets, exchanges, outbox):
            moved = update(table).where(table.c.chat_id == found[old])
            await self._connection.execute(moved.values(chat_id=found[new]))

    # -- exchanges --------------------------------------------------------------------------------

    async def add_exchange(
        self, chat: int, external_id: str, text: str, language: Language, decision: Decision, version: str
    ) -> int:
        """Keep what was asked and decided; the exchange's id."""
        return await self._insert(
            exchanges,
            chat_id=chat,
            external_id=external_id,
            text=text,
            language=language,
            outcome=decision.outcome,
            entry=decision.entry,
            knowledge_version=version,
            reason=decision.reason,
            candidates=json.dumps([(one.entry, round(one.score, 4)) for one in decision.candidates]),
            suggested=json.dumps(decision.suggested),
            at=self._now,
        )

    async def exchange(self, chat: int, exchange_id: int) -> Exchange | None:
        """The exchange of this id, if it belongs to this chat."""
        return await self._exchange(_exchanges().where(exchanges.c.chat_id == chat, exchanges.c.id == exchange_id))

    async def latest_exchange(self, chat: int) -> Exchange | None:
        """The newest exchange of the chat."""
        newest = _exchanges().where(exchanges.c.chat_id == chat).order_by(exchanges.c.id.desc()).limit(1)
        return await self._exchange(newest)

    async def _exchange(self, query: Select[Any]) -> Exchange | None:
        row = (await self._connection.execute(query)).one_or_none()
        return None if row is None else _exchange(row)

    async def heard(self, chat: int, external_id: str, digest: str) -> bool:
        """Keep a fingerprint of what this message says; whether it said the same before."""
        mine = (heard.c.chat_id == chat, heard.c.external_id == external_id)
        known = await self._connection.scalar(select(heard.c.digest).where(*mine))
        if known is None:
            values = {"chat_id": chat, "external_id": external_id, "digest": digest}
            await self._connection.execute(insert(heard).values(values))
        elif known != digest:
            await self._connection.execute(update(heard).where(*mine).values(digest=digest))
        return known == digest

    async def open_ticket_of(self, chat: int, external_id: str) -> Ticket | None:
        """The ticket that a citizen's message opened or went into, while it waits for an answer."""
        query = (
            select(tickets)
            .join(exchanges, exchanges.c.ticket_id == tickets.c.id)
            .where(exchanges.c.chat_id == chat, exchanges.c.external_id == external_id)
            .where(tickets.c.state.in_((TicketState.OPEN, TicketState.WAITING)))
            .order_by(tickets.c.id.desc())
            .limit(1)
        )
        return await self._ticket(query)

    async def waiting_ticket(self, chat: int) -> Ticket | None:
        """The ticket of the chat in which staff asked the citizen something last, if one waits for the answer."""
        waiting = select(tickets).where(tickets.c.chat_id == chat, tickets.c.state == TicketState.WAITING)
        return await self._ticket(waiting.order_by(tickets.c.changed_at.desc(), tickets.c.id.desc()).limit(1))

    async def choose(self, exchange_id: int, chosen: str) -> None:
        """Keep what the citizen picked from the suggestions."""
        query = update(exchanges).where(exchanges.c.id == exchange_id)
        await self._connection.execute(query.values(chosen=chosen))

    async def link(self, exchange_id: int, ticket: Ticket) -> None:
        """Note that the exchange became part of this ticket."""
        query = update(exchanges).where(exchanges.c.id == exchange_id)
        await self._connection.execute(query.values(ticket_id=ticket.id))

    # -- tickets ----------------------------------------------------------------------------------

    async def open_ticket(self, code: str, chat: int, question: str, language: Language) -> Ticket:
        """A new ticket."""
        values = {"code": code, "chat_id": chat, "question": question, "language": language}
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

    async def _ticket(self, query: Select[Any]) -> Ticket | None:
        row = (await self._connection.execute(query)).one_or_none()
        return None if row is None else _ticket(row)

    async def keep_ticket(self, ticket: Ticket) -> None:
        """Store the ticket's state, its counters and whom it was handed over to."""
        values = {"state": ticket.state, "mails": ticket.mails, "changed_at": ticket.changed_at}
        query = update(tickets).where(tickets.c.id == ticket.id)
        await self._connection.execute(query.values(handed_to=ticket.handed_to, **values))

    async def add_message(self, ticket: Ticket, author: Author, text: str, external_id: str) -> None:
        """Add to what was said within the ticket."""
        values = {"ticket_id": ticket.id, "author": author, "text": text, "external_id": external_id}
        await self._insert(messages, at=self._now, **values)

    async def has_message(self, ticket: Ticket, external_id: str) -> bool:
        """Whether the ticket holds this message already."""
        mine = (messages.c.ticket_id == ticket.id, messages.c.external_id == external_id)
        return await self._connection.scalar(select(messages.c.id).where(*mine).limit(1)) is not None

    async def messages(self, ticket: Ticket) -> Sequence[Message]:
        """What was said within the ticket, oldest first; not the commands to the bot."""
        said = (messages.c.ticket_id == ticket.id, messages.c.author != Author.COMMAND)
        query = select(messages).where(*said).order_by(messages.c.id)
        return [Message(Author(row.author), row.text, row.at) for row in await self._connection.execute(query)]

    async def opening_exchange(self, ticket: Ticket) -> Exchange | None:
        """The exchange that opened the ticket."""
        first = select(messages.c.external_id).where(messages.c.ticket_id == ticket.id).order_by(messages.c.id).limit(1)
        kind, _, number = str(await self._connection.scalar(first)).partition(":")
        return await self.exchange(ticket.chat, int(number)) if kind == "exchange" else None

    async def propose(self, ticket: Ticket, question: str, answer: str, author: str) -> None:
        """Keep question and answer as a proposal for the knowledge base; `author` is a mail address."""
        values = {"ticket_id": ticket.id, "question": question, "answer": answer, "author": author}
        await self._insert(proposals, state="new", at=self._now, **values)

    # -- outbox -----------------------------------------------------------------------------------

    async def send(
        self,
        channel: str,
        conversation: str,
        key: str,
        payload: Mapping[str, Any],
        *,
        chat: int | None = None,
        ticket: Ticket | None = None,
        unbraked: bool = False,
    ) -> None:
        """Put something into the outbox. The same key twice is one delivery.

        Where the channel has brakes, it waits there for its turn, unless it is sent `unbraked`.
        """
        if await self._connection.scalar(select(outbox.c.id).where(outbox.c.key == key)) is not None:
            return
        await self._insert(
            outbox,
            channel=channel,
            conversation=conversation,
            key=key,
            chat_id=chat,
            ticket_id=None if ticket is None else ticket.id,
            payload=json.dumps(payload, ensure_ascii=False),
            state="pending",
            attempts=0,
            due_at=self._now if unbraked else await self._due(channel, ticket),
            created_at=self._now,
        )

    async def _due(self, channel: str, ticket: Ticket | None) -> datetime:
        brakes = self._brakes.get(channel)
        if brakes is None:
            return self._now
        due, causes = await turn(self._connection, brakes, channel, ticket, self._now)
        self._braked |= dict.fromkeys(causes)
        return due

    @property
    def braked(self) -> Sequence[str | None]:
        """Why deliveries of this transaction have to wait: codes of tickets, None for too many in all."""
        return tuple(self._braked)

    async def bury(self, delivery_id: int, reason: str) -> None:
        """Give a delivery up: it stays in the outbox as dead, with the reason."""
        values = {"state": "dead", "error": reason, "finished_at": self._now, "leased_until": None}
        await self._connection.execute(update(outbox).where(outbox.c.id == delivery_id).values(values))

    async def is_failing(self, channel: str) -> bool:
        """Whether tickets' deliveries on this channel are waiting after failed attempts."""
        waiting = select(func.count()).select_from(outbox)
        # A colleague's address may be wrong while the queue gets all its mail.
        mine = (outbox.c.channel == channel, outbox.c.conversation.startswith("ticket:"))
        failed = waiting.where(*mine, outbox.c.state == "pending", outbox.c.attempts > 0)
        return bool(await self._connection.scalar(failed))

    async def _insert(self, table: Any, **values: Any) -> int:
        result = await self._connection.execute(insert(table).values(values))
        key = result.inserted_primary_key
        assert key is not None
        return int(key[0])


def _chats(channel: str, addresses: Sequence[str]) -> Select[Any]:
    return select(chats.c.id, chats.c.address).where(chats.c.channel == channel, chats.c.address.in_(addresses))


def _exchanges() -> Select[Any]:
    return select(exchanges, tickets.c.code).outerjoin(tickets, tickets.c.id == exchanges.c.ticket_id)


def _exchange(row: Row[Any]) -> Exchange:
    return Exchange(
        id=row.id,
        text=row.text,
        language=Language(row.language),
        outcome=Outcome(row.outcome),
        candidates=tuple((entry, score) for entry, score in json.loads(row.candidates)),
        suggested=tuple(json.loads(row.suggested)),
        chosen=row.chosen,
        ticket=row.code,
    )


def _ticket(row: Row[Any]) -> Ticket:
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
    )
