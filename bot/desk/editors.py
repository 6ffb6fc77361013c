"""Letters to editors: what became of a change to the knowledge base."""

import hashlib
from collections.abc import Iterator, Sequence

from bot.desk.letter import Block, Kind
from bot.desk.transaction import Transaction
from bot.desk.writing import Writing
from bot.errors import Complaint
from bot.matching.building import Missed
from bot.matching.decision import Outcome

LISTED = 30
_INSTEAD = {
    Outcome.ANSWER: "editors_missed_answer",
    Outcome.SUGGEST: "editors_missed_suggest",
    Outcome.FORWARD: "editors_missed_forward",
    Outcome.SMALLTALK: "editors_missed_smalltalk",
}


class Editors(Writing):
    """Writes to an editor about the knowledge base that is in use."""

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
