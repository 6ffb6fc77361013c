"""Staff are reminded of what nobody answered, once for each deadline; the citizen hears when it takes longer."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.desk.brakes import Brakes, telling
from bot.desk.calendar import read_spans
from bot.desk.deadlines import Deadlines
from bot.desk.hours import OfficeHours
from bot.desk.promise import Promises
from bot.desk.reminders import Overdue, Reminders
from bot.desk.staff import StaffReply
from bot.desk.ticket import TicketState
from bot.desk.transaction import Transaction
from bot.errors import StorageError
from tests.desk.desk import BEN, QUEUE, Desk, opened_desk

BERLIN = ZoneInfo("Europe/Berlin")
LONG, SHORT = read_spans("8-12, 13-16"), read_spans("8-12")
HOURS = OfficeHours((LONG, LONG, LONG, LONG, SHORT, (), ()), BERLIN)
PROMISES = Promises(HOURS, timedelta(hours=16))
BOSS = "leitung@kl.digital"
# Asked on Tuesday, 24 November, at ten.
BEFORE_HALF, HALF, BEFORE_DUE, DUE = "2026-11-25 10:59", "2026-11-25 11:00", "2026-11-26 11:59", "2026-11-26 12:00"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened_desk(tmp_path, promises=PROMISES) as opened:
        yield opened


def deadlines(
    desk: Desk, *, remind: Any = None, heard: datetime | None = None, escalation: str | None = None
) -> Deadlines:
    reminders = Reminders(desk.phrases, desk.letters, "telegram", escalation)
    handle = remind or telling(reminders.handle, desk.letters)
    return Deadlines(desk.store, handle, HOURS, clock=lambda: desk.time, heard_until=lambda: heard or desk.time)


async def at(desk: Desk, moment: str, **fields: Any) -> tuple[list[Any], list[str]]:
    """What staff get and what citizens hear when deadlines are looked for at this moment in Berlin."""
    desk.time = datetime.fromisoformat(moment).replace(tzinfo=BERLIN)
    await deadlines(desk, **fields).step()
    return [mail.payload for mail in await desk.sent("mail")], await desk.heard()


async def reply(desk: Desk, code: str, text: str) -> None:
    await desk.mail(StaffReply(code, text, QUEUE, f"<{desk.time.timestamp()}@x>"))
    await desk.sent()
    await desk.sent("mail")


async def test_staff_are_reminded_when_half_of_the_time_is_over(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")

    before = await at(desk, BEFORE_HALF)
    [mail], heard = await at(desk, HALF)

    assert before == ([], [])
    assert (mail["to"], mail["ticket"], mail["serial"]) == (QUEUE, code, 1)
    assert mail["subject"] == "Erinnerung: Wie tief ist der See?"
    assert "Die Antwort soll bis Donnerstag, 26. November, 12 Uhr im Chat sein." in mail["text"]
    assert "Frage aus dem Chat von KL.digital, 24.11.2026, 10:00 Uhr:\n\n    Wie tief ist der See?" in mail["text"]
    assert "Antworten Sie einfach auf diese E-Mail." in mail["text"]
    assert heard == []


async def test_when_an_answer_is_due_staff_are_reminded_and_the_citizen_hears_that_it_takes_longer(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await at(desk, HALF)

    before = await at(desk, BEFORE_DUE)
    [mail], [heard] = await at(desk, DUE)

    assert before == ([], [])
    assert (mail["to"], mail["subject"]) == (QUEUE, "Überfällig: Wie tief ist der See?")
    assert "sollte bis Donnerstag, 26. November, 12 Uhr" in mail["text"]
    assert "Es dauert leider länger" in heard
    assert code in heard
    assert not any(word in heard for word in ("voraussichtlich", "November", "Uhr")), "no new promise"


async def test_whoever_is_above_staff_is_told_only_of_what_is_late(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")

    half, _ = await at(desk, HALF, escalation=BOSS)
    late, heard = await at(desk, DUE, escalation=BOSS)

    assert [mail["to"] for mail in half] == [QUEUE]
    assert [(mail["to"], mail["ticket"], mail["serial"]) for mail in late] == [(QUEUE, code, 2), (BOSS, code, 3)]
    assert len(heard) == 1


async def test_a_colleague_who_was_handed_the_question_is_reminded_too_and_nobody_twice(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await reply(desk, code, f"#weiter {BOSS}")

    half, _ = await at(desk, HALF, escalation=BOSS)
    late, _ = await at(desk, DUE, escalation=BOSS)

    assert [mail["to"] for mail in half] == [QUEUE, BOSS]
    assert [mail["to"] for mail in late] == [QUEUE, BOSS]


async def test_nobody_is_reminded_twice_not_even_after_a_restart(tmp_path: Path) -> None:
    async with opened_desk(tmp_path, promises=PROMISES) as desk:
        await desk.ticket_of("Wie tief ist der See?")
        first = [await at(desk, moment) for moment in (HALF, "2026-11-25 11:01", DUE)]
    async with opened_desk(tmp_path, promises=PROMISES) as desk:
        second = [await at(desk, moment) for moment in (DUE, "2026-11-26 13:00", "2026-12-14 10:00")]

    assert [len(mails) for mails, _ in first] == [1, 0, 1]
    assert second == [([], [])] * 3


async def test_after_days_of_standstill_only_the_latest_reminder_is_sent(desk: Desk) -> None:
    await desk.ticket_of("Wie tief ist der See?")

    mails, heard = await at(desk, "2026-11-30 09:00")

    assert [mail["subject"] for mail in mails] == ["Überfällig: Wie tief ist der See?"]
    assert len(heard) == 1


@pytest.mark.parametrize("command", ["Zwölf Meter.", "#1", "#rückfrage Welcher?", "#schließen", "#spam"])
async def test_nobody_is_reminded_of_what_staff_have_dealt_with(desk: Desk, command: str) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await reply(desk, code, command)

    assert await at(desk, HALF, escalation=BOSS) == ([], [])
    assert await at(desk, DUE, escalation=BOSS) == ([], [])


@pytest.mark.parametrize(("state", "mails"), [(TicketState.CLAIMED, 1), (TicketState.WITHDRAWN, 0)])
async def test_who_took_a_question_is_named_and_one_that_is_withdrawn_is_left_alone(
    desk: Desk, state: TicketState, mails: int
) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    async with desk.store.begin() as tx:
        ticket = await tx.ticket(code)
        assert ticket is not None
        await tx.keep_ticket(replace(ticket.moved(state, tx.now), claimed_by="Anna"))

    found, heard = await at(desk, DUE)

    assert len(found) == len(heard) == mails
    assert all("Anna kümmert sich um diesen Vorgang." in mail["text"] for mail in found)


async def test_an_internal_note_answers_nobody(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await reply(desk, code, "#intern Fragen wir morgen nach.")

    mails, _ = await at(desk, HALF)

    assert len(mails) == 1


async def test_what_came_up_again_is_reminded_of_anew_and_in_its_own_words(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await at(desk, DUE)
    await reply(desk, code, "Zwölf Meter.")
    desk.time += timedelta(minutes=30)
    await desk.say("Und wie lang ist er?")
    [followed_up] = await desk.sent()
    await desk.say("Der Gelterswoog", reply_to=str(500 + followed_up.id))
    await desk.sent()
    await desk.sent("mail")

    early = await at(desk, "2026-11-30 08:59")
    [half], _ = await at(desk, "2026-11-30 09:00")
    [late], [heard] = await at(desk, "2026-12-01 10:00")

    assert early == ([], [])
    assert "26.11.2026, 12:30 Uhr:\n\n    Und wie lang ist er?\n\n    Der Gelterswoog" in half["text"]
    assert "sollte bis Dienstag, 1. Dezember, 10 Uhr" in late["text"]
    assert code in heard


async def test_reminders_wait_until_the_office_opens(desk: Desk) -> None:
    await desk.ticket_of("Wie tief ist der See?")

    closed = [await at(desk, f"2026-11-{moment}") for moment in ("26 12:16", "26 20:00", "28 10:00", "30 07:59")]
    mails, heard = await at(desk, "2026-11-30 08:00")

    assert closed == [([], [])] * 4
    assert len(mails) == len(heard) == 1


async def test_what_is_due_at_closing_time_is_said_before_people_have_left(desk: Desk) -> None:
    await desk.ticket_of("Wie tief ist der See?")

    mails, heard = await at(desk, "2026-11-26 12:00:29")

    assert len(mails) == len(heard) == 1


async def test_nothing_is_said_before_everything_was_read_that_people_wrote(desk: Desk) -> None:
    await desk.ticket_of("Wie tief ist der See?")
    before = datetime.fromisoformat(BEFORE_HALF).replace(tzinfo=BERLIN)

    mails, heard = await at(desk, DUE, heard=before)

    assert (mails, heard) == ([], [])
    assert len((await at(desk, DUE, heard=datetime.fromisoformat(DUE).replace(tzinfo=BERLIN)))[0]) == 1


async def test_a_bot_that_has_read_nothing_yet_reminds_of_nothing(desk: Desk) -> None:
    await desk.ticket_of("Wie tief ist der See?")
    desk.time = datetime.fromisoformat(DUE).replace(tzinfo=BERLIN)
    reminders = Reminders(desk.phrases, desk.letters, "telegram")

    await Deadlines(desk.store, reminders.handle, HOURS, clock=lambda: desk.time, heard_until=lambda: None).step()

    assert await desk.sent("mail") == []


async def test_nothing_is_said_while_a_message_waits_that_may_be_the_answer(desk: Desk) -> None:
    await desk.ticket_of("Wie tief ist der See?")
    await desk.store.receive("mail", [("<answer@x>", b"Zwoelf Meter.")])

    assert await at(desk, DUE) == ([], [])


async def test_a_crash_on_the_way_sends_nothing_and_repeats_nothing(desk: Desk) -> None:
    await desk.ticket_of("Wie tief ist der See?")
    await desk.ticket_of("Wie lang ist der Tag?", BEN)
    reminders = Reminders(desk.phrases, desk.letters, "telegram")
    crashes = [ZeroDivisionError(), None, StorageError("full")]

    async def crashing(tx: Transaction, overdue: Overdue) -> str:
        outcome = await reminders.handle(tx, overdue)
        if crashes and (error := crashes.pop(0)):
            raise error
        return outcome

    first, second, third = [await at(desk, DUE, remind=crashing) for _ in range(3)]

    assert [mail["subject"] for mail in first[0]] == ["Überfällig: Wie lang ist der Tag?"]
    assert second == ([], [])
    assert [mail["subject"] for mail in third[0]] == ["Überfällig: Wie tief ist der See?"]
    assert [len(heard) for _, heard in (first, second, third)] == [1, 0, 1]


async def test_what_was_answered_between_looking_and_reminding_is_left_alone(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    reminders = Reminders(desk.phrases, desk.letters, "telegram")

    async def late(tx: Transaction, overdue: Overdue) -> str:
        ticket = await tx.ticket(code)
        assert ticket is not None
        await tx.keep_ticket(ticket.moved(TicketState.ANSWERED, tx.now))
        return await reminders.handle(tx, overdue)

    assert await at(desk, DUE, remind=late) == ([], [])


async def test_reminders_obey_the_brakes_and_staff_are_told(tmp_path: Path) -> None:
    async with opened_desk(tmp_path, Brakes(per_ticket=5, in_all=3), PROMISES) as desk:
        for number in range(5):
            await desk.say(f"Frage {number}?")
            await desk.sent()
        desk.time += timedelta(hours=2)
        await desk.sent("mail")

        mails, heard = await at(desk, DUE)

    assert len([mail for mail in mails if mail["ticket"]]) == 3
    assert len([mail for mail in mails if mail["subject"].startswith("Bitte ansehen")]) == 1
    assert len(heard) == 5
