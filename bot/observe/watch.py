"""The alarm of operators: something has not been read for too long."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog

log = structlog.get_logger()

LOOK_EVERY = timedelta(seconds=10)


class Watch:
    """Says once when a source has been silent for longer than the limit, and once when that is over."""

    def __init__(
        self, sources: Mapping[str, Callable[[], datetime | None]], clock: Callable[[], datetime], limit: timedelta
    ) -> None:
        """`sources` tell when each was last read to its end, None if it never was: then the start counts."""
        self._sources = sources
        self._clock = clock
        self._limit = limit
        self._started = clock()
        self._alarms: dict[str, datetime] = {}

    @property
    def alarms(self) -> Mapping[str, datetime]:
        """What is silent for too long now, and since when."""
        return dict(self._alarms)

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            self.look()
            await asyncio.sleep(LOOK_EVERY.total_seconds())

    def look(self) -> None:
        """Compare every source with the limit, and log what has changed."""
        now = self._clock()
        for name, last_good in self._sources.items():
            since = last_good() or self._started
            silent = now - since > self._limit
            if silent and name not in self._alarms:
                self._alarms[name] = since
                log.error("alarm.silent", source=name, since=since.isoformat(), limit_minutes=_minutes(self._limit))
            elif not silent and name in self._alarms:
                began = self._alarms.pop(name)
                log.info("alarm.over", source=name, was_silent_minutes=_minutes(since - began))


def _minutes(time: timedelta) -> float:
    return round(time.total_seconds() / 60, 1)
