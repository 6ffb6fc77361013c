"""What every part of a transaction works on: one open connection and one moment."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection


class Rows:
    """A connection inside a transaction, and the moment it began."""

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
