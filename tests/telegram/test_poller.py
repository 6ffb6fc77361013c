"""What Telegram hands over is committed before it is confirmed, whatever happens in between."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from telegram import Bot
from telegram.request import HTTPXRequest

from bot.errors import StorageError
from bot.storage.store import Store
from bot.telegram.client import Clients
from bot.telegram.inbound import ALLOWED_UPDATES, Poller
from bot.telegram.staff_chat import StaffChat
from tests.sandbox.world import World
from tests.telegram.scripted import Scripted, ok, scripted

TOKEN = "1:token"
NOTHING = ok([])


class Unsteady:
    """The real store, in front of which a test puts what goes wrong: before the commit, or after it."""

    def __init__(self, store: Store, world: World) -> None:
        self.store = store
        self.world = world
        self.before: list[Exception] = []
        self.after: list[Exception] = []
        self.unconfirmed: list[int] = []

    async def receive(self, source: str, items: Sequence[tuple[str, bytes]]) -> int:
        if self.before:
            raise self.before.pop(0)
        new = await self.store.receive(source, items)
        # What Telegram still holds at the moment of the commit.
        self.unconfirmed.append((await self.world.get("/api/state"))["updates_waiting"])
        if self.after:
            raise self.after.pop(0)
        return new


@asynccontextmanager
async def polling(
    bot: Bot,
    store: Store | Unsteady,
    *,
    long_poll: int = 5,
    source_of: Callable[[Any], str | None] = lambda _update: None,
) -> AsyncIterator[Poller]:
    poller = Poller(
        bot,
        store,
        on_news=lambda: None,
        clock=lambda: datetime.now(UTC),
        long_poll=timedelta(seconds=long_poll),
        source_of=source_of,
    )
    task = asyncio.create_task(poller.run())
    try:
        yield poller
        assert not task.done(), "the poller gave up"
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def polled(
    store: Store, *answers: bytes | tuple[int, bytes], seconds: float = 0.0, long_poll: int = 5
) -> AsyncIterator[Scripted]:
    """A poller at work on a server that gives these answers."""
    # Without TLS's certificates, whose reading takes longer than most of these tests.
    request = HTTPXRequest(httpx_kwargs={"verify": False})
    async with (
        scripted(*answers, seconds=seconds) as server,
        Bot(TOKEN, f"{server.url}/bot", request=request) as bot,
        polling(bot, store, long_poll=long_poll),
    ):
        yield server


async def until(condition: Callable[[], Awaitable[object]], seconds: float = 5) -> None:
    end = asyncio.get_running_loop().time() + seconds
    while not await condition():
        assert asyncio.get_running_loop().time() < end, "it did not happen in time"
        await asyncio.sleep(0.01)


async def texts(store: Store) -> list[str]:
    """What stands in the inbox."""
    return [json.loads(row.payload)["message"]["text"] for row in await store.waiting(1000)]


async def all_confirmed(world: World) -> bool:
    return bool((await world.get("/api/state"))["updates_waiting"] == 0)


def update(number: int, text: str = "Hallo") -> dict[str, Any]:
    return {"update_id": number, "message": {"text": text}}


async def test_what_a_citizen_wrote_is_kept_and_then_confirmed(world: World, clients: Clients, store: Store) -> None:
    unsteady = Unsteady(store, world)

    async with polling(clients.polling, unsteady) as poller:
        await world.citizen("Petra", "eins")
        await until(lambda: all_confirmed(world))
        await world.citizen("Jonas", "zwei")
        await until(lambda: all_confirmed(world))

    assert await texts(store) == ["eins", "zwei"]
    assert unsteady.unconfirmed == [1, 1]
    assert poller.last_good is not None


async def test_what_comes_by_another_door_is_kept_under_its_own_source(
    world: World, clients: Clients, store: Store
) -> None:
    group = await world.group()
    await world.citizen("Petra", "eins")
    await world.post(f"/api/groups/{group}/messages", {"from": "Anna", "text": "zwei"})
    await world.citizen("Petra", "drei")
    chat = StaffChat(group, store)

    async with polling(clients.polling, store, source_of=chat.source_of):
        await until(lambda: all_confirmed(world))

    assert [json.loads(row.payload)["message"]["text"] for row in await store.waiting(10, ["telegram"])] == [
        "eins",
        "drei",
    ]
    assert "zwei" in str([json.loads(row.payload) for row in await store.waiting(10, ["group"])])


async def test_what_waited_while_the_bot_was_off_comes_in_order(world: World, clients: Clients, store: Store) -> None:
    written = [f"Nachricht {number}" for number in range(120)]
    for text in written:
        await world.citizen("Petra", text)

    async with polling(clients.polling, store):
        await until(lambda: all_confirmed(world))

    assert [row.source for row in await store.waiting(1)] == ["telegram"]
    assert await texts(store) == written


async def test_nothing_is_confirmed_that_the_database_refused(world: World, clients: Clients, store: Store) -> None:
    unsteady = Unsteady(store, world)
    unsteady.before = [StorageError("the disk is full")]
    await world.citizen("Petra", "eins")

    async with polling(clients.polling, unsteady) as poller:
        await until(lambda: _used_up(unsteady.before))
        await asyncio.sleep(0.1)
        held, last_good = (await world.get("/api/state"))["updates_waiting"], poller.last_good
        await until(lambda: all_confirmed(world))

    assert (held, last_good) == (1, None)
    assert await texts(store) == ["eins"]


async def _used_up(errors: list[Exception]) -> bool:
    return not errors


async def test_what_is_handed_over_again_is_kept_once(world: World, clients: Clients, store: Store) -> None:
    unsteady = Unsteady(store, world)
    unsteady.after = [StorageError("nobody knows whether it was committed")]
    await world.citizen("Petra", "eins")

    async with polling(clients.polling, unsteady):
        await until(lambda: all_confirmed(world))

    assert len(unsteady.unconfirmed) == 2
    assert await texts(store) == ["eins"]


async def test_an_answer_lost_on_its_way_is_asked_for_again(world: World, clients: Clients, store: Store) -> None:
    await world.citizen("Petra", "eins")
    await world.post("/api/faults", {"bot_api": {"status": 502, "method": "getUpdates", "after": True}})

    async with polling(clients.polling, store):
        await until(lambda: all_confirmed(world))

    assert await texts(store) == ["eins"]


@pytest.mark.parametrize("status", [401, 409, 429, 500])
async def test_a_refusal_delays_and_loses_nothing(world: World, clients: Clients, store: Store, status: int) -> None:
    await world.citizen("Petra", "eins")
    await world.post("/api/faults", {"bot_api": {"status": status, "method": "getUpdates"}})
    started = asyncio.get_running_loop().time()

    async with polling(clients.polling, store):
        await until(lambda: all_confirmed(world))

    assert await texts(store) == ["eins"]
    # Telegram's own wish, one second here, is kept; the first of our own pauses is half a second.
    assert asyncio.get_running_loop().time() - started >= (1.0 if status == 429 else 0.5)


ODD: tuple[bytes | tuple[int, bytes], ...] = (
    b"",
    b"[]",
    b"null",
    b"7",
    b'{"ok":true}',
    b'{"ok":false}',
    b'{"ok":true,"result":{}}',
    b'{"ok":true,"result":null}',
    b'{"ok":true,"result":7}',
    b"<html><body>Please log in to the city's wireless network</body></html>",
    b"\xff\xfe\x00",
    (502, b"<html>Bad Gateway</html>"),
    (500, b""),
    (302, b""),
    (429, b'{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":[]}'),
)


async def test_odd_answers_delay_and_lose_nothing(store: Store) -> None:
    async def survived(number: int, answer: bytes | tuple[int, bytes]) -> None:
        good = ok([update(number + 1, f"after {number}")])
        async with polled(store, answer, good, NOTHING, seconds=0.01) as server:
            await until(lambda: _asked(server, 3))

    await asyncio.gather(*(survived(number, answer) for number, answer in enumerate(ODD)))

    assert sorted(await texts(store)) == sorted(f"after {number}" for number in range(len(ODD)))


async def _asked(server: Scripted, times: int) -> bool:
    return len(server.asked) >= times


async def test_a_cut_connection_loses_nothing(store: Store, world: World, clients: Clients) -> None:
    async with polling(clients.polling, store):
        await until(lambda: _is_polled(world))
        # A second poller throws the first one out, as Telegram does.
        await world.http.post(f"/bot{world.sandbox.token}/getUpdates", json={"timeout": 0})
        await world.citizen("Petra", "eins")
        await until(lambda: all_confirmed(world))

    assert await texts(store) == ["eins"]


async def _is_polled(world: World) -> bool:
    return bool((await world.get("/api/state"))["bot_is_polling"])


async def test_numbers_may_begin_anew_after_a_quiet_time(store: Store) -> None:
    answers = (ok([update(900, "eins"), update(901, "zwei")]), NOTHING, ok([update(3, "drei")]), NOTHING)
    async with polled(store, *answers) as server:
        await until(lambda: _asked(server, 5))

    assert [call.get("offset") for call in server.asked[:5]] == [None, "902", None, "4", None]
    assert await texts(store) == ["eins", "zwei", "drei"]


async def test_the_same_number_with_other_words_is_another_message(store: Store) -> None:
    answers = (ok([update(7, "eins")]), NOTHING, ok([update(7, "zwei")]), NOTHING)
    async with polled(store, *answers) as server:
        await until(lambda: _asked(server, 4))

    assert await texts(store) == ["eins", "zwei"]


async def test_what_we_want_to_hear_of_is_said_in_every_call(store: Store) -> None:
    async with polled(store, NOTHING, long_poll=7) as server:
        await until(lambda: _asked(server, 2))

    assert all(json.loads(call["allowed_updates"]) == list(ALLOWED_UPDATES) for call in server.asked)
    assert {call["timeout"] for call in server.asked} == {"7"}


async def test_a_server_that_answers_empty_polls_at_once_is_not_asked_in_a_busy_loop(store: Store) -> None:
    async with polled(store, NOTHING) as server:
        await asyncio.sleep(0.3)

    assert 2 <= len(server.asked) <= 8


@pytest.mark.parametrize("nameless", [{"message": {"text": "eins"}}, {"update_id": "7", "message": {"text": "eins"}}])
async def test_updates_without_a_number_are_kept_once_and_asked_for_at_a_growing_pause(
    store: Store, nameless: dict[str, Any]
) -> None:
    async with polled(store, ok([nameless])) as server:
        await until(lambda: _asked(server, 2))
        await asyncio.sleep(0.2)

    assert len(server.asked) == 2
    assert await texts(store) == ["eins"]


async def test_one_update_without_a_number_does_not_hold_up_the_others(store: Store) -> None:
    batch = [update(4, "eins"), {"message": {"text": "zwei"}}, update(5, "drei")]
    async with polled(store, ok(batch), NOTHING) as server:
        await until(lambda: _asked(server, 2))

    assert server.asked[1]["offset"] == "6"
    assert await texts(store) == ["eins", "zwei", "drei"]


async def test_things_that_are_no_updates_at_all_are_kept_for_a_person(store: Store) -> None:
    batch: list[Any] = [7, None, "text", [], update(4)]
    async with polled(store, ok(batch), NOTHING) as server:
        await until(lambda: _asked(server, 2))

    assert server.asked[1]["offset"] == "5"
    assert [json.loads(row.payload) for row in await store.waiting(10)] == batch


async def test_the_batch_under_way_is_kept_when_the_bot_is_stopped(
    world: World, clients: Clients, store: Store
) -> None:
    class Slow:
        begun = False

        async def receive(self, source: str, items: Sequence[tuple[str, bytes]]) -> int:
            self.begun = True
            await asyncio.sleep(0.05)
            return await store.receive(source, items)

    slow = Slow()
    await world.citizen("Petra", "eins")
    poller = Poller(clients.polling, slow, on_news=lambda: None, clock=lambda: datetime.now(UTC))
    task = asyncio.create_task(poller.run())

    async def begun() -> bool:
        return slow.begun

    await until(begun)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert await texts(store) == ["eins"]
