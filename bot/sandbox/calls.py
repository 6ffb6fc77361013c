"""What the bot called for each group, and Telegram's brake on it: so many messages a minute, no more."""

import math
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.sandbox.faults import Faults
from bot.sandbox.params import ApiError

WINDOW_SECONDS = 60.0
COUNTED = frozenset({"sendmessage", "sendphoto", "senddocument", "editmessagetext", "editmessagereplymarkup"})
KEPT = 10_000


@dataclass(slots=True)
class Call:
    """One call. `status`: 200, or the code of the refusal."""

    method: str
    at: float
    status: int = 200

    def as_json(self) -> dict[str, Any]:
        """The driver's form."""
        return {
            "method": self.method,
            "at": datetime.fromtimestamp(self.at, UTC).isoformat(),
            "status": self.status,
        }


class Calls:
    """The latest calls of each group, since the start."""

    def __init__(self, faults: Faults, clock: Callable[[], datetime]) -> None:
        self._faults = faults
        self._clock = clock
        self._of: dict[int, deque[Call]] = {}

    def of(self, chat: int) -> list[Call]:
        """Oldest first."""
        return list(self._of.get(chat, ()))

    @contextmanager
    def noted(self, method: str, chat: int) -> Iterator[None]:
        """Note the call that is made inside, and how it ended."""
        call = Call(method, self._clock().timestamp())
        try:
            yield
        except ApiError as refused:
            call.status = refused.code
            raise
        finally:
            if chat < 0:
                self._of.setdefault(chat, deque(maxlen=KEPT)).append(call)

    def check_share(self, method: str, chat: int) -> None:
        """Raises ApiError 429 when a group had its share of the messages that this method sends or changes."""
        most, now = self._faults.group_per_minute, self._clock().timestamp()
        if most is None or chat >= 0 or method.lower() not in COUNTED:
            return
        counted = [
            one.at
            for one in self._of.get(chat, ())
            if one.method.lower() in COUNTED and one.status != 429 and one.at > now - WINDOW_SECONDS
        ]
        if len(counted) >= most:
            wait = max(1, math.ceil(counted[-most] + WINDOW_SECONDS - now)) if most else int(WINDOW_SECONDS)
            raise ApiError(429, f"Too Many Requests: retry after {wait}", {"retry_after": wait})
