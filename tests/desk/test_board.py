"""The board shows what every ticket has come to, once, and is never shown twice what has not changed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.desk.board import Board, Place
from bot.desk.cards import Card, Cards
from bot.desk.staff import StaffReply
from bot.errors import DeliveryFailed
from tests.desk.base import knowledge_base
from tests.desk.desk import ADA, BEN, Desk


@dataclass
class Wall:
    """A wall that remembers what hangs on it. `failures` happen before, `losses` after something is put up.

    `before`: what happens while a turn is waited for; `after`: while a card is shown.
    """

    cards: dict[str, str] = field(default_factory=dict)
    said: list[tuple[str, str]] = field(default_factory=list)
    calls: int = 0
    failures: list[Exception] = field(default_factory=list)
    losses: list[Exception] = field(default_factory=list)
    gone: bool = False
    before: list[Callable[[], Awaitable[object]]] = field(default_factory=list)
    after: list[Callable[[], Awaitable[object]]] = field(default_factory=list)

    async def free(self) -> None:
        if self.before:
            await self.before.pop(0)()

    async def show(self, card: Card, place: Place | None, keep: Callable[[Place], Awaitable[None]]) -> None:
        self.calls += 1
        if self.failures:
            raise self.failures.pop(0)
        message = place.message if place is not None else None
        if message is None:
            message = f"-1:{self.calls}"
            self.cards[message] = card.text
            if self.losses:
                raise self.losses.pop(0)
            await keep(Place(message))
        self.cards[message] = card.text
        if self.after:
            await self.after.pop(0)()

    async def announce(self, place: Place, text: str, keep: Callable[[str], Awaitable[None]]) -> bool:
        if self.failures:
            raise self.failures.pop(0)
        if self.gone:
            return False
        self.said.append((place.message or "", text))
        await keep(f"-1:{1000 + len(self.said)}")
        return True


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
def board(desk: Desk, wall: Wall) -> Board:
    cards = Cards(knowledge_base(), ZoneInfo("Europe/Berlin"))
    return Board(desk.store, wall, lambda: cards, jitter=lambda: 0.0)


async def settled(board: Board) -> int:
    """Let the board do all it can; how many cards it took up."""
    steps = 0
    while await board.step():
        steps += 1
    return steps


async def answered(desk: Desk, code: str, text: str = "Drei Meter.", number: int = 1) -> None:
    await desk.mail(StaffReply(code, text, "anna@kl.digital", f"<{number}@x>"))


async def test_every_open_ticket_gets_one_card(desk: Desk, board: Board, wall: Wall) -> None:
    codes = [await desk.ticket_of("Wie tief ist der See?"), await desk.ticket_of("Wo ist der Bus?", BEN)]

    await settled(board)

    assert [text.split(" · ")[0] for text in wall.cards.values()] == codes
    assert await settled(board) == 0


async def test_many_changes_are_one_change_in_place(desk: Desk, board: Board, wall: Wall) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await settled(board)
    await answered(desk, code, "Zwei Meter.", 1)
    await answered(desk, code, "Drei Meter.", 2)

    await settled(board)

    [text] = wall.cards.values()
    assert wall.calls == 2
    assert "beantwortet" in text
    assert "Drei Meter." in text


async def test_the_card_shows_the_ticket_as_it_is_when_its_turn_comes(desk: Desk, board: Board, wall: Wall) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await settled(board)
    await answered(desk, code, "Zwei Meter.", 1)
    wall.before = [lambda: answered(desk, code, "Drei Meter.", 2)]

    await settled(board)

    assert wall.calls == 2
    assert "Drei Meter." in next(iter(wall.cards.values()))


async def test_what_changes_while_it_is_shown_is_shown_next(desk: Desk, board: Board, wall: Wall) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    wall.after = [lambda: answered(desk, code)]
    await settled(board)

    assert "beantwortet" in next(iter(wall.cards.values()))


async def test_new_tickets_come_before_changed_ones(desk: Desk, board: Board, wall: Wall) -> None:
    old = await desk.ticket_of("Wie tief ist der See?")
    await settled(board)
    await answered(desk, old)
    new = await desk.ticket_of("Wo ist der Bus?", BEN)

    await board.step()

    assert [text.split("\n")[0] for text in wall.cards.values()] == [f"{old} · offen", f"{new} · offen"]


async def test_what_is_over_before_it_had_a_card_gets_none(desk: Desk, board: Board, wall: Wall) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await answered(desk, code)

    assert await settled(board) == 0
    assert wall.cards == {}


async def test_an_answered_ticket_that_comes_back_gets_a_card_after_all(desk: Desk, board: Board, wall: Wall) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await answered(desk, code)
    await desk.say("unklar: welcher See denn?", ADA)

    await settled(board)

    [text] = wall.cards.values()
    assert "unklar: welcher See denn?" in text
    assert wall.said == []


async def test_what_a_citizen_adds_is_also_said_below_the_card(desk: Desk, board: Board, wall: Wall) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await settled(board)
    await answered(desk, code)
    await settled(board)
    before = list(wall.said)
    await desk.say("unklar: und der Bach?", ADA)
    await desk.say("unklar: und der Bach?", ADA, reply_to="503")
    await settled(board)

    [(message, text)] = wall.said
    assert before == []
    assert message in wall.cards
    assert text.startswith(f"Nachtrag zu {code}:\n\nunklar: und der Bach?")
    assert await settled(board) == 0


async def test_what_was_said_below_a_card_leads_to_its_ticket(desk: Desk, board: Board) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await settled(board)
    await answered(desk, code)
    await desk.say("unklar: und der Bach?", ADA)
    await settled(board)

    async with desk.store.begin() as tx:
        found = [await tx.ticket_of_post(post) for post in ("-1:1", "-1:1001", "-1:7")]

    assert [ticket.code if ticket else None for ticket in found] == [code, code, None]


async def test_a_failed_word_below_the_card_is_said_later(desk: Desk, board: Board, wall: Wall) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await settled(board)
    await answered(desk, code)
    await settled(board)
    await desk.say("unklar: und der Bach?", ADA)

    async def network_goes() -> None:
        wall.failures = [DeliveryFailed("no network")]

    wall.after = [network_goes]
    with pytest.raises(DeliveryFailed):
        await board.step()
    await settled(board)

    assert len(wall.said) == 1


async def test_a_card_whose_topic_is_gone_is_hung_anew(desk: Desk, board: Board, wall: Wall) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await settled(board)
    await answered(desk, code)
    await desk.say("unklar: und der Bach?", ADA)
    wall.gone = True

    await settled(board)

    assert list(wall.cards) == ["-1:1", "-1:3"]
    assert "und der Bach?" in wall.cards["-1:3"]


async def test_a_card_whose_message_was_not_kept_is_repeated_and_the_newer_one_counts(
    desk: Desk, board: Board, wall: Wall
) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    wall.losses = [DeliveryFailed("killed")]
    with pytest.raises(DeliveryFailed):
        await board.step()
    await settled(board)
    await answered(desk, code)
    await settled(board)

    first, second = wall.cards.values()
    assert ("offen" in first, "beantwortet" in second) == (True, True)


async def test_one_card_that_is_refused_holds_up_no_other(desk: Desk, board: Board, wall: Wall) -> None:
    await desk.ticket_of("Wie tief ist der See?")
    await desk.ticket_of("Wo ist der Bus?", BEN)
    wall.failures = [DeliveryFailed("refused", permanent=True, our_fault=True)]

    await settled(board)

    [text] = wall.cards.values()
    assert "Wo ist der Bus?" in text


async def test_a_refused_card_is_tried_again_when_its_ticket_changes(desk: Desk, board: Board, wall: Wall) -> None:
    await desk.ticket_of("Wie tief ist der See?")
    wall.failures = [DeliveryFailed("refused", permanent=True, our_fault=True)]
    await settled(board)
    await desk.say("unklar: der große", ADA, external_id="1", edited=True)

    await settled(board)

    assert len(wall.cards) == 1


async def test_cards_that_hang_elsewhere_are_hung_here_if_anybody_waits(desk: Desk, board: Board, wall: Wall) -> None:
    done = await desk.ticket_of("Wie tief ist der See?")
    waits = await desk.ticket_of("Wo ist der Bus?", BEN)
    await settled(board)
    await answered(desk, done)
    await settled(board)
    wall.cards.clear()

    async with desk.store.begin() as tx:
        lost = await tx.lose_cards_outside("-2:")
    await settled(board)

    [text] = wall.cards.values()
    assert lost == 2
    assert text.startswith(waits)


async def test_the_board_goes_on_after_what_goes_wrong(desk: Desk, wall: Wall) -> None:
    cards = Cards(knowledge_base(), ZoneInfo("Europe/Berlin"))
    board = Board(desk.store, wall, lambda: cards, jitter=lambda: 0.0, look_every=timedelta(seconds=30))
    wall.failures = [DeliveryFailed("told to wait", retry_after=timedelta(seconds=0.01))]
    task = asyncio.create_task(board.run())
    try:
        await asyncio.sleep(0.02)
        await desk.ticket_of("Wie tief ist der See?")
        board.wake()
        await asyncio.sleep(0.3)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    assert wall.calls == 2


@pytest.fixture(autouse=True)
async def _nothing_left(desk: Desk) -> AsyncIterator[None]:
    yield
    await desk.sent()
