"""What citizens get back, and what staff get to see, message by message."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.desk.citizen import CitizenPresence, CitizenTap, CitizenText, Origin, Unusable
from bot.desk.staff import Bounce, Dropped, DroppedMail, Held, HeldMail, IncomingMail, StaffReply
from bot.knowledge.entry import Language, SmallTalk
from tests.desk.base import knowledge_base
from tests.desk.desk import ADA, BEN, QUEUE, Desk, decide


async def test_a_known_question_gets_the_stored_answer_with_date_and_source(desk: Desk) -> None:
    outcome = await desk.say("answer: wann?")

    [text] = await desk.heard()
    assert outcome == "answer"
    assert "Nein, der Rat war dagegen." in text
    assert "Juni 2020" in text
    assert "Testquelle" in text
    assert "Automatische Antwort" in text


async def test_above_an_answer_stands_the_question_as_it_was_understood_unless_it_was_asked_so(desk: Desk) -> None:
    await desk.say("answer: Stream?")
    [text] = await desk.heard()
    assert text.startswith("Ihre Frage verstehe ich so: „Werden Ratssitzungen übertragen?“\n\nNein, der Rat")

    exact = replace(decide("answer", None), text="werden ratssitzungen übertragen")
    desk.conversation = replace(desk.conversation, decide=lambda _text, _language: exact)
    await desk.say("werden ratssitzungen übertragen")
    assert (await desk.heard())[0].startswith("Nein, der Rat war dagegen.")


async def test_an_english_question_without_english_answer_says_that_it_is_german(desk: Desk) -> None:
    await desk.say("english: where?")

    [text] = await desk.heard()
    assert "So far this answer is only available in German" in text


async def test_someone_who_asks_without_start_is_told_once_that_this_is_a_machine(desk: Desk) -> None:
    clara = Origin("telegram", "1003", Language.DE)
    await desk.say("answer: a", clara)
    await desk.say("answer: b", clara)

    first, second = await desk.heard()
    assert "automatischen Assistenten" in first
    assert "automatischen Assistenten" not in second


async def test_suggestions_are_numbered_in_the_text_and_on_buttons(desk: Desk) -> None:
    await desk.say("suggest: ?")

    [delivery] = await desk.sent()
    assert "2. Gibt es eine Paketstation?" in delivery.payload["text"]
    assert [row[0]["text"] for row in delivery.payload["buttons"]][1] == "2. Gibt es eine Paketstation?"
    assert len(delivery.payload["buttons"]) == 4
    assert all(len(row[0]["data"].encode()) <= 64 for row in delivery.payload["buttons"])


@pytest.mark.parametrize("words", ["2", " 2. ", "zwei", "die zweite!", "two", "Gibt es eine Paketstation?"])
async def test_a_suggestion_can_be_picked_by_typing(desk: Desk, words: str) -> None:
    await desk.say("suggest: ?")
    await desk.sent()

    outcome = await desk.say(words)

    assert outcome == "choice:typed"
    assert (await desk.heard())[0].startswith("Sie steht am Rathaus.")


async def test_a_suggestion_can_be_tapped_and_a_second_tap_is_not_answered_twice(desk: Desk) -> None:
    await desk.say("suggest: ?")
    [delivery] = await desk.sent()
    data = delivery.payload["buttons"][2][0]["data"]

    first = await desk.hear(CitizenTap(ADA, "t1", data))
    second = await desk.hear(CitizenTap(ADA, "t2", data))

    assert (first, second) == ("choice:tapped", "tap:repeated")
    texts = [one.payload["text"] for one in await desk.sent() if one.payload["kind"] == "text"]
    assert len(texts) == 1


async def test_nobody_can_tap_another_citizens_suggestions(desk: Desk) -> None:
    await desk.say("suggest: ?")
    [delivery] = await desk.sent()

    outcome = await desk.hear(CitizenTap(BEN, "t1", delivery.payload["buttons"][0][0]["data"]))

    assert outcome == "tap:gone"


@pytest.mark.parametrize(
    "data", ["", "s:", "s:1", "s:1:9", "s:x:1", "x:1:1", "s:²:1", "s:-1:0", "s:99999999999999999:1"]
)
async def test_a_forged_button_leads_nowhere(desk: Desk, data: str) -> None:
    await desk.say("suggest: ?")

    assert await desk.hear(CitizenTap(ADA, "t1", data)) == "tap:gone"


async def test_none_of_the_suggestions_goes_to_the_team_with_the_original_question(desk: Desk) -> None:
    await desk.say("suggest: was ist mit X?")
    await desk.sent()

    await desk.say("keine davon")

    [mail] = await desk.sent("mail")
    assert "was ist mit X?" in mail.payload["text"]
    assert mail.payload["to"] == QUEUE


async def test_an_unknown_question_becomes_a_mail_that_names_nobody(desk: Desk) -> None:
    await desk.say("Wie tief ist der See?")

    [notice] = await desk.heard()
    [mail] = await desk.sent("mail")
    assert mail.payload["ticket"] in notice
    assert "sicher gespeichert" in notice
    assert "Wie tief ist der See?" in mail.payload["text"]
    assert "1. Werden Ratssitzungen übertragen?" in mail.payload["text"]
    assert "1001" not in str(mail.payload)


async def test_while_mail_is_down_the_citizen_is_told_that_it_will_be_later(desk: Desk) -> None:
    await desk.say("Frage eins?")
    [mail] = await desk.store.claim("mail", 1, timedelta(0))
    await desk.store.postpone(mail, desk.time + timedelta(minutes=1), "no server", counted=True)
    await desk.sent()

    await desk.say("Frage zwei?", BEN)

    [notice] = await desk.heard()
    assert "sicher gespeichert und wird weitergeleitet" in notice


async def test_the_teams_reply_reaches_its_own_citizen_marked_as_a_persons(desk: Desk) -> None:
    ada = await desk.ticket_of("Adas Frage?")
    ben = await desk.ticket_of("Bens Frage?", BEN)

    await desk.mail(StaffReply(ben, "Antwort für Ben", "anna@kl.digital", "<2@x>"))
    await desk.mail(StaffReply(ada, "Antwort für Ada", "anna@kl.digital", "<1@x>"))

    to_ben, to_ada = sorted(await desk.sent(), key=lambda one: one.address, reverse=True)
    assert (to_ben.address, to_ada.address) == ("1002", "1001")
    assert "Antwort für Ben" in to_ben.payload["text"]
    assert "Antwort für Ada" in to_ada.payload["text"]
    assert "von einem Menschen" in to_ada.payload["text"]


async def test_a_reply_to_a_ticket_that_does_not_exist_is_shown_to_staff(desk: Desk) -> None:
    outcome = await desk.mail(StaffReply("KL-222222", "Text", "anna@kl.digital", "<1@x>"))

    [mail] = await desk.sent("mail")
    assert outcome == "held:unknown-ticket"
    assert "KL-222222" in mail.payload["text"]
    assert await desk.sent() == []


@pytest.mark.parametrize(
    ("mail", "outcome", "letters"),
    [
        (HeldMail(Held.NOT_STAFF, "Kein Teammitglied.", "x@evil.example", "Re: x", "<1@x>"), "held:not-staff", 1),
        (DroppedMail(Dropped.AUTO_REPLY, "<2@x>"), "dropped:auto-reply", 0),
        (DroppedMail(Dropped.RECEIPT, "<2@x>"), "dropped:receipt", 0),
        (DroppedMail(Dropped.CALENDAR, "<2@x>"), "dropped:calendar", 0),
        (DroppedMail(Dropped.NEWSLETTER, "<2@x>"), "dropped:newsletter", 0),
        (DroppedMail(Dropped.OWN_MAIL, "<2@x>"), "dropped:own-mail", 0),
        (Bounce(True, "5.1.1", "<3@x>"), "bounce:final", 0),
    ],
)
async def test_other_mail_never_reaches_a_citizen(desk: Desk, mail: IncomingMail, outcome: str, letters: int) -> None:
    await desk.ticket_of("Frage?")

    assert await desk.mail(mail) == outcome
    assert await desk.sent() == []
    assert len(await desk.sent("mail")) == letters


async def test_the_same_question_again_is_not_sent_to_the_team_twice(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")

    await desk.say("Wie tief ist der See?")

    assert code in (await desk.heard())[0]
    assert await desk.sent("mail") == []


async def test_what_the_citizen_adds_after_an_answer_stays_in_the_same_ticket(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await desk.mail(StaffReply(code, "Welcher See?", "anna@kl.digital", "<1@x>"))
    await desk.sent()

    await desk.say("Der Gelterswoog")

    [mail] = await desk.sent("mail")
    assert (mail.payload["ticket"], mail.payload["serial"]) == (code, 1)
    assert "Der Gelterswoog" in mail.payload["text"]
    assert "Welcher See?" in mail.payload["text"]


async def test_after_two_weeks_a_question_opens_a_new_ticket(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await desk.mail(StaffReply(code, "Zehn Meter.", "anna@kl.digital", "<1@x>"))
    desk.time += timedelta(days=15)

    assert await desk.ticket_of("Und wie lang?") != code


async def test_a_reply_to_the_teams_message_belongs_to_its_ticket_even_if_it_could_be_answered(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await desk.mail(StaffReply(code, "Meinen Sie den Livestream?", "anna@kl.digital", "<1@x>"))
    [delivered] = await desk.sent()

    outcome = await desk.say("answer: ja", reply_to=str(500 + delivered.id))

    assert outcome == "followup"
    assert (await desk.sent("mail"))[0].payload["ticket"] == code


async def test_two_questions_in_one_message_are_answered_and_forwarded_each(desk: Desk) -> None:
    outcome = await desk.say("two: a? b?")

    texts = await desk.heard()
    assert outcome == "answer+forward"
    assert len(texts) == 2
    assert "„unknown: b“" in texts[1]


async def test_a_question_the_matcher_stumbles_over_goes_to_people(desk: Desk) -> None:
    assert await desk.say("crash: now") == "forward"
    assert len(await desk.sent("mail")) == 1


async def test_an_edit_without_a_change_is_no_new_question(desk: Desk) -> None:
    await desk.say("answer: a", external_id="77")
    await desk.sent()

    unchanged = await desk.say("answer: a", external_id="77", edited=True)
    changed = await desk.say("answer: b", external_id="77", edited=True)

    assert (unchanged, changed) == ("edit:unchanged", "answer")
    assert len(await desk.heard()) == 1


async def test_what_the_bot_cannot_use_is_said_kindly(desk: Desk) -> None:
    await desk.hear(Unusable(ADA, "9", "voice"))

    assert QUEUE in (await desk.heard())[0]


async def test_a_citizen_may_block_and_come_back(desk: Desk) -> None:
    assert await desk.hear(CitizenPresence(ADA, True)) == "blocked"
    assert await desk.hear(CitizenPresence(ADA, False)) == "unblocked"


async def test_staff_are_told_when_their_reply_could_not_be_delivered(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await desk.mail(StaffReply(code, "Zehn Meter.", "anna@kl.digital", "<1@x>"))
    [reply] = await desk.store.claim("telegram", 1, timedelta(minutes=1))

    async with desk.store.begin() as tx:
        await tx.bury(reply.id, "blocked")
        await desk.relay.undeliverable(tx, reply, "blocked")

    [mail] = await desk.sent("mail")
    assert mail.payload["ticket"] == code
    assert "Zehn Meter." in mail.payload["text"]
    assert "blockiert" in mail.payload["text"]


async def test_a_bare_yes_after_the_teams_question_reaches_the_team(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await desk.mail(StaffReply(code, "Meinen Sie den Gelterswoog?", "anna@kl.digital", "<1@x>"))
    await desk.sent()

    first = await desk.say("noise: ja")
    second = await desk.say("noise: ja")

    assert (first, second) == ("followup", "smalltalk")
    assert "noise: ja" in (await desk.sent("mail"))[0].payload["text"]


async def test_thanks_after_the_teams_answer_are_no_new_work_for_the_team(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await desk.mail(StaffReply(code, "Zehn Meter.", "anna@kl.digital", "<1@x>"))
    await desk.sent()

    assert await desk.say("hello: danke") == "smalltalk"


@pytest.mark.parametrize("words", ["thanked: Danke! Und warum?", "hello: Danke! Und wer?"])
async def test_a_question_behind_thanks_for_the_teams_answer_reaches_the_team(desk: Desk, words: str) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await desk.mail(StaffReply(code, "Zehn Meter.", "anna@kl.digital", "<1@x>"))
    await desk.sent()

    assert await desk.say(words) == "followup"
    assert words in (await desk.sent("mail"))[0].payload["text"]


async def test_only_thanks_in_reply_to_the_teams_message_are_small_talk(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await desk.mail(StaffReply(code, "Zehn Meter.", "anna@kl.digital", "<1@x>"))
    [delivered] = await desk.sent()
    message = str(500 + delivered.id)

    assert await desk.say("hello: danke", reply_to=message) == "smalltalk"
    assert await desk.say("hello: danke! Und wer?", reply_to=message) == "followup"


async def test_suggestions_are_made_behind_thanks_where_nobody_of_the_team_wrote(desk: Desk) -> None:
    assert await desk.say("thanked: Danke! Und warum?") == "suggest"


async def test_no_after_none_of_the_suggestions_is_an_answer_to_the_team_not_a_choice(desk: Desk) -> None:
    await desk.say("suggest: ?")
    await desk.say("keine davon")
    await desk.sent()
    [mail] = await desk.sent("mail")
    await desk.mail(StaffReply(mail.payload["ticket"], "Meinen Sie X?", "anna@kl.digital", "<1@x>"))
    await desk.sent()

    assert await desk.say("noise: Nein") == "followup"


async def test_a_changed_choice_gets_its_own_answer(desk: Desk) -> None:
    await desk.say("suggest: ?")
    await desk.sent()
    await desk.say("1", external_id="50")
    desk.time += timedelta(seconds=5)
    await desk.say("2", external_id="50", edited=True)

    first, second = await desk.heard()
    assert first.startswith("Nein, der Rat war dagegen.")
    assert second.startswith("Sie steht am Rathaus.")


async def test_a_correction_of_an_open_question_goes_into_its_ticket(desk: Desk) -> None:
    await desk.say("Wie tief ist der Se?", external_id="60")
    [first] = await desk.sent("mail")

    await desk.say("Wie tief ist der Seh?", external_id="60", edited=True)
    at_once = await desk.sent("mail")
    await desk.say("Wie tief ist der See?", external_id="60", edited=True)
    desk.time += timedelta(minutes=1)

    [second] = await desk.sent("mail")
    assert at_once == []
    assert second.payload["ticket"] == first.payload["ticket"]
    assert "der See?" in second.payload["text"]
    async with desk.store.begin() as tx:
        ticket = await tx.ticket(str(first.payload["ticket"]))
        assert ticket is not None
        assert ticket.question == "Wie tief ist der See?"
        assert [one.text for one in await tx.messages(ticket)] == ["Wie tief ist der See?"]


async def test_an_edit_that_adds_a_question_to_several_is_a_change(desk: Desk) -> None:
    await desk.say("two: a? b?", external_id="70")
    await desk.sent()

    assert await desk.say("two: a? b? Und c?", external_id="70", edited=True) == "corrected"


async def test_the_clerk_sees_the_whole_message_and_which_question_is_open(desk: Desk) -> None:
    await desk.say("two: a? b? Mein Hund ist gelb.")

    [mail] = await desk.sent("mail")
    assert "Mein Hund ist gelb." in mail.payload["text"]
    assert "- unknown: b" in mail.payload["text"]


async def test_words_that_cannot_be_handled_are_rescued_to_the_team(desk: Desk) -> None:
    async with desk.store.begin() as tx:
        outcome = await desk.conversation.rescue(tx, CitizenText(ADA, "80", "answer: wann?"))

    assert outcome == "rescued:forward"
    assert "answer: wann?" in (await desk.sent("mail"))[0].payload["text"]


async def test_a_reply_that_cannot_be_handled_is_shown_to_staff(desk: Desk) -> None:
    async with desk.store.begin() as tx:
        await desk.relay.rescue(tx, StaffReply("KL-222222", "Text", "anna@kl.digital", "<1@x>"))

    assert "Fehler" in (await desk.sent("mail"))[0].payload["text"]


UNKNOWN, GLADLY = "keine geprüfte Antwort", "Gern: Ihre Frage ist sicher gespeichert und geht an das Team"


@pytest.mark.parametrize(
    ("said", "unknown", "gladly"),
    [
        (("unknown: wann?",), True, False),
        (("answer: wann?", "3"), False, True),
        (("answer: wann?", "2", "1", "an das Team"), False, True),
        (("human", "unknown: wann?"), False, True),
        (("unknown: DE89 3704 0044 0532 0130 00", "1"), False, True),
        (("suggest: was?", "keine davon"), True, False),
    ],
)
async def test_that_there_is_no_answer_is_said_only_where_it_is_so(
    desk: Desk, said: tuple[str, ...], unknown: bool, gladly: bool
) -> None:
    for text in said:
        await desk.sent()
        await desk.say(text)

    [notice] = await desk.heard()
    assert (UNKNOWN in notice, GLADLY in notice) == (unknown, gladly)
    assert "Ein Mensch antwortet Ihnen hier im Chat." in notice


async def test_of_a_part_of_a_message_it_is_said_once(desk: Desk) -> None:
    await desk.say("two: a? b?")

    assert (await desk.heard())[-1].count(UNKNOWN) == 1


async def test_who_wants_the_team_is_not_told_of_answers_before_the_choice_either(desk: Desk) -> None:
    await desk.say("answer: DE89 3704 0044 0532 0130 00")
    await desk.sent()
    await desk.say("an das Team")

    [asked] = await desk.heard()
    assert UNKNOWN not in asked
    assert asked.startswith("Ich gebe Ihre Nachricht gern an das Team weiter. Darin steht vermutlich: eine IBAN.")


async def test_rudeness_is_met_once_a_day_and_what_is_said_beside_it_always(desk: Desk) -> None:
    desk.know(replace(knowledge_base(), small_talk=(SmallTalk("insult", {Language.DE: ("rude: Idiot",)}, {}),)))
    for words in ("rude: Idiot", "rude: Idiot!", "rude: Idiot, sag was"):
        assert await desk.say(words) == "smalltalk"
    met, again = await desk.heard()
    assert "Ihre Nachricht ist angekommen" not in met
    assert "Ihre Nachricht ist angekommen" in again

    desk.time += timedelta(days=1)
    await desk.say("rude: Idiot")
    assert len(await desk.heard()) == 1


async def test_rudeness_that_went_to_the_team_was_not_met(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await desk.mail(StaffReply(code, "Zehn Meter.", "anna@kl.digital", "<1@x>"))
    await desk.sent()

    assert await desk.say("rude: Idiot") == "followup"
    await desk.sent()
    assert await desk.say("rude: Idiot") == "smalltalk"
    assert len(await desk.heard()) == 1
