"""Noticing that somebody has saved a file of a knowledge base."""

import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from datetime import timedelta
from pathlib import Path
from typing import Final

from watchfiles import Change, awatch

# Editors' tools write a file in several steps; these milliseconds without another one make it one change.
STEP: Final = 100
LONGEST: Final = 1000

Signature = tuple[tuple[str, int, int, int], ...]


def signature(folder: Path) -> Signature:
    """What the folder looks like from outside: another one after each change of a YAML file. Empty if there is none."""
    try:
        with os.scandir(folder) as found:
            return tuple(sorted(_looks(file) for file in found if _is_ours(file.name)))
    except OSError:
        return ()


def _looks(file: os.DirEntry[str]) -> tuple[str, int, int, int]:
    try:
        seen = file.stat()
    except OSError:  # a link to nowhere: loading it will say so
        return file.name, 0, 0, 0
    return file.name, seen.st_mtime_ns, seen.st_size, seen.st_ino


async def changes(folder: Path, look_every: timedelta) -> AsyncIterator[None]:
    """Says when to look at the folder, until cancelled: at once where the system tells of changes, else this often."""
    while True:
        try:
            # Anew each time, so that a folder put in place of the watched one is noticed, too.
            watch = awatch(
                folder,
                watch_filter=lambda _change, path: _is_ours(os.path.basename(path)),
                step=STEP,
                debounce=LONGEST,
                rust_timeout=int(look_every.total_seconds() * 1000),
                yield_on_timeout=True,
                recursive=False,
            )
            async with aclosing(_closable(watch)) as found:
                await anext(found)
        except (OSError, RuntimeError):
            # The folder is gone, or this system cannot watch it: looking must do.
            await asyncio.sleep(look_every.total_seconds())
        yield


async def _closable(watch: AsyncIterator[set[tuple[Change, str]]]) -> AsyncGenerator[None, None]:
    async for _ in watch:
        yield


def _is_ours(name: str) -> bool:
    return name.endswith(".yaml") and not name.startswith(".")
