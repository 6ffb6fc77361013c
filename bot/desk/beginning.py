"""First contact: what the bot is, what it can do, and three questions to try it with."""

from dataclasses import dataclass
from typing import Final

from bot.desk.handover import Handover
from bot.desk.phrases import Phrases
from bot.desk.transaction import Awaited, Chat, Transaction
from bot.knowledge.entry import KnowledgeBase, Status
from bot.matching.decision import Decision, Outcome

SHOWN: Final = 3
# What a link carries that leads to the welcome: nothing is named so.
INVITED: Final = "inline"


@dataclass(frozen=True, slots=True)
class Beginning:
    """Greets whoever begins."""

    phrases: Phrases
    handover: Handover

    async def greet(self, tx: Transaction, chat: Chat, external_id: str, key: str, link: str = "") -> None:
        """One message that says all; its examples are asked by a tap or by their number.

        `link`: what the link that was followed carries, where that leads nowhere any more; then this is said first.
        """
        shown = examples(self.phrases.knowledge)
        reason = self.phrases.reason("reason_start")
        decision = Decision(Outcome.SMALLTALK, "/start", (), reason, suggested=shown, small_talk="start")
        version = self.phrases.knowledge.version
        exchange = await tx.add_exchange(chat.id, external_id, "/start", chat.language, decision, version)
        await tx.expect(exchange, Awaited.EXAMPLE)
        questions = [self.phrases.question(entry, chat.language) for entry in shown]
        options = [self.phrases.option(number, one, chat.language) for number, one in enumerate(questions, start=1)]
        buttons = [[{"text": one, "data": f"s:{exchange}:{number}"}] for number, one in enumerate(options, start=1)]
        words = self.phrases.welcome(options, chat.language)
        if link not in ("", INVITED):
            gone = self.phrases.knowledge.say("browse_gone", chat.language)
            words = f"{gone}\n\n{words}"
        await self.handover.say(tx, chat, key, words, buttons=buttons)


def examples(knowledge: KnowledgeBase) -> tuple[str, ...]:
    """The entries that editors marked as examples, or the first one of each of the first topics; at most three."""
    marked = [entry.id for entry in knowledge.entries() if entry.example]
    firsts = [
        next((entry.id for entry in topic.entries if entry.status is Status.PUBLISHED), None)
        for topic in knowledge.topics
    ]
    return tuple(marked or [entry for entry in firsts if entry is not None])[:SHOWN]
