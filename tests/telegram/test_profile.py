"""The bot's descriptions and commands are set at Telegram where they differ, and nothing waits for that."""

from dataclasses import replace

from bot.desk.introduction import introductions
from bot.knowledge.loader import load, shipped
from bot.telegram.client import Clients
from bot.telegram.profile import introduce
from tests.sandbox.world import World


async def test_people_read_in_their_language_what_the_bot_is_before_they_write(world: World, clients: Clients) -> None:
    await introduce(clients.sending, introductions(load(shipped())))

    german, english = await world.get("/api/bot?language=de"), await world.get("/api/bot?language=en")
    assert "ein Programm und kein Mensch" in german["description"]
    assert "a program and not a person" in english["description"]
    assert {"command": "status", "description": "Wie es um meine Fragen an das Team steht"} in german["commands"]
    assert {"command": "withdraw", "description": "Take back an open question"} in english["commands"]


async def test_what_is_set_already_is_not_set_again(world: World, clients: Clients) -> None:
    given = introductions(load(shipped()))
    await introduce(clients.sending, given)
    # Whatever would be set now is refused, and so would be seen to be missing.
    refused = {"status": 400, "times": 100}
    await world.post("/api/faults", {"bot_api": {"method": "setMyShortDescription", **refused}})

    await introduce(clients.sending, given)
    await introduce(clients.sending, [replace(one, short="Neu") for one in given])

    faults = await world.get("/api/faults")
    assert faults["bot_api"][0]["times"] == 98


async def test_a_refusal_stops_nothing(world: World, clients: Clients) -> None:
    await world.post("/api/faults", {"bot_api": {"method": "getMyDescription", "status": 500}})

    await introduce(clients.sending, introductions(load(shipped())))

    assert "a program" in (await world.get("/api/bot?language=en"))["description"]
