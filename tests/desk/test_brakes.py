"""However much is to be mailed, an hour sees no more than the brakes allow; the rest waits, and staff are told once."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.desk.brakes import Brakes, telling
from bot.desk.citizen import CitizenText, Origin
from bot.desk.staff import StaffReply
from bot.knowledge.entry import Language
from tests.desk.desk import ADA, Desk, opened_desk

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened_desk(tmp_path, Brakes(per_ticket=3, in_all=7)) as opened:
        yield opened


async def mistype(desk: Desk, code: str, number: int) -> None:
    """A clerk's mail that makes the bot answer by mail."""
    handle = telling(desk.relay.handle, desk.letters)
    async with desk.store.begin() as tx:
        await handle(tx, StaffReply(code, "#foo", "anna@kl.digital", f"<{number}@x>"))


async def ask(desk: Desk, number: int) -> None:
    handle = telling(desk.conversation.handle, desk.letters)
    origin = Origin("telegram", f"citizen {number}", Language.DE)
    async with desk.store.begin() as tx:
        await handle(tx, CitizenText(origin, "1", f"Frage {number}?"))


async def mailed(desk: Desk) -> tuple[int, list[str]]:
    """How many mails about tickets leave now, and the texts of the notices about brakes."""
    mails = await desk.sent("mail")
    notices = [mail.payload["text"] for mail in mails if mail.key.startswith("brake:")]
    return len(mails) - len(notices), notices


async def test_what_is_too_much_for_a_ticket_is_sent_later_and_staff_are_told_once(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    for number in range(7):
        await mistype(desk, code, number)

    at_once = await mailed(desk)
    desk.time += HOUR - MINUTE
    almost = await mailed(desk)
    desk.time += MINUTE
    next_hour = await mailed(desk)
    desk.time += HOUR
    last = await mailed(desk)

    assert at_once[0] == 2, "the question's mail counts, too"
    assert len(at_once[1]) == 1
    assert code in at_once[1][0]
    assert (almost, next_hour, last) == ((0, []), (3, []), (2, []))


async def test_a_ticket_with_brakes_on_holds_up_no_other(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    for number in range(40):
        await mistype(desk, code, number)
    await desk.sent("mail")

    await ask(desk, 1)

    assert await mailed(desk) == (1, [])


async def test_what_is_too_much_in_all_is_sent_later_and_staff_are_told_once(desk: Desk) -> None:
    for number in range(10):
        await ask(desk, number)

    at_once, notices = await mailed(desk)
    desk.time += HOUR
    later = await mailed(desk)

    assert (at_once, len(notices)) == (7, 1)
    assert later == (3, [])


async def test_what_waits_keeps_its_order(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    for number in range(6):
        await mistype(desk, code, number)
        desk.time += MINUTE
    serials = []
    for _ in range(3):
        serials += [mail.payload["serial"] for mail in await desk.sent("mail") if mail.payload["ticket"]]
        desk.time += HOUR

    assert serials == [1, 2, 3, 4, 5, 6]


async def test_brakes_hold_no_message_to_a_citizen(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")

    for number in range(12):
        await desk.mail(StaffReply(code, f"Antwort {number}", "anna@kl.digital", f"<{number}@x>"))
    await desk.say("answer: wann?", ADA)

    assert len(await desk.heard()) == 13
