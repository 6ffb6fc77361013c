"""The citizen's word on how a message with personal data goes to staff: as it is, masked, or not at all.

Whatever is not decided within half an hour goes masked: no question is lost, and no number is shown unasked.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any, Final

from bot.desk.asides import Opening
from bot.desk.citizen import CitizenText
from bot.desk.handover import Handover, Question
from bot.desk.phrases import Phrases
from bot.desk.transaction import Awaited, Chat, Exchange, Transaction, Undecided
from bot.knowledge.entry import Language
from bot.knowledge.masking import mask
from bot.matching.decision import Decision, Outcome

# The small talk of whoever does not want something.
REFUSAL: Final = "refusal"


class Word(IntEnum):
    """How to pass a question on."""

    AS_IT_IS = 1
    MASKED = 2
    NOT_AT_ALL = 3


@dataclass(frozen=True, slots=True)
class Waiting:
    """The exchange that waits, and the newest delivery to its chat that is not sent yet."""

    exchange: int
    said: int | None


@dataclass(frozen=True, slots=True)
class Consent:
    """Does with a question that was put aside what its citizen says."""

    phrases: Phrases
    handover: Handover

    async def tapped(self, tx: Transaction, chat: Chat, data: str, key: str) -> str:
        """A button below the question how to pass it on; what to acknowledge the tap with."""
        found = re.fullmatch(r"c:([0-9]{1,18}):([1-3])", data)
        waiting = None if found is None else await tx.undecided(chat.id, int(found[1]))
        if found is None or waiting is None:
            return self.phrases.consent_given(chat.language)
        await self.decided(tx, waiting, Word(int(found[2])), key)
        return ""

    async def typed(self, tx: Transaction, chat: Chat, message: CitizenText, decision: Decision, key: str) -> bool:
        """Whether the words decide what the citizen was asked; then that is done.

        Any refusal right after the question is a no.
        """
        number = self.phrases.consent_number(message.text)
        refuses = decision.small_talk == REFUSAL
        waiting = None if message.edited or not (number or refuses) else await tx.undecided(chat.id)
        latest = None if waiting is None else await tx.latest_exchange(chat.id)
        if waiting is None or latest is None:
            return False
        is_latest = latest.external_id == waiting.external_id
        if not is_latest and (number is None or self._means_other(latest, message.text)):
            return False
        await self.decided(tx, waiting, Word.NOT_AT_ALL if number is None else Word(number), key)
        return True

    def _means_other(self, latest: Exchange, text: str) -> bool:
        """Whether the words choose from what was offered last."""
        if latest.awaits is Awaited.FEEDBACK and self.phrases.verdict(text) is not None:
            return True
        offers = latest.outcome is Outcome.SUGGEST or latest.awaits is Awaited.EXAMPLE
        is_open = offers and latest.ticket is None
        return is_open and bool(self.phrases.chosen_numbers(text, latest.suggested))

    async def waiting(self, tx: Transaction, chat: Chat) -> Waiting | None:
        """The question that waits for the citizen's word before what they say now is met."""
        waiting = await tx.undecided(chat.id)
        if waiting is None:
            return None
        newest = await tx.unsent(chat.channel, f"chat:{chat.id}")
        return Waiting(waiting.exchange, None if newest is None else newest.id)

    async def remind(self, tx: Transaction, chat: Chat, before: Waiting | None) -> None:
        """Below the reply to something else, say once that the question still waits for the citizen's word."""
        still = None if before is None else await tx.undecided(chat.id, before.exchange)
        reply = None if still is None else await tx.unsent(chat.channel, f"chat:{chat.id}")
        if before is None or still is None or reply is None or reply.id == before.said:
            return
        if not await tx.first_time(f"consent-waits:{still.exchange}"):
            return
        # One button is no choice; where there are more, a number is about them.
        numbers = sum(len(row) for row in reply.payload.get("buttons", ())) <= 1
        words = self.phrases.consent_waits(_question(still.question).language, numbers=numbers)
        await tx.rewrite(reply.id, {**reply.payload, "text": f"{reply.payload['text']}\n\n{words}"})

    async def replaced(self, tx: Transaction, chat: Chat, external_id: str) -> None:
        """The citizen wrote the message anew: what it said before is not passed on."""
        waiting = await tx.undecided(chat.id)
        if waiting is not None and waiting.external_id == external_id:
            await tx.decide(waiting.exchange)

    async def withdrawn(self, tx: Transaction, chat: Chat, key: str) -> bool:
        """Whether a question of the citizen's waits for their word; then it is not passed on."""
        waiting = await tx.undecided(chat.id)
        if waiting is not None:
            await self.decided(tx, waiting, Word.NOT_AT_ALL, key)
        return waiting is not None

    async def expired(self, tx: Transaction, waiting: Undecided) -> str:
        """Nothing was decided in time: it goes masked, and the citizen is told."""
        words = self.phrases.consent_expired(_question(waiting.question).language)
        await self.handover.say(tx, waiting.chat, f"expired:{waiting.exchange}", words)
        await self.decided(tx, waiting, Word.MASKED, f"consent:{waiting.exchange}", Opening.PLAIN)
        return "consent:expired"

    async def decided(
        self, tx: Transaction, waiting: Undecided, word: Word, key: str, opening: Opening = Opening.GLADLY
    ) -> None:
        """Pass the question on in this way, once."""
        await tx.decide(waiting.exchange)
        question = replace(_question(waiting.question), opening=opening)
        if word is not Word.AS_IT_IS:
            await tx.reword(waiting.chat.id, waiting.external_id, mask)
        if word is Word.NOT_AT_ALL:
            await self.handover.say(tx, waiting.chat, key, self.phrases.not_passed_on(question.language))
            return
        code = waiting.question["previous"]
        previous = None if code is None else await tx.ticket(code)
        shown = question if word is Word.AS_IT_IS else _masked(question)
        await self.handover.pass_on(tx, waiting.chat, shown, previous)


def _question(stored: Mapping[str, Any]) -> Question:
    values = {key: value for key, value in stored.items() if key != "previous"}
    values |= {"language": Language(values["language"]), "parts": tuple(values["parts"])}
    values["opening"] = Opening(values.get("opening", Opening.UNKNOWN))
    return Question(**values | {"scores": [(entry, score) for entry, score in values["scores"]]})


def _masked(question: Question) -> Question:
    parts = tuple(mask(part) for part in question.parts)
    return replace(question, text=mask(question.text), reason=mask(question.reason), parts=parts)
