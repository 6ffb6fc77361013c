"""How the database is reached: an engine that writes in turn, and one that only looks."""

from typing import Any

from sqlalchemy import event
from sqlalchemy.exc import ArgumentError, InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.errors import StorageError

PATIENT = "busy_timeout=10000"


def writing(url: str) -> AsyncEngine:
    """An engine whose transactions may write from their beginning. Raises StorageError for an address that is none."""
    pragmas = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", PATIENT)
    return _engine(url, "BEGIN IMMEDIATE", pragmas)


def reading(url: str) -> AsyncEngine:
    """An engine that changes nothing and blocks nobody: each transaction sees one moment. Raises StorageError."""
    return _engine(url, "BEGIN", (PATIENT, "query_only=ON"))


def file_of(engine: AsyncEngine) -> str | None:
    """The path of the SQLite file; None for another kind of database, and for one in memory."""
    name = engine.url.database if engine.dialect.name == "sqlite" else None
    return None if name == ":memory:" else name


async def truncate_log(connection: AsyncConnection) -> None:
    """Empty SQLite's write-ahead log; as far as that goes while others read. Outside any transaction."""
    raw = await connection.get_raw_connection()
    driver: Any = raw.driver_connection
    await driver.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")


def _engine(url: str, begin: str, pragmas: tuple[str, ...]) -> AsyncEngine:
    try:
        # An error's text must not quote what citizens wrote.
        engine = create_async_engine(url, hide_parameters=True)
    except (ArgumentError, InvalidRequestError, ImportError) as error:
        raise StorageError("database: expected an address such as sqlite+aiosqlite:///data/klbot.sqlite.") from error
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine, begin, pragmas)
    return engine


def _prepare_sqlite(engine: AsyncEngine, begin: str, pragmas: tuple[str, ...]) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        # The driver would otherwise begin transactions by itself, too late for IMMEDIATE.
        connection.isolation_level = None
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine.sync_engine, "begin")
    def on_begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)
