"""What a person wrote in a reply: free of quotes, signatures and standing text of mail programs.

Better to hand a reply back than to let old mail through: what cannot be told from a quote is cut, and a reply of which
nothing is left is shown to staff. Closing words and names stay; a contact block goes only when something separates it.
"""

import re
from collections.abc import Iterator, Sequence

from bot.mail import phrases

_LONGEST_INTRODUCTION = 4


def visible_reply(text: str) -> str:
    """What the sender wrote, without everything old or automatic; empty if nothing is left.

    `text`: plain text with \\n at line ends, quotes marked with > where the mail program did so.
    """
    given = [line.rstrip() for line in text.split("\n")]
    # A clerk may leave nothing of our mail standing but its last line, as that line asks for.
    lines = [line for line in given if phrases.QUOTED.match(line) or not phrases.MARKER.search(line)]
    segments = _own_segments(lines, quoting=len(lines) < len(given) or _holds_quote(lines))
    parts = [part for segment in segments if (part := _tidied(_without_signature(segment)))]
    return "\n\n".join(parts)


def _holds_quote(lines: Sequence[str]) -> bool:
    return any(
        (phrases.QUOTED.match(line) and not phrases.MORE_THAN.match(line))
        or _introduction(lines, number)
        or _everything_is_old_from(lines, number)
        for number, line in enumerate(lines)
    )


def _own_segments(lines: Sequence[str], *, quoting: bool) -> list[list[str]]:
    """The stretches of a person's own lines between quotes, up to where everything is old."""
    segments: list[list[str]] = [[]]
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
        segments[-1].append(lines[number])
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


def _without_signature(lines: Sequence[str]) -> list[str]:
    """The lines up to a signature separator or a disclaimer, without what mail programs add about themselves."""
    kept: list[str] = []
    for number, line in enumerate(lines):
        if phrases.SIGNATURE.fullmatch(line) or phrases.DISCLAIMER.match(line):
            break
        if not _is_mobile(lines, number):
            kept.append(line)
    return kept


def _is_mobile(lines: Sequence[str], number: int) -> bool:
    line = lines[number]
    return len(line) <= 200 and bool(phrases.MOBILE.fullmatch(phrases.LINK.sub("", line).strip(" *_\t")))


def _tidied(lines: Sequence[str]) -> str:
    """The lines as one text: links readable, no more than one empty line in a row, no rule at the end."""
    text = phrases.ADDRESS_AFTER.sub(r"\1", "\n".join(line.rstrip() for line in lines))
    text = phrases.LINK_AFTER.sub(r"\1 (\2)", phrases.SAME_LINK.sub(r"\1", text))
    text = re.sub(r"\n{3,}", "\n\n", text).strip("\n")
    rows = text.split("\n")
    while rows and (not rows[-1].strip() or phrases.RULE.fullmatch(rows[-1])):
        rows.pop()
    while rows and not rows[0].strip():
        rows.pop(0)
    return "\n".join(rows)
