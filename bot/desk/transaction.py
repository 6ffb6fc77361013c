"""What the desk asks of storage while it handles one message: all of it is kept, or none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from bot.desk.ticket import Author, Message, Ticket
from bot.knowledge.entry import Language
from bot.matching.decision import Decision, Outcome


@dataclass(frozen=True, slots=True)
class Chat:
    """A citizen's conversation. `is_new`: this is the first we ever heard of it."""

    id: int
    channel: str
    language: Language
    is_new: bool


@dataclass(frozen=True, slots=True)
class Exchange:
    """What was asked and what was decided. `chosen` is the entry picked from the suggestions, or "none"."""

    id: int
    text: str
    language: Language
    outcome: Outcome
    candidates: tuple[tuple[str, float], ...]
    suggested: tuple[str, ...]
    chosen: str | None
    ticket: str | None


class Transaction(Protocol):
    """One commit. `now` of every row is the moment the transaction began."""

    async def chat(self, channel: str, address: str, language: Language) -> Chat:
        """The chat, made on first contact."""

    async def mark_blocked(self, chat: int, blocked: bool) -> None:
        """Note that the citizen blocked the bot, or let it back in."""

    async def add_exchange(
        self, chat: int, external_id: str, text: str, language: Language, decision: Decision, version: str
    ) -> int:
        """Keep what was asked and decided; the exchange's id."""

    async def exchange(self, chat: int, exchange_id: int) -> Exchange | None:
        """The exchange of this id, if it belongs to this chat."""

    async def latest_exchange(self, chat: int) -> Exchange | None:
        """The newest exchange of the chat."""

    async def heard(self, chat: int, external_id: str, digest: str) -> bool:
        """Keep a fingerprint of what this message says; whether it said the same before."""

    async def open_ticket_of(self, chat: int, external_id: str) -> Ticket | None:
        """The ticket that a citizen's message opened or went into, while it waits for an answer."""

    async def waiting_ticket(self, chat: int) -> Ticket | None:
        """The ticket of the chat in which staff asked the citizen something last, if one waits for the answer."""

    async def choose(self, exchange_id: int, chosen: str) -> None:
        """Keep what the citizen picked from the suggestions."""

    async def link(self, exchange_id: int, ticket: Ticket) -> None:
        """Note that the exchange became part of this ticket."""

    async def open_ticket(
        self, code: str, chat: int, question: str, language: Language, previous: str | None = None
    ) -> Ticket:
        """A new ticket. `previous`: the code of the one that it goes on from."""

    async def ticket(self, code: str) -> Ticket | None:
        """The ticket of this code."""

    async def ticket_about(self, chat: int, external_id: str) -> Ticket | None:
        """The ticket to which a message belongs that the bot sent into this chat."""

    async def latest_ticket(self, chat: int) -> Ticket | None:
        """The newest ticket of the chat."""

    async def keep_ticket(self, ticket: Ticket) -> None:
        """Store the ticket's question and state, its counters and deadlines, who took it and whom it was handed to."""

    async def add_message(
        self, ticket: Ticket, author: Author, text: str, external_id: str, sender: str | None = None
    ) -> None:
        """Add to what was said within the ticket. `sender`: who of staff."""

    async def has_message(self, ticket: Ticket, external_id: str) -> bool:
        """Whether the ticket holds this message already."""

    async def messages(self, ticket: Ticket) -> Sequence[Message]:
        """What was said within the ticket, oldest first; not the commands to the bot."""

    async def opening_exchange(self, ticket: Ticket) -> Exchange | None:
        """The exchange that opened the ticket."""

    async def propose(self, ticket: Ticket, question: str, answer: str, author: str) -> None:
        """Keep question and answer as a proposal for the knowledge base; `author` is a mail address."""

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

    async def bury(self, delivery_id: int, reason: str) -> None:
        """Give a delivery up: it stays in the outbox as dead, with the reason."""

    async def ticket_of_delivery(self, delivery_id: int) -> Ticket | None:
        """The ticket a delivery belongs to."""

    async def is_failing(self, channel: str) -> bool:
        """Whether tickets' deliveries on this channel are waiting after failed attempts."""

    @property
    def braked(self) -> Sequence[str | None]:
        """Why deliveries of this transaction have to wait: codes of tickets, None for too many in all."""

    @property
    def now(self) -> datetime:
        """The moment the transaction began, in UTC."""
