"""What `klbot check` finds: every rule by its name, as an error or as advice."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.desk.lengths import too_long
from bot.desk.words import missing_words
from bot.errors import Complaint
from bot.knowledge import appearance, mistakes, plain, readability, upkeep
from bot.knowledge.entry import KnowledgeBase, Phrasing, Place
from bot.knowledge.lines import Lines
from bot.knowledge.loader import advice
from bot.knowledge.yaml_hints import shown
from bot.matching.decision import Decision, Outcome
from bot.matching.matcher import Matcher


class Severity(StrEnum):
    """What a finding means: an error is mended before anything goes live, advice when somebody has the time."""

    ERROR = "error"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One complaint, by the rule that found it."""

    complaint: Complaint
    severity: Severity
    rule: str


def errors(rule: str, complaints: Iterable[Complaint]) -> Iterator[Finding]:
    """As errors."""
    return (Finding(one, Severity.ERROR, rule) for one in complaints)


def hints(rule: str, complaints: Iterable[Complaint]) -> Iterator[Finding]:
    """As advice."""
    return (Finding(one, Severity.ADVICE, rule) for one in complaints)


def said(base: KnowledgeBase, lines: Lines, now: datetime) -> Iterator[Finding]:
    """What can be seen without asking the matcher. `now`: in the city."""
    missing = missing_words(base)
    yield from errors("wording", missing)
    yield from errors("date", mistakes.wrong_dates(base, now))
    yield from errors("synonyms", mistakes.unknown_synonyms(base))
    if not missing:  # the frame of an answer is made of wording
        yield from errors("length", too_long(base))
    yield from hints("phrasing", advice(base))
    yield from hints("outdated", upkeep.outdated(base, now.date()))
    yield from hints("english", upkeep.untranslated(base))
    yield from hints("source", upkeep.unsourced(base))
    yield from hints("undated", upkeep.undated(base, lines))
    yield from hints("hard-word", readability.hard_words(base, lines))
    yield from hints("long-sentence", readability.long_sentences(base, lines))
    yield from hints("plain", plain.not_plain(base, lines))
    yield from hints("plain", plain.not_yet_plain(base))
    yield from hints("quotes", appearance.quoted(base, lines))
    yield from hints("markup", appearance.marked_up(base, lines))
    yield from hints("long-question", appearance.long_questions(base))


def matched(base: KnowledgeBase, matcher: Matcher) -> Iterator[Finding]:
    """What the matcher makes of the phrasings."""
    phrasings = [phrasing for entry in base.entries() for phrasing in entry.phrasings]
    near = matcher.twins()
    told: set[tuple[str, str]] = set()
    for twin in near:
        one, other = phrasings[twin.one], phrasings[twin.other]
        if (one.entry, other.entry) not in told and _letters(one) != _letters(other):
            told.add((one.entry, other.entry))
            yield from hints("twin", [_twin(one, other, twin.score)])
    for number, decision in matcher.astray(near):
        yield from hints("astray", [_astray(phrasings[number], decision)])


def _twin(one: Phrasing, other: Phrasing, score: float) -> Complaint:
    where = f"„{other.entry}“ ({other.place.file}, Zeile {other.place.line})"
    what = f"„{shown(one.text)}“ ähnelt „{shown(other.text)}“ bei {where} mit {_number(score)}"
    return _at(one.place, f"{what}; fragen beide dasselbe, streichen Sie eine, sonst sagen Sie den Unterschied dazu.")


def _astray(phrasing: Phrasing, decision: Decision) -> Complaint:
    what = f"„{shown(phrasing.text)}“ führt nicht zu „{phrasing.entry}“, sondern {_to(decision)}"
    how = "sagen Sie sie deutlicher, oder ergänzen Sie ähnliche; klbot ask --why zeigt, woran es liegt."
    return _at(phrasing.place, f"{what}; {how}")


def _to(decision: Decision) -> str:
    if decision.outcome is Outcome.SMALLTALK:
        return "zu Small Talk"
    if decision.outcome is Outcome.FORWARD:
        return "zum Team"
    return f"zu „{decision.entry or decision.suggested[0]}“"


def _letters(phrasing: Phrasing) -> str:
    return "".join(letter for letter in phrasing.text.casefold() if letter.isalnum())


def _number(value: float) -> str:
    return f"{value:.2f}".replace(".", ",")


def _at(place: Place, text: str) -> Complaint:
    return Complaint(place.file, place.line, place.column, text)
