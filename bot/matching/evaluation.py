"""How good a matcher is on labelled questions."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Protocol

from bot.knowledge.entry import Kind, KnowledgeBase, LabelledQuestion
from bot.matching.decision import Decision, Outcome
from bot.matching.rate import Rate

TOP = 3
MOST_WRONG = 0.02  # of all messages; more wrong answers than this no city should want


class Decider(Protocol):
    """What is measured: whatever decides about a message."""

    def decide(self, text: str, /) -> Decision:
        """What to do with this message."""
        ...


@dataclass(frozen=True, slots=True)
class Judged:
    """A labelled message and what was decided about it."""

    question: LabelledQuestion
    decision: Decision

    @property
    def is_top(self) -> bool:
        """Whether a right entry is the best candidate."""
        return any(one.entry in self.question.entries for one in self.decision.candidates[:1])

    @property
    def is_near_top(self) -> bool:
        """Whether a right entry is among the best three candidates."""
        return any(one.entry in self.question.entries for one in self.decision.candidates[:TOP])

    @property
    def is_answered(self) -> bool:
        """Whether the citizen got an answer, right or wrong."""
        return self.decision.outcome is Outcome.ANSWER

    @property
    def is_answered_rightly(self) -> bool:
        """Whether the citizen got the answer to the question."""
        return self.is_answered and self.decision.entry in self.question.entries

    @property
    def is_answered_wrongly(self) -> bool:
        """Whether the citizen got the answer to another question."""
        return self.is_answered and self.decision.entry not in self.question.entries

    @property
    def is_suggested_rightly(self) -> bool:
        """Whether a right entry is among those offered."""
        return any(entry in self.question.entries for entry in self.decision.suggested)

    @property
    def is_helped(self) -> bool:
        """Whether the citizen got a right entry, answered or offered."""
        return self.is_answered_rightly or self.is_suggested_rightly

    @property
    def is_met_well(self) -> bool:
        """Whether the bot did what its best can be: help, keep silent on what it does not know, return small talk."""
        if self.question.kind is Kind.OUT_OF_SCOPE:
            return not self.is_answered
        if self.question.kind is Kind.SMALL_TALK:
            return self.decision.outcome is Outcome.SMALLTALK
        return self.is_helped

    @property
    def is_answerable(self) -> bool:
        """Whether a low enough threshold would answer the message."""
        return bool(self.decision.candidates) and self.decision.outcome is not Outcome.SMALLTALK


@dataclass(frozen=True, slots=True)
class Group:
    """How many messages of one kind that share a style or an entry fared how. `well`: see Judged.is_met_well."""

    name: str
    kind: Kind
    count: int
    top: int
    answered: int
    suggested: int
    well: int
    wrong: int


@dataclass(frozen=True, slots=True)
class Point:
    """How many messages are answered if each is whose best candidate has at least this score, the threshold.

    `answered` = `right` + `wrong` + ambiguous messages with a plausible entry, out of `total`.
    """

    threshold: float
    answered: int
    right: int
    wrong: int
    total: int

    @property
    def coverage(self) -> float:
        """The share of all messages that is answered."""
        return self.answered / self.total

    @property
    def risk(self) -> float:
        """The share of all messages that is answered wrongly."""
        return self.wrong / self.total

    @property
    def error(self) -> float:
        """The share of the answered messages that is answered wrongly."""
        return self.wrong / self.answered


@dataclass(frozen=True, slots=True)
class Report:
    """How a matcher fared. `rates` has what is listed here by name; beside it stand the shares, None of no messages.

    Of in-scope questions: `top_1`, `top_3` (right entry among the best candidates), `answered`, `suggested` (rightly),
    `helped` (one of the two). Of all messages: `wrong` (answered with an entry that is not the question's). Of
    out-of-scope questions: `kept` (not answered), `forwarded` (handed to people at once). Of small talk: `small_talk`
    (met as such). Of ambiguous messages: `plausible` (an entry that fits is answered or offered).
    """

    counts: dict[Kind, int]
    rates: Mapping[str, Rate]
    top_1: float | None
    top_3: float | None
    answered: float | None
    suggested: float | None
    helped: float | None
    wrong: float | None
    kept: float | None
    forwarded: float | None
    small_talk: float | None
    plausible: float | None
    judged: tuple[Judged, ...]

    def by_style(self) -> dict[str, float]:
        """The share of in-scope questions with the right entry on top, for each style."""
        return {one.name: one.top / one.count for one in self.styles() if one.kind is Kind.IN_SCOPE}

    def styles(self) -> tuple[Group, ...]:
        """Every style of every kind, by kind and name."""
        kinds = list(Kind)
        groups = _groups(self.judged, lambda one: (one.question.style, one.question.kind))
        return tuple(sorted(groups, key=lambda one: (kinds.index(one.kind), one.name)))

    def entries(self) -> tuple[Group, ...]:
        """Every entry with in-scope questions, the worst first; a wrong answer counts double."""
        inside = [one for one in self.judged if one.question.kind is Kind.IN_SCOPE]
        groups = _groups(inside, lambda one: (one.question.entries[0], Kind.IN_SCOPE))
        return tuple(sorted(groups, key=lambda one: (one.well - one.count - one.wrong, one.top - one.count, one.name)))

    def curve(self) -> tuple[Point, ...]:
        """What each threshold would do, from the highest score to the lowest: answered more and more, more wrong."""
        ranked = sorted((one for one in self.judged if one.is_answerable), key=_score, reverse=True)
        points: list[Point] = []
        answered = right = wrong = 0
        for threshold, ones in groupby(ranked, key=_score):
            for one in ones:
                answered += 1
                right += one.is_top and one.question.kind is Kind.IN_SCOPE
                wrong += not one.is_top
            points.append(Point(threshold, answered, right, wrong, len(self.judged)))
        return tuple(points)

    def best_within(self, risk: float) -> Point | None:
        """The threshold that answers most while at most this share of all messages is answered wrongly, in hindsight.

        None where every threshold answers too many wrongly, so that nothing may be answered.
        """
        return next((point for point in reversed(self.curve()) if point.risk <= risk), None)

    def right_within(self, risk: float) -> Rate:
        """The in-scope questions that this best threshold answers rightly."""
        best = self.best_within(risk)
        return Rate(best.right if best else 0, self.counts[Kind.IN_SCOPE])

    def answered_wrongly(self) -> list[Judged]:
        """Each message that got the answer to another question."""
        return [one for one in self.judged if one.is_answered_wrongly]

    def not_found(self) -> list[Judged]:
        """Each other in-scope question whose entry is not even near the top."""
        inside = (one for one in self.judged if one.question.kind is Kind.IN_SCOPE)
        return [one for one in inside if not one.is_near_top and not one.is_answered_wrongly]


def evaluate(matcher: Decider, questions: Iterable[LabelledQuestion]) -> Report:
    """Decide every question and compare with what is known about it."""
    judged = tuple(Judged(question, matcher.decide(question.text)) for question in questions)
    of = {kind: [one for one in judged if one.question.kind is kind] for kind in Kind}
    inside, outside = of[Kind.IN_SCOPE], of[Kind.OUT_OF_SCOPE]
    rates = {
        "top_1": _rate(one.is_top for one in inside),
        "top_3": _rate(one.is_near_top for one in inside),
        "answered": _rate(one.is_answered_rightly for one in inside),
        "suggested": _rate(one.is_suggested_rightly for one in inside),
        "helped": _rate(one.is_met_well for one in inside),
        "wrong": _rate(one.is_answered_wrongly for one in judged),
        "kept": _rate(one.is_met_well for one in outside),
        "forwarded": _rate(one.decision.outcome is Outcome.FORWARD for one in outside),
        "small_talk": _rate(one.is_met_well for one in of[Kind.SMALL_TALK]),
        "plausible": _rate(one.is_met_well for one in of[Kind.AMBIGUOUS]),
    }
    shares = {name: rate.share for name, rate in rates.items()}
    return Report({kind: len(ones) for kind, ones in of.items()}, rates, judged=judged, **shares)


def as_published(questions: Iterable[LabelledQuestion], base: KnowledgeBase) -> list[LabelledQuestion]:
    """The questions as they are for citizens, who get nothing from drafts; withdrawn entries are still recognised."""
    known = {entry.id for entry in base.known()}
    return [_without(question, set(question.entries) - known) for question in questions]


def _without(question: LabelledQuestion, hidden: set[str]) -> LabelledQuestion:
    if not hidden:
        return question
    entries = tuple(entry for entry in question.entries if entry not in hidden)
    return replace(question, entries=entries, kind=question.kind if entries else Kind.OUT_OF_SCOPE)


def _rate(hits: Iterable[bool]) -> Rate:
    listed = list(hits)
    return Rate(sum(listed), len(listed))


def _score(one: Judged) -> float:
    return one.decision.candidates[0].score


def _groups(judged: Iterable[Judged], key: Callable[[Judged], tuple[str, Kind]]) -> list[Group]:
    found: dict[tuple[str, Kind], list[Judged]] = {}
    for one in judged:
        found.setdefault(key(one), []).append(one)
    return [
        Group(
            name,
            kind,
            count=len(ones),
            top=sum(one.is_top for one in ones),
            answered=sum(one.is_answered_rightly for one in ones),
            suggested=sum(one.is_suggested_rightly for one in ones),
            well=sum(one.is_met_well for one in ones),
            wrong=sum(one.is_answered_wrongly for one in ones),
        )
        for (name, kind), ones in found.items()
    ]
