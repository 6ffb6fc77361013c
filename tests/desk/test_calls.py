"""Emergencies are met with 112 first; who wants a person is led to the team."""

from datetime import timedelta

import pytest

from bot.desk.citizen import Origin
from bot.desk.staff import StaffReply
from bot.knowledge.entry import Language
from tests.desk.desk import Desk


@pytest.mark.parametrize("words", ["Feuer!", "noise: Notfall", "112", "Hilfe, es brennt!", "Ruft den NOTARZT"])
async def test_a_cry_for_help_is_answered_with_112_first_and_not_treated_as_a_question(desk: Desk, words: str) -> None:
    assert await desk.say(words) == "emergency"

    [text] = await desk.heard()
    assert text.startswith("112: ")
    assert await desk.sent("mail") == []


@pytest.mark.parametrize("words", ["Was ist die 112?", "Bei uns in der Schillerstraße ist ein Feuer im Keller gewesen"])
async def test_a_question_about_an_emergency_is_also_forwarded(desk: Desk, words: str) -> None:
    assert await desk.say(words) == "forward"

    warning, notice = await desk.heard()
    assert warning.startswith("112: ")
    assert "Vorgang" in notice
    assert len(await desk.sent("mail")) == 1


async def test_a_question_about_an_emergency_is_also_answered(desk: Desk) -> None:
    assert await desk.say("answer: Wo steht das Feuerwehrauto im Notfall?") == "answer"
    assert (await desk.heard())[0].startswith("112: ")


@pytest.mark.parametrize("words", ["Wann ist das Feuerwerk?", "Wo ist die Hausnummer 1120?", "Notfallplan gesucht?"])
async def test_words_that_only_resemble_an_emergency_are_no_emergency(desk: Desk, words: str) -> None:
    await desk.say(words)

    assert not (await desk.heard())[0].startswith("112")


async def test_the_first_words_of_all_name_112_before_anything_else(desk: Desk) -> None:
    clara = Origin("telegram", "1003", Language.EN)
    await desk.say("There is a fire!", clara)

    [text] = await desk.heard()
    assert text.startswith("112: Call this number at once")


async def test_an_emergency_in_an_answer_to_the_team_reaches_the_team_as_well(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await desk.mail(StaffReply(code, "#rückfrage Warum?", "anna@kl.digital", "<1@x>"))
    await desk.sent()

    assert await desk.say("Notfall!") == "followup"
    assert (await desk.heard())[0].startswith("112: ")
    assert "Notfall!" in (await desk.sent("mail"))[-1].payload["text"]


async def test_who_wants_a_person_is_asked_for_the_question_and_it_goes_to_the_team(desk: Desk) -> None:
    await desk.say("human: Ich möchte mit einem Menschen sprechen")
    [asked] = await desk.heard()
    assert "Schreiben Sie Ihre Frage in einer Nachricht" in asked

    assert await desk.say("answer: wann?") == "forward"

    [mail] = await desk.sent("mail")
    assert "answer: wann?" in mail.payload["text"]
    assert "wollte mit einem Menschen sprechen" in mail.payload["text"]


async def test_small_talk_before_the_question_does_not_end_the_wish_for_a_person(desk: Desk) -> None:
    await desk.say("human: Mensch bitte")

    assert await desk.say("hello: ok") == "smalltalk"
    assert await desk.sent("mail") == []
    assert await desk.say("suggest: was?") == "forward"
    assert await desk.say("answer: wann?") == "answer"


async def test_the_wish_for_a_person_ends_after_a_while(desk: Desk) -> None:
    await desk.say("human: Mensch bitte")
    desk.time += timedelta(hours=2)

    assert await desk.say("answer: wann?") == "answer"


async def test_the_wish_for_a_person_after_the_teams_answer_reaches_the_team(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await desk.mail(StaffReply(code, "Zehn Meter.", "anna@kl.digital", "<1@x>"))
    await desk.sent()

    assert await desk.say("human: Ich will einen Menschen") == "followup"


async def test_after_an_emergency_nothing_is_suggested_and_people_read_the_rest(desk: Desk) -> None:
    assert await desk.say("suggest: My house is on fire") == "forward"

    warning, notice = await desk.heard()
    assert warning.startswith("112: Call this number at once")
    assert "Vorgang" in notice


async def test_a_stored_answer_follows_an_emergency_only_where_something_is_asked(desk: Desk) -> None:
    assert await desk.say("answer: Feuer an der Paketstation") == "forward"
    assert await desk.say("answer: Feuer! Wo ist die Paketstation?") == "answer"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("hello: Ich will nicht mehr leben", "Das klingt sehr schwer."),
        ("suggest: I don't want to live anymore", "That sounds very hard."),
        ("answer: Ich bring mich um, hier brennt es", "Das klingt sehr schwer."),
    ],
)
async def test_who_does_not_want_to_live_reads_who_listens_and_nothing_else(desk: Desk, words: str, said: str) -> None:
    dora = Origin("telegram", "1004", Language.DE)
    assert await desk.say(words, dora) == "crisis"

    [text] = await desk.heard()
    assert text.startswith(said)
    assert "0800 111 0 111" in text
    assert "112" in text
    assert "/help" not in text
    assert await desk.sent("mail") == []


async def test_a_crisis_told_to_a_person_of_the_team_reaches_that_person(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await desk.mail(StaffReply(code, "#rückfrage Warum?", "anna@kl.digital", "<1@x>"))
    await desk.sent()

    assert await desk.say("Ich will nicht mehr leben") == "followup"
    assert (await desk.heard())[0].startswith("Das klingt sehr schwer.")
    assert "nicht mehr leben" in (await desk.sent("mail"))[-1].payload["text"]
