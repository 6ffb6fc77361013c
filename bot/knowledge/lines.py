"""The files of a knowledge base line by line: to show what a complaint is about, and to find where a word stands."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from bot.knowledge.entry import Place
from bot.knowledge.files import folder_name
from bot.knowledge.foreign import no_text
from bot.knowledge.yaml_source import LARGEST

FAR: Final = 400  # lines that a text may have


class Lines:
    """Reads each file once, when it is first asked about. A file that cannot be read has no lines."""

    def __init__(self, folders: Iterable[Path], known: Mapping[str, str] | None = None) -> None:
        """`folders`: where the files may lie; complaints call them by the name of their folder.

        `known`: what some files, as complaints call them, would hold.
        """
        self._folders = {folder_name(folder): folder for folder in reversed(list(folders))}
        self._read = {file: text.split("\n") for file, text in (known or {}).items()}

    def line(self, file: str, number: int) -> str:
        """The line of this number, counted from 1, without its end; empty where there is none."""
        lines = self._of(file)
        return lines[number - 1] if 0 < number <= len(lines) else ""

    def find(self, place: Place, needle: str) -> Place:
        """Where this stands in the text that begins at a place, or the place where it is not found."""
        first = needle.split("\n")[0]
        for number, line in enumerate(self._of(place.file)[place.line - 1 : place.line + FAR], place.line):
            at = line.find(first, place.column - 1 if number == place.line else 0)
            if at >= 0:
                return Place(place.file, number, at + 1)
        return place

    def _of(self, file: str) -> list[str]:
        if file not in self._read:
            folder, _, name = file.rpartition("/")
            self._read[file] = _lines(self._folders.get(folder, Path(folder)) / name)
        return self._read[file]


def _lines(path: Path) -> list[str]:
    try:
        if not path.is_file() or path.stat().st_size > LARGEST:
            return []
        raw = path.read_bytes()
    except OSError:
        return []
    if no_text(raw):
        return []
    text = raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8", errors="replace")
    return [line.removesuffix("\r") for line in text.split("\n")]
