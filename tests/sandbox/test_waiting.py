"""Whoever waits can be called off, even in the moment when what was waited for comes."""

import asyncio
from contextlib import closing

import pytest

from bot.sandbox.news import News
from bot.sandbox.records import Records
from bot.sandbox.updates import Updates


async def test_a_poller_is_called_off_together_with_its_news() -> None:
    with closing(Records(None)) as records:
        updates = Updates(records)
        poller = asyncio.create_task(updates.poll(0, 100, 50, None))
        await asyncio.sleep(0)

        updates.inject({"message": {}})
        poller.cancel()

        with pytest.raises(asyncio.CancelledError):
            await poller
        assert updates.pending == 1


async def test_a_watcher_is_called_off_together_with_its_news() -> None:
    news = News()
    stream = news.stream()
    await anext(stream)
    watcher = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0)

    news.changed()
    watcher.cancel()

    with pytest.raises(asyncio.CancelledError):
        await watcher
