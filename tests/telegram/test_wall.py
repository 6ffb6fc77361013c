"""Cards hang in the group as one message each, in topics where there are topics, whatever becomes of the group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.desk.board import Place
from bot.desk.cards import Card
from bot.desk.outbox import Delivery
from bot.errors import DeliveryFailed
from bot.knowledge.entry import Language
from bot.storage.store import Store
from bot.telegram.client import Clients
from bot.telegram.group import StaffGroup, opened
from tests.sandbox.world import World

ROWS = [[{"text": "Übernehmen", "data": "KL-7F3K9Q:claim"}]]


def card(text: str = "Wann fährt der Bus?", *, over: bool = False, rows: Sequence[Any] = ROWS) -> Card:
    return Card(f"KL-7F3K9Q · {text}"[:128], text, rows, over)


@dataclass
class Hung:
    """Remembers where a card was put."""

    places: list[Place] = field(default_factory=list)

    async def keep(self, place: Place) -> None:
        self.places.append(place)

    @property
    def now(self) -> Place:
        return self.places[-1]


async def group_of(world: World, clients: Clients, store: Store, chat: int) -> StaffGroup:
    def now() -> datetime:
        return datetime.now(UTC)

    return await opened(clients.sending, chat, store, calls=20, span=timedelta(seconds=60), clock=now)


async def shown(group: StaffGroup, what: Card, place: Place | None = None) -> Place:
    """The card put up, or changed; where it hangs then."""
    hung = Hung([place] if place else [])
    await group.wall.show(what, place, hung.keep)
    return hung.now


async def topics(world: World) -> list[tuple[str, bool]]:
    [found] = [one for one in await world.get("/api/groups") if not one["moved_to"]]
    return [(topic["name"], topic["closed"]) for topic in found["topics"]]


async def calls(world: World, chat: int) -> list[str]:
    looks = ("getChat", "getChatMember")
    return [one["method"] for one in await world.get(f"/api/groups/{chat}/calls") if one["method"] not in looks]


@pytest.mark.parametrize("kind", ["group", "supergroup"])
async def test_a_card_is_one_message_changed_in_place(world: World, clients: Clients, store: Store, kind: str) -> None:
    chat = await world.group(kind=kind)
    group = await group_of(world, clients, store, chat)

    place = await shown(group, card())
    after = await shown(group, card("Wann fährt der Bus? (beantwortet)", rows=[]), place)

    [message] = await world.said(chat)
    assert (message["text"], message["buttons"]) == ("Wann fährt der Bus? (beantwortet)", [])
    assert place == after == Place(f"{chat}:{message['id']}")


async def test_what_is_shown_already_is_no_error(world: World, clients: Clients, store: Store) -> None:
    chat = await world.group()
    group = await group_of(world, clients, store, chat)
    place = await shown(group, card())

    assert await shown(group, card(), place) == place


async def test_words_of_citizens_are_never_read_as_markup(world: World, clients: Clients, store: Store) -> None:
    chat = await world.group()
    group = await group_of(world, clients, store, chat)
    text = "<b>5 < 6</b> & *fett* [Link](https://kl.digital)"

    await shown(group, card(text))

    assert [one["text"] for one in await world.said(chat)] == [text]


async def test_where_there_are_topics_each_ticket_has_its_own(world: World, clients: Clients, store: Store) -> None:
    chat = await world.group(forum=True)
    group = await group_of(world, clients, store, chat)

    place = await shown(group, card())

    [message] = await world.said(chat)
    assert await topics(world) == [("KL-7F3K9Q · Wann fährt der Bus?", False)]
    assert place == Place(f"{chat}:{message['id']}", f"{chat}:{message['message_thread_id']}")


async def test_a_topic_is_closed_with_its_ticket_and_opened_again(world: World, clients: Clients, store: Store) -> None:
    chat = await world.group(forum=True)
    group = await group_of(world, clients, store, chat)
    place = await shown(group, card())

    place = await shown(group, card("geschlossen", over=True), place)
    closed = await topics(world)
    place = await shown(group, card("wieder offen"), place)

    assert [is_closed for _, is_closed in closed] == [True]
    assert [is_closed for _, is_closed in await topics(world)] == [False]
    assert not place.closed


async def test_a_deleted_topic_is_made_anew(world: World, clients: Clients, store: Store) -> None:
    chat = await world.group(forum=True)
    group = await group_of(world, clients, store, chat)
    place = await shown(group, card())
    [topic] = (await world.get("/api/groups"))[0]["topics"]
    await world.http.delete(f"/api/groups/{chat}/topics/{topic['id']}")

    after = await shown(group, card("neu"), place)

    assert await topics(world) == [("KL-7F3K9Q · neu", False)]
    assert [one["text"] for one in await world.said(chat)] == ["neu"]
    assert after.topic != place.topic


@pytest.mark.parametrize("forum", [True, False])
async def test_a_deleted_card_is_hung_anew_where_it_was(
    world: World, clients: Clients, store: Store, forum: bool
) -> None:
    chat = await world.group(forum=forum)
    group = await group_of(world, clients, store, chat)
    place = await shown(group, card())
    [message] = await world.said(chat)
    await world.http.delete(f"/api/groups/{chat}/messages/{message['id']}")

    after = await shown(group, card("neu"), place)

    assert [one["text"] for one in await world.said(chat)] == ["neu"]
    assert after.topic == place.topic
    assert after.message != place.message


async def test_without_the_right_to_manage_topics_cards_hang_without_and_operators_are_told(
    world: World, clients: Clients, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    chat = await world.group(forum=True)
    await world.post(f"/api/groups/{chat}/bot", {"status": "administrator", "rights": []})
    group = await group_of(world, clients, store, chat)

    places = [await shown(group, card()) for _ in range(3)]

    assert [place.topic for place in places] == [None] * 3
    assert capsys.readouterr().out.count("can_manage_topics") == 1


async def test_a_right_lost_meanwhile_costs_no_card(world: World, clients: Clients, store: Store) -> None:
    chat = await world.group(forum=True)
    group = await group_of(world, clients, store, chat)
    first = await shown(group, card())
    await world.post(f"/api/groups/{chat}/bot", {"status": "member"})

    second = await shown(group, card())

    assert (first.topic is None, second.topic is None) == (False, True)


async def test_a_group_that_becomes_a_supergroup_goes_on_with_its_new_id(
    world: World, clients: Clients, store: Store
) -> None:
    old = await world.group(kind="group")
    group = await group_of(world, clients, store, old)
    place = await shown(group, card())
    new = (await world.post(f"/api/groups/{old}/upgrade", {}))["id"]

    with pytest.raises(DeliveryFailed) as told:
        await shown(group, card("neu"), place)
    after = await shown(group, card("neu"), place)
    restarted = await group_of(world, clients, store, old)

    assert told.value.retry_after == timedelta(0)
    assert after.message is not None
    assert after.message.startswith(f"{new}:")
    assert restarted.chat.id == new


async def test_a_bot_thrown_out_of_the_group_is_told_so(world: World, clients: Clients, store: Store) -> None:
    chat = await world.group()
    group = await group_of(world, clients, store, chat)
    place = await shown(group, card())
    await world.post(f"/api/groups/{chat}/bot", {"status": "kicked"})

    with pytest.raises(DeliveryFailed) as told:
        await shown(group, card("neu"), place)

    assert (told.value.permanent, told.value.our_fault) == (True, False)


async def test_a_card_that_telegram_refuses_is_our_fault(world: World, clients: Clients, store: Store) -> None:
    group = await group_of(world, clients, store, await world.group())

    with pytest.raises(DeliveryFailed) as told:
        await shown(group, card(rows=[[{"text": "Ja", "data": "x" * 65}]]))

    assert (told.value.permanent, told.value.our_fault) == (True, True)


async def test_telegrams_wish_to_wait_holds_the_group_and_nobody_else(
    world: World, clients: Clients, store: Store
) -> None:
    chat = await world.group()
    group = await group_of(world, clients, store, chat)
    await world.post("/api/faults", {"bot_api": {"status": 429, "retry_after": 1, "method": "sendMessage"}})

    with pytest.raises(DeliveryFailed) as told:
        await shown(group, card())
    started = datetime.now(UTC)
    await shown(group, card())

    assert told.value.retry_after == timedelta(seconds=1)
    assert datetime.now(UTC) - started >= timedelta(seconds=0.9)


async def test_news_are_said_below_the_card_in_its_topic(world: World, clients: Clients, store: Store) -> None:
    chat = await world.group(forum=True)
    group = await group_of(world, clients, store, chat)
    place = await shown(group, card())
    kept: list[str] = []

    async def keep(external_id: str) -> None:
        kept.append(external_id)

    hangs = await group.wall.announce(place, "Nachtrag", keep)

    first, second = await world.said(chat)
    assert hangs
    assert second["message_thread_id"] == first["message_thread_id"]
    assert second["reply_to"] == first["id"]
    assert kept == [f"{chat}:{second['id']}"]


async def test_news_below_a_card_whose_topic_is_gone_say_so(world: World, clients: Clients, store: Store) -> None:
    chat = await world.group(forum=True)
    group = await group_of(world, clients, store, chat)
    place = await shown(group, card())
    [topic] = (await world.get("/api/groups"))[0]["topics"]
    await world.http.delete(f"/api/groups/{chat}/topics/{topic['id']}")

    async def keep(_external_id: str) -> None:
        raise AssertionError("nothing was said")

    assert not await group.wall.announce(place, "Nachtrag", keep)


# -- words to a person ------------------------------------------------------------------------------


def note(text: str = "Erledigt", **payload: Any) -> Delivery:
    whole: Mapping[str, Any] = {"kind": "note", "ticket": 1, "text": text, "reply_to": None, **payload}
    return Delivery(1, "group", "group:1", "key", whole, 0, (), None)


async def test_a_word_to_a_person_answers_what_they_wrote(world: World, clients: Clients, store: Store) -> None:
    chat = await world.group()
    group = await group_of(world, clients, store, chat)
    said = await world.post(f"/api/groups/{chat}/messages", {"from": "Anna", "text": "/x"})
    arrived: list[str] = []

    async def progress(external_id: str) -> None:
        arrived.append(external_id)

    await group.channel.deliver(note(reply_to=f"{chat}:{said['id']}", buttons=ROWS), progress)

    last = (await world.said(chat))[-1]
    assert (last["text"], last["reply_to"], last["buttons"]) == ("Erledigt", said["id"], ROWS)
    assert arrived == [f"{chat}:{last['id']}"]


async def test_a_word_whose_topic_is_gone_waits_for_the_card_to_be_made_anew(
    world: World, clients: Clients, store: Store
) -> None:
    chat = await world.group(forum=True)
    group = await group_of(world, clients, store, chat)
    async with store.begin() as tx:
        citizen = await tx.chat("telegram", "1", Language.DE)
        ticket = await tx.open_ticket("KL-7F3K9Q", citizen.id, "Wo?", Language.DE)
    place = await shown(group, card())
    async with store.begin() as tx:
        await tx.keep_place(ticket, place)
    [topic] = (await world.get("/api/groups"))[0]["topics"]

    async def progress(_external_id: str) -> None: ...

    await group.channel.deliver(note(ticket=ticket.id), progress)
    [first, second] = await world.said(chat)
    await world.http.delete(f"/api/groups/{chat}/topics/{topic['id']}")
    with pytest.raises(DeliveryFailed) as told:
        await group.channel.deliver(note(ticket=ticket.id), progress)
    async with store.begin() as tx:
        lost = await tx.place_of(ticket.id)

    assert (second["reply_to"], second["message_thread_id"]) == (first["id"], first["message_thread_id"])
    assert told.value.retry_after is not None
    assert lost == Place(None)


async def test_a_word_waits_until_the_bot_is_in_the_group_again(world: World, clients: Clients, store: Store) -> None:
    chat = await world.group()
    group = await group_of(world, clients, store, chat)
    await world.post(f"/api/groups/{chat}/bot", {"status": "kicked"})

    async def progress(_external_id: str) -> None: ...

    with pytest.raises(DeliveryFailed) as told:
        await group.channel.deliver(note(), progress)

    assert not told.value.permanent


async def test_a_word_below_a_message_that_is_gone_is_said_all_the_same(
    world: World, clients: Clients, store: Store
) -> None:
    chat = await world.group()
    group = await group_of(world, clients, store, chat)

    async def progress(_external_id: str) -> None: ...

    await group.channel.deliver(note(reply_to=f"{chat}:999"), progress)

    assert [one["text"] for one in await world.said(chat)] == ["Erledigt"]
