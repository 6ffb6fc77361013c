"""Choices that a citizen is offered: suggestions."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.desk.answering import Answering
from bot.desk.asides import Opening
from bot.desk.citizen import CitizenTap, CitizenText
from bot.desk.giving import Giving
from bot.desk.handover import Handover, Question
from bot.desk.phrases import Phrases
from bot.desk.taps import acknowledge
from bot.desk.transaction import NONE_OF_THEM, Awaited, Chat, Exchange, Transaction
from bot.knowledge.entry import Entry, Language, Standing
from bot.matching.decision import Decision, Outcome


@dataclass(frozen=True, slots=True)
class Choices:
    """Offers choices, and does what is chosen by a tap or by typing."""

    phrases: Phrases
    handover: Handover

    @property
    def _answering(self) -> Answering:
        return Answering(self.phrases, self.handover)

    @property
    def _giving(self) -> Giving:
        return Giving(self.handover)

    async def offer(
        self,
        tx: Transaction,
        chat: Chat,
        exchange: int,
        suggested: Sequence[str],
        language: Language,
        *,
        again: bool = False,
    ) -> None:
        """Suggestions to tap or to type, and a way to the team. `again`: an answer was of no help."""
        questions = [self.phrases.question(entry, language) for entry in suggested]
        buttons = [
            [{"text": self.phrases.option(number, question, language), "data": f"s:{exchange}:{number}"}]
            for number, question in enumerate(questions, start=1)
        ]
        buttons.append([{"text": self.phrases.none_of_them(language), "data": f"s:{exchange}:0"}])
        text = self.phrases.suggestions(questions, language, again=again)
        await self.handover.say(tx, chat, f"suggest:{exchange}", text, buttons=buttons)

    async def tapped(self, tx: Transaction, chat: Chat, message: CitizenTap) -> str:
        """The button of a suggestion was tapped."""
        exchange_id, number = _parse_tap(message.data)
        exchange = await tx.exchange(chat.id, exchange_id)
        if exchange is None or not _least(exchange) <= number <= len(exchange.suggested):
            await self.acknowledge(tx, chat, message, self.phrases.choice_gone(chat.language))
            return "tap:gone"
        if exchange.chosen == _chosen(exchange, number):
            await self.acknowledge(tx, chat, message, self.phrases.choice_repeated(exchange.language))
            return "tap:repeated"
        await self.acknowledge(tx, chat, message, "")
        await self._choose(tx, chat, exchange, number, f"tap:{message.tap_id}")
        return "choice:tapped"

    async def acknowledge(self, tx: Transaction, chat: Chat, message: CitizenTap, text: str) -> None:
        """The tap has been seen; the citizen reads `text` for a moment."""
        await acknowledge(tx, chat, message, text)

    async def _choose(self, tx: Transaction, chat: Chat, exchange: Exchange, number: int, key: str) -> None:
        chosen = _chosen(exchange, number)
        await tx.choose(exchange.id, chosen)
        entry = self.phrases.knowledge.known_entry(chosen)
        if entry is not None and exchange.awaits is Awaited.EXAMPLE:
            await self._ask_example(tx, chat, exchange, entry, key)
        elif entry is not None and self._giving.standing(tx, entry) is Standing.CURRENT:
            last = exchange.awaits is Awaited.CHOICE
            say = self._answering.last_answer if last else self._answering.answer
            await say(tx, chat, exchange.id, entry, exchange.language, key=key)
        else:
            await self._to_team(tx, chat, exchange, entry, key)

    async def _to_team(self, tx: Transaction, chat: Chat, exchange: Exchange, entry: Entry | None, key: str) -> None:
        """People are to answer. `entry`: what was chosen, and does not hold any more; the citizen hears why."""
        reason = self.phrases.reason("reason_none_fitted")
        if entry is not None:
            reason = await self._giving.explain(tx, chat, key, entry, exchange.language)
        if exchange.ticket is not None:
            words = self.phrases.already_forwarded(exchange.ticket, exchange.language)
            await self.handover.say(tx, chat, f"{key}:forwarded", words)
        else:
            question = Question(exchange.id, exchange.text, exchange.language, reason, exchange.candidates)
            await self.handover.forward(tx, chat, replace(question, opening=_opening(exchange, entry)))

    async def _ask_example(self, tx: Transaction, chat: Chat, shown: Exchange, entry: Entry, key: str) -> None:
        """One of the questions shown at the beginning is asked: as if the citizen had written it."""
        question, language = self.phrases.question(entry.id, shown.language), shown.language
        reason = self.phrases.reason("reason_example")
        decision = Decision(Outcome.ANSWER, question, (), reason, language, entry=entry.id)
        version = self.phrases.knowledge.version
        asked = await tx.add_exchange(chat.id, shown.external_id, question, language, decision, version)
        if self._giving.standing(tx, entry) is Standing.CURRENT:
            await self._answering.answer(tx, chat, asked, entry, language, key=key)
            return
        reason = await self._giving.explain(tx, chat, key, entry, language)
        stale = Question(asked, question, language, reason, (), opening=Opening.PLAIN)
        await self.handover.forward(tx, chat, stale)

    async def typed(self, tx: Transaction, chat: Chat, message: CitizenText) -> bool:
        """Whether the words pick from the suggestions just made; then that is done."""
        latest = await tx.latest_exchange(chat.id)
        if latest is None or latest.ticket is not None:
            return False
        if latest.outcome is not Outcome.SUGGEST and latest.awaits is not Awaited.EXAMPLE:
            return False
        numbers = self.phrases.chosen_numbers(message.text, latest.suggested)
        if not numbers or min(numbers) < _least(latest):
            return False
        for number in numbers:
            key = own_key(f"typed:{latest.id}:{number}", chat, message.external_id, tx)
            await self._choose(tx, chat, latest, number, key)
        return True


def own_key(kind: str, chat: Chat, external_id: str, tx: Transaction) -> str:
    """An outbox key of its own for each time a message is handled: ids of messages come again, with another bot."""
    return f"{kind}:{chat.id}:{external_id}:{tx.now.timestamp()}"


def _parse_tap(data: str) -> tuple[int, int]:
    """The exchange and the number behind a button; (0, -1) for data that no button of ours carries."""
    found = re.fullmatch(r"s:([0-9]{1,18}):([0-9])", data)
    return (int(found[1]), int(found[2])) if found else (0, -1)


def _least(exchange: Exchange) -> int:
    """The least number that can be chosen: 0 is the way to the team, for which there must be a question."""
    return 1 if exchange.awaits is Awaited.EXAMPLE else 0


def _opening(exchange: Exchange, entry: Entry | None) -> Opening:
    """How a citizen is told who wants none of the suggestions, or whose choice does not hold any more."""
    if entry is not None:
        return Opening.PLAIN
    # After an answer of no help, the button below the last one says that people are wanted.
    return Opening.GLADLY if exchange.awaits is Awaited.CHOICE else Opening.UNKNOWN


def _chosen(exchange: Exchange, number: int) -> str:
    return exchange.suggested[number - 1] if number else NONE_OF_THEM
