"""The queue's Sent folder: lost answers are found there once, and mail that went elsewhere is told to staff."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.desk.sent import SentFolder, SentMail
from bot.desk.staff import Bounce, Dropped, DroppedMail, Held, HeldMail, IncomingMail, StaffReply
from tests.desk.desk import QUEUE, Desk, opened_desk

BOT = "bot@kl.digital"
WORDS = b"Zw\xc3\xb6lf Meter."


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened_desk(tmp_path) as opened:
        yield opened


def an_answer(ticket: str, external_id: str = "<1@kl.digital>", text: str = "Zwölf Meter.") -> StaffReply:
    return StaffReply(ticket, text, QUEUE, external_id)


def held(why: Held, ticket: str | None, external_id: str = "<1@kl.digital>") -> HeldMail:
    return HeldMail(why, "Darum.", QUEUE, "AW: Frage", external_id, ticket)


async def found(desk: Desk, mail: IncomingMail, *, to_bot: bool = True) -> str:
    """A mail is read in the Sent folder, its time of grace over."""
    async with desk.store.begin() as tx:
        return await SentFolder(desk.relay, BOT).handle(tx, SentMail(mail, to_bot, WORDS))


async def arrives(desk: Desk, external_id: str = "<1@kl.digital>") -> bool:
    """The copy to the bot reaches its mailbox; whether it is new there."""
    return await desk.store.receive("mail", [(external_id, WORDS)]) == 1


async def test_an_answer_that_never_reached_the_bot_is_found_and_its_copy_says_nothing_new(desk: Desk) -> None:
    ticket = await desk.ticket_of("Wie lang ist das Schwimmbecken?")

    outcome = await found(desk, an_answer(ticket))
    heard = await desk.heard()
    late = await arrives(desk)

    assert outcome == "sent:reply"
    assert ["Zwölf Meter." in text for text in heard] == [True]
    assert (late, await desk.store.waiting(10)) == (False, [])


async def test_an_answer_that_reached_the_bot_too_is_left_to_its_copy(desk: Desk) -> None:
    ticket = await desk.ticket_of("Wie lang ist das Schwimmbecken?")
    await arrives(desk)

    outcome = await found(desk, an_answer(ticket))
    unheard = await desk.heard()
    await desk.mail(an_answer(ticket))

    assert (outcome, unheard) == ("sent:arrived", [])
    assert len(await desk.heard()) == 1


async def test_a_crash_between_taking_an_answer_and_committing_it_changes_nothing(desk: Desk) -> None:
    ticket = await desk.ticket_of("Wie lang ist das Schwimmbecken?")
    with pytest.raises(ZeroDivisionError):
        async with desk.store.begin() as tx:
            await SentFolder(desk.relay, BOT).handle(tx, SentMail(an_answer(ticket), True, WORDS))
            raise ZeroDivisionError

    assert await desk.heard() == []
    assert await found(desk, an_answer(ticket)) == "sent:reply"
    assert await found(desk, an_answer(ticket)) == "sent:arrived"
    assert len(await desk.heard()) == 1


async def test_a_mail_about_a_ticket_that_went_elsewhere_is_told_in_its_thread_and_not_in_the_chat(desk: Desk) -> None:
    ticket = await desk.ticket_of("Wie lang ist das Schwimmbecken?")

    outcome = await found(desk, an_answer(ticket), to_bot=False)

    [mail] = await desk.sent("mail")
    assert (outcome, await desk.heard()) == ("sent:elsewhere", [])
    assert (mail.payload["ticket"], mail.payload["to"]) == (ticket, QUEUE)
    assert f"Ihre Mail zum Vorgang {ticket} ging nicht an {BOT}" in mail.payload["text"]
    assert "antworten Sie bitte auf diese E-Mail." in mail.payload["text"]


async def test_forwarding_without_a_word_is_told_too(desk: Desk) -> None:
    ticket = await desk.ticket_of("Wie lang ist das Schwimmbecken?")

    assert await found(desk, held(Held.NOTHING_LEFT, ticket), to_bot=False) == "sent:elsewhere"
    assert len(await desk.sent("mail")) == 1


@pytest.mark.parametrize(
    ("mail", "outcome"),
    [
        (held(Held.NO_KEY, None), "sent:about-no-ticket"),
        (held(Held.UNREADABLE, None), "sent:about-no-ticket"),
        (DroppedMail(Dropped.AUTO_REPLY, "<1@kl.digital>"), "sent:no-person-wrote-it"),
        (DroppedMail(Dropped.OWN_MAIL, "<1@kl.digital>"), "sent:no-person-wrote-it"),
        (Bounce(True, "Unzustellbar.", "<1@kl.digital>", "KL-222222"), "sent:no-person-wrote-it"),
    ],
)
@pytest.mark.parametrize("to_bot", [True, False])
async def test_whatever_is_about_no_ticket_or_by_no_person_is_nobodys_business(
    desk: Desk, mail: IncomingMail, outcome: str, to_bot: bool
) -> None:
    assert await found(desk, mail, to_bot=to_bot) == outcome
    assert (await desk.sent("mail"), await desk.heard()) == ([], [])
    assert await arrives(desk)


async def test_keys_that_disagree_are_told_nowhere_if_the_mail_went_elsewhere(desk: Desk) -> None:
    assert await found(desk, held(Held.KEYS_DISAGREE, None), to_bot=False) == "sent:about-no-ticket"
    assert await found(desk, an_answer("KL-222222"), to_bot=False) == "sent:about-no-ticket"
    assert await desk.sent("mail") == []


async def test_an_answer_whose_copy_nobody_would_recognise_is_not_taken(desk: Desk) -> None:
    ticket = await desk.ticket_of("Wie lang ist das Schwimmbecken?")

    assert await found(desk, an_answer(ticket, "sha256:ab12")) == "sent:without-message-id"
    assert await desk.heard() == []


async def test_a_lost_mail_that_cannot_be_trusted_is_held_once_and_can_be_released(desk: Desk) -> None:
    ticket = await desk.ticket_of("Wie lang ist das Schwimmbecken?")

    outcome = await found(desk, held(Held.KEYS_DISAGREE, None))
    late = await arrives(desk)
    [notice] = await desk.sent("mail")
    code = notice.payload["ticket"]
    released = await desk.mail(StaffReply(code, f"#senden {ticket}", QUEUE, "<2@kl.digital>"))

    assert (outcome, late, released) == ("sent:held:keys-disagree", False, "hold:released")
    assert ["Zwölf Meter." in text for text in await desk.heard()] == [True]


async def test_a_lost_answer_that_handling_fails_with_is_held(desk: Desk) -> None:
    ticket = await desk.ticket_of("Wie lang ist das Schwimmbecken?")
    folder, sent = SentFolder(desk.relay, BOT), SentMail(an_answer(ticket), True, WORDS)
    async with desk.store.begin() as tx:
        first = await folder.rescue(tx, sent)
        second = await folder.rescue(tx, sent)
        third = await folder.rescue(tx, replace(sent, to_bot=False))

    assert (first, second, third) == ("rescued:held", "rescued:nothing", "rescued:nothing")
    assert len(await desk.sent("mail")) == 1
