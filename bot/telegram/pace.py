"""How fast we may speak to a group: never more than so many calls in any span of time, the urgent ones first."""

import asyncio
import json
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from enum import IntEnum


class Urgency(IntEnum):
    """Who goes first. An ANSWER is to something that a person of staff has just done."""

    ANSWER = 0
    BOARD = 1


# One call in so many is kept free for answers.
KEPT_FREE = 5


class Pace:
    """At most `calls` in any `span`; each counts from before it is made until a span after it has ended.

    `remember` is told of the last calls before each one; what it was told last comes in again as `remembered`, so that
    a bot that starts anew knows of the calls before.
    """

    def __init__(
        self,
        calls: int,
        span: timedelta,
        *,
        clock: Callable[[], datetime],
        remember: Callable[[str], Awaitable[None]],
        remembered: str | None = None,
    ) -> None:
        self._calls = calls
        self._span = span.total_seconds()
        self._clock = clock
        self._remember = remember
        self._ended = deque(self._recalled(remembered), maxlen=calls)
        self._under_way = 0
        self._paused_until = 0.0
        self._waiting: list[tuple[Urgency, int]] = []
        self._serial = 0
        self._stirred = asyncio.Event()

    def pause(self, span: timedelta) -> None:
        """No call begins before that: the group is told to wait, and only the group."""
        self._paused_until = max(self._paused_until, time.monotonic() + span.total_seconds())

    async def free(self, urgency: Urgency) -> None:
        """Wait until a call of this urgency may be made. It is not taken: a more urgent one may come before it."""
        self._serial += 1
        mine = (urgency, self._serial)
        self._waiting.append(mine)
        try:
            while True:
                is_next = min(self._waiting) == mine
                wait = self._wait(urgency) if is_next else None
                if wait == 0:
                    return
                await self._sleep(wait)
        finally:
            self._waiting.remove(mine)
            self._stir()

    @asynccontextmanager
    async def turn(self, urgency: Urgency) -> AsyncIterator[None]:
        """One call, made within the block."""
        await self.free(urgency)
        self._under_way += 1
        try:
            await self._remember(self._as_text())
            yield
        finally:
            self._under_way -= 1
            self._ended.append(time.monotonic())
            self._stir()

    def _wait(self, urgency: Urgency) -> float | None:
        """In how many seconds such a call may be made; None: when one under way has ended."""
        now = time.monotonic()
        if now < self._paused_until:
            return self._paused_until - now
        recent = [moment for moment in self._ended if moment > now - self._span]
        room = self._calls - (0 if urgency is Urgency.ANSWER else self._calls // KEPT_FREE)
        too_many = self._under_way + len(recent) + 1 - room
        if too_many <= 0:
            return 0
        return None if too_many > len(recent) else recent[too_many - 1] + self._span - now

    def _stir(self) -> None:
        self._stirred.set()
        self._stirred = asyncio.Event()

    async def _sleep(self, seconds: float | None) -> None:
        # Not wait_for: before Python 3.12 it swallows a cancellation that comes together with the news.
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stirred.wait()

    # -- across a restart -------------------------------------------------------------------------

    def _as_text(self) -> str:
        """When the last calls were made, the one that begins now too."""
        now, moment = time.monotonic(), self._clock()
        calls = [*self._ended, *[now] * self._under_way]
        return json.dumps([(moment - timedelta(seconds=now - call)).isoformat() for call in calls])

    def _recalled(self, remembered: str | None) -> list[float]:
        now, moment = time.monotonic(), self._clock()
        # A clock that was set back makes no call lie ahead of us.
        ages = [(moment - datetime.fromisoformat(call)).total_seconds() for call in json.loads(remembered or "[]")]
        return [now - max(0.0, age) for age in ages]
