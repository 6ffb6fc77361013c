"""A group hears no more from us than Telegram permits, in any span of time, and first what its people wait for."""

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import StorageError
from bot.telegram.pace import Pace, Urgency

SPAN = timedelta(seconds=0.4)


class Memory:
    """What a pace remembers across a restart."""

    def __init__(self) -> None:
        self.text: str | None = None
        self.failures: list[Exception] = []

    async def __call__(self, text: str) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.text = text


def now() -> datetime:
    return datetime.now(UTC)


def pace(memory: Memory | None = None, calls: int = 5) -> Pace:
    memory = memory or Memory()
    return Pace(calls, SPAN, clock=now, remember=memory, remembered=memory.text)


def most_in_a_span(moments: Sequence[float]) -> int:
    """The largest number of calls that lie within any one span."""
    ordered = sorted(moments)
    return max(sum(start <= other < start + SPAN.total_seconds() for other in ordered) for start in ordered)


@pytest.mark.parametrize("lasts", [0.0, 0.05])
async def test_no_span_sees_more_calls_than_permitted_however_many_want_to(lasts: float) -> None:
    limit = pace()
    arrived: list[float] = []

    async def call() -> None:
        async with limit.turn(Urgency.ANSWER):
            # Somewhere within its time a call arrives: at its very beginning or at its very end.
            arrived.append(time.monotonic() + (lasts if len(arrived) % 2 else 0))
            await asyncio.sleep(lasts)

    await asyncio.gather(*(call() for _ in range(13)))

    assert len(arrived) == 13
    assert most_in_a_span(arrived) <= 5


async def test_the_board_leaves_room_for_answers() -> None:
    limit = pace()
    for _ in range(4):
        async with limit.turn(Urgency.BOARD):
            pass
    board = asyncio.create_task(limit.free(Urgency.BOARD))
    await asyncio.sleep(0.01)

    async with asyncio.timeout(0.1), limit.turn(Urgency.ANSWER):
        waits = not board.done()

    assert waits
    await board


async def test_an_answer_overtakes_everything_that_waits() -> None:
    limit = pace(calls=1)
    order: list[str] = []

    async def call(name: str, urgency: Urgency) -> None:
        async with limit.turn(urgency):
            order.append(name)

    await call("first", Urgency.ANSWER)
    calls = [
        asyncio.create_task(call("board", Urgency.BOARD)),
        asyncio.create_task(call("answer 1", Urgency.ANSWER)),
        asyncio.create_task(call("answer 2", Urgency.ANSWER)),
    ]
    await asyncio.gather(*calls)

    assert order == ["first", "answer 1", "answer 2", "board"]


async def test_a_pause_holds_everything() -> None:
    limit = pace()
    limit.pause(timedelta(seconds=0.2))
    limit.pause(timedelta(seconds=0.05))
    started = time.monotonic()

    await limit.free(Urgency.ANSWER)

    assert time.monotonic() - started >= 0.2


async def test_whoever_gives_up_waiting_stands_in_nobodys_way() -> None:
    limit = pace(calls=1)
    async with limit.turn(Urgency.ANSWER):
        waiting = asyncio.create_task(limit.free(Urgency.ANSWER))
        await asyncio.sleep(0.01)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)

    async with asyncio.timeout(1):
        await limit.free(Urgency.BOARD)


async def test_a_bot_that_starts_anew_knows_of_the_calls_before() -> None:
    memory = Memory()
    before = pace(memory)
    for _ in range(5):
        async with before.turn(Urgency.ANSWER):
            last = time.monotonic()

    await pace(memory).free(Urgency.ANSWER)

    assert time.monotonic() - last >= SPAN.total_seconds() * 0.9


async def test_a_clock_that_was_set_back_delays_by_no_more_than_a_span() -> None:
    memory = Memory()
    memory.text = f'["{(now() + timedelta(hours=1)).isoformat()}"]'

    async with asyncio.timeout(1):
        await pace(memory, calls=1).free(Urgency.ANSWER)


async def test_a_database_that_fails_makes_no_call_and_blocks_none() -> None:
    memory = Memory()
    memory.failures = [StorageError("the disk is full")]
    limit = pace(memory, calls=1)

    with pytest.raises(StorageError):
        async with limit.turn(Urgency.ANSWER):
            raise AssertionError("the call was made")

    async with asyncio.timeout(1), limit.turn(Urgency.ANSWER):
        pass
