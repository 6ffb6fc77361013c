"""What citizens may demand of their data: to read all of it, and to have all of it erased."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bot.desk.citizen import CitizenCommand, CitizenTap
from bot.desk.export import Export
from bot.desk.letters import Letters
from bot.desk.phrases import Phrases
from bot.desk.ticket import UNANSWERED, Ticket, TicketState
from bot.desk.transaction import Chat, Transaction

EXPORT: Final = frozenset({"meinedaten", "mydata"})
ERASURE: Final = frozenset({"loeschen", "löschen", "delete", "erase"})
# A button of long ago, tapped by accident, must not erase anything.
CONSIDERED: Final = timedelta(hours=1)
_TAP = re.compile(r"e:([0-9]{1,12})")


@dataclass(frozen=True, slots=True)
class Rights:
    """Does what citizens demand of their data."""

    phrases: Phrases
    letters: Letters

    async def command(self, tx: Transaction, chat: Chat, message: CitizenCommand, key: str) -> str:
        """One of the commands above. `key`: of what is sent."""
        if message.name in EXPORT:
            return await self._export(tx, chat, key)
        if self._is_yes(message.argument):
            return await self._erase(tx, chat, key)
        return await self._ask(tx, chat, key)

    def means(self, tap: CitizenTap) -> bool:
        """Whether the button is one of ours."""
        return _TAP.fullmatch(tap.data) is not None

    async def tapped(self, tx: Transaction, chat: Chat, tap: CitizenTap) -> str:
        """The button that confirms an erasure."""
        found = _TAP.fullmatch(tap.data)
        asked = datetime.fromtimestamp(int(found[1]) if found else 0, UTC)
        if not timedelta(0) <= tx.now - asked + timedelta(seconds=1) <= CONSIDERED:
            await self._acknowledge(tx, chat, tap, self.phrases.choice_gone(chat.language))
            return "tap:gone"
        outcome = await self._erase(tx, chat, f"tap:{tap.tap_id}")
        await self._acknowledge(tx, chat, tap, "")
        return outcome

    # -- reading ----------------------------------------------------------------------------------

    async def _export(self, tx: Transaction, chat: Chat, key: str) -> str:
        text = await Export(self.phrases, self.letters.zone).written(tx, chat)
        document = {"name": self._say("export_name", chat), "text": text}
        await self._send(
            tx, chat, key, {"text": self._say("export_sent", chat), "document": document, "fleeting": True}
        )
        return "export"

    # -- erasing ----------------------------------------------------------------------------------

    async def _ask(self, tx: Transaction, chat: Chat, key: str) -> str:
        button = {"text": self._say("erase_button", chat), "data": f"e:{int(tx.now.timestamp())}"}
        await self._send(tx, chat, key, {"text": self._say("erase_ask", chat), "buttons": [[button]]})
        return "erase:asked"

    def _is_yes(self, words: str) -> bool:
        said = " ".join(words.casefold().split()).strip(" .!")
        known = (self.phrases.knowledge.say("erase_yes", language) for language in self.phrases.knowledge.wording)
        return said in {word for words in known for word in words.casefold().split("|")}

    async def _erase(self, tx: Transaction, chat: Chat, key: str) -> str:
        tickets = [ticket for ticket in await tx.every_ticket_of(chat.id) if not ticket.erased]
        for ticket in tickets:
            if ticket.state in UNANSWERED:
                gone = replace(ticket.moved(TicketState.WITHDRAWN, tx.now), claimed_by=None)
                await tx.keep_ticket(gone.promised(None, None))
        address = await tx.address_of(chat.id)
        await tx.erase(chat.id)
        await self._tell_staff(tx, tickets)
        # The chat is nobody's now, so this last message carries its own address, and forgets it when it has arrived.
        words = self._say("erased", chat, queue=self.phrases.queue)
        payload = {"kind": "text", "text": words, "address": address, "fleeting": True}
        await tx.send(chat.channel, f"chat:{chat.id}", key, payload)
        return "erased"

    async def _tell_staff(self, tx: Transaction, tickets: list[Ticket]) -> None:
        """One letter to everybody who was written to about these tickets."""
        colleagues = dict.fromkeys(ticket.handed_to for ticket in tickets if ticket.handed_to)
        if tickets:
            await self.letters.erase(tx, tickets)
        for address in colleagues:
            await self.letters.to(address).erase(tx, [one for one in tickets if one.handed_to == address])

    # -- sending ----------------------------------------------------------------------------------

    async def _send(self, tx: Transaction, chat: Chat, key: str, payload: dict[str, Any]) -> None:
        await tx.send(chat.channel, f"chat:{chat.id}", key, {"kind": "text", **payload}, chat=chat.id)

    async def _acknowledge(self, tx: Transaction, chat: Chat, tap: CitizenTap, text: str) -> None:
        payload = {"kind": "tap", "tap_id": tap.tap_id, "text": text}
        await tx.send(chat.channel, f"tap:{tap.tap_id}"[:64], f"acknowledge:{tap.tap_id}", payload)

    def _say(self, key: str, chat: Chat, **values: object) -> str:
        return self.phrases.knowledge.say(key, chat.language, **values)
