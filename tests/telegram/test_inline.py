"""Inline queries are answered at once, from memory, and nothing of them is stored but how they ended."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.desk.inline import Article, Offer
from bot.storage.store import Store
from bot.telegram.client import Clients
from bot.telegram.inbound import Poller
from bot.telegram.inline import WAITING, InlineAnswers
from tests.sandbox.world import World


def offer(text: str) -> Offer:
    """Echoes; knows nothing of "nothing", stumbles over "crash", and has too much to say about "long"."""
    if text == "crash":
        raise RecursionError
    article = Article("a1", f"{text}?", "x" * 5000 if text == "long" else f"Antwort auf {text}")
    return Offer([] if text == "nothing" else [article], "Fragen")


@pytest.fixture
async def answers(clients: Clients, store: Store) -> AsyncIterator[InlineAnswers]:
    made = InlineAnswers(clients.sending, offer, store.count)
    poller = Poller(
        clients.polling,
        store,
        on_news=lambda: None,
        clock=lambda: datetime.now(UTC),
        long_poll=timedelta(seconds=5),
        aside=made.takes,
    )
    tasks = [asyncio.create_task(made.run()), asyncio.create_task(poller.run())]
    yield made
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def typed(world: World, text: str, person: str = "Petra") -> dict[str, Any]:
    """What the person is offered."""
    made = await world.post(f"/api/citizens/{person}/inline", {"text": text})
    for _ in range(200):
        seen: dict[str, Any] = await world.get(f"/api/citizens/{person}/inline/{made['id']}")
        if seen["answered"]:
            return seen
        await asyncio.sleep(0.02)
    raise AssertionError("no answer")


async def counted(store: Store, outcome: str, wanted: int) -> None:
    for _ in range(200):
        if (await store.counts()).get(f"outcome.inline:{outcome}") == wanted:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"{await store.counts()}")


async def test_whoever_types_is_offered_answers_for_everybody(
    world: World, answers: InlineAnswers, store: Store
) -> None:
    seen = await typed(world, "paket")

    assert [one["text"] for one in seen["results"]] == ["Antwort auf paket"]
    assert (seen["cache_time"], seen["is_personal"], seen["button"]["start_parameter"]) == (60, False, "inline")
    await counted(store, "offered", 1)


@pytest.mark.parametrize("text", ["nothing", "long"])
async def test_what_cannot_be_sent_is_not_offered(
    world: World, answers: InlineAnswers, store: Store, text: str
) -> None:
    assert (await typed(world, text))["results"] == []
    await counted(store, "nothing", 1)


async def test_nothing_that_is_typed_elsewhere_is_stored(world: World, answers: InlineAnswers, store: Store) -> None:
    await typed(world, "mein Geheimnis")
    await counted(store, "offered", 1)

    assert await store.waiting(10) == []
    assert {key for key in await store.counts() if not key.startswith("outbox")} == {"outcome.inline:offered"}
    # Telegram forgets a query only when the next ones are asked for.
    for _ in range(200):
        if (await world.get("/api/state"))["updates_waiting"] == 0:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("the query is still at Telegram")


async def test_one_query_that_fails_does_not_stop_the_next(world: World, answers: InlineAnswers) -> None:
    await world.post("/api/citizens/Petra/inline", {"text": "crash"})

    assert (await typed(world, "paket"))["results"]


async def test_one_that_comes_too_late_is_counted_and_left(world: World, answers: InlineAnswers, store: Store) -> None:
    assert answers.takes({"update_id": 1, "inline_query": {"id": "4711", "from": {"id": 7}, "query": "paket"}})

    await counted(store, "late", 1)


@pytest.mark.parametrize(
    ("update", "taken"),
    [
        ({"message": {}}, False),
        ("x", False),
        ({"inline_query": 7}, True),
        ({"inline_query": {"id": 7, "from": {"id": 1}, "query": "x"}}, True),
        ({"inline_query": {"id": "7", "from": {"id": 1}, "query": "x"}}, True),
    ],
)
def test_only_inline_queries_are_put_aside(update: Any, taken: bool) -> None:
    assert idle().takes(update) is taken


async def test_only_the_newest_of_each_person_waits_and_not_of_everybody() -> None:
    answers = idle()
    for number in range(WAITING + 5):
        for text in ("p", "pa"):
            answers.takes({"inline_query": {"id": "1", "from": {"id": number}, "query": text}})

    assert answers.waiting == WAITING


def idle() -> InlineAnswers:
    """One that nobody runs."""

    async def count(_outcome: str) -> None:
        return None

    return InlineAnswers(None, offer, count)  # type: ignore[arg-type]
