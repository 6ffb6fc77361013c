"""The commands. Every error a user can cause is one clear sentence on stderr and exit code 2."""

import sys
from typing import Annotated

import typer

from bot import __version__
from bot.cli.ask import ask
from bot.cli.check import check
from bot.cli.demo import demo
from bot.cli.eval import measure
from bot.cli.kb import kb
from bot.cli.qr import qr
from bot.cli.run import run
from bot.cli.tickets import tickets
from bot.errors import KlbotError

cli = typer.Typer(
    name="klbot",
    help="Answers citizens' questions in Telegram from a curated knowledge base; what it cannot answer goes to people.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)
for command in (run, demo, ask, check, qr):
    cli.command()(command)
cli.command("eval")(measure)
cli.add_typer(tickets, name="tickets")
cli.add_typer(kb)


@cli.callback(invoke_without_command=True)
def _options(version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False) -> None:
    if version:
        typer.echo(f"klbot {__version__}")
        raise typer.Exit


def main() -> None:
    """Run a command; turn every error raised on purpose into one sentence and exit code 2."""
    try:
        cli()
    except KlbotError as error:
        sys.stderr.write(f"klbot: {error}\n")
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
