"""Opening hours and days off are read as operators write them, and what cannot be read is refused in one sentence."""

from datetime import date

import pytest

from bot.desk.calendar import days_off, read_closed, read_spans
from bot.desk.hours import Span


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("8:00-12:00, 13:00-16:00", (Span(480, 720), Span(780, 960))),
        ("8-12,13:30 – 16:05", (Span(480, 720), Span(810, 965))),
        ("0-24", (Span(0, 1440),)),
        ("8-12, 12-16", (Span(480, 720), Span(720, 960))),
        ("", ()),
        ("  ", ()),
    ],
)
def test_hours_are_read_as_they_are_written(text: str, spans: tuple[Span, ...]) -> None:
    assert read_spans(text) == spans


@pytest.mark.parametrize(
    "text",
    ["8", "8-", "12-8", "8-8", "8:60-9", "8-24:30", "8-25", "8:0-9", "8-12;13-16", "8-12,", "vormittags", "8-12 Uhr"],
)
def test_what_are_no_hours_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match=r"are no hours; expected 8:00-12:00"):
        read_spans(text)


@pytest.mark.parametrize("text", ["8-12, 11-16", "13-16, 8-12"])
def test_hours_that_overlap_or_run_backwards_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"overlap or are out of order"):
        read_spans(text)


@pytest.mark.parametrize(
    ("text", "off", "open_"),
    [
        ("12-24", [date(2026, 12, 24), date(2031, 12, 24)], [date(2026, 12, 23), date(2026, 12, 25)]),
        ("2026-12-28", [date(2026, 12, 28)], [date(2027, 12, 28), date(2026, 12, 29)]),
        ("2026-12-28 .. 2027-01-02", [date(2026, 12, 31), date(2027, 1, 2)], [date(2027, 1, 3), date(2027, 12, 31)]),
        ("12-24..01-02", [date(2026, 12, 24), date(2030, 1, 2)], [date(2026, 12, 23), date(2030, 1, 3)]),
        ("02-29", [date(2028, 2, 29)], [date(2027, 2, 28), date(2027, 3, 1)]),
    ],
)
def test_days_off_are_days_every_year_or_once_and_ranges(text: str, off: list[date], open_: list[date]) -> None:
    closed = read_closed(text)

    assert all(closed.holds(day) for day in off)
    assert not any(closed.holds(day) for day in open_)


@pytest.mark.parametrize(
    "text", ["", "24.12.", "12-32", "2026-02-29", "12-24..", "12-24..2026-12-31", "2026-12-30..2026-12-28", "heute"]
)
def test_what_is_no_day_is_refused_with_examples(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no day; expected 12-24 \(every year\), 2026-12-28, or a range"):
        read_closed(text)


@pytest.mark.parametrize(
    ("place", "off", "open_"),
    [
        ("RP", [date(2026, 11, 1), date(2027, 5, 27), date(2026, 12, 25)], [date(2026, 10, 31), date(2027, 1, 6)]),
        ("BE", [date(2027, 3, 8)], [date(2026, 11, 1)]),
        ("DE-BW", [date(2027, 1, 6)], []),
        ("LU", [date(2027, 6, 23)], [date(2027, 10, 3)]),
        ("AT-1", [date(2026, 10, 26)], [date(2026, 10, 3)]),
    ],
)
def test_the_public_holidays_of_a_place_are_days_off(place: str, off: list[date], open_: list[date]) -> None:
    is_off = days_off(place, ())

    assert all(is_off(day) for day in off)
    assert not any(is_off(day) for day in open_)


def test_without_a_place_there_are_no_public_holidays_but_days_off_all_the_same() -> None:
    is_off = days_off(None, [read_closed("12-24")])

    assert is_off(date(2026, 12, 24))
    assert not is_off(date(2026, 12, 25))


@pytest.mark.parametrize("place", ["", "DE-", "-", "XX", "DE-XX", "XX-RP", "Pfalz"])
def test_a_place_that_nobody_knows_is_refused(place: str) -> None:
    with pytest.raises(ValueError, match="are unknown; expected a German state such as RP"):
        days_off(place, ())
