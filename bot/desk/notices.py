"""Short words to staff: what became of what they wrote, and what a citizen did beside asking."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from bot.desk.cuts import worth_reading
from bot.desk.hold import Hold
from bot.desk.letter import Block, Kind
from bot.desk.staff import Cut, Held
from bot.desk.ticket import UNANSWERED, Message, Ticket
from bot.desk.transaction import Transaction
from bot.desk.writing import SUBJECT_WORDS, Writing, shortened

# Reading these again would change nothing: whoever wrote them has to write anew.
HOPELESS = frozenset({Held.NOTHING_LEFT, Held.UNREADABLE})


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of an answer. `sender`: who of staff gave it; `shown`: what the citizen reads now, part by part.

    `retractable`: until when it can be taken back; `taught`: editors get it as a proposal, too.
    """

    sender: str
    shown: Sequence[str]
    at: datetime
    cut: Sequence[Cut]
    retractable: datetime
    taught: bool = False


class Notices(Writing):
    """Writes single facts to staff, each in the thread of what it is about."""

    __slots__ = ()

    async def note(self, tx: Transaction, ticket: Ticket, text: str, *, refused: bool = False) -> None:
        """A short word to staff in the ticket's thread. `refused`: with the list of commands."""
        blocks = [Block(Kind.ALERT if refused else Kind.TEXT, text)]
        if refused:
            blocks += [Block(Kind.TEXT, self._say("command_refused")), *self._commands("staff_commands_entries_before")]
        await self._post(tx, ticket, self._subject("staff_followup_subject", ticket), blocks)

    async def receipt(self, tx: Transaction, ticket: Ticket, receipt: Receipt) -> None:
        """What the citizen saw, when, and what of the clerk's mail was left out."""
        line = self._say("staff_receipt", when=self._when(receipt.at), sender=receipt.sender)
        blocks = [Block(Kind.TEXT, line), *(Block(Kind.QUOTE, part) for part in receipt.shown)]
        if receipt.cut:
            blocks.append(Block(Kind.HEADING, self._say("staff_receipt_cut")))
            ours = await tx.mailed(ticket)
            blocks += [Block(Kind.ROW, self._cut(cut, ours), self._say(f"staff_cut_{cut.kind}")) for cut in receipt.cut]
        if receipt.taught:
            blocks.append(Block(Kind.TEXT, self._say("staff_receipt_taught")))
        blocks.append(Block(Kind.TEXT, self._say("staff_receipt_back", when=self._when(receipt.retractable))))
        await self._post(tx, ticket, self._subject("staff_followup_subject", ticket), blocks, thread="receipt")

    def _cut(self, cut: Cut, ours: Sequence[str]) -> str:
        return worth_reading(cut, ours) or self._say("staff_cut_lines", count=len(cut.text.splitlines()))

    async def undeliverable(self, tx: Transaction, ticket: Ticket, text: str, reason: str) -> None:
        """What staff wrote did not reach the citizen."""
        blocks = [
            Block(Kind.ALERT, self._say("staff_undeliverable", ticket=ticket.code)),
            Block(Kind.TEXT, reason),
            Block(Kind.QUOTE, text, self._say("staff_undeliverable_text")),
            Block(Kind.QUOTE, ticket.question, self._say("staff_undeliverable_question")),
        ]
        await self._post(tx, ticket, self._subject("staff_undeliverable_subject", ticket), blocks)

    async def withdrawn(self, tx: Transaction, ticket: Ticket) -> None:
        """The citizen needs no answer any more."""
        blocks = [
            Block(Kind.ALERT, self._say("staff_withdrawn", when=self._when(tx.now))),
            Block(Kind.QUOTE, ticket.question, self._say("staff_undeliverable_question")),
        ]
        await self._post(tx, ticket, self._subject("staff_withdrawn_subject", ticket), blocks)

    async def erase(self, tx: Transaction, tickets: Sequence[Ticket]) -> None:
        """The citizen had these tickets erased: staff are to delete what they have of them. `tickets`: as they were."""
        codes = ", ".join(ticket.code for ticket in tickets)
        still = ", ".join(ticket.code for ticket in tickets if ticket.state in UNANSWERED)
        blocks = [Block(Kind.ALERT, self._say("staff_erase", tickets=codes))]
        if still:
            blocks.append(Block(Kind.TEXT, self._say("staff_erase_open", tickets=still)))
        # In nobody's thread, and past the brakes: the law waits for no mail.
        key = f"erase:{tickets[0].code}:{self.address}"
        payload = self._payload(
            None, 0, self._say("staff_erase_subject", tickets=shortened(codes, SUBJECT_WORDS)), blocks
        )
        await tx.send("mail", f"notice:{key}"[:64], key, payload, unbraked=True)

    # -- about what is held -----------------------------------------------------------------------

    async def held(self, tx: Transaction, hold: Hold, reason: str, *, said: Sequence[Message] = ()) -> None:
        """Something of staff's was kept back; a person should decide. `said`: the answer that was quicker."""
        blocks = [
            Block(Kind.ALERT, self._say("staff_held")),
            Block(Kind.ROW, reason, self._say("staff_held_reason")),
            Block(Kind.ROW, hold.sender, self._say("staff_held_sender")),
            Block(Kind.ROW, hold.subject, self._say("staff_held_about")),
            *(Block(Kind.QUOTE, one.text, self._say("staff_held_said", when=self._when(one.at))) for one in said),
            *self._decision(hold),
        ]
        await self._post_about(tx, hold, self._say("staff_held_subject"), blocks)

    async def hold_note(self, tx: Transaction, hold: Hold, text: str, *, refused: bool = True) -> None:
        """A word to staff in the thread of something held. `refused`: with how to decide."""
        blocks = [Block(Kind.ALERT if refused else Kind.TEXT, text)]
        await self._post_about(
            tx, hold, self._say("staff_held_subject"), blocks + (self._decision(hold) if refused else [])
        )

    def _decision(self, hold: Hold) -> list[Block]:
        if hold.reason in HOPELESS:
            return [Block(Kind.TEXT, self._say("staff_held_how"))]
        key = "staff_held_release" if hold.ticket else "staff_held_release_named"
        rows = [line.partition(": ") for line in self._say(key).splitlines()]
        return [Block(Kind.HEADING, self._say("staff_held_decide")), *(Block(Kind.ROW, c, a) for a, _, c in rows)]

    async def _post_about(self, tx: Transaction, hold: Hold, subject: str, blocks: Sequence[Block]) -> None:
        ticket = await tx.ticket(hold.ticket) if hold.ticket else None
        serial = await tx.count_hold_mail(hold)
        payload = self._payload(hold.code, serial, subject, blocks)
        # Each notice about no ticket stands for itself: one that is refused must not hold up the others.
        conversation = f"hold:{hold.id}" if ticket is None else f"held:{ticket.id}"
        await tx.send("mail", conversation, f"mail:{hold.code}:{serial}", payload, ticket=ticket)

    async def braked(self, tx: Transaction, ticket: str | None) -> None:
        """Mails wait since there were too many, about this ticket or in all: told once an hour, past the brakes."""
        text = self._say("brake_ticket", ticket=ticket) if ticket else self._say("brake_all")
        blocks = [Block(Kind.ALERT, text), Block(Kind.TEXT, self._say("brake_how"))]
        key = f"brake:{ticket or 'all'}:{tx.now:%Y-%m-%dT%H}"
        payload = self._payload(None, 0, self._say("brake_subject"), blocks)
        await tx.send("mail", f"notice:{key}", key, payload, unbraked=True)

    def to(self, address: str) -> Self:
        """The same, for somebody else than the queue."""
        return replace(self, address=address, thread="colleague")
