"""Citizens see how their own questions stand, in words."""

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.desk.citizen import CitizenCommand
from bot.desk.hours import OfficeHours, Span
from bot.desk.promise import Promises
from bot.desk.staff import StaffReply
from tests.desk.desk import ADA, BEN, Desk, opened_desk

ALWAYS = ((Span(8 * 60, 16 * 60),),) * 7


async def status(desk: Desk) -> str:
    desk.time += timedelta(seconds=1)
    assert await desk.hear(CitizenCommand(ADA, f"c{desk.time.timestamp()}", "status")) == "command:status"
    return (await desk.heard())[-1]


async def test_who_has_asked_nothing_is_told_so(desk: Desk) -> None:
    assert "keine Fragen beim Team" in await status(desk)


async def test_each_question_is_listed_with_its_code_and_how_it_stands(desk: Desk) -> None:
    first = await desk.ticket_of("Wie tief ist der See?")
    await desk.mail(StaffReply(first, "Zehn Meter.", "anna@kl.digital", "<1@x>"))
    desk.time += timedelta(days=20)
    second = await desk.ticket_of("Wann öffnet das Bad?")
    await desk.ticket_of("Bens Frage?", BEN)

    text = await status(desk)

    assert f"{first}: beantwortet.\n„Wie tief ist der See?“" in text
    assert f"{second}: beim Team.\n„Wann öffnet das Bad?“" in text
    assert text.index(second) < text.index(first)
    assert "Bens" not in text


async def test_the_states_of_a_question_are_said_in_words(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    said = []
    for number, words in enumerate(("#übernehmen", "#rückfrage Welcher?", "#schließen")):
        await desk.mail(StaffReply(code, words, "anna@kl.digital", f"<{number}@x>"))
        said.append(await status(desk))

    assert "jemand aus dem Team kümmert sich darum" in said[0]
    assert "hat Ihnen eine Rückfrage gestellt" in said[1]
    assert "geschlossen" in said[2]


async def test_a_question_that_was_taken_back_says_so_and_abuse_is_not_listed(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await desk.hear(CitizenCommand(ADA, "90", "zurueckziehen"))
    assert "von Ihnen zurückgezogen" in await status(desk)

    await desk.mail(StaffReply(code, "#spam", "anna@kl.digital", "<1@x>"))
    assert code not in await status(desk)


async def test_a_question_that_waits_for_the_citizens_word_is_named_masked(desk: Desk) -> None:
    await desk.say("Wann wird von DE89 3704 0044 0532 0130 00 abgebucht?")

    text = await status(desk)

    assert "Noch nicht weitergegeben" in text
    assert "[IBAN]" in text


async def test_the_promise_is_named_again(tmp_path: Path) -> None:
    hours = OfficeHours(ALWAYS, ZoneInfo("Europe/Berlin"))
    async with opened_desk(tmp_path, promises=Promises(hours, timedelta(hours=4))) as desk:
        await desk.ticket_of("Wie tief ist der See?")

        assert "beim Team. Antwort voraussichtlich bis Dienstag, 24. November, 14 Uhr." in await status(desk)
