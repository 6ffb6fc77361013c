"""Reading, keeping and erasing one's data through HTTP, SMTP and IMAP only."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.demo import Demo, running_demo

QUESTION = "Wie viele Zwetschgen wachsen am Rathaus, und wer pflückt sie?"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def demo(folder: Path) -> Iterator[Demo]:
    with running_demo(folder, "--group") as started:
        yield started


def test_the_demo_shows_which_keys_to_fill_in(demo: Demo) -> None:
    assert "[contact.imprint]" in demo.answer("ada", "/impressum")["text"]
    assert "[contact.visit]" in demo.answer("ada", "/kontakt")["text"]
    assert "/delete" in demo.answer("ada", "/privacy", language="en")["text"]


def test_a_citizen_gets_a_file_with_all_that_is_stored(demo: Demo) -> None:
    demo.answer("ben", QUESTION)
    demo.reply(demo.mail_about(QUESTION), "Vierzig.")
    demo.wait_for(lambda: demo.heard("ben")[1:])

    demo.answer("ben", "/meinedaten")
    message = demo.wait_for(lambda: [one for one in demo.heard_messages("ben") if one["file"]])[0]

    text = demo.file(message).decode("utf-8-sig")
    assert message["file"]["name"] == "meine-daten.txt"
    assert QUESTION in text
    assert "das Team: Vierzig." in text


def test_erased_means_erased_and_a_late_answer_is_told_so(demo: Demo, folder: Path) -> None:
    question = "Wie viele Pflaumenmusgläser stehen im Keller?"
    demo.answer("cem", question)
    mail = demo.mail_about(question)
    asked = demo.answer("cem", "/loeschen")

    demo.tap("cem", asked, 1)
    demo.wait_for(lambda: "ist gelöscht" in demo.heard("cem")[-1])
    letter = demo.mail_about("Bitte löschen Sie alle Mails zum Vorgang")
    demo.reply(mail, "Zwölf Pflaumenmusgläser.")
    demo.mail_about("ist gelöscht, denn die Person")

    assert "Pflaumenmus" not in letter["text"]
    assert "Zwölf" not in " ".join(demo.heard("cem"))
    demo.wait_for(lambda: b"Pflaumenmus" not in _stored(folder))
    assert "Sie schreiben mit einem automatischen" in demo.answer("cem", "Dritter Ort")["text"]
    card = demo.wait_for(lambda: [text for text in _cards(demo) if "gelöscht" in text])[0]
    assert "Pflaumenmus" not in card


def test_a_flood_is_slowed_and_explained_and_delays_nobody_else(demo: Demo) -> None:
    for number in range(30):
        demo.say("dora", f"Danke {number}")
    answered = demo.answer("emil", "Wird die Sitzung des Stadtrats im Internet übertragen?")

    demo.wait_for(lambda: any("viele Nachrichten" in text for text in demo.heard("dora")), seconds=40)
    assert "Stand: Juni 2020" in answered["text"]
    assert len(demo.heard("dora")) <= 21
    assert sum("viele Nachrichten" in text for text in demo.heard("dora")) == 1


def _stored(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.glob("klbot.sqlite*"))


def _cards(demo: Demo) -> list[str]:
    [group] = demo.http.get("/api/groups").json()
    messages = demo.http.get(f"/api/groups/{group['id']}/messages").json()
    return [message["text"] or "" for message in messages]
