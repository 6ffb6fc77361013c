"""The Bot API look-alike does what Telegram's documentation says, and refuses in Telegram's words."""

import asyncio
import json
import time
from typing import Any

import pytest

from tests.files import jpeg, png
from tests.sandbox.world import World

BUTTONS = {"inline_keyboard": [[{"text": "Ja", "callback_data": "ja"}, {"text": "Nein", "callback_data": "nein"}]]}


async def test_every_way_to_send_parameters_is_understood(world: World) -> None:
    chat = await world.citizen()
    address = f"/bot{world.sandbox.token}"
    markup = json.dumps(BUTTONS)

    answers = [
        await world.http.get(f"{address}/sendmessage", params={"chat_id": chat, "text": "Ä"}),
        await world.http.post(f"{address}/SENDMESSAGE", data={"chat_id": chat, "text": "Ä", "reply_markup": markup}),
        await world.http.post(f"{address}/sendMessage", json={"chat_id": chat, "text": "Ä", "reply_markup": BUTTONS}),
        await world.http.post(f"{address}/sendMessage", files={"chat_id": (None, str(chat)), "text": (None, "Ä")}),
    ]

    assert [answer.json()["result"]["text"] for answer in answers] == ["Ä"] * 4
    assert [bool(message["buttons"]) for message in (await world.chat())[1:]] == [False, True, True, False]


async def test_a_waiting_poll_wakes_at_once_when_a_citizen_writes(world: World) -> None:
    poll = asyncio.create_task(world.call("getUpdates", timeout=20))
    await asyncio.sleep(0.05)
    started = time.perf_counter()

    await world.post("/api/citizens/Petra/messages", {"text": "/start jetzt"})
    [update] = (await poll)["result"]

    assert time.perf_counter() - started < 1
    message = update["message"]
    assert message["chat"] == {"id": message["from"]["id"], "first_name": "Petra", "type": "private"}
    assert message["from"]["language_code"] == "de"
    assert message["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]


async def test_a_poll_without_news_waits_as_long_as_it_was_asked_to(world: World) -> None:
    started = time.perf_counter()

    answer = await world.call("getUpdates", timeout=1)

    assert answer == {"ok": True, "result": []}
    assert time.perf_counter() - started >= 0.95


async def test_an_update_stays_until_a_higher_offset_confirms_it(world: World) -> None:
    for text in ("eins", "zwei", "drei"):
        await world.citizen(text=text)
    first = (await world.call("getUpdates", limit=2))["result"]
    again = (await world.call("getUpdates"))["result"]

    rest = (await world.call("getUpdates", offset=first[-1]["update_id"] + 1))["result"]

    assert [one["message"]["text"] for one in first] == ["eins", "zwei"]
    assert [one["message"]["text"] for one in again] == ["eins", "zwei", "drei"]
    assert [one["message"]["text"] for one in rest] == ["drei"]
    assert (await world.get("/api/state"))["updates_waiting"] == 1


async def test_a_negative_offset_forgets_all_but_the_last(world: World) -> None:
    for text in ("eins", "zwei", "drei"):
        await world.citizen(text=text)

    last = (await world.call("getUpdates", offset=-1))["result"]

    assert [one["message"]["text"] for one in last] == ["drei"]
    assert len((await world.call("getUpdates"))["result"]) == 1


async def test_kinds_of_updates_a_bot_does_not_want_are_never_made_and_that_is_remembered(
    world: World,
) -> None:
    await world.citizen()
    await world.call("getUpdates", allowed_updates=["message"])
    await world.call("getUpdates")
    await world.post("/api/citizens/Petra/block", {})
    await world.post("/api/citizens/Petra/unblock", {})

    await world.call("getUpdates", allowed_updates=[])
    await world.post("/api/citizens/Petra/block", {})
    updates = (await world.call("getUpdates"))["result"]

    assert [sorted(one)[0] for one in updates] == ["message", "my_chat_member"]
    assert updates[1]["my_chat_member"]["new_chat_member"]["status"] == "kicked"


async def test_a_second_poller_ends_the_first_with_a_conflict(world: World) -> None:
    first = asyncio.create_task(world.call("getUpdates", timeout=20))
    await asyncio.sleep(0.05)

    second = await world.call("getUpdates")

    assert second["ok"]
    assert (await first)["error_code"] == 409
    assert (await first)["description"] == (
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    )


async def test_nobody_polls_while_a_webhook_is_set(world: World) -> None:
    await world.call("setWebhook", url="https://example.org/hook")

    refused = await world.call("getUpdates")
    await world.call("deleteWebhook")

    assert refused["error_code"] == 409
    assert refused["description"].startswith("Conflict: can't use getUpdates method while webhook is active")
    assert (await world.call("getWebhookInfo"))["result"]["url"] == ""
    assert (await world.call("getUpdates"))["ok"]


async def test_a_wrong_token_and_an_unknown_method_are_refused(world: World) -> None:
    stranger = await world.http.get("/bot123:wrong/getMe")

    assert (stranger.status_code, stranger.json()) == (
        401,
        {"ok": False, "error_code": 401, "description": "Unauthorized"},
    )
    assert await world.call("sendFlowers") == {"ok": False, "error_code": 404, "description": "Not Found"}


@pytest.mark.parametrize(
    ("params", "description"),
    [
        ({"text": "  \n"}, "Bad Request: message text is empty"),
        ({}, "Bad Request: message text is empty"),
        ({"text": "ä" * 4097}, "Bad Request: message is too long"),
        ({"text": "😀" * 2049}, "Bad Request: message is too long"),
        ({"text": "x", "chat_id": 1}, "Bad Request: chat not found"),
        ({"text": "x", "chat_id": 2**70}, "Bad Request: chat not found"),
        ({"text": "x", "chat_id": "@kl"}, "Bad Request: chat not found"),
        ({"text": "x", "chat_id": ""}, "Bad Request: chat_id is empty"),
        ({"text": "x", "parse_mode": "Klingon"}, "Bad Request: unsupported parse_mode"),
        (
            {"text": "x", "reply_parameters": {"message_id": 99}},
            "Bad Request: message to be replied not found",
        ),
        ({"text": "x", "reply_markup": "[]{"}, "Bad Request: can't parse reply_markup JSON object"),
        ({"text": "\ud800"}, "Bad Request: strings must be encoded in UTF-8"),
    ],
)
async def test_a_message_telegram_would_refuse_is_refused(
    world: World, params: dict[str, Any], description: str
) -> None:
    chat = await world.citizen()

    answer = await world.call("sendMessage", **({"chat_id": chat} | params))

    assert answer == {"ok": False, "error_code": 400, "description": description}


@pytest.mark.parametrize("button", [{"text": "A"}, {"text": "A", "callback_data": ""},
                                    {"text": "A", "callback_data": "ü" * 33}])  # fmt: skip
async def test_callback_data_has_one_to_64_bytes(world: World, button: dict[str, str]) -> None:
    chat = await world.citizen()

    answer = await world.call("sendMessage", chat_id=chat, text="x", reply_markup={"inline_keyboard": [[button]]})

    no_action = "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
    assert answer["description"] in ("Bad Request: BUTTON_DATA_INVALID", f"Bad Request: {no_action}")


async def test_a_text_of_exactly_4096_units_arrives(world: World) -> None:
    chat = await world.citizen()

    answer = await world.call("sendMessage", chat_id=chat, text="<b>" + "😀" * 2048 + "</b>", parse_mode="HTML")

    assert answer["result"]["entities"] == [{"type": "bold", "offset": 0, "length": 4096}]


async def test_a_bot_cannot_write_first(world: World) -> None:
    quiet = await world.post("/api/citizens", {"name": "Stille", "language": "en"})

    answer = await world.call("sendMessage", chat_id=quiet["id"], text="Hallo?")

    assert answer["description"] == "Forbidden: bot can't initiate conversation with a user"


async def test_a_bot_cannot_write_to_a_citizen_who_blocked_it(world: World) -> None:
    chat = await world.citizen()
    await world.post("/api/citizens/Petra/block", {})

    refused = await world.call("sendMessage", chat_id=chat, text="Hallo?")
    await world.post("/api/citizens/Petra/unblock", {})

    assert refused == {
        "ok": False,
        "error_code": 403,
        "description": "Forbidden: bot was blocked by the user",
    }
    assert (await world.call("sendMessage", chat_id=chat, text="Hallo!"))["ok"]


async def test_edits_and_deletions_show_in_the_chat(world: World) -> None:
    chat = await world.citizen()
    sent = (await world.call("sendMessage", chat_id=chat, text="alt", reply_markup=BUTTONS))["result"]
    same = {"chat_id": chat, "message_id": sent["message_id"]}

    await world.call("editMessageText", **same, text="neu")
    edited = (await world.chat())[-1]
    repeated = await world.call("editMessageText", **same, text="neu")
    await world.call("deleteMessage", **same)

    assert (edited["text"], edited["edited"], edited["buttons"]) == ("neu", True, [])
    assert repeated["description"].startswith("Bad Request: message is not modified: ")
    assert [one["from"] for one in await world.chat()] == ["citizen"]
    assert (await world.call("editMessageText", **same, text="x"))["description"] == (
        "Bad Request: message to edit not found"
    )
    assert (await world.call("deleteMessage", **same))["description"] == "Bad Request: message to delete not found"


async def test_buttons_can_be_taken_away_without_touching_the_text(world: World) -> None:
    chat = await world.citizen()
    sent = (await world.call("sendMessage", chat_id=chat, text="Frage", reply_markup=BUTTONS))["result"]

    await world.call("editMessageReplyMarkup", chat_id=chat, message_id=sent["message_id"])

    assert [(one["text"], one["buttons"]) for one in (await world.chat())[1:]] == [("Frage", [])]


async def test_a_tap_reaches_the_bot_and_its_answer_the_citizen(world: World) -> None:
    chat = await world.citizen()
    sent = (await world.call("sendMessage", chat_id=chat, text="Frage", reply_markup=BUTTONS))["result"]
    await world.post("/api/citizens/Petra/taps", {"message_id": sent["message_id"], "data": "ja"})
    query = (await world.call("getUpdates"))["result"][-1]["callback_query"]

    answered = await world.call("answerCallbackQuery", callback_query_id=query["id"], text="Danke")

    assert (query["data"], query["message"]["text"]) == ("ja", "Frage")
    assert answered["result"] is True
    assert [one["text"] for one in await world.get("/api/citizens/Petra/toasts")] == ["Danke"]
    unknown = await world.call("answerCallbackQuery", callback_query_id="999")
    assert unknown["description"] == (
        "Bad Request: query is too old and response timeout expired or query ID is invalid"
    )


async def test_a_document_is_kept_and_served_under_its_path(world: World) -> None:
    chat = await world.citizen()
    address = f"/bot{world.sandbox.token}/sendDocument"
    fields = {"chat_id": str(chat), "caption": "Bitte sehr"}
    sent = await world.http.post(address, data=fields, files={"document": ("plan.pdf", b"%PDF\x00", "application/pdf")})
    document = sent.json()["result"]["document"]

    path = (await world.call("getFile", file_id=document["file_id"]))["result"]["file_path"]
    served = await world.http.get(f"/file/bot{world.sandbox.token}/{path}")

    assert (document["file_name"], document["file_size"]) == ("plan.pdf", 5)
    assert served.content == b"%PDF\x00"
    assert (await world.http.get(f"/file/bot1:x/{path}")).status_code == 401


async def test_a_picture_can_be_looked_at_and_nothing_else_can(world: World) -> None:
    chat = await world.citizen()
    picture = png(3, 2)
    page = b"<script>alert(1)</script>"
    for kind, content in (("photo", picture), ("document", page)):
        address = f"/bot{world.sandbox.token}/send{kind}"
        await world.http.post(address, data={"chat_id": str(chat)}, files={kind: ("x.png", content, "image/png")})
    [photo, document] = [one["file"] for one in (await world.chat())[1:]]

    shown = await world.http.get(f"/api/files/{photo['id']}/picture")
    refused = await world.http.get(f"/api/files/{document['id']}/picture")

    assert (photo["is_photo"], document["is_photo"]) == (True, False)
    assert (shown.content, shown.headers["Content-Type"]) == (picture, "image/png")
    assert refused.status_code == 404


async def send_photo(world: World, chat: int, content: bytes) -> dict[str, Any]:
    address = f"/bot{world.sandbox.token}/sendPhoto"
    files = {"photo": ("bild.png", content, "image/png")}
    answer: dict[str, Any] = (await world.http.post(address, data={"chat_id": str(chat)}, files=files)).json()
    return answer


@pytest.mark.parametrize(("width", "height"), [(40, 30), (1, 20), (9000, 1000)])
async def test_a_photo_has_the_size_of_its_picture(world: World, width: int, height: int) -> None:
    chat = await world.citizen()

    for content in (png(width, height), jpeg(width, height)):
        [size] = (await send_photo(world, chat, content))["result"]["photo"]
        assert (size["width"], size["height"], size["file_size"]) == (width, height, len(content))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (png(1, 21), "PHOTO_INVALID_DIMENSIONS"),
        (jpeg(9000, 1001), "PHOTO_INVALID_DIMENSIONS"),
        (b"\xff\xd8\xff\xe0\x00\x00", "IMAGE_PROCESS_FAILED"),
        (b"%PDF-1.7", "IMAGE_PROCESS_FAILED"),
        (b"", "file must be non-empty"),
        (
            png(4, 4) + b"\0" * 10 * 1024**2,
            f"file of size {len(png(4, 4)) + 10 * 1024**2} bytes is too big for a photo; "
            "the maximum size is 10485760 bytes",
        ),
    ],
)
async def test_a_photo_that_telegram_would_refuse_is_refused(world: World, content: bytes, reason: str) -> None:
    chat = await world.citizen()

    answer = await send_photo(world, chat, content)

    assert (answer["error_code"], answer["description"]) == (400, f"Bad Request: {reason}")


async def test_what_the_bot_says_of_itself_is_kept_per_language(world: World) -> None:
    commands = [{"command": "start", "description": "Beginnen"}]
    await world.call("setMyCommands", commands=commands, language_code="de")
    await world.call("setMyDescription", description="Fragen Sie!")
    await world.call("setMyShortDescription", short_description="Kurz", language_code="de")

    assert (await world.call("getMyCommands", language_code="de"))["result"] == commands
    assert (await world.call("getMyCommands"))["result"] == []
    assert (await world.call("getMyDescription"))["result"] == {"description": "Fragen Sie!"}
    assert (await world.call("getMyShortDescription", language_code="de"))["result"]["short_description"] == "Kurz"
    wrong = await world.call("setMyCommands", commands=[{"command": "Löschen", "description": "x"}])
    assert wrong["description"] == "Bad Request: BOT_COMMAND_INVALID"


async def test_reactions_and_typing_signs_are_taken(world: World) -> None:
    chat = await world.citizen()
    number = (await world.chat())[0]["id"]
    heart = [{"type": "emoji", "emoji": "❤"}]

    await world.call("setMessageReaction", chat_id=chat, message_id=number, reaction=heart)

    assert (await world.chat())[0]["reactions"] == ["❤"]
    assert (await world.call("sendChatAction", chat_id=chat, action="typing"))["result"] is True
    assert (await world.call("getChat", chat_id=chat))["result"]["first_name"] == "Petra"


async def test_faults_on_demand_hit_the_next_calls_only(world: World) -> None:
    chat = await world.citizen()
    fault = {"status": 429, "retry_after": 3, "times": 2, "method": "sendMessage"}
    await world.post("/api/faults", {"bot_api": fault})

    answers = [await world.call("sendMessage", chat_id=chat, text="x") for _ in range(3)]

    assert answers[0] == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 3",
        "parameters": {"retry_after": 3},
    }
    assert [answer["ok"] for answer in answers] == [False, False, True]


async def test_a_fault_can_come_after_the_work_is_done(world: World) -> None:
    chat = await world.citizen()
    await world.post("/api/faults", {"bot_api": {"status": 502, "after": True, "method": "sendMessage"}})

    answer = await world.call("sendMessage", chat_id=chat, text="doch da")

    assert answer["description"] == "Bad Gateway"
    assert (await world.chat())[-1]["text"] == "doch da"


async def test_a_moved_chat_tells_its_new_id(world: World) -> None:
    chat = await world.citizen()
    await world.post("/api/faults", {"bot_api": {"status": 400, "migrate_to_chat_id": -100123}})

    answer = await world.call("sendMessage", chat_id=chat, text="x")

    assert answer["parameters"] == {"migrate_to_chat_id": -100123}
