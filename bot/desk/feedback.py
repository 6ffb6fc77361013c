"""What a citizen says of an answer: it helped, it did not, or people are to answer."""

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from bot.desk.asides import Opening
from bot.desk.choices import Choices, own_key
from bot.desk.citizen import CitizenTap, CitizenText
from bot.desk.handover import Handover, Question
from bot.desk.phrases import Phrases
from bot.desk.transaction import Awaited, Chat, Exchange, Transaction, Verdict
from bot.matching.decision import Candidate, Decision, Outcome

# So long after an answer a bare "no" is about it.
RIGHT_AFTER: Final = timedelta(hours=1)
OTHERS: Final = 2
# What is less likely than this would be no help either.
LEAST: Final = 0.05
VERDICTS: Final = (Verdict.YES, Verdict.NO, Verdict.TEAM)


@dataclass(frozen=True, slots=True)
class Feedback:
    """Does what a citizen's verdict asks for. After a "no" other answers are offered once, then the team."""

    phrases: Phrases
    handover: Handover
    choices: Choices

    async def tapped(self, tx: Transaction, chat: Chat, message: CitizenTap) -> str:
        """A button below an answer was tapped."""
        found = re.fullmatch(r"f:([0-9]{1,18}):([1-3])", message.data)
        exchange = None if found is None else await tx.exchange(chat.id, int(found[1]))
        if found is None or exchange is None or exchange.awaits is not Awaited.FEEDBACK:
            await self.choices.acknowledge(tx, chat, message, self.phrases.choice_gone(chat.language))
            return "tap:gone"
        verdict = VERDICTS[int(found[2]) - 1]
        if verdict is exchange.feedback:
            await self.choices.acknowledge(tx, chat, message, self.phrases.choice_repeated(exchange.language))
            return "tap:repeated"
        thanks = self.phrases.thanks(exchange.language) if verdict is Verdict.YES else ""
        await self.choices.acknowledge(tx, chat, message, thanks)
        await self._judged(tx, chat, exchange, verdict, f"tap:{message.tap_id}")
        return f"feedback:{verdict}"

    async def typed(self, tx: Transaction, chat: Chat, message: CitizenText, decision: Decision) -> str | None:
        """What was done if the words judge the answer just given; None if they do not."""
        verdict = self.phrases.verdict(message.text)
        latest = await tx.latest_exchange(chat.id) if verdict and not message.edited else None
        if verdict is None or latest is None or latest.awaits is not Awaited.FEEDBACK or verdict is latest.feedback:
            return None
        is_plain = message.text.strip().isdigit() or self.phrases.is_verdict(message.text)
        if verdict is not Verdict.TEAM and not is_plain and decision.outcome is not Outcome.SMALLTALK:
            return None
        if not await self._is_latest_word(tx, chat, latest):
            return None
        key = own_key(f"feedback:{latest.id}", chat, message.external_id, tx)
        await self._judged(tx, chat, latest, verdict, key)
        if verdict is Verdict.YES:
            await self.handover.say(tx, chat, key, self.phrases.thanks(latest.language))
        return f"feedback:{verdict}"

    async def asked_if_current(self, tx: Transaction, chat: Chat, message: CitizenText) -> bool:
        """Whether the words ask if the answer just given holds today; then they are told how to hear it from people."""
        words = self.phrases.still_current(message.text, chat)
        latest = await tx.latest_exchange(chat.id) if words else None
        if (
            words is None
            or latest is None
            or not _has_answer(latest)
            or not await self._is_latest_word(tx, chat, latest)
        ):
            return False
        await self.handover.say(tx, chat, own_key(f"current:{latest.id}", chat, message.external_id, tx), words)
        return True

    async def _is_latest_word(self, tx: Transaction, chat: Chat, exchange: Exchange) -> bool:
        """Whether the answer was given just now, and nobody of the team has written since."""
        ticket = await tx.latest_ticket(chat.id)
        return tx.now - exchange.at <= RIGHT_AFTER and (ticket is None or ticket.changed_at <= exchange.at)

    async def _judged(self, tx: Transaction, chat: Chat, exchange: Exchange, verdict: Verdict, key: str) -> None:
        await tx.rate(exchange.id, verdict)
        match verdict:
            case Verdict.NO:
                await self._offer_others(tx, chat, exchange, key)
            case Verdict.TEAM if exchange.ticket is not None:
                words = self.phrases.already_forwarded(exchange.ticket, exchange.language)
                await self.handover.say(tx, chat, key, words)
            case Verdict.TEAM:
                reason = self.phrases.reason("reason_no_help")
                question = Question(exchange.id, exchange.text, exchange.language, reason, exchange.candidates)
                question = replace(question, opening=Opening.GLADLY)
                await self.handover.forward(tx, chat, question)

    async def _offer_others(self, tx: Transaction, chat: Chat, exchange: Exchange, key: str) -> None:
        """The next candidates, and the team; only the team where there are none or they were offered before."""
        seen = {exchange.entry, exchange.chosen, *exchange.suggested}
        others = [one for one in exchange.candidates if one[0] not in seen and one[1] >= LEAST][:OTHERS]
        if not others or exchange.feedback is not None:
            data = f"f:{exchange.id}:3"
            buttons = [[{"text": self.phrases.to_team(exchange.language), "data": data}]]
            words = self.phrases.no_other_answer(exchange.language)
            await self.handover.say(tx, chat, key, words, buttons=buttons)
            return
        offered = await self._again(tx, chat, exchange, others)
        suggested = [entry for entry, _ in others]
        await self.choices.offer(tx, chat, offered, suggested, exchange.language, again=True)

    async def _again(self, tx: Transaction, chat: Chat, exchange: Exchange, others: list[tuple[str, float]]) -> int:
        """An exchange of its own for the offer, so that buttons of older suggestions keep their meaning."""
        candidates = tuple(Candidate(entry, score, "", exchange.language) for entry, score in exchange.candidates)
        suggested = tuple(entry for entry, _ in others)
        reason = self.phrases.reason("reason_no_help")
        decision = Decision(Outcome.SUGGEST, exchange.text, candidates, reason, exchange.language, suggested=suggested)
        version = self.phrases.knowledge.version
        made = await tx.add_exchange(chat.id, exchange.external_id, exchange.text, exchange.language, decision, version)
        await tx.expect(made, Awaited.CHOICE)
        return made


def _has_answer(exchange: Exchange) -> bool:
    """Whether an answer was given last, so that "an das Team" is about it."""
    chosen = exchange.awaits is Awaited.CHOICE and exchange.chosen is not None
    return exchange.awaits is Awaited.FEEDBACK or chosen
