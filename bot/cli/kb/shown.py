"""How groups, proposals and their consequences look in the terminal."""

import textwrap
from collections.abc import Sequence
from datetime import datetime

from rich.console import Console
from rich.markup import escape

from bot.cli.kb.accepting import STATES, Trial
from bot.cli.kb.workbench import Pile
from bot.desk.unhelped import Why
from bot.knowledge.patching import Change
from bot.knowledge.proposals import Kind, Proposal
from bot.matching.decision import Decision, Outcome
from bot.matching.effect import Effect, Shift

WHYS = {
    Why.UNKNOWN: "unbekannt",
    Why.NONE_FITTED: "kein Vorschlag passte",
    Why.ASKED_ON: "nach der Antwort weitergefragt",
    Why.CORRECTED: "nach der Antwort anders gefragt",
}
MADE = {
    Kind.ALIAS: "weitere Formulierungen für",
    Kind.COUNTEREXAMPLE: "Gegenbeispiele für das Thema",
    Kind.ENTRY: "neuer Eintrag im Thema",
}
OUTCOMES = {
    Outcome.ANSWER: "Antwort",
    Outcome.SUGGEST: "Vorschläge",
    Outcome.FORWARD: "ans Team",
    Outcome.SMALLTALK: "Small Talk",
}
NOTHING = "Nichts zu tun: Alles ist beantwortet, vorgeschlagen oder beiseitegelegt (klbot kb proposals --all zeigt es)."
INDENT = "   "
MOST_WORDINGS = 4
MOST_ANSWER = 400


def terminal() -> Console:
    """Standard output, with no colours but ours."""
    return Console(highlight=False)


def show_pile(console: Console, number: int, pile: Pile, at: datetime) -> None:
    """One group: the question, how often, how else it was asked, what comes close and what staff answered."""
    group = pile.group
    console.print()
    say(console, f"{number}. {group.question}", "bold")
    _line(
        console,
        f"{people(group.chats)}, {_times(group.asked)} · zuletzt {ago(group.last, at)}, {_since(group.first)}",
        dim=True,
    )
    whys = ", ".join(f"{count}× {WHYS[why]}" for why, count in group.whys.items())
    tickets = f" · {' '.join(group.tickets[:3])}{' …' if len(group.tickets) > 3 else ''}" if group.tickets else ""
    _line(console, whys + tickets, dim=True)
    for text in group.texts[1:MOST_WORDINGS]:
        _line(console, f"auch: {text}")
    if len(group.texts) > MOST_WORDINGS:
        _line(console, f"… und {len(group.texts) - MOST_WORDINGS} weitere Formulierungen")
    for answer in group.answers[:2]:
        _line(console, f"{'#wissen' if answer.taught else 'Team'} ({answer.ticket}): {_short(answer.text)}")
    for near in pile.close:
        _line(console, f"{near.score:.2f} {near.entry}: {near.question}", dim=True)


def show_change(console: Console, change: Change) -> None:
    """A change as a diff."""
    colours = {"+": "green", "-": "red", "@": "cyan"}
    for line in change.diff():
        console.print(escape(line), style=colours.get(line[:1], ""), soft_wrap=False)


def show_trial(console: Console, trial: Trial) -> None:
    """What a proposal would do."""
    show_effect(console, trial.effect)


def show_effect(console: Console, effect: Effect) -> None:
    """What a change would do: to the questions it is about, and to the labelled questions."""
    for shift in effect.asked[:MOST_WORDINGS]:
        say(console, f"„{shift.text}“", "")
        _line(console, f"bisher {_said(shift.before)}, dann {_said(shift.after)}")
    _show_labelled(console, "nicht mehr richtig", effect.broken, "red")
    _show_labelled(console, "jetzt richtig", effect.mended, "green")
    if effect.judged and not effect.broken:
        say(console, f"Von {effect.judged} gekennzeichneten Fragen verschlechtert sich keine.")


def _show_labelled(console: Console, what: str, shifts: Sequence[Shift], style: str) -> None:
    for shift in shifts:
        say(console, f"{what}: „{shift.text}“ ({_said(shift.before)} → {_said(shift.after)})", style)


def _said(decision: Decision) -> str:
    best = f" {decision.candidates[0].score:.2f}" if decision.candidates else ""
    which = f" {decision.entry}" if decision.entry else ""
    return f"{OUTCOMES[decision.outcome]}{which}{best}"


def show_proposal(console: Console, one: Proposal, at: datetime) -> None:
    """A proposal in two lines."""
    made = f" · {MADE[one.kind]} {one.target}" if one.kind in MADE else ""
    console.print()
    say(console, f"{one.number}. {one.texts[0]}", "bold")
    asked = f" · {people(one.chats)}" if one.chats else ""
    tickets = f" · {' '.join(one.tickets[:3])}" if one.tickets else ""
    _line(console, f"{STATES[one.state]}{made}{asked}{tickets} · {ago(one.at, at)}", dim=True)


def say(console: Console, text: str, style: str = "dim") -> None:
    """A sentence beside the matter."""
    _print(console, text, "", style)


def _line(console: Console, text: str, *, dim: bool = False) -> None:
    _print(console, text, INDENT, "dim" if dim else "")


def _print(console: Console, text: str, indent: str, style: str) -> None:
    # Unlike the console's own wrapping this leaves no blanks at the end of a line.
    wrapped = textwrap.fill(
        text, console.width, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False
    )
    console.print(wrapped, style=style, markup=False, soft_wrap=True)


def heading(groups: int) -> str:
    """How many groups wait, in words."""
    return (
        "Eine Frage ohne gute Antwort"
        if groups == 1
        else f"{groups} Fragen ohne gute Antwort, die meistgefragte zuerst"
    )


def people(chats: int) -> str:
    """How many asked, in words."""
    return "1 Person" if chats == 1 else f"{chats} Personen"


def _times(asked: int) -> str:
    return "einmal gefragt" if asked == 1 else f"{asked}-mal gefragt"


def _since(first: datetime) -> str:
    return f"seit {first.astimezone():%d.%m.%Y}"


def ago(moment: datetime, at: datetime) -> str:
    """How long ago, in words."""
    minutes = int((at - moment).total_seconds() // 60)
    if minutes < 60:
        return "gerade eben" if minutes < 2 else f"vor {minutes} Minuten"
    if minutes < 48 * 60:
        return "vor 1 Stunde" if minutes < 120 else f"vor {minutes // 60} Stunden"
    return f"vor {minutes // 1440} Tagen"


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= MOST_ANSWER else text[:MOST_ANSWER].rstrip() + " …"
