"""The inbox is emptied in order, one transaction a message, and no message stops the others or is lost."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.desk.intake import PAUSES, Door, Intake
from bot.desk.transaction import Transaction
from bot.errors import ChannelUnavailable, UnreadableMessage
from bot.storage.store import Store, open_store
from tests.database import database

FAR_AWAY = timedelta(days=1)


@dataclass
class Desk:
    """A desk that does as a test asks, with a clock that the test sets, and remembers."""

    folder: Path
    time: datetime = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    failures: list[Exception] = field(default_factory=list)
    rescue_failures: list[Exception] = field(default_factory=list)
    begun: list[str] = field(default_factory=list)
    handled: list[str] = field(default_factory=list)
    rescued: list[str] = field(default_factory=list)
    news: int = 0
    may_go_on: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.may_go_on.set()

    @property
    def file(self) -> Path:
        return self.folder / "klbot.sqlite"

    def clock(self) -> datetime:
        return self.time

    def read(self, payload: bytes, _external_id: str) -> str:
        if payload.startswith(b"\xff"):
            raise UnreadableMessage("It is not of our form")
        return payload.decode()

    async def handle(self, tx: Transaction, text: str) -> str:
        self.begun.append(text)
        await tx.send("telegram", "chat:1", text, {"text": text})
        await self.may_go_on.wait()
        if self.failures:
            raise self.failures.pop(0)
        self.handled.append(text)
        return "answer"

    async def rescue(self, tx: Transaction, text: str) -> str:
        await tx.send("mail", "ticket:1", f"rescue {text}", {"text": text})
        if self.rescue_failures:
            raise self.rescue_failures.pop(0)
        self.rescued.append(text)
        return "rescued"

    def noticed(self) -> None:
        self.news += 1

    def inbox(self) -> list[tuple[str, str, int, str | None]]:
        """(external id, state, attempts, error) of every row."""
        with closing(sqlite3.connect(self.file)) as connection:
            return connection.execute("SELECT external_id, state, attempts, error FROM inbox ORDER BY id").fetchall()

    @asynccontextmanager
    async def without(self, table: str) -> AsyncIterator[None]:
        """A database that refuses whatever needs this table."""
        await asyncio.to_thread(self._rename, table, "away")
        yield
        await asyncio.to_thread(self._rename, "away", table)

    def _rename(self, old: str, new: str) -> None:
        with closing(sqlite3.connect(self.file)) as connection:
            connection.execute(f"ALTER TABLE {old} RENAME TO {new}")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
async def store(desk: Desk) -> AsyncIterator[Store]:
    async with open_store(database(desk.file), desk.clock) as opened:
        yield opened


@pytest.fixture
def intake(desk: Desk, store: Store) -> Intake:
    door = Door(desk.read, desk.handle, desk.rescue)
    return Intake(store, {"telegram": door}, on_handled=desk.noticed, look_every=timedelta(milliseconds=5))


async def emptied(intake: Intake) -> None:
    """Handle all that is due."""
    while await intake.step():
        pass


async def until(condition: Callable[[], object]) -> None:
    for _ in range(400):
        if condition():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it did not happen")


async def put(store: Store, *texts: str | bytes) -> None:
    payloads = [text if isinstance(text, bytes) else text.encode() for text in texts]
    await store.receive("telegram", [(f"m{number}", payload) for number, payload in enumerate(payloads, start=1)])


async def test_messages_are_handled_in_the_order_in_which_they_came(desk: Desk, store: Store, intake: Intake) -> None:
    await put(store, "first", "second", "third")

    await emptied(intake)

    assert desk.handled == ["first", "second", "third"]
    assert desk.news == 3
    counts = await store.counts()
    assert (counts["inbox.done"], counts["outbox.pending"], counts["outcome.answer"]) == (3, 3, 3)


async def test_what_comes_while_nothing_waits_is_handled_when_told(desk: Desk, store: Store) -> None:
    door = Door(desk.read, desk.handle, desk.rescue)
    intake = Intake(store, {"telegram": door}, on_handled=desk.noticed, look_every=FAR_AWAY)
    task = asyncio.create_task(intake.run())
    await asyncio.sleep(0.02)
    await put(store, "hallo")

    intake.wake()

    await until(lambda: desk.news)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert desk.handled == ["hallo"]


async def test_what_a_failed_handler_wrote_is_taken_back(desk: Desk, store: Store, intake: Intake) -> None:
    desk.failures = [RuntimeError("a bug")]
    await put(store, "hallo")

    await emptied(intake)

    counts = await store.counts()
    assert "outbox.pending" not in counts
    assert counts["inbox.new"] == 1
    assert desk.news == 0


async def test_an_unreadable_message_is_parked_with_its_reason_and_the_next_is_handled(
    desk: Desk, store: Store, intake: Intake
) -> None:
    await put(store, b"\xffgeheim", "next")

    await emptied(intake)

    assert desk.handled == ["next"]
    assert desk.inbox()[0] == ("m1", "dead", 1, "It is not of our form")


async def test_a_source_that_nobody_reads_stops_nothing(desk: Desk, store: Store, intake: Intake) -> None:
    await store.receive("fax", [("f1", b"x")])
    await put(store, "hallo")

    await emptied(intake)

    assert desk.handled == ["hallo"]
    assert desk.inbox()[0] == ("f1", "new", 0, None)


@pytest.fixture
def asking(desk: Desk, store: Store) -> Intake:
    """An intake that must ask the outside world about each message."""

    async def check(text: str) -> str:
        if desk.failures:
            raise desk.failures.pop(0)
        return f"{text}, checked"

    door = Door(desk.read, desk.handle, desk.rescue, check=check)
    return Intake(store, {"telegram": door}, on_handled=desk.noticed, look_every=timedelta(milliseconds=5))


async def test_what_only_the_outside_world_knows_is_asked_before_a_message_is_handled(
    desk: Desk, store: Store, asking: Intake
) -> None:
    await put(store, "eins", "zwei")

    await emptied(asking)

    assert desk.handled == ["eins, checked", "zwei, checked"]


async def test_while_the_outside_world_does_not_answer_messages_wait_in_their_order(
    desk: Desk, store: Store, asking: Intake
) -> None:
    desk.failures = [ChannelUnavailable("no network"), ChannelUnavailable("told to wait", timedelta(milliseconds=1))]
    await put(store, "eins", "zwei")

    steps = [await asking.step() for _ in range(5)]

    assert steps == [False, False, True, True, False]
    assert desk.handled == ["eins, checked", "zwei, checked"]
    assert [attempts for _, _, attempts, _ in desk.inbox()] == [0, 0]


async def test_a_message_that_trips_a_bug_waits_while_the_next_is_handled(
    desk: Desk, store: Store, intake: Intake
) -> None:
    desk.failures = [RuntimeError("a bug")]
    await put(store, "trips", "next")

    await emptied(intake)
    handled_early = list(desk.handled)
    desk.time += PAUSES[0]
    await emptied(intake)

    assert handled_early == ["next"]
    assert desk.handled == ["next", "trips"]
    assert desk.inbox()[0] == ("m1", "done", 1, None)


async def test_after_the_last_pause_a_message_is_rescued(desk: Desk, store: Store, intake: Intake) -> None:
    desk.failures = [RuntimeError("a bug") for _ in PAUSES]
    await put(store, "trips")

    await emptied(intake)
    for pause in PAUSES:
        desk.time += pause - timedelta(microseconds=1)
        before = len(desk.begun)
        await emptied(intake)
        assert len(desk.begun) == before, "it was tried before its pause was over"
        desk.time += timedelta(microseconds=1)
        await emptied(intake)

    assert (desk.begun, desk.handled, desk.rescued) == (["trips"] * len(PAUSES), [], ["trips"])
    counts = await store.counts()
    assert (counts["inbox.done"], counts["outcome.rescued"], counts["outbox.pending"]) == (1, 1, 1)


async def test_a_message_that_cannot_even_be_rescued_is_parked_without_its_words(
    desk: Desk, store: Store, intake: Intake
) -> None:
    desk.failures = [RuntimeError("about: geheim") for _ in PAUSES]
    desk.rescue_failures = [ValueError("about: geheim")]
    await put(store, "geheim")

    for pause in (timedelta(0), *PAUSES):
        desk.time += pause
        await emptied(intake)

    [(_, state, attempts, error)] = desk.inbox()
    assert (state, attempts) == ("dead", len(PAUSES) + 1)
    assert error is not None
    assert error.startswith("ValueError at Desk.rescue:")
    assert "geheim" not in error
    assert "outbox.pending" not in await store.counts()


@pytest.mark.parametrize("table", ["inbox", "outbox"])
async def test_while_the_database_refuses_to_work_everything_stays_in_the_inbox_and_nothing_counts_as_an_attempt(
    desk: Desk, store: Store, intake: Intake, table: str
) -> None:
    await put(store, "first", "second")

    async with desk.without(table):
        did_something = [await intake.step() for _ in range(len(PAUSES) + 2)]
    before = desk.inbox()
    await emptied(intake)

    assert not any(did_something)
    assert before == [("m1", "new", 0, None), ("m2", "new", 0, None)]
    assert desk.handled == ["first", "second"]


async def test_the_intake_goes_on_by_itself_once_the_database_works_again(
    desk: Desk, store: Store, intake: Intake
) -> None:
    await put(store, "hallo")
    async with desk.without("inbox"):
        task = asyncio.create_task(intake.run())
        await asyncio.sleep(0.03)
        still_running = not task.done()

    await until(lambda: desk.handled)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert still_running


async def test_the_message_under_way_is_finished_when_the_bot_is_stopped(
    desk: Desk, store: Store, intake: Intake
) -> None:
    desk.may_go_on.clear()
    await put(store, "under way", "next")
    task = asyncio.create_task(intake.run())
    await until(lambda: desk.begun)

    task.cancel()
    await asyncio.sleep(0.02)
    waited = not task.done()
    desk.may_go_on.set()
    [ending] = await asyncio.gather(task, return_exceptions=True)

    assert waited
    assert isinstance(ending, asyncio.CancelledError)
    assert desk.begun == desk.handled == ["under way"]
    assert [(name, state) for name, state, _, _ in desk.inbox()] == [("m1", "done"), ("m2", "new")]
