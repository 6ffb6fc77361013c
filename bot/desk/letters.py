"""Letters to staff: what a mail about a ticket says. How it is sent is the mail channel's business."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.desk.letter import Block, Kind, as_text, packed
from bot.desk.nearest import nearest
from bot.desk.phrases import as_of, spoken
from bot.desk.ticket import Message, Reminded, Ticket
from bot.desk.transaction import Transaction
from bot.knowledge.entry import Entry, KnowledgeBase, Language

SUBJECT_WORDS = 60
# What was said longer ago stands in the thread's earlier mails.
HISTORY = 10
WORTH_A_NUMBER = 0.05  # a lower probability is told in words
_SPEAKERS = {
    "citizen": "staff_history_citizen",
    "staff": "staff_history_staff",
    "asking": "staff_history_asking",
    "note": "staff_history_note",
}
_LANGUAGES = {Language.DE: "staff_language_de", Language.EN: "staff_language_en"}


@dataclass(frozen=True, slots=True)
class Letters:
    """Writes to staff in their language. `address`: the staff queue; `zone`: the local time clerks live in.

    `thread`: what nothing may overtake; mail to somebody else has its own, so that a bad address holds up no other.
    """

    knowledge: KnowledgeBase
    address: str
    zone: ZoneInfo
    language: Language = Language.DE
    thread: str = "ticket"

    async def question(
        self,
        tx: Transaction,
        ticket: Ticket,
        reason: str,
        candidates: Sequence[tuple[str, float]],
        promise: str = "",
    ) -> Ticket:
        """A citizen asks something that nobody has answered yet. The ticket with this mail counted.

        `promise`: what the citizen was told.
        """
        entries = tuple(self._entries(candidates, ticket.language))
        blocks = [
            Block(Kind.LEAD, ticket.question, self._say("staff_question", when=self._when(tx.now))),
            Block(Kind.TEXT, reason),
            *self._foreign(ticket),
            *self._due(ticket),
            *self._promise(promise),
            *self._how(),
            *entries,
            *self._commands("staff_commands_entries" if entries[-1].kind is Kind.ENTRY else None),
        ]
        return await self._post(tx, ticket, self._subject("staff_question_subject", ticket), blocks)

    async def follow_up(
        self, tx: Transaction, ticket: Ticket, text: str, history: Sequence[Message], promise: str = ""
    ) -> Ticket:
        """The citizen added something to a ticket."""
        blocks = [
            Block(Kind.LEAD, text, self._say("staff_followup", when=self._when(tx.now))),
            *self._foreign(ticket),
            *self._due(ticket),
            *self._history(history),
            *self._promise(promise),
            *self._how(),
            *self._commands("staff_commands_entries_before"),
        ]
        return await self._post(tx, ticket, self._subject("staff_followup_subject", ticket), blocks)

    async def reminder(self, tx: Transaction, ticket: Ticket, asked: str, since: datetime) -> Ticket:
        """Nobody has answered what the citizen `asked`, and half of the time is over, or (from LATE on) all of it."""
        late = ticket.reminded >= Reminded.LATE
        told = self._say("staff_late" if late else "staff_half", due=self._spoken(ticket.due_at or tx.now))
        blocks = [
            Block(Kind.ALERT if late else Kind.TEXT, told),
            Block(Kind.LEAD, asked, self._say("staff_question", when=self._when(since))),
            *self._claimed(ticket),
            *self._foreign(ticket),
            *self._how(),
            *self._commands("staff_commands_entries_before"),
        ]
        return await self._post(
            tx, ticket, self._subject("staff_late_subject" if late else "staff_half_subject", ticket), blocks
        )

    async def undeliverable(self, tx: Transaction, ticket: Ticket, text: str, reason: str) -> Ticket:
        """What staff wrote did not reach the citizen."""
        blocks = [
            Block(Kind.ALERT, self._say("staff_undeliverable", ticket=ticket.code)),
            Block(Kind.TEXT, reason),
            Block(Kind.QUOTE, text, self._say("staff_undeliverable_text")),
            Block(Kind.QUOTE, ticket.question, self._say("staff_undeliverable_question")),
        ]
        return await self._post(tx, ticket, self._subject("staff_undeliverable_subject", ticket), blocks)

    async def held(self, tx: Transaction, external_id: str, sender: str, subject: str, reason: str) -> None:
        """A mail was kept back; a person should look at it. It belongs to no ticket's thread."""
        blocks = [
            Block(Kind.ALERT, self._say("staff_held")),
            Block(Kind.ROW, reason, self._say("staff_held_reason")),
            Block(Kind.ROW, sender, self._say("staff_held_sender")),
            Block(Kind.ROW, subject, self._say("staff_held_about")),
            Block(Kind.TEXT, self._say("staff_held_how")),
        ]
        payload = {
            "to": self.address,
            "ticket": None,
            "serial": 0,
            "subject": self._say("staff_held_subject"),
            "text": as_text(blocks),
            "letter": packed(blocks),
        }
        # Each notice stands for itself: one that is refused must not hold up the others.
        digest = hashlib.sha256(external_id.encode()).hexdigest()[:32]
        await tx.send("mail", f"notice:{digest}", f"held:{external_id}", payload)

    async def _post(self, tx: Transaction, ticket: Ticket, subject: str, blocks: Sequence[Block]) -> Ticket:
        payload = {
            "to": self.address,
            "ticket": ticket.code,
            "serial": ticket.mails,
            "subject": subject,
            "text": as_text(blocks),
            "letter": packed(blocks),
        }
        await tx.send(
            "mail", f"{self.thread}:{ticket.id}", f"mail:{ticket.code}:{ticket.mails}", payload, ticket=ticket
        )
        counted = ticket.mailed()
        await tx.keep_ticket(counted)
        return counted

    def _subject(self, key: str, ticket: Ticket) -> str:
        return self._say(key, question=shortened(ticket.question, SUBJECT_WORDS))

    # -- pieces of letters ------------------------------------------------------------------------

    def _heading(self, key: str) -> Block:
        return Block(Kind.HEADING, self._say(key))

    def _foreign(self, ticket: Ticket) -> Iterator[Block]:
        if ticket.language is not self.language:
            name = self._say(_LANGUAGES[ticket.language])
            yield Block(Kind.TEXT, self._say("staff_foreign", tongue=name))

    def _due(self, ticket: Ticket) -> Iterator[Block]:
        if ticket.due_at is not None:
            yield Block(Kind.TEXT, self._say("staff_due", due=self._spoken(ticket.due_at)))

    def _claimed(self, ticket: Ticket) -> Iterator[Block]:
        if ticket.claimed_by is not None:
            yield Block(Kind.TEXT, self._say("staff_claimed", name=ticket.claimed_by))

    def _promise(self, promise: str) -> Iterator[Block]:
        if promise:
            yield self._heading("staff_promise_title")
            yield Block(Kind.QUOTE, promise)

    def _how(self) -> Iterator[Block]:
        yield self._heading("staff_how_title")
        yield Block(Kind.TEXT, self._say("staff_how"))

    def _history(self, history: Sequence[Message]) -> Iterator[Block]:
        yield self._heading("staff_history_title")
        if len(history) > HISTORY:
            yield Block(Kind.TEXT, self._say("staff_history_earlier", count=len(history) - HISTORY))
        for message in history[-HISTORY:]:
            yield Block(Kind.QUOTE, message.text, self._say(_SPEAKERS[message.author], when=self._when(message.at)))

    def _entries(self, candidates: Sequence[tuple[str, float]], language: Language) -> Iterator[Block]:
        """The nearest entries, in the words in which they would be sent to this citizen."""
        yield self._heading("staff_entries_title")
        entries = nearest(self.knowledge, candidates)
        if not entries:
            yield Block(Kind.TEXT, self._say("staff_entries_none"))
        for one in entries:
            yield self._entry(one.number, one.entry, one.score, language)

    def _entry(self, number: int, entry: Entry, score: float, language: Language) -> Block:
        return Block(
            Kind.ENTRY,
            entry.text(language).answer.strip(),
            title=self._say("staff_entry", number=number, question=entry.text(language).question),
            note=self._say(
                "staff_entry_note" if score >= WORTH_A_NUMBER else "staff_entry_note_unlikely",
                score=round(score * 100),
                as_of=as_of(self.knowledge, entry, self.language),
            ),
            action=self._say("staff_entry_action", number=number),
        )

    def _commands(self, entries: str | None) -> Iterator[Block]:
        """The short commands, one in each line of their wording; `entries`: the key of those that send entries."""
        yield self._heading("staff_commands_title")
        for line in (line for key in (entries, "staff_commands") if key for line in self._say(key).splitlines()):
            command, _, meaning = line.partition(": ")
            yield Block(Kind.ROW, meaning, command)

    def _when(self, moment: datetime) -> str:
        local = moment.astimezone(self.zone)
        return self._say(
            "when",
            day=f"{local.day:02}",
            month=f"{local.month:02}",
            year=local.year,
            hour=f"{local.hour:02}",
            minute=f"{local.minute:02}",
        )

    def _spoken(self, moment: datetime) -> str:
        return spoken(self.knowledge, moment.astimezone(self.zone), self.language)

    def _say(self, key: str, **values: object) -> str:
        return self.knowledge.say(key, self.language, **values)

    # -- answers to commands ----------------------------------------------------------------------

    async def note(self, tx: Transaction, ticket: Ticket, text: str, *, refused: bool = False) -> Ticket:
        """A short word to staff in the ticket's thread. `refused`: with the list of commands."""
        blocks = [Block(Kind.ALERT if refused else Kind.TEXT, text)]
        if refused:
            blocks += [Block(Kind.TEXT, self._say("command_refused")), *self._commands("staff_commands_entries_before")]
        return await self._post(tx, ticket, self._subject("staff_followup_subject", ticket), blocks)

    async def hand_over(
        self, tx: Transaction, ticket: Ticket, sender: str, words: str, history: Sequence[Message]
    ) -> Ticket:
        """A ticket comes to a colleague who has seen nothing of it yet. `sender` hands it over with these words."""
        about = [Block(Kind.QUOTE, words, sender)] if words else []
        blocks = [
            Block(Kind.LEAD, ticket.question, self._say("command_handover", sender=sender)),
            *about,
            *self._foreign(ticket),
            *self._due(ticket),
            *self._history(history),
            *self._how(),
            *self._commands(None),
        ]
        return await self._post(tx, ticket, self._subject("staff_question_subject", ticket), blocks)

    async def braked(self, tx: Transaction, ticket: str | None) -> None:
        """Mails wait since there were too many, about this ticket or in all: told once an hour, past the brakes."""
        text = self._say("brake_ticket", ticket=ticket) if ticket else self._say("brake_all")
        blocks = [Block(Kind.ALERT, text), Block(Kind.TEXT, self._say("brake_how"))]
        key = f"brake:{ticket or 'all'}:{tx.now:%Y-%m-%dT%H}"
        payload = {
            "to": self.address,
            "ticket": None,
            "serial": 0,
            "subject": self._say("brake_subject"),
            "text": as_text(blocks),
            "letter": packed(blocks),
        }
        await tx.send("mail", f"notice:{key}", key, payload, unbraked=True)


def shortened(text: str, length: int) -> str:
    """The first words of a text on one line, at most `length` characters and an ellipsis."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    return line[: length + 1].rsplit(" ", 1)[0][:length].rstrip(" ,;:") + " …"
