"""Deliveries: what is put into the outbox, and when it may leave."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.desk.brakes import Brakes
from bot.desk.ticket import Ticket
from bot.storage.rows.common import Rows
from bot.storage.tables import outbox
from bot.storage.turns import turn


class DeliveryRows(Rows):
    """What is to be sent."""

    def __init__(self, connection: AsyncConnection, now: datetime, brakes: Mapping[str, Brakes] | None = None) -> None:
        """`brakes`: by channel."""
        super().__init__(connection, now)
        self._brakes = brakes or {}
        self._braked: dict[str | None, None] = {}

    async def send(
        self,
        channel: str,
        conversation: str,
        key: str,
        payload: Mapping[str, Any],
        *,
        chat: int | None = None,
        ticket: Ticket | None = None,
        unbraked: bool = False,
    ) -> None:
        """Put something into the outbox. The same key twice is one delivery.

        Where the channel has brakes, it waits there for its turn, unless it is sent `unbraked`.
        """
        if await self._connection.scalar(select(outbox.c.id).where(outbox.c.key == key)) is not None:
            return
        await self._insert(
            outbox,
            channel=channel,
            conversation=conversation,
            key=key,
            chat_id=chat,
            ticket_id=None if ticket is None else ticket.id,
            payload=json.dumps(payload, ensure_ascii=False),
            state="pending",
            attempts=0,
            due_at=self._now if unbraked else await self._due(channel, ticket),
            created_at=self._now,
        )

    async def _due(self, channel: str, ticket: Ticket | None) -> datetime:
        brakes = self._brakes.get(channel)
        if brakes is None:
            return self._now
        due, causes = await turn(self._connection, brakes, channel, ticket, self._now)
        self._braked |= dict.fromkeys(causes)
        return due

    @property
    def braked(self) -> Sequence[str | None]:
        """Why deliveries of this transaction have to wait: codes of tickets, None for too many in all."""
        return tuple(self._braked)

    async def bury(self, delivery_id: int, reason: str) -> None:
        """Give a delivery up: it stays in the outbox as dead, with the reason."""
        values = {"state": "dead", "error": reason, "finished_at": self._now, "leased_until": None}
        await self._connection.execute(update(outbox).where(outbox.c.id == delivery_id).values(values))

    async def is_failing(self, channel: str) -> bool:
        """Whether tickets' deliveries on this channel are waiting after failed attempts."""
        waiting = select(func.count()).select_from(outbox)
        # A colleague's address may be wrong while the queue gets all its mail.
        mine = (outbox.c.channel == channel, outbox.c.conversation.startswith("ticket:"))
        failed = waiting.where(*mine, outbox.c.state == "pending", outbox.c.attempts > 0)
        return bool(await self._connection.scalar(failed))
