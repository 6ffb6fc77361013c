"""`klbot kb proposals`, `accept` and `reject`: an editor's yes or no."""

import os
import shlex
import subprocess
from collections.abc import Sequence
from typing import Annotated, Final

import typer

from bot.cli.kb.accepting import REVOCABLE, STATES, Rejected, Trial, found, try_out
from bot.cli.kb.accepting import accept as carry_out
from bot.cli.kb.accepting import reject as turn_down
from bot.cli.kb.place import ConfigOption, DataOption, FolderOption, Place, place
from bot.cli.kb.shown import say, show_change, show_proposal, show_trial, terminal
from bot.cli.kb.workbench import current_proposals, now
from bot.cli.options import listed_complaints
from bot.errors import EditError
from bot.knowledge.entry import KnowledgeBase
from bot.knowledge.patching import change_of
from bot.knowledge.proposals import Proposal, State

Number = Annotated[int, typer.Argument(metavar="N", help="The number that klbot kb proposals shows.")]


def proposals(
    config_file: ConfigOption = None,
    data: DataOption = None,
    knowledge: FolderOption = None,
    every: Annotated[bool, typer.Option("--all", help="Also those that are decided.")] = False,
) -> None:
    """List what was proposed, with what would change."""
    where, console, at = place(config_file, data, knowledge), terminal(), now()
    with listed_complaints("der Wissensbasis"):
        base, known = where.load(), current_proposals(where)
    shown = [one for one in known if every or one.state is State.OPEN]
    for one in shown:
        show_proposal(console, one, at)
        if one.state is State.OPEN:
            try:
                show_change(console, change_of(base, one))
            except EditError as error:
                console.print(f"   {error}", style="red", markup=False)
    if not shown:
        console.print("Keine offenen Vorschläge.")
    elif any(one.state is State.OPEN for one in shown):
        console.print()
        commands = (where.command(name, "NUMMER") for name in ("accept", "reject"))
        say(console, "Annehmen: {} · ablehnen: {}".format(*commands))
    elif any(one.state in REVOCABLE for one in shown):
        console.print()
        say(console, f"Eine Entscheidung zurücknehmen: {where.command('reject', 'NUMMER')}")


def accept(
    number: Number,
    config_file: ConfigOption = None,
    data: DataOption = None,
    knowledge: FolderOption = None,
    edit: Annotated[bool, typer.Option("--edit", help="Open the proposal in $EDITOR first.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Accept it even if a labelled question breaks.")] = False,
) -> None:
    """Carry a proposal out: change the file, unless that would break something."""
    where, console = place(config_file, data, knowledge), terminal()
    with listed_complaints("der Wissensbasis"):
        base, one = where.load(), found(current_proposals(where), number)
        if edit:
            one = edited(where, one)
    trial = tried(where, base, one)
    show_change(console, trial.change)
    console.print()
    show_trial(console, trial)
    carry_out(where.folder, trial, force=force)
    console.print(f"\nAngenommen: {trial.change.path.name} ist geändert.")


def tried(where: Place, base: KnowledgeBase, one: Proposal) -> Trial:
    """What accepting would do. Raises EditError."""
    return try_out(base, where.matcher(base), one, where.matcher)


def edited(where: Place, one: Proposal) -> Proposal:
    """The proposal after its file was open in an editor. Raises KlbotError; what was written stays in the file."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    try:
        subprocess.run([*shlex.split(editor), str(one.path)], check=True)
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        raise EditError(
            f"Der Editor „{editor}“ hat nicht funktioniert; setzen Sie EDITOR auf einen anderen."
        ) from error
    return found(current_proposals(where), one.number)


def reject(
    number: Number, config_file: ConfigOption = None, data: DataOption = None, knowledge: FolderOption = None
) -> None:
    """Turn a proposal down, or take back that it was accepted or put aside: its questions come back into the inbox."""
    done = turn_down(place(config_file, data, knowledge).folder, number)
    typer.echo(f"{_REJECTED[done.proposal.state].format(number=number)} {_back(done)}")


_REJECTED: Final = {
    State.OPEN: "Abgelehnt: Vorschlag {number}.",
    State.ACCEPTED: "Zurückgenommen: Vorschlag {number}; an den Dateien ändert das nichts.",
    State.DISMISSED: "Nicht mehr beiseitegelegt: Vorschlag {number}.",
}


def _back(done: Rejected) -> str:
    """What comes back into the inbox."""
    if waiting := [one for one in done.others if one.state is State.OPEN]:
        which = _numbers(waiting)
        return (
            f"Über seine Fragen liegt noch {which} vor; in klbot kb inbox stehen sie erst, wenn auch das abgelehnt ist."
        )
    if done.others:
        which = _numbers(done.others)
        return (
            f"Über seine Fragen entscheidet noch {which}; in klbot kb inbox steht höchstens, was seither gefragt wurde."
        )
    if done.proposal.state is State.ACCEPTED:
        return "Was die Wissensbasis davon nicht beantwortet, steht wieder in klbot kb inbox."
    return "Seine Fragen stehen wieder in klbot kb inbox."


def _numbers(proposals: Sequence[Proposal]) -> str:
    return "Vorschlag " + " und ".join(f"{one.number} ({STATES[one.state]})" for one in proposals)
