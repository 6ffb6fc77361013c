"""Putting what arrives into the inbox, each thing once, and whose turn it is there."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.tables import inbox


async def keep(
    connection: AsyncConnection,
    source: str,
    external_id: str,
    payload: bytes,
    now: datetime,
    *,
    after: timedelta = timedelta(0),
    outcome: str | None = None,
    party: str | None = None,
) -> bool:
    """Keep it as a new row, due `after` this time; False for one that is known already.

    `external_id`: 512 characters; `outcome`: it is done with already; `party`: whose it is.
    """
    known = select(inbox.c.id).where(inbox.c.source == source, inbox.c.external_id == external_id)
    if await connection.scalar(known) is not None:
        return False
    values: dict[str, Any] = {"source": source, "external_id": external_id, "payload": payload, "received_at": now}
    values |= {"state": "new", "attempts": 0, "due_at": now + after, "party": party}
    if outcome is not None:
        values |= {"state": "done", "outcome": outcome, "handled_at": now}
    await connection.execute(insert(inbox).values(values))
    return True


def heads(limit: int, sources: Collection[str], now: datetime) -> Select[Any]:
    """The oldest unhandled row of each person and source, as far as it is due, oldest first."""
    due = inbox.c.due_at <= now
    # Of one person nothing overtakes what has to wait.
    mine = (inbox.c.state == "new", inbox.c.source.in_(tuple(sources)), or_(inbox.c.party.is_not(None), due))
    first = select(func.min(inbox.c.id)).where(*mine).group_by(inbox.c.source, inbox.c.party)
    columns = (inbox.c.id, inbox.c.source, inbox.c.external_id, inbox.c.payload, inbox.c.attempts, inbox.c.party)
    return select(*columns).where(inbox.c.id.in_(first), due).order_by(inbox.c.id).limit(limit)
