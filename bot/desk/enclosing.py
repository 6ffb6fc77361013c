"""Putting pictures and documents of citizens into a mail at the moment it is sent."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Protocol

import structlog

from bot.desk.letter import Block, Kind, as_text, packed, unpacked
from bot.desk.outbox import Channel, Delivery, Progress
from bot.desk.staff import Attachment
from bot.errors import DeliveryFailed

log = structlog.get_logger()

# A mail waits for its files no longer than this at a time, and no more than so many times.
FETCHING = timedelta(seconds=30)
ATTEMPTS = 3
# What mail servers take: an encoded file is a third larger than this.
MOST_BYTES = 15 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file that can be fetched by its reference. `name` is empty where it has none."""

    reference: str
    name: str


class FileBook(Protocol):
    """What this asks of storage."""

    async def enclosed(self, ids: Sequence[int]) -> Sequence[Enclosed]:
        """Where these files can be fetched, oldest first."""


# The bytes behind a reference. Raises DeliveryFailed, `permanent` if another attempt cannot help.
Fetch = Callable[[str], Awaitable[bytes]]
# The file under a safe name, if it is of a kind that may go along; the first text is its own name, if it has one.
Recognise = Callable[[str, str, bytes], Attachment | None]


@dataclass(frozen=True, slots=True)
class Enclosing:
    """A way out that fetches what a delivery names in `enclosed`, and sends it along.

    What cannot be had is named in the mail: words never wait for pictures for long.
    """

    channel: Channel
    book: FileBook
    fetch: Fetch
    recognise: Recognise

    async def deliver(self, delivery: Delivery, progress: Progress) -> None:
        """Send it with its files. Raises DeliveryFailed, also while files may still be fetched."""
        wanted = delivery.payload.get("enclosed")
        if wanted and not delivery.sent:
            delivery = await self._filled(delivery, wanted)
        await self.channel.deliver(delivery, progress)

    async def _filled(self, delivery: Delivery, wanted: Mapping[str, Any]) -> Delivery:
        found = await self.book.enclosed(wanted["ids"])
        is_last = delivery.attempts + 1 >= ATTEMPTS
        contents = await asyncio.gather(*(self._content(one, is_last=is_last) for one in found))
        files, missing, room = [], [], MOST_BYTES
        for number, (one, content) in enumerate(zip(found, contents, strict=True), start=1):
            name = f"{delivery.payload['ticket']}-{number}"
            file = None if content is None else self.recognise(one.name, name, content)
            if file is None or len(file.content) > room:
                missing.append(one.name or name)
                continue
            files.append(file)
            room -= len(file.content)
        payload = _noted(delivery.payload, wanted, files, missing)
        return replace(delivery, payload=payload, files=tuple(files))

    async def _content(self, one: Enclosed, *, is_last: bool) -> bytes | None:
        """What the file holds; None if it is given up. Raises DeliveryFailed while it is not."""
        try:
            async with asyncio.timeout(FETCHING.total_seconds()):
                return await self.fetch(one.reference)
        except (DeliveryFailed, TimeoutError) as error:
            reason = error.reason if isinstance(error, DeliveryFailed) else "it takes too long"
            if not is_last and not (isinstance(error, DeliveryFailed) and error.permanent):
                raise DeliveryFailed(f"a file cannot be fetched: {reason}") from error
            log.warning("enclosing.given_up", reason=reason)
            return None


def _noted(
    payload: Mapping[str, Any], wanted: Mapping[str, Any], files: Sequence[Attachment], missing: Sequence[str]
) -> dict[str, Any]:
    """The payload, whose letter says below the citizen's words what is attached and what is not."""
    lines = [wanted["words"]] if files else []
    lines += [wanted["missing"].replace("{files}", ", ".join(missing))] if missing else []
    blocks = list(unpacked(payload.get("letter")))
    blocks[1:1] = [Block(Kind.TEXT, line) for line in lines]
    return {**payload, "letter": packed(blocks), "text": as_text(blocks)}
