"""One ticket, several people of staff: claims, second answers that are held, one answer to many."""

from datetime import timedelta

import pytest

from bot.desk.staff import Attachment, Cut, CutKind, Held, HeldMail, StaffReply
from tests.desk.desk import BEN, QUEUE, Desk
from tests.desk.test_orders import clerk, history, state

ANNA, BERT = "anna@kl.digital", "bert@kl.digital"


async def mails(desk: Desk) -> list[str]:
    """The texts of what went to staff since the last look."""
    return [mail.payload["text"] for mail in await desk.sent("mail")]


async def claimed_by(desk: Desk, code: str) -> str | None:
    async with desk.store.begin() as tx:
        ticket = await tx.ticket(code)
    assert ticket is not None
    return ticket.claimed_by


# -- claims ---------------------------------------------------------------------------------------


async def test_a_ticket_is_claimed_by_one_person_and_the_queue_is_told_who(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")

    first = await clerk(desk, code, "#übernehmen", "<1@x>", ANNA)
    told = await mails(desk)
    second = await clerk(desk, code, "#uebernehmen", "<2@x>", BERT)

    assert (first, second) == ("command:claim", "command:refused")
    assert "anna@kl.digital kümmert sich" in told[0]
    assert "kümmert sich schon anna@kl.digital" in (await mails(desk))[0]
    assert (await state(desk, code), await claimed_by(desk, code)) == ("claimed", ANNA)


async def test_a_claim_that_is_given_back_is_free_for_others(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await clerk(desk, code, "#übernehmen", "<1@x>", ANNA)

    assert await clerk(desk, code, "#freigeben", "<2@x>", BERT) == "command:unclaim"
    assert await clerk(desk, code, "#freigeben", "<3@x>", BERT) == "command:refused"
    assert await clerk(desk, code, "#übernehmen", "<4@x>", BERT) == "command:claim"
    assert await claimed_by(desk, code) == BERT


async def test_a_claim_lasts_while_the_citizen_is_asked_and_ends_with_the_answer(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await clerk(desk, code, "#übernehmen", "<1@x>", ANNA)
    await clerk(desk, code, "#rückfrage Welcher See?", "<2@x>", ANNA)
    await desk.say("Der Gelterswoog")

    assert (await state(desk, code), await claimed_by(desk, code)) == ("claimed", ANNA)

    await clerk(desk, code, "Zwölf Meter.", "<3@x>", ANNA)

    assert (await state(desk, code), await claimed_by(desk, code)) == ("answered", None)


async def test_nothing_that_is_answered_can_be_claimed(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await clerk(desk, code, "Zwölf Meter.")

    assert await clerk(desk, code, "#übernehmen", "<2@x>") == "command:refused"
    assert await state(desk, code) == "answered"


# -- second answers -------------------------------------------------------------------------------


async def answered(desk: Desk) -> str:
    code = await desk.ticket_of("Wie tief ist der See?")
    await clerk(desk, code, "Zwölf Meter.", "<1@x>", ANNA)
    await desk.sent()
    await desk.sent("mail")
    return code


async def receive(desk: Desk, external_id: str, text: str) -> None:
    """The mail itself is in the inbox, as it is when the bot runs."""
    await desk.store.receive("mail", [(external_id, text.encode())])


async def test_a_second_answer_is_held_and_its_author_asked(desk: Desk) -> None:
    code = await answered(desk)

    outcome = await clerk(desk, code, "Neun Meter.", "<2@x>", BERT)

    [asked] = await desk.sent("mail")
    assert outcome == "held:answered-meanwhile"
    assert await desk.heard() == []
    assert asked.payload["to"] == BERT
    assert "inzwischen schon beantwortet" in asked.payload["text"]
    assert "Zwölf Meter." in asked.payload["text"]
    assert "#senden" in asked.payload["text"]
    assert asked.payload["ticket"] not in (None, code)


async def test_its_author_may_send_it_all_the_same(desk: Desk) -> None:
    code = await answered(desk)
    await receive(desk, "<2@x>", "Neun Meter.")
    await clerk(desk, code, "Neun Meter.", "<2@x>", BERT)
    [asked] = await desk.sent("mail")

    outcome = await clerk(desk, asked.payload["ticket"], "#senden", "<3@x>", BERT)
    again = await clerk(desk, asked.payload["ticket"], "#senden", "<4@x>", BERT)

    assert (outcome, again) == ("hold:released", "hold:refused")
    [text] = await desk.heard()
    assert "Neun Meter." in text
    assert "schon gesendet" in (await mails(desk))[-1]
    assert [text for _, text in await history(desk, code)][1:] == ["Zwölf Meter.", "Neun Meter."]


async def test_or_drop_it(desk: Desk) -> None:
    code = await answered(desk)
    await receive(desk, "<2@x>", "Neun Meter.")
    await clerk(desk, code, "Neun Meter.", "<2@x>", BERT)
    [asked] = await desk.sent("mail")

    assert await clerk(desk, asked.payload["ticket"], "#verwerfen", "<3@x>", BERT) == "hold:dropped"
    assert await clerk(desk, asked.payload["ticket"], "#senden", "<4@x>", BERT) == "hold:refused"
    assert await desk.heard() == []


async def test_an_undecided_reply_keeps_it_held_and_says_how_to_decide(desk: Desk) -> None:
    code = await answered(desk)
    await clerk(desk, code, "Neun Meter.", "<2@x>", BERT)
    [asked] = await desk.sent("mail")

    assert await clerk(desk, asked.payload["ticket"], "Ja, bitte!", "<3@x>", BERT) == "hold:refused"
    assert "#verwerfen" in (await mails(desk))[0]
    assert await desk.heard() == []


@pytest.mark.parametrize("text", ["#1", "#wissen Neun Meter.", "#alle Neun Meter.", "Neun Meter."])
async def test_whatever_would_answer_a_second_time_is_held(desk: Desk, text: str) -> None:
    code = await answered(desk)

    assert await clerk(desk, code, text, "<2@x>", BERT) == "held:answered-meanwhile"
    assert await desk.heard() == []


@pytest.mark.parametrize(
    ("second", "held"),
    [
        (StaffReply("", "Nachtrag", ANNA, "<2@x>", seen=0), False),  # the same person adds something
        (StaffReply("", "Nachtrag", BERT, "<2@x>", seen=0), True),  # another one, who saw only the question
        (StaffReply("", "Nachtrag", BERT, "<2@x>"), True),  # another one, who perhaps saw only the question
        (StaffReply("", "Nachtrag", BERT, "<2@x>", seen=1), False),  # another one, who has read the receipt
    ],
)
async def test_who_knows_of_the_first_answer_may_add_to_it(desk: Desk, second: StaffReply, held: bool) -> None:
    code = await answered(desk)
    reply = StaffReply(code, second.text, second.sender, second.external_id, seen=second.seen)

    outcome = await desk.mail(reply)

    assert outcome == ("held:answered-meanwhile" if held else "reply")


async def test_from_the_shared_address_nobody_knows_who_it_was(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await desk.mail(StaffReply(code, "Zwölf Meter.", QUEUE, "<1@x>", seen=0))

    assert await desk.mail(StaffReply(code, "Neun Meter.", QUEUE, "<2@x>", seen=0)) == "held:answered-meanwhile"


async def test_after_the_citizen_asked_again_the_next_answer_is_the_first(desk: Desk) -> None:
    code = await answered(desk)
    await desk.say("noise")

    assert await clerk(desk, code, "Neun Meter.", "<2@x>", BERT) == "reply"


# -- quarantine -----------------------------------------------------------------------------------


async def test_a_strangers_mail_is_released_by_staff_who_name_the_ticket(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await receive(desk, "<2@x>", "Zwölf Meter.")
    await desk.mail(HeldMail(Held.NOT_STAFF, "Kein Teammitglied.", "x@evil.example", "Re: See", "<2@x>"))
    [told] = await desk.sent("mail")

    unnamed = await clerk(desk, told.payload["ticket"], "#senden", "<3@x>")
    unknown = await clerk(desk, told.payload["ticket"], "#senden KL-222222", "<4@x>")
    released = await clerk(desk, told.payload["ticket"], f"#senden {code.lower()}", "<5@x>")

    assert told.payload["to"] == QUEUE
    assert "#senden KL-…" in told.payload["text"]
    assert (unnamed, unknown, released) == ("hold:refused", "hold:refused", "hold:released")
    refusals = await mails(desk)
    assert "Nummer des Vorgangs" in refusals[0]
    assert "KL-222222" in refusals[1]
    [text] = await desk.heard()
    assert "Zwölf Meter." in text


async def test_what_is_gone_or_hopeless_is_said_so(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await desk.mail(HeldMail(Held.NOTHING_LEFT, "Kein Text.", ANNA, "Re: See", "<2@x>", code))
    [told] = await desk.sent("mail")

    assert "#senden" not in told.payload["text"]
    assert await clerk(desk, told.payload["ticket"], "#senden", "<3@x>") == "hold:refused"
    assert "gibt es nicht mehr" in (await mails(desk))[0]


async def test_the_commands_for_what_is_held_do_nothing_in_an_ordinary_thread(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")

    assert await clerk(desk, code, "#senden") == "command:refused"
    assert "nichts zurückgehalten" in (await mails(desk))[0]


# -- one answer to many ---------------------------------------------------------------------------


async def test_one_answer_goes_to_everybody_of_whom_staff_were_told_that_they_ask_the_same(desk: Desk) -> None:
    first = await desk.ticket_of("Warum stinkt es am Markt?")
    await desk.say("Was stinkt denn so am Markt?", BEN)
    [told] = await desk.sent("mail")
    await desk.sent()
    second = told.payload["ticket"]

    outcome = await clerk(desk, second, "#alle\nEin Kanal ist verstopft.")

    assert "Warum stinkt es am Markt?" in told.payload["text"]
    assert first in told.payload["text"]
    assert outcome == "command:all"
    to_ada, to_ben = sorted(await desk.sent(), key=lambda one: str(one.address))
    assert (to_ada.address, to_ben.address) == ("1001", "1002")
    assert first in to_ada.payload["text"]
    assert second in to_ben.payload["text"]
    assert "Ein Kanal ist verstopft." in to_ada.payload["text"]
    assert (await state(desk, first), await state(desk, second)) == ("answered", "answered")


async def test_who_was_answered_meanwhile_is_left_out(desk: Desk) -> None:
    first = await desk.ticket_of("Warum stinkt es am Markt?")
    second = await desk.ticket_of("Was stinkt denn so am Markt?", BEN)
    await clerk(desk, first, "Wir sehen nach.", "<1@x>", BERT)
    await desk.sent()

    await clerk(desk, second, "#alle Ein Kanal ist verstopft.", "<2@x>")

    assert [one.address for one in await desk.sent()] == ["1002"]


async def test_each_of_them_can_be_taken_back(desk: Desk) -> None:
    first = await desk.ticket_of("Warum stinkt es am Markt?")
    second = await desk.ticket_of("Was stinkt denn so am Markt?", BEN)
    await clerk(desk, second, "#alle Ein Kanal ist verstopft.", "<2@x>")
    await desk.sent()

    assert await clerk(desk, first, "#zurück", "<3@x>") == "command:retract"
    [retracted] = await desk.sent()
    assert (retracted.address, retracted.payload["kind"]) == ("1001", "retract")
    assert await state(desk, second) == "answered"


# -- what the citizen saw -------------------------------------------------------------------------


async def deliver(desk: Desk, telegram_time: timedelta = timedelta(seconds=2)) -> None:
    """Everything for citizens arrives, and whoever waits for it is told."""
    desk.time += telegram_time
    for delivery in await desk.store.claim("telegram", 50, timedelta(minutes=1)):
        await desk.store.note_part(delivery, 0, str(500 + delivery.id))
        async with desk.store.begin() as tx:
            await tx.finished(delivery.id)
            if "receipt" in delivery.payload:
                await desk.relay.delivered(tx, delivery)


async def test_the_clerk_reads_what_the_citizen_saw_and_what_was_left_out(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    cut = (Cut(CutKind.QUOTE, "> Frage aus dem Chat"), Cut(CutKind.SIGNATURE, "Anna Müller\nStadt"))
    await desk.mail(StaffReply(code, "Zwölf Meter.", ANNA, "<1@x>", cut=cut))

    await deliver(desk)

    [receipt] = await desk.sent("mail")
    text = receipt.payload["text"]
    assert receipt.payload["ticket"] == code
    assert receipt.payload["to"] == QUEUE
    assert "Zugestellt 24.11.2026, 10:00 Uhr, geschrieben von anna@kl.digital" in text
    assert "Zwölf Meter." in text
    assert "Anna Müller" in text
    assert "bis 24.11.2026, 10:09 Uhr mit #zurück" in text


async def test_a_colleague_gets_the_receipt_where_the_question_came(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await clerk(desk, code, "#weiter bauhof@kl.digital", "<1@x>")
    await desk.sent("mail")
    await clerk(desk, code, "Zwölf Meter.", "<2@x>", "bauhof@kl.digital")

    await deliver(desk)

    assert [mail.payload["to"] for mail in await desk.sent("mail")] == ["bauhof@kl.digital"]


@pytest.mark.parametrize(
    ("cut", "letters"),
    [
        ((), [0, 0]),
        ((Cut(CutKind.QUOTE, "> alt"),), [0, 0]),
        ((Cut(CutKind.SIGNATURE, "Anna"),), [1, 0]),  # a signature is news once
        ((Cut(CutKind.ATTACHMENT, "brief.docx"),), [1, 1]),
    ],
)
async def test_receipts_can_be_kept_to_what_was_left_out(quiet: Desk, cut: tuple[Cut, ...], letters: list[int]) -> None:
    code = await quiet.ticket_of("Wie tief ist der See?")

    found = []
    for number in (1, 2):
        await quiet.mail(StaffReply(code, f"Antwort {number}", ANNA, f"<{number}@x>", cut=cut))
        await deliver(quiet)
        found.append(len(await quiet.sent("mail")))

    assert found == letters


async def test_an_answer_is_taken_back_within_ten_minutes(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await clerk(desk, code, "Zwölf Meter.", "<1@x>")
    await deliver(desk)
    await desk.sent("mail")
    desk.time += timedelta(minutes=9)

    assert await clerk(desk, code, "#zurueck", "<2@x>") == "command:retract"
    await deliver(desk)

    assert "ist zurückgeholt" in (await mails(desk))[0]
    assert await state(desk, code) == "open"
    assert ("retracted", "Zwölf Meter.") in await history(desk, code)
    assert await clerk(desk, code, "#zurück", "<3@x>") == "command:refused"


async def test_after_ten_minutes_it_stays_and_the_clerk_is_told_what_to_do(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await clerk(desk, code, "Zwölf Meter.", "<1@x>")
    await deliver(desk)
    await desk.sent("mail")
    desk.time += timedelta(minutes=10, seconds=1)

    assert await clerk(desk, code, "#zurück", "<2@x>") == "command:refused"
    assert "Berichtigung" in (await mails(desk))[0]
    assert await state(desk, code) == "answered"


async def test_what_has_not_left_yet_never_leaves(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await clerk(desk, code, "#wissen Zwölf Meter.", "<1@x>")

    await clerk(desk, code, "#zurück", "<2@x>")

    assert await desk.heard() == []
    assert "bevor sie im Chat stand" in (await mails(desk))[0]
    async with desk.store.begin() as tx:
        ticket = await tx.ticket(code)
        assert ticket is not None
        assert await tx.latest_relayed(ticket) is None


async def test_what_is_taken_back_is_no_second_answer_in_the_way(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await clerk(desk, code, "Zwölf Meter.", "<1@x>", ANNA)
    await deliver(desk)
    await clerk(desk, code, "#zurück", "<2@x>", ANNA)

    assert await clerk(desk, code, "Neun Meter.", "<3@x>", BERT) == "reply"


async def test_an_attachment_alone_is_an_answer(desk: Desk) -> None:
    code = await desk.ticket_of("Wo ist der Plan?")
    plan = Attachment("plan.pdf", "application/pdf", b"%PDF-1.4")

    assert await desk.mail(StaffReply(code, "", ANNA, "<1@x>", attachments=(plan,))) == "reply"
    assert await state(desk, code) == "answered"
