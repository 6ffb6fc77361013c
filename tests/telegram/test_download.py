"""What citizens send is fetched from Telegram, up to a size, and every failure says whether to try again."""

import base64
from typing import Any

import pytest

from bot.errors import DeliveryFailed
from bot.telegram.client import Clients
from bot.telegram.download import LARGEST, fetched
from tests.files import a_file, png
from tests.sandbox.world import World


async def sent(world: World, content: bytes, kind: str = "photo") -> str:
    """A citizen sends this; its reference."""
    file = {"name": "x", "content_base64": base64.b64encode(content).decode()}
    await world.post("/api/citizens/Petra/things", {"kind": kind, "files": [file]})
    [update] = await world.updates()
    thing: Any = update[kind]
    return str(thing[-1]["file_id"] if kind == "photo" else thing["file_id"])


async def test_a_photo_is_fetched_as_it_was_sent(world: World, clients: Clients) -> None:
    reference = await sent(world, png(8, 8))

    assert await fetched(clients.sending, reference) == png(8, 8)


async def test_a_file_above_ten_megabytes_is_not_fetched(world: World, clients: Clients) -> None:
    reference = await sent(world, a_file("pdf", LARGEST + 1), "document")

    with pytest.raises(DeliveryFailed) as caught:
        await fetched(clients.sending, reference)

    assert caught.value.permanent


async def test_what_telegram_does_not_know_is_given_up(world: World, clients: Clients) -> None:
    with pytest.raises(DeliveryFailed) as caught:
        await fetched(clients.sending, "unknown")

    assert caught.value.permanent


async def test_an_outage_is_worth_another_try(world: World, clients: Clients) -> None:
    reference = await sent(world, png(8, 8))
    await world.post("/api/faults", {"bot_api": {"status": 502, "method": "getFile"}})

    with pytest.raises(DeliveryFailed) as caught:
        await fetched(clients.sending, reference)

    assert not caught.value.permanent
    assert await fetched(clients.sending, reference) == png(8, 8)
