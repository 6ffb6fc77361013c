"""One transaction on the database: what the desk reads and writes while it handles one message."""

from sqlalchemy import update

from bot.storage.rows.cards import CardRows
from bot.storage.rows.chats import ChatRows
from bot.storage.rows.deliveries import DeliveryRows
from bot.storage.rows.files import FileRows
from bot.storage.rows.holds import HoldRows
from bot.storage.rows.privacy import PrivacyRows
from bot.storage.tables import inbox


class StoredTransaction(DeliveryRows, ChatRows, CardRows, HoldRows, FileRows, PrivacyRows):
    """The desk's Transaction on an open database connection."""

    async def handled(self, inbox_id: int, outcome: str) -> None:
        """Take a received message off the inbox: it is done, with this outcome."""
        values = {"state": "done", "outcome": outcome[:64], "error": None, "handled_at": self._now}
        await self._connection.execute(update(inbox).where(inbox.c.id == inbox_id).values(values))
        await self.forget_if_erased(inbox_id)

    async def revive_received(self, inbox_id: int) -> bool:
        """Let a row of the inbox that was given up be handled again, with fresh attempts; False if it was not."""
        dead = update(inbox).where(inbox.c.id == inbox_id, inbox.c.state == "dead")
        revived = await self._connection.execute(dead.values(state="new", attempts=0, due_at=self._now))
        return bool(revived.rowcount)
