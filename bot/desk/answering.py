"""Giving a stored answer, and asking quietly whether it helped."""

from dataclasses import dataclass

from bot.desk.afterwards import Afterwards
from bot.desk.giving import Buttons, follow_button, remember
from bot.desk.handover import Handover
from bot.desk.phrases import Phrases
from bot.desk.transaction import Awaited, Chat, Transaction
from bot.knowledge.entry import Entry, Language
from bot.matching.text import normalise


@dataclass(frozen=True, slots=True)
class Answering:
    """Says stored answers that hold to citizens, and remembers which text a chat was given."""

    phrases: Phrases
    handover: Handover

    async def answer(
        self,
        tx: Transaction,
        chat: Chat,
        exchange: int,
        entry: Entry,
        language: Language,
        *,
        key: str,
        asked: str | None = None,
    ) -> None:
        """The answer, with the question below it whether it helped.

        `asked`: the citizen's words; where the entry's question has others, it stands above its answer.
        """
        words = f"{self.phrases.answer(entry.id, language, chat.plain)}\n\n{self.phrases.helped(language)}"
        question = self.phrases.question(entry.id, language)
        if asked is not None and normalise(asked) != normalise(question):
            words = f"{self.phrases.understood(question, language)}\n\n{words}"
        labels = self.phrases.verdicts(language)
        buttons = [[{"text": label, "data": f"f:{exchange}:{number}"} for number, label in enumerate(labels, start=1)]]
        await tx.expect(exchange, Awaited.FEEDBACK)
        follow = await self._remembered(tx, chat, entry, language)
        await self.handover.say(tx, chat, key, words, buttons=[*buttons, *follow])

    async def last_answer(
        self, tx: Transaction, chat: Chat, exchange: int, entry: Entry, language: Language, *, key: str
    ) -> None:
        """The answer that was chosen after another was of no help: what remains is the team."""
        words = f"{self.phrases.answer(entry.id, language, chat.plain)}\n\n{self.phrases.still_no_help(language)}"
        buttons = [[{"text": self.phrases.to_team(language), "data": f"s:{exchange}:0"}]]
        follow = await self._remembered(tx, chat, entry, language)
        await self.handover.say(tx, chat, key, words, buttons=[*buttons, *follow])

    async def _remembered(self, tx: Transaction, chat: Chat, entry: Entry, language: Language) -> Buttons:
        """What was given is kept; below an answer of the kind "not yet", a button to be told when it changes."""
        given = await remember(tx, chat.id, self.phrases.knowledge, entry, language)
        return follow_button(Afterwards(self.phrases), entry, given, language)
