"""First contact: one message says what the bot is and can do, with questions to try."""

from dataclasses import replace

import pytest

from bot.desk.beginning import examples
from bot.desk.citizen import CitizenCommand, CitizenTap
from bot.desk.conversation import COMMANDS
from bot.desk.introduction import introductions
from bot.desk.offers import WITHDRAWAL
from bot.knowledge.entry import Status
from bot.knowledge.loader import load, shipped
from tests.desk.base import ENTRIES, knowledge_base
from tests.desk.desk import ADA, Desk

KNOWN = {"start", "status", *COMMANDS, *WITHDRAWAL}


async def test_start_says_in_one_message_what_the_bot_is_and_shows_numbered_examples(desk: Desk) -> None:
    await desk.hear(CitizenCommand(ADA, "9", "start"))

    [greeting] = await desk.sent()
    text = greeting.payload["text"]
    assert "ein Programm und kein Mensch" in text
    assert "nichts länger als nötig" in text
    assert "1. Werden Ratssitzungen übertragen?" in text
    assert [row[0]["text"] for row in greeting.payload["buttons"]] == ["1. Werden Ratssitzungen übertragen?"]


async def test_tapping_an_example_asks_that_question(desk: Desk) -> None:
    await desk.hear(CitizenCommand(ADA, "9", "start"))
    [greeting] = await desk.sent()

    outcome = await desk.hear(CitizenTap(ADA, "t1", greeting.payload["buttons"][0][0]["data"]))

    assert outcome == "choice:tapped"
    [answer] = [one for one in await desk.heard() if one]
    assert answer.startswith("Nein, der Rat war dagegen.")
    assert (await desk.store.decisions(1))[0]["text"] == "Werden Ratssitzungen übertragen?"


@pytest.mark.parametrize("words", ["1", "eins", "Werden Ratssitzungen übertragen?"])
async def test_an_example_can_be_typed(desk: Desk, words: str) -> None:
    await desk.hear(CitizenCommand(ADA, "9", "start"))
    await desk.sent()

    assert await desk.say(words) == "choice:typed"
    assert (await desk.heard())[0].startswith("Nein, der Rat war dagegen.")


async def test_after_an_example_a_number_says_whether_it_helped(desk: Desk) -> None:
    await desk.hear(CitizenCommand(ADA, "9", "start"))
    await desk.say("1")

    assert await desk.say("1") == "feedback:yes"


async def test_the_greeting_itself_is_never_forwarded(desk: Desk) -> None:
    await desk.hear(CitizenCommand(ADA, "9", "start"))
    [greeting] = await desk.sent()
    forged = greeting.payload["buttons"][0][0]["data"][:-1] + "0"

    assert await desk.hear(CitizenTap(ADA, "t1", forged)) == "tap:gone"
    await desk.say("noise: keine davon")
    await desk.say("keine davon")
    assert "/start" not in str([mail.payload for mail in await desk.sent("mail")])


def test_entries_that_are_marked_are_the_examples() -> None:
    base = knowledge_base()
    topics = (replace(base.topics[0], entries=(ENTRIES[0], replace(ENTRIES[1], example=True), ENTRIES[2])),)

    assert examples(replace(base, topics=topics)) == ("paket",)


def test_a_withdrawn_entry_is_no_example() -> None:
    base = knowledge_base()
    gone = replace(ENTRIES[0], example=True, status=Status.WITHDRAWN)

    assert examples(replace(base, topics=(replace(base.topics[0], entries=(gone, *ENTRIES[1:])),))) == ("paket",)


def test_three_examples_ship() -> None:
    assert len(examples(load(shipped()))) == 3


def test_what_the_bot_says_of_itself_fits_telegram_and_names_only_commands_there_are() -> None:
    for one in introductions(load(shipped())):
        assert len(one.description) <= 512
        assert len(one.short) <= 120
        assert set(one.commands) <= KNOWN
        assert all(1 <= len(what) <= 256 for what in one.commands.values())


@pytest.mark.parametrize(("link", "is_gone"), [("", False), ("inline", False), ("gibtsnicht", True)])
async def test_who_follows_a_dead_link_is_told_so_before_the_welcome(desk: Desk, link: str, is_gone: bool) -> None:
    await desk.hear(CitizenCommand(ADA, "9", "start", link))

    [greeting] = await desk.heard()
    assert greeting.startswith("Was hier stand, gibt es nicht mehr") == is_gone
    assert "ein Programm und kein Mensch" in greeting
