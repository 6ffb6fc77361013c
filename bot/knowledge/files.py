"""Files as bytes: a file that cannot be read is a complaint, never an exception."""

import errno
import hashlib
from os import fsencode
from pathlib import Path

from bot.errors import Complaint
from bot.knowledge.yaml_source import LARGEST, Node, parse


class Files:
    """Reads the YAML files of a knowledge base, and keeps what is wrong and what makes the version."""

    def __init__(self) -> None:
        self.complaints: list[Complaint] = []
        self._digest = hashlib.sha256()

    def read(self, path: Path, label: str = "") -> Node | None:
        """The tree of a file, or None where there is none to speak of. `label`: what complaints call it."""
        label = label or f"{folder_name(path.parent)}/{path.name}"
        raw = read_bytes(path, label, LARGEST, self.complaints)
        if raw is None:
            return None
        self._digest.update(fsencode(path.name) + f"\0{len(raw)}\0".encode() + raw)
        return parse(raw, label, self.complaints)

    def version(self) -> str:
        """Twelve characters that change with every byte and every name of what was read."""
        return self._digest.hexdigest()[:12]


def read_bytes(path: Path, label: str, largest: int, complaints: list[Complaint]) -> bytes | None:
    """The bytes of a file, never more than one beyond the allowed, or None after a complaint about `label`."""
    try:
        if path.exists() and not path.is_file():
            raise OSError  # a pipe would be waited for without end
        with path.open("rb") as file:
            return file.read(largest + 1)
    except OSError as error:
        how = "prüfen Sie, ob es eine Datei ist und ob Sie sie lesen dürfen."
        text = f"Die Datei lässt sich nicht lesen ({_reason(error)}); {how}"
        complaints.append(Complaint(label, 1, 1, text))
        return None


def _reason(error: OSError) -> str:
    if error.errno == errno.ENOENT:
        return "es gibt sie nicht"
    return error.strerror or "keine gewöhnliche Datei"


def folder_name(folder: Path) -> str:
    """What complaints call a folder: its own name, also where it was given as „.“ or „..“."""
    return folder.name if folder.name not in ("", "..") else folder.resolve().name
