"""A conversation over HTTP only: greeted, answered, judged, asked before personal data are passed on, followed up."""

from collections.abc import Iterator

import pytest

from tests.end_to_end.demo import Demo, running_demo

IBAN = "DE89 3704 0044 0532 0130 00"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with running_demo(tmp_path_factory.mktemp("talk")) as started:
        yield started


def signs(demo: Demo, citizen: str) -> list[str]:
    """What stands on the citizen's first message."""
    return list(demo.chat(citizen)[0]["reactions"])


def test_before_they_write_people_read_what_the_bot_is_in_their_language(demo: Demo) -> None:
    demo.wait_for(lambda: demo.http.get("/api/bot", params={"language": "en"}).json()["commands"])

    german = demo.http.get("/api/bot", params={"language": "de"}).json()
    assert "ein Programm und kein Mensch" in german["description"]
    assert "status" in [one["command"] for one in german["commands"]]


def test_start_offers_three_examples_and_tapping_one_asks_it(demo: Demo) -> None:
    greeting = demo.answer("anna", "/start")
    assert len(greeting["buttons"]) == 3
    assert "\n3. " in greeting["text"]

    demo.tap("anna", greeting, 1)

    assert "Stand: Juni 2020" in demo.wait_for(lambda: demo.heard("anna")[1:])[0]


def test_an_example_is_asked_by_its_number_in_english_too(demo: Demo) -> None:
    demo.answer("emma", "/start", language="en")

    assert "As of June 2020" in demo.answer("emma", "2", language="en")["text"]


def test_a_no_offers_others_once_and_then_the_team(demo: Demo) -> None:
    question = "Wird die Sitzung des Stadtrats im Internet übertragen?"
    answer = demo.answer("bela", question)
    assert [button["text"] for button in answer["buttons"][0]] == ["Ja", "Nein", "An das Team"]

    offer = demo.answer("bela", "nein")
    assert "Schade" in offer["text"]

    demo.answer("bela", "an das Team")
    assert demo.mail_about(question)


def test_a_yes_is_thanked_for(demo: Demo) -> None:
    demo.answer("cem", "Gibt es einen Mängelmelder?")

    assert "Danke" in demo.answer("cem", "ja")["text"]


def test_personal_data_go_to_staff_only_as_the_citizen_says(demo: Demo) -> None:
    asked = demo.answer("dora", f"Wann bucht der Zoo die Jahreskarte für die Pinguine von {IBAN} ab?")
    assert "eine IBAN" in asked["text"]
    assert len(asked["buttons"]) == 3

    notice = demo.answer("dora", "2")

    mail = demo.mail_about("Jahreskarte für die Pinguine")
    assert "Vorgang" in notice["text"]
    assert "[IBAN]" in mail["text"]
    assert not any(IBAN in f"{one}" for one in demo.mailbox())


def test_who_wants_a_person_gets_one(demo: Demo) -> None:
    asked = demo.answer("elif", "Ich möchte mit einem Menschen sprechen")
    assert "in einer Nachricht" in asked["text"]

    demo.answer("elif", "Wird die Sitzung des Stadtrats übertragen, und zwar am Heiligabend?")

    mail = demo.mail_about("am Heiligabend")
    assert "wollte mit einem Menschen sprechen" in mail["text"]


@pytest.mark.parametrize("words", ["Notfall!", "Feuer", "112"])
def test_an_emergency_is_met_with_112_first(demo: Demo, words: str) -> None:
    assert demo.answer(f"notruf {words}", words)["text"].startswith("112: ")


def test_a_question_can_be_followed_by_signs_and_by_status(demo: Demo) -> None:
    question = "Wie alt wird die älteste Schildkröte im Zoo von Kaiserslautern, und wer füttert sie?"
    demo.answer("fritz", question)
    mail = demo.mail_about("Schildkröte")
    demo.wait_for(lambda: signs(demo, "fritz") == ["✍"])
    assert "beim Team. Antwort voraussichtlich bis" in demo.answer("fritz", "/status")["text"]

    demo.reply(mail, "Hundert Jahre.")

    demo.wait_for(lambda: signs(demo, "fritz") == ["👍"])
    assert ": beantwortet." in demo.answer("fritz", "/status")["text"]


def test_a_reply_to_the_notice_goes_to_its_ticket(demo: Demo) -> None:
    notice = demo.answer("gerda", "Wo schlafen die Flamingos im Zoo von Kaiserslautern im Winter?")
    demo.mail_about("Flamingos")

    added = demo.answer("gerda", "Gemeint sind die rosafarbenen.", reply_to=notice["id"])

    assert "gehört zu Ihrem Vorgang" in added["text"]
    assert demo.mail_about("die rosafarbenen")
