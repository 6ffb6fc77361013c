"""Office hours: when people answer, and when so much of their time has passed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from typing import Final
from zoneinfo import ZoneInfo

DAY: Final = 24 * 60
# Whoever does not open for so long promises nothing.
LOOK_AHEAD: Final = timedelta(days=2 * 366)
_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Span:
    """From opening to closing, in minutes since midnight: 0 to 1440."""

    opens: int
    closes: int

    def __post_init__(self) -> None:
        if not 0 <= self.opens < self.closes <= DAY:
            raise ValueError("closing comes after opening, within one day")


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """When the office is open. `week`: the spans of each weekday, Monday first, in order and apart.

    `is_closed`: the days on which it stays closed all the same, such as public holidays; `zone`: where its clock hangs.
    """

    week: Sequence[Sequence[Span]]
    zone: ZoneInfo
    is_closed: Callable[[date], bool] = lambda _day: False

    def due(self, asked: datetime, within: timedelta) -> datetime | None:
        """The moment at which `within` of office time has passed since `asked`, in UTC; closing time is still within.

        None when the office is not open for so long in the next two years.
        """
        left = within
        for opens, closes in self._open_from(asked):
            if closes - opens >= left:
                return opens + left
            left -= closes - opens
        return None

    def rounded(self, moment: datetime) -> datetime:
        """The next full hour by the office's clock, or closing time if that comes before."""
        local = moment.astimezone(self.zone)
        past = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        full = moment.astimezone(UTC) + (-past % _HOUR)
        closing = next((closes for opens, closes in self._spans_around(moment) if opens <= moment <= closes), full)
        return min(full, closing)

    def passed(self, start: datetime, end: datetime) -> timedelta:
        """How much office time lies between two moments, at most two years apart."""
        before = takewhile(lambda span: span[0] < end, self._open_from(start))
        return sum((min(closes, end) - opens for opens, closes in before), timedelta())

    def is_open(self, moment: datetime) -> bool:
        """Whether the office is open; at closing time it is not any more."""
        return any(opens <= moment < closes for opens, closes in self._spans_around(moment))

    def _open_from(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """What is left of the current span, and every later one, as moments in UTC."""
        first = moment.astimezone(self.zone).date()
        for opens, closes in self._spans(first - timedelta(days=1), LOOK_AHEAD.days):
            if closes > moment:
                yield max(opens, moment.astimezone(UTC)), closes

    def _spans_around(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        return self._spans(moment.astimezone(self.zone).date() - timedelta(days=1), 3)

    def _spans(self, first: date, days: int) -> Iterator[tuple[datetime, datetime]]:
        latest = datetime.min.replace(tzinfo=UTC)
        for day in (first + timedelta(days=number) for number in range(days)):
            for span in () if self.is_closed(day) else self.week[day.weekday()]:
                # Where the clock jumps, a span may shrink to nothing; it never reaches into another.
                opens, closes = max(latest, self._moment(day, span.opens)), self._moment(day, span.closes)
                if opens < closes:
                    yield opens, closes
                    latest = closes

    def _moment(self, day: date, minutes: int) -> datetime:
        # Counted on the clock's face, not in elapsed time: 8:00 stays 8:00 when the clock was changed at night.
        return (datetime.combine(day, time(), self.zone) + timedelta(minutes=minutes)).astimezone(UTC)
