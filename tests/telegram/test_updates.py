"""docs/updates.md says what becomes of each kind of update: what it says is true, and it says it of every kind."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Update
from telegram.constants import MessageType

from bot.desk.citizen import (
    CitizenCommand,
    CitizenFile,
    CitizenMessage,
    CitizenPresence,
    CitizenTap,
    CitizenText,
    Nothing,
    Unusable,
)
from bot.errors import UnreadableMessage
from bot.sandbox.kinds import THINGS
from bot.telegram.contents import CONTENTS, SERVICE
from bot.telegram.inbound import read

TABLE = (Path(__file__).parents[2] / "docs" / "updates.md").read_text(encoding="utf-8")
ROWS = [line.strip("|").split("|") for line in TABLE.splitlines() if line.startswith("| ")]
COUNTED = {re.findall("`(.+?)`", row[1])[0] for row in ROWS if "`" in row[1]}
NAMED = {name: re.findall("`(.+?)`", row[1])[0] for row in ROWS for name in re.findall("`(.+?)`", row[0])}

PERSON = {"id": 4711, "is_bot": False, "first_name": "Ada"}
BOT = {"id": 1, "is_bot": True, "first_name": "Bot"}
PRIVATE = {"id": 4711, "type": "private"}
GROUP = {"id": -5, "type": "group", "title": "g"}
PHOTO = {"photo": [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]}
DOCUMENT = {"document": {"file_id": "a", "file_unique_id": "b", "file_name": "x.pdf"}}
THUMB = {"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}
USER_SHARED = {"request_id": 1, "users": [{"user_id": 1}]}
MORE: Mapping[str, Mapping[str, Any]] = {
    "photo": PHOTO,
    "document": DOCUMENT,
    "live_photo": {
        "photo": PHOTO["photo"],
        "live_photo": {"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1, "duration": 1, "photo": [THUMB]},
    },
    "users_shared": {"users_shared": USER_SHARED},
    "chat_shared": {"chat_shared": {"request_id": 1, "chat_id": 1}},
    "web_app_data": {"web_app_data": {"data": "x", "button_text": "x"}},
    "checklist": {"checklist": {"title": "x", "tasks": []}},
    "paid_media": {"paid_media": {"star_count": 1, "paid_media": []}},
}
SERVICE_MESSAGES: Mapping[str, Mapping[str, Any]] = {
    "pinned_message": {"pinned_message": {"message_id": 1, "date": 0, "chat": PRIVATE}},
    "message_auto_delete_timer_changed": {"message_auto_delete_timer_changed": {"message_auto_delete_time": 60}},
    "write_access_allowed": {"write_access_allowed": {}},
    "new_chat_title": {"new_chat_title": "x"},
    "delete_chat_photo": {"delete_chat_photo": True},
}


def message(**fields: Any) -> dict[str, Any]:
    return {"message_id": 5, "date": 1700000000, "chat": PRIVATE, "from": PERSON, **fields}


def change(chat: Mapping[str, Any], status: str) -> dict[str, Any]:
    member = {"user": BOT, "status": status} | ({"until_date": 0} if status == "kicked" else {})
    old = {"user": BOT, "status": "left"}
    return {"chat": chat, "from": PERSON, "date": 1, "old_chat_member": old, "new_chat_member": member}


def tap(where: Mapping[str, Any]) -> dict[str, Any]:
    about = {"message_id": 1, "date": 0, "chat": where} if where else None
    return {"id": "9", "from": PERSON, "chat_instance": "x", "data": "s:1:1", **({"message": about} if about else {})}


def counted(update: Mapping[str, Any], *, files: bool = True) -> str:
    """What the update becomes, as the table calls it."""
    try:
        return name_of(read(json.dumps({"update_id": 1, **update}).encode(), "1", files=files))
    except UnreadableMessage:
        return "unreadable"


def name_of(value: CitizenMessage) -> str:
    match value:
        case CitizenText(edited=True):
            return "text:edited"
        case CitizenText():
            return "text:file" if value.file else "text"
        case CitizenFile():
            return "file"
        case CitizenCommand():
            return "command"
        case CitizenTap():
            return "tap"
        case CitizenPresence():
            return "blocked" if value.blocked else "unblocked"
        case Unusable():
            return f"unusable:{value.kind}"
        case Nothing(kind):
            return f"nothing:{kind}"


def in_table(name: str) -> str:
    """The row that stands for this outcome: details behind a second colon are left out."""
    return max((row for row in COUNTED if name == row or name.startswith(f"{row}:")), key=len, default="no row")


@pytest.mark.parametrize("kind", Update.ALL_TYPES, ids=str)
def test_every_type_of_update_that_the_library_knows_has_a_row(kind: str) -> None:
    assert any(name == kind or name.startswith(f"{kind}.") for name in NAMED), f"{kind} has no row in docs/updates.md"


@pytest.mark.parametrize("kind", list(MessageType), ids=str)
def test_every_kind_of_message_that_the_library_knows_has_a_row(kind: str) -> None:
    is_service = kind in SERVICE
    is_named = f"message.{kind}" in NAMED
    describes = kind in ("business_connection_id", "sender_boost_count", "sender_business_bot", "suggested_post_info")

    assert is_service or is_named or describes, f"{kind} has no row in docs/updates.md"


@pytest.mark.parametrize("kind", CONTENTS)
def test_what_the_table_says_of_a_kind_of_message_is_what_the_bot_calls_it(kind: str) -> None:
    row = NAMED[f"message.{kind}"]

    assert row in (f"unusable:{CONTENTS[kind]}", "text:file")


EXAMPLES = {
    "text": message(text="Wann?"),
    "text, forwarded": message(
        text="Wann?", forward_origin={"type": "hidden_user", "date": 0, "sender_user_name": "x"}
    ),
    "text, a reply": message(text="Wann?", reply_to_message=message(text="x")),
    "text, a quote": message(text="Wann?", quote={"text": "x", "position": 0}),
    "text, to a story": message(text="Wann?", reply_to_story={"id": 1, "chat": PRIVATE}),
    "text, with an effect": message(text="Wann?", effect_id="1"),
    "command": message(text="/Start@bot x"),
    "text:file": message(**PHOTO, caption="Wann?"),
    "text:file, a document": message(**DOCUMENT, caption="Wann?"),
    "text:file, of an album": message(**PHOTO, caption="Wann?", media_group_id="7"),
    "file": message(**PHOTO),
    "file, a live photo": message(**MORE["live_photo"]),
    "file, a document": message(**DOCUMENT),
    "file, of an album": message(**PHOTO, media_group_id="7"),
    "text, under a voice message": message(**THINGS["voice"], caption="Wann?"),
    "unusable:other": message(a_kind_of_the_future={"x": 1}),
    "unusable:other, empty": message(),
    "nothing:from-bot": message(text="x") | {"from": BOT},
    "nothing:in-group": message(text="@bot Wann?") | {"chat": GROUP},
    "nothing:in-group, a file": message(**PHOTO) | {"chat": GROUP},
    "nothing:in-group, a move": message(migrate_to_chat_id=-100) | {"chat": GROUP},
    "nothing:in-group, a service message": message(new_chat_members=[BOT]) | {"chat": GROUP},
    "nothing:in-supergroup": message(text="@bot Wann?") | {"chat": GROUP | {"type": "supergroup"}},
    "nothing:in-supergroup, after a move": message(migrate_from_chat_id=-5) | {"chat": GROUP | {"type": "supergroup"}},
    "nothing:in-channel": message(text="x") | {"chat": {"id": -9, "type": "channel", "title": "c"}},
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_each_row_about_messages_is_true(name: str) -> None:
    assert in_table(counted({"message": EXAMPLES[name]})) == name.partition(",")[0]


@pytest.mark.parametrize("kind", sorted({*THINGS, *MORE} - {"photo", "live_photo", "document"}))
def test_what_cannot_be_used_is_said_kindly_with_words_of_its_own(kind: str) -> None:
    content = {**THINGS, **MORE}[kind]

    assert counted({"message": message(**content)}) == NAMED[f"message.{kind}"]


@pytest.mark.parametrize("kind", sorted({*THINGS, *MORE}))
def test_without_words_an_edit_changes_nothing(kind: str) -> None:
    content = {**THINGS, **MORE}[kind]

    assert in_table(counted({"edited_message": message(**content)})) == "nothing:edited"


@pytest.mark.parametrize(("content", "kind"), [(PHOTO, "picture"), (DOCUMENT, "document")])
def test_pictures_and_documents_are_not_wanted_where_the_operator_says_so(content: dict[str, Any], kind: str) -> None:
    assert counted({"message": message(**content)}, files=False) == f"unusable:{kind}"
    assert counted({"message": message(**content, caption="Wann?")}, files=False) == "text"


@pytest.mark.parametrize("kind", SERVICE_MESSAGES)
def test_a_service_message_is_left_alone(kind: str) -> None:
    assert counted({"message": message(**SERVICE_MESSAGES[kind])}) == f"nothing:service-message:{kind}"


@pytest.mark.parametrize(
    ("update", "expected"),
    [
        ({"edited_message": message(text="Wann?", edit_date=1)}, "text:edited"),
        ({"edited_message": message(text="/start", edit_date=1)}, "nothing:edited-command"),
        ({"callback_query": tap(PRIVATE)}, "tap"),
        ({"callback_query": tap(GROUP)}, "nothing:tap-elsewhere"),
        ({"callback_query": tap({})}, "nothing:tap-elsewhere"),
        ({"my_chat_member": change(PRIVATE, "kicked")}, "blocked"),
        ({"my_chat_member": change(PRIVATE, "member")}, "unblocked"),
        ({"my_chat_member": change(GROUP, "member")}, "nothing:group-membership"),
        ({"my_chat_member": change(GROUP, "left")}, "nothing:group-membership"),
        ({"channel_post": message(text="x")}, "nothing:channel_post"),
        ({"business_message": message(text="x")}, "nothing:business_message"),
        ({"inline_query": {"id": "1", "query": "x", "offset": "", "from": PERSON}}, "nothing:inline_query"),
        ({"poll_answer": {"poll_id": "1", "option_ids": [0], "option_persistent_ids": ["0"], "user": PERSON}},
         "nothing:poll_answer"),
        ({"message_reaction": {"chat": PRIVATE, "message_id": 1, "date": 1, "old_reaction": [], "new_reaction": []}},
         "nothing:message_reaction"),
        ({"a_kind_of_the_future": {"what": "ever"}}, "nothing:unknown-kind"),
        ({"message": 7}, "unreadable"),
        ({"message": message(text="x") | {"date": "never"}}, "unreadable"),
    ],
)  # fmt: skip
def test_each_row_about_other_updates_is_true(update: dict[str, Any], expected: str) -> None:
    assert counted(update) == expected
    assert expected in COUNTED or NAMED[expected.removeprefix("nothing:")] in COUNTED


def parts() -> Iterator[Mapping[str, Any]]:
    yield from (*THINGS.values(), *MORE.values(), *SERVICE_MESSAGES.values())
    yield from ({"text": "Wann?"}, {"text": "/start"}, {"caption": "x"}, {"media_group_id": "7"}, {"edit_date": 1})
    yield from ({"chat": GROUP}, {"from": BOT}, {"a_kind_of_the_future": {}}, {"reply_to_message": message(text="x")})


@given(some=st.lists(st.sampled_from(list(parts())), max_size=4), kind=st.sampled_from(list(Update.ALL_TYPES)))
def test_whatever_comes_together_has_a_row(some: list[Mapping[str, Any]], kind: str) -> None:
    mixed = message()
    for part in some:
        mixed |= part

    found = counted({str(kind): mixed})

    assert not in_table(found).startswith("no row") or NAMED.get(found.removeprefix("nothing:"), "") in COUNTED
