"""`klbot check`: every complaint about the knowledge base at once, and advice."""

from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot.cli.check.findings import Finding, Severity, errors, matched, said
from bot.cli.check.labelled import broken, judged
from bot.cli.check.links import check_links, links
from bot.cli.check.report import as_json, show
from bot.cli.options import KnowledgeOption, load_base
from bot.cli.revisions import load_named
from bot.errors import KnowledgeError
from bot.knowledge.entry import KnowledgeBase
from bot.knowledge.lines import Lines
from bot.knowledge.loader import shipped
from bot.matching.matcher import LEAST_QUESTIONS, Matcher


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
) -> None:
    """Check the knowledge base: errors (exit code 1) and advice, with file, line, column and the line itself."""
    folder = knowledge or shipped()
    lines = Lines([folder, shipped()])
    try:
        base = load_base(knowledge)
    except KnowledgeError as error:
        if error.complaints[0].file == str(folder):  # there is no knowledge base at all
            raise
        found = [*errors("schema", error.complaints)]
        facts: dict[str, object] = {}
        summary: list[str] = []
    else:
        matcher = Matcher(base)
        found = [*said(base, lines, _today()), *matched(base, matcher), *_asked(base, matcher, against, folder)]
        found += check_links(links(base, lines)) if web else []
        facts, summary = _facts(base, matcher), _summary(base, matcher)
    found = sorted(set(found), key=lambda one: (one.severity is Severity.ERROR, one))  # what matters most ends the list
    if form is Format.JSON:
        typer.echo(as_json(found, lines, facts))
    else:
        show(Console(highlight=False), found, lines, [_verdict(found, strict=strict), *summary])
    if any(one.severity is Severity.ERROR or strict for one in found):
        raise typer.Exit(1)


def _asked(base: KnowledgeBase, matcher: Matcher, against: str | None, folder: Path) -> Iterator[Finding]:
    before = judged(base, Matcher(load_named(against, folder))) if against else []
    return errors("question", broken(judged(base, matcher), before))


def _today() -> date:
    return datetime.now().astimezone().date()


def _verdict(found: list[Finding], *, strict: bool) -> str:
    wrong = sum(one.severity is Severity.ERROR for one in found)
    advised = len(found) - wrong
    counts = [f"{wrong} Fehler"] if wrong else []
    counts += [f"{advised} {'Hinweis' if advised == 1 else 'Hinweise'}"] if advised else []
    if wrong or (strict and advised):
        return f"Nicht in Ordnung: {', '.join(counts)}."
    return f"In Ordnung, {counts[0]}." if counts else "In Ordnung."


def _summary(base: KnowledgeBase, matcher: Matcher) -> list[str]:
    phrasings = sum(len(entry.phrasings) for entry in base.entries())
    against = sum(1 for _ in base.counterexamples())
    return [
        f"{sum(1 for _ in base.entries())} Einträge in {len(base.topics)} Themen, {phrasings} Formulierungen, "
        f"{against} Gegenbeispiele (Fassung {base.version}).",
        _threshold(matcher),
    ]


def _facts(base: KnowledgeBase, matcher: Matcher) -> dict[str, object]:
    return {
        "knowledge": base.version,
        "entries": sum(1 for _ in base.entries()),
        "topics": len(base.topics),
        "phrasings": sum(len(entry.phrasings) for entry in base.entries()),
        "counterexamples": sum(1 for _ in base.counterexamples()),
        "threshold": round(matcher.thresholds.answer, 4),
    }


def _threshold(matcher: Matcher) -> str:
    """How sure an answer must be, and what the base's labelled questions say about that."""
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
