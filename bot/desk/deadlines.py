"""Looking for tickets whose deadline comes, and having each reminded of in one transaction."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

import structlog

from bot.desk.ending import to_its_end
from bot.desk.hours import OfficeHours
from bot.desk.reminders import Overdue
from bot.desk.transaction import Transaction
from bot.errors import StorageError

log = structlog.get_logger()

# A promise often ends at closing time; what has to be said then is said before people have left.
CLOSING: Final = timedelta(minutes=15)


class DeadlineTransaction(Transaction, Protocol):
    """A transaction that also knows deadlines."""

    async def overdue(self, by: datetime) -> Sequence[str]:
        """The codes of the tickets of which staff may have to be reminded by this moment, the oldest first."""


class DeadlineStore(Protocol):
    """What the deadlines ask of storage; `storage.store.Store` says what each does."""

    async def waiting(self, limit: int) -> Sequence[Any]: ...
    def begin(self) -> AbstractAsyncContextManager[DeadlineTransaction]: ...


class Deadlines:
    """Has staff reminded while the office is open.

    `remind` does it within the transaction. `heard_until`: up to when everything that people wrote was received, None
    if that is unknown; what was due later waits, for the answer may be on its way.
    """

    def __init__(
        self,
        store: DeadlineStore,
        remind: Callable[[Transaction, Overdue], Awaitable[str]],
        hours: OfficeHours,
        *,
        clock: Callable[[], datetime],
        heard_until: Callable[[], datetime | None],
        look_every: timedelta = timedelta(seconds=30),
    ) -> None:
        self._store = store
        self._remind = remind
        self._hours = hours
        self._clock = clock
        self._heard_until = heard_until
        self._look_every = look_every

    async def run(self) -> None:
        """Look for deadlines until cancelled."""
        while True:
            await self.step()
            await asyncio.sleep(self._look_every.total_seconds())

    async def step(self) -> None:
        """Have every ticket reminded of whose time it is."""
        heard = self._heard_until()
        if heard is None or not self._at_work():
            return
        try:
            for overdue in await to_its_end(self._find(heard)):
                await to_its_end(self._take(overdue))
        except StorageError as error:
            # Nothing was noted, so nothing was sent: the next look finds it again.
            log.error("deadlines.storage_failed", error=str(error))

    def _at_work(self) -> bool:
        now = self._clock()
        return self._hours.is_open(now) or self._hours.is_open(now - CLOSING)

    async def _find(self, heard: datetime) -> Sequence[Overdue]:
        # What was received but not handled yet may be the answer.
        if await self._store.waiting(limit=1):
            return ()
        async with self._store.begin() as tx:
            return [Overdue(code, heard) for code in await tx.overdue(heard)]

    async def _take(self, overdue: Overdue) -> None:
        try:
            async with self._store.begin() as tx:
                outcome = await self._remind(tx, overdue)
        except (StorageError, asyncio.CancelledError):
            raise
        except Exception as error:  # noqa: BLE001 -- a bug met by one ticket must not stop all the others
            log.error("deadlines.failed", ticket=overdue.ticket, error=type(error).__name__)
        else:
            log.info("deadlines.reminded", ticket=overdue.ticket, outcome=outcome)
