"""Writing proposals: whole files or none, by one editor at a time."""

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from bot.errors import EditError
from bot.knowledge.proposals import FOLDER, Proposal, State, as_yaml, numbered, proposal_files

try:
    import fcntl
except ImportError:  # Windows: two editors at once are then told apart by what they wrote alone
    fcntl = None  # type: ignore[assignment]

LOCK: Final = ".lock"
BUSY: Final = "Jemand anderes ändert gerade diese Wissensbasis; versuchen Sie es in einem Augenblick noch einmal."


@contextmanager
def sole_editor(folder: Path) -> Iterator[None]:
    """Nobody else changes the knowledge base of this folder by a command meanwhile. Raises EditError."""
    with _refusals(folder / FOLDER):
        (folder / FOLDER).mkdir(exist_ok=True)
        lock = (folder / FOLDER / LOCK).open("ab")
    with lock:
        if fcntl is not None:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise EditError(BUSY) from error
        yield


def add(folder: Path, proposal: Proposal) -> Proposal:
    """Write a proposal under the next free number. Raises EditError; then nothing was written."""
    with _refusals(folder / FOLDER):
        (folder / FOLDER).mkdir(exist_ok=True)
    for number in numbered(proposal_files(folder)):
        one = replace(proposal, number=number)
        path = folder / FOLDER / one.file_name
        if not path.exists():
            write_whole(path, as_yaml(one).encode())
            return replace(one, path=path)
    raise AssertionError("numbers never end")


def mark(proposal: Proposal, state: State) -> Proposal:
    """Write what became of a proposal. Raises EditError; then its file is as before."""
    if proposal.path is None:
        raise ValueError("the proposal was never written")
    done = replace(proposal, state=state)
    write_whole(proposal.path, as_yaml(done).encode())
    return done


def write_whole(path: Path, contents: bytes, beforehand: Callable[[], None] = lambda: None) -> None:
    """Put a file in place of another in one step, with its permissions; `beforehand` is called last before that.

    Where the other is a link, what it leads to is replaced.

    Raises EditError in one sentence; then the old file is as it was.
    """
    path = path.resolve()
    with _refusals(path):
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(contents)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(name, path.stat().st_mode & 0o777 if path.exists() else 0o644)
            beforehand()
            os.replace(name, path)
            _settle(path.parent)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(name)
            raise


def _settle(folder: Path) -> None:
    """Make sure that a new name in this folder outlives a loss of power."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def _refusals(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise EditError(f"{path} lässt sich nicht schreiben ({error.strerror}); es ist alles wie vorher.") from error
