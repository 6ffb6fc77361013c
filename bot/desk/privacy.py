"""Forgetting in time: once a day the texts of what ended long enough ago are removed, and counts are kept."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from bot.desk.ending import to_its_end
from bot.errors import StorageError

log = structlog.get_logger()

DAILY: Final = timedelta(days=1)
AFTER_A_FAILURE: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How much was forgotten: tickets, exchanges, deliveries, and rows of the inbox."""

    tickets: int = 0
    exchanges: int = 0
    deliveries: int = 0
    received: int = 0


class ForgettingTransaction(Protocol):
    """What forgetting asks of storage; `storage.rows.privacy.PrivacyRows` says how."""

    async def forget(self, before: datetime) -> Forgotten:
        """Remove the texts of what ended before this moment; how much that was. What is still open stays."""


class ForgettingStore(Protocol):
    """Where transactions begin."""

    def begin(self) -> AbstractAsyncContextManager[ForgettingTransaction]: ...


class Retention:
    """Forgets what ended more than `keep` ago, at its start and then once a day."""

    def __init__(self, store: ForgettingStore, keep: timedelta, *, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._keep = keep
        self._clock = clock

    async def run(self) -> None:
        """Forget until cancelled."""
        while True:
            done = await self.step()
            await asyncio.sleep((DAILY if done else AFTER_A_FAILURE).total_seconds())

    async def step(self) -> bool:
        """Forget what is due, all of it or nothing; False if the database refused."""
        try:
            forgotten = await to_its_end(self._forget())
        except StorageError as error:
            log.error("privacy.storage_failed", error=str(error))
            return False
        log.info("privacy.forgotten", **asdict(forgotten))
        return True

    async def _forget(self) -> Forgotten:
        async with self._store.begin() as tx:
            return await tx.forget(self._clock() - self._keep)
