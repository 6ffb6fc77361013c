"""Opening hours and days off as an operator writes them, and the public holidays of a place."""

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Final

import holidays

from bot.desk.hours import Span

# Read with a leap year, so that 02-29 is a day.
_LEAP_YEAR: Final = 2000
_ONE_TIME = r"(\d{1,2})(?::(\d{2}))?"
_SPAN = re.compile(rf"{_ONE_TIME}\s*[-–]\s*{_ONE_TIME}")
_DAY = re.compile(r"(?:(\d{4})-)?(\d{2})-(\d{2})")


@dataclass(frozen=True, slots=True)
class Closed:
    """A day off, or all from the first to the last. `yearly`: in every year, whatever year stands in the dates."""

    first: date
    last: date
    yearly: bool

    def holds(self, day: date) -> bool:
        """Whether this day is off."""
        if not self.yearly:
            return self.first <= day <= self.last
        first, last, asked = ((one.month, one.day) for one in (self.first, self.last, day))
        return first <= asked <= last if first <= last else not last < asked < first


def read_spans(text: str) -> tuple[Span, ...]:
    """The hours of one day, such as "8:00-12:00, 13:00-16:00"; empty: closed. Raises ValueError saying how to write."""
    spans = tuple(_span(part.strip()) for part in text.split(",")) if text.strip() else ()
    if any(later.opens < earlier.closes for earlier, later in zip(spans, spans[1:], strict=False)):
        raise ValueError(f'the hours "{text}" overlap or are out of order; expected 8:00-12:00, 13:00-16:00')
    return spans


def _span(text: str) -> Span:
    found = _SPAN.fullmatch(text)
    try:
        if found is None:
            raise ValueError(text)
        return Span(_minutes(found[1], found[2]), _minutes(found[3], found[4]))
    except ValueError:
        raise ValueError(f'"{text}" are no hours; expected 8:00-12:00, several of them with commas between') from None


def _minutes(hour: str, minute: str | None) -> int:
    if int(minute or 0) >= 60:
        raise ValueError(minute)
    return int(hour) * 60 + int(minute or 0)


def read_closed(text: str) -> Closed:
    """A day off such as "12-24" (every year) or "2026-12-28", or a range of them with ".." between.

    Raises ValueError saying how to write.
    """
    first, dots, last = text.replace(" ", "").partition("..")
    try:
        begins, ends = _day(first), _day(last if dots else first)
        if begins[1] is not ends[1] or (not begins[1] and ends[0] < begins[0]):
            raise ValueError(text)
    except ValueError:
        expected = "expected 12-24 (every year), 2026-12-28, or a range of either kind such as 2026-12-28..2026-12-30"
        raise ValueError(f'"{text}" is no day; {expected}') from None
    return Closed(begins[0], ends[0], yearly=begins[1])


def _day(text: str) -> tuple[date, bool]:
    """The day, and whether it comes every year."""
    found = _DAY.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return date(int(found[1] or _LEAP_YEAR), int(found[2]), int(found[3])), found[1] is None


def days_off(place: str | None, closed: Sequence[Closed]) -> Callable[[date], bool]:
    """Which days are off: the public holidays of the place (None: there are none), and what is closed besides.

    `place`: a German state such as RP, a country such as LU, or one of its parts such as AT-1. Raises ValueError.
    """
    public = None if place is None else _public(place)
    return lambda day: (public is not None and day in public) or any(one.holds(day) for one in closed)


def _public(place: str) -> holidays.HolidayBase:
    country, _, part = place.partition("-")
    for named in ((country, part),) if "-" in place else (("DE", place), (place, None)):
        # An empty part would be read as the whole country.
        with suppress(NotImplementedError):
            if named[1] != "":
                return holidays.country_holidays(named[0], subdiv=named[1])
    raise ValueError(f'the public holidays of "{place}" are unknown; expected a German state such as RP, or AT-1')
