"""Talking back to the person of staff whose words came in: through the door they came by."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.desk.hold import Hold
from bot.desk.letters import Letters
from bot.desk.notices import Receipt
from bot.desk.staff import Cut, CutKind
from bot.desk.ticket import Message, Ticket
from bot.desk.transaction import Transaction


class Back(Protocol):
    """The way back to staff at one door. `sender`: as in the reply that came in there."""

    async def note(self, tx: Transaction, ticket: Ticket, sender: str, text: str, *, refused: bool = False) -> None:
        """A short word about a ticket. `refused`: with the list of commands."""

    async def receipt(self, tx: Transaction, ticket: Ticket, receipt: Receipt) -> None:
        """What the citizen saw of an answer."""

    async def undeliverable(self, tx: Transaction, ticket: Ticket, sender: str, words: str, reason: str) -> None:
        """An answer did not reach the citizen."""

    async def held(
        self, tx: Transaction, hold: Hold, sender: str, reason: str, *, said: Sequence[Message] = ()
    ) -> None:
        """Something was kept back; `sender` decides. `said`: the answer that was quicker."""

    async def hold_note(self, tx: Transaction, hold: Hold, sender: str, text: str, *, refused: bool = True) -> None:
        """A word about something held. `refused`: with how to decide."""


@dataclass(frozen=True, slots=True)
class MailBack:
    """By mail. `every_receipt`: also where all of a reply arrived, and nothing but quotes was left out."""

    letters: Letters
    every_receipt: bool = True

    async def note(self, tx: Transaction, ticket: Ticket, sender: str, text: str, *, refused: bool = False) -> None:
        """A short word about a ticket. `refused`: with the list of commands."""
        await self._thread(ticket, sender).note(tx, ticket, text, refused=refused)

    async def receipt(self, tx: Transaction, ticket: Ticket, receipt: Receipt) -> None:
        """What the citizen saw of an answer."""
        news = [cut for cut in receipt.cut if await _is_news(tx, receipt.sender, cut)]
        if self.every_receipt or news:
            await self._thread(ticket, receipt.sender).receipt(tx, ticket, receipt)

    async def undeliverable(self, tx: Transaction, ticket: Ticket, sender: str, words: str, reason: str) -> None:
        """An answer did not reach the citizen."""
        await self._thread(ticket, sender).undeliverable(tx, ticket, words, reason)

    async def held(
        self, tx: Transaction, hold: Hold, sender: str, reason: str, *, said: Sequence[Message] = ()
    ) -> None:
        """Something was kept back; `sender` decides. `said`: the answer that was quicker."""
        await self._author(sender).held(tx, hold, reason, said=said)

    async def hold_note(self, tx: Transaction, hold: Hold, sender: str, text: str, *, refused: bool = True) -> None:
        """A word about something held. `refused`: with how to decide."""
        await self._author(sender).hold_note(tx, hold, text, refused=refused)

    def _thread(self, ticket: Ticket, sender: str) -> Letters:
        # A colleague who was handed the ticket does not read the queue; everybody else does.
        return self.letters.to(sender) if sender == ticket.handed_to else self.letters

    def _author(self, sender: str) -> Letters:
        return self.letters.to(sender) if "@" in sender else self.letters


async def _is_news(tx: Transaction, sender: str, cut: Cut) -> bool:
    """Whether a clerk should hear of what was cut: a signature once, a file always, a quote never."""
    if cut.kind in (CutKind.QUOTE, CutKind.ATTACHMENT):
        return cut.kind is CutKind.ATTACHMENT
    digest = hashlib.sha256(f"{sender}\n{cut.text}".encode()).hexdigest()
    return await tx.first_time(f"cut:{digest}")
