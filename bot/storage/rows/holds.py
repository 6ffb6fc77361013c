"""What is held back until a person decides, and the rows of the inbox behind it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, insert, select, update

from bot.desk.hold import Hold, HoldState
from bot.desk.staff import Held
from bot.storage.arrivals import keep
from bot.storage.rows.common import Rows
from bot.storage.tables import bookmarks, holds, inbox, tickets


class HoldRows(Rows):
    """Quarantine."""

    async def hold_back(
        self, code: str, source: str, external_id: str, *, ticket: str | None, reason: Held, sender: str, subject: str
    ) -> Hold:
        """Keep that a row of the inbox waits for a person's decision. The same row twice is one hold."""
        mine = (holds.c.source == source, holds.c.external_id == external_id[:512])
        known = (await self._connection.execute(_holds().where(*mine))).one_or_none()
        if known is not None:
            return _hold(known)
        values: dict[str, Any] = {"code": code, "source": source, "external_id": external_id[:512]}
        values |= {"sender": sender[:320], "subject": subject, "reason": reason, "ticket_id": await self._id_of(ticket)}
        await self._insert(holds, state=HoldState.HELD, mails=0, at=self._now, **values)
        held = await self.hold(code)
        assert held is not None
        return held

    async def hold(self, code: str) -> Hold | None:
        """What is held under this code."""
        row = (await self._connection.execute(_holds().where(holds.c.code == code))).one_or_none()
        return None if row is None else _hold(row)

    async def keep_hold(self, hold: Hold) -> None:
        """Store the decision about something held, and its ticket."""
        values = {"state": hold.state, "ticket_id": await self._id_of(hold.ticket)}
        await self._connection.execute(update(holds).where(holds.c.id == hold.id).values(values))

    async def count_hold_mail(self, hold: Hold) -> int:
        """The number of the next mail about something held, from 0; it is counted by this."""
        return await self._count_mail(holds, hold.id)

    async def held(self) -> Sequence[Hold]:
        """Everything that waits for a decision, oldest first."""
        query = _holds().where(holds.c.state == HoldState.HELD).order_by(holds.c.id)
        return [_hold(row) for row in await self._connection.execute(query)]

    async def received(self, source: str, external_id: str) -> bytes | None:
        """The payload of a row of the inbox."""
        mine = (inbox.c.source == source, inbox.c.external_id == external_id[:512])
        payload: bytes | None = await self._connection.scalar(select(inbox.c.payload).where(*mine))
        return payload

    async def take_in(self, source: str, external_id: str, payload: bytes) -> bool:
        """Keep something as received and done with, though it came another way; False if it was received already."""
        return await keep(self._connection, source, external_id[:512], payload, self._now, outcome="taken-in")

    async def first_time(self, name: str) -> bool:
        """Whether this name, of at most 128 characters, was never noted before; now it is."""
        if await self._connection.scalar(select(bookmarks.c.name).where(bookmarks.c.name == name)) is not None:
            return False
        await self._connection.execute(insert(bookmarks).values(name=name, value=""))
        return True

    async def _id_of(self, ticket: str | None) -> int | None:
        found: int | None = await self._connection.scalar(select(tickets.c.id).where(tickets.c.code == ticket))
        return found


def _holds() -> Select[Any]:
    return select(holds, tickets.c.code.label("ticket")).outerjoin(tickets, tickets.c.id == holds.c.ticket_id)


def _hold(row: Row[Any]) -> Hold:
    return Hold(
        id=row.id,
        code=row.code,
        source=row.source,
        external_id=row.external_id,
        ticket=row.ticket,
        reason=Held(row.reason),
        sender=row.sender,
        subject=row.subject,
        state=HoldState(row.state),
        at=row.at,
    )
