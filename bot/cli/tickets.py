"""`klbot tickets`: what the operator sees of the desk and may do about it, whether the bot runs or not."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from bot import config
from bot.errors import ConfigError

if TYPE_CHECKING:
    from bot.cli.ticket_office import Office

ConfigOption = Annotated[
    Path | None, typer.Option("-c", "--config", metavar="FILE", help="The configuration; without, config.yaml.")
]
DataOption = Annotated[
    Path | None, typer.Option("--data", metavar="DIR", help="The folder of a try-out, as in klbot demo.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
CodeArgument = Annotated[str, typer.Argument(metavar="CODE", help="A ticket or a mail held back, such as KL-7F3K9Q.")]

tickets = typer.Typer()


@dataclass(frozen=True, slots=True)
class Place:
    """Where the bot's data is: a configuration, the folder of a try-out, or neither."""

    file: Path | None = None
    data: Path | None = None

    @property
    def is_given(self) -> bool:
        return self.file is not None or self.data is not None

    def found(self) -> tuple[str, ZoneInfo]:
        """The database's address, and the clocks of staff. Raises ConfigError."""
        if self.file and self.data:
            raise ConfigError("Give -c or --data, not both.")
        if self.data:
            return f"sqlite+aiosqlite:///{self.data.resolve() / 'klbot.sqlite'}", ZoneInfo("Europe/Berlin")
        loaded = config.load(self.file or Path("config.yaml"))
        return loaded.database, loaded.zone


@tickets.callback(invoke_without_command=True)
def listed(
    context: typer.Context,
    config_file: ConfigOption = None,
    data: DataOption = None,
    every: Annotated[bool, typer.Option("--all", help="Also those that are answered or closed.")] = False,
    texts: Annotated[bool, typer.Option("--texts", help="Also the first words of what citizens asked.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List what nobody has answered yet, and what waits for the operator; see and mend it."""
    context.obj = Place(config_file, data)
    if context.invoked_subcommand is None:
        _office(context, context.obj).list_tickets(answered=every, texts=texts, as_json=as_json)


@tickets.command()
def held(
    context: typer.Context, config_file: ConfigOption = None, data: DataOption = None, as_json: JsonOption = False
) -> None:
    """List the mails that are held back until a person decides."""
    _office(context, Place(config_file, data)).list_held(as_json=as_json)


@tickets.command()
def dead(
    context: typer.Context, config_file: ConfigOption = None, data: DataOption = None, as_json: JsonOption = False
) -> None:
    """List what was given up, on the way out and on the way in."""
    _office(context, Place(config_file, data)).list_dead(as_json=as_json)


@tickets.command()
def show(context: typer.Context, code: CodeArgument, config_file: ConfigOption = None, data: DataOption = None) -> None:
    """Show everything about one ticket or one mail held back, with its words."""
    _office(context, Place(config_file, data)).show(code)


@tickets.command()
def release(
    context: typer.Context,
    code: CodeArgument,
    ticket: Annotated[
        str, typer.Option("--ticket", metavar="CODE", help="The ticket that a mail held back belongs to.")
    ] = "",
    config_file: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Take the claim off a ticket, or act on a mail that was held back."""
    _office(context, Place(config_file, data)).release(code, ticket)


@tickets.command()
def requeue(
    context: typer.Context,
    code: Annotated[
        str, typer.Argument(metavar="CODE", help="A ticket, or a number of klbot tickets dead, such as outbox:7.")
    ],
    config_file: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Try again what was given up."""
    _office(context, Place(config_file, data)).requeue(code)


@tickets.command()
def drop(context: typer.Context, code: CodeArgument, config_file: ConfigOption = None, data: DataOption = None) -> None:
    """Let a mail that is held back go to nobody."""
    _office(context, Place(config_file, data)).drop(code)


def _office(context: typer.Context, place: Place) -> "Office":
    """Where the work is done. What stands before the subcommand holds for it, too."""
    from bot.cli.ticket_office import Office  # noqa: PLC0415 -- the other commands start faster without the database

    return Office(*(place if place.is_given else context.obj).found())
