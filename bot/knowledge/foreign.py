"""What other programs leave in a file that should be plain YAML: Word, Windows' Editor, git."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

# Where it stands (line and column, from 1), and a German sentence about it.
Found = tuple[int, int, str]

_WORD: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"{\\rtf")  # .docx, .doc and .rtf
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
_SAMPLE: Final = 200  # bytes

_PROTECTED: Final = "\u00a0\u202f"
_ODD: Final = f"[{_PROTECTED}\u1680\u2000-\u200b\u205f\u2060\u3000]"
_ODD_START: Final = re.compile(rf" *(?P<odd>{_ODD})")
_ODD_BEHIND: Final = re.compile(rf" *(?:(?:- +)*-|(?:- +)?[a-z_]+:)(?P<odd>{_ODD})")
_HEAD: Final = re.compile(r"(?P<start> *(?:- +)*)(?P<key>[\w-]+: +)?[|>][-+0-9]*\s*(?:#.*)?")

_BEGINS: Final = re.compile(r"<{7}(?: |$)")
_CONFLICT: Final = re.compile(r"(?:<{7}|\|{7}|>{7})(?: |$)|={7}$")
_CHANGED_TWICE: Final = (
    "Hier haben zwei dieselbe Stelle geändert (Markierung von git); behalten Sie eine Fassung und löschen Sie die "
    "Zeilen mit <<<<<<<, ======= und >>>>>>>."
)


def no_text(raw: bytes) -> str | None:
    """A sentence about a file that is none of text, or of text as YAML is not written; None where it may be."""
    if raw.startswith(_WORD):
        return "Das ist ein Word-Dokument; speichern Sie es als reinen Text (UTF-8)."
    if raw.startswith(_UTF_16) or _every_other_is_null(raw[:_SAMPLE]):
        what = "Diese Datei ist in UTF-16 gespeichert"
        return f"{what}; speichern Sie sie neu und wählen Sie dabei die Kodierung „UTF-8“."
    return None


def remnants(text: str) -> list[Found]:
    """Marks of git, else blanks that YAML takes for letters where it needs blanks. With either, nothing else that
    could be said of the file would be certain."""
    lines = re.split(r"\r\n|\r|\n", text)
    return list(_conflicts(lines)) or list(_odd_blanks(lines))


def _every_other_is_null(sample: bytes) -> bool:
    """Whether this is Latin text in UTF-16 without a mark at its beginning."""
    nulls = sample[::2].count(0), sample[1::2].count(0)
    return min(nulls) == 0 and max(nulls) > 0.4 * len(sample)


def _conflicts(lines: Sequence[str]) -> Iterator[Found]:
    """The beginning of every conflict, or where none is left the first mark that remained."""
    marks = [number for number, line in enumerate(lines, 1) if _CONFLICT.match(line)]
    begins = [number for number in marks if _BEGINS.match(lines[number - 1])]
    for number in begins or marks[:1]:
        yield number, 1, _CHANGED_TWICE


def _odd_blanks(lines: Sequence[str]) -> Iterator[Found]:
    for number, line in _outside_of_blocks(lines):
        if found := _ODD_START.match(line):
            yield number, found.start("odd") + 1, f"Diese Zeile beginnt mit {_named(found['odd'], 'en')}"
        elif found := _ODD_BEHIND.match(line):
            sign = "Doppelpunkt" if found[0][-2] == ":" else "Strich"
            what = f"Hinter dem {sign} steht ein {_named(found['odd'], 'es')}"
            yield number, found.start("odd") + 1, what


def _named(blank: str, ending: str) -> str:
    """What such blanks are, and what to do; `ending`: of „geschützt-“, which tells one from many."""
    one = ending == "es"
    kind = f"geschützt{ending} Leerzeichen (aus Word)"
    if blank not in _PROTECTED:
        kind = f"ungewöhnlich{ending} Leerzeichen (U+{ord(blank):04X})"
    return f"{kind}; ersetzen Sie {'es durch ein gewöhnliches' if one else 'sie durch gewöhnliche'}."


def _outside_of_blocks(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The lines with their numbers, without those of a text behind „|“ or „>“: it may begin its lines as it likes.

    A line of such a text that is not indented by enough ordinary blanks is not one for YAML.
    """
    edge: int | None = None  # the lines of the text begin further in than here
    first = False  # whether its next line is its first, which says how far
    for number, line in enumerate(lines, 1):
        is_blank, width = not line.strip(), _width(line, " ")
        if edge is None or not (is_blank or _width(line, f" {_PROTECTED}") > edge):
            edge = _edge(line)
            first = edge is not None
            yield number, line
        elif width <= edge:
            if line.strip(" "):
                yield number, line
        elif first and not is_blank:
            edge, first = width - 1, False


def _edge(line: str) -> int | None:
    head = _HEAD.fullmatch(line)
    if head is None:
        return None
    start = head["start"]
    return len(start) if head["key"] else start.rfind("-")


def _width(line: str, blanks: str) -> int:
    return len(line) - len(line.lstrip(blanks))
