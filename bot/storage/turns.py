"""When a delivery may leave on a channel that has brakes."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.desk.brakes import HOUR, Brakes
from bot.desk.ticket import Ticket
from bot.storage.tables import outbox


async def turn(
    connection: AsyncConnection, brakes: Brakes, channel: str, conversation: str, ticket: Ticket | None, now: datetime
) -> tuple[datetime, Sequence[str | None]]:
    """When the next delivery is due, so that no hour sees more than the brakes allow.

    With it the causes if that is later than now: the ticket's code, None for too many in all. A ticket's conversations
    are braked each for itself, so that receipts put off no question. What a ticket's own brakes have put off holds up
    no other ticket: in all, only that counts which is due before.
    """
    due, causes = now, list[str | None]()
    if ticket is not None:
        mine = (outbox.c.ticket_id == ticket.id, outbox.c.conversation == conversation)
        due = await _free(connection, now, channel, brakes.per_ticket, *mine)
        causes += [ticket.code] if due > now else []
    while (later := await _free(connection, due, channel, brakes.in_all, outbox.c.due_at <= due)) > due:
        due, causes = later, [*causes, None]
    return due, causes


async def _free(
    connection: AsyncConnection, at: datetime, channel: str, most: int, *those: ColumnElement[bool]
) -> datetime:
    """When fewer than `most` of those deliveries are due within an hour, `at` this moment or later."""
    lately = (outbox.c.channel == channel, outbox.c.due_at > at - HOUR)
    newest = select(outbox.c.due_at).where(*lately, *those).order_by(outbox.c.due_at.desc())
    reached: datetime | None = await connection.scalar(newest.offset(most - 1).limit(1))
    return at if reached is None else max(at, reached + HOUR)
