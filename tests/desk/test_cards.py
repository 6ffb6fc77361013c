"""A card says what staff need to answer from it, in few words, and nothing about who asked."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.desk.cards import LONGEST, TITLE, Card, Cards, fitted, units
from bot.desk.ticket import Author, Message, Ticket, TicketState
from bot.desk.transaction import Exchange
from bot.knowledge.entry import Language
from bot.matching.decision import Outcome
from tests.desk.base import knowledge_base

NINE = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
TEN = datetime(2026, 11, 24, 9, 2, tzinfo=UTC)
TICKET = Ticket(7, "KL-7F3K9Q", 1, "Wie tief ist der See?", Language.DE, TicketState.OPEN, 1, NINE, TEN)
ASKED = Message(Author.CITIZEN, TICKET.question, NINE)
OPENING = Exchange(
    1,
    TICKET.question,
    Language.DE,
    Outcome.FORWARD,
    (("livestream", 0.9), ("paket", 0.4), ("gone", 0.3)),
    (),
    None,
    None,
)


def card(ticket: Ticket = TICKET, *said: Message, opening: Exchange | None = OPENING) -> Card:
    return Cards(knowledge_base(), ZoneInfo("Europe/Berlin")).card(ticket, (ASKED, *said), opening, TEN)


def actions(shown: Card) -> list[list[str]]:
    return [[button["data"].partition(":")[2] for button in row] for row in shown.buttons]


def test_a_new_card_has_the_question_apart_the_nearest_answers_and_how_to_reply() -> None:
    shown = card()

    assert shown.title == "KL-7F3K9Q · Wie tief ist der See?"
    assert shown.text.split("\n\n") == [
        "KL-7F3K9Q · offen",
        "Frage vom 24.11.2026, 09:00 Uhr:\n    Wie tief ist der See?",
        "In der Wissensbasis am nächsten:\n1. Werden Ratssitzungen übertragen?\n2. Gibt es eine Paketstation?",
        "Antworten Sie auf diese Nachricht; mit // am Anfang bleibt es intern.",
    ]
    assert actions(shown) == [["übernehmen"], ["1"], ["2"], ["schließen", "spam"]]
    assert not shown.over


def test_who_took_it_and_since_when_stands_on_top() -> None:
    shown = card(replace(TICKET, state=TicketState.CLAIMED, claimed_by="Anna Muster (Telegram)"))

    assert shown.text.startswith("KL-7F3K9Q · übernommen von Anna Muster (Telegram), seit 24.11.2026, 10:02 Uhr\n")
    assert actions(shown)[0] == ["freigeben"]


def test_who_answered_and_what_stands_on_the_card() -> None:
    answer = Message(Author.STAFF, "Drei Meter.", TEN, "anna@kl.digital")

    shown = card(replace(TICKET, state=TicketState.ANSWERED), answer)

    assert shown.text.startswith("KL-7F3K9Q · beantwortet von anna@kl.digital, 24.11.2026, 10:02 Uhr\n")
    assert "Antwort von anna@kl.digital, 24.11.2026, 10:02 Uhr:\n    Drei Meter." in shown.text
    assert actions(shown) == [["schließen", "spam"]]


def test_what_was_said_before_the_bot_kept_names_is_somebodys() -> None:
    shown = card(replace(TICKET, state=TicketState.ANSWERED), Message(Author.STAFF, "Drei Meter.", TEN))

    assert "beantwortet von jemandem aus dem Team" in shown.text


def test_follow_ups_and_the_last_answer_stand_in_the_order_in_which_they_were_said() -> None:
    said = [Message(Author.STAFF, "alt", TEN, "Ben"), Message(Author.ASKING, "Welcher See?", TEN, "Ben")]
    said += [Message(Author.NOTE, "intern", TEN, "Ben")]
    said += [Message(Author.CITIZEN, f"Nachtrag {number}", TEN) for number in range(5)]

    text = card(TICKET, *said).text

    order = [text.index(words) for words in ("Welcher See?", "Nachtrag 2", "Nachtrag 3", "Nachtrag 4")]
    assert order == sorted(order)
    assert not any(words in text for words in ("alt", "intern\n", "Nachtrag 0", "Nachtrag 1"))


@pytest.mark.parametrize("state", [TicketState.CLOSED, TicketState.SPAM, TicketState.WITHDRAWN])
def test_what_is_over_has_no_buttons(state: TicketState) -> None:
    shown = card(replace(TICKET, state=state))

    assert (shown.buttons, shown.over) == ([], True)
    assert "Wissensbasis" not in shown.text


@pytest.mark.parametrize("state", list(TicketState))
def test_every_state_is_said_in_words(state: TicketState) -> None:
    head = card(replace(TICKET, state=state, claimed_by="Anna")).text.splitlines()[0]

    assert str(state) not in head
    assert len(head) > len("KL-7F3K9Q · ")


def test_nothing_to_send_has_no_button_that_sends_it() -> None:
    assert actions(card(opening=None)) == [["übernehmen"], ["schließen", "spam"]]


@pytest.mark.parametrize("word", ["ä", "🚌", "\ud83d", "a\n", "👨‍👩‍👧"])
def test_the_longest_card_fits_into_one_message(word: str) -> None:
    long = replace(TICKET, question=word * 5000)
    said = [Message(Author.CITIZEN, word * 5000, TEN) for _ in range(5)]
    said += [Message(Author.STAFF, word * 5000, TEN, "A" * 90)]

    shown = card(long, *said)

    assert units(shown.text) <= LONGEST
    assert units(shown.title) <= TITLE


def test_a_cut_ends_with_an_ellipsis_and_halves_no_sign() -> None:
    assert fitted("🚌🚌🚌", 4) == "🚌…"
    assert fitted("🚌🚌", 4) == "🚌🚌"


def test_only_what_shows_makes_a_card_another_one() -> None:
    first, counted = card(), card(replace(TICKET, mails=9, version=8))
    other = card(replace(TICKET, state=TicketState.WAITING))

    assert first.digest == counted.digest
    assert first.digest != other.digest


def test_only_what_must_not_be_missed_is_said_besides() -> None:
    cards = Cards(knowledge_base(), ZoneInfo("Europe/Berlin"))
    lost = replace(TICKET, state=TicketState.UNDELIVERABLE)
    opened = TicketState.OPEN

    assert cards.announcement(TICKET, ("eins", "zwei"), before=None) is None
    assert cards.announcement(TICKET, (), before=TicketState.ANSWERED) is None
    assert cards.announcement(TICKET, ("eins", "zwei"), before=opened) == "Nachtrag zu KL-7F3K9Q:\n\neins\n\nzwei"
    assert "nicht zugestellt" in str(cards.announcement(lost, (), before=TicketState.ANSWERED))
    assert cards.announcement(lost, (), before=TicketState.UNDELIVERABLE) is None
