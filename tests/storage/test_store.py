"""The database: what is committed survives, what is queued is delivered once, in order."""

import json
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, create_engine, insert, text

from bot.desk.staff import Attachment
from bot.errors import SchemaTooNew, StorageError
from bot.knowledge.entry import Language
from bot.storage.schema import upgrade
from bot.storage.store import Store, open_store
from bot.storage.tables import chats, metadata, tickets

LEASE = timedelta(minutes=1)


class Watch:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path / 'klbot.sqlite'}"


@pytest.fixture
async def store(url: str, watch: Watch) -> AsyncIterator[Store]:
    async with open_store(url, watch) as opened:
        yield opened


async def put(store: Store, *keys: str, conversation: str = "chat:1") -> None:
    async with store.begin() as tx:
        for key in keys:
            await tx.send("telegram", conversation, key, {"kind": "text", "text": key})


async def test_the_rows_of_some_sources_are_found_among_all(store: Store) -> None:
    for source in ("telegram", "group", "telegram"):
        await store.receive(source, [(f"{source} {len(await store.waiting(10))}", b"a")])

    found = [await store.waiting(10), await store.waiting(10, ["group"]), await store.waiting(10, [])]

    assert [[row.external_id for row in rows] for rows in found] == [
        ["telegram 0", "group 1", "telegram 2"],
        ["group 1"],
        [],
    ]


async def test_what_arrives_twice_is_kept_once(store: Store) -> None:
    first = await store.receive("telegram", [("7", b"a"), ("8", b"b")])
    second = await store.receive("telegram", [("8", b"b"), ("9", b"c")])

    assert (first, second) == (2, 1)
    assert [row.external_id for row in await store.waiting(10)] == ["7", "8", "9"]


async def test_messages_and_the_bookmark_are_committed_together(url: str, watch: Watch) -> None:
    async with open_store(url, watch) as store:
        await store.receive("mail", [("<a@b>", b"x")], ("imap", "1:7"))

    async with open_store(url, watch) as store:
        assert await store.bookmark("imap") == "1:7"
        assert len(await store.waiting(10)) == 1


async def test_what_arrives_may_have_to_wait_before_it_is_handled(store: Store, watch: Watch) -> None:
    await store.receive("sent", [("<a@b>", b"x")], ("imap", "1:7"), timedelta(minutes=5))

    early = await store.waiting(10)
    watch.time += timedelta(minutes=5)

    assert (early, len(await store.waiting(10))) == ([], 1)


async def test_what_was_taken_in_another_way_is_known_when_it_arrives(store: Store) -> None:
    async with store.begin() as tx:
        first = await tx.take_in("mail", "<a@b>", b"x")
        second = await tx.take_in("mail", "<a@b>", b"y")
        payload = await tx.received("mail", "<a@b>")

    assert (first, second, payload) == (True, False, b"x")
    assert await store.receive("mail", [("<a@b>", b"z")]) == 0
    assert await store.waiting(10) == []


async def test_a_handled_message_leaves_the_inbox_with_its_transaction(store: Store) -> None:
    await store.receive("telegram", [("7", b"a")])
    [received] = await store.waiting(1)

    with pytest.raises(RuntimeError):
        async with store.begin() as tx:
            await tx.handled(received.id, "answer")
            await tx.send("telegram", "chat:1", "k", {})
            raise RuntimeError("the power fails")

    assert len(await store.waiting(1)) == 1
    assert await store.claim("telegram", 10, LEASE) == []


async def test_one_conversation_keeps_its_order_and_does_not_hold_up_others(store: Store) -> None:
    await put(store, "a1", "a2", conversation="chat:1")
    await put(store, "b1", conversation="chat:2")

    claimed = await store.claim("telegram", 10, LEASE)
    await store.delivered(claimed[0])
    later = await store.claim("telegram", 10, LEASE)

    assert [one.key for one in claimed] == ["a1", "b1"]
    assert [one.key for one in later] == ["a2"]


async def test_the_work_of_a_dead_worker_is_picked_up_when_its_lease_runs_out(store: Store, watch: Watch) -> None:
    await put(store, "a")
    await store.claim("telegram", 1, LEASE)

    before = await store.claim("telegram", 1, LEASE)
    watch.time += LEASE
    after = await store.claim("telegram", 1, LEASE)

    assert before == []
    assert [one.key for one in after] == ["a"]


async def test_a_postponed_delivery_waits_and_remembers_the_parts_that_arrived(store: Store, watch: Watch) -> None:
    await put(store, "a")
    [first] = await store.claim("telegram", 1, LEASE)
    await store.note_part(first, 0, "41")
    await store.postpone(first, watch.time + timedelta(seconds=5), "no network", counted=True)

    early = await store.claim("telegram", 1, LEASE)
    watch.time += timedelta(seconds=5)
    [again] = await store.claim("telegram", 1, LEASE)

    assert early == []
    assert (again.attempts, again.sent) == (1, ("41",))


async def test_the_same_key_is_delivered_once(store: Store) -> None:
    await put(store, "a")
    await put(store, "a")

    claimed = await store.claim("telegram", 10, LEASE)
    await store.delivered(claimed[0])

    assert await store.claim("telegram", 10, LEASE) == []


async def test_a_dead_letter_keeps_its_reason_and_lets_the_next_pass(store: Store) -> None:
    await put(store, "a", "b")
    [first] = await store.claim("telegram", 1, LEASE)
    async with store.begin() as tx:
        await tx.bury(first.id, "blocked")

    [following] = await store.claim("telegram", 10, LEASE)

    assert following.key == "b"
    assert (await store.counts())["outbox.dead"] == 1


async def test_a_chat_is_new_once_and_keeps_its_address_to_itself(store: Store) -> None:
    async with store.begin() as tx:
        first = await tx.chat("telegram", "4711", Language.DE)
        second = await tx.chat("telegram", "4711", Language.EN)

    assert (first.is_new, second.is_new) == (True, False)
    assert first.id == second.id != 4711


async def test_a_migrated_chat_gets_what_was_waiting_for_it(store: Store) -> None:
    async with store.begin() as tx:
        chat = await tx.chat("telegram", "1", Language.DE)
        await tx.send("telegram", "chat:1", "k", {}, chat=chat.id)
    await store.move_chat("telegram", "1", "-100")

    [claimed] = await store.claim("telegram", 1, LEASE)

    assert claimed.address == "-100"


async def test_a_file_is_kept_with_its_ticket_byte_by_byte(store: Store) -> None:
    file = Attachment("Plan für Müll.pdf", "application/pdf", bytes(range(256)) * 400)
    async with store.begin() as tx:
        chat = await tx.chat("telegram", "1001", Language.DE)
        ticket = await tx.open_ticket("KL-7F3K9Q", chat.id, "Wann?", Language.DE)
        kept = await tx.keep_file(ticket, file)

    assert await store.file(kept) == file
    assert await store.file(kept + 1) is None


async def test_a_constant_is_made_once(store: Store) -> None:
    made: Iterator[str] = iter(["first", "second"])

    assert await store.constant("key", lambda: next(made)) == "first"
    assert await store.constant("key", lambda: next(made)) == "first"


def test_the_migrations_lead_to_the_tables() -> None:
    engine = create_engine("sqlite://")

    with engine.begin() as connection:
        upgrade(connection)
        differences = compare_metadata(MigrationContext.configure(connection), metadata)

    engine.dispose()
    assert differences == []


async def test_a_ticket_from_before_the_commands_is_still_there(url: str, watch: Watch, tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'klbot.sqlite'}")
    with engine.begin() as connection:
        upgrade(connection, "0001")
        chat = {"id": 1, "channel": "telegram", "address": "7", "language": "de", "blocked": False}
        connection.execute(insert(chats).values(first_at=watch.time, **chat))
        ticket = {"id": 1, "code": "KL-222222", "chat_id": 1, "question": "Wie?", "language": "de", "state": "open"}
        connection.execute(insert(tickets).values(mails=1, created_at=watch.time, changed_at=watch.time, **ticket))
    engine.dispose()

    async with open_store(url, watch) as store, store.begin() as tx:
        found = await tx.ticket("KL-222222")

    assert found is not None
    assert (found.question, found.mails, found.handed_to) == ("Wie?", 1, None)


async def test_whose_an_old_message_is_is_found_out(url: str, watch: Watch, tmp_path: Path) -> None:
    private = {"chat": {"id": 7, "type": "private"}}
    kept = {
        "a": {"update_id": 1, "message": private},
        "b": {"update_id": 2, "callback_query": {"message": private}},
        "c": {"update_id": 3, "message": {"chat": {"id": -8, "type": "group"}}},
        "d": {"update_id": 4},
        "e": [],
    }
    engine = create_engine(f"sqlite:///{tmp_path / 'klbot.sqlite'}")
    with engine.begin() as connection:
        upgrade(connection, "0007")
        for external_id, update in kept.items():
            values = {"s": "telegram", "e": external_id, "p": json.dumps(update).encode(), "t": "2026-11-24 09:00:00"}
            connection.execute(text(OLD_ROW), values)
    engine.dispose()

    async with open_store(url, watch):
        pass

    with closing(sqlite3.connect(tmp_path / "klbot.sqlite")) as connection:
        found = connection.execute("SELECT external_id, party FROM inbox ORDER BY id").fetchall()
    assert found == [("a", "7"), ("b", "7"), ("c", None), ("d", None), ("e", None)]


OLD_ROW = (
    "INSERT INTO inbox (source, external_id, payload, state, attempts, received_at, due_at)"
    " VALUES (:s, :e, :p, 'done', 0, :t, :t)"
)


def _age(connection: Connection, revision: str) -> None:
    connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})


async def test_a_database_from_the_future_is_refused_in_one_sentence(url: str, watch: Watch, tmp_path: Path) -> None:
    async with open_store(url, watch):
        pass
    engine = create_engine(f"sqlite:///{tmp_path / 'klbot.sqlite'}")
    with engine.begin() as connection:
        _age(connection, "9999")
    engine.dispose()

    with pytest.raises(SchemaTooNew, match="newer klbot"):
        async with open_store(url, watch):
            pass


async def test_a_file_that_is_no_database_is_named(tmp_path: Path, watch: Watch) -> None:
    (tmp_path / "notes.txt").write_text("this is not a database, " * 50, encoding="utf-8")

    with pytest.raises(StorageError, match="notes.txt"):
        async with open_store(f"sqlite+aiosqlite:///{tmp_path / 'notes.txt'}", watch):
            pass


async def test_a_second_bot_on_the_same_database_is_refused(url: str, watch: Watch) -> None:
    async with open_store(url, watch):
        with pytest.raises(StorageError, match="Another klbot already runs"):
            async with open_store(url, watch):
                pass
