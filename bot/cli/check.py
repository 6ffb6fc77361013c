"""`klbot check`: every complaint about the knowledge base at once."""

from typing import TYPE_CHECKING

import typer

from bot.cli.options import KnowledgeOption, listed_complaints, load_base
from bot.desk.words import missing_words
from bot.errors import KnowledgeError
from bot.knowledge.loader import advice

if TYPE_CHECKING:
    from bot.matching.matcher import Matcher


def check(knowledge: KnowledgeOption = None) -> None:
    """Load and check the knowledge base; every complaint with file, line and column."""
    from bot.matching.matcher import Matcher  # noqa: PLC0415 -- as in ask

    with listed_complaints("der Wissensbasis"):
        base = load_base(knowledge)
        if missing := missing_words(base):
            raise KnowledgeError(missing)
    matcher = Matcher(base)
    for hint in advice(base):
        typer.echo(f"Hinweis: {hint}")
    entries = list(base.entries())
    phrasings = sum(len(entry.phrasings) for entry in entries)
    against = sum(1 for _ in base.counterexamples())
    typer.echo(
        f"In Ordnung: {len(entries)} Einträge in {len(base.topics)} Themen, {phrasings} Formulierungen, "
        f"{against} Gegenbeispiele (Fassung {base.version})."
    )
    typer.echo(_threshold(matcher))


def _threshold(matcher: "Matcher") -> str:
    """How sure an answer must be, and what the base's labelled questions say about that."""
    from bot.matching.matcher import LEAST_QUESTIONS  # noqa: PLC0415 -- as in ask

    threshold, limit = _number(matcher.thresholds.answer, 2), matcher.limit
    if limit is None:
        few = f"Weniger als {LEAST_QUESTIONS} gekennzeichnete Fragen (questions.yaml)"
        return f"{few}: Es gilt die vorgegebene Antwortschwelle {threshold}."
    wrong, bound = _number(100 * limit.wrong, 1), _number(100 * limit.bound, 1)
    return (
        f"Antwortschwelle {threshold}: nach {limit.messages} gekennzeichneten Fragen werden {wrong} % aller "
        f"Nachrichten falsch beantwortet (mit 95 % Sicherheit höchstens {bound} %)."
    )


def _number(value: float, digits: int) -> str:
    return f"{value:.{digits}f}".replace(".", ",")
