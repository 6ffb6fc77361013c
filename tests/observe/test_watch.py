"""Operators are told once when something has not been read for too long, and once when it is over."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from bot.observe.watch import Watch

START = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LIMIT = timedelta(minutes=10)


class World:
    """A clock, and when the mailbox was last read."""

    def __init__(self) -> None:
        self.now = START
        self.read: datetime | None = None
        self.watch = Watch({"mailbox": lambda: self.read}, lambda: self.now, LIMIT)

    def pass_by(self, minutes: int, *, reading: bool) -> list[tuple[str, Any]]:
        """Let minutes go by, looking each minute; the log lines as (level, event)."""
        with structlog.testing.capture_logs() as logs:
            for _ in range(minutes):
                self.now += timedelta(minutes=1)
                if reading:
                    self.read = self.now
                self.watch.look()
        return [(line["log_level"], line["event"]) for line in logs]


def test_while_the_mailbox_is_read_nobody_hears_of_it() -> None:
    world = World()

    assert world.pass_by(30, reading=True) == []
    assert world.pass_by(10, reading=False) == []


def test_silence_is_told_once_and_its_end_is_too() -> None:
    world = World()
    world.pass_by(5, reading=True)

    assert world.pass_by(60, reading=False) == [("error", "alarm.silent")]
    assert world.watch.alarms == {"mailbox": START + timedelta(minutes=5)}
    assert world.pass_by(60, reading=True) == [("info", "alarm.over")]
    assert world.watch.alarms == {}
    assert world.pass_by(60, reading=False) == [("error", "alarm.silent")]


def test_a_mailbox_that_was_never_read_since_the_start_is_an_alarm_too() -> None:
    world = World()

    assert world.pass_by(10, reading=False) == []
    assert world.pass_by(10, reading=False) == [("error", "alarm.silent")]
    assert world.watch.alarms == {"mailbox": START}


def test_the_lines_name_the_source_and_how_long_it_was() -> None:
    world = World()
    with structlog.testing.capture_logs() as logs:
        world.now += timedelta(minutes=11)
        world.watch.look()
        world.now = world.read = world.now + timedelta(minutes=1.5)
        world.watch.look()

    begun, over = logs
    assert (begun["source"], begun["since"], begun["limit_minutes"]) == ("mailbox", "2026-11-24T12:00:00+00:00", 10)
    assert (over["source"], over["was_silent_minutes"]) == ("mailbox", 12.5)


def test_each_source_has_an_alarm_of_its_own() -> None:
    now = START
    watch = Watch({"telegram": lambda: now, "mailbox": lambda: START}, lambda: now, LIMIT)
    now += timedelta(minutes=11)
    watch.look()

    assert list(watch.alarms) == ["mailbox"]


async def test_the_watch_looks_by_itself() -> None:
    moments = iter([START] + [START + LIMIT * 2] * 9)
    watch = Watch({"mailbox": lambda: None}, lambda: next(moments), LIMIT)
    task = asyncio.create_task(watch.run())
    await asyncio.sleep(0.01)
    task.cancel()

    assert list(watch.alarms) == ["mailbox"]
