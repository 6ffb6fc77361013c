"""A message with personal data goes to staff only as its citizen says; without a word, masked; never is it lost."""

from datetime import timedelta

import pytest

from bot.desk.citizen import CitizenCommand, CitizenTap
from bot.desk.sensitive import masked_from, told
from bot.desk.staff import StaffReply
from bot.desk.undecided import Decisions
from tests.desk.desk import ADA, BEN, Desk

IBAN = "DE89 3704 0044 0532 0130 00"
QUESTION = f"Wann wird die Gebühr von {IBAN} abgebucht?"


async def asked(desk: Desk, text: str = QUESTION) -> list[str]:
    """The data of the buttons with which Ada is asked how to pass her question on."""
    await desk.say(text)
    [delivery] = await desk.sent()
    return [row[0]["data"] for row in delivery.payload["buttons"]]


async def look(desk: Desk) -> None:
    await Decisions(desk.store, desk.conversation.offers.consent.expired).step()


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (QUESTION, ["consent_iban"]),
        ("Rufen Sie mich an: 0631 3654-0", ["consent_phone"]),
        ("Schreiben Sie an ada@example.org oder 0631 3654-0", ["consent_phone", "consent_mail"]),
        ("Meine Karte ist 4111 1111 1111 1111", ["consent_card"]),
        ("Ich heiße Ada Muster und wohne hier", []),
        ("Was war am 18.06.2020 um 10 Uhr?", []),
        ("Was bedeutet [IBAN]?", []),
    ],
)
def test_only_bank_card_telephone_and_mail_are_asked_about(text: str, kinds: list[str]) -> None:
    assert told(text) == kinds


def test_a_correction_shows_staff_no_more_than_they_have_seen() -> None:
    assert IBAN not in masked_from(QUESTION, "Wann wird abgebucht?")
    assert masked_from(f"Bitte: {QUESTION}", QUESTION) == f"Bitte: {QUESTION}"


async def test_before_personal_data_go_to_staff_the_citizen_is_asked_and_sees_what_staff_would_read(desk: Desk) -> None:
    await desk.say(QUESTION)

    [delivery] = await desk.sent()
    text = delivery.payload["text"]
    assert "eine IBAN" in text
    assert "„Wann wird die Gebühr von [IBAN] abgebucht?“" in text
    assert "\n1. So weitergeben" in text
    assert len(delivery.payload["buttons"]) == 3
    assert await desk.sent("mail") == []


async def test_what_is_answered_at_once_is_not_asked_about(desk: Desk) -> None:
    assert await desk.say(f"answer: {IBAN}") == "answer"
    assert "IBAN" not in (await desk.heard())[0]


@pytest.mark.parametrize(("words", "shown"), [("1", IBAN), ("die zweite", "[IBAN]"), ("ohne diese Angaben", "[IBAN]")])
async def test_staff_read_what_the_citizen_decided(desk: Desk, words: str, shown: str) -> None:
    await asked(desk)

    assert await desk.say(words) == "consent:typed"

    [mail] = await desk.sent("mail")
    assert f"Wann wird die Gebühr von {shown} abgebucht?" in mail.payload["text"]
    assert (IBAN in str(mail.payload)) == (shown == IBAN)
    assert mail.payload["ticket"] in (await desk.heard())[0]


async def test_what_is_not_to_be_passed_on_is_not_and_its_number_is_forgotten(desk: Desk) -> None:
    _, _, no = await asked(desk)

    assert await desk.hear(CitizenTap(ADA, "t1", no)) == "consent:tapped"

    assert await desk.sent("mail") == []
    assert "ich gebe Ihre Nachricht nicht weiter" in "\n".join(await desk.heard())
    assert all(IBAN not in one["text"] for one in await desk.store.decisions(10))


async def test_a_decision_is_taken_once_and_only_by_whoever_asked(desk: Desk) -> None:
    as_it_is, masked, _ = await asked(desk)

    outcomes = [
        await desk.hear(CitizenTap(origin, f"t{number}", data))
        for number, (origin, data) in enumerate(((BEN, as_it_is), (ADA, masked), (ADA, as_it_is), (ADA, "c:x:1")))
    ]

    assert outcomes == ["tap:gone", "consent:tapped", "tap:gone", "tap:gone"]
    assert len(await desk.sent("mail")) == 1


async def test_without_a_decision_it_goes_masked_after_half_an_hour_and_the_citizen_is_told(desk: Desk) -> None:
    await asked(desk)
    await look(desk)
    assert await desk.sent("mail") == []

    desk.time += timedelta(minutes=31)
    await look(desk)
    await look(desk)

    [mail] = await desk.sent("mail")
    assert "[IBAN]" in mail.payload["text"]
    assert IBAN not in str(mail.payload)
    told_citizen, notice = await desk.heard()
    assert "Sie haben nichts gewählt" in told_citizen
    assert mail.payload["ticket"] in notice


async def test_another_question_meanwhile_does_not_lose_the_one_that_waits(desk: Desk) -> None:
    as_it_is, _, _ = await asked(desk)
    await desk.say("answer: wann?")
    await desk.say("2")

    await desk.hear(CitizenTap(ADA, "t1", as_it_is))

    [mail] = await desk.sent("mail")
    assert IBAN in mail.payload["text"]


async def test_a_message_written_anew_takes_the_place_of_the_one_that_waits(desk: Desk) -> None:
    await desk.say(QUESTION, external_id="60")
    await desk.say("Wann wird die Gebühr abgebucht?", external_id="60", edited=True)
    desk.time += timedelta(hours=1)
    await look(desk)

    [mail] = await desk.sent("mail")
    assert "Wann wird die Gebühr abgebucht?" in mail.payload["text"]


async def test_a_question_that_waits_can_be_taken_back(desk: Desk) -> None:
    await asked(desk)

    assert await desk.hear(CitizenCommand(ADA, "90", "zurueckziehen")) == "consent:withdrawn"

    desk.time += timedelta(hours=1)
    await look(desk)
    assert await desk.sent("mail") == []


async def test_of_several_questions_only_the_forwarded_part_waits(desk: Desk) -> None:
    await desk.say(f"two: a? b? {IBAN}")
    await desk.say("2")

    [mail] = await desk.sent("mail")
    assert IBAN not in str(mail.payload)
    assert "- unknown: b" in mail.payload["text"]


async def test_none_of_the_suggestions_asks_before_it_passes_on(desk: Desk) -> None:
    await desk.say(f"suggest: {IBAN}")
    await desk.sent()
    await desk.say("keine davon")

    assert "eine IBAN" in (await desk.heard())[0]
    assert await desk.sent("mail") == []


async def test_what_staff_asked_for_reaches_them_as_it_is(desk: Desk) -> None:
    code = await desk.ticket_of("Wann wird abgebucht?")
    await desk.mail(StaffReply(code, "#rückfrage Unter welcher Nummer?", "anna@kl.digital", "<1@x>"))
    await desk.sent()

    await desk.say("0631 3654-0")

    assert "0631 3654-0" in (await desk.sent("mail"))[-1].payload["text"]


@pytest.mark.parametrize(
    "words",
    ["nein", "Nein danke, vergiss es!", "nein danke vergiss es", "vergiss es", "lass es", "Stopp", "never mind"]
    + ["Never mind, thanks.", "bitte nicht", "3. Gar nicht weitergeben"],
)
async def test_whoever_says_no_in_words_is_heard(desk: Desk, words: str) -> None:
    await asked(desk)

    assert await desk.say(words) == "consent:typed"

    desk.time += timedelta(hours=1)
    await look(desk)
    assert "ich gebe Ihre Nachricht nicht weiter" in "\n".join(await desk.heard())
    assert await desk.sent("mail") == []


@pytest.mark.parametrize("words", ["Vergiss es nicht weiterzugeben", "nicht so weitergeben", "danke", "nein " * 20])
async def test_what_says_more_than_no_or_less_is_no_decision(desk: Desk, words: str) -> None:
    await asked(desk)

    assert await desk.say(words) != "consent:typed"


async def test_the_reply_to_something_else_says_once_that_a_question_still_waits(desk: Desk) -> None:
    await asked(desk)
    replies = []
    for words in ("hello", "hello"):
        await desk.say(words)
        replies += await desk.heard()

    assert [reply.endswith("\n\nIhre Nachricht wartet noch: 1, 2 oder 3?") for reply in replies] == [True, False]
    assert await desk.say("nein danke") == "consent:typed"
    assert await desk.sent("mail") == []


async def test_where_numbers_are_about_the_reply_itself_the_reminder_asks_for_words(desk: Desk) -> None:
    await asked(desk)
    await desk.say("answer: wann?")

    assert (await desk.heard())[0].endswith("„so weitergeben“, „ohne diese Angaben“ oder „gar nicht“.")
    assert await desk.say("2") == "feedback:no"
    assert await desk.say("gar nicht") == "consent:typed"


async def test_a_command_meanwhile_is_followed_by_the_reminder_and_a_silent_question_is_not(desk: Desk) -> None:
    await desk.say(QUESTION)
    assert not any("wartet noch" in text for text in await desk.heard())

    await desk.hear(CitizenCommand(ADA, "91", "hilfe"))
    assert (await desk.heard())[0].endswith("1, 2 oder 3?")


async def test_what_is_decided_is_no_more_reminded_of(desk: Desk) -> None:
    await asked(desk)
    await desk.say("2")
    await desk.say("hello")

    assert not any("wartet noch" in text for text in await desk.heard())


async def test_to_a_person_in_a_crisis_nothing_else_is_said(desk: Desk) -> None:
    await asked(desk)

    assert await desk.say("Ich will nicht mehr leben") == "crisis"

    [text] = await desk.heard()
    assert "TelefonSeelsorge" in text
    assert "wartet noch" not in text


async def test_any_refusal_right_after_the_question_is_a_no_and_later_it_is_small_talk(desk: Desk) -> None:
    await asked(desk)
    assert await desk.say("refusal: das war es dann") == "consent:typed"
    await desk.sent()

    await asked(desk, "Rufen Sie mich an: 0631 3654-0")
    await desk.say("answer: wann?")
    assert await desk.say("refusal: das war es dann") == "smalltalk"
