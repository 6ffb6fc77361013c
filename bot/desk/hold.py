"""What came from staff and is kept back until a person decides: sent after all, or dropped."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.desk.staff import Held


class HoldState(StrEnum):
    """What became of something held."""

    HELD = "held"
    RELEASED = "released"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Hold:
    """A row of the inbox that waits for a person's decision. Its `code` looks like that of a ticket.

    `source` and `external_id`: which row; `ticket`: the code of the one that it seems to belong to.
    """

    id: int
    code: str
    source: str
    external_id: str
    ticket: str | None
    reason: Held
    sender: str
    subject: str
    state: HoldState
    at: datetime

    def decided(self, state: HoldState) -> "Hold":
        """The hold after a person's decision."""
        return replace(self, state=state)
