"""Looking at the database beside the bot that works with it, and leaving it an order."""

import asyncio
import fcntl
import os
import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.errors import SchemaTooNew, StorageError
from bot.storage.lock import is_held, sole_user
from bot.storage.shared import SharedStore, open_shared
from bot.storage.store import open_store
from tests.desk.desk import ADA, BEN, opened_desk

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def now() -> datetime:
    return NOW


def url(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"


def names(folder: Path) -> set[str]:
    return {one.name for one in folder.iterdir()}


def modes(folder: Path) -> set[int]:
    """Who may do what with the files beside the database."""
    return {stat.S_IMODE(one.stat().st_mode) for one in folder.glob("klbot.sqlite-*")}


async def made(file: Path) -> None:
    """A database of this version that nobody uses."""
    async with open_store(url(file), now):
        pass


async def codes(store: SharedStore) -> list[str]:
    async with store.looking() as overview:
        return [ticket.code for ticket in await overview.listed(answered=False)]


async def test_an_operator_looks_while_the_bot_works_and_sees_what_it_has_just_committed(tmp_path: Path) -> None:
    async with opened_desk(tmp_path) as desk, open_shared(url(tmp_path / "desk.sqlite"), now) as beside:
        first = await desk.ticket_of("unknown: Kamele?")
        before = await codes(beside)
        second = await desk.ticket_of("unknown: Pinguine?", BEN)

        assert (before, await codes(beside)) == ([first], [first, second])


async def test_a_look_sees_one_moment_and_holds_up_no_commit(tmp_path: Path) -> None:
    async with opened_desk(tmp_path) as desk, open_shared(url(tmp_path / "desk.sqlite"), now) as beside:
        async with beside.looking() as overview:
            before = await overview.listed(answered=False)
            async with asyncio.timeout(5):
                await desk.say("unknown: Kamele?", ADA)
            after = await overview.listed(answered=False)

        assert (list(before), list(after)) == ([], [])
        assert len(await codes(beside)) == 1


async def test_an_order_waits_for_the_bot_once(tmp_path: Path) -> None:
    file = tmp_path / "klbot.sqlite"
    async with open_store(url(file), now) as store, open_shared(url(file), now) as beside:
        await beside.order("operator", "7", b"{}")
        await beside.order("operator", "7", b"{}")
        waiting = await store.waiting(9)
        async with beside.looking() as overview:
            found = await overview.arrival("operator", "7")

    assert [(row.source, row.external_id, row.payload) for row in waiting] == [("operator", "7", b"{}")]
    assert found is not None
    assert (found.state, found.outcome, found.received_at) == ("new", None, NOW)


async def test_an_order_waits_for_a_locked_database(tmp_path: Path) -> None:
    file = tmp_path / "klbot.sqlite"
    await made(file)
    async with open_shared(url(file), now) as beside:
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            seen = await codes(beside)
            ordering = asyncio.create_task(beside.order("operator", "7", b"{}"))
            await asyncio.sleep(0.2)
            waited = not ordering.done()
            other.execute("ROLLBACK")
        await ordering

    assert seen == []
    assert waited


async def test_looking_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "klbot.sqlite"
    await made(file)
    before = file.read_bytes()

    async with open_shared(url(file), now) as beside:
        await codes(beside)

    assert file.read_bytes() == before
    assert names(tmp_path) <= {"klbot.sqlite", "klbot.sqlite.lock"}


async def test_files_that_looking_makes_are_as_private_as_the_database(tmp_path: Path) -> None:
    file = tmp_path / "klbot.sqlite"
    await made(file)
    file.chmod(0o600)

    async with open_shared(url(file), now) as beside, beside.looking() as overview:
        await overview.listed(answered=True)
        found = modes(tmp_path)

    assert found <= {0o600}


async def test_a_database_that_is_not_there_is_said_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"There is no database .*klbot\.sqlite; klbot run makes one\."):
        async with open_shared(url(tmp_path / "klbot.sqlite"), now):
            pass

    assert names(tmp_path) == set()


@pytest.mark.parametrize(
    ("schema", "error", "sentence"),
    [
        ("0003", StorageError, "from an older klbot (schema 0003): start the bot of this version once."),
        ("9999", SchemaTooNew, "written by a newer klbot (schema 9999): use that version."),
    ],
)
async def test_a_database_of_another_version_is_refused_in_one_sentence_and_left_as_it_is(
    tmp_path: Path, schema: str, error: type[StorageError], sentence: str
) -> None:
    file = tmp_path / "klbot.sqlite"
    await made(file)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (schema,))
        connection.commit()

    with pytest.raises(error) as refused:
        async with open_shared(url(file), now):
            pass

    assert sentence in str(refused.value)
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(schema,)]


@pytest.mark.parametrize("content", [b"", b"this is not a database, " * 50])
async def test_a_file_that_is_no_database_of_ours_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "notes.txt").write_bytes(content)

    with pytest.raises(StorageError, match=r"notes\.txt"):
        async with open_shared(url(tmp_path / "notes.txt"), now):
            pass


def test_whether_a_bot_runs_is_seen_and_disturbs_none_that_starts(tmp_path: Path) -> None:
    file = str(tmp_path / "klbot.sqlite")
    before = is_held(file)
    with sole_user(file):
        meanwhile = is_held(file)
    after = is_held(file)

    assert (before, meanwhile, after) == (False, True, False)


async def test_a_bot_that_starts_while_an_operator_looks_whether_one_runs_does_start(tmp_path: Path) -> None:
    file = str(tmp_path / "klbot.sqlite")
    with sole_user(file):
        pass
    looking = os.open(f"{file}.lock", os.O_RDONLY)
    fcntl.flock(looking, fcntl.LOCK_SH)
    asyncio.get_running_loop().run_in_executor(None, lambda: os.close(looking))

    with sole_user(file):
        assert is_held(file)
