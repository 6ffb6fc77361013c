"""One round of `klbot check`: read the base, find everything, print it."""

from datetime import datetime
from pathlib import Path

import typer
from rich.console import Console

from bot.cli.check.findings import Finding, Severity, errors, matched, said
from bot.cli.check.labelled import broken, judged
from bot.cli.check.links import check_links, links
from bot.cli.check.report import in_json, show
from bot.cli.options import load_base, matcher_of
from bot.cli.revisions import load_named
from bot.config import Matching
from bot.errors import KnowledgeError
from bot.knowledge.entry import KnowledgeBase
from bot.knowledge.lines import Lines
from bot.knowledge.loader import shipped
from bot.matching.matcher import LEAST_QUESTIONS, Matcher


class Round:
    """Everything that is found. Raises KlbotError where there is no knowledge base to check."""

    def __init__(self, knowledge: Path | None, matching: Matching, *, web: bool, against: str | None) -> None:
        folder = knowledge or shipped()
        self._lines = Lines([folder, shipped()])
        self._facts: dict[str, object] = {}
        self._summary: list[str] = []
        try:
            base = load_base(knowledge)
        except KnowledgeError as error:
            if error.complaints[0].file == str(folder):
                raise
            self.findings = [*errors("schema", error.complaints)]
            return
        matcher = matcher_of(base, matching)
        before = judged(base, matcher_of(load_named(against, folder), matching)) if against else []
        asked = errors("question", broken(judged(base, matcher), before))
        found = {*said(base, self._lines, _now()), *matched(base, matcher), *asked}
        found |= set(check_links(links(base, self._lines))) if web else set()
        # What matters most ends the list.
        self.findings = sorted(found, key=lambda one: (one.severity is Severity.ERROR, one))
        self._facts, self._summary = _facts(base, matcher), _summed_up(base, matcher)

    @property
    def has_errors(self) -> bool:
        """Whether anything keeps the base from going live."""
        return any(one.severity is Severity.ERROR for one in self.findings)

    def print(self, *, as_json: bool, strict: bool) -> None:
        """Print every finding, and a verdict; `strict`: advice counts."""
        if as_json:
            typer.echo(in_json(self.findings, self._lines, self._facts))
        else:
            summary = [_verdict(self.findings, strict=strict), *self._summary]
            show(Console(highlight=False), self.findings, self._lines, summary)


def _now() -> datetime:
    return datetime.now().astimezone()


def _verdict(found: list[Finding], *, strict: bool) -> str:
    wrong = sum(one.severity is Severity.ERROR for one in found)
    advised = len(found) - wrong
    counts = [f"{wrong} Fehler"] if wrong else []
    counts += [f"{advised} {'Hinweis' if advised == 1 else 'Hinweise'}"] if advised else []
    if wrong or (strict and advised):
        return f"Nicht in Ordnung: {', '.join(counts)}."
    return f"In Ordnung, {counts[0]}." if counts else "In Ordnung."


def _summed_up(base: KnowledgeBase, matcher: Matcher) -> list[str]:
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
