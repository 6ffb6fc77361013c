"""The queue of updates: what getUpdates hands out, and how a poller waits for it."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot.sandbox.params import ApiError
from bot.sandbox.records import Records

FIRST_ID = 700_000_001
LONGEST_WAIT = 50
RECENT_SECONDS = 3.0
MOST_AT_ONCE = 100
# What Telegram leaves out unless a bot asks for it by name.
ON_REQUEST = {"chat_member", "message_reaction", "message_reaction_count"}
TAKEN_OVER = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
BY_WEBHOOK = "Conflict: terminated by setWebhook request"
WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)


class Updates:
    """Pending updates, in the order of their ids. An update stays until a call with a higher offset comes."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._waiting: asyncio.Future[str | None] | None = None
        self._last_poll = float("-inf")
        self._closed = False

    @property
    def pending(self) -> int:
        return self._records.count("SELECT count(*) FROM updates")

    def is_polled(self) -> bool:
        """Whether a bot is there: it waits for updates now, or did so a moment ago."""
        return self._waiting is not None or _now() - self._last_poll < RECENT_SECONDS

    def add(self, kind: str, content: Mapping[str, Any]) -> None:
        """Queue an update of this kind, unless the bot does not want such. Belongs to the caller's transaction."""
        if kind in self._allowed() or (not self._allowed() and kind not in ON_REQUEST):
            self._put(self._last_id() + 1, {kind: content})

    def inject(self, raw: Mapping[str, Any]) -> int:
        """Queue anything at all as an update; its id. Raises ValueError with a sentence for an id that was used."""
        last = self._last_id()
        number = raw.get("update_id", last + 1)
        if not isinstance(number, int) or isinstance(number, bool) or not last < number < 2**53:
            raise ValueError(f"update_id must be a whole number above {last}, the last one used.")
        with self._records.transaction():
            self._put(number, {key: value for key, value in raw.items() if key != "update_id"})
        return number

    async def poll(self, offset: int, limit: int, seconds: int, allowed: Sequence[str] | None) -> list[dict[str, Any]]:
        """What getUpdates returns, waiting up to `seconds` for the first. Raises ApiError 409."""
        if self._records.get("webhook"):
            raise ApiError(409, WEBHOOK_ACTIVE)
        self.interrupt(TAKEN_OVER)
        self._last_poll = _now()
        self._remember(allowed)
        self._forget(offset)
        limit = min(max(limit, 1), MOST_AT_ONCE)
        found = self._pending(limit)
        if not found and seconds > 0 and not self._closed:
            await self._wait(min(seconds, LONGEST_WAIT))
            found = self._pending(limit)
        return found

    def interrupt(self, reason: str | None = None) -> None:
        """Wake the waiting poller; with a reason, as a conflict."""
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(reason)

    def forget_all(self) -> None:
        self._records.change("DELETE FROM updates")

    def close(self) -> None:
        """Let the waiting poller go; none waits from now on."""
        self._closed = True
        self.interrupt()

    async def _wait(self, seconds: int) -> None:
        self._waiting = mine = asyncio.get_running_loop().create_future()
        try:
            # Not wait_for: before Python 3.12 it swallows a cancellation that comes together with the news.
            async with asyncio.timeout(seconds):
                await mine
        except TimeoutError:
            pass  # the news may still have come in the last moment
        finally:
            self._last_poll = _now()
            if self._waiting is mine:
                self._waiting = None
        reason = None if mine.cancelled() else mine.result()
        if reason is not None:
            raise ApiError(409, reason)

    def _put(self, number: int, content: Mapping[str, Any]) -> None:
        body = json.dumps({"update_id": number, **content})
        self._records.insert("INSERT INTO updates (id, body) VALUES (?, ?)", number, body)
        self._records.put("last_update", str(number))
        self.interrupt()

    def _last_id(self) -> int:
        return int(self._records.get("last_update") or FIRST_ID - 1)

    def _allowed(self) -> list[str]:
        allowed: list[str] = json.loads(self._records.get("allowed_updates") or "[]")
        return allowed

    def _remember(self, allowed: Sequence[str] | None) -> None:
        if allowed is not None and list(allowed) != self._allowed():
            self._records.put("allowed_updates", json.dumps(list(allowed)))

    def _forget(self, offset: int) -> None:
        if offset > 0:
            self._records.change("DELETE FROM updates WHERE id < ?", offset)
        elif offset < 0:
            self._records.change(
                "DELETE FROM updates WHERE id NOT IN (SELECT id FROM updates ORDER BY id DESC LIMIT ?)",
                -offset,
            )

    def _pending(self, limit: int) -> list[dict[str, Any]]:
        rows = self._records.rows("SELECT body FROM updates ORDER BY id LIMIT ?", limit)
        return [json.loads(body) for (body,) in rows]


def _now() -> float:
    return asyncio.get_running_loop().time()
