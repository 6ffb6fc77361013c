"""What was measured, for people: one table a set, on the terminal or as Markdown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich import box
from rich.console import Console
from rich.table import Table

from bot.knowledge.entry import Kind
from tests.benchmarks.race import Result
from tests.benchmarks.sets import QuestionSet, said

WIDTH = 100
COLUMNS = ("peer", "n", "top-1", "top-3", "≤2 %", "≤5 %", "oos70", "fit s", "median ms", "p99 ms")
FEW = 20  # with fewer out-of-scope questions their recall tells nothing


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table with the sentences below it. The first column is text, the others are figures."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()


def sheets(question_set: QuestionSet, results: Sequence[Result]) -> list[Sheet]:
    """A table for each row of the set."""
    return [
        _sheet(question_set, row.name, [one for one in results if one.row == row.name]) for row in question_set.rows
    ]


def _sheet(question_set: QuestionSet, name: str, results: Sequence[Result]) -> Sheet:
    row = next(row for row in question_set.rows if row.name == name)
    inside, outside = (sum(one.kind is kind for one in row.questions) for kind in (Kind.IN_SCOPE, Kind.OUT_OF_SCOPE))
    others = len(row.questions) - inside - outside
    entries = sum(1 for _ in question_set.base.entries())
    title = (
        f"{question_set.name} / {name} ({question_set.language}): {len(said(question_set.base)):,} texts of {entries} "
        f"entries; asked {inside} in scope, {outside} out" + (f", {others} others" if others else "")
    )
    rows = tuple(_cells(one, outside) for one in results)
    return Sheet(title, COLUMNS, rows, tuple(_notes(results, len(row.questions))))


def _cells(one: Result, outside: int) -> tuple[str, ...]:
    found = one.figures
    return (
        one.peer,
        f"{found.questions}",
        percent(found.top_1),
        percent(found.top_3),
        percent(found.few_wrong),
        percent(found.some_wrong),
        percent(found.at_recall if outside >= FEW else None),
        f"{one.fit:.2f}",
        f"{one.median:.2f}",
        f"{one.p99:.2f}",
    )


def _notes(results: Sequence[Result], questions: int) -> Iterable[str]:
    if any(one.figures.questions < questions for one in results):
        yield f"n below {questions:,}: a sample drawn by the seed, because all would take minutes."
    for one in results:
        if own := one.figures.own:
            kept = f"; of out-of-scope ones {percent(own.kept)} % not answered" if own.kept is not None else ""
            yield (
                f"{one.peer} by its own rules: of in-scope questions {percent(own.right)} % answered rightly, "
                f"{percent(own.offered)} % with the right entry offered; of all {percent(own.wrong)} % answered "
                f"wrongly{kept}."
            )


def percent(share: float | None) -> str:
    """A share for a table."""
    return "–" if share is None else f"{share * 100:.1f}"


def show(console: Console, sheet: Sheet) -> None:
    """On the terminal."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for place, column in enumerate(sheet.columns):
        table.add_column(column, justify="right" if place else "left", no_wrap=True)
    for row in sheet.rows:
        table.add_row(*row)
    console.print(sheet.title, style="bold")
    console.print(table)
    for note in sheet.notes:
        console.print(note, style="dim")
    console.print()


def markdown(sheet: Sheet) -> str:
    """For a document."""
    lines = [
        f"**{sheet.title}**",
        "",
        _line(sheet.columns),
        _line(["---", *["---:"] * (len(sheet.columns) - 1)]),
        *(_line(row) for row in sheet.rows),
    ]
    return "\n".join(lines + ["", *sheet.notes] if sheet.notes else lines) + "\n"


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"
