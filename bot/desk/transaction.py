"""What the desk asks of storage while it handles one message: all of it is kept, or none."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Protocol

from bot.desk.belongings import Belongings
from bot.desk.given import Followed, Given
from bot.desk.hold import Hold
from bot.desk.sent_files import FileTransaction
from bot.desk.staff import Attachment, Held
from bot.desk.ticket import Author, Message, Ticket
from bot.knowledge.entry import Language
from bot.matching.decision import Decision, Outcome

NO_TIME: Final = timedelta(0)
# What `Exchange.chosen` is when a citizen wants none of the suggestions.
NONE_OF_THEM: Final = "none"
# So begin the keys of deliveries that carry words of staff to a citizen; what they came in follows.
RELAYED: Final = "reply:"


@dataclass(frozen=True, slots=True)
class Chat:
    """A citizen's conversation. `is_new`: this is the first we ever heard of it.

    `language`: of the citizen's app, or the one they chose (`language_chosen`); `plain`: they wish Einfache Sprache;
    `menu`: the numbered list they saw last, and when, while they said nothing else.
    """

    id: int
    channel: str
    language: Language
    is_new: bool
    language_chosen: bool = False
    plain: bool = False
    menu: str | None = None
    menu_at: datetime | None = None

    def spoken(self, written: Language | None) -> Language:
        """What to answer in: the language that was chosen, else the one that was `written`, else the app's."""
        return self.language if self.language_chosen else written or self.language


@dataclass(frozen=True, slots=True)
class Sent:
    """A delivery, looked at later. `staff`: the external id of the mail or message whose words it carries."""

    id: int
    payload: Mapping[str, Any]
    staff: str
    pending: bool
    finished_at: datetime | None


class Verdict(StrEnum):
    """Whether an answer helped. TEAM: the citizen wants an answer from people."""

    YES = "yes"
    NO = "no"
    TEAM = "team"


class Awaited(StrEnum):
    """What the citizen's next words may be taken for.

    FEEDBACK: whether the answer helped; CHOICE: the last choice of another answer; QUESTION: what is for people;
    EXAMPLE: one of the questions shown at the beginning.
    """

    FEEDBACK = "feedback"
    CHOICE = "choice"
    QUESTION = "question"
    EXAMPLE = "example"


@dataclass(frozen=True, slots=True)
class Exchange:
    """What was asked and what was decided. `chosen` is the entry picked from the suggestions, or "none".

    `entry`: what was answered; `external_id`: of the message that asked.
    """

    id: int
    text: str
    language: Language
    outcome: Outcome
    candidates: tuple[tuple[str, float], ...]
    suggested: tuple[str, ...]
    chosen: str | None
    ticket: str | None
    entry: str | None = None
    external_id: str = ""
    at: datetime = datetime.min.replace(tzinfo=UTC)
    feedback: Verdict | None = None
    awaits: Awaited | None = None


@dataclass(frozen=True, slots=True)
class Undecided:
    """A question that waits for the citizen's word on how to pass it on. `question`: as it was put aside."""

    exchange: int
    chat: Chat
    external_id: str
    question: Mapping[str, Any]


class Transaction(Belongings, FileTransaction, Protocol):
    """One commit. `now` of every row is the moment the transaction began."""

    async def chat(self, channel: str, address: str, language: Language) -> Chat:
        """The chat, made on first contact."""

    async def choose_language(self, chat: int, language: Language | None) -> None:
        """The citizen wishes this language from now on; None: whichever they write in."""

    async def wish_plain(self, chat: int, plain: bool) -> None:
        """The citizen wishes Einfache Sprache, or no longer."""

    async def show_menu(self, chat: int, menu: str | None) -> None:
        """The numbered list that the citizen sees now, by at most 64 characters; None: none."""

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

    async def note_given(self, chat: int, entry: str, language: Language, digest: str, version: str) -> int:
        """Keep that a chat is given this answer; the id by which a button can name it."""

    async def given(self, chat: int, given_id: int) -> Given | None:
        """The answer of this id, if this chat was given it."""

    async def latest_given(self, chat: int) -> Given | None:
        """The answer that this chat was given last."""

    async def subscribe(self, chat: int, followed: Followed) -> int | None:
        """Keep that a chat wants to hear of the entry's next change: the id; None if it does already."""

    async def unsubscribe(self, chat: int, subscription: int | None = None) -> Sequence[Followed]:
        """Forget a subscription of this chat, or all; which there were, oldest first."""

    async def followed_since(self, chat: int, moment: datetime) -> int | None:
        """The newest subscription of this chat, if it was made at this moment or later."""

    async def open_ticket_of(self, chat: int, external_id: str) -> Ticket | None:
        """The ticket that a citizen's message opened or went into, while it waits for an answer."""

    async def waiting_ticket(self, chat: int) -> Ticket | None:
        """The ticket of the chat in which staff asked the citizen something last, if one waits for the answer."""

    async def choose(self, exchange_id: int, chosen: str) -> None:
        """Keep what the citizen picked from the suggestions."""

    async def rate(self, exchange_id: int, verdict: Verdict) -> None:
        """Keep whether the answer helped."""

    async def expect(self, exchange_id: int, awaited: Awaited | None) -> None:
        """Keep what the citizen's next words may be taken for."""

    async def reword(self, chat: int, external_id: str, change: Callable[[str], str]) -> None:
        """Put other words in place of what was asked in this message."""

    async def put_aside(self, exchange_id: int, chat: int, question: Mapping[str, Any], until: datetime) -> None:
        """Keep a question until the citizen has said how to pass it on."""

    async def undecided(self, chat: int, exchange_id: int | None = None) -> Undecided | None:
        """The question of this exchange that was put aside, or the newest of the chat."""

    async def decide(self, exchange_id: int) -> None:
        """The question is not put aside any more."""

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

    async def tickets_of(self, chat: int, limit: int) -> Sequence[Ticket]:
        """The newest tickets of the chat, newest first; none that was closed as abuse."""

    async def latest_ticket(self, chat: int) -> Ticket | None:
        """The newest ticket of the chat."""

    async def keep_ticket(self, ticket: Ticket) -> None:
        """Store the ticket's question, state and deadlines, who took it and whom it was handed over to."""

    async def count_mail(self, ticket: Ticket) -> int:
        """The number of the next mail about the ticket, from 0; it is counted by this."""

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

    async def correct(self, ticket: Ticket, external_id: str, text: str) -> bool:
        """Put other words in place of those of a citizen's message within the ticket; whether they opened it."""

    async def retract(self, ticket: Ticket, external_id: str) -> None:
        """Note that staff took back what they wrote in this mail or message, as an answer and as a proposal."""

    async def unanswered(self, limit: int) -> Sequence[Ticket]:
        """The newest tickets that nobody has answered yet, newest first."""

    async def note_alike(self, ticket: Ticket, others: Sequence[Ticket]) -> None:
        """Keep that staff are told that these tickets ask the same as this one."""

    async def alike(self, ticket: Ticket) -> Sequence[Ticket]:
        """The unanswered tickets of which staff were told that they ask the same as this one."""

    async def hold_back(
        self, code: str, source: str, external_id: str, *, ticket: str | None, reason: Held, sender: str, subject: str
    ) -> Hold:
        """Keep that a row of the inbox waits for a person's decision. The same row twice is one hold."""

    async def hold(self, code: str) -> Hold | None:
        """What is held under this code."""

    async def keep_hold(self, hold: Hold) -> None:
        """Store the decision about something held, and its ticket."""

    async def count_hold_mail(self, hold: Hold) -> int:
        """The number of the next mail about something held, from 0; it is counted by this."""

    async def received(self, source: str, external_id: str) -> bytes | None:
        """The payload of a row of the inbox."""

    async def take_in(self, source: str, external_id: str, payload: bytes) -> bool:
        """Keep something as received and done with, though it came another way; False if it was received already."""

    async def first_time(self, name: str) -> bool:
        """Whether this name, of at most 128 characters, was never noted before; now it is."""

    async def keep_file(self, ticket: Ticket, file: Attachment) -> int:
        """Store a file of a ticket; the id by which a delivery names it."""

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
        after: timedelta = NO_TIME,
    ) -> None:
        """Put something into the outbox, due `after` this time. The same key twice is one delivery.

        Where the channel has brakes, it waits there for its turn, unless it is sent `unbraked`.
        """

    async def sent_since(self, key: str, moment: datetime) -> bool:
        """Whether something whose key begins so was put into the outbox after this moment."""

    async def unsent(self, channel: str, conversation: str) -> Sent | None:
        """The newest delivery of a conversation, if nobody has begun to send it."""

    async def rewrite(self, delivery_id: int, payload: Mapping[str, Any]) -> None:
        """Put other contents in place of those of a delivery that nobody has begun to send."""

    async def mailed(self, ticket: Ticket) -> Sequence[str]:
        """The texts of all mails to staff about the ticket."""

    async def latest_relayed(self, ticket: Ticket) -> Sent | None:
        """The newest delivery that carries words of staff to the citizen, unless it was taken back or given up."""

    async def cancel(self, delivery_id: int) -> bool:
        """Take a delivery back that nobody has begun to send; False if it is too late for that."""

    async def retracted(self, delivery_id: int) -> None:
        """Note that a delivery is taken back from the citizen."""

    async def finished(self, delivery_id: int) -> None:
        """The delivery has arrived as a whole."""

    async def bury(self, delivery_id: int, reason: str) -> None:
        """Give a delivery up: it stays in the outbox as dead, with the reason."""

    async def dead_deliveries(self, ticket: Ticket) -> Sequence[int]:
        """The ids of the ticket's deliveries that were given up, oldest first."""

    async def revive(self, delivery_id: int) -> Mapping[str, Any] | None:
        """Make a delivery that was given up due again, with fresh attempts: its payload; None if it was not."""

    async def revive_received(self, inbox_id: int) -> bool:
        """Let a row of the inbox that was given up be handled again, with fresh attempts; False if it was not."""

    async def ticket_of_delivery(self, delivery_id: int) -> Ticket | None:
        """The ticket a delivery belongs to."""

    async def ticket_of_post(self, external_id: str) -> Ticket | None:
        """The ticket that a message of ours in the staff's group is about: a card, or what was said beside it."""

    async def hold_of_post(self, external_id: str) -> str | None:
        """The code of what is held, if the message of ours is about that."""

    async def ticket_of_topic(self, topic: str) -> Ticket | None:
        """The ticket whose topic this is."""

    async def keep_post(self, external_id: str, ticket: Ticket, digest: str | None = None) -> bool | None:
        """Note what a message in the group is about. `digest`: of what a person wrote in it.

        None if it was not known; otherwise whether it said the same before.
        """

    async def is_failing(self, channel: str) -> bool:
        """Whether tickets' deliveries on this channel are waiting after failed attempts."""

    @property
    def braked(self) -> Sequence[str | None]:
        """Why deliveries of this transaction have to wait: codes of tickets, None for too many in all."""

    @property
    def now(self) -> datetime:
        """The moment the transaction began, in UTC."""
