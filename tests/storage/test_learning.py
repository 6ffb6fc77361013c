"""What editors see of the questions that the bot did not help with, in the database of a real desk."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.desk.citizen import CitizenTap, Origin
from bot.desk.staff import StaffReply
from bot.desk.unhelped import Unhelped, Why, unhelped
from bot.desk.wanted import ClerkAnswer, Settled, Wanted, wanted
from bot.knowledge.entry import Language
from bot.storage.shared import open_shared
from tests.desk.desk import ADA, BEN, Desk, alike, opened_desk

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def citizen(number: int) -> Origin:
    return Origin("telegram", str(2000 + number), Language.DE)


def by_last_word(questions: Sequence[str]) -> list[list[int]]:
    """As the desk of the tests does: who ends with the same word asks the same."""
    groups: list[list[int]] = []
    for number, text in enumerate(questions):
        fitting = next((one for one in groups if text.split() and alike(text, [questions[one[0]]])[0]), None)
        if fitting is None:
            groups.append([number])
        else:
            fitting.append(number)
    return groups


async def look(folder: Path) -> tuple[list[Unhelped], Sequence[ClerkAnswer]]:
    async with open_shared(f"sqlite+aiosqlite:///{folder / 'desk.sqlite'}", lambda: NOW) as store:
        async with store.looking() as overview:
            return unhelped(await overview.heard_of_all()), await overview.clerk_answers()


async def groups(folder: Path, *settled: Settled) -> list[Wanted]:
    questions, answers = await look(folder)
    return wanted(questions, by_last_word, answers, settled)


async def whys(folder: Path) -> list[tuple[str, Why]]:
    return [(one.heard.text, one.why) for one in (await look(folder))[0]]


async def tap(desk: Desk, number: int) -> None:
    """Ada taps this suggestion of the newest offer."""
    offer = next(one for one in reversed(await desk.sent()) if "buttons" in one.payload)
    data = offer.payload["buttons"][number - 1][0]["data"]
    await desk.hear(CitizenTap(ADA, f"tap-{number}", data))


async def test_what_was_forwarded_is_wanted_and_what_was_answered_is_not(tmp_path: Path) -> None:
    async with opened_desk(tmp_path) as desk:
        await desk.say("unknown: Kamele?")
        await desk.say("answer: Livestream?", BEN)
        await desk.say("hello", BEN)

        assert await whys(tmp_path) == [("unknown: Kamele?", Why.UNKNOWN)]


async def test_suggestions_of_which_none_fitted_are_wanted_once(tmp_path: Path) -> None:
    async with opened_desk(tmp_path) as desk:
        await desk.say("suggest: Ort?")
        await tap(desk, 4)

        assert await whys(tmp_path) == [("suggest: Ort?", Why.NONE_FITTED)]


async def test_an_answer_after_which_the_citizen_asked_on_or_asked_anew_did_not_help(tmp_path: Path) -> None:
    async with opened_desk(tmp_path) as desk:
        await desk.say("answer: Stream?", external_id="77")
        desk.time += MINUTE
        await desk.say("answer: Livestream?", external_id="77", edited=True)
        desk.time += MINUTE
        await desk.say("unknown: Kamele?")
        desk.time += 20 * MINUTE
        await desk.say("answer: Paket?")
        desk.time += 20 * MINUTE
        await desk.say("unknown: Pinguine?")

        assert await whys(tmp_path) == [
            ("answer: Stream?", Why.CORRECTED),
            ("answer: Livestream?", Why.ASKED_ON),
            ("unknown: Kamele?", Why.UNKNOWN),
            ("unknown: Pinguine?", Why.UNKNOWN),
        ]


async def test_what_was_said_within_a_ticket_and_what_is_spam_is_not_wanted(tmp_path: Path) -> None:
    async with opened_desk(tmp_path) as desk:
        code = await desk.ticket_of("unknown: Kamele?")
        await desk.mail(StaffReply(code, "#rückfrage Welche Kamele?", "anna@kl.digital", "m1"))
        await desk.say("unknown: die großen")
        spam = await desk.ticket_of("unknown: Pillen?", BEN)
        await desk.mail(StaffReply(spam, "#spam", "anna@kl.digital", "m2"))

        assert await whys(tmp_path) == [("unknown: Kamele?", Why.UNKNOWN)]


async def test_groups_of_most_citizens_come_first_masked_and_with_what_staff_answered(tmp_path: Path) -> None:
    async with opened_desk(tmp_path) as desk:
        for _ in range(3):
            await desk.say("unknown: Pinguine?")
        await desk.say("unknown: Ich heiße Ada Lovelace und suche Kamele?")
        desk.time += MINUTE
        code = await desk.ticket_of("unknown: wo sind die Kamele?", BEN)
        await desk.mail(StaffReply(code, "#wissen Hallo Frau Müller, im Zoo.", "anna@kl.digital", "m1"))

        camels, penguins = await groups(tmp_path)

    assert (camels.chats, camels.asked, penguins.chats, penguins.asked) == (2, 2, 1, 1)
    assert camels.texts == ("unknown: Ich heiße [Name] und suche Kamele?", "unknown: wo sind die Kamele?")
    assert camels.last - camels.first == MINUTE
    assert [(one.text, one.ticket, one.taught) for one in camels.answers] == [("Hallo Frau [Name], im Zoo.", code, 1)]
    assert len(camels.tickets) == 2


async def test_an_answer_that_was_taken_back_is_not_offered(tmp_path: Path) -> None:
    async with opened_desk(tmp_path) as desk:
        code = await desk.ticket_of("unknown: Kamele?")
        await desk.mail(StaffReply(code, "#wissen Im Zoo.", "anna@kl.digital", "m1"))
        await desk.sent()
        await desk.mail(StaffReply(code, "#zurück", "anna@kl.digital", "m2"))

        found = await look(tmp_path)
        async with open_shared(f"sqlite+aiosqlite:///{tmp_path / 'desk.sqlite'}", lambda: NOW) as store:
            async with store.looking() as overview:
                retracted = await overview.retracted_proposals()

    assert list(found[1]) == []
    assert retracted == {1}


async def test_what_an_editor_settled_comes_back_only_when_more_people_ask_again(tmp_path: Path) -> None:
    async with opened_desk(tmp_path) as desk:
        await desk.say("unknown: Kamele?")
        settled = Settled(("unknown: Kamele?",), desk.time, again=3)
        before = await groups(tmp_path, settled)
        desk.time += MINUTE
        for number in (1, 1, 1, 2):
            await desk.say("unknown: noch mehr Kamele?", citizen(number))
        between = await groups(tmp_path, settled)
        await desk.say("unknown: viele Kamele?", citizen(3))

        assert (before, between) == ([], [])
        assert [(one.chats, one.asked) for one in await groups(tmp_path, settled)] == [(3, 3)]
