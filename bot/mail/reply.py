"""What a person wrote in a reply: free of quotes, signatures and standing text of mail programs.

Better to hand a reply back than to let old mail through: what cannot be told from a quote is cut, and a reply of which
nothing is left is shown to staff. Closing words and names stay; a contact block goes only when something separates it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.desk.staff import Cut, CutKind
from bot.mail import phrases
from bot.mail.html import SIGNED

_LONGEST_INTRODUCTION = 4


@dataclass(frozen=True, slots=True)
class Parted:
    """A mail's text, taken apart: every line that is not blank is in `text` or in a `cut`, in their order.

    Links in `text` are tidied, and marks of pictures are in neither. `pictures`: the content ids of those that stood
    between the person's own words.
    """

    text: str
    cut: tuple[Cut, ...]
    pictures: frozenset[str]


def visible_reply(text: str) -> str:
    """What the sender wrote, without everything old or automatic; empty if nothing is left.

    `text`: plain text with \\n at line ends, quotes marked with > where the mail program did so.
    """
    return parted(text).text


def parted(text: str) -> Parted:
    """What the sender wrote, and what was cut from it. `text`: as for `visible_reply`."""
    lines = [line.rstrip() for line in text.split("\n")]
    # A clerk may leave nothing of our mail standing but its last line, as that line asks for.
    others = [number for number, line in enumerate(lines) if phrases.QUOTED.match(line) or not _is_marker(line)]
    rest = [lines[number] for number in others]
    segments = _own_segments(rest, quoting=len(rest) < len(lines) or _holds_quote(rest))
    numbers = [[others[position] for position in segment] for segment in segments]
    kinds = {number: kind for segment in numbers for number, kind in _kinds(lines, segment)}
    own = [[lines[number] for number in segment if kinds[number] is None] for segment in numbers]
    parts = [part for segment in own if (part := _tidied(segment))]
    return Parted("\n\n".join(parts), tuple(_cuts(lines, kinds)), _pictures(lines, numbers))


def _is_marker(line: str) -> bool:
    return bool(phrases.MARKER.search(line))


def _cuts(lines: Sequence[str], kinds: Mapping[int, CutKind | None]) -> Iterator[Cut]:
    """Everything that is nobody's own words, what is of one kind and stands together as one."""
    kind: CutKind | None = None
    taken: list[str] = []
    for number, line in enumerate(lines):
        here = kinds.get(number, CutKind.QUOTE)
        if line.strip() and here is not kind:
            yield from _cut(kind, taken)
            kind, taken = here, []
        taken.append(line.removeprefix(SIGNED))
    yield from _cut(kind, taken)


def _cut(kind: CutKind | None, lines: Sequence[str]) -> Iterator[Cut]:
    # Where a picture stood is no news: whether it went along is told of the file.
    text = phrases.PICTURE.sub("", "\n".join(lines)).strip("\n")
    if kind is not None and text:
        yield Cut(kind, text)


def _pictures(lines: Sequence[str], segments: Sequence[Sequence[int]]) -> frozenset[str]:
    shown = (lines[number] for segment in segments for number in segment[: _end(lines, segment)])
    return frozenset(found for line in shown if not line.startswith(SIGNED) for found in phrases.PICTURE.findall(line))


def _holds_quote(lines: Sequence[str]) -> bool:
    return any(
        (phrases.QUOTED.match(line) and not phrases.MORE_THAN.match(line))
        or _introduction(lines, number)
        or _everything_is_old_from(lines, number)
        for number, line in enumerate(lines)
    )


def _own_segments(lines: Sequence[str], *, quoting: bool) -> list[list[int]]:
    """Where a person's own lines stand: the stretches between quotes, up to where everything is old."""
    segments: list[list[int]] = [[]]
    number = 0
    while number < len(lines):
        if _everything_is_old_from(lines, number):
            break
        skipped = _introduction(lines, number)
        if skipped and not _leads_to_quote(lines, number + skipped):
            # What is quoted here bears no sign: nobody can tell where it ends.
            break
        if skipped or _is_quoted(lines[number], quoting):
            if segments[-1]:
                segments.append([])
            number += max(skipped, 1)
            continue
        segments[-1].append(number)
        number += 1
    return segments


def _is_quoted(line: str, quoting: bool) -> bool:
    return bool(phrases.QUOTED.match(line)) and (quoting or not phrases.MORE_THAN.match(line))


def _leads_to_quote(lines: Sequence[str], number: int) -> bool:
    following = next((line for line in lines[number : number + 3] if line.strip()), "")
    return bool(phrases.QUOTED.match(following))


def _introduction(lines: Sequence[str], number: int) -> int:
    """How many lines, from here on, say "Am … schrieb …:" or the like; 0 for none."""
    for count in range(1, _LONGEST_INTRODUCTION + 1):
        taken = lines[number : number + count]
        if len(taken) < count or not taken[-1].strip() or phrases.QUOTED.match(taken[0]):
            return 0
        # Right in front of a quote, even an introduction without its colon is one.
        end = ":" if _leads_to_quote(lines, number + count) else ""
        # A line of the sender's own may stand right above: the latest possible beginning counts.
        if _introduces(taken, end) and not any(_introduces(taken[later:], end) for later in range(1, count)):
            return count
    return 0


def _introduces(lines: Sequence[str], end: str) -> bool:
    line = " ".join(line.strip() for line in lines)
    line = line if line.endswith(":") else line + end
    if len(line) > 400 or not line.endswith(":"):
        return False
    if phrases.ENGLISH.fullmatch(line):
        return bool(re.search(rf"{phrases.TIME}|@", line))
    if "<" in lines[0] and phrases.GERMAN_NAME_FIRST.fullmatch(line):
        return True
    german = phrases.GERMAN.fullmatch(line)
    return german is not None and (german["time"] is not None or "@" in german["who"])


def _everything_is_old_from(lines: Sequence[str], number: int) -> bool:
    line = lines[number]
    if phrases.QUOTED.match(line):
        return False
    if phrases.SEPARATOR.fullmatch(line) or phrases.HEADLINE.search(line):
        return True
    if phrases.RULE.fullmatch(line):
        following = next((at for at in range(number + 1, min(number + 4, len(lines))) if lines[at].strip()), None)
        return following is not None and _is_header_block(lines, following)
    return _is_header_block(lines, number)


def _is_header_block(lines: Sequence[str], number: int) -> bool:
    """Whether a quoted mail's header begins here: three of its lines, or two with an address in the first."""
    if not phrases.KEY.match(lines[number]):
        return False
    found = set(_header_keys(lines[number : number + 9]))
    if len(found) >= 3:
        return "from" in found or {"date", "subject"} <= found
    return len(found) == 2 and "from" in found and bool({"date", "subject"} & found) and "@" in lines[number]


def _header_keys(lines: Sequence[str]) -> Iterator[str]:
    blanks = 0
    for line in lines:
        if not line.strip():
            blanks += 1
        elif key := phrases.KEY.match(line):
            yield phrases.KEYS[key[1].casefold()]
            yield from (phrases.KEYS[inside.casefold()] for inside in phrases.KEY_INSIDE.findall(key[2]))
            blanks = 0
        elif blanks:
            return
        if blanks > 1:
            return


def _kinds(lines: Sequence[str], segment: Sequence[int]) -> Iterator[tuple[int, CutKind | None]]:
    """For each line of a stretch what it is; None for a person's own words."""
    end = _end(lines, segment)
    said = [number for number in segment[:end] if _is_said(lines[number])]
    for number in segment[:end]:
        # A rule with no words below it leads to nothing any more.
        is_left_over = lines[number] and (not said or number > said[-1])
        yield number, _standing(lines[number]) or (CutKind.FOOTER if is_left_over else None)
    rest = _beginning(lines[segment[end]]) if end < len(segment) else None
    yield from ((number, rest) for number in segment[end:])


def _end(lines: Sequence[str], segment: Sequence[int]) -> int:
    """Where, in a stretch, a signature separator or a disclaimer begins, which takes the rest with it."""
    return next((at for at, number in enumerate(segment) if _beginning(lines[number])), len(segment))


def _is_said(line: str) -> bool:
    return bool(line.strip()) and not phrases.RULE.fullmatch(line) and not _standing(line)


def _beginning(line: str) -> CutKind | None:
    if phrases.SIGNATURE.fullmatch(line):
        return CutKind.SIGNATURE
    return CutKind.FOOTER if phrases.DISCLAIMER.match(line) else None


def _standing(line: str) -> CutKind | None:
    """What one line is, whatever stands around it."""
    if line.startswith(SIGNED):
        return CutKind.SIGNATURE
    without_pictures = phrases.PICTURE.sub("", line)
    if without_pictures != line and not phrases.LINK.sub("", without_pictures).strip(" *_\t"):
        return CutKind.FOOTER
    is_mobile = len(line) <= 200 and phrases.MOBILE.fullmatch(phrases.LINK.sub("", line).strip(" *_\t"))
    return CutKind.FOOTER if is_mobile else None


def _tidied(lines: Sequence[str]) -> str:
    """The lines as one text: links readable, pictures left out, no more than one empty line in a row."""
    text = "\n".join(phrases.PICTURE.sub("", line).rstrip() for line in lines)
    text = phrases.ADDRESS_AFTER.sub(r"\1", text)
    text = phrases.LINK_AFTER.sub(r"\1 (\2)", phrases.SAME_LINK.sub(r"\1", text))
    rows = re.sub(r"\n{3,}", "\n\n", text).split("\n")
    while rows and not rows[-1].strip():
        rows.pop()
    while rows and not rows[0].strip():
        rows.pop(0)
    return "\n".join(rows)
