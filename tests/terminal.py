"""A command with a keyboard and a screen."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pexpect

ENTER, ESCAPE, DOWN = "\r", "\x1b", "\x1b[B"
ERASE = "\x15"  # up to the beginning of the line


@contextmanager
def in_a_terminal(*arguments: str, columns: int = 100) -> Iterator[Any]:
    """`klbot` with these arguments; in the end it must be content."""
    child = pexpect.spawn(
        sys.executable,
        ["-m", "bot", *arguments],
        dimensions=(50, columns),
        env={**os.environ, "TERM": "xterm", "COLUMNS": str(columns)},
        encoding="utf-8",
        timeout=40,
    )
    try:
        yield child
        child.expect(pexpect.EOF)
    finally:
        child.close()
    assert child.exitstatus == 0
