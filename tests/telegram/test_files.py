"""Files of staff arrive in the chat: pictures as pictures where Telegram takes them, everything else to be opened."""

from typing import Any

import pytest

from bot.desk.outbox import Delivery
from bot.desk.staff import Attachment
from bot.errors import DeliveryFailed
from bot.telegram.client import Clients
from bot.telegram.outbound import PHOTO_BYTES, TelegramChannel
from tests.files import a_file, jpeg, png
from tests.sandbox.world import World
from tests.telegram.test_channel import Book, Progress, delivery, heard

PDF = Attachment("Plan für Müll.pdf", "application/pdf", a_file("pdf"))
PNG = Attachment("Karte.png", "image/png", png(40, 30))


@pytest.fixture
def book() -> Book:
    return Book()


@pytest.fixture
def channel(clients: Clients, book: Book) -> TelegramChannel:
    return TelegramChannel(clients.sending, book)


def with_files(address: int, *files: int, sent: tuple[str, ...] = ()) -> Delivery:
    return delivery(address, sent, text="Anbei.", files=list(files))


async def shown(world: World) -> list[Any]:
    """What stands in the chat: texts, and names of files, a picture's being Bild."""
    return [message["text"] or message["file"]["name"] for message in await heard(world)]


async def test_the_text_comes_first_and_then_each_file(world: World, channel: TelegramChannel, book: Book) -> None:
    petra = await world.citizen()
    book.files = {7: PDF, 8: PNG}
    progress = Progress()

    await channel.deliver(with_files(petra, 7, 8), progress)

    messages = await heard(world)
    assert await shown(world) == ["Anbei.", "Plan für Müll.pdf", "Bild"]
    assert progress.ids == [str(message["id"]) for message in messages]
    assert [message["file"] and message["file"]["is_photo"] for message in messages] == [None, False, True]
    served = await world.http.get(f"/api/files/{messages[1]['file']['id']}")
    assert served.content == PDF.content


@pytest.mark.parametrize("arrived", [0, 1, 2, 3])
async def test_what_arrived_before_is_not_sent_again(
    world: World, channel: TelegramChannel, book: Book, arrived: int
) -> None:
    petra = await world.citizen()
    book.files = {7: PDF, 8: PNG}

    await channel.deliver(with_files(petra, 7, 8, sent=("1", "2", "3")[:arrived]), Progress())

    assert await shown(world) == ["Anbei.", "Plan für Müll.pdf", "Bild"][arrived:]


async def test_a_delivery_broken_off_between_text_and_file_is_completed(
    world: World, channel: TelegramChannel, book: Book
) -> None:
    petra = await world.citizen()
    book.files = {7: PDF}
    await world.post("/api/faults", {"bot_api": {"status": 500, "method": "sendDocument"}})
    first = Progress()
    with pytest.raises(DeliveryFailed) as caught:
        await channel.deliver(with_files(petra, 7), first)

    await channel.deliver(with_files(petra, 7, sent=tuple(first.ids)), Progress())

    assert not caught.value.permanent
    assert await shown(world) == ["Anbei.", "Plan für Müll.pdf"]


@pytest.mark.parametrize(
    "file",
    [
        Attachment("Rolle.png", "image/png", png(4, 400)),
        Attachment("Plakat.jpg", "image/jpeg", jpeg(9000, 1001)),
        Attachment("Rest.jpg", "image/jpeg", b"\xff\xd8\xff\xe0"),
        Attachment("Gross.png", "image/png", png(40, 30) + b"\0" * PHOTO_BYTES),
        Attachment("Tanz.gif", "image/gif", a_file("gif")),
        Attachment("Bild.webp", "image/webp", a_file("webp")),
    ],
    ids=lambda file: file.name,
)
async def test_a_picture_that_telegram_does_not_show_arrives_as_a_file(
    world: World, channel: TelegramChannel, book: Book, file: Attachment
) -> None:
    petra = await world.citizen()
    book.files = {7: file}

    await channel.deliver(with_files(petra, 7), Progress())

    [_, message] = await heard(world)
    assert (message["file"]["name"], message["file"]["is_photo"]) == (file.name, False)
    served = await world.http.get(f"/api/files/{message['file']['id']}")
    assert served.content == file.content


async def test_a_blocked_bot_sends_no_picture_as_a_file_either(
    world: World, channel: TelegramChannel, book: Book
) -> None:
    petra = await world.citizen()
    book.files = {7: PNG}
    await world.post("/api/citizens/Petra/block", {})

    with pytest.raises(DeliveryFailed) as caught:
        await channel.deliver(with_files(petra, 7, sent=("1",)), Progress())

    assert (caught.value.reason, caught.value.permanent) == ("blocked", True)


async def test_a_file_that_is_no_longer_kept_is_an_operators_matter(world: World, channel: TelegramChannel) -> None:
    petra = await world.citizen()

    with pytest.raises(DeliveryFailed) as caught:
        await channel.deliver(with_files(petra, 7), Progress())

    assert (caught.value.permanent, caught.value.our_fault) == (True, True)


async def test_an_answer_that_is_taken_back_takes_its_files_along(
    world: World, channel: TelegramChannel, book: Book
) -> None:
    petra = await world.citizen()
    book.files = {7: PDF, 8: PNG}
    progress = Progress()
    await channel.deliver(with_files(petra, 7, 8), progress)
    book.parts = progress.ids

    await channel.deliver(delivery(petra, kind="retract", of=1, text="Zurückgenommen."), Progress())

    assert await shown(world) == ["Zurückgenommen."]
