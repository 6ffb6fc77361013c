"""The main job through HTTP, SMTP and IMAP only: asked, answered, suggested, forwarded, replied, delivered."""

import base64
import time
from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import make_msgid

import pytest

from tests.end_to_end.demo import Demo, running_demo
from tests.files import a_file, png

UNKNOWN = "Wie viele Pinguine leben im Zoo von Kaiserslautern, und wer füttert sie?"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with running_demo(tmp_path_factory.mktemp("demo")) as started:
        yield started


def test_a_known_question_is_answered_with_date_and_source(demo: Demo) -> None:
    reply = demo.answer("anna", "Wird die Sitzung des Stadtrats im Internet übertragen?")

    assert "2019" in reply["text"]
    assert "Stand: Juni 2020" in reply["text"]


def test_an_english_question_is_answered_in_english(demo: Demo) -> None:
    reply = demo.answer("emma", "Are the city council meetings streamed live?", language="en")

    assert "As of June 2020" in reply["text"]


def test_start_greets_and_says_that_this_is_a_machine(demo: Demo) -> None:
    assert "kein Mensch" in demo.answer("start", "/start")["text"]


def test_a_suggestion_is_tapped(demo: Demo) -> None:
    suggestions = demo.answer("tim", "Dritter Ort")
    assert len(suggestions["buttons"]) in (3, 4)

    demo.tap("tim", suggestions, 2)

    assert "Stand: Juni 2020" in demo.wait_for(lambda: demo.heard("tim")[1:])[0]


def test_a_suggestion_is_typed(demo: Demo) -> None:
    suggestions = demo.answer("tina", "Dritter Ort")
    assert "\n2. " in suggestions["text"]

    assert "Stand: Juni 2020" in demo.answer("tina", "2")["text"]


def test_citizens_and_staff_read_the_same_promise(demo: Demo) -> None:
    question = "Wie viele Eisbären leben im Zoo von Kaiserslautern, und wer füttert sie?"
    notice = demo.answer("petra", question)
    [promise] = [line for line in notice["text"].splitlines() if line.startswith("Antwort voraussichtlich bis ")]

    mail = demo.mail_about(question)

    assert f"    {promise}" in mail["text"]
    assert f"soll {promise.removeprefix('Antwort voraussichtlich ')} im Chat sein" in mail["text"]


def test_an_unknown_question_is_forwarded_replied_and_delivered(demo: Demo) -> None:
    notice = demo.answer("bela", UNKNOWN)
    mail = demo.mail_about(UNKNOWN)
    assert "sicher gespeichert" in notice["text"]
    assert "bela" not in f"{mail}".lower()

    demo.reply(mail, "Keiner mehr, leider: Der letzte Pinguin ist ausgezogen.")

    delivered = demo.wait_for(lambda: demo.heard("bela")[1:])[0]
    assert "Der letzte Pinguin ist ausgezogen." in delivered
    assert "von einem Menschen" in delivered
    assert UNKNOWN not in delivered, "the quote below the reply must not come back"


def attached(name: str, media_type: str, content: bytes) -> dict[str, str]:
    return {"name": name, "type": media_type, "content_base64": base64.b64encode(content).decode()}


def test_a_clerks_pdf_and_picture_reach_the_citizen_and_other_files_stay_behind(demo: Demo) -> None:
    demo.answer("hana", "Wo stehen im Volkspark die Tischtennisplatten?")
    mail = demo.mail_about("Tischtennisplatten")
    pdf, picture = a_file("pdf", 3_000_000), png(200, 100)

    demo.reply(
        mail,
        "Auf dem Plan sehen Sie es.",
        attachments=[
            attached("Übersicht.pdf", "application/pdf", pdf),
            attached("Formular.docx", "application/octet-stream", a_file("docx")),
            attached("Karte.png", "image/png", picture),
        ],
    )

    text, *files = demo.wait_for(lambda: demo.heard_messages("hana")[1:4] if len(demo.chat("hana")) >= 5 else [])
    assert "Auf dem Plan sehen Sie es." in text["text"]
    assert "docx" not in text["text"]
    assert [file["file"]["name"] for file in files] == ["Übersicht.pdf", "Bild"]
    assert [demo.file(file) for file in files] == [pdf, picture]


def test_a_file_without_words_reaches_the_citizen(demo: Demo) -> None:
    demo.answer("ivo", "Wo bekomme ich den Plan vom Hauptfriedhof?")
    mail = demo.mail_about("Hauptfriedhof")

    demo.reply(mail, "", attachments=[attached("Plan.pdf", "application/pdf", a_file("pdf"))])

    text, file = demo.wait_for(lambda: demo.heard_messages("ivo")[1:3] if len(demo.chat("ivo")) >= 4 else [])
    assert "von einem Menschen" in text["text"]
    assert file["file"]["name"] == "Plan.pdf"


def test_a_refused_file_does_not_hold_up_the_words(demo: Demo) -> None:
    demo.answer("jana", "Gibt es am Gelterswoog einen Bootsverleih?")
    mail = demo.mail_about("Bootsverleih")

    docx = attached("Preise.docx", "application/octet-stream", a_file("docx"))
    demo.reply(mail, "Ja, am Nordufer.", attachments=[docx])

    assert "Ja, am Nordufer." in demo.wait_for(lambda: demo.heard("jana")[1:])[0]
    assert not any(message["file"] for message in demo.chat("jana"))


def test_interleaved_replies_reach_their_own_citizens(demo: Demo) -> None:
    demo.answer("cem", "Darf ich auf dem Stiftsplatz grillen?")
    demo.answer("dora", "Darf ich im Stadtpark zelten?")
    to_cem, to_dora = demo.mail_about("Stiftsplatz grillen"), demo.mail_about("Stadtpark zelten")

    demo.reply(to_dora, "Zelten ist nicht erlaubt.")
    demo.reply(to_cem, "Grillen ist nicht erlaubt.")

    assert "Zelten" in demo.wait_for(lambda: demo.heard("dora")[1:])[0]
    assert "Grillen" in demo.wait_for(lambda: demo.heard("cem")[1:])[0]
    assert "Zelten ist" not in " ".join(demo.heard("cem"))


def test_a_german_outlook_quote_stays_behind(demo: Demo) -> None:
    demo.answer("elif", "Wer reinigt den Fackelbrunnen?")
    mail = demo.mail_about("Fackelbrunnen")
    head = "Von: KL.digital Bot <bot@kl.digital>\nGesendet: Dienstag, 24. November 2026 10:02\nAn: info@kl.digital"
    raw = reply_to(mail, f"Das macht der Bauhof.\n\n{head}\nBetreff: {mail['subject']}\n\n{mail['text']}")

    demo.deliver(raw)

    delivered = demo.wait_for(lambda: demo.heard("elif")[1:])[0]
    assert delivered.strip().endswith("Das macht der Bauhof.")


def test_an_out_of_office_note_never_reaches_the_citizen(demo: Demo) -> None:
    demo.answer("fritz", "Wo steht die älteste Linde der Stadt?")
    mail = demo.mail_about("älteste Linde")

    demo.deliver(reply_to(mail, "Ich bin bis 3. Januar nicht im Haus.", ("Auto-Submitted", "auto-replied")))
    demo.reply(mail, "In Dansenberg.")

    assert "In Dansenberg." in demo.wait_for(lambda: demo.heard("fritz")[1:])[0]
    assert "nicht im Haus" not in " ".join(demo.heard("fritz"))


def test_a_stranger_cannot_answer_a_citizen(demo: Demo) -> None:
    demo.answer("gerda", "Wann blüht der Flieder im Volkspark?")
    mail = demo.mail_about("Flieder")

    demo.reply(mail, "Überweisen Sie erst 100 Euro.", **{"from": "info@kl.digital.evil.example"})

    held = demo.mail_about("evil.example")
    assert "NICHT" in held["text"]
    assert len(demo.heard("gerda")) == 1


def test_a_mail_with_an_unknown_ticket_is_held_and_shown_to_staff(demo: Demo) -> None:
    message = EmailMessage()
    message["From"], message["To"] = "anna@kl.digital", "bot@kl.digital"
    message["Subject"] = "Re: [KL-ZZZZZZ] Frage"
    message["Message-ID"] = make_msgid(domain="kl.digital")
    message.set_content("Eine Antwort ins Leere.")

    demo.deliver(message.as_string())

    assert "KL-ZZZZZZ" in demo.mail_about("NICHT an die Bürgerin")["text"] or demo.mail_about("KL-ZZZZZZ")


def test_while_mail_is_down_the_question_is_kept_and_sent_later(demo: Demo) -> None:
    demo.fault(smtp="down")
    first = demo.answer("hugo", "Wo ist der Schlüssel zum Humbergturm?")
    time.sleep(0.5)  # the first attempt at the mail fails meanwhile
    second = demo.answer("heike", "Wer hat das Tretboot?")
    demo.fault(smtp="up")

    assert "sicher gespeichert" in first["text"]
    assert "sicher gespeichert und wird weitergeleitet" in second["text"]
    assert demo.mail_about("Schlüssel zum Humbergturm")
    assert demo.mail_about("Tretboot")


def test_the_bots_page_says_what_was_decided_and_why(demo: Demo) -> None:
    demo.answer("ida", UNKNOWN)

    decisions = demo.wait_for(lambda: demo.http.get("/api/decisions").json())

    assert {"text", "outcome", "reason", "candidates"} <= decisions[0].keys()


def test_a_question_does_not_wait_for_a_photo_that_cannot_be_fetched(demo: Demo) -> None:
    demo.fault(bot_api={"status": 400, "method": "getFile", "description": "Bad Request: file is temporarily gone"})
    picture = {"name": "x.png", "content_base64": base64.b64encode(png(8, 8)).decode()}

    demo.send("kim", kind="photo", text="Wie viele Yaks leben im Zoo von Kaiserslautern?", files=[picture])

    mail = demo.mail_about("Yaks")
    assert "Nicht mitschicken ließ sich" in mail["text"]
    assert mail["attachments"] == []


def test_a_poison_update_is_parked_and_the_next_question_answered(demo: Demo) -> None:
    response = demo.http.post("/api/updates", json={"message": {"message_id": "x", "date": [], "chat": 7}})
    assert response.is_success

    assert demo.answer("jan", "Was ist der Dritte Ort, und warum heißt er so?")


def reply_to(mail: dict[str, object], text: str, *headers: tuple[str, str]) -> str:
    """A raw reply as a clerk's mail client writes it."""
    message = EmailMessage()
    message["From"], message["To"] = "Anna Beispiel <anna@kl.digital>", "bot@kl.digital"
    message["Subject"] = f"AW: {mail['subject']}"
    message["Message-ID"] = make_msgid(domain="kl.digital")
    sent = {str(name).lower(): value for name, value in dict(mail["headers"]).items()}  # type: ignore[call-overload]
    message["In-Reply-To"] = str(sent["message-id"])
    for name, value in headers:
        message[name] = value
    message.set_content(text)
    return message.as_string()
