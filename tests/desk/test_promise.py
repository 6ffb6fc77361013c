"""Citizens read until when they can expect an answer, and staff read the same; without office hours nothing is said."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.desk.asides import spoken
from bot.desk.calendar import read_spans
from bot.desk.hours import OfficeHours
from bot.desk.promise import Promises
from bot.desk.staff import StaffReply
from bot.knowledge.entry import Language
from tests.desk.base import knowledge_base
from tests.desk.desk import BEN, QUEUE, Desk, opened_desk

DAY = timedelta(days=1)
LONG, SHORT = read_spans("8-12, 13-16"), read_spans("8-12")
PROMISES = Promises(
    OfficeHours((LONG, LONG, LONG, LONG, SHORT, (), ()), ZoneInfo("Europe/Berlin")), timedelta(hours=16)
)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """Tuesday, 24 November, ten o'clock."""
    async with opened_desk(tmp_path, promises=PROMISES) as opened:
        yield opened


async def answer(desk: Desk, code: str, text: str) -> None:
    await desk.mail(StaffReply(code, text, QUEUE, f"<{desk.time.timestamp()}@x>"))
    await desk.sent()


async def test_whoever_asks_reads_by_when_an_answer_can_be_expected(desk: Desk) -> None:
    await desk.say("Wie tief ist der See?")

    [heard] = await desk.heard()

    assert "Antwort voraussichtlich bis Donnerstag, 26. November, 12 Uhr\n" in heard
    assert heard.endswith("Automatische Nachricht.")


async def test_whoever_writes_english_reads_it_in_english(desk: Desk) -> None:
    desk.time += timedelta(hours=1)
    await desk.say("englishunknown: How deep is the lake?")

    [heard] = await desk.heard()

    assert "Answer expected by Thursday, 26 November, 2 p.m.\n" in heard


async def test_staff_read_what_was_promised_and_until_when_they_are_to_answer(desk: Desk) -> None:
    await desk.say("Wie tief ist der See?")

    [mail] = await desk.sent("mail")

    assert "Die Antwort soll bis Donnerstag, 26. November, 12 Uhr im Chat sein." in mail.payload["text"]
    assert "    Antwort voraussichtlich bis Donnerstag, 26. November, 12 Uhr" in mail.payload["text"]


async def test_a_colleague_who_takes_over_reads_until_when_to_answer(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await answer(desk, code, "#weiter anna@kl.digital")

    mails = await desk.sent("mail")

    handed_over = next(mail for mail in mails if mail.payload["to"] == "anna@kl.digital")
    assert "soll bis Donnerstag, 26. November, 12 Uhr" in handed_over.payload["text"]


async def test_what_is_added_to_an_open_question_moves_no_promise(desk: Desk) -> None:
    await desk.say("Wie tief ist der See?")
    [forwarded] = await desk.sent()
    desk.time += DAY

    await desk.say("Wie tief ist der See?")
    [again] = await desk.heard()
    await desk.say("Der Gelterswoog", reply_to=str(500 + forwarded.id))
    [added] = await desk.heard()

    assert all("bis Donnerstag, 26. November, 12 Uhr" in text for text in (again, added))


async def test_what_is_added_when_the_promise_is_over_hears_no_new_one(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    desk.time += 3 * DAY

    await desk.say("Wie tief ist der See?")
    [heard] = await desk.heard()

    assert code in heard
    assert "voraussichtlich" not in heard


@pytest.mark.parametrize("reply", ["Zwölf Meter.", "#rückfrage Welcher See?"])
async def test_a_question_that_comes_up_again_gets_a_new_promise(desk: Desk, reply: str) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await answer(desk, code, reply)
    desk.time += DAY

    await desk.say("Der Gelterswoog")
    [heard] = await desk.heard()

    assert code in heard
    assert "bis Freitag, 27. November, 12 Uhr" in heard


async def test_while_mail_is_disturbed_nothing_is_promised_but_staff_are_to_answer_all_the_same(desk: Desk) -> None:
    await desk.say("Wie tief ist der See?")
    [stuck] = await desk.store.claim("mail", 1, DAY)
    await desk.store.postpone(stuck, desk.time, "no network", counted=True)
    await desk.heard()

    await desk.say("Wie lang ist der Tag?", BEN)
    await desk.say("Wie lang ist der Tag?", BEN)
    heard = await desk.heard()

    assert "gestört" in heard[0]
    assert "schon beim Team" in heard[1]
    assert "voraussichtlich" not in "".join(heard)
    assert "soll bis Donnerstag" in (await desk.sent("mail"))[-1].payload["text"]


async def test_without_office_hours_nothing_is_promised_to_anybody(tmp_path: Path) -> None:
    async with opened_desk(tmp_path) as desk:
        await desk.say("Wie tief ist der See?")
        [heard], [mail] = await desk.heard(), await desk.sent("mail")

    assert "Ein Mensch antwortet Ihnen hier im Chat.\n\nIhr Vorgang: KL-" in heard
    assert "soll bis" not in mail.payload["text"]


async def test_an_office_that_does_not_open_promises_nothing(tmp_path: Path) -> None:
    closed = Promises(OfficeHours(((),) * 7, ZoneInfo("Europe/Berlin")), timedelta(hours=16))
    async with opened_desk(tmp_path, promises=closed) as desk:
        await desk.say("Wie tief ist der See?")
        [heard] = await desk.heard()

    assert "Ihr Vorgang: KL-" in heard
    assert "voraussichtlich" not in heard


@pytest.mark.parametrize(
    ("hour", "minute", "german", "english"),
    [
        (16, 0, "Dienstag, 1. Dezember, 16 Uhr", "Tuesday, 1 December, 4 p.m."),
        (12, 30, "Dienstag, 1. Dezember, 12:30 Uhr", "Tuesday, 1 December, 12:30 p.m."),
        (12, 0, "Dienstag, 1. Dezember, 12 Uhr", "Tuesday, 1 December, noon"),
        (8, 5, "Dienstag, 1. Dezember, 8:05 Uhr", "Tuesday, 1 December, 8:05 a.m."),
        (0, 0, "Dienstag, 1. Dezember, 0 Uhr", "Tuesday, 1 December, midnight"),
        (0, 15, "Dienstag, 1. Dezember, 0:15 Uhr", "Tuesday, 1 December, 12:15 a.m."),
        (23, 0, "Dienstag, 1. Dezember, 23 Uhr", "Tuesday, 1 December, 11 p.m."),
    ],
)
def test_a_moment_is_said_as_people_say_it(hour: int, minute: int, german: str, english: str) -> None:
    moment = datetime(2026, 12, 1, hour, minute, tzinfo=UTC)

    assert spoken(knowledge_base(), moment, Language.DE) == german
    assert spoken(knowledge_base(), moment, Language.EN) == english
