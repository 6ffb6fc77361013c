"""`klbot kb inbox`: what citizens want to know and the bot could not tell them, most wanted first."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.kb.place import ConfigOption, DataOption, FolderOption, Place, place
from bot.cli.kb.shelving import passed_over, shelve
from bot.cli.kb.shown import NOTHING, heading, say, show_pile, terminal
from bot.cli.kb.workbench import Workbench, now, open_workbench
from bot.cli.options import listed_complaints
from bot.errors import ConfigError, EditError
from bot.knowledge.decisions import as_file, read_decisions
from bot.knowledge.proposals import Proposal, State
from bot.knowledge.shelf import write_whole


def inbox(
    config_file: ConfigOption = None,
    data: DataOption = None,
    knowledge: FolderOption = None,
    top: Annotated[int, typer.Option("--top", metavar="N", min=1, help="How many groups of questions are shown.")] = 20,
    export: Annotated[
        Path | None, typer.Option("--export", metavar="FILE", help="Write the groups into a file to decide in.")
    ] = None,
    apply: Annotated[
        Path | None, typer.Option("--apply", metavar="FILE", help="Make proposals of the decisions in such a file.")
    ] = None,
) -> None:
    """Show what the bot could not answer, grouped, and decide what becomes of it."""
    if export is not None and apply is not None:
        raise ConfigError("Geben Sie entweder --export oder --apply an, nicht beides.")
    where = place(config_file, data, knowledge)
    if apply is not None:
        _apply(where, apply)
        return
    with listed_complaints("der Wissensbasis"):
        bench = open_workbench(where)
    if export is not None:
        _export(bench, export, top)
    elif sys.stdin.isatty() and sys.stdout.isatty():
        from bot.cli.kb.asking import decide_all  # noqa: PLC0415 -- only who decides at once waits for it to load

        decide_all(terminal(), bench, top)
    else:
        _show(bench, top)


def _show(bench: Workbench, top: int) -> None:
    console, at = terminal(), now()
    if not bench.groups:
        say(console, NOTHING, "")
        return
    say(console, f"{heading(len(bench.groups))}:", "")
    for number, pile in enumerate(bench.piles(top), start=1):
        show_pile(console, number, pile, at)
    if len(bench.groups) > top:
        console.print()
        say(console, f"… und {len(bench.groups) - top} weitere; --top zeigt mehr.")
    console.print()
    say(console, "Entscheiden: im Terminal klbot kb inbox, oder mit --export in einer Datei.")


def _export(bench: Workbench, target: Path, top: int) -> None:
    if not bench.groups:
        typer.echo(NOTHING)
        return
    if target.exists():
        raise ConfigError(
            f"{target} gibt es schon, Entscheidungen darin gingen verloren; nennen Sie eine andere Datei."
        )
    piles = bench.piles(top)
    write_whole(target, as_file([pile.as_open() for pile in piles], bench.opened).encode())
    questions = "1 Frage" if len(piles) == 1 else f"{len(piles)} Fragen"
    typer.echo(f"{questions} in {target}. Danach: {bench.place.command('inbox', '--apply', str(target))}")


def _apply(where: Place, source: Path) -> None:
    at = now()
    with listed_complaints("der Wissensbasis"):
        base = where.load()
    with listed_complaints(str(source)):
        decided = read_decisions(source, base, at)
        if not decided.proposals:
            raise EditError("In der Datei steht noch keine Entscheidung; schreiben Sie sie hinter „decision:“.")
        shelved = shelve(where.folder, decided.proposals, decided.exported)
    for made in shelved.made:
        typer.echo(f"Vorschlag {made.number}: {made.path.name if made.path else ''}")
    for mine, first in shelved.skipped:
        typer.echo(passed_over(where, mine.texts[0], first))
    if shelved.made:
        typer.echo(_laid_down(where, shelved.made))


def _laid_down(where: Place, made: Sequence[Proposal]) -> str:
    """How many, and what comes next where something waits for a yes."""
    many = "1 Entscheidung abgelegt." if len(made) == 1 else f"{len(made)} Entscheidungen abgelegt."
    if all(one.state is State.DISMISSED for one in made):
        return many
    return f"{many} Annehmen: {where.command('proposals')}, dann {where.command('accept', 'NUMMER')}."
