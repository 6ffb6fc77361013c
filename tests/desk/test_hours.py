"""A promise is kept in office time: nights, weekends, days off and changes of the clock take nothing of it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.calendar import days_off, read_closed, read_spans
from bot.desk.hours import DAY, OfficeHours, Span

BERLIN = ZoneInfo("Europe/Berlin")
LONG, SHORT = read_spans("8:00-12:00, 13:00-16:00"), read_spans("8:00-12:00")
WEEK = (LONG, LONG, LONG, LONG, SHORT, (), ())
HOUR = timedelta(hours=1)
TOWN_HALL = OfficeHours(WEEK, BERLIN, days_off("RP", [read_closed("12-24"), read_closed("12-31")]))


def at(text: str) -> datetime:
    """A moment by the clock of Berlin."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("asked", "hours", "due"),
    [
        ("2026-11-24 09:00", 2, "2026-11-24 11:00"),
        ("2026-11-24 11:00", 2, "2026-11-24 14:00"),
        ("2026-11-24 12:30", 3, "2026-11-24 16:00"),
        ("2026-11-24 15:00", 1, "2026-11-24 16:00"),
        ("2026-11-24 15:00", 2, "2026-11-25 09:00"),
        ("2026-11-24 23:00", 1, "2026-11-25 09:00"),
        ("2026-11-27 11:00", 2, "2026-11-30 09:00"),
        ("2026-11-28 10:00", 16, "2026-12-02 10:00"),
        ("2026-12-23 15:00", 2, "2026-12-28 09:00"),
        ("2026-12-30 16:00", 1, "2027-01-04 09:00"),
        ("2027-03-25 15:30", 1, "2027-03-30 08:30"),
        ("2026-10-23 11:30", 1, "2026-10-26 08:30"),
    ],
    ids=[
        "in one span",
        "over the lunch break",
        "asked at lunch",
        "till closing time",
        "over night",
        "asked at night",
        "over the weekend",
        "two days and a bit from Saturday",
        "over Christmas",
        "over New Year",
        "over Easter and the clock put forward",
        "over the clock put back",
    ],
)
def test_an_answer_is_due_when_the_office_was_open_for_so_long(asked: str, hours: int, due: str) -> None:
    assert TOWN_HALL.due(at(asked), hours * HOUR) == at(due)


@pytest.mark.parametrize(
    ("moment", "rounded"),
    [
        ("2026-11-24 09:00:00", "2026-11-24 09:00"),
        ("2026-11-24 09:00:01", "2026-11-24 10:00"),
        ("2026-11-24 15:07:30", "2026-11-24 16:00"),
        ("2026-11-24 16:00:00", "2026-11-24 16:00"),
    ],
)
def test_a_promise_is_rounded_up_to_the_full_hour(moment: str, rounded: str) -> None:
    assert TOWN_HALL.rounded(at(moment)) == at(rounded)


def test_a_promise_is_not_rounded_past_closing_time() -> None:
    hours = OfficeHours((read_spans("8:00-12:30, 13:30-16:00"),) * 7, BERLIN)

    assert hours.rounded(at("2026-11-24 12:10")) == at("2026-11-24 12:30")


def test_hours_are_full_by_the_clock_of_the_office() -> None:
    hours = OfficeHours((read_spans("8-16"),) * 7, ZoneInfo("Asia/Kolkata"))

    moment = hours.rounded(datetime(2026, 11, 24, 6, 10, tzinfo=UTC))

    assert moment == datetime(2026, 11, 24, 6, 30, tzinfo=UTC)


def test_an_office_opens_at_its_hour_and_is_not_open_any_more_when_it_closes() -> None:
    states = [TOWN_HALL.is_open(at(f"2026-11-24 {time}")) for time in ("07:59", "08:00", "11:59", "12:00", "13:00")]

    assert states == [False, True, True, False, True]


def test_an_office_that_is_open_at_night_has_an_hour_less_when_the_clock_is_put_forward() -> None:
    always = OfficeHours((read_spans("0-24"),) * 7, BERLIN)

    days = [always.passed(at(f"2027-03-{day} 00:00"), at(f"2027-03-{day + 1} 00:00")) for day in (27, 28, 29)]

    assert days == [24 * HOUR, 23 * HOUR, 24 * HOUR]


def test_an_office_that_never_opens_promises_nothing() -> None:
    closed = OfficeHours(WEEK, BERLIN, lambda _day: True)

    assert closed.due(at("2026-11-24 09:00"), HOUR) is None


def test_a_span_ends_after_it_began_on_the_same_day() -> None:
    for opens, closes in ((8, 8), (9, 8), (-1, 8), (8, DAY + 1)):
        with pytest.raises(ValueError, match="closing comes after opening"):
            Span(opens, closes)


# -- whatever the hours are -----------------------------------------------------------------------


def _spans(edges: list[int]) -> tuple[Span, ...]:
    return tuple(Span(opens, closes) for opens, closes in zip(edges[::2], edges[1::2], strict=False))


def _closing(days: frozenset[int]) -> Callable[[date], bool]:
    return lambda day: day.toordinal() % 11 in days


DAYS = st.lists(st.integers(0, DAY), max_size=6, unique=True).map(sorted).map(_spans)
OFFICES = st.builds(
    OfficeHours,
    st.tuples(*[DAYS] * 7).filter(lambda week: sum(s.closes - s.opens for day in week for s in day) > 120),
    st.sampled_from([BERLIN, ZoneInfo("UTC"), ZoneInfo("America/St_Johns"), ZoneInfo("Australia/Lord_Howe")]),
    st.frozensets(st.integers(0, 10), max_size=4).map(_closing),
)
# A spring and an autumn with their changes of the clock.
MOMENTS = st.one_of(
    *(
        st.datetimes(datetime(*first), datetime(*last), timezones=st.just(UTC))  # noqa: DTZ001 -- hypothesis adds it
        for first, last in (((2026, 10, 1), (2026, 11, 10)), ((2027, 3, 1), (2027, 4, 10)))
    )
)
WITHIN = st.integers(1, 60 * 60).map(lambda minutes: timedelta(minutes=minutes))


@given(OFFICES, MOMENTS, WITHIN)
def test_exactly_the_promised_office_time_passes_until_an_answer_is_due(
    office: OfficeHours, asked: datetime, within: timedelta
) -> None:
    due = office.due(asked, within)

    assert due is not None
    assert office.passed(asked, due) == within


@given(OFFICES, MOMENTS, WITHIN)
def test_an_answer_is_due_while_the_office_is_open_or_when_it_closes(
    office: OfficeHours, asked: datetime, within: timedelta
) -> None:
    due = office.due(asked, within)

    assert due is not None
    for moment in (due, office.rounded(due)):
        assert office.is_open(moment) or office.is_open(moment - timedelta(microseconds=1))


@given(OFFICES, MOMENTS, MOMENTS, WITHIN, WITHIN)
def test_who_asks_later_or_is_promised_more_time_is_answered_no_earlier(
    office: OfficeHours, asked: datetime, other: datetime, within: timedelta, more: timedelta
) -> None:
    earlier, later = sorted((asked, other))
    short, long = sorted((within, more))

    first, second = office.due(earlier, short), office.due(later, long)

    assert first is not None
    assert second is not None
    assert first <= second
    assert first <= office.rounded(first) <= office.rounded(second)
    assert office.rounded(first) - first < HOUR
