"""The list of `klbot tickets`: a line for each ticket, whatever the width of the terminal."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bot.cli.ticket_tables import GAP, plain_table
from bot.cli.ticket_words import ago, cut, one_line, span, state, visible
from bot.desk.ticket import UNANSWERED, Ticket

LEAST = 8  # columns that a name keeps in the narrowest terminal

Row = Mapping[str, Text]


def show_tickets(console: Console, tickets: Sequence[Ticket], now: datetime, *, texts: bool) -> None:
    """One line a ticket; columns in which nothing would stand are left out. `texts`: what was asked stands below."""
    if not tickets:
        console.print("There is no ticket.")
        return
    rows = [{title: cell(one, now) for title, cell in _COLUMNS.items()} for one in tickets]
    widths = _widths(rows, console.width)
    if not texts:
        console.print(_table(rows, widths))
        return
    for place, (one, row) in enumerate(zip(tickets, rows, strict=True)):
        console.print(_table([row], widths, headed=place == 0))
        console.print(Padding(cut(one_line(one.question)), (0, 0, 0, 2), expand=False))


def _due(ticket: Ticket, now: datetime) -> Text:
    if ticket.due_at is None or ticket.state not in UNANSWERED:
        return Text()
    return Text(ago(ticket.due_at, now), style="red" if ticket.due_at <= now else "")


_COLUMNS: Final[Mapping[str, Callable[[Ticket, datetime], Text]]] = {
    "Code": lambda ticket, _now: Text(ticket.code, style="bold"),
    "Age": lambda ticket, now: Text(span(now - ticket.created_at)),
    "State": lambda ticket, _now: state(ticket.state),
    "Due": _due,
    "Claimed by": lambda ticket, _now: cut(visible(ticket.claimed_by or "")),
    "Handed to": lambda ticket, _now: cut(visible(ticket.handed_to or "")),
}
# Addresses can be cut; `klbot tickets show` has them whole.
_NAMES: Final = frozenset({"Claimed by", "Handed to"})


def _widths(rows: Sequence[Row], room: int) -> Mapping[str, int]:
    """How wide each column is that has something to show."""
    widths = {
        title: max(len(title), *(row[title].cell_len for row in rows))
        for title in _COLUMNS
        if any(row[title] for row in rows)
    }
    names = [title for title in widths if title in _NAMES]
    left = room - sum(width + GAP for title, width in widths.items() if title not in _NAMES)
    if sum(widths[title] + GAP for title in names) > left:
        share = max(LEAST, left // len(names) - GAP)
        widths |= {title: min(widths[title], share) for title in names}
    return widths


def _table(rows: Sequence[Row], widths: Mapping[str, int], *, headed: bool = True) -> Table:
    table = plain_table(*widths)
    table.show_header = headed
    for column, width in zip(table.columns, widths.values(), strict=True):
        column.width = width
        column.no_wrap = True
    for row in rows:
        table.add_row(*(row[title] for title in widths))
    return table
