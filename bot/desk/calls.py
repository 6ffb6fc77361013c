"""Calls for a person or for help: an emergency is met with 112 first, who wants a person is led to the team."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from bot.desk.choices import own_key
from bot.desk.citizen import CitizenText
from bot.desk.handover import Handover
from bot.desk.phrases import Phrases
from bot.desk.transaction import Awaited, Chat, Transaction
from bot.knowledge.entry import Language
from bot.matching.decision import Decision, Outcome

# The small talk of whoever does not want to write with a machine.
HUMAN: Final = "human"
# So long after the wish for a person the next words are the question.
SOON: Final = timedelta(hours=1)
# A longer message than that says more than that there is an emergency.
CRY: Final = 4


@dataclass(frozen=True, slots=True)
class Calls:
    """Meets what is more urgent than a question, or wants to pass the machine by."""

    phrases: Phrases
    handover: Handover

    async def met_emergency(self, tx: Transaction, chat: Chat, message: CitizenText) -> bool:
        """Whether the words speak of an emergency; then the citizen reads at once whom to call."""
        words = self.phrases.emergency(message.text, chat)
        if words is not None:
            await self.handover.say(tx, chat, own_key("emergency", chat, message.external_id, tx), words)
        return words is not None

    async def met_crisis(self, tx: Transaction, chat: Chat, message: CitizenText) -> bool:
        """Whether a person does not want to live; then they read who listens, and not a word besides."""
        words = self.phrases.crisis(message.text, chat)
        if words is not None:
            chat = replace(chat, is_new=False)
            await self.handover.say(tx, chat, own_key("crisis", chat, message.external_id, tx), words)
        return words is not None

    async def wants_people(self, tx: Transaction, chat: Chat) -> bool:
        """Whether the citizen has just asked for a person: what comes next is for people, unless it is small talk."""
        latest = await tx.latest_exchange(chat.id)
        return latest is not None and latest.awaits is Awaited.QUESTION and tx.now - latest.at <= SOON

    async def lead_to_people(self, tx: Transaction, chat: Chat, exchange: int, language: Language) -> None:
        """Ask for the question in one message; it goes to the team."""
        await tx.expect(exchange, Awaited.QUESTION)
        await self.handover.say(tx, chat, f"human:{exchange}", self.phrases.ask_for_question(language))

    async def keep_waiting(self, tx: Transaction, chat: Chat) -> None:
        """Small talk between the wish for a person and the question: the wish still holds."""
        latest = await tx.latest_exchange(chat.id)
        if latest is not None:
            await tx.expect(latest.id, Awaited.QUESTION)


def is_only_a_cry(text: str) -> bool:
    """Whether a message about an emergency says nothing more: there is no question that people could answer."""
    return "?" not in text and len(text.split()) <= CRY


def for_people(decision: Decision, text: str) -> Decision:
    """What remains to be done about a message that speaks of an emergency: people read it.

    Nothing is suggested, nobody chats; but a question that is surely known is answered all the same.
    """
    if is_only_a_cry(text) or (decision.outcome is Outcome.ANSWER and "?" in text):
        return replace(decision, parts=tuple(for_people(part, part.text) for part in decision.parts))
    return replace(decision, outcome=Outcome.FORWARD, entry=None, suggested=(), small_talk=None, parts=())
