"""Inline queries of the look-alike: asked by a citizen, answered by the bot, refused as Telegram refuses."""

from typing import Any

import pytest

from tests.sandbox.world import World


def article(name: str = "a", **change: Any) -> dict[str, Any]:
    content = {"message_text": "Text"}
    return {"type": "article", "id": name, "title": "Titel", "input_message_content": content} | change


async def asked(world: World, text: str = "paket") -> str:
    """The id of a fresh query, as the bot reads it."""
    await world.post("/api/citizens/Petra/inline", {"text": text})
    updates = (await world.call("getUpdates", allowed_updates=["inline_query"]))["result"]
    return str(updates[-1]["inline_query"]["id"])


async def test_what_the_bot_offers_is_seen_by_who_asked(world: World) -> None:
    made = await world.post("/api/citizens/Petra/inline", {"text": "paket"})
    [update] = (await world.call("getUpdates", allowed_updates=["inline_query"]))["result"]
    before = await world.get(f"/api/citizens/Petra/inline/{made['id']}")
    button = {"text": "Selbst fragen", "start_parameter": "inline"}

    await world.call("answerInlineQuery", inline_query_id=made["id"], results=[article()], button=button)

    seen = await world.get(f"/api/citizens/Petra/inline/{made['id']}")
    assert (update["inline_query"]["query"], before["answered"]) == ("paket", False)
    assert seen["results"] == [{"id": "a", "title": "Titel", "description": "", "text": "Text"}]
    assert (seen["button"], seen["cache_time"], seen["is_personal"]) == (button, 300, False)


@pytest.mark.parametrize(
    ("params", "description"),
    [
        ({"results": [article("x" * 65)]}, "RESULT_ID_INVALID"),
        ({"results": [article("")]}, "RESULT_ID_INVALID"),
        ({"results": [article(), article()]}, "RESULT_ID_DUPLICATE"),
        ({"results": [article(str(number)) for number in range(51)]}, "RESULTS_TOO_MUCH"),
        ({"results": [article(title="")]}, "ARTICLE_TITLE_EMPTY"),
        ({"results": [article(input_message_content={"message_text": ""})]}, "message text is empty"),
        ({"results": [article(input_message_content={"message_text": "x" * 4097})]}, "MESSAGE_TOO_LONG"),
        ({"results": [article(input_message_content=None)]}, "Message content is not specified"),
        ({"results": [], "next_offset": "x" * 65}, "NEXT_OFFSET_INVALID"),
        ({"results": [], "button": {"text": "x", "start_parameter": "ä"}}, "START_PARAM_INVALID"),
        ({"results": "x"}, "can't parse"),
    ],
)
async def test_what_telegram_refuses_is_refused(world: World, params: dict[str, Any], description: str) -> None:
    answer = await world.call("answerInlineQuery", inline_query_id=await asked(world), **params)

    assert answer["error_code"] == 400
    assert description in answer["description"]


async def test_a_query_is_answered_once_and_soon(world: World) -> None:
    query = await asked(world)
    await world.call("answerInlineQuery", inline_query_id=query, results=[])

    for late in (query, "4711"):
        answer = await world.call("answerInlineQuery", inline_query_id=late, results=[])
        assert "query is too old" in answer["description"]


async def test_a_bot_that_does_not_ask_for_inline_queries_gets_none(world: World) -> None:
    await world.call("getUpdates", allowed_updates=["message"])
    await world.post("/api/citizens/Petra/inline", {"text": "paket"})

    assert (await world.call("getUpdates"))["result"] == []
