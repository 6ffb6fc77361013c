"""Answers to send into any chat: what somebody may choose from who types the bot's name and a few words there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.desk.catalogue import entry_name
from bot.desk.phrases import Phrases
from bot.knowledge.entry import Language, Standing
from bot.matching.decision import Decision

MOST: Final = 5


@dataclass(frozen=True, slots=True)
class Article:
    """An answer on offer. `name`: the short name of its entry; `text`: what is sent, with date and source."""

    name: str
    question: str
    text: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What there is to choose from, best first and in one language, and the words on the way to the bot's chat."""

    articles: Sequence[Article]
    ask: str


@dataclass(frozen=True, slots=True)
class Inline:
    """Finds stored answers for a few words.

    What is found depends on the words alone: Telegram shows it to everybody who types the same.
    """

    phrases: Phrases
    decide: Callable[[str, Language | None], Decision]
    today: Callable[[], date] = lambda: date.min

    def offer(self, text: str) -> Offer:
        """Up to five answers, in the language of the words. Nothing is stored."""
        if not text.strip():
            return Offer((), self._ask(Language.DE))
        decision = self.decide(text, None)
        # Whoever types a bare keyword is answered in the language of the phrasing that it resembles most.
        resembled = next((one.language for one in decision.candidates), Language.DE)
        language = decision.language or resembled
        likely = (one.entry for one in decision.candidates if one.explained > 0)
        names = dict.fromkeys(filter(None, (decision.entry, *decision.suggested, *likely)))
        articles = [self._article(name, language) for name in names]
        return Offer([one for one in articles if one][:MOST], self._ask(language))

    def _article(self, entry_id: str, language: Language) -> Article | None:
        entry = self.phrases.knowledge.entry(entry_id)
        # What is old goes nowhere without the team, which is not there in other chats.
        if entry is None or entry.standing(self.today()) is not Standing.CURRENT:
            return None
        question = self.phrases.question(entry_id, language)
        answer = self.phrases.answer(entry_id, language)
        text = self.phrases.knowledge.say("browse_answer", language, question=question, answer=answer)
        return Article(entry_name(entry_id), question, text)

    def _ask(self, language: Language) -> str:
        return self.phrases.knowledge.say("inline_ask", language)
