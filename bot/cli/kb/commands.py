"""The commands of `klbot kb`."""

import typer

from bot.cli.kb.diff import diff
from bot.cli.kb.export import export
from bot.cli.kb.inbox import inbox
from bot.cli.kb.new import new
from bot.cli.kb.proposals import accept, proposals, reject
from bot.cli.kb.schema import schema
from bot.cli.kb.status import status

editors = typer.Typer(rich_markup_mode=None)
for command in (new, diff, inbox, proposals, accept, reject, status, export, schema):
    editors.command()(command)
