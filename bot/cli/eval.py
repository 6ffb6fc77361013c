"""`klbot eval`: how good the bot is on labelled questions."""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import track

from bot.cli import chart, figures
from bot.cli.options import AimOption, KnowledgeOption, configured, listed_complaints, load_base, matcher_of
from bot.errors import Complaint, ConfigError, KnowledgeError
from bot.knowledge.entry import KnowledgeBase, LabelledQuestion
from bot.knowledge.questions import load_questions
from bot.matching.evaluation import MOST_WRONG, Judged, Report, as_published, evaluate
from bot.matching.rate import Rate


def measure(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILE", help="Labelled questions (.yaml, .jsonl); without, the base's own."),
    ] = None,
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="FILE", help="Draw answered against wrong (.svg, .png).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    wrong: Annotated[bool, typer.Option("--wrong", help="List what was answered wrongly or not found.")] = False,
    every_entry: Annotated[bool, typer.Option("--all", help="Show every entry, not only the worst.")] = False,
    knowledge: KnowledgeOption = None,
    config_file: AimOption = None,
) -> None:
    """Measure on labelled questions how often the bot is right, and how often wrong."""
    if plot:
        chart.check(plot)
    folder, matching = configured(config_file, knowledge)
    with listed_complaints("der Wissensbasis"):
        base = load_base(folder)
    with listed_complaints("den Fragen"):
        questions = _questions(base, files or [])
    own = set(base.questions)
    shared = sum(question in own for question in questions)
    report = evaluate(matcher_of(base, matching), _watched(as_published(questions, base)))
    if as_json:
        typer.echo(json.dumps(as_values(report, base, files or [], shared), ensure_ascii=False))
    else:
        figures.show(Console(highlight=False), report, shared, every_entry=every_entry, mistakes=wrong)
    if plot:
        chart.draw(report, plot)


def _questions(base: KnowledgeBase, files: Sequence[Path]) -> tuple[LabelledQuestion, ...]:
    """Those of all files, or the base's own. Raises KnowledgeError with the complaints about all files."""
    if not files and not base.questions:
        raise ConfigError("This knowledge base has no labelled questions of its own; give a file: klbot eval FILE.")
    found: list[LabelledQuestion] = []
    complaints: list[Complaint] = []
    for file in files:
        try:
            found += load_questions(file, base)
        except KnowledgeError as error:
            complaints += error.complaints
    if complaints:
        raise KnowledgeError(complaints)
    if files and not found:
        raise ConfigError(f"There is no labelled question in {', '.join(map(str, files))}.")
    return tuple(found) if files else base.questions


def _watched(questions: Sequence[LabelledQuestion]) -> Iterable[LabelledQuestion]:
    """The questions one by one, with a bar on standard error if that is a terminal."""
    if not sys.stderr.isatty():
        return questions
    return track(questions, "Messen", console=Console(stderr=True), transient=True)


def as_values(report: Report, base: KnowledgeBase, files: Sequence[Path], shared: int) -> dict[str, Any]:
    """The whole report for machines.

    `knowledge`: the base's version. `files`: what was measured, empty for the base's own questions. `messages`: how
    many. `used_for_thresholds`: how many of them the thresholds were computed from. `kinds`: how many of each kind.
    `figures`: each name in `Report.rates` with {hits, total, share, low, high}; the last three are null of nothing.
    `hindsight`: {most_wrong, threshold, answered, wrong, right}, the best threshold for this very set (null where
    none will do), how many messages it answers, how many of these wrongly, and as a figure the in-scope ones rightly.
    `styles`, `entries` (worst first): lists of {name, kind, count, top, answered, suggested, well, wrong}.
    `wrong`, `not_found`: lists of {text, kind, style, place, expected, outcome, entry, suggested, candidates}.
    """
    best = report.best_within(MOST_WRONG)
    return {
        "knowledge": base.version,
        "files": [str(file) for file in files],
        "messages": len(report.judged),
        "used_for_thresholds": shared,
        "kinds": report.counts,
        "figures": {name: _rate(rate) for name, rate in report.rates.items()},
        "hindsight": {
            "most_wrong": MOST_WRONG,
            "threshold": best.threshold if best else None,
            "answered": best.answered if best else 0,
            "wrong": best.wrong if best else 0,
            "right": _rate(report.right_within(MOST_WRONG)),
        },
        "styles": [asdict(group) for group in report.styles()],
        "entries": [asdict(group) for group in report.entries()],
        "wrong": [_mistake(one) for one in report.answered_wrongly()],
        "not_found": [_mistake(one) for one in report.not_found()],
    }


def _rate(rate: Rate) -> dict[str, Any]:
    low, high = rate.interval or (None, None)
    return {"hits": rate.hits, "total": rate.total, "share": rate.share, "low": low, "high": high}


def _mistake(one: Judged) -> dict[str, Any]:
    question, decision = one.question, one.decision
    return {
        "text": question.text,
        "kind": question.kind,
        "style": question.style,
        "place": f"{question.place.file}:{question.place.line}" if question.place else None,
        "expected": question.entries,
        "outcome": decision.outcome,
        "entry": decision.entry,
        "suggested": decision.suggested,
        "candidates": [{"entry": found.entry, "score": round(found.score, 4)} for found in decision.candidates],
    }
