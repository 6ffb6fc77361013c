"""Leafing through topics and questions, links from posters, and what citizens wish of answers."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.desk.catalogue import LINK_LIMIT, Catalogue, entry_name
from bot.desk.citizen import CitizenCommand, CitizenTap, CitizenText, Origin
from bot.desk.phrases import Phrases
from bot.desk.staff import StaffReply
from bot.desk.views import PAGE, Views
from bot.knowledge.entry import Entry, KnowledgeBase, Language, Status, Topic
from bot.knowledge.loader import load, shipped
from tests.desk.base import ENTRIES, entry, knowledge_base
from tests.desk.desk import ADA, QUEUE, Desk


def titled(topic: str, title: str, entries: tuple[Entry, ...]) -> Topic:
    texts = {Language.DE: title, Language.EN: f"{title} in English"}
    return Topic(topic, texts, {Language.DE: "Darum geht es."}, entries, ())


def wide(count: int) -> KnowledgeBase:
    """The three entries of the tests, and a topic with so many questions."""
    many = tuple(entry(f"frage-{number}", f"Frage {number}?", f"Antwort {number}.") for number in range(1, count + 1))
    return replace(knowledge_base(), topics=(titled("rat", "Rat und Ort", ENTRIES), titled("viele", "Vieles", many)))


def stock(desk: Desk, base: KnowledgeBase) -> None:
    """Give the desk another knowledge base."""
    phrases = replace(desk.phrases, knowledge=base)
    handover = replace(desk.conversation.handover, phrases=phrases)
    desk.conversation = replace(desk.conversation, phrases=phrases, handover=handover)


@pytest.fixture
def stocked(desk: Desk) -> Desk:
    stock(desk, wide(2 * PAGE + 3))
    return desk


async def command(desk: Desk, name: str, argument: str = "", origin: Origin = ADA) -> str:
    return await desk.hear(CitizenCommand(origin, f"{name}-{desk.time.timestamp()}", name, argument))


async def shown(desk: Desk) -> dict[str, Any]:
    """The one message that was sent or changed."""
    [delivery] = [one for one in await desk.sent() if one.payload["kind"] != "tap"]
    return dict(delivery.payload)


async def tap(desk: Desk, page: dict[str, Any], row: int, message: str = "900") -> str:
    """The button of this row, counted from 1; from the last, -1."""
    data = page["buttons"][row - 1 if row > 0 else row][0]["data"]
    desk.time += timedelta(seconds=1)
    return await desk.hear(CitizenTap(ADA, f"t{desk.time.timestamp()}", data, message))


@pytest.mark.parametrize("name", ["themen", "topics"])
async def test_the_topics_are_listed_with_numbers_in_text_and_on_buttons(stocked: Desk, name: str) -> None:
    outcome = await command(stocked, name)

    page = await shown(stocked)
    assert outcome == "browse:topics"
    assert "1. Rat und Ort\n2. Vieles" in page["text"]
    assert [row[0]["text"] for row in page["buttons"]] == ["1. Rat und Ort", "2. Vieles"]


async def test_one_leafs_to_an_answer_and_back_in_one_message(stocked: Desk) -> None:
    await command(stocked, "themen")
    topics = await shown(stocked)

    outcomes = [await tap(stocked, topics, 1)]
    questions = await shown(stocked)
    outcomes.append(await tap(stocked, questions, 2))
    answer = await shown(stocked)
    outcomes.append(await tap(stocked, answer, -1))
    again = await shown(stocked)
    outcomes.append(await tap(stocked, again, -1))
    home = await shown(stocked)

    assert outcomes == ["browse:questions", "browse:answer", "browse:questions", "browse:topics"]
    assert {(one["kind"], one["message"]) for one in (questions, answer, again, home)} == {("edit", "900")}
    assert "Sie steht am Rathaus." in answer["text"]
    assert "Stand: Juni 2020. Quelle: Testquelle" in answer["text"]
    assert (again["text"], home["text"]) == (questions["text"], topics["text"])


async def test_a_long_list_comes_in_pages_and_back_leads_to_the_page_one_came_from(stocked: Desk) -> None:
    await command(stocked, "themen")
    await tap(stocked, await shown(stocked), 2)
    first = await shown(stocked)
    await tap(stocked, first, PAGE + 1)
    second = await shown(stocked)
    await tap(stocked, second, 1)
    answer = await shown(stocked)
    await tap(stocked, answer, -1)

    assert f"{PAGE}. Frage {PAGE}?\n\nSeite 1 von 3" in first["text"]
    assert [row[0]["text"] for row in first["buttons"][PAGE:]] == ["Nächste Seite", "Zurück zu den Themen"]
    assert f"{PAGE + 1}. Frage {PAGE + 1}?" in second["text"]
    assert [row[0]["text"] for row in second["buttons"][PAGE:]][:2] == ["Vorige Seite", "Nächste Seite"]
    assert f"Antwort {PAGE + 1}." in answer["text"]
    assert (await shown(stocked))["text"] == second["text"]


async def test_everything_can_be_done_by_typing(stocked: Desk) -> None:
    await command(stocked, "themen")
    heard = [await shown(stocked)]
    for words in ("2", "weiter", "12", "Zurück.", "vorige Seite", "zurück", "die erste", "Was ist der Dritte Ort?"):
        stocked.time += timedelta(seconds=1)
        assert (await stocked.say(words)).startswith("browse:"), words
        heard.append(await shown(stocked))

    starts = [page["text"].split("\n")[0] for page in heard]
    assert starts == [
        heard[0]["text"].split("\n")[0],
        "Thema: Vieles",
        "Thema: Vieles",
        "Frage: Frage 12?",
        "Thema: Vieles",
        "Thema: Vieles",
        heard[0]["text"].split("\n")[0],
        "Thema: Rat und Ort",
        "Frage: Was ist der Dritte Ort?",
    ]
    # Nobody hears that a message far above has changed.
    assert {page["kind"] for page in heard} == {"text"}


async def test_a_question_puts_the_list_away(stocked: Desk) -> None:
    await command(stocked, "themen")
    await stocked.say("suggest: ?")
    await stocked.sent()

    assert await stocked.say("2") == "choice:typed"


@pytest.mark.parametrize("other", ["help", "gibt-es-nicht"])
async def test_another_command_puts_the_list_away(stocked: Desk, other: str) -> None:
    await command(stocked, "themen")
    await command(stocked, other)

    assert await stocked.say("2") == "number:alone"


async def test_another_button_puts_the_list_away(stocked: Desk) -> None:
    await stocked.say("suggest: ?")
    [offered] = await stocked.sent()
    await command(stocked, "themen")
    await tap(stocked, dict(offered.payload), 1)

    # It is about the answer that the button brought.
    assert await stocked.say("2") == "feedback:no"


async def test_a_number_after_the_teams_question_is_for_the_team(stocked: Desk) -> None:
    code = await stocked.ticket_of("Wie tief ist der See?")
    await command(stocked, "themen")
    stocked.time += timedelta(minutes=1)
    await stocked.mail(StaffReply(code, "Meinen Sie See 1 oder 2?", "anna@kl.digital", "<1@x>"))
    await stocked.sent()
    await stocked.say("2")

    assert f"Es gehört zu Ihrem Vorgang {code}" in (await stocked.heard())[0]


async def test_a_list_of_yesterday_is_not_chosen_from_by_number(stocked: Desk) -> None:
    await command(stocked, "themen")
    stocked.time += timedelta(hours=13)

    assert await stocked.say("2") == "number:alone"


async def test_a_button_outlives_other_entries_and_one_that_leads_nowhere_is_said_kindly(stocked: Desk) -> None:
    await command(stocked, "themen")
    await tap(stocked, await shown(stocked), 1)
    questions = await shown(stocked)
    stock(stocked, replace(wide(3), topics=(titled("rat", "Rat", (ENTRIES[2], ENTRIES[1])),)))

    kept = await tap(stocked, questions, 2)
    answer = await shown(stocked)
    gone = await tap(stocked, questions, 1)

    assert (kept, gone) == ("browse:answer", "browse:gone")
    assert "Sie steht am Rathaus." in answer["text"]
    page = await shown(stocked)
    assert page["text"].startswith("Was hier stand, gibt es nicht mehr")
    assert page["buttons"][0][0]["text"] == "1. Rat"


async def test_a_withdrawn_answer_is_not_on_any_list(stocked: Desk) -> None:
    withdrawn = replace(ENTRIES[0], status=Status.WITHDRAWN)
    stock(stocked, replace(wide(0), topics=(titled("rat", "Rat", (withdrawn, ENTRIES[1])),)))

    await command(stocked, "start", "livestream")
    welcome = await shown(stocked)
    await command(stocked, "start", "rat")

    assert "automatische Assistent" in welcome["text"]
    assert "Ratssitzungen" not in (await shown(stocked))["text"]


@pytest.mark.parametrize("data", ["b:", "b:x", "b:l:9999", "b:t:zz:0", "b:e:", "b:e:000000000000", "l:", "l:fr"])
async def test_a_forged_button_leads_somewhere_harmless(stocked: Desk, data: str) -> None:
    outcome = await stocked.hear(CitizenTap(ADA, "t1", data, "900"))

    assert outcome in ("browse:gone", "language:auto")


def test_the_buttons_of_everything_that_ships_fit_and_each_leads_to_its_own_place() -> None:
    base = load(shipped())
    views = Views(Phrases(base, QUEUE), Language.DE)
    seen, waiting = {}, ["b:l:0"]
    while waiting:
        place = waiting.pop()
        if place in seen:
            continue
        seen[place] = view = views.at(place)
        waiting += [button["data"] for row in view.buttons for button in row]

    assert all(len(place.encode()) <= 64 for place in seen)
    assert all(view.place == place and view.kind != "gone" for place, view in seen.items())
    assert sum(view.kind == "answer" for view in seen.values()) == sum(1 for _ in base.entries())


# -- links ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("payload", "outcome", "words"),
    [("paket", "link:answer", "Sie steht am Rathaus."), ("viele", "link:questions", "Thema: Vieles")],
)
async def test_a_link_shows_what_it_names_with_the_notice_of_the_first_contact(
    stocked: Desk, payload: str, outcome: str, words: str
) -> None:
    clara = Origin("telegram", "1003", Language.DE)

    assert await command(stocked, "start", payload, clara) == outcome

    page = await shown(stocked)
    assert words in page["text"]
    assert "Sie schreiben mit einem automatischen Assistenten" in page["text"]
    assert page["buttons"]


async def test_a_link_to_nothing_is_a_welcome(stocked: Desk) -> None:
    assert await command(stocked, "start", "gibt-es-nicht") == "command:start"
    assert "automatische Assistent" in (await shown(stocked))["text"]


def test_a_link_carries_the_id_or_where_that_is_too_long_a_short_name() -> None:
    long = entry("x" * (LINK_LIMIT + 1), "Lang?", "Ja.")
    base = replace(knowledge_base(), topics=(titled("rat", "Rat", (long,)),))

    catalogue = Catalogue(base)
    assert Catalogue(knowledge_base()).link(ENTRIES[0]) == "livestream"
    assert catalogue.link(long) == entry_name(long.id)
    assert catalogue.linked(catalogue.link(long)) is long


def test_a_topic_with_the_id_of_an_entry_is_linked_to_by_its_short_name() -> None:
    topic = titled("paket", "Pakete", ENTRIES)
    catalogue = Catalogue(replace(knowledge_base(), topics=(topic,)))

    assert catalogue.linked("paket") is ENTRIES[1]
    assert catalogue.linked(catalogue.link(topic)) is topic


def test_every_topic_and_entry_that_ships_can_be_linked_to() -> None:
    base = load(shipped())
    catalogue = Catalogue(base)

    assert [catalogue.linked(one.id) for one in base.entries()] == list(base.entries())
    assert [catalogue.linked(catalogue.link(topic)) for topic in catalogue.topics] == list(base.topics)


# -- wishes ---------------------------------------------------------------------------------------


async def test_a_language_is_chosen_by_a_button_and_kept(stocked: Desk) -> None:
    await command(stocked, "sprache")
    asked = await shown(stocked)
    outcome = await tap(stocked, asked, 2)
    confirmed = await shown(stocked)
    await command(stocked, "themen")
    topics = await shown(stocked)
    await stocked.say("answer: wann?")

    assert outcome == "language:en"
    assert (confirmed["kind"], confirmed["message"]) == ("edit", "900")
    assert "From now on I reply to you in English" in confirmed["text"]
    assert "1. Rat und Ort in English" in topics["text"]
    assert "No." in (await shown(stocked))["text"]


@pytest.mark.parametrize("words", ["2", "zwei", "English", "auf englisch", "Englisch!"])
async def test_a_language_is_chosen_by_typing(stocked: Desk, words: str) -> None:
    await command(stocked, "language")
    await stocked.sent()

    assert await stocked.say(words) == "language:en"


@pytest.mark.parametrize(
    ("words", "outcome"), [("deutsch", "language:de"), ("EN", "language:en"), ("auto", "language:auto")]
)
async def test_a_language_is_chosen_with_the_command(stocked: Desk, words: str, outcome: str) -> None:
    assert await command(stocked, "sprache", words) == outcome


async def test_who_chose_german_is_answered_in_german_whatever_they_write(stocked: Desk) -> None:
    await command(stocked, "sprache", "deutsch")
    await stocked.sent()
    await stocked.say("english: where?")
    chosen = await shown(stocked)
    await command(stocked, "sprache", "automatisch")
    await stocked.sent()
    await stocked.say("english: where?")

    assert "Sie steht am Rathaus." in chosen["text"]
    assert "So far this answer is only available in German" in (await shown(stocked))["text"]


async def test_without_a_wish_the_language_of_the_app_counts(stocked: Desk) -> None:
    await command(stocked, "themen", origin=replace(ADA, language=Language.EN))

    assert "I have answers on these topics" in (await shown(stocked))["text"]


async def test_plain_language_is_switched_on_and_off(stocked: Desk) -> None:
    plain = replace(ENTRIES[0], plain="Nein. Der Rat wollte das nicht.")
    stock(stocked, replace(wide(0), topics=(titled("rat", "Rat", (plain, *ENTRIES[1:])),)))

    on = await command(stocked, "einfach")
    await stocked.sent()
    await stocked.say("answer: wann?")
    simple = await shown(stocked)
    await command(stocked, "start", "paket")
    missing = await shown(stocked)
    stocked.time += timedelta(seconds=1)
    off = await command(stocked, "einfach")
    await stocked.sent()
    await stocked.say("answer: wann?")

    assert (on, off) == ("plain:on", "plain:off")
    assert "Nein. Der Rat wollte das nicht." in simple["text"]
    assert "noch nicht in Einfacher Sprache" in missing["text"]
    assert "Nein, der Rat war dagegen." in (await shown(stocked))["text"]


async def test_a_corrected_message_is_no_choice_made_twice(stocked: Desk) -> None:
    await command(stocked, "themen")
    await stocked.hear(CitizenText(ADA, "40", "1"))
    stocked.time += timedelta(seconds=1)

    assert await stocked.hear(CitizenText(ADA, "40", "1", edited=True)) == "edit:unchanged"
