"""What the sandbox remembers: one SQLite file, or memory alone."""

import errno
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FILE = "sandbox.sqlite3"
TABLES = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS citizens (
    place INTEGER PRIMARY KEY, id INTEGER NOT NULL UNIQUE, name TEXT NOT NULL UNIQUE, language TEXT NOT NULL,
    wrote INTEGER NOT NULL DEFAULT 0, blocked INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT, chat INTEGER NOT NULL, author TEXT NOT NULL,
    body TEXT NOT NULL DEFAULT '{}', reactions TEXT NOT NULL DEFAULT '[]');
CREATE INDEX IF NOT EXISTS messages_of_chat ON messages (chat, id);
CREATE TABLE IF NOT EXISTS updates (id INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS taps (
    id INTEGER PRIMARY KEY AUTOINCREMENT, citizen INTEGER NOT NULL, at REAL NOT NULL,
    answered REAL, text TEXT, alert INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS files (
    id INTEGER PRIMARY KEY AUTOINCREMENT, folder TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL,
    content BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS mails (
    id INTEGER PRIMARY KEY AUTOINCREMENT, box TEXT NOT NULL, received REAL NOT NULL, raw BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS mails_of_box ON mails (box, id);
CREATE TABLE IF NOT EXISTS groups (
    place INTEGER PRIMARY KEY, id INTEGER NOT NULL UNIQUE, title TEXT NOT NULL, kind TEXT NOT NULL,
    forum INTEGER NOT NULL, bot TEXT NOT NULL, rights TEXT NOT NULL, moved_to INTEGER,
    last_message INTEGER NOT NULL DEFAULT 0, pinned INTEGER);
CREATE TABLE IF NOT EXISTS members (
    chat INTEGER NOT NULL, user INTEGER NOT NULL, name TEXT NOT NULL, status TEXT NOT NULL,
    PRIMARY KEY (chat, user));
CREATE TABLE IF NOT EXISTS topics (
    chat INTEGER NOT NULL, id INTEGER NOT NULL, name TEXT NOT NULL, color INTEGER NOT NULL,
    creator INTEGER NOT NULL, closed INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (chat, id));
"""
# Columns that a file of an earlier version lacks.
ADDED = (("messages", "number"), ("taps", "chat"))
LATER = """
UPDATE messages SET number = id WHERE number IS NULL;
CREATE INDEX IF NOT EXISTS messages_by_number ON messages (chat, number);
"""


class Records:
    """An open database. Everything inside `transaction()` is on disk, or undone, when the block ends.

    One thread, no waiting inside a block. Raises OSError when the folder cannot be used or another sandbox uses it.
    """

    def __init__(self, folder: Path | None) -> None:
        where = ":memory:"
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            where = str(folder / FILE)
        self._db = sqlite3.connect(where, timeout=0.2, isolation_level=None)
        try:
            self._db.execute("PRAGMA locking_mode=EXCLUSIVE")
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.executescript(TABLES)
            self._bring_up_to_date()
        except sqlite3.Error as error:
            self._db.close()
            raise OSError(errno.EBUSY, f"the data in {folder} cannot be opened ({error})") from error

    def close(self) -> None:
        self._db.close()

    def _bring_up_to_date(self) -> None:
        for table, column in ADDED:
            if column not in [row[1] for row in self._db.execute(f"PRAGMA table_info({table})")]:
                self._db.execute(f"ALTER TABLE {table} ADD COLUMN {column} INTEGER")
        self._db.executescript(LATER)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing. A block inside another one belongs to the outer one."""
        if self._db.in_transaction:
            yield
            return
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def rows(self, sql: str, *values: Any) -> Sequence[tuple[Any, ...]]:
        return self._db.execute(sql, values).fetchall()

    def row(self, sql: str, *values: Any) -> tuple[Any, ...] | None:
        found: tuple[Any, ...] | None = self._db.execute(sql, values).fetchone()
        return found

    def count(self, sql: str, *values: Any) -> int:
        found = self.row(sql, *values)
        return 0 if found is None else int(found[0])

    def insert(self, sql: str, *values: Any) -> int:
        """Run an INSERT; the new row's id."""
        return int(self._db.execute(sql, values).lastrowid or 0)

    def change(self, sql: str, *values: Any) -> int:
        """Run an UPDATE or DELETE; how many rows it touched."""
        return self._db.execute(sql, values).rowcount

    def get(self, key: str) -> str | None:
        found = self.row("SELECT value FROM meta WHERE key = ?", key)
        return None if found is None else str(found[0])

    def put(self, key: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (key, value))

    def kept(self, key: str, fresh: str) -> str:
        """The value stored under the key; `fresh`, stored from now on, if there is none."""
        value = self.get(key)
        if value is None:
            self.put(key, fresh)
        return fresh if value is None else value
