"""Files of a clerk's mail go with the words, in one delivery, and staff see what went along."""

from dataclasses import replace

import pytest

from bot.desk.outbox import Delivery
from bot.desk.staff import Attachment, Cut, CutKind, StaffReply
from bot.desk.ticket import Author
from tests.desk.desk import Desk

PDF = Attachment("Plan.pdf", "application/pdf", b"%PDF-1.7")
PNG = Attachment("Karte.png", "image/png", b"\x89PNG\r\n\x1a\n")


def a_reply(code: str, text: str, *files: Attachment) -> StaffReply:
    return StaffReply(code, text, "anna@kl.digital", "<1@x>", files)


async def files_of(desk: Desk, delivery: Delivery) -> list[Attachment | None]:
    return [await desk.store.file(file) for file in delivery.payload.get("files", ())]


async def history(desk: Desk, code: str) -> list[tuple[Author, str]]:
    async with desk.store.begin() as tx:
        ticket = await tx.ticket(code)
        assert ticket is not None
        return [(message.author, message.text) for message in await tx.messages(ticket)]


async def test_text_and_files_are_one_delivery(desk: Desk) -> None:
    code = await desk.ticket_of("Wo stehen die Container?")

    outcome = await desk.mail(a_reply(code, "Siehe Anhang.", PDF, PNG))

    [delivery] = await desk.sent()
    assert outcome == "reply"
    assert "Siehe Anhang." in delivery.payload["text"]
    assert await files_of(desk, delivery) == [PDF, PNG]
    assert (Author.STAFF, "Siehe Anhang.\n\nMitgeschickt: Plan.pdf, Karte.png") in await history(desk, code)


@pytest.mark.parametrize(("question", "words"), [("Wo?", "von einem Menschen"), ("englishunknown: where?", "a person")])
async def test_a_mail_of_nothing_but_files_says_so(desk: Desk, question: str, words: str) -> None:
    code = await desk.ticket_of(question)

    outcome = await desk.mail(a_reply(code, "", PDF))

    [delivery] = await desk.sent()
    assert outcome == "reply"
    assert words in delivery.payload["text"]
    assert delivery.payload["text"].endswith("Plan.pdf")
    assert code in delivery.payload["text"]
    assert (Author.STAFF, "Mitgeschickt: Plan.pdf") in await history(desk, code)


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("#1", 1),
        ("#rückfrage Ist es dieses Haus?", 1),
        ("#wissen Im Hof.", 1),
        ("#intern Nur für uns.", 0),
        ("#foo", 0),
    ],
)
async def test_files_go_along_wherever_words_do(desk: Desk, text: str, sent: int) -> None:
    code = await desk.ticket_of("Wo stehen die Container?")

    await desk.mail(a_reply(code, text, PDF))

    deliveries = await desk.sent()
    assert len(deliveries) == sent
    assert [await files_of(desk, delivery) for delivery in deliveries] == [[PDF]] * sent


async def test_what_an_editor_is_proposed_names_no_files(desk: Desk) -> None:
    code = await desk.ticket_of("Wo stehen die Container?")

    await desk.mail(a_reply(code, "#wissen Im Hof.", PDF))

    [delivery] = await desk.sent()
    assert "Mitgeschickt" not in delivery.payload["text"]
    assert delivery.payload["staff_words"] == "Im Hof.\n\nMitgeschickt: Plan.pdf"


async def test_staff_learn_which_files_did_not_arrive(desk: Desk) -> None:
    code = await desk.ticket_of("Wo stehen die Container?")
    await desk.mail(a_reply(code, "Siehe Anhang.", PDF))
    [delivery] = await desk.sent()

    async with desk.store.begin() as tx:
        await desk.relay.undeliverable(tx, delivery, "blocked")

    [letter] = await desk.sent("mail")
    assert "Plan.pdf" in letter.payload["text"]


async def test_staff_learn_which_files_arrived_and_which_could_not_go(desk: Desk) -> None:
    code = await desk.ticket_of("Wo stehen die Container?")
    cut = Cut(CutKind.ATTACHMENT, "Liste.docx (nur PDF, JPEG, PNG, GIF und WebP gehen mit)")
    await desk.mail(replace(a_reply(code, "Siehe Anhang.", PDF, PNG), cut=(cut,)))
    [delivery] = await desk.sent()

    async with desk.store.begin() as tx:
        await desk.relay.delivered(tx, delivery)

    letters = " ".join(letter.payload["text"] for letter in await desk.sent("mail"))
    assert all(name in letters for name in ("Plan.pdf", "Karte.png", "Liste.docx"))
