"""What is promised to whoever asks: an answer within so much office time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.desk.hours import OfficeHours
from bot.desk.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Promises:
    """How fast staff answer: `within` so much time in which their office is open."""

    hours: OfficeHours
    within: timedelta

    def given(self, ticket: Ticket, now: datetime) -> Ticket:
        """The ticket with its deadline, unless it has one; as it is when the office does not open for so long."""
        half, due = self.hours.due(now, self.within / 2), self.hours.due(now, self.within)
        if ticket.due_at is not None or half is None or due is None:
            return ticket
        return ticket.promised(half, self.hours.rounded(due))
