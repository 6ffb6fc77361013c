"""A database that refuses to work for a while: it says so, keeps what was committed, and goes on afterwards."""

import asyncio
import json
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.errors import StorageError
from bot.knowledge.entry import Language
from bot.storage.store import Store, open_store

ROOT = Path(__file__).parent.parent.parent
# How long the store waits for a lock before it gives up.
PATIENCE = 10


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "klbot.sqlite"


@pytest.fixture
async def store(file: Path) -> AsyncIterator[Store]:
    async with open_store(f"sqlite+aiosqlite:///{file}", lambda: datetime.now(UTC)) as opened:
        yield opened


def test_a_full_disk_refuses_new_letters_and_keeps_the_old_ones(file: Path) -> None:
    command = [sys.executable, "-m", "tests.storage.full_disk", str(file.parent)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=50, check=False)

    assert ended.returncode == 0, ended.stderr
    found = json.loads(ended.stdout)
    assert found["taken"] > 0
    assert found["kept"] == [f"letter-{number}" for number in range(found["taken"])]
    assert found["whole"]
    assert all(sentence.startswith("The database refused to work: ") for sentence in found["refusals"])
    assert not any("xxx" in sentence for sentence in found["refusals"])
    assert found["counts"] == {"inbox.new": found["taken"] + 1, "outbox.pending": 1}
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@asynccontextmanager
async def locked(file: Path) -> AsyncIterator[None]:
    """Another program writes to the database and takes its time."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@pytest.mark.timeout(90)
async def test_a_database_that_another_program_locks_is_refused_and_then_works_again(file: Path, store: Store) -> None:
    await store.receive("telegram", [("before", b"x")])

    async with locked(file):
        with pytest.raises(StorageError, match="locked"):
            await store.receive("telegram", [("meanwhile", b"x")])
    await store.receive("telegram", [("afterwards", b"x")])

    assert [row.external_id for row in await store.waiting(9)] == ["before", "afterwards"]


async def test_a_database_that_is_locked_for_a_moment_is_waited_for(file: Path, store: Store) -> None:
    async with locked(file):
        receiving = asyncio.create_task(store.receive("telegram", [("a", b"x")]))
        await asyncio.sleep(0.2)
        waited = not receiving.done()

    assert await receiving == 1
    assert waited


async def test_a_table_that_is_gone_refuses_what_needs_it_and_nothing_else(file: Path, store: Store) -> None:
    with closing(sqlite3.connect(file)) as other:
        other.execute("ALTER TABLE outbox RENAME TO away")

    with pytest.raises(StorageError):
        async with store.begin() as tx:
            await tx.chat("telegram", "4711", Language.DE)
            await tx.send("telegram", "chat:1", "key", {})
    async with store.begin() as tx:
        chat = await tx.chat("telegram", "4711", Language.DE)

    # What the refused transaction wrote before is taken back.
    assert chat.is_new


async def test_a_citizens_words_stand_in_no_refusal(store: Store) -> None:
    with pytest.raises(Exception) as caught:  # noqa: PT011 -- whatever the driver raises for half a character
        async with store.begin() as tx:
            await tx.send("telegram", "chat:1", "key", {"text": "geheim \ud83d"})

    assert "geheim" not in str(caught.value)


async def test_a_transaction_that_is_cancelled_leaves_nothing_and_blocks_nobody(store: Store) -> None:
    begun = asyncio.Event()

    async def endless() -> None:
        async with store.begin() as tx:
            await tx.chat("telegram", "4711", Language.DE)
            begun.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(endless())
    await begun.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    async with asyncio.timeout(5), store.begin() as tx:
        assert (await tx.chat("telegram", "4711", Language.DE)).is_new


async def test_a_place_where_no_database_can_be_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("a file, not a folder", encoding="utf-8")

    with pytest.raises(StorageError, match="notes.txt/klbot.sqlite cannot be opened"):
        async with open_store(f"sqlite+aiosqlite:///{tmp_path / 'notes.txt/klbot.sqlite'}", lambda: datetime.now(UTC)):
            pass
