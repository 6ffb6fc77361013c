"""What editors are told: what became of a change to the knowledge base, by mail and in the staff's group."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from bot.desk.group import DOOR
from bot.desk.letter import Block, Kind
from bot.desk.transaction import Transaction
from bot.desk.writing import Writing
from bot.errors import Complaint
from bot.knowledge.entry import KnowledgeBase, Language
from bot.matching.building import Missed
from bot.matching.decision import Outcome

LISTED: Final = 30
# A word in the group names so many places: whoever mends them finds all in the mail, or by `klbot check`.
NAMED: Final = 5
_INSTEAD = {
    Outcome.ANSWER: "editors_missed_answer",
    Outcome.SUGGEST: "editors_missed_suggest",
    Outcome.FORWARD: "editors_missed_forward",
    Outcome.SMALLTALK: "editors_missed_smalltalk",
}


class Editors(Protocol):
    """Tells editors, or those beside them, about the knowledge base that is in use."""

    async def refused(self, tx: Transaction, complaints: Sequence[Complaint]) -> None:
        """A change is not taken over: where it has to be mended."""

    async def mended(self, tx: Transaction) -> None:
        """What was refused is in order again."""

    async def missed(self, tx: Transaction, missed: Sequence[Missed]) -> None:
        """A change is in use, and spoils labelled questions."""


class EditorLetters(Writing):
    """Writes to an editor's address."""

    __slots__ = ()

    async def refused(self, tx: Transaction, complaints: Sequence[Complaint]) -> None:
        """A change is not taken over: where it has to be mended."""
        blocks = [
            Block(Kind.ALERT, self._say("editors_refused", version=self.knowledge.version)),
            self._heading("editors_refused_title"),
            *(Block(Kind.QUOTE, one.text, f"{one.file}:{one.line}:{one.column}") for one in complaints[:LISTED]),
            *self._more(len(complaints)),
            Block(Kind.TEXT, self._say("editors_refused_how")),
        ]
        await self._write(tx, "editors_refused_subject", blocks)

    async def mended(self, tx: Transaction) -> None:
        """What was refused is in order again."""
        entries = sum(1 for _ in self.knowledge.entries())
        text = self._say("editors_mended", version=self.knowledge.version, entries=entries)
        await self._write(tx, "editors_mended_subject", [Block(Kind.TEXT, text)])

    async def missed(self, tx: Transaction, missed: Sequence[Missed]) -> None:
        """A change is in use, and spoils labelled questions."""
        blocks = [
            Block(Kind.ALERT, self._say("editors_missed", version=self.knowledge.version)),
            *(Block(Kind.QUOTE, self.instead(one), one.question.text) for one in missed[:LISTED]),
            *self._more(len(missed)),
            Block(Kind.TEXT, self._say("editors_missed_how")),
        ]
        await self._write(tx, "editors_missed_subject", blocks)

    def instead(self, one: Missed) -> str:
        """What the bot does with a question that it misses."""
        return self._say(_INSTEAD[one.outcome], entry=one.entry)

    def _more(self, count: int) -> Iterator[Block]:
        if count > LISTED:
            yield Block(Kind.TEXT, self._say("editors_more", count=count - LISTED))

    async def _write(self, tx: Transaction, subject: str, blocks: Sequence[Block]) -> None:
        payload = self._payload(None, 0, self._say(subject), blocks)
        editor = hashlib.sha256(self.address.encode()).hexdigest()[:32]
        key = f"editors:{editor}:{subject}:{tx.now.timestamp()}"
        await tx.send("mail", f"editors:{editor}", key, payload, unbraked=True)


@dataclass(frozen=True, slots=True)
class EditorNotes:
    """Says it in the staff's group, in a few words."""

    knowledge: KnowledgeBase
    language: Language = Language.DE

    async def refused(self, tx: Transaction, complaints: Sequence[Complaint]) -> None:
        """A change is not taken over: where it has to be mended."""
        places = [f"{one.file}:{one.line}:{one.column}\n{one.text}" for one in complaints[:NAMED]]
        words = [self._say("editors_refused", version=self.knowledge.version), *places, *self._more(len(complaints))]
        await self._post(tx, "editors_refused_subject", [*words, self._say("editors_refused_how")])

    async def mended(self, tx: Transaction) -> None:
        """What was refused is in order again."""
        entries = sum(1 for _ in self.knowledge.entries())
        words = self._say("editors_mended", version=self.knowledge.version, entries=entries)
        await self._post(tx, "editors_mended_subject", [words])

    async def missed(self, tx: Transaction, missed: Sequence[Missed]) -> None:
        """A change is in use, and spoils labelled questions."""
        now = [self._say(_INSTEAD[one.outcome], entry=one.entry) for one in missed[:NAMED]]
        found = [
            self._say("editors_missed_one", question=one.question.text, instead=instead)
            for one, instead in zip(missed, now, strict=False)
        ]
        words = [self._say("editors_missed", version=self.knowledge.version), *found, *self._more(len(missed))]
        await self._post(tx, "editors_missed_subject", [*words, self._say("editors_missed_how")])

    def _more(self, count: int) -> Iterator[str]:
        if count > NAMED:
            yield self._say("editors_more", count=count - NAMED)

    async def _post(self, tx: Transaction, subject: str, words: Sequence[str]) -> None:
        payload = {"kind": "note", "ticket": None, "text": "\n\n".join((self._say(subject), *words))}
        key = f"{DOOR}:editors:{subject}:{tx.now.timestamp()}"
        await tx.send(DOOR, f"{DOOR}:editors", key, payload)

    def _say(self, key: str, **values: object) -> str:
        return self.knowledge.say(key, self.language, **values)
