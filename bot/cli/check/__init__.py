"""`klbot check`: every complaint about the knowledge base at once, and advice."""

from enum import StrEnum
from typing import Annotated

import typer

from bot.cli.options import AimOption, KnowledgeOption, configured


class Format(StrEnum):
    """How findings are printed."""

    TEXT = "text"
    JSON = "json"


def check(
    knowledge: KnowledgeOption = None,
    form: Annotated[Format, typer.Option("--format", help="For people, or one JSON object.")] = Format.TEXT,
    strict: Annotated[bool, typer.Option("--strict", help="Let advice count as errors.")] = False,
    web: Annotated[bool, typer.Option("--links", help="Also ask every web address whether it is there.")] = False,
    against: Annotated[
        str | None,
        typer.Option("--against", metavar="REV", help="A folder or git revision: what was right there must still be."),
    ] = None,
    config_file: AimOption = None,
) -> None:
    """Check the knowledge base: errors (exit code 1) and advice, with file, line, column and the line itself."""
    from bot.cli.check.round import Round  # noqa: PLC0415 -- as in ask

    folder, matching = configured(config_file, knowledge)
    checked = Round(folder, matching, web=web, against=against)
    checked.print(as_json=form is Format.JSON, strict=strict)
    if checked.has_errors or (strict and checked.findings):
        raise typer.Exit(1)
