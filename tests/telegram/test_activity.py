"""A citizen sees that the bot writes when the answer takes longer than a moment, and only then."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from telegram import Bot
from telegram.request import HTTPXRequest

from bot.desk.citizen import CitizenText, Nothing, Origin
from bot.knowledge.entry import Language
from bot.telegram.activity import Activity
from tests.telegram.scripted import Scripted, ok, scripted

SOON = timedelta(milliseconds=50)


def update(chat: int = 7, **message: Any) -> dict[str, Any]:
    return {"update_id": 1, "message": {"text": "Hallo", "chat": {"id": chat, "type": "private"}, **message}}


def activity(script: Scripted) -> Activity:
    return Activity(Bot("1:a", base_url=f"{script.url}/bot", request=HTTPXRequest()), after=SOON)


async def test_work_that_takes_longer_shows_that_the_bot_writes() -> None:
    async with scripted(ok(True)) as script:
        shown = activity(script)
        shown.received([update()])
        await asyncio.sleep(0.4)
        shown.handled("7")

    assert [(one["chat_id"], one["action"]) for one in script.asked] == [("7", "typing")]


async def test_work_that_is_done_at_once_shows_nothing() -> None:
    async with scripted(ok(True)) as script:
        shown = activity(script)
        shown.received([update(), update()])
        shown.handled("7")
        shown.handled("7")
        await asyncio.sleep(0.2)

    assert script.asked == []


async def test_of_two_messages_the_second_is_still_worked_on() -> None:
    async with scripted(ok(True)) as script:
        shown = activity(script)
        shown.received([update(), update()])
        shown.handled("7")
        await asyncio.sleep(0.4)
        shown.handled("7")

    assert len(script.asked) == 1


async def test_a_refusal_of_telegrams_disturbs_nobody() -> None:
    async with scripted(
        (403, b'{"ok": false, "error_code": 403, "description": "Forbidden: bot was blocked"}')
    ) as script:
        shown = activity(script)
        shown.received([update()])
        await asyncio.sleep(0.4)
        shown.received([update()])
        shown.handled("7")
        shown.handled("7")

    assert len(script.asked) == 1


@pytest.mark.parametrize(
    "other",
    [
        7,
        {},
        {"message": 1},
        {"edited_message": {}},
        update(text=""),
        {"message": {"text": "x", "chat": {"id": -1, "type": "group"}}},
    ],
)
async def test_what_is_no_word_of_a_citizens_shows_nothing(other: Any) -> None:
    async with scripted(ok(True)) as script:
        activity(script).received([other])
        await asyncio.sleep(0.2)

    assert script.asked == []


async def test_a_message_counts_as_handled_even_if_handling_it_fails() -> None:
    async def handle(_tx: Any, message: Any) -> str:
        raise RuntimeError(message)

    async with scripted(ok(True)) as script:
        shown = activity(script)
        shown.received([update()])
        for message in (CitizenText(Origin("telegram", "7", Language.DE), "1", "Hallo"), Nothing("other")):
            with pytest.raises(RuntimeError):
                await shown.around(handle)(None, message)
        await asyncio.sleep(0.2)

    assert script.asked == []
