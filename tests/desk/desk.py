"""A desk on a real database for tests: citizens write, clerks reply, and both ends of the outbox are in sight."""

import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.desk.back import MailBack
from bot.desk.brakes import Brakes
from bot.desk.citizen import CitizenCommand, CitizenMessage, CitizenText, Origin
from bot.desk.codes import Codes
from bot.desk.conversation import Conversation
from bot.desk.handover import Handover
from bot.desk.letters import Letters
from bot.desk.phrases import Phrases
from bot.desk.promise import Promises
from bot.desk.relay import StaffRelay
from bot.desk.staff import IncomingMail, StaffReply
from bot.knowledge.entry import KnowledgeBase, Language
from bot.matching.decision import Candidate, Decision, Outcome
from bot.storage.store import Store, Whose, open_store
from tests.database import database
from tests.desk.base import knowledge_base

ADA = Origin("telegram", "1001", Language.DE)
BEN = Origin("telegram", "1002", Language.DE)
QUEUE = "info@kl.digital"
ALONE = (Candidate("livestream", 0.9, "x", Language.DE), Candidate("paket", 0.04, "y", Language.DE))
TALK = {
    "hello": "greeting",
    "rude": "insult",
    "noise": "noise",
    "human": "human",
    "refusal": "refusal",
    "unsure": "unsure",
}


def decide(text: str, language: Language | None) -> Decision:
    """A matcher whose mind can be read."""
    candidates = (Candidate("livestream", 0.9, "x", Language.DE), Candidate("paket", 0.4, "y", Language.DE))
    if (talk := TALK.get(text.split(":")[0])) is not None:
        return Decision(Outcome.SMALLTALK, text, (), "Small Talk", small_talk=talk)
    match text.split(":")[0]:
        case "answer":
            return Decision(Outcome.ANSWER, text, candidates, "Treffer", entry="livestream")
        case "english":
            return Decision(Outcome.ANSWER, text, candidates, "hit", Language.EN, entry="paket")
        case "one" | "thanked" as word:
            only, thanked = ("livestream",), word == "thanked"
            return Decision(Outcome.SUGGEST, text, candidates, "unsicher", suggested=only, thanked=thanked)
        case "alone":
            return Decision(Outcome.ANSWER, text, ALONE, "Treffer", entry="livestream")
        case "suggest":
            return Decision(Outcome.SUGGEST, text, candidates, "unsicher", suggested=("livestream", "paket", "ort"))
        case "crash":
            raise RecursionError(text)
        case "two":
            parts = (decide("answer: a", language), decide("unknown: b", language))
            return Decision(Outcome.ANSWER, text, candidates, "zwei", entry="livestream", parts=parts)
        case "englishunknown":
            return Decision(Outcome.FORWARD, text, candidates, "no hit", Language.EN)
    return Decision(Outcome.FORWARD, text, candidates, "kein Treffer")


def alike(text: str, others: Sequence[str]) -> Sequence[bool]:
    """Who ends with the same word asks the same."""
    return [text.split()[-1] == other.split()[-1] for other in others]


def reread(payload: bytes, external_id: str, ticket: str) -> IncomingMail:
    """A mail reader that takes whole mails for what their writers said."""
    return StaffReply(ticket, payload.decode(), "anna@kl.digital", external_id)


class Desk:
    """The desk on a real database, with both ends of the outbox in sight."""

    def __init__(self, store: Store, promises: Promises | None = None) -> None:
        self.time = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
        self.store = store
        self._promises = promises
        self._codes = Codes(random.Random(7).choice)
        self._number = 0
        self.know(knowledge_base())

    def know(self, base: KnowledgeBase) -> None:
        """From now on, everybody speaks from this knowledge base."""
        self.letters = Letters(base, QUEUE, ZoneInfo("Europe/Berlin"))
        self.phrases = phrases = Phrases(base, QUEUE)
        handover = Handover(phrases, self.letters, self._codes, alike, self._promises)
        self.conversation = Conversation(phrases, decide, handover)
        self.relay = StaffRelay(
            base,
            self.letters,
            citizens="telegram",
            codes=self._codes,
            backs={"mail": MailBack(self.letters)},
            rereads={"mail": reread},
            may_take=lambda address: address.endswith("@kl.digital"),
        )

    async def hear(self, message: CitizenMessage) -> str:
        async with self.store.begin() as tx:
            return await self.conversation.handle(tx, message)

    async def say(self, text: str, origin: Origin = ADA, **fields: Any) -> str:
        self._number += 1
        return await self.hear(CitizenText(origin, fields.pop("external_id", str(self._number)), text, **fields))

    async def mail(self, mail: IncomingMail) -> str:
        async with self.store.begin() as tx:
            return await self.relay.handle(tx, mail)

    async def sent(self, channel: str = "telegram") -> list[Any]:
        """Everything that was waiting to be sent; message ids are given in order, from 500."""
        found: list[Any] = []
        while claimed := await self.store.claim(channel, 50, timedelta(minutes=1)):
            for delivery in claimed:
                await self.store.note_part(delivery, 0, str(500 + delivery.id))
                await self.store.delivered(delivery)
                found.append(delivery)
        return found

    async def heard(self) -> list[str]:
        return [delivery.payload["text"] for delivery in await self.sent()]

    async def ticket_of(self, text: str, origin: Origin = ADA) -> str:
        await self.say(text, origin)
        await self.sent()
        mail = (await self.sent("mail"))[-1]
        return str(mail.payload["ticket"])


@asynccontextmanager
async def opened_desk(
    folder: Path, brakes: Brakes | None = None, promises: Promises | None = None, whose: Whose | None = None
) -> AsyncIterator[Desk]:
    """A desk to which Ada and Ben have said /start; its database lies in this folder.

    `brakes`: for mail; `whose`: for what comes by the citizens' channel.
    """
    holder: list[Desk] = []
    url, limits = database(folder / "desk.sqlite"), {"mail": brakes} if brakes else None
    async with open_store(url, lambda: holder[0].time, limits, {"telegram": whose} if whose else None) as store:
        holder.append(Desk(store, promises))
        await holder[0].hear(CitizenCommand(ADA, "0", "start"))
        await holder[0].hear(CitizenCommand(BEN, "0", "start"))
        await holder[0].sent()
        yield holder[0]
