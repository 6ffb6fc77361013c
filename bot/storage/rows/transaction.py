"""One transaction on the database: what the desk reads and writes while it handles one message."""

from datetime import datetime
from typing import Any

from sqlalchemy import case, select, update

from bot.storage.rows.cards import CardRows
from bot.storage.rows.chats import ChatRows
from bot.storage.rows.deliveries import DeliveryRows
from bot.storage.rows.enclosures import EnclosureRows
from bot.storage.rows.files import FileRows
from bot.storage.rows.given import GivenRows
from bot.storage.rows.holds import HoldRows
from bot.storage.rows.privacy import PrivacyRows
from bot.storage.rows.states import StateRows
from bot.storage.rows.undecided import UndecidedRows
from bot.storage.tables import inbox


class StoredTransaction(
    DeliveryRows,
    ChatRows,
    CardRows,
    HoldRows,
    FileRows,
    UndecidedRows,
    PrivacyRows,
    EnclosureRows,
    GivenRows,
    StateRows,
):
    """The desk's Transaction on an open database connection."""

    async def handled(self, inbox_id: int, outcome: str) -> None:
        """Take a received message off the inbox: it is done, with this outcome."""
        values: dict[str, Any] = {"state": "done", "outcome": outcome[:64], "error": None, "handled_at": self._now}
        # What is needed of a citizen's message is kept elsewhere: not their name, and masked where they wished that.
        values["payload"] = case((inbox.c.party.is_not(None), b""), else_=inbox.c.payload)
        await self._connection.execute(update(inbox).where(inbox.c.id == inbox_id).values(values))
        await self.forget_if_erased(inbox_id)

    async def put_off(self, inbox_id: int, until: datetime) -> None:
        """The message is handled later, and whatever the same person sent after it."""
        await self._connection.execute(update(inbox).where(inbox.c.id == inbox_id).values(due_at=until))

    async def handled_before(self, source: str, party: str, count: int) -> datetime | None:
        """When the newest message but `count - 1` of this person was handled; None if there were fewer."""
        mine = (inbox.c.source == source, inbox.c.party == party, inbox.c.handled_at.is_not(None))
        newest = select(inbox.c.handled_at).where(*mine).order_by(inbox.c.handled_at.desc())
        found: datetime | None = await self._connection.scalar(newest.offset(count - 1).limit(1))
        return found

    async def revive_received(self, inbox_id: int) -> bool:
        """Let a row of the inbox that was given up be handled again, with fresh attempts; False if it was not."""
        dead = update(inbox).where(inbox.c.id == inbox_id, inbox.c.state == "dead")
        revived = await self._connection.execute(dead.values(state="new", attempts=0, due_at=self._now))
        return bool(revived.rowcount)
