"""How the consequences of a change look: a table for people, and JSON."""

import json
from collections.abc import Container, Sequence
from dataclasses import asdict, dataclass

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.cli.kb.consequences import Change, Consequence, Entries, Verdict, parts
from bot.cli.kb.shown import OUTCOMES, say
from bot.matching.decision import Decision, Outcome

VERDICTS = {Verdict.BROKEN: "nun falsch", Verdict.MENDED: "nun richtig"}
STYLES = {Verdict.BROKEN: "red", Verdict.MENDED: "green"}
FEW = 5  # ids named in a line


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that two states of a knowledge base do differently.

    `questions`: how many labelled ones were asked; `messages`: how many of citizens, None where nobody looked.
    """

    entries: Entries
    labelled: tuple[Consequence, ...]
    asked: tuple[Consequence, ...]
    questions: int
    messages: int | None

    def all(self) -> list[Consequence]:
        """What matters most first: what breaks, then what is decided otherwise, then other words."""
        found = [*self.labelled, *self.asked]
        return sorted(found, key=lambda one: (one.verdict is not Verdict.BROKEN, one.change is not Change.DECISION))


def show(console: Console, found: Comparison) -> None:
    """Print the table and, below it, how many there are."""
    for what, ids in (
        ("neu", found.entries.new),
        ("geändert", found.entries.changed),
        ("entfallen", found.entries.gone),
        ("zurückgezogen", found.entries.withdrawn),
    ):
        if ids:
            say(console, f"Einträge {what}: {_named(ids)}", "")
    for who, ids in (
        ("Eine Berichtigung bekommt, wer vom Bot die alte Antwort bekommen hat", found.entries.corrected),
        ("Bescheid bekommt, wer darum gebeten hat", found.entries.followed),
        (
            "Schon einmal berichtigt (sollen wieder alle davon hören: „corrected“ neu setzen)",
            found.entries.overlooked,
        ),
    ):
        if ids:
            say(console, f"{who}: {_named(ids)}", "")
    listed = found.all()
    if listed:
        console.print(_table(listed, found.entries.withdrawn))
    for sentence in _summary(found):
        say(console, sentence, "")


def _table(listed: Sequence[Consequence], withdrawn: Container[str]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="dim", expand=False)
    for name in ("Frage", "bisher", "künftig"):
        table.add_column(name, overflow="fold")
    table.add_column("", no_wrap=True)
    for one in listed:
        words = one.change is Change.WORDS
        after = "anderer Wortlaut" if words else _said(one.after)
        if any(part.outcome is Outcome.ANSWER and part.entry in withdrawn for part in parts(one.after)):
            after, words = "ans Team (zurückgezogen)", False
        table.add_row(
            Text(" ".join(one.text.split())), Text(_said(one.before)), Text(after, "dim" if words else ""), _note(one)
        )
    return table


def _note(one: Consequence) -> Text:
    if one.verdict is not None:
        return Text(VERDICTS[one.verdict], STYLES[one.verdict])
    return Text(f"{one.times}× gefragt" if one.times else "", "dim")


def _said(decision: Decision) -> str:
    return " + ".join(_said_once(one) for one in parts(decision))


def _said_once(decision: Decision) -> str:
    which = decision.entry or ", ".join(decision.suggested) or decision.small_talk or ""
    return f"{OUTCOMES[decision.outcome]} {which}".rstrip()


def _summary(found: Comparison) -> list[str]:
    broken, mended = (sum(one.verdict is verdict for one in found.labelled) for verdict in Verdict)
    how = f" ({broken} nun falsch, {mended} nun richtig)" if broken or mended else ""
    said = [f"{len(found.labelled)} von {found.questions} gekennzeichneten Fragen bekämen eine andere Antwort{how}."]
    if found.messages is not None:
        others = sum(one.times for one in found.asked)
        said.append(f"{others} von {found.messages} Nachrichten aus dem Chat bekämen eine andere Antwort.")
    return said


def _named(ids: Sequence[str]) -> str:
    return ", ".join(ids[:FEW]) + (f" und {len(ids) - FEW} weitere" if len(ids) > FEW else "")


def in_json(found: Comparison) -> str:
    """One JSON object: `entries` (ids by what becomes of them), `labelled` and `messages` (how many asked), `changed`.

    Of `changed` each: {text, labelled, times, change ("decision" or "words"), verdict ("broken", "mended" or null),
    before, after}; the last two list {outcome, entry, suggested, small_talk} for each question in the message.
    """
    entries = asdict(found.entries)
    listed = [
        {
            "text": one.text,
            "labelled": not one.times,
            "times": one.times,
            "change": one.change,
            "verdict": one.verdict,
            "before": _values(one.before),
            "after": _values(one.after),
        }
        for one in found.all()
    ]
    values = {"entries": entries, "labelled": found.questions, "messages": found.messages, "changed": listed}
    return json.dumps(values, ensure_ascii=False)


def _values(decision: Decision) -> list[dict[str, object]]:
    return [
        {
            "outcome": one.outcome,
            "entry": one.entry,
            "suggested": list(one.suggested),
            "small_talk": one.small_talk,
        }
        for one in parts(decision)
    ]
