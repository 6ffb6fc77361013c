"""What the outbox hands to Telegram arrives whole, in order and to the letter, and every refusal is understood."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from telegram import Bot
from telegram.request import HTTPXRequest

from bot.desk.outbox import Delivery, Outbox, Patience
from bot.desk.staff import Attachment
from bot.desk.transaction import Transaction
from bot.errors import DeliveryFailed
from bot.knowledge.entry import Language
from bot.storage.store import Store
from bot.telegram.client import Clients
from bot.telegram.outbound import TelegramChannel
from tests.sandbox.world import World
from tests.telegram.scripted import ok, scripted

LONG = "\n\n".join(letter * 3000 for letter in "abc")


class Book:
    """Remembers which chats moved; holds `files` by their number."""

    def __init__(self) -> None:
        self.moved: list[tuple[str, str, str]] = []
        self.parts: list[str] = []
        self.files: dict[int, Attachment] = {}

    async def file(self, file_id: int) -> Attachment | None:
        return self.files.get(file_id)

    async def move_chat(self, channel: str, old: str, new: str) -> None:
        self.moved.append((channel, old, new))

    async def arrived(self, delivery_id: int) -> Sequence[str]:
        return self.parts


class Progress:
    """Remembers which parts arrived; `then` happens after the first."""

    def __init__(self, world: World | None = None, then: Mapping[str, Any] | None = None) -> None:
        self.ids: list[str] = []
        self._world = world
        self._then = then

    async def __call__(self, external_id: str) -> None:
        self.ids.append(external_id)
        if self._world is not None and len(self.ids) == 1:
            await self._world.post("/api/faults", self._then)


@pytest.fixture
def book() -> Book:
    return Book()


@pytest.fixture
def channel(clients: Clients, book: Book) -> TelegramChannel:
    return TelegramChannel(clients.sending, book)


def delivery(address: int | str, sent: tuple[str, ...] = (), **payload: Any) -> Delivery:
    return Delivery(1, "telegram", "chat:1", "key", {"kind": "text", **payload}, 0, sent, str(address))


def tap(tap_id: str, text: str = "") -> Delivery:
    return Delivery(1, "telegram", "tap:1", "key", {"kind": "tap", "tap_id": tap_id, "text": text}, 0, (), None)


async def heard(world: World, name: str = "Petra") -> list[dict[str, Any]]:
    return [message for message in await world.chat(name) if message["from"] == "bot"]


async def refused(channel: TelegramChannel, what: Delivery) -> DeliveryFailed:
    with pytest.raises(DeliveryFailed) as caught:
        await channel.deliver(what, Progress())
    return caught.value


async def test_a_text_arrives_with_its_buttons_in_their_rows(world: World, channel: TelegramChannel) -> None:
    petra = await world.citizen()
    progress = Progress()
    rows = [
        [{"text": "1. Wann fährt der Bus? 🚌", "data": "s:1:1"}],
        [{"text": "A", "data": "a"}, {"text": "B", "data": "b"}],
    ]

    await channel.deliver(delivery(petra, text="Meinten Sie …?", buttons=rows), progress)

    [message] = await heard(world)
    assert (message["text"], message["buttons"]) == ("Meinten Sie …?", rows)
    assert progress.ids == [str(message["id"])]


async def test_an_answer_shows_the_question_that_it_is_about(world: World, channel: TelegramChannel) -> None:
    petra = await world.citizen()
    await channel.deliver(delivery(petra, text="Frage"), Progress())
    [asked] = await heard(world)

    await channel.deliver(delivery(petra, text=LONG, reply_to=str(asked["id"])), Progress())

    assert [message["reply_to"] for message in (await heard(world))[1:]] == [asked["id"], None, None]


async def test_an_answer_to_a_question_that_is_gone_arrives_all_the_same(
    world: World, channel: TelegramChannel
) -> None:
    petra = await world.citizen()

    await channel.deliver(delivery(petra, text="Antwort", reply_to="4711"), Progress())

    assert [(message["text"], message["reply_to"]) for message in await heard(world)] == [("Antwort", None)]


@pytest.mark.parametrize(
    "text",
    [
        "<b>5 < 6</b> & 7 &amp; <a href='x'>y</a></i>",
        "*fett* _kursiv [Link](https://kl.digital) `code` ||geheim|| ~x~ \\*",
        "5 * 3 = 15, _unterstrich, [offen",
        "/start @bot #tag https://kl.digital/a_b_c",
        "Grüße 👨‍👩‍👧 \u202eabc\u202c e\u0301\n\n\tEnde",
    ],
)
async def test_words_arrive_to_the_letter_and_are_never_read_as_markup(
    world: World, channel: TelegramChannel, text: str
) -> None:
    petra = await world.citizen()

    await channel.deliver(delivery(petra, text=text), Progress())

    assert [message["text"] for message in await heard(world)] == [text]


async def test_a_long_text_arrives_in_parts_in_order_with_the_buttons_below_the_last(
    world: World, channel: TelegramChannel
) -> None:
    petra = await world.citizen()
    progress = Progress()

    await channel.deliver(delivery(petra, text=LONG, buttons=[[{"text": "Ja", "data": "y"}]]), progress)

    messages = await heard(world)
    assert [message["text"] for message in messages] == LONG.split("\n\n")
    assert [bool(message["buttons"]) for message in messages] == [False, False, True]
    assert progress.ids == [str(message["id"]) for message in messages]


async def test_parts_that_arrived_before_are_not_sent_again(world: World, channel: TelegramChannel) -> None:
    petra = await world.citizen()
    progress = Progress()

    await channel.deliver(delivery(petra, ("11", "12"), text=LONG), progress)

    assert [message["text"] for message in await heard(world)] == ["c" * 3000]
    assert len(progress.ids) == 1


async def test_a_long_text_broken_off_in_the_middle_is_completed(world: World, channel: TelegramChannel) -> None:
    petra = await world.citizen()
    first = Progress(world, {"bot_api": {"status": 500, "method": "sendMessage"}})
    with pytest.raises(DeliveryFailed):
        await channel.deliver(delivery(petra, text=LONG), first)

    await channel.deliver(delivery(petra, tuple(first.ids), text=LONG), Progress())

    assert [message["text"] for message in await heard(world)] == LONG.split("\n\n")


async def test_a_citizen_who_blocked_the_bot_is_left_alone(world: World, channel: TelegramChannel) -> None:
    petra = await world.citizen()
    await world.post("/api/citizens/Petra/block", {})

    failure = await refused(channel, delivery(petra, text="Hallo"))

    assert (failure.reason, failure.permanent, failure.our_fault) == ("blocked", True, False)


async def test_a_chat_that_is_gone_is_named_so(channel: TelegramChannel) -> None:
    failure = await refused(channel, delivery(4711, text="Hallo"))

    assert (failure.reason, failure.permanent, failure.our_fault) == ("chat_not_found", True, False)


async def test_a_message_that_telegram_refuses_is_our_fault(world: World, channel: TelegramChannel) -> None:
    petra = await world.citizen()
    too_much = [[{"text": "Ja", "data": "x" * 65}]]

    failure = await refused(channel, delivery(petra, text="Hallo", buttons=too_much))

    assert (failure.reason, failure.permanent, failure.our_fault) == ("refused", True, True)


async def test_telegrams_wish_to_wait_is_handed_on(world: World, channel: TelegramChannel) -> None:
    petra = await world.citizen()
    await world.post("/api/faults", {"bot_api": {"status": 429, "retry_after": 17, "method": "sendMessage"}})

    failure = await refused(channel, delivery(petra, text="Hallo"))

    assert (failure.retry_after, failure.permanent) == (timedelta(seconds=17), False)


@pytest.mark.parametrize("status", [401, 404, 500])
async def test_what_may_pass_is_tried_again(world: World, channel: TelegramChannel, status: int) -> None:
    petra = await world.citizen()
    await world.post("/api/faults", {"bot_api": {"status": status, "method": "sendMessage"}})

    failure = await refused(channel, delivery(petra, text="Hallo"))
    await channel.deliver(delivery(petra, text="Hallo"), Progress())

    assert (failure.permanent, failure.retry_after, failure.our_fault) == (False, None, False)
    assert len(await heard(world)) == 1


@pytest.mark.parametrize("answer", [(502, b"<html>Bad Gateway</html>"), (500, b""), b"<html>Please log in</html>", b""])
async def test_an_answer_that_is_not_telegrams_is_tried_again(book: Book, answer: bytes | tuple[int, bytes]) -> None:
    async with scripted(answer) as server, quick_bot(server.url) as bot:
        failure = await refused(TelegramChannel(bot, book), delivery(1, text="Geheim"))

    assert not failure.permanent
    assert "Geheim" not in str(failure)


def quick_bot(url: str) -> Bot:
    """A client with little patience."""
    return Bot(
        "1:token", base_url=f"{url}/bot", request=HTTPXRequest(read_timeout=0.05, httpx_kwargs={"verify": False})
    )


async def test_a_server_that_does_not_answer_in_time_is_asked_again(book: Book) -> None:
    async with scripted(ok({}), seconds=0.15) as server, quick_bot(server.url) as bot:
        failure = await refused(TelegramChannel(bot, book), delivery(1, text="Hallo"))

    assert (failure.reason, failure.permanent) == ("Telegram does not answer (TimedOut)", False)


async def test_a_server_that_is_not_there_is_asked_again(book: Book) -> None:
    async with scripted(ok({})) as server:
        url = server.url
    bot = Bot("1:token", base_url=f"{url}/bot")

    failure = await refused(TelegramChannel(bot, book), delivery(1, text="Hallo"))

    assert (failure.reason, failure.permanent) == ("Telegram does not answer (NetworkError)", False)
    assert "token" not in str(failure)


async def test_a_tap_is_acknowledged_with_its_words(world: World, channel: TelegramChannel) -> None:
    petra = await world.citizen()
    await channel.deliver(delivery(petra, text="?", buttons=[[{"text": "Ja", "data": "y"}]]), Progress())
    [message] = await heard(world)
    taps = "/api/citizens/Petra/taps"
    ids = [(await world.post(taps, {"message_id": message["id"], "data": "y"}))["id"] for _ in range(2)]

    await channel.deliver(tap(ids[0]), Progress())
    await channel.deliver(tap(ids[1], "Schon gewählt"), Progress())

    assert [toast["text"] for toast in await world.get("/api/citizens/Petra/toasts")] == ["", "Schon gewählt"]


async def test_a_tap_acknowledged_too_late_is_no_failure(channel: TelegramChannel) -> None:
    await channel.deliver(tap("12345"), Progress())


async def test_a_tap_that_could_not_be_acknowledged_is_tried_again(world: World, channel: TelegramChannel) -> None:
    await world.post("/api/faults", {"bot_api": {"status": 500, "method": "answerCallbackQuery"}})

    failure = await refused(channel, tap("12345"))

    assert not failure.permanent


async def test_a_chat_with_a_new_id_is_noted_and_due_again_at_once(
    world: World, channel: TelegramChannel, book: Book
) -> None:
    petra = await world.citizen()
    await world.post("/api/faults", {"bot_api": {"status": 400, "migrate_to_chat_id": -100123}})

    failure = await refused(channel, delivery(petra, text="Hallo"))

    assert (failure.retry_after, failure.permanent) == (timedelta(0), False)
    assert book.moved == [("telegram", str(petra), "-100123")]


async def sent(store: Store, wanted: int) -> None:
    for _ in range(400):
        if (await store.counts()).get("outbox.sent") == wanted:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"not sent: {await store.counts()}")


class Undertaker:
    """Nobody is buried here."""

    async def delivered(self, tx: Transaction, delivery: Delivery) -> None:
        raise AssertionError("nothing here asks for a receipt")

    async def undeliverable(self, tx: Transaction, delivery: Delivery, reason: str) -> None:
        raise AssertionError(reason)


async def test_what_waits_for_a_chat_with_a_new_id_arrives_there(world: World, clients: Clients, store: Store) -> None:
    old, new = await world.citizen("Petra"), await world.citizen("Petras Gruppe")
    fault = {"status": 400, "migrate_to_chat_id": new, "description": "Bad Request: group chat was upgraded"}
    await world.post("/api/faults", {"bot_api": fault | {"method": "sendMessage"}})
    async with store.begin() as tx:
        chat = await tx.chat("telegram", str(old), Language.DE)
        for text in ("eins", "zwei"):
            await tx.send("telegram", "chat:1", text, {"kind": "text", "text": text}, chat=chat.id)
    outbox = Outbox(
        "telegram",
        TelegramChannel(clients.sending, store),
        store,
        Undertaker(),
        clock=lambda: datetime.now(UTC),
        jitter=random.Random(1).random,
        patience=Patience(),
        look_every=timedelta(milliseconds=5),
    )

    task = asyncio.create_task(outbox.run())
    await sent(store, 2)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert [message["text"] for message in await heard(world, "Petras Gruppe")] == ["eins", "zwei"]
    assert await heard(world, "Petra") == []


async def edited(channel: TelegramChannel, address: int, message: int | str, text: str, **more: Any) -> list[str]:
    progress = Progress()
    await channel.deliver(delivery(address, kind="edit", message=str(message), text=text, **more), progress)
    return progress.ids


async def test_a_page_takes_the_place_of_the_one_before(world: World, channel: TelegramChannel) -> None:
    petra = await world.citizen()
    await channel.deliver(delivery(petra, text="Themen", buttons=[[{"text": "Eins", "data": "b:1"}]]), Progress())
    [old] = await heard(world)

    ids = await edited(channel, petra, old["id"], "Fragen", buttons=[[{"text": "Zurück", "data": "b:0"}]])

    [page] = await heard(world)
    assert ids == [str(old["id"])]
    assert (page["text"], page["buttons"][0][0]["text"]) == ("Fragen", "Zurück")


async def test_a_page_that_shows_the_same_already_has_arrived(world: World, channel: TelegramChannel) -> None:
    petra = await world.citizen()
    await channel.deliver(delivery(petra, text="Themen"), Progress())
    [old] = await heard(world)

    assert await edited(channel, petra, old["id"], "Themen") == [str(old["id"])]
    assert len(await heard(world)) == 1


async def test_where_the_page_before_is_gone_there_is_a_new_message(world: World, channel: TelegramChannel) -> None:
    petra = await world.citizen()
    own = (await world.chat())[0]["id"]

    await edited(channel, petra, 4711, "Fragen")
    await edited(channel, petra, own, "Antwort")

    assert [message["text"] for message in await heard(world)] == ["Fragen", "Antwort"]


async def test_a_long_page_goes_on_below_with_its_buttons_at_the_end(world: World, channel: TelegramChannel) -> None:
    petra = await world.citizen()
    await channel.deliver(delivery(petra, text="Themen"), Progress())
    [old] = await heard(world)

    await edited(channel, petra, old["id"], LONG, buttons=[[{"text": "Zurück", "data": "b:0"}]])

    pages = await heard(world)
    assert [page["text"][0] for page in pages] == ["a", "b", "c"]
    assert [bool(page["buttons"]) for page in pages] == [False, False, True]
