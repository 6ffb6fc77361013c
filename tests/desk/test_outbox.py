"""The outbox tries again with growing pauses, keeps order, and gives up only with a reason."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.desk.outbox import BUG_ATTEMPTS, Delivery, Outbox, Patience, Progress
from bot.desk.transaction import Transaction
from bot.errors import DeliveryFailed
from bot.storage.store import Store, open_store
from tests.database import database


class World:
    """A channel that fails as a test asks, and an undertaker that remembers."""

    def __init__(self) -> None:
        self.failures: list[Exception] = []
        self.done: list[str] = []
        self.buried: list[tuple[str, str]] = []
        self.told: list[str] = []

    async def deliver(self, delivery: Delivery, progress: Progress) -> None:
        if self.failures:
            raise self.failures.pop(0)
        await progress(f"id-{delivery.key}")
        self.done.append(delivery.key)

    async def delivered(self, tx: Transaction, delivery: Delivery) -> None:
        self.told.append(delivery.key)

    async def undeliverable(self, tx: Transaction, delivery: Delivery, reason: str) -> None:
        self.buried.append((delivery.key, reason))


class SlowWorld(World):
    """A channel whose deliveries wait until a test lets them go on."""

    def __init__(self) -> None:
        super().__init__()
        self.begun: list[str] = []
        self.may_go_on = asyncio.Event()

    async def deliver(self, delivery: Delivery, progress: Progress) -> None:
        self.begun.append(delivery.key)
        await self.may_go_on.wait()
        await super().deliver(delivery, progress)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(database(tmp_path / "x.sqlite"), lambda: datetime.now(UTC)) as opened:
        yield opened


@asynccontextmanager
async def running(store: Store, world: World, **patience: object) -> AsyncIterator[Outbox]:
    quick = Patience(**{"first": timedelta(milliseconds=1), "attempts": 5} | patience)  # type: ignore[arg-type]
    outbox = Outbox(
        "telegram",
        world,
        store,
        world,
        clock=lambda: datetime.now(UTC),
        jitter=lambda: 0.0,
        patience=quick,
        look_every=timedelta(milliseconds=5),
    )
    task = asyncio.create_task(outbox.run())
    try:
        yield outbox
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def put(store: Store, *keys: str, conversation: str = "c") -> None:
    async with store.begin() as tx:
        for key in keys:
            await tx.send("telegram", conversation, key, {"kind": "text", "text": key})


async def until(condition: object, world: World) -> None:
    for _ in range(400):
        if condition():  # type: ignore[operator]
            return
        await asyncio.sleep(0.005)
    raise AssertionError(f"it did not happen: {world.done} {world.buried}")


async def test_what_fails_is_tried_again_and_nothing_overtakes_it(store: Store) -> None:
    world = World()
    world.failures = [DeliveryFailed("no network"), DeliveryFailed("no network")]
    await put(store, "first", "second")

    async with running(store, world):
        await until(lambda: len(world.done) == 2, world)

    assert world.done == ["first", "second"]


async def test_being_told_to_wait_is_no_failed_attempt(store: Store) -> None:
    world = World()
    world.failures = [DeliveryFailed("told to wait", retry_after=timedelta(0)) for _ in range(9)]
    await put(store, "a")

    async with running(store, world):
        await until(lambda: world.done == ["a"], world)

    assert world.buried == []


async def test_a_bug_in_a_channel_is_a_failed_attempt_and_stops_nothing(store: Store) -> None:
    world = World()
    world.failures = [ZeroDivisionError("a bug")]
    await put(store, "a", "b")

    async with running(store, world):
        await until(lambda: world.done == ["a", "b"], world)


async def test_a_final_refusal_is_buried_with_its_reason_and_the_rest_goes_on(store: Store) -> None:
    world = World()
    world.failures = [DeliveryFailed("blocked", permanent=True)]
    await put(store, "a", "b")

    async with running(store, world):
        await until(lambda: world.done == ["b"], world)

    assert world.buried == [("a", "blocked")]


async def test_patience_ends(store: Store) -> None:
    world = World()
    world.failures = [DeliveryFailed("no network") for _ in range(5)]
    await put(store, "a")

    async with running(store, world):
        await until(lambda: world.buried, world)

    assert world.buried == [("a", "no network")]


async def test_a_citizen_who_must_wait_does_not_delay_others(store: Store) -> None:
    world = World()
    await put(store, "slow", conversation="c1")
    world.failures = [DeliveryFailed("told to wait", retry_after=timedelta(hours=1))]

    async with running(store, world) as outbox:
        await until(lambda: not world.failures, world)
        await put(store, "quick", conversation="c2")
        outbox.wake()
        await until(lambda: world.done == ["quick"], world)


async def test_a_delivery_that_outlives_its_lease_is_not_sent_twice(store: Store) -> None:
    world = SlowWorld()
    await put(store, "slow", "next")

    async with running(store, world, lease=timedelta(milliseconds=1)):
        await until(lambda: world.begun, world)
        await asyncio.sleep(0.1)
        begun_meanwhile = list(world.begun)
        world.may_go_on.set()
        await until(lambda: len(world.done) == 2, world)

    assert begun_meanwhile == ["slow"]
    assert world.begun == world.done == ["slow", "next"]
    assert await store.counts() == {"outbox.sent": 2}


async def test_a_slow_citizen_does_not_hold_up_the_others(store: Store) -> None:
    world = SlowWorld()
    await put(store, "a", conversation="c1")
    await put(store, "b", conversation="c2")

    async with running(store, world):
        await until(lambda: sorted(world.begun) == ["a", "b"], world)
        world.may_go_on.set()


async def test_a_channels_bug_is_given_few_attempts_and_then_people_are_told(store: Store) -> None:
    world = World()
    world.failures = [ZeroDivisionError("Wo ist die Paketstation?") for _ in range(BUG_ATTEMPTS)]
    await put(store, "a", "b")

    async with running(store, world, attempts=100):
        await until(lambda: world.done == ["b"], world)

    assert world.failures == []
    assert world.buried == [("a", "internal error (ZeroDivisionError)")]
    assert await store.counts() == {"outbox.dead": 1, "outbox.sent": 1}


async def test_what_is_under_way_is_sent_and_noted_when_the_bot_is_stopped(store: Store) -> None:
    world = SlowWorld()
    await put(store, "under way", "next")

    async with running(store, world):
        await until(lambda: world.begun, world)
        asyncio.get_running_loop().call_later(0.05, world.may_go_on.set)

    assert world.begun == world.done == ["under way"]
    assert await store.counts() == {"outbox.sent": 1, "outbox.pending": 1}


@pytest.mark.parametrize(("failed", "seconds"), [(1, 1), (2, 2), (3, 4), (20, 600), (10_000, 600)])
def test_pauses_grow_and_stay_bounded(failed: int, seconds: int) -> None:
    assert Patience().pause(failed, 0.0) == timedelta(seconds=seconds)
