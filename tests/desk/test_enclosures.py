"""Pictures and documents of citizens go along with what they belong to, and nobody is asked without need."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.desk.citizen import CitizenFile, CitizenText, SentFile, Unusable
from bot.desk.enclosing import MOST_BYTES, Enclosed, Enclosing
from bot.desk.outbox import Delivery, Outbox, Progress
from bot.desk.staff import Attachment
from bot.errors import DeliveryFailed
from tests.desk.desk import ADA, BEN, Desk, opened_desk

LATER = timedelta(seconds=5)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened_desk(tmp_path) as opened:
        yield opened


def photo(number: str, album: str | None = None, reply_to: str | None = None) -> CitizenFile:
    return CitizenFile(ADA, number, SentFile(f"file-{number}", "", album), reply_to)


def question(number: str, text: str = "unknown: was?", album: str | None = None) -> CitizenText:
    return CitizenText(ADA, number, text, file=SentFile(f"file-{number}", "", album))


async def enclosed(desk: Desk) -> list[list[str]]:
    """What goes along with each mail that is due a moment from now."""
    desk.time += LATER
    mails = [mail.payload.get("enclosed", {"ids": []}) for mail in await desk.sent("mail")]
    return [[one.reference for one in await desk.store.enclosed(mail["ids"])] for mail in mails]


async def test_a_photo_with_an_open_question_goes_along(desk: Desk) -> None:
    outcome = await desk.hear(question("1"))

    assert outcome == "forward"
    assert await enclosed(desk) == [["file-1"]]
    assert "geht mit" in (await desk.heard())[0]


async def test_a_photo_with_a_known_question_goes_nowhere(desk: Desk) -> None:
    await desk.hear(question("1", "answer: wann?"))

    assert await enclosed(desk) == []


async def test_the_parts_of_an_album_come_in_one_mail_and_get_one_reply(desk: Desk) -> None:
    await desk.hear(question("1", album="a"))
    outcomes = [await desk.hear(photo(str(number), "a")) for number in range(2, 6)]

    assert outcomes == ["file:enclosed"] * 4
    assert await enclosed(desk) == [["file-1", "file-2", "file-3", "file-4", "file-5"]]
    assert len(await desk.heard()) == 1


async def test_of_an_album_the_words_may_come_last(desk: Desk) -> None:
    await desk.hear(photo("1", "a"))
    await desk.hear(photo("2", "a"))
    await desk.hear(question("3", album="a"))

    assert await enclosed(desk) == [["file-1", "file-2", "file-3"]]
    assert len(await desk.heard()) == 1


async def test_a_late_part_of_an_album_comes_after_in_a_mail_of_its_own_and_silently(desk: Desk) -> None:
    await desk.hear(question("1", album="a"))
    await enclosed(desk)
    await desk.sent()
    await desk.hear(photo("2", "a"))

    assert await enclosed(desk) == [["file-2"]]
    assert await desk.heard() == []


async def test_the_rest_of_an_album_whose_question_was_answered_is_left_alone(desk: Desk) -> None:
    await desk.hear(question("1", "answer: wann?", album="a"))
    await desk.hear(photo("2", "a"))
    desk.time += LATER

    assert len(await desk.heard()) == 1


async def test_a_photo_without_words_is_asked_about_once_and_goes_along_with_the_answer(desk: Desk) -> None:
    outcomes = [await desk.hear(photo(str(number), "a")) for number in range(1, 11)]
    desk.time += LATER
    asked = await desk.heard()
    await desk.say("unknown: was ist das?", external_id="20")

    assert outcomes == ["file:waiting"] * 10
    assert len(asked) == 1
    assert "Was möchten Sie dazu wissen?" in asked[0]
    assert len((await enclosed(desk))[0]) == 10


async def test_who_writes_right_after_the_photo_is_not_asked(desk: Desk) -> None:
    await desk.hear(photo("1"))
    await desk.say("unknown: was ist das?", external_id="20")
    desk.time += LATER

    assert ["Was möchten" in text for text in await desk.heard()] == [False]


@pytest.mark.parametrize(("minutes", "goes_along"), [(9, True), (11, False)])
async def test_a_photo_waits_ten_minutes_for_its_question(desk: Desk, minutes: int, goes_along: bool) -> None:
    await desk.hear(photo("1"))
    desk.time += timedelta(minutes=minutes)
    await desk.say("unknown: was ist das?", external_id="20")

    assert await enclosed(desk) == [["file-1"] if goes_along else []]


async def test_a_photo_whose_question_met_suggestions_goes_along_however_late_none_of_them_fits(desk: Desk) -> None:
    await desk.hear(question("1", "suggest: was?"))
    desk.time += timedelta(hours=2)
    await desk.say("keine davon", external_id="20")

    assert await enclosed(desk) == [["file-1"]]


@pytest.mark.parametrize(("seconds", "goes_along"), [(50, True), (70, False)])
async def test_a_photo_within_a_minute_after_the_question_belongs_to_it(
    desk: Desk, seconds: int, goes_along: bool
) -> None:
    await desk.ticket_of("unknown: was?")
    desk.time += timedelta(seconds=seconds)

    outcome = await desk.hear(photo("9"))

    assert outcome == ("file:enclosed" if goes_along else "file:waiting")
    assert await enclosed(desk) == ([["file-9"]] if goes_along else [])


async def test_a_photo_in_reply_to_the_word_about_a_ticket_belongs_to_it(desk: Desk) -> None:
    await desk.say("unknown: was?")
    [notice] = await desk.sent()
    await desk.sent("mail")
    desk.time += timedelta(hours=3)

    outcome = await desk.hear(photo("9", reply_to=str(500 + notice.id)))

    assert outcome == "file:enclosed"
    assert await enclosed(desk) == [["file-9"]]


async def test_the_same_question_again_with_a_photo_brings_the_photo_after(desk: Desk) -> None:
    await desk.say("unknown: was?")
    await enclosed(desk)
    await desk.hear(question("9"))

    assert await enclosed(desk) == [["file-9"]]


async def test_photos_of_a_second_question_never_go_along_with_the_first(desk: Desk) -> None:
    await desk.say("unknown: A", external_id="10")
    desk.time += LATER
    await desk.hear(question("11", "suggest: B"))
    desk.time += LATER
    assert await desk.hear(photo("12")) == "file:waiting"
    assert await enclosed(desk) == [[]]
    assert "gehört jetzt zu Ihrer Frage" in "\n".join(await desk.heard())

    desk.time += timedelta(hours=2)
    await desk.say("keine davon", external_id="13")
    assert await enclosed(desk) == [["file-11", "file-12"]]


async def test_a_photo_of_an_answered_question_goes_along_with_no_other(desk: Desk) -> None:
    await desk.hear(question("11", "answer: wann?"))
    await desk.say("unknown: was anderes?", external_id="12")

    assert await enclosed(desk) == [[]]


async def test_a_photo_with_a_greeting_waits_for_its_question(desk: Desk) -> None:
    await desk.hear(question("11", "hello"))
    await desk.say("unknown: was?", external_id="12")

    assert await enclosed(desk) == [["file-11"]]


async def test_a_photo_goes_along_with_its_answered_question_once_that_goes_to_the_team(desk: Desk) -> None:
    await desk.hear(question("11", "answer: wann?"))
    desk.time += timedelta(minutes=20)
    await desk.say("3", external_id="12")

    assert await enclosed(desk) == [["file-11"]]


async def test_a_photo_while_the_citizen_is_asked_how_to_pass_on_belongs_to_that_question(desk: Desk) -> None:
    await desk.say("unknown: A", external_id="10")
    await enclosed(desk)
    await desk.say("unknown: DE89 3704 0044 0532 0130 00", external_id="11")
    desk.time += LATER

    assert await desk.hear(photo("12")) == "file:waiting"
    await desk.say("2", external_id="13")
    assert await enclosed(desk) == [["file-12"]]


async def test_a_photo_that_trips_a_bug_still_goes_along_with_the_next_question(desk: Desk) -> None:
    async with desk.store.begin() as tx:
        outcome = await desk.conversation.rescue(tx, photo("1"))
    await desk.say("unknown: was?", external_id="20")

    assert outcome == "rescued:file"
    assert await enclosed(desk) == [["file-1"]]


async def test_photos_of_one_citizen_never_go_along_with_anothers_question(desk: Desk) -> None:
    await desk.hear(photo("1"))
    await desk.say("unknown: was?", BEN)

    assert await enclosed(desk) == [[]]


async def test_the_same_photo_twice_is_one(desk: Desk) -> None:
    await desk.hear(photo("1"))

    assert await desk.hear(photo("1")) == "file:known"


async def test_ten_videos_at_once_are_declined_once(desk: Desk) -> None:
    for number in range(10):
        await desk.hear(Unusable(ADA, str(number), "video", "a"))

    assert len(await desk.heard()) == 1


@pytest.mark.parametrize(
    "kind", ["voice", "video", "sticker", "picture", "document", "location", "contact", "poll", "story", "payment"]
)
async def test_each_kind_is_declined_in_words_of_its_own(desk: Desk, kind: str) -> None:
    await desk.hear(Unusable(ADA, "1", kind))
    await desk.hear(Unusable(ADA, "2", "a kind of the future"))

    mine, others = await desk.heard()
    assert mine != others


# -- when the mail is sent ------------------------------------------------------------------------


class Told:
    """A channel that only remembers what it is told to send."""

    def __init__(self) -> None:
        self.deliveries: list[Delivery] = []
        self.arrived = asyncio.Event()

    async def deliver(self, delivery: Delivery, progress: Progress) -> None:
        self.deliveries.append(delivery)
        self.arrived.set()


class Book:
    async def enclosed(self, ids: Sequence[int]) -> Sequence[Enclosed]:
        return [Enclosed(f"file-{number}", "plan.pdf" if number == 1 else "") for number in ids]


def mail(*ids: int, attempts: int = 0) -> Delivery:
    payload: dict[str, Any] = {"ticket": "KL-AAAAAA", "text": "Frage", "letter": [
        {"kind": "lead", "text": "Was ist das?", "title": "Frage", "note": "", "action": ""},
        {"kind": "text", "text": "Ende", "title": "", "note": "", "action": ""},
    ]}  # fmt: skip
    if ids:
        payload["enclosed"] = {"ids": list(ids), "words": "Es hängt an.", "missing": "Es fehlt: {files}"}
    return Delivery(1, "mail", "x", "x", payload, attempts, ())


def recognised(name: str, otherwise: str, content: bytes) -> Attachment | None:
    return None if content == b"program" else Attachment(name or f"{otherwise}.png", "image/png", content)


async def sent(delivery: Delivery, contents: dict[str, bytes | DeliveryFailed]) -> Delivery:
    """What is handed on for this delivery."""

    async def fetch(reference: str) -> bytes:
        content = contents[reference]
        await asyncio.sleep(0)
        if isinstance(content, DeliveryFailed):
            raise content
        return content

    async def progress(_external_id: str) -> None: ...

    told = Told()
    await Enclosing(told, Book(), fetch, recognised).deliver(delivery, progress)
    return told.deliveries[0]


async def test_a_mail_without_files_is_handed_on_as_it_is() -> None:
    delivery = mail()

    assert await sent(delivery, {}) is delivery


async def test_files_are_put_in_and_the_mail_says_so_below_the_question() -> None:
    filled = await sent(mail(1, 2), {"file-1": b"a", "file-2": b"b"})

    assert [file.name for file in filled.files] == ["plan.pdf", "KL-AAAAAA-2.png"]
    assert filled.payload["text"].index("Was ist das?") < filled.payload["text"].index("Es hängt an.")
    assert "Es fehlt" not in filled.payload["text"]


async def test_what_may_not_go_along_is_named() -> None:
    filled = await sent(mail(1), {"file-1": b"program"})

    assert filled.files == ()
    assert "Es fehlt: plan.pdf" in filled.payload["text"]
    assert "Es hängt an." not in filled.payload["text"]


async def test_a_file_that_cannot_be_fetched_for_now_is_tried_again_and_then_given_up() -> None:
    broken: dict[str, bytes | DeliveryFailed] = {"file-1": DeliveryFailed("no network"), "file-2": b"b"}

    with pytest.raises(DeliveryFailed) as first:
        await sent(mail(1, 2), broken)
    last = await sent(mail(1, 2, attempts=2), broken)

    assert not first.value.permanent
    assert [file.name for file in last.files] == ["KL-AAAAAA-2.png"]
    assert "Es fehlt: plan.pdf" in last.payload["text"]


async def test_a_file_that_is_gone_for_good_holds_nothing_up() -> None:
    filled = await sent(mail(1), {"file-1": DeliveryFailed("too large", permanent=True)})

    assert "Es fehlt: plan.pdf" in filled.payload["text"]


async def test_a_mail_never_grows_larger_than_mail_servers_take() -> None:
    half = bytes(MOST_BYTES // 2)

    filled = await sent(mail(1, 2, 3), dict.fromkeys(("file-1", "file-2", "file-3"), half))

    assert [file.name for file in filled.files] == ["plan.pdf", "KL-AAAAAA-2.png"]
    assert "Es fehlt: KL-AAAAAA-3" in filled.payload["text"]


async def test_a_download_that_hangs_holds_nobody_else_up(desk: Desk) -> None:
    await desk.hear(question("1"))
    await desk.say("unknown: und ich?", BEN, external_id="2")
    desk.time += LATER
    told = Told()

    async def fetch(_reference: str) -> bytes:
        await asyncio.Event().wait()
        return b""

    channel = Enclosing(told, desk.store, fetch, recognised)
    outbox = Outbox("mail", channel, desk.store, desk.relay, clock=lambda: desk.time, jitter=lambda: 0.0)
    task = asyncio.create_task(outbox.run())
    async with asyncio.timeout(10):
        await told.arrived.wait()
        # The desk goes on, too: no transaction is open while a file is fetched.
        await desk.say("answer: wann?", BEN, external_id="3")
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert ["und ich?" in mail.payload["text"] for mail in told.deliveries] == [True]
