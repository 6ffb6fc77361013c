"""A ticket: one question that people answer, and the moves it may make."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.knowledge.entry import Language

# Without 0, 1, I and O: a code must survive being read out on the phone.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_LENGTH = 6


class TicketState(StrEnum):
    """Where a ticket stands. WAITING: for the citizen, whom a person asked something; SPAM: closed for good."""

    OPEN = "open"
    WAITING = "waiting"
    ANSWERED = "answered"
    CLOSED = "closed"
    UNDELIVERABLE = "undeliverable"
    SPAM = "spam"


MOVES: dict[TicketState, frozenset[TicketState]] = {
    TicketState.OPEN: frozenset(TicketState) - {TicketState.OPEN},
    TicketState.WAITING: frozenset(TicketState),
    TicketState.ANSWERED: frozenset(TicketState),
    TicketState.CLOSED: frozenset(TicketState) - {TicketState.CLOSED},
    TicketState.UNDELIVERABLE: frozenset(TicketState),
    TicketState.SPAM: frozenset(),
}


class Author(StrEnum):
    """Who wrote a message within a ticket, and for whom.

    STAFF answers the citizen and ASKING asks back; a NOTE is for staff alone; a COMMAND was for the bot.
    """

    CITIZEN = "citizen"
    STAFF = "staff"
    ASKING = "asking"
    NOTE = "note"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Ticket:
    """A forwarded question. `mails` counts what was sent to staff about it; `chat` is our own id of the chat.

    `handed_to`: the address of the colleague whom it was handed over to last.
    """

    id: int
    code: str
    chat: int
    question: str
    language: Language
    state: TicketState
    mails: int
    created_at: datetime
    changed_at: datetime
    handed_to: str | None = None

    def may(self, state: TicketState) -> bool:
        """Whether the table above permits this move."""
        return state in MOVES[self.state]

    def moved(self, state: TicketState, now: datetime) -> "Ticket":
        """The ticket in its next state. Raises ValueError for a move that the table above does not permit."""
        if not self.may(state):
            raise ValueError(f"a ticket cannot go from {self.state} to {state}")
        return replace(self, state=state, changed_at=now)

    def mailed(self) -> "Ticket":
        """The ticket with one more mail to staff counted."""
        return replace(self, mails=self.mails + 1)


@dataclass(frozen=True, slots=True)
class Message:
    """Something said within a ticket."""

    author: Author
    text: str
    at: datetime


def new_code(prefix: str, choice: Callable[[str], str]) -> str:
    """A fresh ticket code such as KL-7F3K9Q; `choice` picks one character (secrets.choice in the real bot)."""
    return f"{prefix}-{''.join(choice(ALPHABET) for _ in range(CODE_LENGTH))}"
