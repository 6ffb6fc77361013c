"""How fast one person is served: so many messages a minute at once, the rest later and in order, never dropped."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

MINUTE: Final = timedelta(minutes=1)


class PacedTransaction(Protocol):
    """What the pace asks of storage."""

    async def handled_before(self, source: str, party: str, count: int) -> datetime | None:
        """When the newest message but `count - 1` of this person was handled; None if there were fewer."""

    @property
    def now(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Pace:
    """`explain` tells the person, within the transaction, that it takes a little longer."""

    per_minute: int
    explain: Callable[[Any, Any], Awaitable[None]]

    async def turn(self, tx: PacedTransaction, source: str, party: str) -> datetime | None:
        """When the person's next message may be handled; None: now."""
        counted = await tx.handled_before(source, party, self.per_minute)
        return None if counted is None or counted + MINUTE <= tx.now else counted + MINUTE
