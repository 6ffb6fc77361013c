"""Faults on demand: what the outside world does to a bot on a bad day."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

# https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
GROUP_PER_MINUTE = 20
DESCRIPTIONS = {
    400: "Bad Request: fault on demand",
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    404: "Not Found",
    409: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    429: "Too Many Requests: retry after {retry_after}",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


class Smtp(StrEnum):
    """`down`: connections are cut. `reject`: every recipient is refused for good. `defer`: refused for now."""

    UP = "up"
    DOWN = "down"
    REJECT = "reject"
    DEFER = "defer"


class Imap(StrEnum):
    """`down`: connections are cut, the open ones too."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class ApiFault:
    """The next `times` calls fail. `method` None: of any method; `after`: only once the call has done its work."""

    status: int
    description: str
    retry_after: int | None = None
    migrate_to_chat_id: int | None = None
    method: str | None = None
    times: int = 1
    after: bool = False

    @classmethod
    def parsed(cls, given: Mapping[str, Any]) -> "ApiFault":
        """From the driver's JSON. Raises ValueError with a sentence."""
        numbers = {"status", "retry_after", "times", "migrate_to_chat_id"}
        unknown = set(given) - numbers - {"method", "description", "after"}
        if unknown:
            raise ValueError(f"bot_api: unknown key {sorted(unknown)[0]}.")
        for key in numbers & set(given):
            if not isinstance(given[key], int) or isinstance(given[key], bool):
                raise ValueError(f"bot_api.{key} must be a whole number.")
        status = given.get("status", 0)
        if not 400 <= status <= 599:
            raise ValueError("bot_api.status must be a number from 400 to 599.")
        wait = given.get("retry_after", 1 if status == 429 else None)
        fallback = DESCRIPTIONS.get(status, "Error").format(retry_after=wait)
        method = given.get("method")
        return cls(
            status=status,
            description=str(given.get("description", fallback)),
            retry_after=wait,
            migrate_to_chat_id=given.get("migrate_to_chat_id"),
            method=None if method is None else str(method).lower(),
            times=given.get("times", 1),
            after=bool(given.get("after", False)),
        )


class Faults:
    """The faults that are switched on, and how many messages a minute a group takes (None: any number)."""

    def __init__(self) -> None:
        self.smtp = Smtp.UP
        self.imap = Imap.UP
        self.group_per_minute: int | None = GROUP_PER_MINUTE
        self._api: list[ApiFault] = []

    def set(self, given: Mapping[str, Any]) -> None:
        """Take over what the driver asks for. Raises ValueError with a sentence; then nothing is changed."""
        unknown = set(given) - {"bot_api", "smtp", "imap", "group_per_minute"}
        if unknown:
            raise ValueError(f"Unknown key {sorted(unknown)[0]}; there are bot_api, smtp, imap and group_per_minute.")
        smtp = _choice(Smtp, given.get("smtp", self.smtp), "smtp")
        imap = _choice(Imap, given.get("imap", self.imap), "imap")
        rate = given.get("group_per_minute", self.group_per_minute)
        if rate is not None and (not isinstance(rate, int) or isinstance(rate, bool) or rate < 0):
            raise ValueError("group_per_minute must be a whole number, or null for no limit.")
        if "bot_api" in given:
            parsed = _parsed(given["bot_api"])
            self._api = [*self._api, *parsed] if parsed else []
        self.group_per_minute = rate
        self.smtp, self.imap = Smtp(smtp), Imap(imap)

    def next_for(self, method: str, *, after: bool) -> ApiFault | None:
        """The fault that this call meets, used up by one."""
        for index, fault in enumerate(self._api):
            if fault.after == after and fault.method in (None, method):
                left = replace(fault, times=fault.times - 1)
                self._api[index : index + 1] = [left] if left.times > 0 else []
                return fault
        return None

    def as_json(self) -> dict[str, Any]:
        waiting = [
            {"status": fault.status, "method": fault.method, "times": fault.times, "after": fault.after}
            for fault in self._api
        ]
        state = {"smtp": str(self.smtp), "imap": str(self.imap), "group_per_minute": self.group_per_minute}
        return state | {"bot_api": waiting}


def _parsed(wanted: Any) -> list[ApiFault]:
    wanted = wanted or []
    wanted = wanted if isinstance(wanted, list) else [wanted]
    if not all(isinstance(one, dict) for one in wanted):
        raise ValueError("bot_api must be an object, a list of objects, or null.")
    return [ApiFault.parsed(one) for one in wanted]


def _choice(kind: type[StrEnum], value: Any, name: str) -> str:
    try:
        return str(kind(value))
    except ValueError as error:
        raise ValueError(f"{name} must be one of {', '.join(kind)}.") from error
