"""Handing a question over to people: a new ticket, or one more message in a ticket that is under way."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.desk.letters import Letters
from bot.desk.phrases import Phrases
from bot.desk.promise import Promises
from bot.desk.ticket import Author, Ticket, TicketState, new_code
from bot.desk.transaction import Chat, Transaction
from bot.knowledge.entry import Language

# How long after the team's last answer a question that nobody else can answer still belongs to the same ticket.
FOLLOW_UP_TIME = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Question:
    """What is handed over. `reason` is for clerks; `parts`: the sentences meant, where the rest was answered."""

    exchange: int
    text: str
    language: Language
    reason: str
    scores: Sequence[tuple[str, float]]
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Handover:
    """Opens tickets and adds to them. `choice` picks one character of a ticket code; `prefix` is its first part.

    `promises`: until when an answer can be expected; None: that is not said.
    """

    phrases: Phrases
    letters: Letters
    choice: Callable[[str], str]
    prefix: str = "KL"
    promises: Promises | None = None

    async def forward(self, tx: Transaction, chat: Chat, question: Question) -> None:
        """The question goes to the team: into the ticket it belongs to, or into a new one."""
        latest = await tx.latest_ticket(chat.id)
        if latest is not None and latest.state is TicketState.OPEN and latest.question == question.text:
            await tx.link(question.exchange, latest)
            words = self.phrases.already_forwarded(latest.code, question.language, await self._due(tx, latest))
            await self.say(tx, chat, f"forwarded:{question.exchange}", words, ticket=latest)
        elif latest is not None and is_conversing(latest, tx):
            await self.follow_up(tx, chat, question.exchange, latest, question.text)
        else:
            await self._open(tx, chat, question)

    async def _open(self, tx: Transaction, chat: Chat, question: Question) -> None:
        code = new_code(self.prefix, self.choice)
        while await tx.ticket(code) is not None:
            code = new_code(self.prefix, self.choice)
        ticket = self._promised(tx, await tx.open_ticket(code, chat.id, question.text, question.language))
        await tx.link(question.exchange, ticket)
        await tx.add_message(ticket, Author.CITIZEN, question.text, f"exchange:{question.exchange}")
        delayed = await tx.is_failing("mail")
        due = await self._due(tx, ticket)
        words = self.phrases.forwarded(code, question.language, delayed=delayed, parts=question.parts, due=due)
        ticket = await self.letters.question(tx, ticket, question.reason, question.scores, promise=words)
        await self.say(tx, chat, f"forwarded:{question.exchange}", words, ticket=ticket)

    async def follow_up(self, tx: Transaction, chat: Chat, exchange: int, ticket: Ticket, text: str) -> None:
        """The citizen adds something to a ticket; it waits for the team again."""
        history = await tx.messages(ticket)
        await tx.link(exchange, ticket)
        await tx.add_message(ticket, Author.CITIZEN, text, f"exchange:{exchange}")
        waiting = self._promised(tx, ticket.reopened(tx.now))
        words = self.phrases.followed_up(ticket.code, ticket.language, await self._due(tx, waiting))
        waiting = await self.letters.follow_up(tx, waiting, text, history, promise=words)
        await self.say(tx, chat, f"followup:{exchange}", words, ticket=waiting)

    def _promised(self, tx: Transaction, ticket: Ticket) -> Ticket:
        return ticket if self.promises is None else self.promises.given(ticket, tx.now)

    async def _due(self, tx: Transaction, ticket: Ticket) -> datetime | None:
        """Until when an answer can be expected, by the team's clock; None once that is over, or while mail is stuck."""
        if ticket.due_at is None or ticket.due_at <= tx.now or await tx.is_failing("mail"):
            return None
        return ticket.due_at.astimezone(self.letters.zone)

    async def say(
        self,
        tx: Transaction,
        chat: Chat,
        key: str,
        text: str,
        *,
        buttons: Sequence[Sequence[Mapping[str, str]]] = (),
        ticket: Ticket | None = None,
    ) -> None:
        """Put a message to the citizen into the outbox; the first one ever says that this is a machine."""
        if chat.is_new and not key.startswith("command:"):
            text = f"{text}\n\n{self.phrases.first_notice(chat.language)}"
        payload: dict[str, Any] = {"kind": "text", "text": text}
        if buttons:
            payload["buttons"] = buttons
        await tx.send(chat.channel, f"chat:{chat.id}", key, payload, chat=chat.id, ticket=ticket)


def is_conversing(ticket: Ticket, tx: Transaction) -> bool:
    """Whether the team's answer is the latest word of the ticket, and recent."""
    return ticket.state is TicketState.ANSWERED and is_recent(ticket, tx)


def is_recent(ticket: Ticket, tx: Transaction) -> bool:
    """Whether the last step in the ticket was taken so lately that what the citizen says next may belong to it."""
    return tx.now - ticket.changed_at < FOLLOW_UP_TIME
