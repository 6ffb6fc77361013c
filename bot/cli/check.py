"""`klbot check`: every complaint about the knowledge base at once."""

import typer

from bot.cli.options import KnowledgeOption, listed_complaints, load_base
from bot.desk.words import missing_words
from bot.errors import KnowledgeError
from bot.knowledge.loader import advice
from bot.matching.matcher import Matcher


def check(knowledge: KnowledgeOption = None) -> None:
    """Load and check the knowledge base; every complaint with file, line and column."""
    with listed_complaints("der Wissensbasis"):
        base = load_base(knowledge)
        if missing := missing_words(base):
            raise KnowledgeError(missing)
    Matcher(base)
    for hint in advice(base):
        typer.echo(f"Hinweis: {hint}")
    entries = list(base.entries())
    phrasings = sum(len(entry.phrasings) for entry in entries)
    against = sum(1 for _ in base.counterexamples())
    typer.echo(
        f"In Ordnung: {len(entries)} Einträge in {len(base.topics)} Themen, {phrasings} Formulierungen, "
        f"{against} Gegenbeispiele (Fassung {base.version})."
    )
