"""Questions that wait for the citizen's word on how to pass them on to staff."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, delete, insert, select

from bot.desk.transaction import Chat, Undecided
from bot.knowledge.entry import Language
from bot.storage.rows.common import Rows
from bot.storage.tables import chats, exchanges, undecided


class UndecidedRows(Rows):
    """What was put aside."""

    async def put_aside(self, exchange_id: int, chat: int, question: Mapping[str, Any], until: datetime) -> None:
        """Keep a question until the citizen has said how to pass it on."""
        values = {"exchange_id": exchange_id, "chat_id": chat, "until": until}
        words = json.dumps(question, ensure_ascii=False)
        await self._connection.execute(insert(undecided).values(question=words, **values))

    async def undecided(self, chat: int, exchange_id: int | None = None) -> Undecided | None:
        """The question of this exchange that was put aside, or the newest of the chat."""
        mine = _undecided().where(undecided.c.chat_id == chat).order_by(undecided.c.exchange_id.desc()).limit(1)
        if exchange_id is not None:
            mine = mine.where(undecided.c.exchange_id == exchange_id)
        row = (await self._connection.execute(mine)).one_or_none()
        return None if row is None else _found(row)

    async def overdue_decisions(self) -> Sequence[Undecided]:
        """What was put aside and whose time is over, the oldest first."""
        over = _undecided().where(undecided.c.until <= self._now).order_by(undecided.c.exchange_id)
        return [_found(row) for row in await self._connection.execute(over)]

    async def decide(self, exchange_id: int) -> None:
        """The question is not put aside any more."""
        await self._connection.execute(delete(undecided).where(undecided.c.exchange_id == exchange_id))


def _undecided() -> Select[Any]:
    return (
        select(undecided, exchanges.c.external_id, chats.c.channel, chats.c.language)
        .join(exchanges, exchanges.c.id == undecided.c.exchange_id)
        .join(chats, chats.c.id == undecided.c.chat_id)
    )


def _found(row: Row[Any]) -> Undecided:
    chat = Chat(row.chat_id, row.channel, Language(row.language), is_new=False)
    return Undecided(row.exchange_id, chat, row.external_id, json.loads(row.question))
