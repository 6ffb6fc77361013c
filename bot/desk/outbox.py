"""Sending what was decided: at least once, in order within a conversation, with growing pauses, never given up silently."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Delivery:
    """One thing to send. `sent` holds the external ids of the parts an earlier attempt already delivered."""

    id: int
    channel: str
    conversation: str
    key: str
    payload: Mapping[str, Any]
    attempts: int
    sent: tuple[str, ...]


Progress = Callable[[str], Awaitable[None]]


class Channel(Protocol):
    """A way out: one package per outside world."""

    async def deliver(self, delivery: Delivery, progress: Progress) -> None:
        """Send it, calling `progress(external_id)` after each part. Raises DeliveryFailed."""
