"""What citizens may demand of their data: to read all of it, and to have all of it erased."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bot.desk.asides import bare
from bot.desk.citizen import CitizenCommand, CitizenTap, CitizenText
from bot.desk.consent import REFUSAL
from bot.desk.export import Export
from bot.desk.letters import Letters
from bot.desk.phrases import Phrases
from bot.desk.ticket import UNANSWERED, Ticket, TicketState
from bot.desk.transaction import Chat, Transaction
from bot.knowledge.entry import Language
from bot.matching.decision import Decision, Outcome

EXPORT: Final = frozenset({"meinedaten", "mydata"})
ERASURE: Final = frozenset({"loeschen", "löschen", "delete", "erase"})
# A button of long ago, tapped by accident, must not erase anything.
CONSIDERED: Final = timedelta(minutes=10)
ERASING: Final = "e:"
# Words of such a length are no question, unless the bot knows one.
UNCLEAR: Final = 2
# The small talk of whoever has not made up their mind, or says nothing.
UNDECIDED: Final = frozenset({"agreement", "okay", "unsure", "unclear", "pause", "noise"})
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
        # What was asked before the chat began was asked of a chat that is erased.
        begun = (await tx.first_contact(chat.id)).replace(microsecond=0)
        if asked < begun or not timedelta(0) <= tx.now - asked + timedelta(seconds=1) <= CONSIDERED:
            await self._acknowledge(tx, chat, tap, self._say("erase_lapsed", chat))
            return "tap:gone"
        outcome = await self._erase(tx, chat, f"tap:{tap.tap_id}")
        await self._acknowledge(tx, chat, tap, "")
        return outcome

    async def typed(
        self, tx: Transaction, chat: Chat, message: CitizenText, decision: Decision, key: str
    ) -> str | None:
        """What was done if the words answer the question whether to erase; None if they are about something else.

        An unclear word has the question asked again; so has the button's label, where nothing was asked.
        """
        is_label = bare(message.text) in {bare(self._in(language, "erase_button")) for language in Language}
        is_asked = (chat.menu or "").startswith(ERASING) and chat.menu_at is not None
        if not is_asked or chat.menu_at is None or tx.now - chat.menu_at > CONSIDERED:
            return await self._ask(tx, chat, key) if is_label else None
        if is_label or self._is_yes(message.text):
            return await self._erase(tx, chat, key)
        if decision.small_talk == REFUSAL or self.phrases.says(message.text, "consent_words_3"):
            await tx.show_menu(chat.id, None)
            await self._send(tx, chat, key, {"text": self._say("left_as_it_is", chat)})
            return "erase:kept"
        return await self._ask(tx, chat, key) if _is_unclear(message.text, decision) else None

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
        button = {"text": self._say("erase_button", chat), "data": f"{ERASING}{int(tx.now.timestamp())}"}
        await tx.show_menu(chat.id, ERASING)
        await self._send(tx, chat, key, {"text": self._say("erase_ask", chat), "buttons": [[button]]})
        return "erase:asked"

    def _is_yes(self, words: str) -> bool:
        return any(bare(words) in self.phrases.choice_words("erase_yes", language) for language in Language)

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

    def _in(self, language: Language, key: str) -> str:
        return self.phrases.knowledge.say(key, language)

    def _say(self, key: str, chat: Chat, **values: object) -> str:
        return self.phrases.knowledge.say(key, chat.language, **values)


def _is_unclear(text: str, decision: Decision) -> bool:
    """Whether the words are neither a question nor anything else that the bot knows."""
    is_short = "?" not in text and len(text.split()) <= UNCLEAR
    return decision.small_talk in UNDECIDED or (is_short and decision.outcome is Outcome.FORWARD)
