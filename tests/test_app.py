"""The loops of the bot end together, quickly, and with the error that ended them."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.app import turning
from bot.storage.store import open_store


async def test_a_loop_that_breaks_ends_the_bot_with_its_error(tmp_path: Path) -> None:
    async def breaks() -> None:
        await asyncio.sleep(0.05)
        raise ZeroDivisionError

    async with open_store(f"sqlite+aiosqlite:///{tmp_path / 'x.sqlite'}", lambda: datetime.now(UTC)) as store:

        async def works() -> None:
            while True:
                async with store.begin() as tx:
                    await tx.is_failing("mail")

        with pytest.raises(ExceptionGroup) as caught:
            async with asyncio.timeout(10), turning([works, works, breaks]):
                await asyncio.Event().wait()

    assert caught.group_contains(ZeroDivisionError)


async def test_the_loops_end_with_the_block() -> None:
    ended: list[str] = []

    async def turns() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("ended")

    async with turning([turns, turns]):
        await asyncio.sleep(0.01)

    assert ended == ["ended", "ended"]
