"""`klbot kb diff`: whom a change of the knowledge base would tell something else."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.check import Format
from bot.cli.kb.consequences import Asked, Side, asked_by_citizens, compared_entries, of_asked, of_labelled
from bot.cli.kb.diff_shown import Comparison, in_json, show
from bot.cli.kb.place import ConfigOption, DataOption, FolderOption, Place, place
from bot.cli.kb.shown import terminal
from bot.cli.kb.workbench import now
from bot.cli.options import listed_complaints
from bot.cli.revisions import load_named
from bot.errors import ConfigError


def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="A folder or git revision.")] = "HEAD",
    new: Annotated[str, typer.Argument(metavar="NEW", help="The same; without, the files as they are.")] = "",
    config_file: ConfigOption = None,
    data: DataOption = None,
    database: Annotated[
        Path | None, typer.Option("--database", metavar="FILE", help="The bot's database: also what citizens asked.")
    ] = None,
    knowledge: FolderOption = None,
    form: Annotated[Format, typer.Option("--format", help="For people, or one JSON object.")] = Format.TEXT,
) -> None:
    """List every question whose answer another state of the knowledge base changes.

    Asks the labelled questions of both; with -c, --data or --database also what citizens asked, personal data masked.
    """
    if database is not None and (config_file is not None or data is not None):
        raise ConfigError("Geben Sie nur eines von -c, --data und --database an.")
    where = place(config_file, data, knowledge)
    before = load_named(old, where.folder)
    with listed_complaints("der Wissensbasis"):
        after = load_named(new, where.folder) if new else where.load()
    named = config_file is not None or data is not None
    asked = _asked(_address(where, database)) if named or database is not None else []
    one, other = (Side.of(base, where.matcher) for base in (before, after))
    found = Comparison(
        compared_entries(before, after),
        tuple(of_labelled(one, other)),
        tuple(of_asked(one, other, asked)),
        len({label.text for label in (*before.questions, *after.questions)}),
        sum(question.times for question in asked) if named or database is not None else None,
    )
    if form is Format.JSON:
        typer.echo(in_json(found))
    else:
        show(terminal(), found)


def _address(where: Place, database: Path | None) -> str:
    return where.known_database() if database is None else f"sqlite+aiosqlite:///{database}"


def _asked(address: str) -> Sequence[Asked]:
    return asyncio.run(_look(address))


async def _look(address: str) -> Sequence[Asked]:
    from bot.storage.shared import open_shared  # noqa: PLC0415 -- other commands start in half the time without it

    async with open_shared(address, now) as store:
        async with store.looking() as overview:
            return asked_by_citizens(await overview.heard_of_all())
