"""What citizens say in plain words: what a command could do, whether an answer still holds, a bare number."""

from collections.abc import Iterator
from datetime import timedelta
from functools import cache

import pytest

from bot.desk.citizen import CitizenCommand, Origin
from bot.desk.phrases import Phrases
from bot.desk.spoken import spoken
from bot.desk.staff import StaffReply
from bot.knowledge.entry import Kind, KnowledgeBase, Language
from bot.knowledge.loader import load, shipped
from tests.desk.base import knowledge_base
from tests.desk.desk import ADA, Desk

# Nobody has shown her anything yet.
CLARA = Origin("telegram", "1003", Language.DE)


@cache
def base() -> KnowledgeBase:
    return load(shipped())


def meant(text: str) -> str | None:
    found = spoken(Phrases(base(), "info@kl.digital"), text, None)
    return None if found is None else found.command


def answerable() -> Iterator[str]:
    yield from (phrasing.text for entry in base().known() for phrasing in entry.phrasings)
    yield from (one.text for one in base().questions if one.kind is not Kind.OUT_OF_SCOPE)
    yield from (text for kind in base().small_talk for texts in kind.examples.values() for text in texts)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("Welche Daten speichert ihr über mich?", "privacy"),
        ("what do you store about me?", "privacy"),
        ("Wann werden meine Daten gelöscht?", "privacy"),
        ("Bitte löscht meine Daten", "delete"),
        ("Please delete all my data", "delete"),
        ("Schick mir meine Daten", "mydata"),
        ("Can you send me a copy of my data?", "mydata"),
        ("status", "status"),
        ("Wann kommt die Antwort?", "status"),
        ("when will I get my answer?", "status"),
        ("Ich bin blind und kann die Knöpfe nicht sehen", "accessibility"),
        ("I can't see the buttons", "accessibility"),
        ("Welche Daten hat die Stadt über mich gespeichert?", None),
        ("Wie lösche ich mein Konto bei nebenan.de?", None),
        ("Wie ist der Status der Paketstation?", None),
        ("Gibt es Angebote für blinde Menschen?", None),
        ("Where can I take back my bottles?", None),
    ],
)
def test_plain_words_mean_a_command(text: str, command: str | None) -> None:
    assert meant(text) == command


def test_no_question_with_an_answer_is_taken_for_a_command_or_a_number() -> None:
    phrases = Phrases(base(), "info@kl.digital")

    assert [text for text in answerable() if meant(text)] == []
    assert {text for text in answerable() if phrases.is_number(text)} == {"Eins zwei drei", "123"}
    assert [text for text in answerable() if phrases.shown("current_words", text)] == []


async def test_data_protection_is_answered_as_by_the_commands(desk: Desk) -> None:
    assert await desk.say("Welche Daten speichert ihr über mich?") == "spoken:command:privacy"
    assert await desk.say("Please delete all my data") == "spoken:erase:asked"
    assert await desk.say("Schick mir meine Daten") == "spoken:export"

    privacy, question, export = await desk.sent()
    assert "So gehen wir mit Ihren Daten um" in privacy.payload["text"]
    assert "Do you really want to delete everything" in question.payload["text"]
    assert question.payload["buttons"]
    assert "document" in export.payload


async def test_who_asks_for_the_answer_reads_how_the_questions_stand(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")

    assert await desk.say("Wann kommt die Antwort?") == "spoken:command:status"
    assert code in (await desk.heard())[0]
    assert await desk.sent("mail") == []


async def test_a_person_who_asked_is_answered_whatever_the_words_may_mean(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await desk.mail(StaffReply(code, "#rückfrage Was soll ich tun?", "anna@kl.digital", "<1@x>"))
    await desk.sent()

    assert await desk.say("Schick mir meine Daten") == "followup"


async def test_who_cannot_see_the_buttons_may_still_type_the_number(desk: Desk) -> None:
    await desk.say("suggest: ?")
    await desk.sent()

    assert await desk.say("Ich bin blind und kann die Knöpfe nicht sehen") == "spoken:accessibility"
    [text] = await desk.heard()
    assert text.startswith("Schreiben Sie einfach die Nummer.\n\nDieser Chat soll für alle nutzbar sein.")
    assert await desk.say("2") == "choice:typed"


@pytest.mark.parametrize("words", ["ist das noch aktuell?", "Was gilt heute?", "is that still current?"])
async def test_who_asks_whether_an_answer_still_holds_is_led_to_the_team(desk: Desk, words: str) -> None:
    await desk.say("answer: Stream?")
    await desk.sent()

    assert await desk.say(words) == "current:asked"
    [text] = await desk.heard()
    assert "an das Team" in text or "to the team" in text
    assert await desk.say("an das Team") == "feedback:team"
    assert "answer: Stream?" in (await desk.sent("mail"))[0].payload["text"]


async def test_whether_something_holds_is_a_question_like_any_other_where_nothing_was_answered(desk: Desk) -> None:
    assert await desk.say("Was gilt heute?") == "forward"
    await desk.say("answer: Stream?")
    desk.time += timedelta(hours=2)
    assert await desk.say("Ist das noch aktuell?") == "forward"


@pytest.mark.parametrize("words", ["1", "die zweite", "1 und 3", "Nummer 2 bitte", "des erschte", "the last one", "7."])
async def test_a_number_that_nothing_waits_for_is_asked_about(desk: Desk, words: str) -> None:
    assert await desk.say(words, CLARA) == "number:alone"
    assert "worauf sich die Nummer bezieht" in (await desk.heard())[0]


async def test_a_number_does_not_end_the_wish_for_a_person_nor_suggestions(desk: Desk) -> None:
    await desk.say("human: Mensch bitte")
    assert await desk.say("2") == "number:alone"
    assert await desk.say("suggest: was?") == "forward"

    await desk.hear(CitizenCommand(ADA, "5", "help"))
    await desk.say("answer: a")
    assert await desk.say("9") == "number:alone"
    assert await desk.say("1") == "feedback:yes"


async def test_a_number_after_the_teams_answer_is_for_the_team(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await desk.mail(StaffReply(code, "Erster oder zweiter See?", "anna@kl.digital", "<1@x>"))
    await desk.sent()

    assert await desk.say("die zweite") == "followup"


@pytest.mark.parametrize(
    ("words", "answers"),
    [
        ("des erschte", ["Nein, der Rat war dagegen."]),
        ("die mittlere", ["Sie steht am Rathaus."]),
        ("die letzte", ["Ein Ort neben Arbeit und Zuhause."]),
        ("the last one", ["Ein Ort neben Arbeit und Zuhause."]),
        ("1 und 3", ["Nein, der Rat war dagegen.", "Ein Ort neben Arbeit und Zuhause."]),
        ("die erste und die zweite bitte", ["Nein, der Rat war dagegen.", "Sie steht am Rathaus."]),
    ],
)
async def test_ordinals_pick_from_three_suggestions(desk: Desk, words: str, answers: list[str]) -> None:
    await desk.say("suggest: ?")
    await desk.sent()

    assert await desk.say(words) == "choice:typed"
    assert [text.partition("\n")[0] for text in await desk.heard()] == answers


@pytest.mark.parametrize("words", ["nix devun", "nix davon", "none of these"])
async def test_none_of_the_suggestions_is_said_in_many_ways(desk: Desk, words: str) -> None:
    await desk.say("suggest: ?")

    assert await desk.say(words) == "choice:typed"
    assert len(await desk.sent("mail")) == 1


def test_there_is_a_middle_of_three_only() -> None:
    phrases = Phrases(knowledge_base(), "info@kl.digital")

    assert phrases.chosen_numbers("die mittlere", ["livestream", "paket", "ort"]) == (2,)
    assert phrases.chosen_numbers("die mittlere", ["livestream", "paket"]) == ()
    assert phrases.chosen_numbers("die letzte", ["livestream", "paket"]) == (2,)
    assert phrases.chosen_numbers("5", ["livestream", "paket"]) == ()
    assert phrases.chosen_numbers("2024", ["livestream", "paket"]) == ()
