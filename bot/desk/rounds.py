"""Going round with what people are to be told of changed answers: a few at a time, so that no question waits for it."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from bot.desk.ending import to_its_end
from bot.desk.errata import Errata, ErrataTransaction
from bot.errors import StorageError

log = structlog.get_logger()

# A third of what Telegram takes in a second: the rest is for those who are asking something right now.
AT_ONCE: Final = 10
PAUSE: Final = timedelta(seconds=1)
FORGET_EVERY: Final = timedelta(hours=1)


class RoundsStore(Protocol):
    """What the rounds ask of storage; `storage.store.Store` says what each does."""

    def begin(self) -> AbstractAsyncContextManager[ErrataTransaction]: ...


class Rounds:
    """Has everybody told who is to be told, and forgets in time who was given what.

    `errata`: what is to be told now; `on_told`: something waits in the outbox.
    """

    def __init__(
        self,
        store: RoundsStore,
        errata: Callable[[], Errata],
        *,
        on_told: Callable[[], None],
        clock: Callable[[], datetime],
        look_every: timedelta = timedelta(minutes=1),
        pause: timedelta = PAUSE,
    ) -> None:
        self._store = store
        self._errata = errata
        self._on_told = on_told
        self._clock = clock
        self._look_every = look_every
        self._pause = pause
        self._forgot_at: datetime | None = None
        self._news = asyncio.Event()

    def wake(self) -> None:
        """The knowledge base has changed."""
        self._news.set()

    async def run(self) -> None:
        """Tell until cancelled."""
        while True:
            self._news.clear()
            if await self.step():
                await asyncio.sleep(self._pause.total_seconds())
                continue
            # Not wait_for: before Python 3.12 it swallows a cancellation that comes together with the news.
            with suppress(TimeoutError):
                async with asyncio.timeout(self._look_every.total_seconds()):
                    await self._news.wait()

    async def step(self) -> int:
        """Tell some; how many were told."""
        try:
            told = await to_its_end(self._tell())
        except StorageError as error:
            # Nothing was noted, so nothing was sent: the next round finds it again.
            log.error("rounds.storage_failed", error=str(error))
            return 0
        except Exception as error:  # noqa: BLE001 -- a bug met by one entry must not end the bot
            log.error("rounds.failed", error=type(error).__name__)
            return 0
        if told:
            self._on_told()
        return told

    async def _tell(self) -> int:
        errata, now = self._errata(), self._clock()
        async with self._store.begin() as tx:
            if self._forgot_at is None or now - self._forgot_at >= FORGET_EVERY:
                await errata.forget(tx)
                self._forgot_at = now
            return await errata.tell(tx, AT_ONCE)
