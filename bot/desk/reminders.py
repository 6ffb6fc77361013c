"""Reminding staff of what nobody has answered, and telling the citizen when it takes longer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import takewhile

from bot.desk.letters import Letters
from bot.desk.phrases import Phrases
from bot.desk.ticket import OWED, Author, Message, Reminded, Ticket
from bot.desk.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Overdue:
    """A ticket, by its code, of which staff may have to be reminded by this moment."""

    ticket: str
    by: datetime


@dataclass(frozen=True, slots=True)
class Reminders:
    """Does what a deadline asks for. `citizens`: their channel's name; `escalation`: who else is told what is late."""

    phrases: Phrases
    letters: Letters
    citizens: str
    escalation: str | None = None

    async def handle(self, tx: Transaction, overdue: Overdue) -> str:
        """Remind of the ticket if that is still to be done: only of the latest step; the outcome for logging."""
        ticket = await tx.ticket(overdue.ticket)
        step = None if ticket is None else next_step(ticket, overdue.by)
        if ticket is None or step is None:
            return "reminder:none"
        if step is Reminded.LATE:
            await self._tell_citizen(tx, ticket)
            step = Reminded.LATE if self.escalation is None else Reminded.ESCALATED
        ticket = replace(ticket, reminded=step)
        await tx.keep_ticket(ticket)
        await self._remind(tx, ticket)
        return f"reminder:{step.name.lower()}"

    async def _remind(self, tx: Transaction, ticket: Ticket) -> None:
        history = await tx.messages(ticket)
        unanswered = _unanswered(history)
        asked = "\n\n".join(message.text for message in unanswered) or ticket.question
        since = unanswered[0].at if unanswered else ticket.created_at
        for letters in self._readers(ticket):
            await letters.reminder(tx, ticket, asked, since)

    def _readers(self, ticket: Ticket) -> Iterator[Letters]:
        """The queue, the colleague who was handed the ticket, and if it is late the escalation address: once each."""
        yield self.letters
        told = {self.letters.address.lower()}
        escalated = self.escalation if ticket.reminded is Reminded.ESCALATED else None
        for address, thread in ((ticket.handed_to, "colleague"), (escalated, "escalation")):
            if address is not None and address.lower() not in told:
                told.add(address.lower())
                yield replace(self.letters, address=address, thread=thread)

    async def _tell_citizen(self, tx: Transaction, ticket: Ticket) -> None:
        payload = {"kind": "text", "text": self.phrases.late(ticket.code, ticket.language)}
        key = f"late:{ticket.code}:{ticket.due_at:%Y-%m-%dT%H:%M}"
        await tx.send(self.citizens, f"chat:{ticket.chat}", key, payload, chat=ticket.chat, ticket=ticket)


def next_step(ticket: Ticket, by: datetime) -> Reminded | None:
    """What the deadlines of the ticket ask for by this moment; None if nothing, or if staff owe no answer any more."""
    if ticket.state not in OWED:
        return None
    if ticket.due_at is not None and ticket.due_at <= by:
        return Reminded.LATE if ticket.reminded < Reminded.LATE else None
    if ticket.half_at is not None and ticket.half_at <= by:
        return Reminded.HALF if ticket.reminded < Reminded.HALF else None
    return None


def _unanswered(history: Sequence[Message]) -> list[Message]:
    """What the citizen wrote since staff last answered or asked, oldest first."""
    latest = takewhile(lambda message: message.author not in (Author.STAFF, Author.ASKING), reversed(history))
    return [message for message in latest if message.author is Author.CITIZEN][::-1]
