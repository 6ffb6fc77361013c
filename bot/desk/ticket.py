"""A ticket: one question that people answer, and the moves it may make."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum, StrEnum

from bot.knowledge.entry import Language

# Without 0, 1, I and O: a code must survive being read out on the phone.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_LENGTH = 6


class TicketState(StrEnum):
    """Where a ticket stands.

    CLAIMED: somebody of the team works on it; WAITING: for the citizen, whom a person asked something; SPAM: closed for
    good; WITHDRAWN: by the citizen.
    """

    OPEN = "open"
    CLAIMED = "claimed"
    WAITING = "waiting"
    ANSWERED = "answered"
    CLOSED = "closed"
    UNDELIVERABLE = "undeliverable"
    SPAM = "spam"
    WITHDRAWN = "withdrawn"


# Unanswered: staff owe the citizen something, or wait for it.
UNANSWERED = frozenset({TicketState.OPEN, TicketState.CLAIMED, TicketState.WAITING})

# Staff owe the citizen something.
OWED = frozenset({TicketState.OPEN, TicketState.CLAIMED})

# The permitted moves; whatever is not here is refused.
MOVES: dict[TicketState, frozenset[TicketState]] = {
    TicketState.OPEN: frozenset(TicketState) - {TicketState.OPEN},
    TicketState.CLAIMED: frozenset(TicketState),
    TicketState.WAITING: frozenset(TicketState),
    TicketState.ANSWERED: frozenset(TicketState) - {TicketState.WITHDRAWN},
    TicketState.CLOSED: frozenset(TicketState) - {TicketState.CLOSED, TicketState.WITHDRAWN},
    TicketState.UNDELIVERABLE: frozenset(TicketState),
    TicketState.SPAM: frozenset(),
    # Only the citizen's own word or an answer that a person insists on brings it back.
    TicketState.WITHDRAWN: frozenset({TicketState.OPEN, TicketState.ANSWERED, TicketState.SPAM}),
}


class Reminded(IntEnum):
    """How far staff have been reminded of a ticket. LATE: that it is due, and the citizen was told; ESCALATED: also
    beyond the team."""

    NOT_YET = 0
    HALF = 1
    LATE = 2
    ESCALATED = 3


class Author(StrEnum):
    """Who wrote a message within a ticket, and for whom.

    STAFF answers the citizen and ASKING asks back; RETRACTED: an answer that staff took back; a NOTE is for staff
    alone; a COMMAND was for the bot.
    """

    CITIZEN = "citizen"
    STAFF = "staff"
    ASKING = "asking"
    RETRACTED = "retracted"
    NOTE = "note"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Ticket:
    """A forwarded question. `mails` counts what was sent to staff about it; `chat` is our own id of the chat.

    `handed_to`: the address of the colleague whom it was handed over to last. `claimed_by`: who of the team took it, as
    people read it. `previous`: the code of an older ticket that this one goes on from. `version` grows with each
    change. `due_at`: until when staff are to answer, `half_at`: when half of that time is over; None: nobody said so.
    `question` is empty once the retention is over, and when it is `erased` at the citizen's wish.
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
    claimed_by: str | None = None
    previous: str | None = None
    version: int = 0
    half_at: datetime | None = None
    due_at: datetime | None = None
    reminded: Reminded = Reminded.NOT_YET
    erased: bool = False

    def may(self, state: TicketState) -> bool:
        """Whether the table above permits this move."""
        return state in MOVES[self.state]

    def moved(self, state: TicketState, now: datetime) -> "Ticket":
        """The ticket in its next state; if staff owed nothing and do again, nothing is promised about it.

        Raises ValueError for a move that the table above does not permit.
        """
        if not self.may(state):
            raise ValueError(f"a ticket cannot go from {self.state} to {state}")
        anew = state in OWED and self.state not in OWED
        return replace(self.promised(None, None) if anew else self, state=state, changed_at=now)

    def promised(self, half_at: datetime | None, due_at: datetime | None) -> "Ticket":
        """The ticket, to be answered until then; nobody has been reminded of it yet."""
        return replace(self, half_at=half_at, due_at=due_at, reminded=Reminded.NOT_YET)

    def reopened(self, now: datetime) -> "Ticket":
        """The ticket, waiting for the team again: for whoever took it, or for all."""
        state = TicketState.CLAIMED if self.claimed_by else TicketState.OPEN
        return self if self.state is state else self.moved(state, now)


@dataclass(frozen=True, slots=True)
class Message:
    """Something said within a ticket. `sender`: who of staff, as an address or a name; None for citizens.

    `mails`: how many mails about the ticket staff had got before.
    """

    author: Author
    text: str
    at: datetime
    sender: str | None = None
    mails: int = 0


def new_code(prefix: str, choice: Callable[[str], str]) -> str:
    """A fresh ticket code such as KL-7F3K9Q; `choice` picks one character (secrets.choice in the real bot)."""
    return f"{prefix}-{''.join(choice(ALPHABET) for _ in range(CODE_LENGTH))}"
