"""What an operator orders: done in the bot's own transactions, or refused and nothing is changed."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from bot.desk.operator import Done, Drop, Operator, Order, Release, Requeue, packed, read
from bot.desk.staff import Held, HeldMail, StaffReply
from bot.desk.ticket import Ticket, TicketState
from bot.errors import UnreadableMessage
from tests.desk.desk import BEN, Desk

ANNA = "anna@kl.digital"


async def order(desk: Desk, given: Order) -> str:
    """The order travels as it does through the inbox."""
    async with desk.store.begin() as tx:
        return await Operator(desk.relay).handle(tx, read(packed(given), "1"))


async def ticket(desk: Desk, code: str) -> Ticket:
    async with desk.store.begin() as tx:
        found = await tx.ticket(code)
    assert found is not None
    return found


async def reply(desk: Desk, code: str, text: str, number: int = 1) -> str:
    return await desk.mail(StaffReply(code, text, ANNA, f"<{number}@kl.digital>"))


async def bury(desk: Desk, channel: str = "telegram", reason: str = "chat_not_found") -> Sequence[Any]:
    """What is due on a channel is given up."""
    claimed = await desk.store.claim(channel, 50, timedelta(minutes=1))
    for delivery in claimed:
        async with desk.store.begin() as tx:
            await tx.bury(delivery.id, reason)
            await desk.relay.undeliverable(tx, delivery, reason)
    return claimed


async def hold_of(desk: Desk, text: str, **fields: Any) -> str:
    """The code of a mail that a stranger wrote and that is held back."""
    await desk.store.receive("mail", [("<9@example.org>", text.encode())])
    mail = HeldMail(Held.NOT_STAFF, "Unbekannt.", "neffe@example.org", "Re: Frage", "<9@example.org>", **fields)
    await desk.mail(mail)
    notice = (await desk.sent("mail"))[-1]
    return str(notice.payload["ticket"])


@pytest.mark.parametrize(
    "given", [Release("KL-7F3K9Q"), Release("KL-7F3K9Q", "KL-222222"), Requeue("inbox:12"), Drop("KL-7F3K9Q")]
)
def test_an_order_comes_out_of_the_inbox_as_it_went_in(given: Order) -> None:
    assert read(packed(given), "1") == given


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xff",
        b"[]",
        b'"release"',
        b"{}",
        b'{"order": "dance", "code": "KL-7F3K9Q"}',
        b'{"order": "release"}',
        b'{"order": "release", "code": 7}',
        b'{"order": "release", "code": "KL-7F3K9Q", "ticket": 7}',
        b'{"order": "release", "code": "inbox:7"}',
        b'{"order": "requeue", "code": "attic:7"}',
        b'{"order": "requeue", "code": "inbox:7", "force": true}',
    ],
)
def test_what_is_no_order_is_parked(payload: bytes) -> None:
    with pytest.raises(UnreadableMessage):
        read(payload, "1")


async def test_a_claim_is_taken_off_and_the_team_is_told(desk: Desk) -> None:
    code = await desk.ticket_of("unknown: Kamele?")
    await reply(desk, code, "#übernehmen")
    claimed = await ticket(desk, code)
    await desk.sent("mail")

    outcome = await order(desk, Release(code))

    free = await ticket(desk, code)
    assert (claimed.state, claimed.claimed_by) == (TicketState.CLAIMED, ANNA)
    assert (outcome, free.state, free.claimed_by) == (Done.UNCLAIMED, TicketState.OPEN, None)
    assert free.version > claimed.version
    [told] = await desk.sent("mail")
    assert ANNA in told.payload["text"]
    assert "Betrieb" in told.payload["text"]


async def test_a_ticket_that_waits_for_the_citizen_still_does_without_its_claim(desk: Desk) -> None:
    code = await desk.ticket_of("unknown: Kamele?")
    await reply(desk, code, "#übernehmen", 1)
    await reply(desk, code, "#rückfrage Welche?", 2)

    outcome = await order(desk, Release(code))

    waiting = await ticket(desk, code)
    assert (outcome, waiting.state, waiting.claimed_by) == (Done.UNCLAIMED, TicketState.WAITING, None)


async def test_a_ticket_that_nobody_claimed_is_left_as_it_is(desk: Desk) -> None:
    code = await desk.ticket_of("unknown: Kamele?")
    before = await ticket(desk, code)

    assert await order(desk, Release(code)) == Done.NOT_CLAIMED
    assert await ticket(desk, code) == before


@pytest.mark.parametrize("given", [Release("KL-222222"), Drop("KL-222222"), Requeue("KL-222222")])
async def test_an_unknown_code_is_said(desk: Desk, given: Order) -> None:
    assert await order(desk, given) == Done.UNKNOWN


async def test_an_answer_that_could_not_be_delivered_is_tried_again_and_the_ticket_counts_as_answered(
    desk: Desk,
) -> None:
    code = await desk.ticket_of("unknown: Kamele?")
    await reply(desk, code, "Zwei.")
    [dead] = await bury(desk)
    undeliverable = await ticket(desk, code)

    outcome = await order(desk, Requeue(code))

    [again] = await desk.sent()
    assert undeliverable.state is TicketState.UNDELIVERABLE
    assert (outcome, (await ticket(desk, code)).state) == (f"{Done.REQUEUED}:1", TicketState.ANSWERED)
    assert (again.id, again.attempts, again.payload) == (dead.id, 0, dead.payload)


async def test_a_question_back_that_is_tried_again_waits_for_the_citizen_again(desk: Desk) -> None:
    code = await desk.ticket_of("unknown: Kamele?")
    await reply(desk, code, "#rückfrage Welche?")
    [dead] = await bury(desk)

    outcome = await order(desk, Requeue(f"outbox:{dead.id}"))

    assert (outcome, (await ticket(desk, code)).state) == (f"{Done.REQUEUED}:1", TicketState.WAITING)


async def test_an_answer_that_cannot_be_delivered_a_second_time_is_reported_again(desk: Desk) -> None:
    code = await desk.ticket_of("unknown: Kamele?")
    await reply(desk, code, "Zwei.")
    await bury(desk)
    await order(desk, Requeue(code))
    await desk.sent("mail")

    await bury(desk)

    [told] = await desk.sent("mail")
    assert (await ticket(desk, code)).state is TicketState.UNDELIVERABLE
    assert "Zwei." in told.payload["text"]


async def test_a_mail_to_staff_that_was_given_up_goes_out_and_the_ticket_stays_open(desk: Desk) -> None:
    await desk.say("unknown: Kamele?")
    [dead] = await bury(desk, "mail")
    code = dead.payload["ticket"]

    outcome = await order(desk, Requeue(code))

    assert (outcome, (await ticket(desk, code)).state) == (f"{Done.REQUEUED}:1", TicketState.OPEN)
    assert [one.id for one in await desk.sent("mail")] == [dead.id]


async def test_only_the_dead_letters_of_this_ticket_are_tried_again(desk: Desk) -> None:
    await desk.say("unknown: Kamele?")
    await desk.say("unknown: Pinguine?", BEN)
    dead = await bury(desk, "mail")

    await order(desk, Requeue(dead[0].payload["ticket"]))

    assert [one.id for one in await desk.sent("mail")] == [dead[0].id]


async def test_what_was_delivered_is_not_sent_twice(desk: Desk) -> None:
    code = await desk.ticket_of("unknown: Kamele?")
    await reply(desk, code, "Zwei.")
    [sent] = await desk.sent()

    assert await order(desk, Requeue(code)) == Done.NOTHING_DEAD
    assert await order(desk, Requeue(f"outbox:{sent.id}")) == Done.NOTHING_DEAD
    assert await desk.sent() == []


async def test_a_received_row_that_was_given_up_is_handled_again(desk: Desk) -> None:
    await desk.store.receive("telegram", [("7", b"?")])
    [row] = await desk.store.waiting(1)
    await desk.store.failed(row.id, 4, "a bug", None)

    outcome = await order(desk, Requeue(f"inbox:{row.id}"))

    [again] = await desk.store.waiting(1)
    assert outcome == f"{Done.REQUEUED}:1"
    assert (again.id, again.attempts) == (row.id, 0)


async def test_a_received_row_that_is_done_is_not_handled_twice(desk: Desk) -> None:
    await desk.store.receive("telegram", [("7", b"?")])
    [row] = await desk.store.waiting(1)
    async with desk.store.begin() as tx:
        await tx.handled(row.id, "answer")

    assert await order(desk, Requeue(f"inbox:{row.id}")) == Done.NOTHING_DEAD
    assert await desk.store.waiting(1) == []


async def test_a_mail_that_was_held_back_goes_to_the_citizen_of_the_ticket_that_the_operator_names(desk: Desk) -> None:
    code = await desk.ticket_of("unknown: Kamele?")
    hold = await hold_of(desk, "Zwei Kamele.")

    unnamed = await order(desk, Release(hold))
    unknown = await order(desk, Release(hold, "KL-222222"))
    before = await desk.heard()
    named = await order(desk, Release(hold, code))
    again = await order(desk, Release(hold, code))

    assert (unnamed, unknown, named, again) == (Done.NO_TICKET, Done.UNKNOWN_TICKET, Done.RELEASED, Done.DECIDED)
    assert before == []
    [heard] = await desk.heard()
    assert "Zwei Kamele." in heard
    assert (await ticket(desk, code)).state is TicketState.ANSWERED


async def test_a_mail_whose_ticket_is_known_is_released_without_naming_it(desk: Desk) -> None:
    code = await desk.ticket_of("unknown: Kamele?")
    hold = await hold_of(desk, "Zwei Kamele.", ticket=code)

    assert await order(desk, Release(hold)) == Done.RELEASED
    assert "Zwei Kamele." in (await desk.heard())[0]


async def test_a_mail_that_is_dropped_reaches_nobody_even_if_it_is_released_later(desk: Desk) -> None:
    code = await desk.ticket_of("unknown: Kamele?")
    hold = await hold_of(desk, "Zwei Kamele.", ticket=code)

    outcomes = [await order(desk, given) for given in (Drop(hold), Drop(hold), Release(hold))]

    assert outcomes == [Done.DROPPED, Done.DECIDED, Done.DECIDED]
    assert await desk.heard() == []


async def test_a_ticket_cannot_be_dropped(desk: Desk) -> None:
    code = await desk.ticket_of("unknown: Kamele?")

    assert await order(desk, Drop(code)) == Done.UNKNOWN
    assert (await ticket(desk, code)).state is TicketState.OPEN


async def test_an_order_that_cannot_be_done_is_given_up_and_changes_nothing(desk: Desk) -> None:
    async with desk.store.begin() as tx:
        assert await Operator(desk.relay).rescue(tx, Release("KL-222222")) == Done.FAILED
