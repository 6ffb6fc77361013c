"""How `klbot tickets` says things: moments, reasons, and words that strangers wrote."""

import os
import sys
import unicodedata
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.text import Text

WIDE: Final = 200  # columns of an output that nobody looks at directly
# Not strftime's: its names follow the machine's language.
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

_HELD: Final = {
    "not-staff": "the sender is not staff",
    "no-key": "names no ticket",
    "keys-disagree": "names different tickets",
    "unknown-ticket": "names a ticket that does not exist",
    "answered-meanwhile": "somebody else had answered",
    "withdrawn": "the citizen needs no answer any more",
    "nothing-left": "nothing left but quotes",
    "unreadable": "cannot be read",
    "internal": "the bot failed with it",
}
_GIVEN_UP: Final = {
    "blocked": "the citizen blocked the bot",
    "chat_not_found": "the chat is gone",
    "refused": "refused",
}
# They turn the direction of writing, so that words seem to stand where they do not.
_TURNING: Final = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
STATES: Final = {
    "open": "yellow",
    "claimed": "cyan",
    "waiting": "dim",
    "undeliverable": "red",
    "held": "yellow",
    "pending": "yellow",
    "dead": "red",
}


def terminal() -> Console:
    """Where to print: without colours and as wide as needed when no person looks at it directly."""
    width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else WIDE
    return Console(highlight=False, emoji=False, width=width)


def span(length: timedelta) -> str:
    """A length of time in its largest unit: `2 days`, `3 h`, `12 min`."""
    if length < _MINUTE:
        return "< 1 min"
    if length < _DAY:
        return f"{length // _HOUR} h" if length >= _HOUR else f"{length // _MINUTE} min"
    return counted(length // _DAY, "day")


def ago(moment: datetime, now: datetime) -> str:
    """How far a moment is away: `3 h ago`, `in 2 days`."""
    return f"in {span(moment - now)}" if moment > now else f"{span(now - moment)} ago"


def at(moment: datetime, zone: ZoneInfo) -> str:
    """A moment on the clocks of staff: `25 Nov 2026, 14:03`."""
    local = moment.astimezone(zone)
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year}, {local:%H:%M}"


def briefly(moment: datetime, zone: ZoneInfo) -> str:
    """The same in few columns: `25 Nov, 14:03`."""
    local = moment.astimezone(zone)
    return f"{local.day:2} {_MONTHS[local.month - 1]}, {local:%H:%M}"


def counted(count: int, name: str, plural: str = "") -> str:
    """`1 mail`, `2 mails`."""
    return f"{count} {name if count == 1 else plural or name + 's'}"


def why_held(reason: str) -> str:
    """Why something is held back."""
    return _HELD.get(reason, reason)


def why_given_up(error: str | None) -> str:
    """Why something was given up."""
    return visible(_GIVEN_UP.get(error or "", error or ""))


def state(name: str) -> Text:
    """A state in its colour."""
    return Text(name, style=STATES.get(name, ""))


def visible(text: str) -> str:
    """What a stranger wrote, with nothing left that would steer the terminal."""
    return "".join(sign if sign in "\n\t" or not _steers(sign) else "\N{REPLACEMENT CHARACTER}" for sign in text)


def _steers(sign: str) -> bool:
    return unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") or sign in _TURNING


def one_line(text: str) -> str:
    """The same on one line."""
    return " ".join(visible(text).split())


def cut(text: str) -> Text:
    """Words on one line that end in an ellipsis where there is no room for them."""
    return Text(text, no_wrap=True, overflow="ellipsis")
