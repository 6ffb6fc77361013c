"""What a clerk needs to see of what was left out of a reply: nothing of our own mail, every word of anybody else's."""

import re
from collections.abc import Iterable, Iterator

from bot.desk.staff import Cut, CutKind

# Lines with which mail programs introduce a quote.
_INTRODUCTION = re.compile(
    r"\s*(?:.*\b(?:schrieb|geschrieben|wrote)\b.*:|[*_]*(?:Von|Gesendet|An|Cc|Betreff|Datum|From|Sent|To|Date|Subject)"
    r"[*_]*:.*|[-_=\s]*(?:Urspr\S+ (?:Nachricht|Mail)|Original[- ]\w+)[-_=\s]*|[-_=]{3,})\s*",
    re.IGNORECASE,
)


def worth_reading(cut: Cut, ours: Iterable[str]) -> str:
    """The lines of a cut that a person wrote, as far as that can be told; empty for a mere quote of our mails.

    `ours`: the texts of our mails about the ticket.
    """
    if cut.kind is not CutKind.QUOTE:
        return cut.text
    return "\n".join(_own(cut.text.split("\n"), _bare(" ".join(ours)))).strip("\n")


def _own(lines: Iterable[str], ours: str) -> Iterator[str]:
    for line in lines:
        quoted = line.lstrip().startswith(">")
        if not quoted and not _INTRODUCTION.fullmatch(line) and _bare(line) not in ours:
            yield line


def _bare(text: str) -> str:
    """The text by its letters and digits alone: mail programs change everything else."""
    return "".join(sign for sign in text.casefold() if sign.isalnum())
