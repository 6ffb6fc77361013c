"""Talking back to staff in their group: below their message, or below the ticket's card."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from bot.desk.commands import Name
from bot.desk.group import DOOR
from bot.desk.hold import Hold, HoldState
from bot.desk.letters import Letters
from bot.desk.notices import Receipt
from bot.desk.ticket import Message, Ticket
from bot.desk.transaction import Transaction
from bot.knowledge.entry import KnowledgeBase, Language

Rows = Sequence[Sequence[Mapping[str, str]]]


@dataclass(frozen=True, slots=True)
class GroupNotes:
    """Short words to staff in their group, each about one ticket. `below`: the message that is answered, if any."""

    knowledge: KnowledgeBase
    language: Language = Language.DE
    below: str | None = None

    async def post(
        self, tx: Transaction, ticket: Ticket, text: str, *, key: str | None = None, about: str = "", buttons: Rows = ()
    ) -> None:
        """Say it. The same `key` twice is said once; `about`: the code of what is held, if the words are about that."""
        digest = hashlib.sha256(f"{self.below} {tx.now.timestamp()} {text}".encode()).hexdigest()[:32]
        payload = {
            "kind": "note",
            "ticket": ticket.id,
            "text": self.say("group_note", ticket=ticket.code, text=text),
            "reply_to": self.below,
            "buttons": buttons,
        }
        conversation = f"{DOOR}:{ticket.id}:{about}"
        await tx.send(DOOR, conversation, f"{DOOR}:{ticket.id}:{key or digest}", payload, ticket=ticket)

    def sender(self, name: str) -> str:
        """What a person of the group is called elsewhere."""
        return self.say("group_sender", name=name or self.say("group_nameless"))

    def say(self, key: str, **values: object) -> str:
        """A wording in the language of staff."""
        return self.knowledge.say(key, self.language, **values)


@dataclass(frozen=True, slots=True)
class GroupBack:
    """The way back to staff in their group. `letters`: for what the queue must know as well."""

    notes: GroupNotes
    letters: Letters

    def answering(self, message: str | None) -> Self:
        """The same, below this message."""
        return replace(self, notes=replace(self.notes, below=message))

    async def note(self, tx: Transaction, ticket: Ticket, sender: str, text: str, *, refused: bool = False) -> None:
        """A short word about a ticket. `refused`: with the commands."""
        words = (text, self.notes.say("group_refused")) if refused else (text,)
        await self.notes.post(tx, ticket, "\n\n".join(words))

    async def receipt(self, tx: Transaction, ticket: Ticket, receipt: Receipt) -> None:
        """Nothing: the card shows what the citizen saw, and files or quotes are none."""

    async def undeliverable(self, tx: Transaction, ticket: Ticket, sender: str, words: str, reason: str) -> None:
        """An answer did not reach the citizen: the board says so in the group, the letter says more to the queue."""
        await self.letters.undeliverable(tx, ticket, words, reason)

    async def held(
        self, tx: Transaction, hold: Hold, sender: str, reason: str, *, said: Sequence[Message] = ()
    ) -> None:
        """Something was kept back; whoever wrote it decides by a button."""
        quicker = [one.text for one in said]
        await self._about(tx, hold, "\n\n".join((reason, *quicker, self.notes.say("group_held"))), self._decision(hold))

    async def hold_note(self, tx: Transaction, hold: Hold, sender: str, text: str, *, refused: bool = True) -> None:
        """A word about something held. `refused`: with how to decide, while that is open."""
        is_open = refused and hold.state is HoldState.HELD
        await self._about(tx, hold, text, self._decision(hold) if is_open else ())

    def _decision(self, hold: Hold) -> Rows:
        choices = (("group_send", Name.SEND), ("group_drop", Name.DROP))
        return [[{"text": self.notes.say(key), "data": f"{hold.code}:{name}"} for key, name in choices]]

    async def _about(self, tx: Transaction, hold: Hold, text: str, buttons: Rows) -> None:
        ticket = await tx.ticket(hold.ticket or "")
        if ticket is None:
            # Held at the other door, and about no ticket: there is no card below which it could be said.
            await self.letters.hold_note(tx, hold, text)
        else:
            await self.notes.post(tx, ticket, text, about=hold.code, buttons=buttons)
