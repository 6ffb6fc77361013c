"""`klbot kb export`: everything that is published, for everybody to read."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.catalogue.as_json import as_json
from bot.catalogue.as_markdown import as_markdown
from bot.catalogue.content import Catalogue, catalogue
from bot.catalogue.page import page
from bot.cli.kb.place import FolderOption, load_whole
from bot.cli.options import listed_complaints
from bot.errors import KlbotError
from bot.knowledge.entry import KnowledgeBase
from bot.knowledge.loader import shipped
from bot.knowledge.shelf import write_whole


def export(
    html: Annotated[bool, typer.Option("--html", help="One page for the browser (the default).")] = False,
    json: Annotated[bool, typer.Option("--json", help="For other programs; docs/catalogue.md describes it.")] = False,
    md: Annotated[bool, typer.Option("--md", help="Markdown, for a wiki or a repository.")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Where to; without, to be read here.")
    ] = None,
    knowledge: FolderOption = None,
) -> None:
    """Write all published questions and answers as one page, as JSON or as Markdown."""
    if html + json + md > 1:
        raise KlbotError("Bitte nur eines von --html, --json und --md angeben.")
    with listed_complaints("der Wissensbasis"):
        base = load_whole(knowledge or shipped())
    shown = catalogue(base, datetime.now(UTC).date())
    text = _made(shown, base, as_data=json, as_text=md)
    if out is None:
        sys.stdout.buffer.write(text.encode())
        return
    write_whole(out, text.encode())
    typer.echo(f"{sum(1 for _ in shown.items())} Fragen und Antworten stehen jetzt in {out}.")


def _made(shown: Catalogue, base: KnowledgeBase, *, as_data: bool, as_text: bool) -> str:
    if as_data:
        return as_json(shown)
    return as_markdown(shown, base) if as_text else page(shown, base)
