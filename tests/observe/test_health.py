"""The health page tells operators whether the loops still turn."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from bot.errors import StartError
from bot.observe.health import Pulse, serving

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


async def counts() -> dict[str, int]:
    return {"inbox.done": 7}


async def decisions(limit: int) -> list[dict[str, Any]]:
    return [{"text": "Wann?"}][:limit]


@asynccontextmanager
async def page(last_good: datetime | None, *, open_minded: bool = False) -> AsyncIterator[httpx.AsyncClient]:
    shown = decisions if open_minded else None
    async with served(
        Pulse(counts, {"telegram": lambda: last_good}, lambda: NOW, shown, lambda: {"threshold": 0.73})
    ) as client:
        yield client


@asynccontextmanager
async def served(pulse: Pulse) -> AsyncIterator[httpx.AsyncClient]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    async with serving(pulse, port), httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        yield client


@pytest.mark.parametrize(
    ("last_good", "status"),
    [(NOW - timedelta(minutes=1), 200), (NOW - timedelta(minutes=11), 503), (None, 503)],
)
async def test_a_loop_that_has_not_succeeded_for_long_is_not_well(last_good: datetime | None, status: int) -> None:
    async with page(last_good) as client:
        assert (await client.get("/health")).status_code == status


async def test_an_alarm_is_seen_with_the_moment_since_when_it_holds() -> None:
    pulse = Pulse(counts, {}, lambda: NOW, alarms=lambda: {"mailbox": NOW - timedelta(minutes=11)})
    async with served(pulse) as client:
        assert (await client.get("/health")).json()["alarms"] == {"mailbox": "2026-11-24T11:49:00+00:00"}


async def test_how_long_ago_is_too_long_can_be_set() -> None:
    pulse = Pulse(counts, {"mailbox": lambda: NOW - timedelta(minutes=11)}, lambda: NOW, limit=timedelta(minutes=12))
    async with served(pulse) as client:
        assert (await client.get("/health")).status_code == 200


async def test_how_sure_an_answer_must_be_is_shown() -> None:
    async with page(NOW) as client:
        assert (await client.get("/health")).json()["matching"] == {"threshold": 0.73}


async def test_counts_are_shown_and_citizens_words_are_not() -> None:
    async with page(NOW) as client:
        assert (await client.get("/counts")).json() == {"inbox.done": 7}
        assert (await client.get("/decisions")).status_code == 404


async def test_the_try_out_may_show_decisions() -> None:
    async with page(NOW, open_minded=True) as client:
        assert (await client.get("/decisions")).json() == [{"text": "Wann?"}]


async def test_a_taken_port_is_one_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()

        with pytest.raises(StartError, match="is taken"):
            async with serving(Pulse(counts, {}, lambda: NOW), taken.getsockname()[1]):
                pass
