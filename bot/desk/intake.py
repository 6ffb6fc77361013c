"""Taking messages off the inbox, one at a time and in order, each handled in one transaction."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog

from bot.desk.ending import to_its_end
from bot.desk.pace import Pace
from bot.desk.transaction import Transaction
from bot.errors import ChannelUnavailable, StorageError, UnreadableMessage

log = structlog.get_logger()

# A message that trips a bug is tried again after these pauses, then rescued.
PAUSES = (timedelta(seconds=1), timedelta(seconds=10), timedelta(minutes=1))
# So many people are served in turn before it is looked up anew who waits.
ROUND = 64


@dataclass(frozen=True, slots=True)
class Door:
    """One way in. `read` turns (payload, external id) into a value and raises UnreadableMessage; `handle` acts on it
    within the transaction and returns the outcome, a short word for counting. `rescue` does the least that keeps a
    message from being lost, for one that `handle` has failed with again and again. `check` completes what was read with
    what only the outside world knows, and raises ChannelUnavailable while it does not answer. `pace`: how fast one
    person is served."""

    read: Callable[[bytes, str], Any]
    handle: Callable[[Any, Any], Awaitable[str]]
    rescue: Callable[[Any, Any], Awaitable[str]]
    check: Callable[[Any], Awaitable[Any]] | None = None
    pace: Pace | None = None


class Waiting(Protocol):
    """A row of the inbox. `party`: whose it is, None for what belongs to no citizen."""

    @property
    def id(self) -> int: ...
    @property
    def source(self) -> str: ...
    @property
    def external_id(self) -> str: ...
    @property
    def payload(self) -> bytes: ...
    @property
    def attempts(self) -> int: ...
    @property
    def party(self) -> str | None: ...


class IntakeTransaction(Transaction, Protocol):
    """A transaction that can also take a message off the inbox."""

    async def handled(self, inbox_id: int, outcome: str) -> None:
        """The message is done, with this outcome."""

    async def put_off(self, inbox_id: int, until: datetime) -> None:
        """The message is handled later, and whatever the same person sent after it."""

    async def handled_before(self, source: str, party: str, count: int) -> datetime | None:
        """When the newest message but `count - 1` of this person was handled; None if there were fewer."""


class IntakeStore(Protocol):
    """What the intake asks of storage; `storage.store.Store` says what each does."""

    async def heads(self, limit: int, sources: Collection[str]) -> Sequence[Waiting]: ...
    async def failed(self, inbox_id: int, attempts: int, error: str, pause: timedelta | None) -> None: ...
    def begin(self) -> AbstractAsyncContextManager[IntakeTransaction]: ...


class Intake:
    """Hands every message that came by one of `doors` to its handler: one of each person, then the next of each.

    Unreadable ones are parked and never block the others.
    """

    def __init__(
        self,
        store: IntakeStore,
        doors: Mapping[str, Door],
        *,
        on_handled: Callable[[], None],
        look_every: timedelta = timedelta(seconds=1),
    ) -> None:
        self._store = store
        self._doors = doors
        self._on_handled = on_handled
        self._look_every = look_every
        self._news = asyncio.Event()
        self._round: deque[Waiting] = deque()

    def wake(self) -> None:
        """Something new may wait in the inbox."""
        self._news.set()

    async def run(self) -> None:
        """Handle messages until cancelled."""
        while True:
            self._news.clear()
            if not await self.step():
                # Not wait_for: before Python 3.12 it swallows a cancellation that comes together with the news.
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._look_every.total_seconds()):
                        await self._news.wait()

    async def step(self) -> bool:
        """Handle the next message that waits; whether one did."""
        try:
            if not self._round:
                self._round.extend(await to_its_end(self._store.heads(ROUND, self._doors.keys())))
            if not self._round:
                return False
            await to_its_end(self._take(self._round.popleft()))
        except ChannelUnavailable as error:
            self._round.clear()
            # All messages of this door wait in their order, as this one does.
            log.warning("intake.waiting", reason=str(error))
            await asyncio.sleep((error.retry_after or self._look_every).total_seconds())
            return False
        except StorageError as error:
            # Nothing is lost: the messages stay in the inbox until the database works again.
            self._round.clear()
            log.error("intake.storage_failed", error=str(error))
            return False
        return True

    async def _take(self, received: Waiting) -> None:
        try:
            door = self._doors[received.source]
            message = door.read(received.payload, received.external_id)
            if door.check is not None:
                message = await door.check(message)
            async with self._store.begin() as tx:
                outcome = await self._handle(tx, door, received, message)
        except UnreadableMessage as error:
            await self._store.failed(received.id, received.attempts + 1, str(error), None)
            log.error("intake.unreadable", inbox=received.id, source=received.source, reason=str(error))
        except (StorageError, ChannelUnavailable, asyncio.CancelledError):
            raise
        except Exception as error:  # noqa: BLE001 -- a bug met by one message must not stop all the others
            await self._stumbled(received, error)
        else:
            log.info("intake.handled", inbox=received.id, source=received.source, outcome=outcome)
            self._on_handled()

    async def _handle(self, tx: IntakeTransaction, door: Door, received: Waiting, message: Any) -> str:
        if door.pace is not None and received.party is not None:
            later = await door.pace.turn(tx, received.source, received.party)
            if later is not None:
                await door.pace.explain(tx, message)
                await tx.put_off(received.id, later)
                return "put-off"
        act = door.handle if received.attempts < len(PAUSES) else door.rescue
        outcome = await act(tx, message)
        await tx.handled(received.id, outcome)
        return outcome

    async def _stumbled(self, received: Waiting, error: Exception) -> None:
        # The error's own text may quote the message, so only its kind and place are kept.
        kind = f"{type(error).__name__} at {_place(error)}"
        pause = PAUSES[received.attempts] if received.attempts < len(PAUSES) else None
        await self._store.failed(received.id, received.attempts + 1, kind, pause)
        log.error("intake.failed", inbox=received.id, source=received.source, error=kind, given_up=pause is None)


def _place(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "an unknown place"
    return f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}"
