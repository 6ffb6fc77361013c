"""Putting what arrives into the inbox, each thing once."""

from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.tables import inbox


async def keep(connection: AsyncConnection, source: str, external_id: str, payload: bytes, now: datetime) -> bool:
    """Keep it as a new row that is due now; False for one that is known already. `external_id`: 512 characters."""
    known = select(inbox.c.id).where(inbox.c.source == source, inbox.c.external_id == external_id)
    if await connection.scalar(known) is not None:
        return False
    values = {"source": source, "external_id": external_id, "payload": payload, "received_at": now, "due_at": now}
    await connection.execute(insert(inbox).values(state="new", attempts=0, **values))
    return True
