"""Taking a question back: by its button, by a command, by words; of several open ones, the citizen says which."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.desk.asides import QUOTED, bare, shortened
from bot.desk.citizen import CitizenTap, CitizenText
from bot.desk.consent import Consent
from bot.desk.handover import Handover
from bot.desk.phrases import CHOICES, Phrases
from bot.desk.taps import acknowledge
from bot.desk.ticket import UNANSWERED, Ticket
from bot.desk.transaction import Chat, Transaction

QUESTIONS: Final = "w:"
# So many codes fit into what is kept of a list; any other question is named by its code.
LISTED: Final = 6
_CODE: Final = re.compile(r"\b[A-Z]{1,6}-[0-9A-Z]{6}\b")


@dataclass(frozen=True, slots=True)
class Withdrawing:
    """Takes open questions back, and never one that was not meant."""

    phrases: Phrases
    handover: Handover

    async def tapped(self, tx: Transaction, chat: Chat, tap: CitizenTap) -> str:
        """A button that names the question."""
        ticket = await tx.ticket(tap.data.removeprefix(QUESTIONS)[:16])
        mine = ticket is not None and ticket.chat == chat.id
        done = ticket is not None and mine and await self.handover.withdraw(tx, chat, ticket, f"tap:{tap.tap_id}")
        await acknowledge(tx, chat, tap, "" if done else self.phrases.not_withdrawn(chat.language))
        return "withdrawn" if done else "tap:gone"

    async def typed(self, tx: Transaction, chat: Chat, message: CitizenText, key: str) -> str | None:
        """What was done if the words take a question back; None if they do not.

        The question meant is the one whose message they reply to, or as below.
        """
        words = bare(message.text)
        code = _CODE.search(words.upper())
        rest = words if code is None else f"{words[: code.start()]} {words[code.end() :]}"
        if not (self.phrases.says(rest, "withdraw") or self.phrases.says(rest, "withdraw_words")):
            return None
        about = None if message.reply_to is None else await tx.ticket_about(chat.id, message.reply_to)
        return await self.withdraw(tx, chat, about.code if about else code[0] if code else "", key)

    async def withdraw(self, tx: Transaction, chat: Chat, said: str, key: str) -> str:
        """Take back the question whose code or number is said; else the only open one, or ask which.

        A question that is not passed on yet, because the citizen is asked how, is the one meant without a word.
        """
        named = re.search(r"[0-9]", said) is not None or _CODE.search(said.upper()) is not None
        if not named and await Consent(self.phrases, self.handover).withdrawn(tx, chat, key):
            return "consent:withdrawn"
        tickets = await self._open(tx, chat)
        meant = _named(tickets, said) if named else tickets if len(tickets) == 1 else ()
        if meant:
            return await self._take_back(tx, chat, meant[0], key)
        if tickets:
            return await self._ask(tx, chat, tickets, key)
        await self.handover.say(tx, chat, key, self.phrases.not_withdrawn(chat.language))
        return "command:withdraw"

    async def picked(self, tx: Transaction, chat: Chat, text: str, key: str) -> str | None:
        """What was done if the words pick one of the questions just listed, or none of them; None if they do not."""
        if self.phrases.says(text, "consent_words_3") and not bare(text).isdigit():
            await tx.show_menu(chat.id, None)
            await self.handover.say(tx, chat, key, self._say("left_as_it_is", chat))
            return "withdraw:none"
        for number, code in enumerate((chat.menu or "").removeprefix(QUESTIONS).split(","), start=1):
            ticket = await tx.ticket(code)
            if ticket is not None and self._picks(text, number, ticket, chat):
                return await self._take_back(tx, chat, ticket, key)
        return None

    def _picks(self, text: str, number: int, ticket: Ticket, chat: Chat) -> bool:
        if number < len(CHOICES) and self.phrases.says(text, CHOICES[number]):
            return True
        return bare(text) in (str(number), bare(ticket.code), bare(self._line(number, ticket, chat)))

    def _line(self, number: int, ticket: Ticket, chat: Chat) -> str:
        return self.phrases.option(number, f"{shortened(ticket.question, QUOTED)} ({ticket.code})", chat.language)

    async def _open(self, tx: Transaction, chat: Chat) -> Sequence[Ticket]:
        """The questions that wait for an answer, newest first."""
        return [one for one in reversed(await tx.every_ticket_of(chat.id)) if one.state in UNANSWERED]

    async def _take_back(self, tx: Transaction, chat: Chat, ticket: Ticket, key: str) -> str:
        await tx.show_menu(chat.id, None)
        if await self.handover.withdraw(tx, chat, ticket, key):
            return "withdrawn"
        await self.handover.say(tx, chat, key, self.phrases.not_withdrawn(chat.language))
        return "command:withdraw"

    async def _ask(self, tx: Transaction, chat: Chat, tickets: Sequence[Ticket], key: str) -> str:
        """Which of them: by a button, a number or a code."""
        listed = tickets[:LISTED]
        lines = [self._line(number, one, chat) for number, one in enumerate(listed, start=1)]
        buttons = [[{"text": line, "data": f"{QUESTIONS}{one.code}"}] for line, one in zip(lines, listed, strict=True)]
        await tx.show_menu(chat.id, QUESTIONS + ",".join(one.code for one in listed))
        await self.handover.say(
            tx, chat, key, self._say("withdraw_which", chat, options="\n".join(lines)), buttons=buttons
        )
        return "withdraw:asked"

    def _say(self, key: str, chat: Chat, **values: object) -> str:
        return self.phrases.knowledge.say(key, chat.language, **values)


def _named(tickets: Sequence[Ticket], said: str) -> Sequence[Ticket]:
    """Those whose code is said, with its first part or without; or the one of this number."""
    words = bare(said).upper().split()
    if words and words[0].isdecimal() and len(words) == 1 and 1 <= int(words[0]) <= len(tickets):
        return [tickets[int(words[0]) - 1]]
    return [one for one in tickets if one.code in words or one.code.rpartition("-")[2] in words]
