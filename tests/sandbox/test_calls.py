"""A group takes 20 messages a minute, as with Telegram; what the bot called is written down; old messages stay."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from bot.sandbox.server import Sandbox
from tests.sandbox.world import World


class Clock:
    """A clock that a test moves on."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def slow(clock: Clock) -> AsyncIterator[World]:
    async with Sandbox(port=0, clock=clock) as sandbox, httpx.AsyncClient(base_url=sandbox.url, timeout=20) as http:
        yield World(sandbox, http)


async def test_the_21st_message_of_a_minute_has_to_wait(slow: World, clock: Clock) -> None:
    group = await slow.group()
    first = (await slow.call("sendMessage", chat_id=group, text="0"))["result"]["message_id"]
    clock.forward(seconds=10)
    for number in range(1, 20):
        await slow.call("editMessageText", chat_id=group, message_id=first, text=str(number))

    refused = await slow.call("sendMessage", chat_id=group, text="zu viel")
    looked = await slow.call("getChat", chat_id=group)
    clock.forward(seconds=50)
    then = [await slow.call("sendMessage", chat_id=group, text="x") for _ in range(2)]

    assert refused == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 50",
        "parameters": {"retry_after": 50},
    }
    assert looked["ok"]
    assert [one["ok"] for one in then] == [True, False]


async def test_chats_with_citizens_and_other_groups_are_not_held_up(slow: World) -> None:
    group, other, chat = await slow.group(), await slow.group("Andere"), await slow.citizen()
    for _ in range(20):
        await slow.call("sendMessage", chat_id=group, text="x")

    answers = [await slow.call("sendMessage", chat_id=one, text="x") for one in (group, other, chat)]

    assert [one["ok"] for one in answers] == [False, True, True]


@pytest.mark.parametrize(("most", "taken"), [(None, 30), (3, 3), (0, 0)])
async def test_the_share_of_a_group_can_be_set(slow: World, most: int | None, taken: int) -> None:
    group = await slow.group()
    shown = await slow.post("/api/faults", {"group_per_minute": most})

    answers = [await slow.call("sendMessage", chat_id=group, text="x") for _ in range(30)]

    assert shown["group_per_minute"] == most
    assert sum(one["ok"] for one in answers) == taken


async def test_a_share_that_is_no_number_is_refused(slow: World) -> None:
    for wrong in (-1, "viele", True):
        status, _ = await slow.refusal("/api/faults", {"group_per_minute": wrong})
        assert status == 400


async def test_every_call_to_a_group_is_written_down_with_its_time(slow: World, clock: Clock) -> None:
    group = await slow.group()
    await slow.call("sendMessage", chat_id=group, text="x")
    clock.forward(seconds=1)
    await slow.call("editMessageText", chat_id=group, message_id=99, text="x")

    called: list[dict[str, Any]] = await slow.get(f"/api/groups/{group}/calls")

    assert called == [
        {"method": "sendMessage", "at": "2026-11-24T09:00:00+00:00", "status": 200},
        {"method": "editMessageText", "at": "2026-11-24T09:00:01+00:00", "status": 400},
    ]


async def test_messages_of_more_than_48_hours_stay(slow: World, clock: Clock) -> None:
    chat, group = await slow.citizen(), await slow.group()
    await slow.post("/api/citizens/Petra/messages", {"text": "noch etwas"})
    old = [(await slow.call("sendMessage", chat_id=one, text="x"))["result"]["message_id"] for one in (chat, group)]
    theirs = (await slow.chat())[0]["id"]
    clock.forward(hours=47)
    young = await slow.call("deleteMessage", chat_id=chat, message_id=theirs)
    clock.forward(hours=1)

    answers = [
        await slow.call("deleteMessage", chat_id=one, message_id=two)
        for one, two in zip((chat, group), old, strict=True)
    ]
    edited = await slow.call("editMessageText", chat_id=chat, message_id=old[0], text="y")

    assert young["result"] is True
    assert [one["description"] for one in answers] == [
        "Bad Request: message can't be deleted for everyone",
        "Bad Request: message can't be deleted",
    ]
    assert edited["result"]["text"] == "y"
