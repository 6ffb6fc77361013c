"""The driver API: citizens write, tap, block; every refusal is one sentence."""

import asyncio
import json
from typing import Any
from urllib.parse import quote

import pytest

from tests.sandbox.world import World


async def test_a_citizen_is_made_by_the_first_message(world: World) -> None:
    before = await world.chat("Änne 😀")
    sent = await world.post("/api/citizens/Änne 😀/messages", {"text": " Grüß Gott "})

    after = await world.chat("Änne 😀")

    assert before == []
    assert after == [sent]
    assert {key: after[0][key] for key in ("from", "text", "buttons", "edited")} == {
        "from": "citizen",
        "text": "Grüß Gott",
        "buttons": [],
        "edited": False,
    }
    assert isinstance(after[0]["id"], int)


async def test_a_language_given_is_the_citizens_from_then_on(world: World) -> None:
    await world.post("/api/citizens/John/messages", {"text": "Hi", "language": "en"})
    await world.post("/api/citizens/John/messages", {"text": "there"})

    updates = (await world.call("getUpdates"))["result"]

    assert [one["message"]["from"]["language_code"] for one in updates] == ["en", "en"]


async def test_a_name_keeps_its_id(world: World) -> None:
    assert await world.citizen("Petra") == await world.citizen("Petra")
    assert await world.citizen("Petra") != await world.citizen("petra")
    assert await world.citizen("Petra") > 2**32


async def test_a_very_long_text_goes_as_several_messages_as_in_the_app(world: World) -> None:
    await world.post("/api/citizens/Petra/messages", {"text": "😀" * 3000})

    assert [len(one["text"]) for one in await world.chat()] == [2048, 952]


async def test_a_citizen_edits_a_message(world: World) -> None:
    await world.citizen(text="Wo ist das Bat?")
    number = (await world.chat())[0]["id"]

    await world.http.put(f"/api/citizens/Petra/messages/{number}", json={"text": "Wo ist das Bad?"})
    update = (await world.call("getUpdates"))["result"][-1]

    assert update["edited_message"]["text"] == "Wo ist das Bad?"
    assert (await world.chat())[0]["edited"] is True


async def test_a_reply_to_a_message_carries_it(world: World) -> None:
    chat = await world.citizen()
    sent = (await world.call("sendMessage", chat_id=chat, text="Welche?"))["result"]

    await world.post("/api/citizens/Petra/messages", {"text": "Die", "reply_to": sent["message_id"]})
    update = (await world.call("getUpdates"))["result"][-1]

    assert update["message"]["reply_to_message"]["text"] == "Welche?"


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/api/citizens/Petra/messages", {"text": " "}, 400),
        ("/api/citizens/Petra/messages", {"text": 5}, 400),
        ("/api/citizens/Petra/messages", {"text": "\ud83d"}, 400),
        ("/api/citizens/Petra/messages", [], 400),
        (f"/api/citizens/{'x' * 65}/messages", {"text": "x"}, 400),
        ("/api/citizens/Petra/taps", {"message_id": 1, "data": "ja"}, 404),
        ("/api/citizens/Niemand/block", {}, 404),
        ("/api/mailbox/7/replies", {"text": "x"}, 404),
        ("/api/mailbox/sieben/replies", {"text": "x"}, 404),
        ("/api/mailbox", {"text": "x"}, 400),
        ("/api/faults", {"smtp": "sideways"}, 400),
        ("/api/faults", {"bot_api": {"status": 200}}, 400),
        ("/api/updates", {"update_id": 1}, 400),
        ("/api/updates", {"update_id": 2**70}, 400),
        ("/api/citizens/Petra/taps", {"message_id": 2**70, "data": "ja"}, 400),
        ("/api/nothing", {}, 404),
        ("/api/state", {}, 404),
    ],
)
async def test_what_cannot_be_is_refused_with_a_sentence(world: World, path: str, body: Any, status: int) -> None:
    await world.citizen()

    got, sentence = await world.refusal(path, body)

    assert got == status
    assert len(sentence) > 10


async def test_a_body_that_is_no_json_is_refused(world: World) -> None:
    answer = await world.http.post("/api/citizens/Petra/messages", content=b"{oops")

    assert (answer.status_code, answer.json()) == (400, {"error": "The body must be JSON."})


async def test_a_tap_needs_a_button_that_is_there_now(world: World) -> None:
    chat = await world.citizen()
    markup = {"inline_keyboard": [[{"text": "A", "callback_data": "a"}, {"text": "Seite", "url": "https://a.de"}]]}
    sent = (await world.call("sendMessage", chat_id=chat, text="x", reply_markup=markup))["result"]
    tap = {"message_id": sent["message_id"], "data": "a"}

    await world.post("/api/citizens/Petra/taps", tap)
    await world.call("editMessageReplyMarkup", chat_id=chat, message_id=sent["message_id"])
    status, sentence = await world.refusal("/api/citizens/Petra/taps", tap)

    assert (status, sentence) == (404, f"Message {sent['message_id']} has no button with the data 'a'.")


async def test_a_citizen_who_blocked_the_bot_must_unblock_it_to_write(world: World) -> None:
    await world.citizen()
    await world.post("/api/citizens/Petra/block", {})

    status, sentence = await world.refusal("/api/citizens/Petra/messages", {"text": "x"})

    assert (status, sentence) == (409, "Petra has blocked the bot; unblock it first.")


async def test_any_update_at_all_can_be_injected(world: World) -> None:
    poison = {"message": {"chat": "not an object"}, "alien": [2**70, "\ud800"]}

    given = await world.post("/api/updates", poison)
    numbered = await world.post("/api/updates", {"update_id": given["update_id"] + 5, "message": None})
    updates = (await world.call("getUpdates", allowed_updates=["poll"]))["result"]

    assert updates == [{"update_id": given["update_id"], **poison}, {**numbered, "message": None}]


async def test_a_watcher_hears_of_every_change_and_toast(world: World) -> None:
    chat = await world.citizen()
    markup = {"inline_keyboard": [[{"text": "A", "callback_data": "a"}]]}
    sent = (await world.call("sendMessage", chat_id=chat, text="x", reply_markup=markup))["result"]
    tap = await world.post("/api/citizens/Petra/taps", {"message_id": sent["message_id"], "data": "a"})

    async with world.http.stream("GET", "/api/events") as events:
        lines = events.aiter_lines()
        first = [await anext(lines) for _ in range(3)]
        await world.call("answerCallbackQuery", callback_query_id=tap["id"], text="Gut")
        then = [await anext(lines) for _ in range(2)]

    assert first[0] == "event: change"
    assert then[0] == "event: toast"
    assert json.loads(then[1].removeprefix("data: ")) == {"citizen": "Petra", "text": "Gut", "alert": False}


async def test_the_state_counts_what_happened(world: World) -> None:
    chat = await world.citizen()
    await world.call("sendMessage", chat_id=chat, text="x")
    poll = asyncio.create_task(world.call("getUpdates", offset=2**40, timeout=5))
    await asyncio.sleep(0.05)

    state = await world.get("/api/state")
    await world.citizen("Paul")
    await poll

    assert state["bot_is_polling"] is True
    assert (state["citizens"], state["messages_from_citizens"], state["messages_from_bot"]) == (1, 1, 1)
    assert await world.get("/api/decisions") == []


async def test_names_may_hold_anything_a_url_can_carry(world: World) -> None:
    for name in ("a b", "O'Neil & Söhne?", "100%", "محمد", "../etc"):
        path = f"/api/citizens/{quote(name, safe='')}/messages"
        answer = await world.http.post(path, json={"text": "x"})
        assert answer.status_code == 200, name

    assert {one["name"] for one in await world.get("/api/citizens")} >= {
        "a b",
        "O'Neil & Söhne?",
        "100%",
        "محمد",
    }


@pytest.mark.parametrize("kind", ["voice", "venue", "animation"])
async def test_what_is_no_text_is_named_by_its_kind(world: World, kind: str) -> None:
    await world.post("/api/citizens/Petra/things", {"kind": kind})

    [message] = await world.get("/api/citizens/Petra/messages")
    assert (message["thing"], message["file"]) == (kind, None)


async def test_a_document_is_a_file_and_no_other_thing(world: World) -> None:
    plan = {"name": "Plan.pdf", "type": "application/pdf", "content_base64": "JVBERg=="}
    await world.post("/api/citizens/Petra/things", {"kind": "document", "files": [plan]})

    [message] = await world.get("/api/citizens/Petra/messages")
    assert (message["thing"], message["file"]["name"]) == (None, "Plan.pdf")
