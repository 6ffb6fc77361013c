"""Looking for questions whose citizen has not said in time how to pass them on."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any, Protocol

import structlog

from bot.desk.ending import to_its_end
from bot.desk.transaction import Transaction, Undecided
from bot.errors import StorageError

log = structlog.get_logger()


class UndecidedTransaction(Transaction, Protocol):
    """A transaction that also knows what is overdue."""

    async def overdue_decisions(self) -> Sequence[Undecided]:
        """What was put aside and whose time is over, the oldest first."""


class UndecidedStore(Protocol):
    """What the watch asks of storage; `storage.store.Store` says what each does."""

    async def waiting(self, limit: int) -> Sequence[Any]: ...
    def begin(self) -> AbstractAsyncContextManager[UndecidedTransaction]: ...


class Decisions:
    """Has every question passed on for which the time to decide is over. `expire` does it within the transaction."""

    def __init__(
        self,
        store: UndecidedStore,
        expire: Callable[[Transaction, Undecided], Awaitable[str]],
        *,
        look_every: timedelta = timedelta(seconds=15),
    ) -> None:
        self._store = store
        self._expire = expire
        self._look_every = look_every

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await self.step()
            await asyncio.sleep(self._look_every.total_seconds())

    async def step(self) -> None:
        """Pass on what is overdue, each in a transaction of its own."""
        try:
            for waiting in await to_its_end(self._find()):
                await to_its_end(self._take(waiting))
        except StorageError as error:
            # Nothing was changed: the next look finds it again.
            log.error("decisions.storage_failed", error=str(error))

    async def _find(self) -> Sequence[Undecided]:
        # What was received but not handled yet may be the decision.
        if await self._store.waiting(limit=1):
            return ()
        async with self._store.begin() as tx:
            return await tx.overdue_decisions()

    async def _take(self, waiting: Undecided) -> None:
        try:
            async with self._store.begin() as tx:
                # It may have been decided since it was found.
                still = await tx.undecided(waiting.chat.id, waiting.exchange)
                outcome = "gone" if still is None else await self._expire(tx, still)
        except (StorageError, asyncio.CancelledError):
            raise
        except Exception as error:  # noqa: BLE001 -- a bug met by one question must not stop all the others
            log.error("decisions.failed", exchange=waiting.exchange, error=type(error).__name__)
        else:
            log.info("decisions.taken", exchange=waiting.exchange, outcome=outcome)
