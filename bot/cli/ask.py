"""`klbot ask`: what the bot would do with a question, and why."""

import json
import sys
import textwrap
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.cli.options import AimOption, KnowledgeOption, configured, load_base, matcher_of
from bot.errors import ConfigError
from bot.knowledge.entry import Entry, KnowledgeBase, Language, Status
from bot.matching.decision import Decision, Outcome

if TYPE_CHECKING:
    from bot.matching.explanation import Explanation
    from bot.matching.matcher import Matcher


def ask(
    question: Annotated[str | None, typer.Argument(help="What a citizen might write.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    batch: Annotated[
        bool, typer.Option("--batch", help='Read JSON lines {"text"} from stdin, write JSON lines.')
    ] = False,
    why: Annotated[
        bool, typer.Option("--why", help="Show how each word was understood, and the rule that decided.")
    ] = False,
    knowledge: KnowledgeOption = None,
    config_file: AimOption = None,
) -> None:
    """Show what the bot would do with a question, and why."""
    if batch == (question is not None):
        raise ConfigError('Give one question, or --batch with JSON lines {"text": …} on standard input.')
    folder, matching = configured(config_file, knowledge)
    base = load_base(folder)
    matcher = matcher_of(base, matching)
    if batch:
        for line in _batch(matcher, sys.stdin.buffer, why=why):
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
        return
    decision, elapsed = _timed(matcher.decide, question or "")
    explanations = _explained(matcher, decision) if why else []
    if as_json:
        typer.echo(_line(decision, question or "", elapsed, explanations))
    else:
        _show(base, decision, explanations)


def _explained(matcher: "Matcher", decision: Decision) -> list["Explanation"]:
    return [matcher.explain(part.text) for part in decision.parts or (decision,)]


def _line(decision: Decision, text: str, elapsed: int, explanations: Sequence["Explanation"]) -> str:
    found = _as_json(decision, text, elapsed)
    if explanations:
        from bot.cli.why import why_as_values  # noqa: PLC0415 -- as above

        found["why"] = [why_as_values(explanation) for explanation in explanations]
    return json.dumps(found, ensure_ascii=False)


def _batch(matcher: "Matcher", lines: Iterator[bytes] | Any, *, why: bool) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            text = json.loads(line)["text"]
            if not isinstance(text, str):
                raise TypeError
        except (ValueError, TypeError, KeyError, RecursionError):
            raise ConfigError(
                f'Standard input, line {number}: expected a JSON object such as {{"text": "…"}}.'
            ) from None
        decision, elapsed = _timed(matcher.decide, text)
        yield _line(decision, text, elapsed, _explained(matcher, decision) if why else [])


def _timed(decide: Callable[[str], Decision], text: str) -> tuple[Decision, int]:
    started = time.perf_counter_ns()
    decision = decide(text)
    return decision, (time.perf_counter_ns() - started) // 1000


def _as_json(decision: Decision, text: str, elapsed: int) -> dict[str, Any]:
    found: dict[str, Any] = {
        "text": text,
        "decision": str(decision.outcome),
        "entry": decision.entry,
        "candidates": [{"entry": one.entry, "score": round(one.score, 4)} for one in decision.candidates[:5]],
        "reason": decision.reason,
        "elapsed_us": elapsed,
    }
    if decision.suggested:
        found["suggested"] = list(decision.suggested)
    if decision.small_talk:
        found["small_talk"] = decision.small_talk
    if decision.parts:
        found["parts"] = [_as_json(part, part.text, elapsed) for part in decision.parts]
    return found


HEADLINES = {
    Outcome.ANSWER: "Antwort",
    Outcome.SUGGEST: "Vorschläge",
    Outcome.FORWARD: "Weiterleitung an das Team",
    Outcome.SMALLTALK: "Small Talk",
}


def _show(base: KnowledgeBase, decision: Decision, explanations: Sequence["Explanation"]) -> None:
    console = Console(highlight=False)
    for place, part in enumerate(decision.parts or (decision,)):
        if decision.parts:
            console.print(f"\n[dim]Teil:[/] {escape(part.text)}")
        console.print(f"[bold]{HEADLINES[part.outcome]}[/]  {escape(part.entry or part.small_talk or '')}")
        console.print(escape(part.reason), style="dim")
        entry = base.known_entry(part.entry) if part.entry else None
        if entry is not None:
            _show_entry(console, entry, part.language or Language.DE)
        if explanations:
            from bot.cli.why import show_why  # noqa: PLC0415 -- as above

            show_why(console, explanations[place])
        elif part.candidates:
            console.print(_candidates(part, console.width))


def _show_entry(console: Console, entry: Entry, language: Language) -> None:
    text = entry.text(language)
    if entry.status is Status.WITHDRAWN:
        reason = text.withdrawn_reason or "ohne Angabe von Gründen"
        console.print(f"\n[bold]Zurückgezogen[/] ({escape(reason)}); die Frage geht an das Team.\n")
        return
    until = "" if entry.valid_until is None else f" · gilt bis {entry.valid_until:%d.%m.%Y}"
    console.print(f"\n{escape(text.answer.strip())}\n\n[dim]Stand: {entry.as_of}{until} · {escape(entry.source)}[/]\n")


def _candidates(decision: Decision, width: int) -> Table:
    longest = max(len(one.entry) for one in decision.candidates)
    table = Table("", "Eintrag", "Wert", "nächste Formulierung", box=None, pad_edge=False, header_style="dim")
    for number, one in enumerate(decision.candidates, start=1):
        mark = "→" if one.entry == decision.entry or one.entry in decision.suggested else str(number)
        phrasing = textwrap.shorten(one.phrasing, max(20, width - longest - 14), placeholder=" …")
        table.add_row(mark, one.entry, f"{one.score:.2f}", escape(phrasing))
    return table
