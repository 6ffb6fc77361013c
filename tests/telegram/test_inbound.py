"""Every kind of update becomes one of our values, or a counted nothing."""

import json
from typing import Any

import pytest

from bot.desk.citizen import (
    CitizenCommand,
    CitizenFile,
    CitizenPresence,
    CitizenTap,
    CitizenText,
    Nothing,
    SentFile,
    Unusable,
)
from bot.errors import UnreadableMessage
from bot.knowledge.entry import Language
from bot.telegram.inbound import read, whose

CHAT = {"id": 4711, "type": "private", "first_name": "Ada"}
PERSON = {"id": 4711, "is_bot": False, "first_name": "Ada", "language_code": "de"}
BLOCKED = {"user": PERSON, "status": "kicked", "until_date": 0}
MEMBER = {"user": PERSON, "status": "member"}


def message(**fields: Any) -> dict[str, Any]:
    return {"message_id": 5, "date": 1700000000, "chat": CHAT, "from": PERSON, **fields}


def understood(update: dict[str, Any]) -> Any:
    return read(json.dumps({"update_id": 1, **update}).encode(), "1")


def test_words_are_the_citizens_text() -> None:
    result = understood({"message": message(text="Wann?")})

    assert isinstance(result, CitizenText)
    assert (result.text, result.external_id, result.origin.address) == ("Wann?", "5", "4711")
    assert result.origin.language is Language.DE


def test_the_caption_of_a_photo_is_a_text() -> None:
    photo = [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]

    assert understood({"message": message(photo=photo, caption="Was ist das?")}).text == "Was ist das?"


def test_an_english_client_is_noticed() -> None:
    person = PERSON | {"language_code": "en-US"}

    result = understood({"message": message(text="Hi") | {"from": person}})

    assert result.origin.language is Language.EN


def test_a_reply_names_what_it_refers_to() -> None:
    result = understood({"message": message(text="Danke", reply_to_message=message(message_id=3, text="x"))})

    assert result.reply_to == "3"


def test_an_edit_says_so() -> None:
    assert understood({"edited_message": message(text="Wann?")}).edited


@pytest.mark.parametrize(
    ("text", "name", "argument"),
    [("/start", "start", ""), ("/Help@KLBot", "help", ""), ("/start dritter-ort", "start", "dritter-ort")],
)
def test_a_command_is_named_without_slash_and_bot(text: str, name: str, argument: str) -> None:
    result = understood({"message": message(text=text)})

    assert isinstance(result, CitizenCommand)
    assert (result.name, result.argument) == (name, argument)


def test_a_tap_carries_its_data() -> None:
    tap = {"id": "99", "from": PERSON, "chat_instance": "x", "data": "s:1:2", "message": message(text="?")}

    result = understood({"callback_query": tap})

    assert isinstance(result, CitizenTap)
    assert (result.tap_id, result.data) == ("99", "s:1:2")


@pytest.mark.parametrize(("new", "blocked"), [(BLOCKED, True), (MEMBER, False)])
def test_a_block_and_its_end_are_noticed(new: dict[str, Any], blocked: bool) -> None:
    change = {"chat": CHAT, "from": PERSON, "date": 1, "old_chat_member": MEMBER, "new_chat_member": new}

    result = understood({"my_chat_member": change})

    assert isinstance(result, CitizenPresence)
    assert result.blocked is blocked


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ({"voice": {"file_id": "a", "file_unique_id": "b", "duration": 1}}, "voice"),
        ({"location": {"latitude": 49.4, "longitude": 7.7}}, "location"),
        ({"dice": {"emoji": "🎲", "value": 1}}, "sticker"),
    ],
)
def test_what_is_not_text_is_named_so_that_it_can_be_said_kindly(content: dict[str, Any], kind: str) -> None:
    result = understood({"message": message(**content)})

    assert isinstance(result, Unusable)
    assert result.kind == kind


def test_of_a_photo_the_largest_size_is_kept_and_the_album_it_belongs_to() -> None:
    sizes = [{"file_id": name, "file_unique_id": name, "width": 1, "height": 1} for name in ("small", "large")]

    result = understood({"message": message(photo=sizes, media_group_id="77")})

    assert isinstance(result, CitizenFile)
    assert result.file == SentFile("large", "", "77")


@pytest.mark.parametrize(
    "update",
    [
        {"message": message(text="hi") | {"chat": {"id": -1, "type": "group", "title": "g"}}},
        {"message": message(text="hi") | {"from": PERSON | {"is_bot": True}}},
        {"message": message(new_chat_title="x")},
        {"inline_query": {"id": "1", "query": "x", "offset": "", "from": PERSON}},
        {"a_kind_of_the_future": {"what": "ever"}},
    ],
)
def test_what_is_not_for_the_bot_is_a_counted_nothing(update: dict[str, Any]) -> None:
    assert isinstance(understood(update), Nothing)


@pytest.mark.parametrize(
    "payload",
    [
        b"[]",
        b'"text"',
        b'{"update_id": 1, "message": 7}',
        b'{"update_id": 1, "message": {"message_id": "x", "date": "never", "chat": []}}',
        b'{"update_id": 1, "message": {"message_id": 1, "date": 99999999999999999, "chat": {"id": 1}}}',
        b'{"message": {"text": "no number"}}',
    ],
)
def test_a_poison_update_is_reported_without_quoting_it(payload: bytes) -> None:
    with pytest.raises(UnreadableMessage) as caught:
        read(payload, "1")

    assert "no number" not in str(caught.value)


@pytest.mark.parametrize(
    ("update", "party"),
    [
        ({"update_id": 1, "message": {"chat": {"id": 7, "type": "private"}}}, "7"),
        ({"update_id": 1, "callback_query": {"message": {"chat": {"id": 7, "type": "private"}}}}, "7"),
        ({"update_id": 1, "my_chat_member": {"chat": {"id": 7, "type": "private"}}}, "7"),
        ({"update_id": 1, "message": {"chat": {"id": -7, "type": "group"}}}, None),
        ({"update_id": 1, "something_new": "x"}, None),
        ({"update_id": 1}, None),
        ([], None),
    ],
)
def test_whose_an_update_is_is_known_before_it_is_read(update: object, party: str | None) -> None:
    assert whose(json.dumps(update).encode()) == party
