"""The tables of `klbot tickets`: how much waits, what is held back, what was given up."""

from collections import Counter
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.cli.ticket_words import briefly, counted, cut, visible, why_given_up, why_held
from bot.desk.hold import Hold
from bot.desk.ticket import Ticket
from bot.storage.rows.overview import Incoming, Outgoing, Stuck

GAP = 2  # columns between two cells


def show_counts(console: Console, tickets: Sequence[Ticket], stuck: Stuck) -> None:
    """How many stand where, and what waits for the operator."""
    states = Counter(str(one.state) for one in tickets)
    if states:
        console.print(f"\n{', '.join(f'{count} {name}' for name, count in states.items())}")
    lines = list(_stuck(stuck))
    for line in lines:
        console.print(line)
    if not lines:
        console.print("Nothing is held back, and nothing was given up.", style="dim")


def _stuck(stuck: Stuck) -> Iterator[Text]:
    if stuck.held:
        yield Text.assemble((f"{counted(stuck.held, 'mail')} held back", "yellow"), "  klbot tickets held")
    if stuck.outgoing or stuck.incoming:
        what = f"{counted(stuck.outgoing, 'delivery', 'deliveries')} and {counted(stuck.incoming, 'arrival')} given up"
        yield Text.assemble((what, "red"), "  klbot tickets dead")


def show_held(console: Console, holds: Sequence[Hold], zone: ZoneInfo) -> None:
    """What waits for a decision."""
    if not holds:
        console.print("Nothing is held back.")
        return
    table = plain_table("Code", "Since", "Ticket", "Why", "Sender", unbroken=3)
    for one in holds:
        cells = (briefly(one.at, zone), one.ticket or "", why_held(one.reason))
        table.add_row(Text(one.code, style="bold"), *map(Text, cells), cut(visible(one.sender)))
    console.print(table)
    console.print("\nklbot tickets show | release | drop CODE", style="dim")


def show_dead(console: Console, outgoing: Sequence[Outgoing], incoming: Sequence[Incoming], zone: ZoneInfo) -> None:
    """What was given up, on the way out and on the way in."""
    if not outgoing and not incoming:
        console.print("Nothing was given up.")
        return
    table = plain_table("Number", "Since", "Ticket", "Way", "Why", unbroken=4)
    for out in outgoing:
        cells = (briefly(out.finished_at or out.created_at, zone), out.ticket or "", out.channel)
        table.add_row(Text(f"outbox:{out.id}", style="bold"), *map(Text, cells), Text(why_given_up(out.error)))
    for arrived in incoming:
        cells = (briefly(arrived.received_at, zone), "", arrived.source)
        table.add_row(Text(f"inbox:{arrived.id}", style="bold"), *map(Text, cells), Text(why_given_up(arrived.error)))
    console.print(table)
    console.print("\nklbot tickets requeue NUMBER | TICKET", style="dim")


def plain_table(*titles: str, unbroken: int = 0) -> Table:
    """A plain table; the cells of the first columns are never broken."""
    table = Table(*titles, box=None, pad_edge=False, header_style="dim", padding=(0, GAP, 0, 0))
    for column in table.columns[:unbroken]:
        column.no_wrap = True
    return table
