"""The database: opening it, its transactions, and the queues on top of it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, and_, exists, func, insert, select, update
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.desk.brakes import Brakes
from bot.desk.enclosing import Enclosed
from bot.desk.outbox import Delivery
from bot.desk.staff import Attachment
from bot.errors import StorageError
from bot.storage.arrivals import heads, keep
from bot.storage.engine import file_of, truncate_log, writing
from bot.storage.lock import sole_user
from bot.storage.rows.privacy import GONE
from bot.storage.rows.transaction import StoredTransaction
from bot.storage.schema import upgrade
from bot.storage.tables import bookmarks, chats, exchanges, inbox, outbox, parts, tickets

# So begin the bookmarks that count.
COUNTED = "counted:"
Clock = Callable[[], datetime]
# Whose something received is, by its payload: the channel's own id of the chat, None for nobody's.
Whose = Callable[[bytes], str | None]


@dataclass(frozen=True, slots=True)
class Received:
    """One row of the inbox that waits to be handled."""

    id: int
    source: str
    external_id: str
    payload: bytes
    attempts: int
    party: str | None = None


class Store:
    """The database, opened. Safe to use from any number of tasks of one process."""

    def __init__(
        self,
        engine: AsyncEngine,
        clock: Clock,
        brakes: Mapping[str, Brakes] | None = None,
        whose: Mapping[str, Whose] | None = None,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._brakes = brakes
        self._whose = whose or {}
        # SQLite has one writer: waiting in line here is cheaper than polling its lock from threads.
        self._turn = asyncio.Lock()

    # -- handling one message ---------------------------------------------------------------------

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[StoredTransaction]:
        """One transaction: committed at the end of the block, rolled back if it raises."""
        async with self._connection() as connection:
            tx = StoredTransaction(connection, self._clock(), self._brakes)
            yield tx
        if tx.has_erased:
            await self.wipe_log()

    async def wipe_log(self) -> None:
        """Move everything into the database file and empty the log beside it, which keeps what was written over."""
        if self._engine.dialect.name == "sqlite":
            async with self._turn, self._engine.connect() as connection:
                await truncate_log(connection)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[AsyncConnection]:
        try:
            async with self._turn, self._engine.begin() as connection:
                yield connection
        except (OperationalError, InterfaceError) as error:
            # Locked, full, gone: it may work again. Other errors are about one row, and are that row's failure.
            raise StorageError(f"The database refused to work: {error.orig}") from error

    # -- inbox ------------------------------------------------------------------------------------

    async def bookmark(self, name: str) -> str | None:
        """How far this source has been read."""
        async with self._connection() as connection:
            value = await connection.scalar(select(bookmarks.c.value).where(bookmarks.c.name == name))
            return None if value is None else str(value)

    async def keep_bookmark(self, name: str, value: str) -> None:
        """Remember a value under this name."""
        async with self._connection() as connection:
            await _upsert_bookmark(connection, name, value)

    async def constant(self, name: str, make: Callable[[], str]) -> str:
        """A value made once in the life of this database."""
        async with self._connection() as connection:
            known = await connection.scalar(select(bookmarks.c.value).where(bookmarks.c.name == name))
            if known is not None:
                return str(known)
            made = make()
            await connection.execute(insert(bookmarks).values(name=name, value=made))
            return made

    async def move_chat(self, channel: str, old: str, new: str) -> None:
        """The channel gave a chat a new id."""
        async with self.begin() as tx:
            await tx.move_chat(channel, old, new)

    async def receive(
        self,
        source: str,
        items: Sequence[tuple[str, bytes]],
        bookmark: tuple[str, str] | None = None,
        after: timedelta = timedelta(0),
    ) -> int:
        """Commit what arrived, together with how far was read; what is known already is passed over.

        `items`: (external id, payload) in order of arrival; they are due `after` this time. Returns how many were new.
        """
        async with self._connection() as connection:
            new = 0
            whose = self._whose.get(source, _nobodys)
            for external_id, payload in items:
                party = whose(payload)
                new += await keep(
                    connection, source, external_id[:512], payload, self._clock(), after=after, party=party
                )
            if bookmark is not None:
                await _upsert_bookmark(connection, *bookmark)
            return new

    async def waiting(self, limit: int, sources: Collection[str] | None = None) -> Sequence[Received]:
        """The oldest rows of the inbox that nobody has handled yet. `sources`: only from these."""
        columns = (inbox.c.id, inbox.c.source, inbox.c.external_id, inbox.c.payload, inbox.c.attempts)
        due = inbox.c.due_at <= self._clock()
        query = select(*columns).where(inbox.c.state == "new", due).order_by(inbox.c.id).limit(limit)
        if sources is not None:
            query = query.where(inbox.c.source.in_(tuple(sources)))
        async with self._connection() as connection:
            return [Received(*row) for row in await connection.execute(query)]

    async def heads(self, limit: int, sources: Collection[str]) -> Sequence[Received]:
        """Of each person the oldest message that nobody has handled yet, if it is due: whoever sends much gets no more.

        What belongs to nobody counts as one person a source, but there a message that has to wait holds up no other.
        """
        async with self._connection() as connection:
            return [Received(*row) for row in await connection.execute(heads(limit, sources, self._clock()))]

    async def failed(self, inbox_id: int, attempts: int, error: str, pause: timedelta | None) -> None:
        """Note a failed attempt at handling. Without a `pause` till the next one, it is parked for a person."""
        values: dict[str, Any] = {"attempts": attempts, "error": error}
        values |= {"state": "dead"} if pause is None else {"due_at": self._clock() + pause}
        async with self._connection() as connection:
            await connection.execute(update(inbox).where(inbox.c.id == inbox_id).values(values))

    # -- outbox -----------------------------------------------------------------------------------

    async def claim(self, channel: str, limit: int, lease: timedelta) -> Sequence[Delivery]:
        """Lease what is due on this channel: at most one delivery a conversation, oldest first.

        A lease that ran out (its worker died) is claimed anew.
        """
        now = self._clock()
        async with self._connection() as connection:
            rows = (await connection.execute(_due(channel, now, limit))).all()
            if not rows:
                return []
            claimed = [row.id for row in rows]
            await connection.execute(update(outbox).where(outbox.c.id.in_(claimed)).values(leased_until=now + lease))
            arrived = await _arrived(connection, claimed)
            return [_delivery(row, arrived.get(row.id, ())) for row in rows]

    async def release_leases(self) -> None:
        """Make leased deliveries due again: for a single process that starts, whoever held them is dead."""
        async with self._connection() as connection:
            await connection.execute(update(outbox).where(outbox.c.state == "pending").values(leased_until=None))

    async def note_part(self, delivery: Delivery, number: int, external_id: str) -> None:
        """Keep that one part of a delivery has arrived, so that no later attempt repeats it."""
        async with self._connection() as connection:
            await connection.execute(
                insert(parts).values(outbox_id=delivery.id, number=number, external_id=external_id[:512])
            )

    async def arrived(self, delivery_id: int) -> Sequence[str]:
        """The ids that the outside world gave the parts of a delivery, in their order."""
        async with self._connection() as connection:
            return (await _arrived(connection, [delivery_id])).get(delivery_id, ())

    async def delivered(self, delivery: Delivery) -> None:
        """The delivery has arrived as a whole; of a fleeting one nothing is kept."""
        fleeting = bool(delivery.payload.get("fleeting"))
        gone = {"payload": GONE} if fleeting else {}
        await self._finish(delivery, state="sent", error=None, finished_at=self._clock(), **gone)
        if fleeting:
            await self.wipe_log()

    async def postpone(self, delivery: Delivery, due_at: datetime, error: str, *, counted: bool) -> None:
        """Try again at `due_at`. `counted`: the attempt failed, rather than being told to wait."""
        attempts = delivery.attempts + (1 if counted else 0)
        await self._finish(delivery, due_at=due_at, error=error, attempts=attempts, leased_until=None)

    async def _finish(self, delivery: Delivery, **values: Any) -> None:
        async with self._connection() as connection:
            await connection.execute(update(outbox).where(outbox.c.id == delivery.id).values(values))

    async def enclosed(self, ids: Sequence[int]) -> Sequence[Enclosed]:
        """Where these files of citizens can be fetched, oldest first."""
        async with self.begin() as tx:
            return await tx.enclosed(ids)

    async def file(self, file_id: int) -> Attachment | None:
        """The file of this id, if it is still kept."""
        async with self.begin() as tx:
            return await tx.file(file_id)

    # -- what is counted and not kept -----------------------------------------------------------

    async def count(self, outcome: str) -> None:
        """One more of what ends so and leaves no row."""
        name = f"{COUNTED}{outcome}"
        async with self._connection() as connection:
            so_far = await connection.scalar(select(bookmarks.c.value).where(bookmarks.c.name == name))
            await _upsert_bookmark(connection, name, str(int(so_far or 0) + 1))

    # -- looking at it ----------------------------------------------------------------------------

    async def counts(self) -> Mapping[str, int]:
        """How many rows stand in which state: `inbox.done`, `tickets.open`, `outbox.dead`, `feedback.no`, …"""
        found: dict[str, int] = {}
        async with self._connection() as connection:
            for table in (inbox, tickets, outbox):
                rows = await connection.execute(select(table.c.state, func.count()).group_by(table.c.state))
                found |= {f"{table.name}.{state}": count for state, count in rows}
            rows = await connection.execute(select(inbox.c.outcome, func.count()).group_by(inbox.c.outcome))
            found |= {f"outcome.{outcome}": count for outcome, count in rows if outcome}
            rows = await connection.execute(select(exchanges.c.feedback, func.count()).group_by(exchanges.c.feedback))
            found |= {f"feedback.{verdict}": count for verdict, count in rows if verdict}
            query = select(bookmarks).where(bookmarks.c.name.startswith(COUNTED, autoescape=True))
            counted = await connection.execute(query)
            found |= {f"outcome.{row.name.removeprefix(COUNTED)}": int(row.value) for row in counted}
        return found

    async def decisions(self, limit: int) -> Sequence[Mapping[str, Any]]:
        """The newest exchanges with their reasons, newest first. Holds citizens' words: for the try-out only."""
        query = (
            select(exchanges, tickets.c.code)
            .outerjoin(tickets, tickets.c.id == exchanges.c.ticket_id)
            .order_by(exchanges.c.id.desc())
            .limit(limit)
        )
        async with self._connection() as connection:
            return [_decision(row) for row in await connection.execute(query)]


def _nobodys(_payload: bytes) -> None:
    return None


def _decision(row: Row[Any]) -> Mapping[str, Any]:
    return {
        "at": row.at.isoformat(),
        "text": row.text,
        "outcome": row.outcome,
        "entry": row.entry or row.chosen,
        "reason": row.reason,
        "candidates": [{"entry": entry, "score": score} for entry, score in json.loads(row.candidates)],
        "ticket": row.code,
    }


async def _upsert_bookmark(connection: AsyncConnection, name: str, value: str) -> None:
    changed = await connection.execute(update(bookmarks).where(bookmarks.c.name == name).values(value=value))
    if changed.rowcount == 0:
        await connection.execute(insert(bookmarks).values(name=name, value=value))


def _due(channel: str, now: datetime, limit: int) -> Select[Any]:
    earlier = outbox.alias()
    overtakes = exists().where(
        earlier.c.channel == outbox.c.channel,
        earlier.c.conversation == outbox.c.conversation,
        earlier.c.state == "pending",
        earlier.c.id < outbox.c.id,
    )
    return (
        select(outbox, chats.c.address)
        .outerjoin(chats, chats.c.id == outbox.c.chat_id)
        .where(
            and_(outbox.c.state == "pending", outbox.c.channel == channel, outbox.c.due_at <= now),
            (outbox.c.leased_until.is_(None)) | (outbox.c.leased_until <= now),
            ~overtakes,
        )
        .order_by(outbox.c.due_at, outbox.c.id)
        .limit(limit)
    )


async def _arrived(connection: AsyncConnection, ids: Sequence[int]) -> Mapping[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    query = select(parts).where(parts.c.outbox_id.in_(ids)).order_by(parts.c.number)
    for row in await connection.execute(query):
        found[row.outbox_id] = (*found.get(row.outbox_id, ()), row.external_id)
    return found


def _delivery(row: Row[Any], arrived: tuple[str, ...]) -> Delivery:
    payload = json.loads(row.payload)
    return Delivery(
        id=row.id,
        channel=row.channel,
        conversation=row.conversation,
        # The chat of a last message is erased already.
        address=row.address or payload.get("address"),
        key=row.key,
        payload=payload,
        attempts=row.attempts,
        sent=arrived,
    )


@asynccontextmanager
async def open_store(
    url: str,
    clock: Clock,
    brakes: Mapping[str, Brakes] | None = None,
    whose: Mapping[str, Whose] | None = None,
) -> AsyncIterator[Store]:
    """Open the database for this process alone, bring it up to date, close it at the end.

    `brakes`: by channel; without, everything is due at once. `whose`: by source, for what citizens send.
    Raises StorageError, SchemaTooNew.
    """
    engine = writing(url)
    try:
        with sole_user(file_of(engine)):
            async with engine.begin() as connection:
                await connection.run_sync(upgrade)
            store = Store(engine, clock, brakes, whose)
            # Whoever had the file before may have been killed between an erasure and this.
            await store.wipe_log()
            yield store
    except DBAPIError as error:
        raise StorageError(f"The database {engine.url.render_as_string()} cannot be opened: {error.orig}") from error
    finally:
        await engine.dispose()
