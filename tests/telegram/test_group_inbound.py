"""Every update of the staff's group becomes one of our values, and members are asked for at every action."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.desk.citizen import Nothing
from bot.desk.group import GroupMessage, GroupMoved, GroupReply, GroupTap
from bot.errors import ChannelUnavailable, UnreadableMessage
from bot.storage.store import Store
from bot.telegram.client import Clients
from bot.telegram.group import StaffGroup, opened
from bot.telegram.group_inbound import read
from bot.telegram.staff_chat import StaffChat
from tests.sandbox.world import World

OWN = 99
CHAT = {"id": -1005, "type": "supergroup", "title": "Team", "is_forum": True}
ANNA = {"id": 7, "is_bot": False, "first_name": "Anna", "last_name": "Muster"}
BOT = {"id": OWN, "is_bot": True, "first_name": "Bot", "username": "bot"}
OTHER_BOT = {"id": 98, "is_bot": True, "first_name": "Other", "username": "other_bot"}
ROOT = {"message_id": 6, "date": 1, "chat": CHAT, "from": BOT, "forum_topic_created": {"name": "x", "icon_color": 0}}
CARD = {"message_id": 8, "date": 1, "chat": CHAT, "from": BOT, "text": "Karte", "message_thread_id": 6}


def message(**content: Any) -> dict[str, Any]:
    return {"message_id": 11, "date": 1, "chat": CHAT, "from": ANNA, **content}


def in_topic(**content: Any) -> dict[str, Any]:
    return message(message_thread_id=6, is_topic_message=True, **content)


def understood(update: dict[str, Any]) -> GroupMessage:
    return read(json.dumps({"update_id": 1, **update}).encode(), "u1", own=OWN)


def test_a_reply_to_a_card_says_what_it_replies_to_where_and_by_whom() -> None:
    result = understood({"message": in_topic(text="Drei Meter.", reply_to_message=CARD)})

    assert result == GroupReply("u1", "-1005:11", "-1005:8", "-1005:6", "Drei Meter.", "Anna Muster", "7", to_us=True)


def test_what_merely_stands_in_a_topic_replies_to_nothing() -> None:
    result = understood({"message": in_topic(text="Hallo", reply_to_message=ROOT)})

    assert isinstance(result, GroupReply)
    assert (result.reply_to, result.topic) == (None, "-1005:6")


def test_a_reply_in_a_group_without_topics_replies_to_the_card_though_its_thread_has_the_same_number() -> None:
    result = understood({"message": message(text="Ja", message_thread_id=8, reply_to_message=CARD)})

    assert isinstance(result, GroupReply)
    assert (result.reply_to, result.topic) == ("-1005:8", None)


@pytest.mark.parametrize("author", [ANNA, OTHER_BOT])
def test_a_reply_to_somebody_else_is_none_to_us(author: dict[str, Any]) -> None:
    result = understood({"message": in_topic(text="Ja", reply_to_message={**CARD, "from": author})})

    assert isinstance(result, GroupReply)
    assert not result.to_us


def test_an_edit_says_so() -> None:
    result = understood({"edited_message": in_topic(text="Ja", reply_to_message=CARD, edit_date=2)})

    assert isinstance(result, GroupReply)
    assert result.edited


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Anna\nGeschlossen", "Anna Geschlossen"),
        ("\u202eannA", "annA"),
        ("A" * 99, "A" * 64),
        ("ceo@kl.digital", "ceo kl.digital"),
    ],
)
def test_a_name_stays_on_one_line_and_turns_no_sign_around(name: str, shown: str) -> None:
    result = understood({"message": message(text="Ja") | {"from": {"id": 7, "is_bot": False, "first_name": name}}})

    assert isinstance(result, GroupReply)
    assert result.sender == shown


def test_an_administrator_who_writes_as_the_group_is_no_person() -> None:
    anonymous = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
    result = understood(
        {
            "message": message(text="Ja", sender_chat=CHAT, author_signature="Leitung", reply_to_message=CARD)
            | {"from": anonymous}
        }
    )

    assert isinstance(result, GroupReply)
    assert (result.person, result.sender) == (None, "Leitung")


@pytest.mark.parametrize(
    "content",
    [
        {"text": "x", "sender_chat": {"id": -1009, "type": "channel", "title": "c"}},
        {"text": "x", "sender_chat": {"id": -1009, "type": "channel", "title": "c"}, "is_automatic_forward": True},
        {"text": "x", "from": OTHER_BOT},
        {"new_chat_title": "x"},
        {"forum_topic_closed": {}},
    ],
)
def test_channels_bots_and_service_messages_say_nothing(content: dict[str, Any]) -> None:
    assert isinstance(understood({"message": message() | content}), Nothing)


def test_what_is_no_text_is_named_even_with_a_caption() -> None:
    photo = [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]
    result = understood({"message": message(photo=photo, caption="Drei Meter.", reply_to_message=CARD)})

    assert isinstance(result, GroupReply)
    assert (result.text, result.unusable) == ("", "photo")


def test_a_tap_says_who_tapped_what() -> None:
    tap = {"id": "77", "from": ANNA, "chat_instance": "x", "data": "KL-7F3K9Q:spam", "message": CARD}

    result = understood({"callback_query": tap})

    assert result == GroupTap("u1", "77", "KL-7F3K9Q:spam", "Anna Muster", "7")
    assert isinstance(result, GroupTap)
    assert (result.code, result.asked) == ("KL-7F3K9Q", "#spam")


@pytest.mark.parametrize(
    "content", [{"migrate_to_chat_id": -1006}, {"migrate_from_chat_id": -5, "chat": CHAT | {"id": -1006}}]
)
def test_a_move_says_where_to(content: dict[str, Any]) -> None:
    assert understood({"message": message() | content}) == GroupMoved("-1006")


@pytest.mark.parametrize("payload", [b"[]", b'{"update_id": 1, "message": 7}', b"\xff"])
def test_a_poison_update_is_reported(payload: bytes) -> None:
    with pytest.raises(UnreadableMessage):
        read(payload, "u1", own=OWN)


# -- which updates are the group's ------------------------------------------------------------------


@pytest.fixture
def chat(store: Store) -> StaffChat:
    return StaffChat(-1005, store)


@pytest.mark.parametrize(
    "update",
    [
        {"message": message(text="x")},
        {"edited_message": message(text="x")},
        {"callback_query": {"id": "1", "message": CARD}},
        {"my_chat_member": {"chat": CHAT}},
        {"message": {"chat": {"id": -1006}, "migrate_from_chat_id": -1005}},
    ],
)
async def test_what_happens_in_the_group_comes_by_its_own_door(chat: StaffChat, update: dict[str, Any]) -> None:
    assert chat.source_of({"update_id": 1, **update}) == "group"


@pytest.mark.parametrize(
    "update",
    [
        {"message": message(text="x") | {"chat": {"id": -1007, "type": "supergroup"}}},
        {"message": {"chat": {"id": 7, "type": "private"}}},
        {"callback_query": {"id": "1"}},
        {"message": 7},
        {"message": {"chat": [-1005]}},
        {},
        [],
        None,
    ],
)
async def test_everything_else_does_not(chat: StaffChat, update: Any) -> None:
    assert chat.source_of(update) is None


async def test_what_follows_a_move_is_the_groups_before_the_move_is_carried_out(chat: StaffChat) -> None:
    chat.source_of({"message": message(migrate_to_chat_id=-1006)})

    assert chat.source_of({"message": message(text="x") | {"chat": {"id": -1006}}}) == "group"


# -- members ----------------------------------------------------------------------------------------


async def staff(world: World, clients: Clients, store: Store) -> tuple[StaffGroup, dict[str, int]]:
    """A group that the bot is in, and the ids of its members."""
    number = await world.group()
    [made] = await world.get("/api/groups")

    def now() -> datetime:
        return datetime.now(UTC)

    group = await opened(clients.sending, number, store, calls=20, span=timedelta(seconds=60), clock=now)
    return group, {one["name"]: one["id"] for one in made["members"]}


def reply(person: int | None) -> GroupReply:
    author = None if person is None else str(person)
    return GroupReply("u1", "-1:2", "-1:1", None, "Ja", "Anna", author)


async def admitted(group: StaffGroup, person: int | None) -> bool:
    checked = await group.doorkeeper.check(reply(person))
    assert isinstance(checked, GroupReply)
    return checked.admitted


async def test_members_are_admitted_and_others_are_not(world: World, clients: Clients, store: Store) -> None:
    group, ids = await staff(world, clients, store)
    await world.http.delete(f"/api/groups/{group.chat.id}/members/Ben?kicked=1")

    found = [await admitted(group, one) for one in (ids["Anna"], ids["Ben"], 4711, None)]

    assert found == [True, False, False, True]


async def test_who_comes_back_is_admitted_again(world: World, clients: Clients, store: Store) -> None:
    group, ids = await staff(world, clients, store)
    before = await admitted(group, ids["Ben"])
    await world.http.delete(f"/api/groups/{group.chat.id}/members/Ben")
    between = await admitted(group, ids["Ben"])
    await world.post(f"/api/groups/{group.chat.id}/members", {"name": "Ben"})

    assert (before, between, await admitted(group, ids["Ben"])) == (True, False, True)


async def test_a_tap_is_checked_too_and_chatter_is_not(world: World, clients: Clients, store: Store) -> None:
    group, ids = await staff(world, clients, store)
    await world.post("/api/faults", {"bot_api": {"status": 500, "method": "getChatMember"}})
    chatter = GroupReply("u1", "-1:2", None, None, "Ja", "Anna", str(ids["Anna"]))

    unasked = await group.doorkeeper.check(chatter)
    with pytest.raises(ChannelUnavailable):
        await group.doorkeeper.check(GroupTap("u1", "1", "KL-7F3K9Q:spam", "Anna", str(ids["Anna"])))

    assert unasked == chatter


@pytest.mark.parametrize(("status", "wait"), [(500, 2), (429, 3), (401, 2)])
async def test_while_telegram_does_not_say_who_is_a_member_it_is_asked_again(
    world: World, clients: Clients, store: Store, status: int, wait: int
) -> None:
    group, ids = await staff(world, clients, store)
    fault = {"status": status, "method": "getChatMember"} | ({"retry_after": wait} if status == 429 else {})
    await world.post("/api/faults", {"bot_api": fault})

    with pytest.raises(ChannelUnavailable) as told:
        await admitted(group, ids["Anna"])

    assert told.value.retry_after == timedelta(seconds=wait)
    assert await admitted(group, ids["Anna"])


async def test_a_bot_that_was_thrown_out_can_tell_of_nobody(world: World, clients: Clients, store: Store) -> None:
    group, ids = await staff(world, clients, store)
    await world.post(f"/api/groups/{group.chat.id}/bot", {"status": "kicked"})

    with pytest.raises(ChannelUnavailable):
        await admitted(group, ids["Anna"])


async def test_a_move_is_carried_out_and_remembered(clients: Clients, store: Store) -> None:
    def now() -> datetime:
        return datetime.now(UTC)

    group = await opened(clients.sending, -5, store, calls=20, span=timedelta(seconds=60), clock=now)
    await group.doorkeeper.check(GroupMoved("-1006"))
    again = await opened(clients.sending, -5, store, calls=20, span=timedelta(seconds=60), clock=now)

    assert (group.chat.id, again.chat.id) == (-1006, -1006)
