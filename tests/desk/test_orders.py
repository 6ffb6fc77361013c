"""What a clerk's command does to a ticket, what the citizen gets of it, and what the clerk is told."""

import asyncio
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.desk.citizen import Origin
from bot.desk.staff import Bounce, StaffReply
from bot.desk.ticket import Author
from bot.knowledge.entry import Language
from tests.desk.desk import BEN, QUEUE, Desk, opened_desk

LIST = "#rückfrage"
COMMANDS = ["#intern", "#1", "#2", "#3", "#Rueckfrage", "#weiter an anna@kl.digital", "#wissen", "#schließen", "#SPAM"]


async def clerk(desk: Desk, code: str, text: str, mail: str = "<1@x>", sender: str = "anna@kl.digital") -> str:
    """A clerk's reply; the outcome."""
    return await desk.mail(StaffReply(code, text, sender, mail))


async def state(desk: Desk, code: str) -> str:
    async with desk.store.begin() as tx:
        ticket = await tx.ticket(code)
    assert ticket is not None
    return str(ticket.state)


async def history(desk: Desk, code: str) -> list[tuple[Author, str]]:
    async with desk.store.begin() as tx:
        ticket = await tx.ticket(code)
        assert ticket is not None
        return [(message.author, message.text) for message in await tx.messages(ticket)]


def proposals(folder: Path) -> list[Any]:
    with closing(sqlite3.connect(folder / "desk.sqlite")) as connection:
        return connection.execute("SELECT question, answer, author, state FROM proposals").fetchall()


async def test_a_note_stays_among_staff(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")

    outcome = await clerk(desk, code, "#intern: Ich frage beim Bauamt nach.")
    await desk.say("Wie tief ist der Gelterswoog?", external_id="1", edited=True)

    assert outcome == "command:note"
    assert (Author.NOTE, "Ich frage beim Bauamt nach.") in await history(desk, code)
    assert "Bauamt" not in " ".join(await desk.heard())
    assert await state(desk, code) == "open"


async def test_the_listed_answer_is_sent_by_a_person_with_date_and_source(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")

    outcome = await clerk(desk, code, "#2")

    [text] = await desk.heard()
    assert outcome == "command:stored"
    assert "von einem Menschen" in text
    assert "Sie steht am Rathaus." in text
    assert "Stand: Juni 2020. Quelle: Testquelle" in text
    assert "Automatisch" not in text
    assert await state(desk, code) == "answered"
    assert (Author.STAFF, "Sie steht am Rathaus.") in await history(desk, code)


async def test_what_a_clerk_adds_to_a_stored_answer_stands_before_it(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")

    await clerk(desk, code, "#1. Guten Tag,\ndas passt wohl:")

    [text] = await desk.heard()
    assert re.search(r"Guten Tag,\ndas passt wohl:\n\nNein, der Rat war dagegen\.\n\nStand: Juni 2020", text)
    assert "#1" not in text


async def test_the_numbers_are_those_of_the_mail_that_asked(desk: Desk) -> None:
    await desk.say("Wie tief ist der See?")
    [mail] = await desk.sent("mail")
    await desk.sent()
    listed = dict(re.findall(r"^\s*(\d)\. (.+?\?)", mail.payload["text"], re.MULTILINE))

    await clerk(desk, mail.payload["ticket"], "#3", "<1@x>")
    await clerk(desk, mail.payload["ticket"], "#2", "<2@x>")

    [text] = await desk.heard()
    assert set(listed) == {"1", "2"}
    assert listed["2"] == "Gibt es eine Paketstation?"
    assert "Sie steht am Rathaus." in text


async def test_a_number_that_was_not_listed_is_answered_with_what_was(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")

    outcome = await clerk(desk, code, "#3 bitte")

    [mail] = await desk.sent("mail")
    assert outcome == "command:refused"
    assert "#1: Werden Ratssitzungen übertragen?" in mail.payload["text"]
    assert "#2: Gibt es eine Paketstation?" in mail.payload["text"]
    assert mail.payload["ticket"] == code
    assert await desk.sent() == []
    assert await state(desk, code) == "open"


async def test_an_english_citizen_gets_the_stored_answer_in_english(desk: Desk) -> None:
    code = await desk.ticket_of("englishunknown: how deep?")

    await clerk(desk, code, "#1 Hello,")
    await clerk(desk, code, "#2", "<2@x>")

    first, second = await desk.heard()
    assert "Hello,\n\nNo." in first
    assert "As of June 2020. Source: Testquelle" in first
    assert "So far this answer is only available in German" in second


async def test_a_stored_answer_that_does_not_arrive_is_shown_to_staff(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await clerk(desk, code, "#2")
    [reply] = await desk.store.claim("telegram", 1, timedelta(minutes=1))

    async with desk.store.begin() as tx:
        await tx.bury(reply.id, "blocked")
        await desk.relay.undeliverable(tx, reply, "blocked")

    assert "Sie steht am Rathaus." in (await desk.sent("mail"))[0].payload["text"]
    assert await state(desk, code) == "undeliverable"


async def test_a_mail_to_staff_that_is_given_up_leaves_the_ticket_open_and_tells_nobody_by_mail(desk: Desk) -> None:
    await desk.say("unknown: Wer?")
    [mail] = await desk.store.claim("mail", 10, timedelta(minutes=1))
    async with desk.store.begin() as tx:
        await tx.bury(mail.id, "refused")
        await desk.relay.undeliverable(tx, mail, "refused")

    assert await state(desk, mail.payload["ticket"]) == "open"
    assert await desk.sent("mail") == []


@pytest.mark.parametrize("words", ["Der Gelterswoog", "answer: ja", "hello: danke", "suggest: x", "2", "noise: ja"])
async def test_whatever_the_citizen_says_to_a_question_back_goes_to_those_who_asked(desk: Desk, words: str) -> None:
    await desk.say("suggest: Paket?")
    code = await desk.ticket_of("Wie tief ist der See?")

    outcome = await clerk(desk, code, "#rückfrage\nWelcher See?")
    [asked] = await desk.heard()
    waits = await state(desk, code)
    answered = await desk.say(words)

    [mail] = await desk.sent("mail")
    assert (outcome, waits, answered) == ("command:ask_back", "waiting", "followup")
    assert "Rückfrage" in asked
    assert "von einem Menschen" in asked
    assert "Welcher See?" in asked
    assert "#" not in asked
    assert mail.payload["ticket"] == code
    assert words in mail.payload["text"]
    assert "Welcher See?" in mail.payload["text"]
    assert await state(desk, code) == "open"


async def test_a_question_back_reaches_its_own_ticket_even_if_another_is_newer(desk: Desk) -> None:
    older = await desk.ticket_of("Wie tief ist der See?")
    newer = await desk.ticket_of("Wie hoch ist der Turm?")
    await clerk(desk, older, "#rückfrage Welcher See?")
    [asked] = await desk.sent()

    await desk.say("Der am Wald")
    await clerk(desk, newer, "#rückfrage Welcher Turm?", "<2@x>")
    await desk.sent()
    await desk.say("Ich meine den blauen", reply_to=str(500 + asked.id))
    await desk.say("Der am Markt")

    said = {
        code: [text for author, text in await history(desk, code) if author is Author.CITIZEN]
        for code in (older, newer)
    }
    assert said[older][1:] == ["Der am Wald", "Ich meine den blauen"]
    assert said[newer][1:] == ["Der am Markt"]


async def test_only_the_next_message_answers_a_question_back(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await clerk(desk, code, "#rückfrage Welcher See?")
    await desk.say("Der Gelterswoog")

    assert await desk.say("answer: Und der Stadtrat?") == "answer"
    assert await desk.say("answer: Und der Stadtrat?", BEN) == "answer"


async def test_a_question_back_that_is_long_past_keeps_no_new_question_from_its_answer(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await clerk(desk, code, "#rückfrage Welcher See?")
    desk.time += timedelta(days=15)

    assert await desk.say("answer: Wann tagt der Rat?") == "answer"


async def test_a_ticket_is_handed_over_with_its_history(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await clerk(desk, code, "#rückfrage Welcher See?", "<1@x>")
    await desk.say("Der Gelterswoog")
    await desk.sent("mail")
    await desk.sent()

    outcome = await clerk(desk, code, "#weiter an Bauamt@KL.digital\nKönnen Sie das?", "<2@x>")

    mails = {mail.payload["to"]: mail for mail in await desk.sent("mail")}
    to_colleague, to_queue = mails["bauamt@kl.digital"].payload, mails[QUEUE].payload
    assert outcome == "command:hand_over"
    assert to_colleague["ticket"] == to_queue["ticket"] == code
    assert to_colleague["serial"] != to_queue["serial"]
    for words in ("Wie tief ist der See?", "Welcher See?", "Der Gelterswoog", "Können Sie das?", "anna@kl.digital"):
        assert words in to_colleague["text"]
    assert "bauamt@kl.digital" in to_queue["text"]
    assert await desk.sent() == []
    assert await state(desk, code) == "open"


async def test_a_colleague_answers_and_is_told_of_mistakes_at_the_own_address(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await clerk(desk, code, "#weiter an bauamt@kl.digital")
    await desk.sent("mail")

    await clerk(desk, code, "#foo", "<2@x>", "bauamt@kl.digital")
    await clerk(desk, code, "Zehn Meter.", "<3@x>", "bauamt@kl.digital")

    assert [mail.payload["to"] for mail in await desk.sent("mail")] == ["bauamt@kl.digital"]
    assert "Zehn Meter." in (await desk.heard())[0]


async def test_a_mail_to_a_colleague_that_is_stuck_holds_up_nothing_else(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await clerk(desk, code, "#weiter an bauamt@kl.digital")
    for mail in await desk.store.claim("mail", 9, timedelta(0)):
        if mail.payload["to"] == QUEUE:
            await desk.store.delivered(mail)
        else:
            await desk.store.postpone(mail, desk.time + timedelta(hours=1), "550", counted=True)

    await clerk(desk, code, "#foo", "<2@x>")
    await desk.say("Frage zwei?", BEN)

    assert len(await desk.sent("mail")) == 2
    assert "gestört" not in " ".join(await desk.heard())


async def test_when_handing_over_bounces_the_queue_is_told_once(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await clerk(desk, code, "#weiter an bauamt@kl.digital")
    await desk.sent("mail")

    first = await desk.mail(Bounce(True, "5.1.1", "<b1@x>", code))
    second = await desk.mail(Bounce(True, "5.1.1", "<b2@x>", code))

    [mail] = await desk.sent("mail")
    assert (first, second) == ("bounce:final", "bounce:final")
    assert "bauamt@kl.digital" in mail.payload["text"]
    assert mail.payload["to"] == QUEUE


async def test_a_ticket_is_handed_to_nobody_outside(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")

    outcome = await clerk(desk, code, "#weiter an neffe@example.org")

    [mail] = await desk.sent("mail")
    assert outcome == "command:refused"
    assert mail.payload["to"] == QUEUE
    assert "neffe@example.org" in mail.payload["text"]
    assert "nicht freigegeben" in mail.payload["text"]


async def test_an_answer_is_delivered_and_proposed_for_the_knowledge_base(desk: Desk, tmp_path: Path) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")

    outcome = await clerk(desk, code, "#wissen\nZehn Meter.")
    await clerk(desk, code, "#wissen\nZehn Meter.")

    [text] = await desk.heard()
    assert outcome == "command:teach"
    assert text.endswith("Zehn Meter.")
    assert proposals(tmp_path) == [("Wie tief ist der See?", "Zehn Meter.", "anna@kl.digital", "new")]


@pytest.mark.parametrize(("words", "told"), [("#wissen\nZehn Meter.", True), ("Zehn Meter.", False)])
async def test_the_receipt_says_that_editors_get_the_answer(desk: Desk, words: str, told: bool) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await clerk(desk, code, words)
    [delivery] = await desk.sent()

    async with desk.store.begin() as tx:
        await desk.relay.delivered(tx, delivery)

    receipt = (await desk.sent("mail"))[-1].payload["text"]
    assert "Zehn Meter." in receipt
    assert ("der Redaktion für die Wissensbasis vorgeschlagen" in receipt) is told


async def test_closing_an_unanswered_question_is_said_kindly(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")

    outcome = await clerk(desk, code, "#schließen\n\nHat sich erledigt.")

    [text] = await desk.heard()
    assert outcome == "command:close"
    assert "geschlossen" in text
    assert "neue Nachricht" in text
    assert "erledigt" not in text
    assert (Author.NOTE, "Hat sich erledigt.") in await history(desk, code)
    assert await state(desk, code) == "closed"


@pytest.mark.parametrize(
    ("before", "heard"), [("Zehn Meter.", 0), ("#2", 0), ("#rückfrage Welcher?", 1), ("#intern x", 1)]
)
async def test_closing_is_silent_once_a_person_has_answered(desk: Desk, before: str, heard: int) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await clerk(desk, code, before)
    await desk.sent()

    await clerk(desk, code, "#schliessen", "<2@x>")

    assert len(await desk.heard()) == heard


async def test_spam_is_over_for_good_and_the_chat_may_ask_again(desk: Desk) -> None:
    await desk.say("Kauft Uhren!", external_id="90")
    [notice] = await desk.sent()
    [mail] = await desk.sent("mail")
    code = mail.payload["ticket"]

    outcome = await clerk(desk, code, "#spam")
    again = await desk.say("Kauft Hüte!", reply_to=str(500 + notice.id))
    edited = await desk.say("Kauft Ringe!", external_id="90", edited=True)
    tickets = {one.payload["ticket"] for one in await desk.sent("mail")}
    await desk.sent()
    late = await clerk(desk, code, "Doch noch eine Antwort.", "<2@x>")

    assert (outcome, again, edited, late) == ("command:spam", "forward", "forward", "command:refused")
    assert await state(desk, code) == "spam"
    assert len(tickets) == 2
    assert code not in tickets
    assert await desk.sent() == []
    assert "Missbrauch" in (await desk.sent("mail"))[0].payload["text"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("#schließen", "#schließen"),
        *(("#spam", text) for text in ("Ja.", "#1", "#rückfrage Wo?", "#wissen Ja.", "#schließen")),
    ]
    + [("#spam", "#spam"), ("#spam", "#weiter an anna@kl.digital")],
)
async def test_what_the_state_does_not_permit_is_said_and_not_done(desk: Desk, first: str, second: str) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await clerk(desk, code, first)
    await desk.sent()
    before = await state(desk, code)

    outcome = await clerk(desk, code, second, "<2@x>")

    [mail] = await desk.sent("mail")
    assert outcome == "command:refused"
    assert LIST in mail.payload["text"]
    assert await desk.sent() == []
    assert await state(desk, code) == before


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("#foo Hallo", "„#foo“"),
        ("#4", "„#4“"),
        ("#rückfrage", "„#rückfrage“"),
        ("#wissen", "„#wissen“"),
        ("#intern", "„#intern“"),
        ("#weiter an Anna", "„#weiter“"),
        ("#1\n#intern x", "„#1“"),
    ],
)
async def test_a_command_that_cannot_be_carried_out_is_answered_in_the_thread_with_the_list(
    desk: Desk, text: str, word: str
) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")

    first = await clerk(desk, code, text)
    again = await clerk(desk, code, text)

    [mail] = await desk.sent("mail")
    assert (first, again) == ("command:refused", "repeated")
    assert (mail.payload["ticket"], mail.payload["serial"], mail.payload["to"]) == (code, 1, QUEUE)
    assert word in mail.payload["text"]
    assert LIST in mail.payload["text"]
    assert await desk.sent() == []
    assert await history(desk, code) == [(Author.CITIZEN, "Wie tief ist der See?")]


@pytest.mark.parametrize("text", [f"{one} Aha." for one in COMMANDS] + ["Ja.", "#foo", "#rückfrage"])
async def test_the_same_mail_twice_does_nothing_new(desk: Desk, text: str) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await clerk(desk, code, text)
    before = (await desk.store.counts(), await history(desk, code), await state(desk, code))

    assert await clerk(desk, code, text) == "repeated"
    assert (await desk.store.counts(), await history(desk, code), await state(desk, code)) == before


def test_no_command_ever_reaches_a_citizen(tmp_path: Path) -> None:
    command = st.tuples(
        st.sampled_from(["", " ", "\u200b", "\n", "*"]), st.sampled_from(COMMANDS), st.text(max_size=20)
    )

    with clerks(tmp_path) as heard_of:

        @settings(deadline=None, max_examples=40)
        @given(st.lists(command, min_size=1, max_size=4))
        def holds(mails: list[tuple[str, str, str]]) -> None:
            heard = heard_of([f"{before}{word} {behind}" for before, word, behind in mails])

            own = "".join(behind for _, _, behind in mails)
            assert [text for text in heard if "#" in text and "#" not in own] == []

        holds()


def test_words_without_a_command_are_delivered_unchanged(tmp_path: Path) -> None:
    with clerks(tmp_path) as heard_of:

        @settings(deadline=None, max_examples=40)
        @given(st.text(st.characters(exclude_categories=["Cs"])))
        def holds(text: str) -> None:
            [heard] = heard_of([f"Guten Tag {text}"])

            assert f"Guten Tag {text}" in heard

        holds()


@contextmanager
def clerks(folder: Path) -> Iterator[Callable[[list[str]], list[str]]]:
    """For the block, a function that tells what a new citizen hears when staff reply this to a question."""
    number = count(1)
    with asyncio.Runner() as runner:
        opened = opened_desk(folder)
        desk = runner.run(opened.__aenter__())

        async def heard_of(replies: list[str]) -> list[str]:
            code = await desk.ticket_of(
                "Wie tief ist der See?", Origin("telegram", f"citizen {next(number)}", Language.DE)
            )
            for text in replies:
                await clerk(desk, code, text, f"<{next(number)}@x>")
            return await desk.heard()

        yield lambda replies: runner.run(heard_of(replies))
        runner.run(opened.__aexit__(None, None, None))


@pytest.mark.parametrize("order", ["Zwölf Meter.", "#1", "#rückfrage Welcher?", "#schließen"])
async def test_what_staff_send_names_the_message_that_asked(desk: Desk, order: str) -> None:
    await desk.say("unknown: Wie tief ist der See?", external_id="71")
    await desk.say("unknown: Wie breit ist der See?", external_id="72")
    await desk.sent()
    first, _ = [mail.payload["ticket"] for mail in await desk.sent("mail")]

    await clerk(desk, first, order)

    [answer] = await desk.sent()
    assert answer.payload["reply_to"] == "71"
