"""Texts are forgotten in time: a month after the answer by default, what is open stays."""

from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.desk.board import Place
from bot.desk.cards import Cards
from bot.desk.privacy import ForgettingTransaction, Forgotten, Retention
from bot.desk.staff import Attachment, Held, HeldMail, StaffReply
from bot.errors import StorageError
from tests.desk.base import knowledge_base
from tests.desk.desk import Desk
from tests.desk.test_rights import document, erase, reply, stored

MONTH = timedelta(days=30)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def retention(desk: Desk) -> Retention:
    return Retention(desk.store, MONTH, clock=lambda: desk.time)


async def test_what_was_answered_is_forgotten_after_a_month_and_not_before(desk: Desk, tmp_path: Path) -> None:
    await desk.say("answer: Zwetschgen?")
    await desk.sent()
    desk.time += timedelta(days=29, hours=23)
    await retention(desk).step()
    before = await document(desk)
    desk.time += timedelta(hours=2)

    await retention(desk).step()

    assert "Zwetschgen" in before
    assert "Zwetschgen" not in await document(desk)
    assert b"Zwetschgen" not in stored(tmp_path)
    assert [one["outcome"] for one in await desk.store.decisions(5)] == ["answer", "smalltalk", "smalltalk"]


async def test_an_open_question_stays_until_a_month_after_it_is_answered(desk: Desk, tmp_path: Path) -> None:
    code = await desk.ticket_of("Wie tief ist der Zwetschgensee?")
    desk.time += 2 * MONTH
    await retention(desk).step()
    plan = Attachment("Plan.pdf", "application/pdf", b"%PDF-Zwetschge")
    assert "Zwetschgensee" in await document(desk)
    await desk.mail(reply(code, "Zehn Meter Zwetschge.", plan))
    await desk.sent()
    desk.time += MONTH + timedelta(seconds=1)

    await retention(desk).step()

    assert b"Zwetschge" not in stored(tmp_path)
    assert "Nichts." in await document(desk)
    async with desk.store.begin() as tx:
        ticket = await tx.ticket(code)
        assert ticket is not None
        assert (ticket.question, ticket.erased) == ("", False)


async def test_an_answer_after_all_reaches_the_citizen_though_the_question_is_forgotten(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await desk.mail(reply(code, "Zehn Meter."))
    await desk.sent()
    desk.time += MONTH + timedelta(seconds=1)
    await retention(desk).step()

    await desk.mail(reply(code, "Doch elf.", number=2))

    assert "Doch elf." in (await desk.heard())[0]


async def test_what_waits_for_a_persons_decision_is_not_forgotten(desk: Desk) -> None:
    await desk.store.receive("mail", [("<9@x>", b"Eine fremde Mail")])
    async with desk.store.begin() as tx:
        await desk.relay.handle(tx, HeldMail(Held.NOT_STAFF, "Fremd.", "x@evil.example", "Betreff", "<9@x>"))
    desk.time += 2 * MONTH

    await retention(desk).step()

    async with desk.store.begin() as tx:
        assert await tx.received("mail", "<9@x>") == b"Eine fremde Mail"


async def test_nothing_is_forgotten_twice(desk: Desk) -> None:
    await desk.say("answer: Stream?")
    await desk.sent()
    desk.time += MONTH + timedelta(seconds=1)

    async with desk.store.begin() as tx:
        first = await tx.forget(desk.time - MONTH)
    async with desk.store.begin() as tx:
        second = await tx.forget(desk.time - MONTH)

    assert first.exchanges == 3  # the question, and two beginnings
    assert second == Forgotten()


async def test_a_database_that_refuses_is_tried_again() -> None:
    class Broken:
        def begin(self) -> AbstractAsyncContextManager[ForgettingTransaction]:
            raise StorageError("locked")

    assert not await Retention(Broken(), MONTH, clock=lambda: NOON).step()


async def test_the_card_of_an_erased_ticket_says_so_and_nothing_else(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    cards = Cards(knowledge_base(), desk.letters.zone)
    async with desk.store.begin() as tx:
        stale = await tx.stale_card()
        assert stale is not None
        await tx.keep_place(stale.ticket, Place("spot"))
        await tx.keep_shown(stale.ticket, "digest", stale.heard)

    await erase(desk)

    async with desk.store.begin() as tx:
        stale = await tx.stale_card()
        assert stale is not None
        said, opening = await tx.messages(stale.ticket), await tx.opening_exchange(stale.ticket)
        card = cards.card(stale.ticket, said, opening, tx.now)
    assert card.text.startswith(f"{code} · gelöscht")
    assert "See" not in card.text
    assert (card.title, card.buttons, card.over) == (code, (), True)


async def test_a_follow_up_after_forgetting_starts_anew(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await desk.mail(StaffReply(code, "Zehn Meter.", "anna@kl.digital", "<1@x>"))
    [delivered] = await desk.sent()
    desk.time += MONTH + timedelta(seconds=1)
    await retention(desk).step()

    assert await desk.say("Und wie breit?", reply_to=str(500 + delivered.id)) == "forward"
