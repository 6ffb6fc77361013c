"""What every part of a transaction works on: one open connection and one moment."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection


class Rows:
    """A connection inside a transaction, and the moment it began.

    `has_erased`: the file's log now holds what is to be overwritten.
    """

    has_erased = False

    def __init__(self, connection: AsyncConnection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    @property
    def now(self) -> datetime:
        """The moment the transaction began, in UTC."""
        return self._now

    async def _insert(self, table: Any, **values: Any) -> int:
        result = await self._connection.execute(insert(table).values(values))
        key = result.inserted_primary_key
        assert key is not None
        return int(key[0])

    async def _count_mail(self, table: Any, row_id: int) -> int:
        """How many mails a row had caused before this one. Counted where it stands, so that no old value matters."""
        mine = table.c.id == row_id
        await self._connection.execute(update(table).where(mine).values(mails=table.c.mails + 1))
        counted = await self._connection.scalar(select(table.c.mails).where(mine))
        return int(counted or 1) - 1
