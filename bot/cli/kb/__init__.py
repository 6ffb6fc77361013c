"""`klbot kb`: what editors do with the knowledge base."""

import typer

from bot.cli.kb.inbox import inbox
from bot.cli.kb.proposals import accept, proposals, reject
from bot.cli.kb.schema import schema

kb = typer.Typer(name="kb", no_args_is_help=True, rich_markup_mode=None)
for command in (inbox, proposals, accept, reject, schema):
    kb.command()(command)


@kb.callback()
def _editors() -> None:
    """For editors: learn from what citizens ask, and change the knowledge base."""
