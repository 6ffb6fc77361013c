"""The way into the database beside the running bot: look at it, and leave an order in its inbox."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.errors import SchemaTooNew, StorageError
from bot.storage.arrivals import keep
from bot.storage.engine import file_of, reading, writing
from bot.storage.lock import is_held
from bot.storage.rows.overview import Overview

Clock = Callable[[], datetime]


class SharedStore:
    """A database that another process may be working with. Looking at it blocks nobody."""

    def __init__(self, url: str, engine: AsyncEngine, clock: Clock) -> None:
        self._url = url
        self._engine = engine
        self._clock = clock

    @asynccontextmanager
    async def looking(self) -> AsyncIterator[Overview]:
        """One look: everything in the block is as it was at one moment."""
        async with _transaction(self._engine) as connection:
            yield Overview(connection, self._clock())

    async def order(self, source: str, external_id: str, payload: bytes) -> None:
        """Commit something to the inbox, for the bot to handle; waits for the database if it is locked."""
        engine = writing(self._url)
        try:
            async with _transaction(engine) as connection:
                await keep(connection, source, external_id, payload, self._clock())
        finally:
            await engine.dispose()

    @property
    def is_running(self) -> bool:
        """Whether a bot works with this database; where nobody can tell, that is assumed."""
        return is_held(file_of(self._engine))


@asynccontextmanager
async def open_shared(url: str, clock: Clock) -> AsyncIterator[SharedStore]:
    """Open the database beside whoever uses it, as it is. Raises StorageError, SchemaTooNew."""
    engine = reading(url)
    _check_file(file_of(engine))
    try:
        async with _transaction(engine) as connection:
            await _check_schema(connection)
        yield SharedStore(url, engine, clock)
    except DBAPIError as error:
        raise StorageError(f"The database {engine.url.render_as_string()} cannot be read: {error.orig}.") from error
    finally:
        await engine.dispose()


@asynccontextmanager
async def _transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    try:
        async with engine.begin() as connection:
            yield connection
    except (OperationalError, InterfaceError) as error:
        raise StorageError(f"The database refused to work: {error.orig}.") from error


def _check_file(file: str | None) -> None:
    if file is not None and not Path(file).exists():
        raise StorageError(f"There is no database {file}; klbot run makes one.")


async def _check_schema(connection: AsyncConnection) -> None:
    """Refuse a database of another version: only the bot itself brings it up to date."""
    name, found, known = connection.engine.url.database, await _revision(connection), _revisions()
    if found is None:
        raise StorageError(f"{name} is no database of klbot; klbot run makes one.")
    if found not in known:
        raise SchemaTooNew(f"The database {name} was written by a newer klbot (schema {found}): use that version.")
    if found != known[-1]:
        raise StorageError(
            f"The database {name} is from an older klbot (schema {found}): start the bot of this version once."
        )


async def _revision(connection: AsyncConnection) -> str | None:
    try:
        found: str | None = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    except OperationalError as error:
        if "no such table" in str(error.orig):
            return None
        raise
    return found


def _revisions() -> list[str]:
    """Every schema that we know, the newest last."""
    # By the names of the files: asking Alembic would take longer than all the rest of a look.
    folder = Path(__file__).parent / "migrations" / "versions"
    return sorted(file.name.partition("_")[0] for file in folder.glob("[0-9]*_*.py"))
