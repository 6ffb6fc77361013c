"""What a bot may do in a group: topics, members, pins; it is refused as Telegram refuses."""

from typing import Any

import pytest

from tests.sandbox.world import World


async def topic(world: World, group: int, name: str = "KL-7F3K9Q") -> int:
    made = await world.call("createForumTopic", chat_id=group, name=name)
    return int(made["result"]["message_thread_id"])


async def test_a_topic_begins_with_a_service_message_that_has_its_number(world: World) -> None:
    group = await world.group(forum=True)
    await world.updates()

    made = (await world.call("createForumTopic", chat_id=group, name="KL-7F3K9Q"))["result"]
    [told] = await world.updates()

    assert made == {"message_thread_id": told["message_id"], "name": "KL-7F3K9Q", "icon_color": 7322096}
    assert told["forum_topic_created"] == {"name": "KL-7F3K9Q", "icon_color": 7322096}
    assert told["message_thread_id"] == told["message_id"]
    assert told["chat"]["is_forum"] is True
    assert (await world.get("/api/groups"))[0]["topics"] == [
        {"id": told["message_id"], "name": "KL-7F3K9Q", "closed": False}
    ]


async def test_what_answers_nothing_in_a_topic_answers_its_first_message(world: World) -> None:
    group = await world.group(forum=True)
    thread = await topic(world, group)
    card = (await world.call("sendMessage", chat_id=group, message_thread_id=thread, text="Neue Frage"))["result"]
    await world.updates()
    path = f"/api/groups/{group}/messages"
    await world.post(path, {"from": "Anna", "text": "Morgen.", "thread": thread})
    await world.post(path, {"from": "Anna", "text": "Doch heute.", "reply_to": card["message_id"]})
    await world.post(path, {"from": "Anna", "text": "Mahlzeit."})

    told = await world.updates()

    assert [one.get("message_thread_id") for one in (card, *told)] == [thread, thread, thread, None]
    assert [one.get("is_topic_message") for one in told] == [True, True, None]
    assert [one.get("reply_to_message", {}).get("message_id") for one in told] == [thread, card["message_id"], None]
    assert "forum_topic_created" in told[0]["reply_to_message"]
    assert [one["reply_to"] for one in await world.said(group)] == [None, None, card["message_id"], None]


async def test_an_answer_goes_to_the_topic_of_what_it_answers(world: World) -> None:
    group = await world.group(forum=True)
    thread = await topic(world, group)
    asked = await world.post(f"/api/groups/{group}/messages", {"from": "Anna", "text": "Wo?", "thread": thread})

    sent = await world.call("sendMessage", chat_id=group, text="Hier", reply_parameters={"message_id": asked["id"]})

    assert sent["result"]["message_thread_id"] == thread


async def test_a_topic_is_renamed_closed_and_opened_again(world: World) -> None:
    group = await world.group(forum=True)
    thread = await topic(world, group)
    here: dict[str, Any] = {"chat_id": group, "message_thread_id": thread}
    await world.updates()

    assert (await world.call("editForumTopic", **here, name="✅ KL-7F3K9Q"))["result"] is True
    assert (await world.call("closeForumTopic", **here))["result"] is True
    again = await world.call("closeForumTopic", **here)
    status, _ = await world.refusal(
        f"/api/groups/{group}/messages", {"from": "Ben", "text": "zu spät", "thread": thread}
    )
    sent = await world.call("sendMessage", **here, text="Die Frage ist beantwortet.")
    assert (await world.call("reopenForumTopic", **here))["result"] is True
    told = await world.updates()

    kinds = {"forum_topic_edited", "forum_topic_closed", "forum_topic_reopened"}
    assert [*(kinds & set(one) for one in told)] == [
        {"forum_topic_edited"},
        {"forum_topic_closed"},
        {"forum_topic_reopened"},
    ]
    assert again["description"] == "Bad Request: TOPIC_NOT_MODIFIED"
    assert status == 409
    assert sent["ok"]
    assert (await world.get("/api/groups"))[0]["topics"] == [{"id": thread, "name": "✅ KL-7F3K9Q", "closed": False}]


@pytest.mark.parametrize("by", ["person", "bot"])
async def test_a_deleted_topic_takes_its_messages_along(world: World, by: str) -> None:
    group = await world.group(forum=True)
    thread, other = await topic(world, group), await topic(world, group, "KL-8G4L1R")
    card = (await world.call("sendMessage", chat_id=group, message_thread_id=thread, text="Frage"))["result"]
    await world.call("sendMessage", chat_id=group, message_thread_id=other, text="Andere")
    await world.updates()
    if by == "person":
        await world.http.delete(f"/api/groups/{group}/topics/{thread}")
    else:
        await world.call("deleteForumTopic", chat_id=group, message_thread_id=thread)

    sent = await world.call("sendMessage", chat_id=group, message_thread_id=thread, text="x")
    edited = await world.call("editMessageText", chat_id=group, message_id=card["message_id"], text="x")
    renamed = await world.call("editForumTopic", chat_id=group, message_thread_id=thread, name="x")

    assert sent["description"] == "Bad Request: message thread not found"
    assert edited["description"] == "Bad Request: message to edit not found"
    assert renamed["description"] == "Bad Request: TOPIC_ID_INVALID"
    assert [one["text"] for one in await world.said(group)] == ["Andere"]
    assert (await world.call("getUpdates"))["result"] == []


@pytest.mark.parametrize(
    ("method", "params", "description"),
    [
        ("createForumTopic", {"name": " "}, "Bad Request: name must be non-empty"),
        ("createForumTopic", {"name": "x" * 129}, "Bad Request: topic name is too long"),
        ("createForumTopic", {"name": "x", "icon_color": 5}, "Bad Request: invalid icon color specified"),
        ("editForumTopic", {"message_thread_id": 99, "name": "x"}, "Bad Request: TOPIC_ID_INVALID"),
        ("closeForumTopic", {"message_thread_id": 99}, "Bad Request: TOPIC_ID_INVALID"),
        ("sendMessage", {"message_thread_id": 99, "text": "x"}, "Bad Request: message thread not found"),
        ("sendMessage", {"message_thread_id": 1, "text": "x"}, "Bad Request: message thread not found"),
        ("getChatMember", {"user_id": 7}, "Bad Request: PARTICIPANT_ID_INVALID"),
        ("getChatMember", {}, "Bad Request: invalid user_id specified"),
        ("deleteMessage", {"message_id": 99}, "Bad Request: message to delete not found"),
        ("deleteMessage", {"message_id": 1}, "Bad Request: message can't be deleted"),
        ("pinChatMessage", {"message_id": 99}, "Bad Request: message to pin not found"),
        ("editMessageText", {"message_id": 1, "text": "x"}, "Bad Request: message can't be edited"),
    ],
)
async def test_what_telegram_would_refuse_in_a_group_is_refused(
    world: World, method: str, params: dict[str, Any], description: str
) -> None:
    group = await world.group(forum=True)

    answer = await world.call(method, chat_id=group, **params)

    assert answer == {"ok": False, "error_code": 400, "description": description}


async def test_a_group_without_topics_is_no_forum_and_ignores_threads(world: World) -> None:
    group = await world.group()

    refused = await world.call("createForumTopic", chat_id=group, name="x")
    sent = await world.call("sendMessage", chat_id=group, message_thread_id=99, text="x")

    assert refused["description"] == "Bad Request: the chat is not a forum"
    assert "message_thread_id" not in sent["result"]


async def test_a_bot_without_rights_can_neither_make_topics_nor_pin_nor_delete_what_others_wrote(
    world: World,
) -> None:
    group = await world.group(forum=True)
    card = (await world.call("sendMessage", chat_id=group, text="x"))["result"]["message_id"]
    said = (await world.post(f"/api/groups/{group}/messages", {"from": "Ben", "text": "y"}))["id"]
    theirs = (await world.post(f"/api/groups/{group}/topics", {"from": "Ben", "name": "Kaffee"}))["id"]
    await world.post(f"/api/groups/{group}/bot", {"status": "administrator", "rights": []})

    answers = [
        await world.call("createForumTopic", chat_id=group, name="x"),
        await world.call("closeForumTopic", chat_id=group, message_thread_id=theirs),
        await world.call("deleteForumTopic", chat_id=group, message_thread_id=theirs),
        await world.call("pinChatMessage", chat_id=group, message_id=card),
        await world.call("deleteMessage", chat_id=group, message_id=said),
    ]

    assert [one["description"].removeprefix("Bad Request: ") for one in answers] == [
        "not enough rights to create a topic",
        "not enough rights to close or open the topic",
        "not enough rights to delete the topic",
        "not enough rights to manage pinned messages in the chat",
        "message can't be deleted",
    ]
    assert (await world.call("deleteMessage", chat_id=group, message_id=card))["result"] is True


async def test_members_are_told_by_what_they_are(world: World) -> None:
    group = await world.group()
    [anna, ben] = (await world.get("/api/groups"))[0]["members"]
    me = (await world.call("getMe"))["result"]["id"]

    members = [
        (await world.call("getChatMember", chat_id=group, user_id=one))["result"] for one in (anna["id"], ben["id"], me)
    ]
    administrators = (await world.call("getChatAdministrators", chat_id=group))["result"]

    assert [one["status"] for one in members] == ["creator", "member", "administrator"]
    assert members[2]["can_manage_topics"] is True
    assert [one["user"]["first_name"] for one in administrators] == ["Anna", "KL.digital Bot"]
    assert (await world.call("getChatMemberCount", chat_id=group))["result"] == 3


async def test_a_group_shows_its_title_and_what_is_pinned(world: World) -> None:
    group = await world.group(forum=True)
    thread = await topic(world, group)
    card = (await world.call("sendMessage", chat_id=group, message_thread_id=thread, text="Wichtig"))["result"]
    await world.updates()
    await world.call("pinChatMessage", chat_id=group, message_id=card["message_id"])

    chat = (await world.call("getChat", chat_id=group))["result"]
    [told] = await world.updates()
    await world.call("unpinChatMessage", chat_id=group)

    assert (chat["title"], chat["type"], chat["is_forum"]) == ("Team", "supergroup", True)
    assert chat["pinned_message"]["text"] == told["pinned_message"]["text"] == "Wichtig"
    assert told["message_thread_id"] == thread
    assert "pinned_message" not in (await world.call("getChat", chat_id=group))["result"]


async def test_a_document_goes_into_a_topic_with_its_buttons(world: World) -> None:
    group = await world.group(forum=True)
    thread = await topic(world, group)
    fields = {"chat_id": str(group), "message_thread_id": str(thread), "caption": "Der Plan"}
    address = f"/bot{world.sandbox.token}/sendDocument"

    sent = await world.http.post(address, data=fields, files={"document": ("plan.pdf", b"%PDF", "application/pdf")})

    assert sent.json()["result"]["message_thread_id"] == thread
    assert (await world.said(group))[-1]["file"]["name"] == "plan.pdf"


async def test_a_bot_leaves_a_group(world: World) -> None:
    group = await world.group()

    assert (await world.call("leaveChat", chat_id=group))["result"] is True
    assert (await world.call("getChat", chat_id=group))["description"] == (
        "Forbidden: bot is not a member of the supergroup chat"
    )
