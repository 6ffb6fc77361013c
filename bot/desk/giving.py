"""Whether a stored answer still holds, why it does not, and remembering which text a citizen was given."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.desk.afterwards import Afterwards
from bot.desk.handover import Handover
from bot.desk.transaction import Chat, Transaction
from bot.knowledge.entry import Entry, KnowledgeBase, Language, Standing, Status

Buttons = Sequence[Sequence[dict[str, str]]]


@dataclass(frozen=True, slots=True)
class Giving:
    """Knows what an answer is worth today."""

    handover: Handover

    @property
    def _words(self) -> Afterwards:
        return Afterwards(self.handover.phrases)

    def standing(self, tx: Transaction, entry: Entry) -> Standing:
        """What the entry's answer is worth today, by the team's calendar."""
        return entry.standing(self.today(tx))

    def today(self, tx: Transaction) -> date:
        """The day in the city."""
        return tx.now.astimezone(self.handover.letters.zone).date()

    async def explain(self, tx: Transaction, chat: Chat, key: str, entry: Entry, language: Language) -> str:
        """Why the answer is not given as one that holds; the same, in words for clerks."""
        standing = self.standing(tx, entry)
        await self.handover.say(tx, chat, key, self._words.not_current(entry, standing, language, chat.plain))
        return self.reason(entry, standing)

    def reason(self, entry: Entry, standing: Standing) -> str:
        """Why people must answer, in words for clerks."""
        phrases = self.handover.phrases
        question = entry.text(phrases.staff_language).question
        return phrases.reason(f"reason_entry_{standing}", question=question)


async def remember(tx: Transaction, chat: int, knowledge: KnowledgeBase, entry: Entry, language: Language) -> int:
    """Keep which text of an entry a chat is given now; the id by which a button can name it."""
    return await tx.note_given(chat, entry.id, language, entry.digest(language), knowledge.version)


def follow_button(words: Afterwards, entry: Entry, given: int, language: Language) -> Buttons:
    """What stands below an answer of the kind "not yet": to be told when it changes. `given`: the answer's id."""
    is_open = entry.follow and entry.status is Status.PUBLISHED
    return [[{"text": words.say("follow", language), "data": f"n:{given}"}]] if is_open else ()
