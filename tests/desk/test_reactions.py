"""The citizen's own message shows how far the question has come: each step once, and only as a sign beside words."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.desk.citizen import CitizenCommand
from bot.desk.outbox import Delivery
from bot.desk.reactions import Reactions
from bot.desk.staff import StaffReply
from tests.desk.desk import ADA, Desk


@pytest.fixture
def showing(desk: Desk) -> Desk:
    """A desk that shows signs."""
    signs = Reactions("telegram")
    handover = replace(desk.conversation.handover, reactions=signs)
    desk.conversation = replace(desk.conversation, handover=handover)
    desk.relay = replace(desk.relay, reactions=signs)
    return desk


async def steps(desk: Desk) -> list[tuple[str, str]]:
    """The signs that were sent since the last look: on which message, which step."""
    payloads = [one.payload for one in await desk.sent()]
    return [(one["on"], one["step"]) for one in payloads if one["kind"] == "reaction"]


async def arrive(desk: Desk, channel: str) -> list[Delivery]:
    """What waits arrives, and whoever has to know of it is told."""
    claimed = list(await desk.store.claim(channel, 50, timedelta(minutes=1)))
    for delivery in claimed:
        async with desk.store.begin() as tx:
            await tx.finished(delivery.id)
            if {"opens", "receipt"} & delivery.payload.keys():
                await desk.relay.delivered(tx, delivery)
    return claimed


async def test_a_question_is_received_then_with_the_team_then_answered(showing: Desk) -> None:
    await showing.say("Wie tief ist der See?", external_id="77")
    received = await steps(showing)
    [mail] = await arrive(showing, "mail")
    with_team = await steps(showing)
    await showing.mail(StaffReply(mail.payload["ticket"], "Zehn Meter.", "anna@kl.digital", "<1@x>"))
    [reply] = await arrive(showing, "telegram")
    answered = await steps(showing)

    assert "Zehn Meter." in reply.payload["text"]
    assert received + with_team + answered == [("77", "received"), ("77", "with-team"), ("77", "answered")]


async def test_a_question_back_is_no_answer(showing: Desk) -> None:
    await showing.say("Wie tief ist der See?")
    [mail] = await arrive(showing, "mail")
    await showing.mail(StaffReply(mail.payload["ticket"], "#rückfrage Welcher?", "anna@kl.digital", "<1@x>"))
    await arrive(showing, "telegram")

    assert "answered" not in [step for _, step in await steps(showing)]


async def test_a_question_that_was_taken_back_shows_nothing_any_more(showing: Desk) -> None:
    await showing.say("Wie tief ist der See?")
    await showing.sent()
    await showing.hear(CitizenCommand(ADA, "90", "zurueckziehen"))

    assert [step for _, step in await steps(showing)] == ["gone"]


async def test_what_is_answered_at_once_needs_no_sign(showing: Desk) -> None:
    await showing.say("answer: wann?")

    assert await steps(showing) == []


async def test_signs_can_be_switched_off(desk: Desk) -> None:
    handover = replace(desk.conversation.handover, reactions=Reactions("telegram", wanted=False))
    desk.conversation = replace(desk.conversation, handover=handover)

    await desk.say("Wie tief ist der See?")

    assert await steps(desk) == []
