"""What the mails say that clerks get, block by block and as plain text."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.desk.letter import Block, Kind, as_text, packed, unpacked
from bot.desk.letters import HISTORY, Letters
from bot.desk.ticket import Author, Message, Ticket
from bot.knowledge.entry import Language
from bot.storage.store import Store, open_store
from tests.desk.base import knowledge_base

NOW = datetime(2026, 11, 24, 9, 2, tzinfo=UTC)
QUESTION = "Wie tief ist der See?\n\nUnd wie lang?"
CANDIDATES = [("livestream", 0.43), ("paket", 0.4), ("ort", 0.1), ("livestream", 0.05)]


class Desk:
    """Letters about one ticket, and what they say."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.letters = Letters(knowledge_base(), "info@kl.digital", ZoneInfo("Europe/Berlin"))

    async def ticket(self, language: Language = Language.DE) -> Ticket:
        async with self.store.begin() as tx:
            chat = await tx.chat("telegram", "1001", language)
            return await tx.open_ticket("KL-7F3K9Q", chat.id, QUESTION, language)

    async def sent(self) -> list[dict[str, Any]]:
        claimed = await self.store.claim("mail", 50, timedelta(minutes=1))
        for delivery in claimed:
            await self.store.delivered(delivery)
        return [dict(delivery.payload) for delivery in claimed]

    async def question(self, language: Language = Language.DE, **changes: Any) -> dict[str, Any]:
        given = {"reason": "Keine Antwort passt.", "candidates": CANDIDATES, "promise": "Ein Mensch antwortet."}
        ticket = await self.ticket(language)
        async with self.store.begin() as tx:
            await self.letters.question(tx, ticket, **(given | changes))
        [payload] = await self.sent()
        return payload

    async def follow_up(self, *history: Message) -> dict[str, Any]:
        ticket = await self.ticket()
        async with self.store.begin() as tx:
            await tx.count_mail(ticket)
            await self.letters.follow_up(tx, ticket, "Der Gelterswoog", history, promise="Danke.")
        [payload] = await self.sent()
        return payload


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_store(f"sqlite+aiosqlite:///{tmp_path / 'desk.sqlite'}", lambda: NOW) as store:
        yield Desk(store)


def headings(payload: dict[str, Any]) -> list[str]:
    return [block.text for block in unpacked(payload["letter"]) if block.kind is Kind.HEADING]


def of_kind(payload: dict[str, Any], kind: Kind) -> list[Block]:
    return [block for block in unpacked(payload["letter"]) if block.kind is kind]


async def test_a_question_comes_first_then_the_promise_how_to_answer_entries_and_commands(desk: Desk) -> None:
    payload = await desk.question()

    first = unpacked(payload["letter"])[0]
    assert (first.kind, first.text) == (Kind.LEAD, QUESTION)
    assert first.title == "Frage aus dem Chat von KL.digital, 24.11.2026, 10:02 Uhr"
    assert headings(payload) == [
        "Was der Person zugesagt wurde",
        "So antworten Sie",
        "Was in der Wissensbasis am nächsten liegt",
        "Befehle für die erste Zeile Ihrer Antwort",
    ]
    assert [block.text for block in of_kind(payload, Kind.QUOTE)] == ["Ein Mensch antwortet."]


async def test_three_entries_are_shown_whole_each_with_the_way_to_send_it(desk: Desk) -> None:
    long = "Satz um Satz. " * 200
    entry = desk.letters.knowledge.entry("livestream")
    assert entry is not None
    texts = {Language.DE: replace(entry.texts[Language.DE], answer=long)}
    base = desk.letters.knowledge
    [topic] = base.topics
    topic = replace(topic, entries=(replace(entry, texts=texts), *topic.entries[1:]))
    desk.letters = replace(desk.letters, knowledge=replace(base, topics=(topic,)))

    entries = of_kind(await desk.question(), Kind.ENTRY)

    assert [block.title for block in entries] == [
        "1. Werden Ratssitzungen übertragen?",
        "2. Gibt es eine Paketstation?",
        "3. Was ist der Dritte Ort?",
    ]
    assert entries[0].text == long.strip()
    assert entries[0].note == "Stand Juni 2020, passt mit einer Wahrscheinlichkeit von 43 %"
    assert entries[2].action == "Antwort 3 senden: antworten Sie mit #3"


async def test_an_entry_that_is_gone_leaves_the_numbers_of_the_others_alone(desk: Desk) -> None:
    payload = await desk.question(candidates=[("withdrawn", 0.5), ("paket", 0.4)])

    assert [block.title for block in of_kind(payload, Kind.ENTRY)] == ["2. Gibt es eine Paketstation?"]


async def test_where_no_entry_is_near_no_command_to_send_one_is_named(desk: Desk) -> None:
    payload = await desk.question(candidates=[])

    assert "liegt nichts Ähnliches" in payload["text"]
    assert "#1" not in payload["text"]
    assert "#rückfrage" in payload["text"]


async def test_entries_are_shown_in_the_words_that_an_english_citizen_would_get(desk: Desk) -> None:
    payload = await desk.question(Language.EN)

    [stream, parcel, _] = of_kind(payload, Kind.ENTRY)
    assert (stream.text, parcel.text) == ("No.", "Sie steht am Rathaus.")
    assert "schreibt Englisch" in payload["text"]
    assert "So antworten Sie".upper() in payload["text"]


async def test_each_command_stands_in_a_row_of_its_own(desk: Desk) -> None:
    rows = of_kind(await desk.question(), Kind.ROW)

    assert [row.title for row in rows] == [
        "#1 bis #3", "#rückfrage", "#intern", "#weiter", "#wissen", "#schließen",
        "#übernehmen", "#zurück", "#spam",
    ]  # fmt: skip
    assert all(row.text for row in rows)


async def test_a_follow_up_shows_the_conversation_so_far_with_its_speakers(desk: Desk) -> None:
    payload = await desk.follow_up(
        Message(Author.CITIZEN, QUESTION, NOW), Message(Author.STAFF, "Welcher See?", NOW + timedelta(minutes=41))
    )

    citizen, staff, _promise = of_kind(payload, Kind.QUOTE)
    assert unpacked(payload["letter"])[0].text == "Der Gelterswoog"
    assert (citizen.title, citizen.text) == ("Bürgerin oder Bürger, 24.11.2026, 10:02 Uhr", QUESTION)
    assert (staff.title, staff.text) == ("Team, 24.11.2026, 10:43 Uhr", "Welcher See?")
    assert payload["serial"] == 1


async def test_of_a_long_conversation_the_newest_messages_are_shown_and_the_others_counted(desk: Desk) -> None:
    history = [Message(Author.CITIZEN, f"Nachricht {number}", NOW) for number in range(HISTORY + 3)]

    payload = await desk.follow_up(*history)

    shown = [block.text for block in of_kind(payload, Kind.QUOTE)][:-1]
    assert shown == [f"Nachricht {number}" for number in range(3, HISTORY + 3)]
    assert "Davor gab es noch Nachrichten (3)" in payload["text"]


async def test_a_failed_delivery_shows_the_reason_the_clerks_words_and_the_question(desk: Desk) -> None:
    ticket = await desk.ticket()
    async with desk.store.begin() as tx:
        await desk.letters.undeliverable(tx, ticket, "Zehn Meter.", "Der Bot wurde blockiert.")

    [payload] = await desk.sent()
    assert [block.text for block in of_kind(payload, Kind.QUOTE)] == ["Zehn Meter.", QUESTION]
    assert "Der Bot wurde blockiert." in payload["text"]


async def test_the_text_says_everything_that_the_blocks_say_in_their_order(desk: Desk) -> None:
    payload = await desk.question(Language.EN)

    at = 0
    for block in unpacked(payload["letter"]):
        for words in (block.title, block.note, *block.text.splitlines(), block.action):
            found = max(payload["text"].find(words, at), payload["text"].find(words.upper(), at))
            assert found >= at, words
            at = found


def test_words_that_are_quoted_stand_four_spaces_in_and_headings_two_lines_apart() -> None:
    blocks = [Block(Kind.LEAD, "Eins\n\nzwei", "Frage"), Block(Kind.HEADING, "Größe"), Block(Kind.QUOTE, "drei")]
    rows = [Block(Kind.ROW, "geht weg", "#spam"), Block(Kind.ROW, "bleibt", "#intern")]

    text = as_text([*blocks, *rows])

    expected = "Frage:\n\n    Eins\n\n    zwei\n\n\nGRÖSSE\n\n    drei\n\n#spam         geht weg\n#intern       bleibt"
    assert text == expected


def test_blocks_survive_the_outbox() -> None:
    blocks = (Block(Kind.ENTRY, "Text", "Titel", "Notiz", "Tun"), Block(Kind.TEXT, ""))

    assert unpacked(packed(blocks)) == blocks


@pytest.mark.parametrize(
    "given", [None, [], ["text"], [{"text": "ohne Art"}], [{"kind": "video", "text": ""}], [{"kind": "text", "x": 1}]]
)
def test_what_another_version_wrote_is_no_letter_rather_than_an_error(given: Any) -> None:
    assert unpacked(given) == ()
