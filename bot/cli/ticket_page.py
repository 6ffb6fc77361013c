"""`klbot tickets show`: everything about one ticket, or about one mail that is held back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bot.cli.ticket_tables import plain_table
from bot.cli.ticket_words import ago, at, briefly, cut, one_line, state, visible, why_given_up, why_held
from bot.desk.hold import Hold
from bot.desk.ticket import Message, Ticket
from bot.storage.rows.overview import Incoming, Outgoing

_SPEAKERS = {
    "citizen": "the citizen",
    "staff": "staff, to the citizen",
    "asking": "staff, asking the citizen",
    "retracted": "staff, taken back",
    "note": "staff, a note among themselves",
    "command": "staff, to the bot",
}
_LANGUAGES = {"de": "German", "en": "English"}


@dataclass(frozen=True, slots=True)
class Page:
    """Prints for this moment (`now`) and on these clocks."""

    console: Console
    zone: ZoneInfo
    now: datetime

    def ticket(
        self, ticket: Ticket, said: Sequence[Message], outgoing: Sequence[Outgoing], holds: Sequence[Hold]
    ) -> None:
        """A ticket: its state, what was said, what was sent, what was held back."""
        self._title(ticket.code, ticket.state)
        self._facts(
            ("Opened", self._when(ticket.created_at)),
            ("Last step", self._when(ticket.changed_at)),
            ("Due", self._when(ticket.due_at) if ticket.due_at else ""),
            ("Claimed by", ticket.claimed_by or ""),
            ("Handed to", ticket.handed_to or ""),
            ("Goes on from", ticket.previous or ""),
            ("Language", _LANGUAGES.get(ticket.language, ticket.language)),
            ("Mails to staff", str(ticket.mails)),
        )
        self._heading("What was said")
        for message in said:
            self._message(message)
        self._heading("Deliveries")
        self.console.print(self._deliveries(outgoing) if outgoing else "none")
        if holds:
            self._heading("Held back")
            self.console.print(self._holds(holds))

    def hold(self, hold: Hold, row: Incoming | None, text: str | None) -> None:
        """Something held back. `row`: where it stands in the inbox; `text`: its words, None if it cannot be read."""
        self._title(hold.code, hold.state)
        self._facts(
            ("Held since", self._when(hold.at)),
            ("Why", why_held(hold.reason)),
            ("Ticket", hold.ticket or "unknown; name it: --ticket KL-…"),
            ("Sender", hold.sender),
            ("Subject", one_line(hold.subject)),
            ("In the inbox", f"inbox:{row.id}, from {hold.source}" if row else f"gone, from {hold.source}"),
        )
        self._heading("What it says")
        self.console.print(
            Padding(Text(visible(text).strip()), (0, 0, 0, 2), expand=False) if text else "It cannot be shown."
        )

    def _title(self, code: str, of: str) -> None:
        self.console.print(Text.assemble((code, "bold"), "  ", state(of)))

    def _heading(self, text: str) -> None:
        self.console.print(Text(f"\n{text}", style="bold"))

    def _facts(self, *facts: tuple[str, str]) -> None:
        table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
        table.add_column(style="dim", no_wrap=True)
        table.add_column(overflow="fold")
        for name, value in facts:
            if value:
                table.add_row(name, Text(visible(value)))
        self.console.print(table)

    def _message(self, message: Message) -> None:
        speaker = _SPEAKERS.get(message.author, message.author)
        who = f"{speaker} ({visible(message.sender)})" if message.sender else speaker
        self.console.print(Text.assemble((at(message.at, self.zone), "dim"), "  ", who))
        self._words(message.text)

    def _words(self, text: str) -> None:
        self.console.print(Padding(Text(visible(text).strip()), (0, 0, 0, 2), expand=False))

    def _deliveries(self, outgoing: Sequence[Outgoing]) -> Table:
        table = plain_table("Number", "State", "Way", "When", "Failed", "Why", unbroken=5)
        for one in outgoing:
            when = briefly(one.finished_at or one.due_at, self.zone)
            cells = (one.channel, when, str(one.attempts or ""), why_given_up(one.error))
            table.add_row(f"outbox:{one.id}", state(one.state), *map(Text, cells))
        return table

    def _holds(self, holds: Sequence[Hold]) -> Table:
        table = plain_table("Code", "State", "Since", "Why", "Sender", unbroken=3)
        for one in holds:
            cells = (briefly(one.at, self.zone), why_held(one.reason))
            table.add_row(one.code, state(one.state), *map(Text, cells), cut(visible(one.sender)))
        return table

    def _when(self, moment: datetime) -> str:
        return f"{at(moment, self.zone)} ({ago(moment, self.now)})"
