"""Signs on a citizen's message: changed in place, and never a reason to fail."""

from typing import Any

import pytest

from bot.desk.outbox import Delivery
from bot.errors import DeliveryFailed
from bot.telegram.client import Clients
from bot.telegram.outbound import TelegramChannel
from tests.sandbox.world import World
from tests.telegram.test_channel import Book, Progress


@pytest.fixture
def channel(clients: Clients) -> TelegramChannel:
    return TelegramChannel(clients.sending, Book())


def sign(chat: int, message: int, step: str) -> Delivery:
    payload = {"kind": "reaction", "on": str(message), "step": step}
    return Delivery(1, "telegram", "reaction:1", "key", payload, 0, (), str(chat))


async def shown(world: World) -> Any:
    return (await world.chat())[0]["reactions"]


async def test_the_message_shows_one_sign_at_a_time_and_none_in_the_end(world: World, channel: TelegramChannel) -> None:
    petra = await world.citizen()
    message = (await world.chat())[0]["id"]
    seen = []

    for step in ("received", "with-team", "answered", "gone"):
        await channel.deliver(sign(petra, message, step), Progress())
        seen.append(await shown(world))

    assert [len(one) for one in seen] == [1, 1, 1, 0]
    assert len({one[0] for one in seen[:3]}) == 3


async def test_a_message_that_is_gone_or_a_chat_that_allows_no_signs_is_left_alone(
    world: World, channel: TelegramChannel
) -> None:
    petra = await world.citizen()
    message = (await world.chat())[0]["id"]
    await world.post("/api/faults", {"bot_api": {"method": "setMessageReaction", "status": 400}})

    await channel.deliver(sign(petra, message, "received"), Progress())
    await channel.deliver(sign(petra, 999_999, "received"), Progress())

    assert await shown(world) == []


async def test_told_to_wait_the_sign_waits(world: World, channel: TelegramChannel) -> None:
    petra = await world.citizen()
    message = (await world.chat())[0]["id"]
    await world.post("/api/faults", {"bot_api": {"method": "setMessageReaction", "status": 429, "retry_after": 3}})

    with pytest.raises(DeliveryFailed) as refused:
        await channel.deliver(sign(petra, message, "received"), Progress())

    assert refused.value.retry_after is not None
