"""Sending what was decided: at least once, in order within a conversation, never given up silently."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog

from bot.desk.ending import to_its_end
from bot.desk.staff import Attachment
from bot.desk.transaction import Transaction
from bot.errors import DeliveryFailed, StorageError

log = structlog.get_logger()

GRACE = timedelta(seconds=5)
BUG_ATTEMPTS = 5
# Payloads that hold one of these are told of when they have arrived.
WITNESSED = frozenset({"receipt", "opens"})


@dataclass(frozen=True, slots=True)
class Delivery:
    """One thing to send. `address` is the chat's id on its channel; `sent` the parts that already arrived.

    `files`: what is sent along, put in at the last moment.
    """

    id: int
    channel: str
    conversation: str
    key: str
    payload: Mapping[str, Any]
    attempts: int
    sent: tuple[str, ...]
    address: str | None = None
    files: tuple[Attachment, ...] = ()


Progress = Callable[[str], Awaitable[None]]


class Channel(Protocol):
    """A way out: one package per outside world."""

    async def deliver(self, delivery: Delivery, progress: Progress) -> None:
        """Send it, calling `progress(external_id)` after each part. Raises DeliveryFailed."""


class OutboxStore(Protocol):
    """What the outbox asks of storage; `storage.store.Store` says what each does."""

    async def claim(self, channel: str, limit: int, lease: timedelta) -> Sequence[Delivery]: ...
    async def note_part(self, delivery: Delivery, number: int, external_id: str) -> None: ...
    async def delivered(self, delivery: Delivery) -> None: ...
    async def postpone(self, delivery: Delivery, due_at: datetime, error: str, *, counted: bool) -> None: ...
    def begin(self) -> AbstractAsyncContextManager[Transaction]: ...


class Witness(Protocol):
    """Tells people what became of deliveries that they wait for."""

    async def delivered(self, tx: Transaction, delivery: Delivery) -> None:
        """A delivery whose payload asks for a receipt, or opens a ticket, has arrived in this transaction."""

    async def undeliverable(self, tx: Transaction, delivery: Delivery, reason: str) -> None:
        """A delivery was given up in this transaction."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to keep trying. Pauses grow by `factor` from `first` to `longest`; after `attempts` it is over."""

    first: timedelta = timedelta(seconds=1)
    factor: float = 2.0
    longest: timedelta = timedelta(minutes=10)
    attempts: int = 150
    lease: timedelta = timedelta(minutes=2)

    def pause(self, failed_attempts: int, jitter: float) -> timedelta:
        """How long to wait after so many failures; `jitter` in [0, 1) spreads the herd by up to a quarter."""
        steps = min(failed_attempts, 40) - 1
        return min(self.longest, self.first * self.factor**steps) * (1 + jitter / 4)


class Outbox:
    """Delivers what is due on one channel: several conversations at a time, each in its order."""

    def __init__(
        self,
        name: str,
        channel: Channel,
        store: OutboxStore,
        witness: Witness,
        *,
        clock: Callable[[], datetime],
        jitter: Callable[[], float],
        patience: Patience = Patience(),
        at_once: int = 16,
        look_every: timedelta = timedelta(seconds=0.5),
    ) -> None:
        self._name = name
        self._channel = channel
        self._store = store
        self._witness = witness
        self._clock = clock
        self._jitter = jitter
        self._patience = patience
        self._at_once = at_once
        self._look_every = look_every
        self._news = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()
        self._under_way: set[int] = set()

    def wake(self) -> None:
        """Something new may be due."""
        self._news.set()

    async def run(self) -> None:
        """Deliver until cancelled. What is under way then gets a moment to end, so that it need not be repeated."""
        try:
            while True:
                self._news.clear()
                # A delivery that outlives its lease is claimed again: that renews the lease and starts nothing new.
                claimed = [delivery for delivery in await self._claim() if delivery.id not in self._under_way]
                for delivery in claimed:
                    self._under_way.add(delivery.id)
                    task = asyncio.create_task(self._attempt(delivery))
                    self._running.add(task)
                    task.add_done_callback(self._running.discard)
                if not claimed:
                    await self._wait()
        finally:
            await self._let_end()

    async def _let_end(self) -> None:
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=GRACE.total_seconds())
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _wait(self) -> None:
        # Not wait_for: before Python 3.12 it swallows a cancellation that comes together with the news.
        with suppress(TimeoutError):
            async with asyncio.timeout(self._look_every.total_seconds()):
                await self._news.wait()

    async def _claim(self) -> Sequence[Delivery]:
        room = self._at_once - len(self._running)
        if room <= 0:
            return ()
        try:
            return await to_its_end(self._store.claim(self._name, room, self._patience.lease))
        except StorageError as error:
            log.error("outbox.storage_failed", channel=self._name, error=str(error))
            return ()

    async def _attempt(self, delivery: Delivery) -> None:
        try:
            await self._deliver(delivery)
        except StorageError as error:
            # Nothing could be noted: the lease runs out and the delivery is tried again.
            log.error("outbox.storage_failed", channel=self._name, delivery=delivery.id, error=str(error))
        except Exception as error:  # noqa: BLE001 -- as above; the lease paces the next attempt
            log.error("outbox.broken", channel=self._name, delivery=delivery.id, error=type(error).__name__)
        finally:
            self._under_way.discard(delivery.id)
            self.wake()

    async def _deliver(self, delivery: Delivery) -> None:
        arrived = len(delivery.sent)

        async def progress(external_id: str) -> None:
            nonlocal arrived
            await self._store.note_part(delivery, arrived, external_id)
            arrived += 1

        try:
            await self._channel.deliver(delivery, progress)
        except DeliveryFailed as failure:
            await self._failed(delivery, failure)
        except StorageError:
            raise
        except Exception as error:  # noqa: BLE001 -- a bug met by one delivery must not stop all the others
            # The message may have arrived all the same, so a bug is given few attempts.
            over = delivery.attempts + 1 >= BUG_ATTEMPTS
            reason = f"internal error ({type(error).__name__})"
            await self._failed(delivery, DeliveryFailed(reason, permanent=over, our_fault=True))
        else:
            await self._arrived(delivery)
            log.info("outbox.delivered", channel=self._name, delivery=delivery.id, attempts=delivery.attempts + 1)

    async def _arrived(self, delivery: Delivery) -> None:
        if not WITNESSED & delivery.payload.keys():
            await self._store.delivered(delivery)
            return
        async with self._store.begin() as tx:
            await tx.finished(delivery.id)
            await self._witness.delivered(tx, delivery)

    async def _failed(self, delivery: Delivery, failure: DeliveryFailed) -> None:
        told_to_wait = failure.retry_after is not None
        attempts = delivery.attempts + (0 if told_to_wait else 1)
        if failure.permanent or attempts >= self._patience.attempts:
            await self._bury(delivery, failure)
            return
        pause = failure.retry_after
        if pause is None:
            pause = self._patience.pause(attempts, self._jitter())
        due_at = self._clock() + pause
        await self._store.postpone(delivery, due_at, failure.reason, counted=not told_to_wait)
        log.warning(
            "outbox.postponed",
            channel=self._name,
            delivery=delivery.id,
            attempts=attempts,
            seconds=round(pause.total_seconds(), 1),
            reason=failure.reason,
        )

    async def _bury(self, delivery: Delivery, failure: DeliveryFailed) -> None:
        async with self._store.begin() as tx:
            await tx.bury(delivery.id, failure.reason)
            await self._witness.undeliverable(tx, delivery, failure.reason)
        log.error(
            "outbox.dead",
            channel=self._name,
            delivery=delivery.id,
            reason=failure.reason,
            our_fault=failure.our_fault,
        )
