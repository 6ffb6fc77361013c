"""What Telegram refuses is refused here, too: tests cannot pass on what would fail there."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from bot.sandbox.server import Sandbox
from tests.files import a_file, png
from tests.sandbox.world import World

BUTTON = {"text": "A", "callback_data": "a"}
BOLD = {"type": "bold", "offset": 0, "length": 1}


def rows(*counts: int, **button: Any) -> dict[str, Any]:
    """A keyboard with so many buttons a row."""
    return {"inline_keyboard": [[BUTTON | button] * count for count in counts]}


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        (rows(*[8] * 12, 5), "reply markup is too long"),
        (rows(9), "reply markup is too long"),
        (rows(*[8] * 10, text="x" * 100, callback_data="y" * 64), "reply markup is too long"),
        ([], "object expected as reply markup"),
        ({"inline_keyboard": [{}]}, "InlineKeyboardMarkup must be an Array of Arrays"),
        ({"inline_keyboard": [["A"]]}, "InlineKeyboardButton must be an Object"),
        ({"inline_keyboard": [[{"callback_data": "a"}]]}, 'Can\'t find field "text"'),
        (rows(1, text=""), "Text must be non-empty"),
        (rows(1, text=7), 'Field "text" must be of type String'),
        (rows(1, callback_data=7), 'Field "callback_data" must be of type String'),
        (rows(1, callback_data="a" * 65), "BUTTON_DATA_INVALID"),
        ({"inline_keyboard": [[{"text": "A"}]]}, "Text buttons are unallowed in the inline keyboard"),
        ({"inline_keyboard": [[{"text": "A", "url": "no address"}]]}, "BUTTON_URL_INVALID"),
        ({"inline_keyboard": [[{"text": "A", "copy_text": {"text": ""}}]]}, "BUTTON_COPY_TEXT_INVALID"),
        ({"inline_keyboard": [[{"text": "A", "web_app": "x"}]]}, 'Field "web_app" must be of type Object'),
    ],
)
async def test_a_keyboard_that_telegram_would_refuse_is_refused(world: World, markup: Any, reason: str) -> None:
    answer = await world.call("sendMessage", chat_id=await world.citizen(), text="x", reply_markup=markup)

    assert not answer["ok"]
    assert answer["description"].startswith("Bad Request: ")
    assert answer["description"].endswith(reason)


async def test_a_hundred_buttons_and_none_are_taken(world: World) -> None:
    chat = await world.citizen()

    assert (await world.call("sendMessage", chat_id=chat, text="x", reply_markup=rows(*[8] * 12, 4)))["ok"]
    assert (await world.call("sendMessage", chat_id=chat, text="x", reply_markup={"inline_keyboard": []}))["ok"]


@pytest.mark.parametrize(
    ("entity", "reason"),
    [
        (BOLD | {"length": 3}, "ENTITY_BOUNDS_INVALID"),
        (BOLD | {"length": 0}, "ENTITY_BOUNDS_INVALID"),
        (BOLD | {"offset": -1}, "ENTITY_BOUNDS_INVALID"),
        (BOLD | {"type": "blink"}, "can't parse MessageEntity: Unsupported type specified"),
        (BOLD | {"offset": "0"}, 'can\'t parse MessageEntity: Field "offset" must be of type Number'),
        ({"type": "bold", "offset": 0}, "can't parse MessageEntity: Can't find field \"length\""),
        (BOLD | {"type": "text_link"}, "can't parse MessageEntity: Can't find field \"url\""),
        ("bold", "can't parse MessageEntity: expected an Object"),
    ],
)
async def test_an_entity_that_telegram_would_refuse_is_refused(world: World, entity: Any, reason: str) -> None:
    answer = await world.call("sendMessage", chat_id=await world.citizen(), text="ab", entities=[entity])

    assert answer["description"] == f"Bad Request: {reason}"


async def test_entities_count_in_utf16_units(world: World) -> None:
    answer = await world.call("sendMessage", chat_id=await world.citizen(), text="😀", entities=[BOLD | {"length": 2}])

    assert answer["result"]["entities"] == [BOLD | {"length": 2}]


@pytest.mark.parametrize(
    ("mode", "text"),
    [("HTML", "<b>x"), ("HTML", "<x>y</x>"), ("HTML", "a < b"), ("MarkdownV2", "1."), ("MarkdownV2", "*x"),
     ("Markdown", "_x"), ("markdown2", "x")],
)  # fmt: skip
async def test_broken_markup_is_refused(world: World, mode: str, text: str) -> None:
    answer = await world.call("sendMessage", chat_id=await world.citizen(), text=text, parse_mode=mode)

    assert not answer["ok"]


@pytest.mark.parametrize("caption", ["x" * 1025, "😀" * 513])
async def test_a_caption_has_at_most_1024_units(world: World, caption: str) -> None:
    files = {"document": ("a.pdf", a_file("pdf"))}
    chat = await world.citizen()
    sent = await world.http.post(
        f"/bot{world.sandbox.token}/sendDocument", data={"chat_id": str(chat), "caption": caption}, files=files
    )

    assert sent.json()["description"] == "Bad Request: message caption is too long"


@pytest.mark.parametrize(
    ("method", "params", "reason"),
    [
        ("sendChatAction", {"action": "sing"}, "wrong parameter action in request"),
        ("sendChatAction", {}, "wrong parameter action in request"),
        ("setMessageReaction", {"reaction": [{"type": "emoji", "emoji": "🐌"}]}, "REACTION_INVALID"),
        ("setMessageReaction", {"reaction": [{"type": "emoji", "emoji": "👍"}] * 2}, "REACTIONS_TOO_MANY"),
        ("setMessageReaction", {"reaction": [{"type": "smile"}]},
         "can't parse ReactionType: invalid reaction type specified"),
        ("editMessageText", {"text": "x"}, "message can't be edited"),
        ("editMessageCaption", {"caption": "x"}, "message can't be edited"),
        ("editMessageReplyMarkup", {}, "message can't be edited"),
        ("editMessageText", {"text": "x", "message_id": 999}, "message to edit not found"),
        ("editMessageText", {"text": "x", "message_id": ""}, "message identifier is not specified"),
        ("deleteMessage", {"message_id": 999}, "message to delete not found"),
        ("setMyCommands", {"commands": [{"command": "Start", "description": "x"}]}, "BOT_COMMAND_INVALID"),
        ("setMyCommands", {"commands": [{"command": "löschen", "description": "x"}]}, "BOT_COMMAND_INVALID"),
        ("setMyCommands", {"commands": [], "language_code": "german"}, "invalid language code specified"),
        ("setMyDescription", {"description": "x" * 513}, "description is too long"),
        ("setMyShortDescription", {"short_description": "x" * 121}, "short description is too long"),
        ("getFile", {"file_id": "x"}, "wrong file_id or the file is temporarily unavailable"),
    ],
)  # fmt: skip
async def test_a_call_that_telegram_would_refuse_is_refused(
    world: World, method: str, params: dict[str, Any], reason: str
) -> None:
    chat = await world.citizen()
    theirs = (await world.chat())[0]["id"]

    answer = await world.call(method, **({"chat_id": chat, "message_id": theirs} | params))

    assert answer["description"] == f"Bad Request: {reason}"


async def test_a_bot_cannot_fetch_more_than_twenty_megabytes(world: World) -> None:
    file = {"name": "x.pdf", "content_base64": base64.b64encode(a_file("pdf", 20 * 1024 * 1024 + 1)).decode()}
    await world.post("/api/citizens/Petra/things", {"kind": "document", "files": [file]})
    [update] = await world.updates()

    answer = await world.call("getFile", file_id=update["document"]["file_id"])

    assert answer["description"] == "Bad Request: file is too big"


async def test_after_two_days_nothing_is_deleted_any_more() -> None:
    now = [datetime(2026, 11, 25, 12, tzinfo=UTC)]
    async with (
        Sandbox(port=0, clock=lambda: now[0]) as sandbox,
        httpx.AsyncClient(base_url=sandbox.url, timeout=20) as http,
    ):
        world = World(sandbox, http)
        chat = await world.citizen()
        sent = (await world.call("sendMessage", chat_id=chat, text="x"))["result"]["message_id"]
        now[0] += timedelta(hours=48)

        answer = await world.call("deleteMessage", chat_id=chat, message_id=sent)

    assert answer["description"] == "Bad Request: message can't be deleted for everyone"


@pytest.mark.parametrize(
    ("thing", "reason"),
    [
        ({"kind": "hologram"}, "kind must be one of"),
        ({"kind": "sticker", "text": "x"}, "sticker has no caption."),
        ({"kind": "photo"}, "files must be a list of 1 to 10."),
        ({"kind": "photo", "files": [{"name": "x", "content_base64": "eA=="}]}, "IMAGE_PROCESS_FAILED"),
    ],
)
async def test_citizens_send_only_what_telegrams_apps_send(world: World, thing: dict[str, Any], reason: str) -> None:
    status, sentence = await world.refusal("/api/citizens/Petra/things", thing)

    assert status == 400
    assert reason in sentence


async def test_several_files_are_an_album_whose_first_one_has_the_words(world: World) -> None:
    file = {"name": "x.png", "content_base64": base64.b64encode(png(8, 8)).decode()}
    await world.post("/api/citizens/Petra/things", {"kind": "photo", "text": "Was?", "files": [file] * 3})

    updates = await world.updates()

    assert [one.get("caption") for one in updates] == ["Was?", None, None]
    assert len({one["media_group_id"] for one in updates}) == 1
