"""`klbot ask --why`: how a message was understood and what decided, for a terminal 80 columns wide."""

from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.matching.coverage import How, Match
from bot.matching.decision import (
    MOST_SUGGESTED,
    Candidate,
    Decision,
    Outcome,
    Ranking,
    Rule,
    Thresholds,
    is_counterexample,
)
from bot.matching.explanation import Explanation, Understood

LANGUAGES = {"de": "Deutsch", "en": "Englisch"}
SCALE = 8  # blocks that a whole message's weight would have
LONGEST_WORD = 20


def show_why(console: Console, explanation: Explanation) -> None:
    """Print how the words were understood, which entries were near, what spoke against them, and the rule."""
    whole = explanation.whole
    console.print(f"\n[bold]Wie die Wörter verstanden wurden[/]  [dim]{_language(whole)}[/]")
    if explanation.words:
        small_talk = explanation.decision.rule is Rule.SMALL_TALK
        titles = ("im Small Talk",) if small_talk else ("im ersten Eintrag", "im zweiten Eintrag")
        console.print(_words(explanation.words, titles[: len(explanation.compared)]))
    else:
        console.print("[dim]Die Nachricht enthält keine Wörter.[/]")
    if whole.candidates and explanation.decision.outcome is not Outcome.SMALLTALK:
        console.print("\n[bold]Nächste Einträge[/]")
        console.print(_entries(explanation.decision, explanation.thresholds))
    _against(console, whole)
    for question in explanation.questions:
        _sentence(console, question)
    console.print("\n[bold]Regel[/]")
    for line in _rule(explanation):
        console.print(f"  {line}")


def _language(ranking: Ranking) -> str:
    return LANGUAGES.get(str(ranking.language), "Sprache nicht erkannt, gelesen als Deutsch")


def _words(words: tuple[Understood, ...], titles: tuple[str, ...]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column("Wort", max_width=LONGEST_WORD)
    table.add_column("Gewicht", min_width=SCALE)
    for title in titles:
        table.add_column(title)
    for one in words:
        said = escape(one.written) + (f"[dim] = {escape(_stem(one))}[/]" if _stem(one) else "")
        table.add_row(said, _bar(one.weight), *(_match(match, one) for match in one.matches))
    return table


def _stem(one: Understood) -> str:
    """The stem where it is not simply the word, so that an editor sees how it was cut."""
    return one.word.stem if one.weight and one.word.stem != one.word.folded else ""


def _bar(weight: float) -> str:
    if not weight:
        return "[dim]–[/]"
    return "█" * max(1, round(weight * SCALE)) + f" {round(100 * weight)} %"


def _match(match: Match | None, one: Understood) -> str:
    if match is None:
        return "[dim]kennt er nicht[/]" if one.weight else ""
    if not one.weight:
        return ""
    known = escape(match.known)
    return {
        How.WORD: f"„{known}“",
        How.SYNONYM: f"Synonym „{known}“",
        How.PART: f"Teil „{known}“",
        How.LETTERS: f"ähnlich „{known}“",
    }[match.how]


def _entries(decision: Decision, thresholds: Thresholds) -> Table:
    table = Table("", "Eintrag", "Wert", "kennt", box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for place, one in enumerate(decision.candidates[:MOST_SUGGESTED], start=1):
        mark = "→" if one.entry == decision.entry or one.entry in decision.suggested else f"{place}"
        table.add_row(mark, one.entry, number(one.score), percent(one.explained))
        table.add_row("", f"[dim]„{escape(one.phrasing)}“[/]", "", "")
    return table


def _against(console: Console, ranking: Ranking) -> None:
    if ranking.counterexample:
        rival = ranking.counterexample
        console.print(f"\n[bold]Nächstes Gegenbeispiel[/]  {number(rival.score)}  [dim]({escape(rival.name)})[/]")
        console.print(f"  [dim]„{escape(rival.text)}“[/]")
    if ranking.small_talk:
        rival = ranking.small_talk
        console.print(f"\n[bold]Nächster Small Talk[/]  {number(rival.score)}  [dim]({escape(rival.name)})[/]")
        console.print(f"  [dim]„{escape(rival.text)}“[/]")


def _sentence(console: Console, question: Ranking) -> None:
    best = question.candidates[0] if question.candidates else None
    found = f"{best.entry} {number(best.score)}" if best else "kein Eintrag"
    console.print(f"\n[bold]Frage für sich[/]  „{escape(question.text)}“\n  {escape(found)}")


def _rule(explanation: Explanation) -> Iterator[str]:
    decision, limits = explanation.decision, explanation.thresholds
    best = decision.candidates[0] if decision.candidates else None
    yield {
        Rule.NOISE: "Die Nachricht nennt nichts, wonach man suchen könnte: Small Talk.",
        Rule.SMALL_TALK: f"Small Talk ist wahrscheinlicher als jeder Eintrag (mindestens {number(limits.small_talk)}).",
        Rule.UNKNOWN: "Kein Wort ist bekannt: Weiterleitung.",
        Rule.SURE: "Sicher genug für eine Antwort:",
        Rule.UNSURE: f"Nicht sicher genug für eine Antwort, aber für Vorschläge (ab {number(limits.suggest)}):",
        Rule.KEYWORD: "Ein bloßes Stichwort, von dem mehrere Einträge sprechen: Vorschläge.",
        Rule.UNLIKELY: f"Zu unwahrscheinlich, auch für Vorschläge (ab {number(limits.suggest)}): Weiterleitung.",
        Rule.SEVERAL: "Mehrere Fragen: Über jede wurde einzeln entschieden, siehe oben.",
        Rule.TOO_MANY: "Sehr viele Fragen auf einmal: Das liest ein Mensch.",
        None: escape(decision.reason),
    }[decision.rule]
    if best and decision.rule in (Rule.SURE, Rule.UNSURE, Rule.UNLIKELY):
        yield from _tests(best, decision, limits)
        if is_counterexample(explanation.whole):
            yield "✗ steht wörtlich bei den Gegenbeispielen"


def _tests(best: Candidate, decision: Decision, limits: Thresholds) -> Iterator[str]:
    second = decision.candidates[1].score if len(decision.candidates) > 1 else 0.0
    yield _test("Wert", number(best.score), number(limits.answer), best.score >= limits.answer)
    lead = best.score - second
    yield _test("Abstand zum Zweiten", number(lead), number(limits.margin), lead >= limits.margin)
    enough = best.explained >= limits.explained
    yield _test("kennt von der Frage", percent(best.explained), percent(limits.explained), enough)


def _test(name: str, value: str, needed: str, passed: bool) -> str:
    return f"{'✓' if passed else '✗'} {name:<20} {value:>6}   für eine Antwort nötig {needed}"


def number(value: float) -> str:
    """Two decimals with a German comma."""
    return f"{value:.2f}".replace(".", ",")


def percent(value: float) -> str:
    """A share in whole percent."""
    return f"{round(100 * value)} %"


def why_as_values(explanation: Explanation) -> dict[str, Any]:
    """The same for `--json`: `words` (written, stem, weight, matches), `counterexample`, `small_talk`, `rule`."""
    whole = explanation.whole
    return {
        "rule": explanation.decision.rule,
        "thresholds": {"answer": round(explanation.thresholds.answer, 4), "suggest": explanation.thresholds.suggest},
        "compared": list(explanation.compared),
        "words": [
            {
                "written": one.written,
                "stem": one.word.stem,
                "weight": round(one.weight, 4),
                "matches": [
                    {"how": match.how, "known": match.known, "share": round(match.share, 4)} if match else None
                    for match in one.matches
                ],
            }
            for one in explanation.words
        ],
        "counterexample": _rival(whole.counterexample),
        "small_talk": _rival(whole.small_talk),
        "answers": explanation.decision.outcome is Outcome.ANSWER,
    }


def _rival(rival: Any) -> dict[str, Any] | None:
    return {"name": rival.name, "text": rival.text, "score": round(rival.score, 4)} if rival else None
