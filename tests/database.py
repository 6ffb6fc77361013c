"""A database for a test, its tables made once and then copied: the migrations have tests of their own."""

import sqlite3
from functools import cache
from pathlib import Path

from sqlalchemy import create_engine

from bot.storage.schema import upgrade


@cache
def empty() -> bytes:
    """What the file of a database without any row holds."""
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        upgrade(connection)
        raw = connection.connection.dbapi_connection
        assert isinstance(raw, sqlite3.Connection)
        raw.commit()
        return raw.serialize()


def database(file: Path) -> str:
    """The address of the database in this file, which is made if it is not there."""
    if not file.exists():
        file.write_bytes(empty())
    return f"sqlite+aiosqlite:///{file}"
