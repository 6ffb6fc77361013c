"""Exchanges: what was asked, and what was decided."""

import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import Row, Select, insert, select, update

from bot.desk.ticket import Ticket
from bot.desk.transaction import Awaited, Exchange, Verdict
from bot.knowledge.entry import Language
from bot.matching.decision import Decision, Outcome
from bot.storage.rows.common import Rows
from bot.storage.tables import exchanges, heard, tickets


class ExchangeRows(Rows):
    """What citizens asked."""

    async def add_exchange(
        self, chat: int, external_id: str, text: str, language: Language, decision: Decision, version: str
    ) -> int:
        """Keep what was asked and decided; the exchange's id."""
        return await self._insert(
            exchanges,
            chat_id=chat,
            external_id=external_id,
            text=text,
            language=language,
            outcome=decision.outcome,
            entry=decision.entry,
            knowledge_version=version,
            reason=decision.reason,
            candidates=json.dumps([(one.entry, round(one.score, 4)) for one in decision.candidates]),
            suggested=json.dumps(decision.suggested),
            at=self._now,
        )

    async def exchange(self, chat: int, exchange_id: int) -> Exchange | None:
        """The exchange of this id, if it belongs to this chat."""
        return await self._exchange(_exchanges().where(exchanges.c.chat_id == chat, exchanges.c.id == exchange_id))

    async def latest_exchange(self, chat: int) -> Exchange | None:
        """The newest exchange of the chat."""
        newest = _exchanges().where(exchanges.c.chat_id == chat).order_by(exchanges.c.id.desc()).limit(1)
        return await self._exchange(newest)

    async def _exchange(self, query: Select[Any]) -> Exchange | None:
        row = (await self._connection.execute(query)).one_or_none()
        # Of one that is forgotten nothing can be done any more.
        return None if row is None or not row.text else _exchange(row)

    async def heard(self, chat: int, external_id: str, digest: str) -> bool:
        """Keep a fingerprint of what this message says; whether it said the same before."""
        mine = (heard.c.chat_id == chat, heard.c.external_id == external_id)
        known = await self._connection.scalar(select(heard.c.digest).where(*mine))
        if known is None:
            values = {"chat_id": chat, "external_id": external_id, "digest": digest}
            await self._connection.execute(insert(heard).values(values))
        elif known != digest:
            await self._connection.execute(update(heard).where(*mine).values(digest=digest))
        return known == digest

    async def choose(self, exchange_id: int, chosen: str) -> None:
        """Keep what the citizen picked from the suggestions."""
        query = update(exchanges).where(exchanges.c.id == exchange_id)
        await self._connection.execute(query.values(chosen=chosen))

    async def rate(self, exchange_id: int, verdict: Verdict) -> None:
        """Keep whether the answer helped."""
        query = update(exchanges).where(exchanges.c.id == exchange_id)
        await self._connection.execute(query.values(feedback=verdict))

    async def expect(self, exchange_id: int, awaited: Awaited | None) -> None:
        """Keep what the citizen's next words may be taken for."""
        query = update(exchanges).where(exchanges.c.id == exchange_id)
        await self._connection.execute(query.values(awaits=awaited))

    async def reword(self, chat: int, external_id: str, change: Callable[[str], str]) -> None:
        """Put other words in place of what was asked in this message."""
        mine = select(exchanges).where(exchanges.c.chat_id == chat, exchanges.c.external_id == external_id)
        for row in (await self._connection.execute(mine)).all():
            query = update(exchanges).where(exchanges.c.id == row.id)
            await self._connection.execute(query.values(text=change(row.text)))

    async def link(self, exchange_id: int, ticket: Ticket) -> None:
        """Note that the exchange became part of this ticket."""
        query = update(exchanges).where(exchanges.c.id == exchange_id)
        await self._connection.execute(query.values(ticket_id=ticket.id))


def _exchanges() -> Select[Any]:
    return select(exchanges, tickets.c.code).outerjoin(tickets, tickets.c.id == exchanges.c.ticket_id)


def _exchange(row: Row[Any]) -> Exchange:
    return Exchange(
        id=row.id,
        text=row.text,
        language=Language(row.language),
        outcome=Outcome(row.outcome),
        candidates=tuple((entry, score) for entry, score in json.loads(row.candidates)),
        suggested=tuple(json.loads(row.suggested)),
        chosen=row.chosen,
        ticket=row.code,
        entry=row.entry,
        external_id=row.external_id,
        at=row.at,
        feedback=None if row.feedback is None else Verdict(row.feedback),
        awaits=None if row.awaits is None else Awaited(row.awaits),
    )
