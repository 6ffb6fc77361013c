"""A knowledge base as it is in a folder, or as it was in a revision of git."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bot.cli.kb.place import load_whole
from bot.errors import ConfigError, KnowledgeError
from bot.knowledge.entry import KnowledgeBase

PATIENCE: Final = 60  # seconds for git


def load_named(name: str, folder: Path) -> KnowledgeBase:
    """The base in the folder of this name, or that of `folder` as it was in the revision of this name.

    Raises ConfigError where there is neither, and where what was there is no knowledge base.
    """
    try:
        if Path(name).is_dir():
            return load_whole(Path(name))
        with _checked_out(name, folder) as copy:
            return load_whole(copy)
    except KnowledgeError as error:
        more = f" (und {len(error.complaints) - 1} weitere Fehler)" if len(error.complaints) > 1 else ""
        raise ConfigError(f"{name} enthält keine brauchbare Wissensbasis: {error.complaints[0]}{more}") from error


@contextmanager
def _checked_out(revision: str, folder: Path) -> Iterator[Path]:
    """The files of a folder as they were, in a folder of the same name."""
    listed = _git(folder, revision, "ls-tree", "-z", "--name-only", f"{_commit(folder, revision)}", ".")
    names = [name for name in listed.decode(errors="replace").split("\0") if name.endswith((".yaml", ".yml"))]
    with tempfile.TemporaryDirectory(prefix="klbot-revision-") as made:
        copy = Path(made) / folder.resolve().name
        copy.mkdir()
        for name in names:
            blob = _git(folder, revision, "cat-file", "blob", f"{_commit(folder, revision)}:./{name}")
            (copy / Path(name).name).write_bytes(blob)
        yield copy


def _commit(folder: Path, revision: str) -> str:
    found = _git(folder, revision, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    return found.decode().strip()


def _git(folder: Path, revision: str, *arguments: str) -> bytes:
    try:
        done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, check=True, timeout=PATIENCE)
    except FileNotFoundError as error:
        raise ConfigError(f"„{revision}“ ist kein Ordner, und git ist hier nicht installiert.") from error
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise ConfigError(f"„{revision}“ ist weder ein Ordner noch ein Stand von {folder} in git.") from error
    return done.stdout
