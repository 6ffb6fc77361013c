"""One bot a database: two on the same SQLite file would send everything twice."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from bot.errors import StorageError

try:
    import fcntl
except ImportError:  # not on Windows, where nothing warns of a second bot
    fcntl = None  # type: ignore[assignment]

# Whoever only asks whether a bot runs holds the file for less than this many seconds.
LOOKING = 0.2


@contextmanager
def sole_user(database: str | None) -> Iterator[None]:
    """Hold the file for the length of the block; the system lets go of it even after kill -9.

    Raises StorageError when another process holds it. Without a file there is nothing to hold.
    """
    if fcntl is None or not database:
        yield
        return
    handle = _held(database)
    try:
        yield
    finally:
        os.close(handle)


def is_held(database: str | None) -> bool:
    """Whether a bot runs on this file; where nobody can tell, that is assumed."""
    if fcntl is None or not database:
        return True
    try:
        handle = os.open(f"{database}.lock", os.O_RDONLY)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False


def _held(database: str) -> int:
    try:
        handle = os.open(f"{database}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StorageError(f"The database {database} cannot be opened: {error.strerror}.") from error
    for pause in (LOOKING, None):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if pause is None:
                os.close(handle)
                raise StorageError(f"Another klbot already runs on the database {database}; end it first.") from error
            time.sleep(pause)
        else:
            break
    return handle
