"""The staff desk through HTTP, SMTP and IMAP only: what a citizen and several clerks see of one ticket."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.end_to_end.demo import Demo, running_demo
from tests.end_to_end.test_commands import subject_of

ANNA, BERT = {"from": "anna@kl.digital"}, {"from": "bert@kl.digital"}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with running_demo(tmp_path_factory.mktemp("demo")) as started:
        yield started


def asked(demo: Demo, citizen: str, question: str) -> dict[str, Any]:
    """The mail to staff about a question that nobody can answer."""
    demo.answer(citizen, question)
    return demo.mail_about(question)


def test_the_first_mail_says_what_was_promised_and_how_to_answer(demo: Demo) -> None:
    mail = asked(demo, "ada", "Wie viele Kamele leben im Zoo von Kaiserslautern, und wer füttert sie?")

    [notice] = demo.heard("ada")
    assert "Antwort voraussichtlich bis" in notice
    assert "Die Antwort soll bis" in mail["text"]
    assert "Wie viele Kamele" in mail["subject"]
    assert "#übernehmen" in mail["text"]


def test_the_clerk_reads_in_the_thread_what_the_citizen_saw_and_takes_it_back(demo: Demo) -> None:
    mail = asked(demo, "bea", "Wer putzt die Uhr am Stiftsplatz?")

    demo.reply(mail, "Das macht Herr Klein.\n\n-- \nAnna Müller\nStadt Kaiserslautern", **ANNA)
    receipt = demo.mail_about("Zugestellt ")
    demo.reply(receipt, "#zurück", **ANNA)
    taken_back = demo.mail_about("ist zurückgeholt")

    assert subject_of(receipt) == subject_of(mail) == subject_of(taken_back)
    assert receipt["headers"]["In-Reply-To"] == mail["headers"]["Message-ID"]
    assert "geschrieben von anna@kl.digital" in receipt["text"]
    assert "Das macht Herr Klein." in receipt["text"]
    assert "Anna Müller" in receipt["text"]
    notice, answer = demo.heard("bea")
    assert "zurückgezogen" in answer
    assert "Herr Klein" not in answer + notice


def test_a_second_clerk_is_asked_before_a_second_answer_goes_out(demo: Demo) -> None:
    mail = asked(demo, "carl", "Wie hoch ist der Turm der Stiftskirche genau?")
    demo.reply(mail, "Fünfzig Meter.", **ANNA)
    demo.wait_for(lambda: demo.heard("carl")[1:])

    demo.reply(mail, "Einundfünfzig Meter.", **BERT)
    held = demo.mail_about("inzwischen schon beantwortet")
    before = demo.heard("carl")
    demo.reply(held, "#senden", **BERT)

    assert held["to"] == "bert@kl.digital"
    assert "Fünfzig Meter." in held["text"]
    assert len(before) == 2
    assert "Einundfünfzig Meter." in demo.wait_for(lambda: demo.heard("carl")[2:])[0]


def test_a_claim_is_told_to_all_and_refused_to_the_next(demo: Demo) -> None:
    mail = asked(demo, "doro", "Welche Farbe bekommt das neue Tor am Friedhof?")

    demo.reply(mail, "#übernehmen", **ANNA)
    claimed = demo.mail_about("anna@kl.digital kümmert sich")
    demo.reply(mail, "#übernehmen", **BERT)
    refused = demo.mail_about("kümmert sich schon anna@kl.digital")

    assert subject_of(claimed) == subject_of(refused) == subject_of(mail)


def test_a_question_is_taken_back_by_a_button_and_a_late_answer_is_held(demo: Demo) -> None:
    mail = asked(demo, "egon", "Wann blüht die Kastanie vor dem Theater?")
    [notice] = [message for message in demo.chat("egon") if message["from"] == "bot"]

    demo.tap("egon", notice, 1)
    gone = demo.mail_about("hat ihre Frage zurückgezogen")
    demo.reply(mail, "Im Mai.", **ANNA)
    demo.mail_about("zum Vorgang")
    demo.wait_for(lambda: [mail for mail in demo.mailbox() if "inzwischen zurückgezogen" in mail["text"]])

    assert subject_of(gone) == subject_of(mail)
    assert "Im Mai." not in " ".join(demo.heard("egon"))


def test_one_answer_goes_to_everybody_who_asked_the_same(demo: Demo) -> None:
    asked(demo, "fritz", "Wie viele Pinguine schwimmen im Zoo?")
    mail = asked(demo, "gabi", "wieviele pinguine schwimmen denn im zoo")

    demo.reply(mail, "#alle\nElf Pinguine.", **ANNA)

    assert "Wie viele Pinguine schwimmen im Zoo?" in mail["text"]
    assert "Elf Pinguine" in demo.wait_for(lambda: demo.heard("fritz")[1:])[0]
    assert "Elf Pinguine" in demo.wait_for(lambda: demo.heard("gabi")[1:])[0]


def test_a_citizen_who_blocked_the_bot_cannot_be_reached_and_staff_read_that(demo: Demo) -> None:
    mail = asked(demo, "heinz", "Wo übernachtet der Nachtwächter?")
    demo.http.post("/api/citizens/heinz/block", json={"blocked": True}).raise_for_status()

    demo.reply(mail, "Zu Hause.", **ANNA)

    told = demo.mail_about("konnte nicht zugestellt werden")
    assert subject_of(told) == subject_of(mail)
    assert "blockiert" in told["text"]
    assert "Zu Hause." in told["text"]


def test_a_strangers_mail_is_released_by_a_clerk_who_names_the_ticket(demo: Demo) -> None:
    mail = asked(demo, "ilse", "Wie schwer ist die Glocke der Marienkirche?")
    code = subject_of(mail).strip("[")
    demo.deliver(
        "From: Kirchenbüro <buero@kirche.example>\nTo: bot@kl.digital\nSubject: Glocke\n"
        "Message-ID: <glocke@kirche.example>\n\nDrei Tonnen.\n"
    )
    held = demo.mail_about("buero@kirche.example")

    demo.reply(held, f"#senden {code}", **ANNA)

    assert "Drei Tonnen." in demo.wait_for(lambda: demo.heard("ilse")[1:])[0]
