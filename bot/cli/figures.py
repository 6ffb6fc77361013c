"""What `klbot eval` prints for people: figures first, then where the mistakes are."""

import textwrap
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from bot.cli.ask import HEADLINES
from bot.knowledge.entry import Kind
from bot.matching.evaluation import MOST_WRONG, Group, Judged, Report
from bot.matching.rate import Rate

NOTHING = "–"
WORST = 12  # entries shown unless all are wanted
LONGEST = 300  # characters of a message that are shown
WIDTH = 80
GROUP_COLUMNS = ("Anzahl", "oben", "Antwort", "Vorschlag")
KINDS = {
    Kind.IN_SCOPE: "Fragen mit Eintrag",
    Kind.OUT_OF_SCOPE: "Fragen ohne Eintrag",
    Kind.SMALL_TALK: "Small Talk",
    Kind.AMBIGUOUS: "Mehrdeutiges",
}
FIGURES = {
    KINDS[Kind.IN_SCOPE]: {
        "top_1": "richtiger Eintrag ganz oben",
        "top_3": "richtiger Eintrag unter den ersten 3",
        "answered": "sofort richtig beantwortet",
        "suggested": "richtig vorgeschlagen",
        "helped": "beides zusammen",
    },
    "Alle Nachrichten": {"wrong": "falsch beantwortet"},
    KINDS[Kind.OUT_OF_SCOPE]: {"kept": "nicht beantwortet", "forwarded": "sofort weitergeleitet"},
    KINDS[Kind.SMALL_TALK]: {"small_talk": "als Small Talk erwidert"},
    KINDS[Kind.AMBIGUOUS]: {"plausible": "Passendes angeboten oder beantwortet"},
}


def show(console: Console, report: Report, shared: int, *, every_entry: bool, mistakes: bool) -> None:
    """Print the report. `shared`: how many of the messages the thresholds were computed from."""
    width = min(console.width, WIDTH)
    console.print(f"[bold]{_plural(len(report.judged), 'Nachricht', 'Nachrichten')}[/]")
    console.print(_kinds(report, width))
    if shared:
        some = "einer dieser" if shared == 1 else f"{_count(shared)} dieser"
        which = "genau diesen" if shared == len(report.judged) else some
        text = f"Aus {which} Fragen wurden die Schwellen berechnet: Die Zahlen schmeicheln."
        console.print(text, style="yellow")
    console.print()
    console.print(_figures(report, width))
    if any(one.question.style for one in report.judged):
        console.print()
        console.print(_styles(report.styles(), width))
    _show_entries(console, report.entries(), width, every_entry=every_entry)
    if mistakes:
        _show_mistakes(console, "Falsch beantwortet", report.answered_wrongly())
        _show_mistakes(console, "Außerdem nicht unter den ersten 3", report.not_found())


def _kinds(report: Report, width: int) -> str:
    """How many messages of each kind; lines break only between the kinds."""
    named = [
        f"{_count(count)} {KINDS[kind].replace('Fragen', 'Frage') if count == 1 else KINDS[kind]}"
        for kind, count in report.counts.items()
        if count
    ]
    return textwrap.fill(" · ".join(one.replace(" ", "\xa0") for one in named), width).replace("\xa0", " ")


def _table(title: str, columns: Sequence[str], width: int) -> Table:
    """A table without lines whose first column takes the room that the figures leave."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim", width=width)
    table.add_column(title, ratio=1, overflow="fold")
    for name in columns:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _figures(report: Report, width: int) -> Table:
    table = _table("", ("Anteil", "95-%-Bereich", "Anzahl"), width)
    for title, figures in FIGURES.items():
        _section(table, title)
        for name, label in figures.items():
            _add(table, label, report.rates[name])
    best = report.best_within(MOST_WRONG)
    _section(table, f"Im Nachhinein beste Schwelle: {_number(best.threshold) if best else 'keine'}")
    label = f"richtig beantwortet, wenn höchstens {100 * MOST_WRONG:.0f} % aller Nachrichten falsch"
    _add(table, f"{label} beantwortet werden", report.right_within(MOST_WRONG))
    return table


def _section(table: Table, title: str) -> None:
    if table.row_count:
        table.add_row()
    table.add_row(f"[bold]{title}[/]")


def _add(table: Table, label: str, rate: Rate) -> None:
    low, high = rate.interval or (None, None)
    between = NOTHING if low is None or high is None else f"{_tenths(low)}–{_tenths(high)} %"
    share = NOTHING if rate.share is None else f"{_tenths(rate.share)} %"
    count = f"{_count(rate.hits)} / {_count(rate.total)}" if rate.total else NOTHING
    table.add_row(Padding(label, (0, 0, 0, 2)), share, f"[dim]{between}[/]", count)


def _styles(groups: Sequence[Group], width: int) -> Table:
    """Shares, because styles differ in size."""
    table = _table("[not dim bold]Nach Art[/]", (*GROUP_COLUMNS, "passend", "falsch"), width)
    for kind, title in KINDS.items():
        own = [one for one in groups if one.kind is kind]
        if not any(one.name for one in own):
            continue  # nothing to add to the figures above
        _section(table, title)
        for one in own:
            hits: list[int | None] = [one.top, one.answered, one.suggested]
            if kind in (Kind.OUT_OF_SCOPE, Kind.SMALL_TALK):
                hits = [None, None, None]
            shares = (NOTHING if hit is None else _rounded(hit, one.count) for hit in [*hits, one.well, one.wrong])
            table.add_row(f"  {escape(one.name or 'ohne Angabe')}", _count(one.count), *shares)
    return table


def _show_entries(console: Console, groups: Sequence[Group], width: int, *, every_entry: bool) -> None:
    """Counts, because an entry mostly has few questions."""
    failing = [one for one in groups if one.well < one.count]
    shown = groups if every_entry else failing[:WORST]
    if shown:
        table = _table("[not dim bold]Nach Eintrag, die schwächsten zuerst[/]", (*GROUP_COLUMNS, "falsch"), width)
        for one in shown:
            hits = (one.count, one.top, one.answered, one.suggested, one.wrong)
            table.add_row(escape(one.name), *map(_count, hits))
        console.print()
        console.print(table)
    others = len(failing) - len(shown)
    if others > 0:
        console.print(
            f"{_plural(others, 'weiterer Eintrag', 'weitere Einträge')} mit Fehlern; --all zeigt alle.", style="dim"
        )
    elif not every_entry and groups:
        fine = len(groups) - len(failing)
        console.print(
            f"Bei {fine} von {len(groups)} Einträgen wurde jede Frage richtig beantwortet oder vorgeschlagen.",
            style="dim",
        )


def _show_mistakes(console: Console, title: str, judged: Sequence[Judged]) -> None:
    console.print(f"\n[bold]{title}: {_count(len(judged))}[/]")
    for one in judged:
        console.print(f"\n„{escape(_shortened(one.question.text))}“")
        grid = Table.grid(padding=(0, 2))
        grid.add_row("  [dim]erwartet[/]", escape(_expected(one)))
        grid.add_row("  [dim]bekommen[/]", escape(_got(one)))
        if place := one.question.place:
            grid.add_row("  [dim]steht in[/]", f"[dim]{escape(place.file)}:{place.line}[/]")
        console.print(grid)


def _expected(one: Judged) -> str:
    style = f" ({one.question.style})" if one.question.style else ""
    kind = one.question.kind
    if kind is Kind.OUT_OF_SCOPE:
        return f"keine Antwort{style}"
    return (" oder ".join(one.question.entries) or KINDS[kind]) + style


def _got(one: Judged) -> str:
    decision = one.decision
    best = decision.candidates[0] if decision.candidates else None
    named = ", ".join(decision.suggested) or decision.small_talk
    if named is None and best:
        named = f"{decision.entry or f'oben stand {best.entry}'} ({_number(best.score)})"
    return HEADLINES[decision.outcome] + (f": {named}" if named else "")


def _shortened(text: str) -> str:
    """The text on one line."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST]} …"


def _rounded(hits: int, total: int) -> str:
    """A share in whole percent that claims neither none nor all if there is a single one."""
    share = 100 * hits / total
    if 0 < share < 1:
        return "<1 %"
    return ">99 %" if 99 < share < 100 else f"{share:.0f} %"


def _tenths(share: float) -> str:
    return f"{100 * share:.1f}".replace(".", ",")


def _number(value: float) -> str:
    return f"{value:.2f}".replace(".", ",")


def _count(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def _plural(number: int, one: str, many: str) -> str:
    return f"{_count(number)} {one if number == 1 else many}"
