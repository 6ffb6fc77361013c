"""Handing a question over to people: a new ticket, or one more message in a ticket that is under way."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.desk.asides import Opening
from bot.desk.codes import Codes
from bot.desk.letters import Letters
from bot.desk.phrases import Phrases
from bot.desk.promise import Promises
from bot.desk.reactions import NONE, Reactions, Step
from bot.desk.sensitive import masked_from, told
from bot.desk.ticket import UNANSWERED, Author, Ticket, TicketState
from bot.desk.transaction import Chat, Transaction
from bot.knowledge.entry import Language

log = structlog.get_logger()

# How long after the team's last answer a question that nobody else can answer still belongs to the same ticket.
FOLLOW_UP_TIME = timedelta(days=14)
# How long before a question a picture may have come that belongs to it.
GATHERED = timedelta(minutes=10)
# How long a citizen has to say how a message with personal data goes to staff.
DECIDE_WITHIN = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Question:
    """What is handed over. `reason` is for clerks; `parts`: the sentences meant, where the rest was answered.

    `opening`: how the citizen is told.
    """

    exchange: int
    text: str
    language: Language
    reason: str
    scores: Sequence[tuple[str, float]]
    parts: tuple[str, ...] = ()
    opening: Opening = Opening.UNKNOWN


# Whether the first text asks the same as each of the others.
Alike = Callable[[str, Sequence[str]], Sequence[bool]]
LOOKED_AT = 200  # so many of the newest unanswered tickets are compared with a new one
LISTED = 10


def _unlike(_text: str, others: Sequence[str]) -> Sequence[bool]:
    return [False] * len(others)


@dataclass(frozen=True, slots=True)
class Handover:
    """Opens tickets and adds to them. `promises`: until when an answer can be expected; None: that is not said."""

    phrases: Phrases
    letters: Letters
    codes: Codes
    alike: Alike = _unlike
    promises: Promises | None = None
    reactions: Reactions = NONE

    async def forward(self, tx: Transaction, chat: Chat, question: Question, previous: Ticket | None = None) -> None:
        """The question goes to the team; before, the citizen is asked about personal data in it.

        `previous`: an older ticket that it goes on from.
        """
        kinds = told(question.text)
        if not kinds or await self._is_there(tx, chat, question):
            await self.pass_on(tx, chat, question, previous)
            return
        code = None if previous is None else previous.code
        aside = asdict(question) | {"previous": code}
        await tx.put_aside(question.exchange, chat.id, aside, tx.now + DECIDE_WITHIN)
        labels = self.phrases.consents(question.language)
        buttons = [[{"text": label, "data": f"c:{question.exchange}:{n}"}] for n, label in enumerate(labels, start=1)]
        words = self.phrases.consent(kinds, question.text, question.language, question.opening)
        await self.say(tx, chat, f"consent:{question.exchange}", words, buttons=buttons)

    async def _is_there(self, tx: Transaction, chat: Chat, question: Question) -> bool:
        """Whether the team has just this question already."""
        latest = await tx.latest_ticket(chat.id)
        return latest is not None and latest.state in UNANSWERED and latest.question == question.text

    async def pass_on(self, tx: Transaction, chat: Chat, question: Question, previous: Ticket | None = None) -> None:
        """The question goes to the team as it is: into the ticket it belongs to, or into a new one."""
        latest = await tx.latest_ticket(chat.id)
        if latest is not None and latest.state in UNANSWERED and latest.question == question.text:
            await tx.link(question.exchange, latest)
            await self.enclose(tx, chat, latest, f"exchange:{question.exchange}", silent=True)
            words = self.phrases.already_forwarded(latest.code, question.language, await self.due(tx, latest))
            await self.say(tx, chat, f"forwarded:{question.exchange}", words, ticket=latest)
        elif latest is not None and is_conversing(latest, tx):
            await self.follow_up(tx, chat, question.exchange, latest, question.text)
        else:
            await self._open(tx, chat, question, previous)

    async def _open(self, tx: Transaction, chat: Chat, question: Question, previous: Ticket | None) -> None:
        code, named = await self.codes.fresh(tx), None if previous is None else previous.code
        ticket = await tx.open_ticket(code, chat.id, question.text, question.language, named)
        ticket = await self._promised(tx, ticket)
        await tx.link(question.exchange, ticket)
        await tx.add_message(ticket, Author.CITIZEN, question.text, f"exchange:{question.exchange}")
        await self.reactions.show(tx, ticket, Step.RECEIVED)
        delayed = await tx.is_failing("mail")
        words = self.phrases.forwarded(
            code,
            question.language,
            delayed=delayed,
            parts=question.parts,
            previous=named,
            due=await self.due(tx, ticket),
            opening=question.opening,
        )
        same = await self._same(tx, ticket)
        await tx.note_alike(ticket, same)
        enclosed = await tx.enclose(chat.id, ticket, GATHERED, question.exchange)
        words = self._with_files(words, question.language, enclosed)
        await self.letters.question(
            tx, ticket, question.reason, question.scores, promise=words, alike=same, enclosed=enclosed
        )
        buttons = [[{"text": self.phrases.withdraw(question.language), "data": f"w:{code}"}]]
        await self.say(tx, chat, f"forwarded:{question.exchange}", words, buttons=buttons, ticket=ticket)

    async def _same(self, tx: Transaction, ticket: Ticket) -> Sequence[Ticket]:
        """The unanswered tickets of other people that ask the same."""
        others = [one for one in await tx.unanswered(LOOKED_AT) if one.chat != ticket.chat]
        try:
            verdicts = self.alike(ticket.question, [other.question for other in others]) if others else ()
        except Exception as error:  # noqa: BLE001 -- it is a help for staff: no question may be lost for it
            log.error("handover.alike_failed", error=type(error).__name__)
            return ()
        return [other for other, same in zip(others, verdicts, strict=True) if same][:LISTED]

    async def follow_up(self, tx: Transaction, chat: Chat, exchange: int, ticket: Ticket, text: str) -> None:
        """The citizen adds something to a ticket; it waits for the team again."""
        history = await tx.messages(ticket)
        await tx.link(exchange, ticket)
        waiting = await self._promised(tx, ticket.reopened(tx.now))
        await tx.add_message(waiting, Author.CITIZEN, text, f"exchange:{exchange}")
        words = self.phrases.followed_up(ticket.code, ticket.language, await self.due(tx, waiting))
        enclosed = await tx.enclose(chat.id, ticket, GATHERED, exchange)
        words = self._with_files(words, ticket.language, enclosed)
        await self.letters.follow_up(tx, waiting, text, history, promise=words, enclosed=enclosed)
        await self.say(tx, chat, f"followup:{exchange}", words, ticket=waiting)

    async def enclose(self, tx: Transaction, chat: Chat, ticket: Ticket, external_id: str, *, silent: bool) -> None:
        """What came without words goes along with the ticket. `silent`: the citizen reads about it otherwise."""
        enclosed = await tx.enclose(chat.id, ticket, GATHERED)
        if not enclosed or await self.letters.enclosed_too(tx, ticket, enclosed):
            return
        history = await tx.messages(ticket)
        waiting = await self._promised(tx, ticket.reopened(tx.now))
        text = self.phrases.reason("file_wordless")
        await tx.add_message(waiting, Author.CITIZEN, text, f"file:{external_id}")
        words = self.phrases.followed_up(ticket.code, ticket.language, await self.due(tx, waiting))
        await self.letters.follow_up(tx, waiting, text, history, promise=words, enclosed=enclosed)
        if not silent:
            await self.say(tx, chat, f"file:{ticket.code}:{external_id}:{tx.now.timestamp()}", words, ticket=waiting)

    def _with_files(self, words: str, language: Language, enclosed: Sequence[int]) -> str:
        return f"{self.phrases.file_enclosed(language)}\n\n{words}" if enclosed else words

    async def _promised(self, tx: Transaction, ticket: Ticket) -> Ticket:
        """The ticket, stored, with a moment until when staff are to answer it."""
        promised = ticket if self.promises is None else self.promises.given(ticket, tx.now)
        await tx.keep_ticket(promised)
        return promised

    async def due(self, tx: Transaction, ticket: Ticket) -> datetime | None:
        """Until when an answer can be expected, by the team's clock; None once that is over, or while mail is stuck."""
        if ticket.due_at is None or ticket.due_at <= tx.now or await tx.is_failing("mail"):
            return None
        return ticket.due_at.astimezone(self.letters.zone)

    async def correct(self, tx: Transaction, chat: Chat, ticket: Ticket, external_id: str, text: str) -> None:
        """The citizen changed the words of a message that waits for an answer; staff are told once.

        Personal data that staff have not been shown before are masked.
        """
        text = masked_from(text, ticket.question)
        if await tx.correct(ticket, external_id, text):
            ticket = replace(ticket, question=text)
            await tx.keep_ticket(ticket)
        await self.letters.edited(tx, ticket, text)
        words = self.phrases.corrected(ticket.code, ticket.language)
        await self.say(tx, chat, f"corrected:{ticket.code}:{tx.now.timestamp()}", words, ticket=ticket)

    async def withdraw(self, tx: Transaction, chat: Chat, ticket: Ticket, key: str) -> bool:
        """The citizen needs no answer any more: staff are told. False if the ticket has been answered or ended."""
        if ticket.state not in UNANSWERED:
            return False
        gone = replace(ticket.moved(TicketState.WITHDRAWN, tx.now), claimed_by=None)
        await tx.keep_ticket(gone)
        await self.letters.withdrawn(tx, gone)
        await self.reactions.show(tx, gone, Step.GONE)
        await self.say(tx, chat, key, self.phrases.withdrawn(ticket.code, chat.language), ticket=gone)
        return True

    async def say(
        self,
        tx: Transaction,
        chat: Chat,
        key: str,
        text: str,
        *,
        buttons: Sequence[Sequence[Mapping[str, str]]] = (),
        ticket: Ticket | None = None,
        edit: str | None = None,
    ) -> None:
        """Put a message to the citizen into the outbox; the first one ever says that this is a machine.

        `edit`: the message in whose place it is to stand, if that is still there.
        """
        if chat.is_new and not key.startswith("command:"):
            text = f"{text}\n\n{self.phrases.first_notice(chat.language)}"
        payload: dict[str, Any] = {"kind": "text", "text": text}
        if edit is not None:
            payload |= {"kind": "edit", "message": edit}
        if buttons:
            payload["buttons"] = buttons
        await tx.send(chat.channel, f"chat:{chat.id}", key, payload, chat=chat.id, ticket=ticket)


def is_conversing(ticket: Ticket, tx: Transaction) -> bool:
    """Whether the team's answer is the latest word of the ticket, and recent."""
    return ticket.state is TicketState.ANSWERED and is_recent(ticket, tx)


def is_recent(ticket: Ticket, tx: Transaction) -> bool:
    """Whether the last step in the ticket was taken so lately that what the citizen says next may belong to it."""
    return tx.now - ticket.changed_at < FOLLOW_UP_TIME
