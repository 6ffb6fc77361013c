"""What a part of the bot remembers of itself, under a name."""

from sqlalchemy import insert, select, update

from bot.storage.rows.common import Rows
from bot.storage.tables import bookmarks


class StateRows(Rows):
    """States, as the part has written them."""

    async def state(self, name: str) -> str | None:
        """What was kept under this name."""
        found: str | None = await self._connection.scalar(select(bookmarks.c.value).where(bookmarks.c.name == name))
        return found

    async def keep_state(self, name: str, value: str) -> None:
        """Keep it in place of what was kept before."""
        changed = await self._connection.execute(update(bookmarks).where(bookmarks.c.name == name).values(value=value))
        if changed.rowcount == 0:
            await self._connection.execute(insert(bookmarks).values(name=name, value=value))
