"""Letters to staff: what a mail about a ticket says. How it is sent is the mail channel's business."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from bot.desk.letter import Block, Kind
from bot.desk.nearest import nearest
from bot.desk.notices import Notices
from bot.desk.phrases import as_of
from bot.desk.ticket import Message, Reminded, Ticket
from bot.desk.transaction import Transaction
from bot.knowledge.entry import Entry, Language

# Who corrects a message often does so again: staff get the last word of it.
CORRECTING = timedelta(seconds=45)
# What was said longer ago stands in the thread's earlier mails.
HISTORY = 10
WORTH_A_NUMBER = 0.05  # a lower probability is told in words
_SPEAKERS = {
    "citizen": "staff_history_citizen",
    "staff": "staff_history_staff",
    "asking": "staff_history_asking",
    "retracted": "staff_history_retracted",
    "note": "staff_history_note",
}
_LANGUAGES = {Language.DE: "staff_language_de", Language.EN: "staff_language_en"}


class Letters(Notices):
    """Writes to staff about questions."""

    __slots__ = ()

    async def question(
        self,
        tx: Transaction,
        ticket: Ticket,
        reason: str,
        candidates: Sequence[tuple[str, float]],
        promise: str = "",
        alike: Sequence[Ticket] = (),
        enclosed: Sequence[int] = (),
    ) -> None:
        """A citizen asks something that nobody has answered yet.

        `promise`: what the citizen was told; `alike`: tickets that ask the same; `enclosed`: files that go along.
        """
        entries = tuple(self._entries(tx, candidates, ticket.language))
        blocks = [
            Block(Kind.LEAD, ticket.question, self._say("staff_question", when=self._when(tx.now))),
            Block(Kind.TEXT, reason),
            *self._previous(ticket),
            *self._alike(alike),
            *self._foreign(ticket),
            *self._due(ticket),
            *self._promise(promise),
            *self._how(),
            *entries,
            *self._commands("staff_commands_entries" if entries[-1].kind is Kind.ENTRY else None),
        ]
        subject = self._subject("staff_question_subject", ticket)
        await self._post(tx, ticket, subject, blocks, opens=True, enclosed=enclosed)

    async def follow_up(
        self,
        tx: Transaction,
        ticket: Ticket,
        text: str,
        history: Sequence[Message],
        promise: str = "",
        enclosed: Sequence[int] = (),
    ) -> None:
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
        await self._post(tx, ticket, self._subject("staff_followup_subject", ticket), blocks, enclosed=enclosed)

    async def enclosed_too(self, tx: Transaction, ticket: Ticket, ids: Sequence[int]) -> bool:
        """Let these files go along with the mail that waits for more of them; False if none does."""
        waiting = await tx.unsent("mail", f"{self.thread}:{ticket.id}")
        if waiting is None or "enclosed" not in waiting.payload:
            return False
        enclosed = self._enclosed([*waiting.payload["enclosed"]["ids"], *ids])
        await tx.rewrite(waiting.id, {**waiting.payload, "enclosed": enclosed})
        return True

    async def reminder(self, tx: Transaction, ticket: Ticket, asked: str, since: datetime) -> None:
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
        await self._post(
            tx, ticket, self._subject("staff_late_subject" if late else "staff_half_subject", ticket), blocks
        )

    async def edited(self, tx: Transaction, ticket: Ticket, text: str) -> None:
        """The citizen corrected a message that nobody has answered yet. Several corrections in a row are one letter."""
        blocks = [
            Block(Kind.LEAD, text, self._say("staff_edited", when=self._when(tx.now))),
            *self._foreign(ticket),
            *self._how(),
            *self._commands("staff_commands_entries_before"),
        ]
        subject = self._subject("staff_followup_subject", ticket)
        waiting = await tx.unsent("mail", f"edit:{ticket.id}")
        if waiting is None:
            await self._post(tx, ticket, subject, blocks, thread="edit", after=CORRECTING)
            return
        await tx.rewrite(waiting.id, self._payload(ticket.code, waiting.payload["serial"], subject, blocks))

    async def hand_over(
        self, tx: Transaction, ticket: Ticket, sender: str, words: str, history: Sequence[Message]
    ) -> None:
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
        await self._post(tx, ticket, self._subject("staff_question_subject", ticket), blocks)

    # -- pieces of letters ------------------------------------------------------------------------

    def _foreign(self, ticket: Ticket) -> Iterator[Block]:
        if ticket.language is not self.language:
            name = self._say(_LANGUAGES[ticket.language])
            yield Block(Kind.TEXT, self._say("staff_foreign", tongue=name))

    def _previous(self, ticket: Ticket) -> Iterator[Block]:
        if ticket.previous:
            yield Block(Kind.TEXT, self._say("staff_previous", ticket=ticket.previous))

    def _alike(self, tickets: Sequence[Ticket]) -> Iterator[Block]:
        if tickets:
            yield Block(Kind.TEXT, self._say("staff_alike"))
            for ticket in tickets:
                yield Block(Kind.QUOTE, ticket.question, ticket.code)

    def _due(self, ticket: Ticket) -> Iterator[Block]:
        if ticket.due_at is not None:
            yield Block(Kind.TEXT, self._say("staff_due", due=self._spoken(ticket.due_at)))

    def _claimed(self, ticket: Ticket) -> Iterator[Block]:
        if ticket.claimed_by is not None:
            yield Block(Kind.TEXT, self._say("staff_claimed", who=ticket.claimed_by))

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

    def _entries(self, tx: Transaction, candidates: Sequence[tuple[str, float]], language: Language) -> Iterator[Block]:
        """The nearest entries, in the words in which they would be sent to this citizen."""
        yield self._heading("staff_entries_title")
        entries = nearest(self.knowledge, candidates, tx.now.astimezone(self.zone).date())
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
