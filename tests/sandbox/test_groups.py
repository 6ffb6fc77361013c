"""Groups: their members write, tap, come and go, and the bot hears of it as it would from Telegram."""

from typing import Any

import pytest

from tests.sandbox.world import World

BUTTONS = {"inline_keyboard": [[{"text": "Übernehmen", "callback_data": "claim:1"}]]}


async def test_a_group_has_the_id_of_a_supergroup_and_the_bot_learns_that_it_is_in_it(world: World) -> None:
    group = await world.group()

    [change] = await world.updates("my_chat_member")
    [listed] = await world.get("/api/groups")

    assert str(group).startswith("-100")
    assert len(str(group)) == 14
    assert change["chat"] == {"id": group, "title": "Team", "type": "supergroup"}
    assert (change["old_chat_member"]["status"], change["new_chat_member"]["status"]) == ("left", "administrator")
    assert [(one["name"], one["status"]) for one in listed["members"]] == [("Anna", "creator"), ("Ben", "member")]
    assert (listed["bot"], listed["forum"], listed["topics"]) == ("administrator", False, [])


async def test_numbers_of_messages_are_a_groups_own(world: World) -> None:
    chat = await world.citizen()
    first, second = await world.group("Eins"), await world.group("Zwei")

    sent = [(await world.call("sendMessage", chat_id=one, text="x"))["result"] for one in (chat, first, second)]

    assert [one["message_id"] for one in sent[1:]] == [2, 2]
    assert sent[1]["from"]["is_bot"] is True
    assert [one["text"] for one in await world.chat()] == ["Hallo", "x"]
    assert [one["author"] for one in await world.said(first)] == ["KL.digital Bot"]


async def test_a_reply_of_a_member_reaches_the_bot_with_what_it_answers(world: World) -> None:
    group = await world.group()
    card = (await world.call("sendMessage", chat_id=group, text="Neue Frage", reply_markup=BUTTONS))["result"]
    await world.post(
        f"/api/groups/{group}/messages", {"from": "Ben", "text": "Morgen.", "reply_to": card["message_id"]}
    )

    message = (await world.updates())[-1]

    assert message["from"]["first_name"] == "Ben"
    assert message["chat"]["id"] == group
    assert message["reply_to_message"]["message_id"] == card["message_id"]
    assert message["reply_to_message"]["from"]["is_bot"] is True
    # Without topics the thread is that of the replies: a number that is no topic.
    assert message["message_thread_id"] == card["message_id"]
    assert "is_topic_message" not in message
    assert (await world.said(group))[-1]["reply_to"] == card["message_id"]


async def test_a_member_is_the_same_person_in_a_chat_of_their_own(world: World) -> None:
    await world.group()
    group = await world.group("Zwei")
    await world.post(f"/api/groups/{group}/messages", {"from": "Anna", "text": "Hallo"})
    private = await world.citizen("Anna")

    assert [one["from"]["id"] for one in await world.updates() if "text" in one] == [private, private]


async def test_a_tap_in_a_group_carries_who_tapped_and_the_card(world: World) -> None:
    group = await world.group()
    card = (await world.call("sendMessage", chat_id=group, text="Neue Frage", reply_markup=BUTTONS))["result"]
    tap = {"from": "Anna", "message_id": card["message_id"], "data": "claim:1"}
    await world.post(f"/api/groups/{group}/taps", tap)

    [query] = await world.updates("callback_query")
    await world.call("answerCallbackQuery", callback_query_id=query["id"], text="Ihre Frage")

    assert (query["from"]["first_name"], query["data"]) == ("Anna", "claim:1")
    assert (query["message"]["chat"]["id"], query["message"]["text"]) == (group, "Neue Frage")
    assert await world.get(f"/api/groups/{group}/toasts") == [
        {"id": query["id"], "from": "Anna", "text": "Ihre Frage", "alert": False}
    ]


async def test_who_has_left_may_tap_by_force_only(world: World) -> None:
    group = await world.group()
    card = (await world.call("sendMessage", chat_id=group, text="Neue Frage", reply_markup=BUTTONS))["result"]
    tap = {"from": "Ben", "message_id": card["message_id"], "data": "claim:1"}
    await world.http.delete(f"/api/groups/{group}/members/Ben")

    refused, _ = await world.refusal(f"/api/groups/{group}/taps", tap)
    await world.post(f"/api/groups/{group}/taps", tap | {"force": True})
    [query] = await world.updates("callback_query")
    member = await world.call("getChatMember", chat_id=group, user_id=query["from"]["id"])

    assert refused == 404
    assert member["result"]["status"] == "left"


async def test_people_come_and_go_and_come_back(world: World) -> None:
    group = await world.group()
    await world.updates()
    await world.post(f"/api/groups/{group}/members", {"name": "Cem"})
    await world.http.delete(f"/api/groups/{group}/members/Cem")
    await world.post(f"/api/groups/{group}/members", {"name": "Cem"})
    await world.http.delete(f"/api/groups/{group}/members/Ben", params={"kicked": "1"})

    told = await world.updates()
    members = (await world.get("/api/groups"))[0]["members"]

    assert [sorted(set(one) & {"new_chat_members", "left_chat_member"})[0] for one in told] == [
        "new_chat_members",
        "left_chat_member",
        "new_chat_members",
        "left_chat_member",
    ]
    assert [(one["name"], one["status"]) for one in members][1:] == [("Ben", "kicked"), ("Cem", "member")]


async def test_an_administrator_is_told_of_members_if_it_asks_to_be(world: World) -> None:
    await world.call("getUpdates", allowed_updates=["chat_member"])
    group = await world.group()
    await world.post(f"/api/groups/{group}/members", {"name": "Cem"})

    updates = (await world.call("getUpdates"))["result"]

    assert [sorted(one)[0] for one in updates] == ["chat_member"]
    change = updates[0]["chat_member"]
    assert (change["old_chat_member"]["status"], change["new_chat_member"]["status"]) == ("left", "member")


async def test_a_bot_that_is_no_administrator_hears_only_what_is_meant_for_it(world: World) -> None:
    group = await world.group(bot="member")
    card = (await world.call("sendMessage", chat_id=group, text="Neue Frage"))["result"]
    for text, more in [
        ("unter uns", {}),
        ("/offen", {}),
        ("/offen@kldigital_bot", {}),
        ("/offen@other_bot", {}),
        ("Morgen.", {"reply_to": card["message_id"]}),
    ]:
        await world.post(f"/api/groups/{group}/messages", {"from": "Anna", "text": text, **more})

    heard = [one["text"] for one in await world.updates() if "text" in one]

    assert heard == ["/offen", "/offen@kldigital_bot", "Morgen."]


async def test_a_bot_hears_nothing_after_it_was_removed(world: World) -> None:
    group = await world.group()
    await world.updates()
    await world.post(f"/api/groups/{group}/bot", {"status": "kicked"})
    await world.post(f"/api/groups/{group}/messages", {"from": "Anna", "text": "Ruhe."})

    updates = (await world.call("getUpdates"))["result"]
    refused = await world.call("sendMessage", chat_id=group, text="x")

    assert [one["my_chat_member"]["new_chat_member"]["status"] for one in updates] == ["kicked"]
    assert (refused["error_code"], refused["description"]) == (
        403,
        "Forbidden: bot was kicked from the supergroup chat",
    )


async def test_a_member_edits_a_message(world: World) -> None:
    group = await world.group()
    sent = await world.post(f"/api/groups/{group}/messages", {"from": "Anna", "text": "Morgne"})
    path = f"/api/groups/{group}/messages/{sent['id']}"

    await world.http.put(path, json={"from": "Anna", "text": "Morgen"})
    stranger = await world.http.put(path, json={"from": "Ben", "text": "Nie"})

    assert [one["text"] for one in await world.updates("edited_message")] == ["Morgen"]
    assert stranger.status_code == 400


async def test_a_message_that_a_person_deleted_cannot_be_edited_and_nobody_told_the_bot(world: World) -> None:
    group = await world.group()
    card = (await world.call("sendMessage", chat_id=group, text="Neue Frage"))["result"]
    await world.updates()
    await world.http.delete(f"/api/groups/{group}/messages/{card['message_id']}")

    edited = await world.call("editMessageText", chat_id=group, message_id=card["message_id"], text="x")
    replied = await world.call(
        "sendMessage", chat_id=group, text="x", reply_parameters={"message_id": card["message_id"]}
    )

    assert edited["description"] == "Bad Request: message to edit not found"
    assert replied["description"] == "Bad Request: message to be replied not found"
    assert (await world.call("getUpdates"))["result"] == []


async def test_a_plain_group_moves_to_a_new_id(world: World) -> None:
    old = await world.group(kind="group")
    await world.call("sendMessage", chat_id=old, text="Neue Frage")
    await world.updates()
    new = (await world.post(f"/api/groups/{old}/upgrade", {}))["id"]

    told = await world.updates()
    refused = await world.call("sendMessage", chat_id=old, text="x")
    status, _ = await world.refusal(f"/api/groups/{old}/messages", {"from": "Anna", "text": "x"})

    assert [one.get("migrate_to_chat_id") or one.get("migrate_from_chat_id") for one in told] == [new, old]
    assert [one["chat"]["type"] for one in told] == ["group", "supergroup"]
    assert refused == {
        "ok": False,
        "error_code": 400,
        "description": "Bad Request: group chat was upgraded to a supergroup chat",
        "parameters": {"migrate_to_chat_id": new},
    }
    assert (await world.call("sendMessage", chat_id=new, text="x"))["ok"]
    assert (await world.call("getChatMemberCount", chat_id=new))["result"] == 3
    assert status == 409
    assert [one["text"] for one in await world.said(old)] == ["Neue Frage"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("", {"title": " ", "members": ["Anna"]}, 400),
        ("", {"title": "x" * 129, "members": ["Anna"]}, 400),
        ("", {"title": "Team", "members": []}, 400),
        ("", {"title": "Team", "members": "Anna"}, 400),
        ("", {"title": "Team", "members": ["Anna"], "kind": "channel"}, 400),
        ("", {"title": "Team", "members": ["Anna"], "kind": "group", "forum": True}, 400),
        ("", {"title": "Team", "members": ["Anna"], "forum": "yes"}, 400),
        ("/-1", {}, 404),
        ("/-1/messages", {"from": "Anna", "text": "x"}, 404),
        ("/x/messages", {"from": "Anna", "text": "x"}, 404),
        ("/GROUP/messages", {"from": "Niemand", "text": "x"}, 404),
        ("/GROUP/messages", {"from": "Anna", "text": " "}, 400),
        ("/GROUP/messages", {"from": "Anna", "text": "x", "reply_to": 99}, 404),
        ("/GROUP/messages", {"from": "Anna", "text": "x", "thread": 99}, 404),
        ("/GROUP/taps", {"from": "Anna", "message_id": 1, "data": "x"}, 404),
        ("/GROUP/topics", {"from": "Anna", "name": "Frage"}, 409),
        ("/GROUP/bot", {"status": "creator"}, 400),
        ("/GROUP/bot", {"status": "administrator", "rights": ["can_fly"]}, 400),
        ("/GROUP/upgrade", {}, 409),
    ],
)
async def test_what_cannot_be_is_refused_with_a_sentence(
    world: World, path: str, body: dict[str, Any], status: int
) -> None:
    group = await world.group()

    got, sentence = await world.refusal(f"/api/groups{path}".replace("GROUP", str(group)), body)

    assert got == status
    assert len(sentence) > 10
