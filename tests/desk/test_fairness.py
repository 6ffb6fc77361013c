"""One person's flood delays nobody else, is slowed and explained, and loses nothing."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.desk.citizen import CitizenText, Origin
from bot.desk.intake import Door, Intake
from bot.desk.pace import Pace
from bot.knowledge.entry import Language
from tests.desk.desk import Desk, opened_desk
from tests.desk.test_rights import whose


def read(payload: bytes, external_id: str) -> CitizenText:
    message = json.loads(payload)
    return CitizenText(Origin("telegram", message["chat"], Language.DE), external_id, message["text"])


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened_desk(tmp_path, whose=whose) as opened:
        yield opened


@pytest.fixture
def handled() -> list[str]:
    return []


@pytest.fixture
def intake(desk: Desk, handled: list[str]) -> Intake:
    async def handle(tx: object, message: CitizenText) -> str:
        handled.append(message.text)
        return "answer"

    door = Door(read, handle, handle, pace=Pace(20, desk.conversation.slowed))
    return Intake(desk.store, {"telegram": door}, on_handled=lambda: None)


async def arrive(desk: Desk, chat: str, *texts: str) -> None:
    items = [(f"{chat}-{text}", json.dumps({"chat": chat, "text": text}).encode()) for text in texts]
    await desk.store.receive("telegram", items)


async def emptied(intake: Intake) -> None:
    while await intake.step():
        pass


def numbered(count: int, first: int = 1) -> list[str]:
    return [f"m{number}" for number in range(first, first + count)]


async def test_twenty_messages_a_minute_pass_without_delay_or_a_word(
    desk: Desk, intake: Intake, handled: list[str]
) -> None:
    await arrive(desk, "7", *numbered(20))

    await emptied(intake)

    assert handled == numbered(20)
    assert await desk.sent() == []


async def test_what_is_more_is_explained_once_a_minute_and_handled_later_in_order(
    desk: Desk, intake: Intake, handled: list[str]
) -> None:
    await arrive(desk, "7", *numbered(50))
    told = []

    for _ in range(3):
        await emptied(intake)
        told.append(len([text for text in await desk.heard() if "viele Nachrichten" in text]))
        desk.time += timedelta(minutes=1)

    assert handled == numbered(50)
    assert told == [1, 1, 0]


async def test_what_comes_later_does_not_overtake_what_has_to_wait(
    desk: Desk, intake: Intake, handled: list[str]
) -> None:
    await arrive(desk, "7", *numbered(21))
    await emptied(intake)
    desk.time += timedelta(seconds=30)
    await arrive(desk, "7", "later")
    await emptied(intake)
    before = list(handled)
    desk.time += timedelta(seconds=30)

    await emptied(intake)

    assert before == numbered(20)
    assert handled[20:] == ["m21", "later"]


async def test_a_flood_of_two_thousand_messages_delays_nobody_else(
    desk: Desk, intake: Intake, handled: list[str]
) -> None:
    await arrive(desk, "7", *numbered(2000))
    for number in range(20):
        await arrive(desk, f"8{number}", f"citizen {number}")

    for _ in range(21):
        await intake.step()

    assert sorted(handled) == sorted(["m1", *(f"citizen {number}" for number in range(20))])


async def test_a_message_that_stumbles_holds_up_only_its_own_chat(desk: Desk) -> None:
    handled: list[str] = []

    async def handle(tx: object, message: CitizenText) -> str:
        if message.text == "trips" and not handled.count("others"):
            raise RuntimeError("a bug")
        handled.append(message.text)
        return "answer"

    intake = Intake(desk.store, {"telegram": Door(read, handle, handle)}, on_handled=lambda: None)
    await arrive(desk, "7", "trips", "after")
    await arrive(desk, "8", "others")

    await emptied(intake)
    desk.time += timedelta(seconds=2)
    await emptied(intake)

    assert handled == ["others", "trips", "after"]


async def test_rude_words_are_met_politely_once_a_day(desk: Desk) -> None:
    outcomes = [await desk.say("rude: you!"), await desk.say("rude: you!!")]
    first = await desk.heard()
    desk.time += timedelta(days=1)
    await desk.say("rude: again")

    assert outcomes == ["smalltalk", "smalltalk"]
    assert [len(first), len(await desk.heard())] == [1, 1]
