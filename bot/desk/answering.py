"""Giving a stored answer, and asking quietly whether it helped."""

from dataclasses import dataclass

from bot.desk.handover import Handover
from bot.desk.phrases import Phrases
from bot.desk.transaction import Awaited, Chat, Transaction
from bot.knowledge.entry import Language


@dataclass(frozen=True, slots=True)
class Answering:
    """Says stored answers to citizens."""

    phrases: Phrases
    handover: Handover

    async def answer(
        self, tx: Transaction, chat: Chat, exchange: int, entry: str, language: Language, *, key: str
    ) -> None:
        """The answer, with the question below it whether it helped."""
        words = f"{self.phrases.answer(entry, language, chat.plain)}\n\n{self.phrases.helped(language)}"
        labels = self.phrases.verdicts(language)
        buttons = [[{"text": label, "data": f"f:{exchange}:{number}"} for number, label in enumerate(labels, start=1)]]
        await tx.expect(exchange, Awaited.FEEDBACK)
        await self.handover.say(tx, chat, key, words, buttons=buttons)

    async def last_answer(
        self, tx: Transaction, chat: Chat, exchange: int, entry: str, language: Language, *, key: str
    ) -> None:
        """The answer that was chosen after another was of no help: what remains is the team."""
        words = f"{self.phrases.answer(entry, language, chat.plain)}\n\n{self.phrases.still_no_help(language)}"
        buttons = [[{"text": self.phrases.to_team(language), "data": f"s:{exchange}:0"}]]
        await self.handover.say(tx, chat, key, words, buttons=buttons)
