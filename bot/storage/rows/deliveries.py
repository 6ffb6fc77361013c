"""Deliveries: what is put into the outbox, and when it may leave."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.desk.brakes import Brakes
from bot.desk.ticket import Ticket
from bot.desk.transaction import NO_TIME, RELAYED, Sent
from bot.storage.rows.common import Rows
from bot.storage.rows.privacy import GONE
from bot.storage.tables import outbox, parts
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
        after: timedelta = NO_TIME,
    ) -> None:
        """Put something into the outbox, due `after` this time. The same key twice is one delivery.

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
            due_at=max(self._now + after, self._now if unbraked else await self._due(channel, conversation, ticket)),
            created_at=self._now,
        )

    async def _due(self, channel: str, conversation: str, ticket: Ticket | None) -> datetime:
        brakes = self._brakes.get(channel)
        if brakes is None:
            return self._now
        due, causes = await turn(self._connection, brakes, channel, conversation, ticket, self._now)
        self._braked |= dict.fromkeys(causes)
        return due

    @property
    def braked(self) -> Sequence[str | None]:
        """Why deliveries of this transaction have to wait: codes of tickets, None for too many in all."""
        return tuple(self._braked)

    async def sent_since(self, key: str, moment: datetime) -> bool:
        """Whether something whose key begins so was put into the outbox after this moment."""
        those = (outbox.c.key >= key, outbox.c.key < key + "\U0010ffff", outbox.c.created_at > moment)
        return await self._connection.scalar(select(outbox.c.id).where(*those).limit(1)) is not None

    # -- changing one's mind ------------------------------------------------------------------------

    async def unsent(self, channel: str, conversation: str) -> Sent | None:
        """The newest delivery of a conversation, if nobody has begun to send it."""
        mine = (outbox.c.channel == channel, outbox.c.conversation == conversation)
        newest = select(outbox).where(*mine).order_by(outbox.c.id.desc()).limit(1)
        row = (await self._connection.execute(newest)).one_or_none()
        return None if row is None or row.state != "pending" or row.leased_until is not None else _sent(row)

    async def rewrite(self, delivery_id: int, payload: Mapping[str, Any]) -> None:
        """Put other contents in place of those of a delivery that nobody has begun to send."""
        await self._change(delivery_id, payload=json.dumps(payload, ensure_ascii=False))

    async def mailed(self, ticket: Ticket) -> Sequence[str]:
        """The texts of all mails to staff about the ticket."""
        query = select(outbox.c.payload).where(outbox.c.ticket_id == ticket.id, outbox.c.channel == "mail")
        return [json.loads(payload)["text"] for payload in await self._connection.scalars(query)]

    async def latest_relayed(self, ticket: Ticket) -> Sent | None:
        """The newest delivery that carries words of staff to the citizen, unless it was taken back or given up."""
        mine = (outbox.c.ticket_id == ticket.id, outbox.c.key.startswith(RELAYED), outbox.c.state != "retracted")
        newest = select(outbox).where(*mine, outbox.c.state != "dead").order_by(outbox.c.id.desc()).limit(1)
        row = (await self._connection.execute(newest)).one_or_none()
        return None if row is None else _sent(row)

    async def cancel(self, delivery_id: int) -> bool:
        """Take a delivery back that nobody has begun to send; False if it is too late for that."""
        begun = select(parts.c.outbox_id).where(parts.c.outbox_id == delivery_id).exists()
        query = update(outbox).where(outbox.c.id == delivery_id, outbox.c.state == "pending", ~begun)
        query = query.where(outbox.c.leased_until.is_(None) | (outbox.c.leased_until <= self._now))
        changed = await self._connection.execute(query.values(state="retracted", finished_at=self._now))
        return bool(changed.rowcount)

    async def retracted(self, delivery_id: int) -> None:
        """Note that a delivery is taken back from the citizen."""
        sent = update(outbox).where(outbox.c.id == delivery_id, outbox.c.state == "sent")
        await self._connection.execute(sent.values(state="retracted"))

    async def finished(self, delivery_id: int) -> None:
        """The delivery has arrived as a whole."""
        await self._change(delivery_id, state="sent", error=None, finished_at=self._now)

    async def _change(self, delivery_id: int, **values: Any) -> None:
        await self._connection.execute(update(outbox).where(outbox.c.id == delivery_id).values(values))

    async def bury(self, delivery_id: int, reason: str) -> None:
        """Give a delivery up: it stays in the outbox as dead, with the reason."""
        values = {"state": "dead", "error": reason, "finished_at": self._now, "leased_until": None}
        payload = await self._connection.scalar(select(outbox.c.payload).where(outbox.c.id == delivery_id))
        if payload is not None and json.loads(payload).get("fleeting"):
            values["payload"] = GONE
            self.has_erased = True
        await self._change(delivery_id, **values)

    async def dead_deliveries(self, ticket: Ticket) -> Sequence[int]:
        """The ids of the ticket's deliveries that were given up, oldest first."""
        query = select(outbox.c.id).where(outbox.c.ticket_id == ticket.id, outbox.c.state == "dead")
        return list(await self._connection.scalars(query.order_by(outbox.c.id)))

    async def revive(self, delivery_id: int) -> Mapping[str, Any] | None:
        """Make a delivery that was given up due again, with fresh attempts: its payload; None if it was not."""
        dead = (outbox.c.id == delivery_id, outbox.c.state == "dead")
        payload = await self._connection.scalar(select(outbox.c.payload).where(*dead))
        if payload is None:
            return None
        values = {"state": "pending", "attempts": 0, "due_at": self._now, "finished_at": None}
        await self._connection.execute(update(outbox).where(*dead).values(values))
        found: Mapping[str, Any] = json.loads(payload)
        return found

    async def is_failing(self, channel: str) -> bool:
        """Whether tickets' deliveries on this channel are waiting after failed attempts."""
        waiting = select(func.count()).select_from(outbox)
        # A colleague's address may be wrong while the queue gets all its mail.
        mine = (outbox.c.channel == channel, outbox.c.conversation.startswith("ticket:"))
        failed = waiting.where(*mine, outbox.c.state == "pending", outbox.c.attempts > 0)
        return bool(await self._connection.scalar(failed))


def _sent(row: Row[Any]) -> Sent:
    staff = row.key.removeprefix(RELAYED)
    return Sent(row.id, json.loads(row.payload), staff, row.state == "pending", row.finished_at)
