"""Citizens read who runs the bot, read all that is stored about them, and have all of it erased."""

import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.desk.citizen import CitizenCommand, CitizenFile, CitizenTap, CitizenText, Origin, SentFile
from bot.desk.intake import Door, Intake
from bot.desk.staff import Attachment, Held, HeldMail, StaffReply
from bot.desk.ticket import TicketState
from bot.knowledge.entry import Language
from bot.storage.store import open_store
from bot.storage.tables import metadata
from tests.desk.base import changed, knowledge_base
from tests.desk.desk import ADA, BEN, QUEUE, Desk, opened_desk

SECRET = "Zwetschgenkuchen"
EMMA = Origin("telegram", "1003", Language.EN)


def whose(payload: bytes) -> str | None:
    return str(json.loads(payload)["chat"])


@pytest.fixture
async def whole(tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk whose inbox knows whose a message is."""
    async with opened_desk(tmp_path, whose=whose) as opened:
        yield opened


async def command(desk: Desk, name: str, argument: str = "", origin: Origin = ADA) -> str:
    return await desk.hear(CitizenCommand(origin, f"{name}{desk.time.timestamp()}", name, argument))


async def document(desk: Desk, origin: Origin = ADA) -> str:
    """What /meinedaten says."""
    await desk.sent()
    await command(desk, "meinedaten", origin=origin)
    [delivery] = await desk.sent()
    return str(delivery.payload["document"]["text"])


async def erase(desk: Desk) -> list[Any]:
    """Ada erases everything; what is sent to her."""
    await desk.sent()
    await command(desk, "loeschen", "ja")
    return await desk.sent()


def reply(code: str, text: str, *files: Attachment, number: int = 1) -> StaffReply:
    return StaffReply(code, text, "anna@kl.digital", f"<{number}@x>", files)


def stored(folder: Path) -> bytes:
    """Everything that lies in the folder of the database."""
    return b"".join(file.read_bytes() for file in folder.iterdir())


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("privacy", "datenschutz"), ("/meinedaten", "/loeschen", "30 Tage", QUEUE, "[contact.phone]")),
        (("imprint", "impressum"), ("[contact.imprint]", QUEUE, "[contact.phone]")),
        (("contact", "kontakt"), ("[contact.visit]", "[contact.hours]", QUEUE, "[contact.phone]")),
        (("accessibility", "barrierefreiheit"), ("Barriere", QUEUE, "[contact.phone]")),
    ],
)
async def test_another_way_to_reach_people_is_always_named(
    desk: Desk, names: tuple[str, ...], words: tuple[str, ...]
) -> None:
    for name in names:
        assert await command(desk, name) == f"command:{name}"

        [text] = await desk.heard()
        assert all(word in text for word in words)


async def test_the_document_holds_what_was_asked_decided_and_answered(desk: Desk) -> None:
    await desk.say("answer: Stream?")
    await desk.say("suggest: ?")
    await desk.say("2")
    code = await desk.ticket_of("Wie tief ist der See?")
    plan = Attachment("Plan.pdf", "application/pdf", b"%PDF")
    await desk.mail(reply(code, "Zehn Meter.", plan))

    text = await document(desk)

    for words in ("answer: Stream?", "Werden Ratssitzungen", "gewählt: „Gibt es eine Paketstation?“", "Plan.pdf"):
        assert words in text
    assert f"Vorgang {code} vom 24.11.2026, 10:00 Uhr, beantwortet" in text
    assert "das Team: Zehn Meter." in text
    assert "Wird gelöscht am 24. Dezember 2026" in text


async def test_an_open_question_is_said_to_stay(desk: Desk) -> None:
    await desk.ticket_of("Wie tief ist der See?")

    text = await document(desk)

    assert text.count("Bleibt, bis die Frage beantwortet ist") == 2
    assert text.count("Wird gelöscht") == text.count("/start") == 1


async def test_the_document_holds_no_notes_of_staff_and_nothing_of_other_people(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await desk.ticket_of("Bens Frage?", BEN)
    await desk.mail(reply(code, "#intern Die fragt immer."))
    await desk.mail(reply(code, "Das war für jemand anderen.", number=2))
    await desk.sent()
    await desk.mail(reply(code, "#zurück", number=3))

    text = await document(desk)

    assert "Die fragt immer" not in text
    assert "Bens Frage" not in text
    assert "jemand anderen" not in text
    assert "anna@" not in text


async def test_the_document_holds_files_answers_given_feedback_and_what_was_set(desk: Desk) -> None:
    desk.know(changed(knowledge_base(), "livestream", follow=True))
    await desk.say("answer: Stream?")
    [answer] = await desk.sent()
    [follow] = [row[0]["data"] for row in answer.payload["buttons"] if row[0]["data"].startswith("n:")]
    await desk.hear(CitizenTap(ADA, "t1", follow))
    await desk.say("1")
    await desk.hear(CitizenText(ADA, "77", "unknown: was ist das?", file=SentFile("file-77", "Brunnen.jpg")))
    # Mails with files wait a moment for the rest of an album.
    desk.time += timedelta(seconds=5)
    code = (await desk.sent("mail"))[0].payload["ticket"]
    await command(desk, "einfach")
    await command(desk, "sprache", "de")

    text = await document(desk)

    for words in (
        "Sprache: Deutsch, von Ihnen gewählt\nEinfache Sprache: ja",
        "„Werden Ratssitzungen übertragen?“. Ihre Rückmeldung: hat geholfen\nWird gelöscht am",
        f": Brunnen.jpg, gehört zu Vorgang {code}\nBleibt, bis die Frage beantwortet ist",
        "Uhr: „Werden Ratssitzungen übertragen?“\nWird gelöscht am",
        "Uhr: „Werden Ratssitzungen übertragen?“\nBleibt, bis sich die Antwort ändert oder Sie schreiben: /abmelden",
    ):
        assert words in text


async def test_the_document_says_what_waits_for_the_citizens_word(desk: Desk) -> None:
    await desk.say("Wann rufen Sie mich an? 0631 3654-0")

    text = await document(desk)

    assert "Was geschah: wartet auf Ihr Wort" in text
    assert "an das Team gegeben" not in text


def test_every_table_that_knows_a_chat_is_in_the_document_and_in_the_erasure() -> None:
    shown = {"exchanges", "undecided", "tickets", "given", "subscriptions", "enclosures"}
    # Fingerprints of messages, and deliveries: of their words, what staff wrote stands with the ticket.
    not_shown = {"heard", "outbox"}

    assert {table.name for table in metadata.tables.values() if "chat_id" in table.c} == shown | not_shown


async def test_of_files_answers_given_and_wishes_nothing_is_left(desk: Desk, tmp_path: Path) -> None:
    desk.know(changed(knowledge_base(), "livestream", follow=True))
    await desk.say("answer: Stream?")
    [answer] = await desk.sent()
    [follow] = [row[0]["data"] for row in answer.payload["buttons"] if row[0]["data"].startswith("n:")]
    await desk.hear(CitizenTap(ADA, "t1", follow))
    await desk.hear(CitizenText(ADA, "77", "unknown: was?", file=SentFile("file-77", "Brunnen.jpg")))
    await desk.hear(CitizenFile(ADA, "78", SentFile("file-78", "Allein.jpg")))
    await desk.say("Wann rufen Sie mich an? 0631 3654-0")
    before = _rows(tmp_path)

    await erase(desk)

    assert all(before[name] for name in ("given", "subscriptions", "enclosures", "undecided"))
    after = _rows(tmp_path)
    assert [after[name] for name in ("given", "subscriptions", "enclosures", "undecided", "heard")] == [0] * 5
    for words in (b"Brunnen.jpg", b"file-78", b"3654"):
        assert words not in stored(tmp_path)


def _rows(folder: Path) -> dict[str, int]:
    """How many rows of Ada's each table has."""
    with closing(sqlite3.connect(folder / "desk.sqlite")) as connection:
        names = [table.name for table in metadata.tables.values() if "chat_id" in table.c]
        return {
            name: connection.execute(f"SELECT count(*) FROM {name} WHERE chat_id = 1").fetchone()[0]  # noqa: S608
            for name in names
        }


async def test_the_document_comes_in_the_citizens_language_and_is_not_kept(desk: Desk, tmp_path: Path) -> None:
    await desk.hear(CitizenText(EMMA, "1", "englishunknown: where?"))

    text = await document(desk, EMMA)

    assert "You wrote: englishunknown: where?" in text
    assert "Stays until the question is answered" in text
    assert b"You wrote:" not in stored(tmp_path)


async def test_an_erasure_is_asked_about_first_and_left_alone_nothing_happens(desk: Desk) -> None:
    await desk.say("answer: Stream?")
    await desk.sent()

    outcome = await command(desk, "loeschen")

    [question] = await desk.sent()
    assert outcome == "erase:asked"
    assert "/loeschen ja" in question.payload["text"]
    assert question.payload["buttons"][0][0]["text"] == "Ja, alles löschen"
    assert "answer: Stream?" in await document(desk)


async def test_the_button_erases_and_a_button_of_long_ago_does_not(desk: Desk) -> None:
    await desk.say("answer: Stream?")
    await command(desk, "loeschen")
    data = (await desk.sent())[-1].payload["buttons"][0][0]["data"]

    first = await desk.hear(CitizenTap(ADA, "t1", data))
    desk.time += 2 * (desk.time - desk.time.replace(hour=8))
    late = await desk.hear(CitizenTap(BEN, "t2", data))

    assert (first, late) == ("erased", "tap:gone")
    assert any("gelöscht" in one.payload["text"] for one in await desk.sent())


async def test_nothing_that_was_said_is_left_in_the_file(whole: Desk, tmp_path: Path) -> None:
    door = Door(read, whole.conversation.handle, whole.conversation.rescue)
    mail = Door(read_mail, whole.relay.handle, never)
    intake = Intake(whole.store, {"telegram": door, "mail": mail}, on_handled=lambda: None)
    await receive(whole, f"Wie backt man {SECRET}?")
    await intake.step()
    code = (await whole.sent("mail"))[0].payload["ticket"]
    await whole.store.receive("mail", [("<1@x>", f"{code}|Mit {SECRET}-Teig.|anna@kl.digital".encode())])
    await whole.store.receive("mail", [("<2@x>", f"{code}|#wissen {SECRET}: viel Butter.|anna@kl.digital".encode())])
    await intake.step()
    await intake.step()
    assert any(SECRET in one.payload["text"] for one in await whole.sent())
    await whole.sent("mail")
    await receive(whole, f"Danke, {SECRET}!", number=2)
    assert SECRET.encode() in stored(tmp_path)

    await receive(whole, "/loeschen ja", number=3)
    while await intake.step():
        pass

    assert SECRET.encode() not in stored(tmp_path)
    assert b'"1001"' not in stored(tmp_path).replace(b'"address": "1001"', b"")
    [last] = await whole.sent()
    assert last.address == "1001"
    assert b'"1001"' not in stored(tmp_path)


async def test_what_telegram_sends_along_is_not_kept_once_it_is_handled(whole: Desk, tmp_path: Path) -> None:
    door = Door(read, whole.conversation.handle, whole.conversation.rescue)
    payload = json.dumps({"chat": "1001", "text": "Wo?", "first_name": "Adalgunde"}).encode()
    await whole.store.receive("telegram", [("u1", payload)])

    await Intake(whole.store, {"telegram": door}, on_handled=lambda: None).step()

    with closing(sqlite3.connect(tmp_path / "desk.sqlite")) as connection:
        kept = connection.execute("SELECT state, payload FROM inbox WHERE source = 'telegram'").fetchall()
    assert kept == [("done", b"")]
    assert "Wo?" in await document(whole)


async def test_counts_stay_without_their_texts(desk: Desk) -> None:
    await desk.say("answer: Stream?")
    code = await desk.ticket_of("Wie tief ist der See?")
    before = [one["outcome"] for one in await desk.store.decisions(10)]

    await erase(desk)

    left = await desk.store.decisions(10)
    assert [one["outcome"] for one in left] == before
    # Ben's beginning is not Ada's to erase.
    assert [one["text"] for one in left if one["text"]] == ["/start"]
    async with desk.store.begin() as tx:
        ticket = await tx.ticket(code)
        assert ticket is not None
        assert (ticket.state, ticket.question, ticket.erased) == (TicketState.WITHDRAWN, "", True)
        assert await tx.messages(ticket) == []


async def test_staff_are_told_in_one_letter_which_mails_to_delete(desk: Desk) -> None:
    answered = await desk.ticket_of("Wie tief ist der See?")
    await desk.mail(reply(answered, "Zehn Meter."))
    desk.time = desk.time.replace(day=28).replace(month=12)
    still = await desk.ticket_of("Wie hoch ist der Turm?")
    await desk.mail(reply(still, "#weiter ben@kl.digital", number=2))
    await desk.sent("mail")

    await erase(desk)

    letters = {one.payload["to"]: one.payload for one in await desk.sent("mail")}
    assert set(letters) == {QUEUE, "ben@kl.digital"}
    assert f"alle Mails zum Vorgang {answered}, {still}" in letters[QUEUE]["text"]
    assert f"Noch offen war {still}" in letters[QUEUE]["text"]
    assert answered not in letters["ben@kl.digital"]["text"]
    assert not any("See" in str(letter) for letter in letters.values())


async def test_what_was_not_sent_yet_never_is(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await desk.mail(reply(code, "Zehn Meter."))

    await command(desk, "loeschen", "ja")

    [last] = await desk.sent()
    assert "ist gelöscht" in last.payload["text"]


async def test_an_answer_that_was_under_way_breaks_nothing(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await desk.mail(reply(code, "Zehn Meter."))
    [under_way] = await desk.sent()
    await erase(desk)
    await desk.sent("mail")

    async with desk.store.begin() as tx:
        await desk.relay.delivered(tx, under_way)
        await desk.relay.undeliverable(tx, under_way, "blocked")

    assert await desk.sent("mail") == []


async def test_whoever_answers_an_erased_question_is_told_and_nothing_is_kept(desk: Desk, tmp_path: Path) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await erase(desk)
    await desk.sent("mail")
    await desk.store.receive("mail", [("<7@x>", b"Zehn Meter, liebe Ada.")])

    outcome = await desk.mail(reply(code, "Zehn Meter, liebe Ada.", number=7))
    held = await desk.mail(HeldMail(Held.NOT_STAFF, "Fremd.", "x@evil.example", "See", "<8@x>", code))

    assert (outcome, held) == ("erased", "erased")
    assert await desk.sent() == []
    assert all(f"Der Vorgang {code} ist gelöscht" in one.payload["text"] for one in await desk.sent("mail"))
    assert b"liebe Ada" not in stored(tmp_path)


async def test_the_last_message_forgets_its_address_even_if_it_cannot_be_delivered(desk: Desk, tmp_path: Path) -> None:
    await command(desk, "loeschen", "ja")
    [last] = await desk.store.claim("telegram", 9, timedelta(minutes=1))
    assert b'"address": "1001"' in stored(tmp_path)

    async with desk.store.begin() as tx:
        await tx.bury(last.id, "blocked")

    assert b'"address": "1001"' not in stored(tmp_path)


async def test_the_next_message_is_a_first_contact(desk: Desk) -> None:
    await desk.ticket_of("Wie tief ist der See?")
    await erase(desk)

    await desk.say("answer: Stream?")

    [text] = await desk.heard()
    assert "Sie schreiben mit einem automatischen Assistenten" in text
    assert "See" not in await document(desk)


async def test_other_people_keep_what_is_theirs(desk: Desk) -> None:
    await desk.ticket_of("Wie tief ist der See?")
    ben = await desk.ticket_of("Wie lang ist der See?", BEN)

    await erase(desk)

    assert "Wie lang ist der See?" in await document(desk, BEN)
    assert await desk.mail(reply(ben, "Kurz.")) == "reply"


async def test_old_buttons_of_an_erased_chat_lead_nowhere(desk: Desk) -> None:
    await desk.say("suggest: ?")
    [delivery] = await desk.sent()
    await erase(desk)

    for row in delivery.payload["buttons"]:
        assert await desk.hear(CitizenTap(ADA, row[0]["data"], row[0]["data"])) == "tap:gone"


async def test_an_erasure_that_is_broken_off_erases_nothing_and_can_be_repeated(tmp_path: Path) -> None:
    async with opened_desk(tmp_path) as desk:
        await desk.ticket_of("Wie tief ist der See?")
        with pytest.raises(RuntimeError):
            async with desk.store.begin() as tx:
                await desk.conversation.handle(tx, CitizenCommand(ADA, "9", "loeschen", "ja"))
                raise RuntimeError("killed here")
        assert "Wie tief ist der See?" in await document(desk)

        assert len(await erase(desk)) == 1

    async with open_store(f"sqlite+aiosqlite:///{tmp_path / 'desk.sqlite'}", lambda: desk.time) as store:
        assert [one["text"] for one in await store.decisions(10) if one["text"]] == ["/start"]


async def receive(desk: Desk, text: str, number: int = 1) -> None:
    payload = json.dumps({"chat": "1001", "text": text}, ensure_ascii=False).encode()
    await desk.store.receive("telegram", [(f"u{number}", payload)])


def read(payload: bytes, external_id: str) -> CitizenText | CitizenCommand:
    text = json.loads(payload)["text"]
    if text.startswith("/"):
        name, _, argument = text[1:].partition(" ")
        return CitizenCommand(ADA, external_id, name, argument)
    return CitizenText(ADA, external_id, text)


def read_mail(payload: bytes, external_id: str) -> StaffReply:
    code, text, sender = payload.decode().split("|")
    return StaffReply(code, text, sender, external_id)


async def never(*_anything: object) -> str:
    raise AssertionError("nothing has to be rescued here")


async def asked_to_erase(desk: Desk) -> str:
    """The data of the button with which Ada is asked."""
    await command(desk, "loeschen")
    [question] = await desk.sent()
    return str(question.payload["buttons"][0][0]["data"])


async def test_a_cry_for_help_is_no_answer_to_whether_to_erase(desk: Desk) -> None:
    await asked_to_erase(desk)

    assert await desk.say("Es brennt!") == "emergency"

    [text] = await desk.heard()
    assert text.startswith("112")


@pytest.mark.parametrize(("minutes", "outcome"), [(9, "erased"), (11, "tap:gone")])
async def test_the_button_that_erases_lapses_after_ten_minutes(desk: Desk, minutes: int, outcome: str) -> None:
    button = await asked_to_erase(desk)
    desk.time += timedelta(minutes=minutes)

    assert await desk.hear(CitizenTap(ADA, "1", button)) == outcome
    said = "\n".join(await desk.heard())
    assert ("Dieser Knopf gilt nicht mehr. Zum Löschen schreiben Sie /loeschen." in said) == (outcome == "tap:gone")


async def test_the_button_that_has_erased_erases_nothing_more(desk: Desk) -> None:
    button = await asked_to_erase(desk)
    await desk.hear(CitizenTap(ADA, "1", button))
    desk.time += timedelta(minutes=1)
    code = await desk.ticket_of("unknown: Wie tief ist der See?")

    assert await desk.hear(CitizenTap(ADA, "2", button)) == "tap:gone"
    async with desk.store.begin() as tx:
        assert await tx.ticket(code) is not None


@pytest.mark.parametrize("words", ["ja", "Ja, bitte.", "Ja, alles löschen", "yes"])
async def test_a_yes_right_after_the_question_erases(desk: Desk, words: str) -> None:
    await asked_to_erase(desk)

    assert await desk.say(words) == "erased"


@pytest.mark.parametrize("words", ["vielleicht", "unsure: weiß ich noch nicht"])
async def test_an_unclear_word_right_after_the_question_has_it_asked_again(desk: Desk, words: str) -> None:
    await asked_to_erase(desk)

    assert await desk.say(words) == "erase:asked"
    assert "wirklich" in (await desk.heard())[0]
    assert await desk.sent("mail") == []
    assert await desk.say("lieber nicht") == "erase:kept"
    assert "alles bleibt, wie es ist" in (await desk.heard())[0]


@pytest.mark.parametrize("words", ["unknown: Wie tief ist der See?", "answer: wann?", "hello"])
async def test_what_is_clear_is_met_as_ever_and_a_later_yes_erases_nothing(desk: Desk, words: str) -> None:
    await asked_to_erase(desk)

    assert await desk.say(words) in ("forward", "answer", "smalltalk")
    assert await desk.say("ja") != "erased"


async def test_after_ten_minutes_a_yes_erases_nothing_and_the_label_asks_again(desk: Desk) -> None:
    await asked_to_erase(desk)
    desk.time += timedelta(minutes=11)

    assert await desk.say("Ja, alles löschen") == "erase:asked"
    desk.time += timedelta(minutes=11)
    assert await desk.say("ja") != "erased"
