"""Figures of one peer on one row of questions. Nothing here knows how the guesses were made."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.knowledge.entry import Kind, LabelledQuestion

FEW_WRONG, SOME_WRONG = 0.02, 0.05  # of all traffic
RECALL = 0.7  # of out-of-scope questions


@dataclass(frozen=True, slots=True)
class Own:
    """What a peer does by its own rules: the entry it answers with, and those it offers instead."""

    answer: str | None = None
    offers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Guess:
    """What a peer says to one question.

    `ranked`: entry ids, best first. `confidence`: its own number for the best; any scale, higher is surer.
    `abstains`: it would not answer at any threshold, because a text that nobody answers is nearest.
    """

    ranked: tuple[str, ...] = ()
    confidence: float = -math.inf
    abstains: bool = False
    own: Own | None = None


@dataclass(frozen=True, slots=True)
class OwnFigures:
    """By the peer's own rules. Of in-scope questions: `right`, `offered`; of all: `wrong`; of out-of-scope: `kept`."""

    right: float | None
    offered: float | None
    wrong: float | None
    kept: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares between 0 and 1; None where there is nothing to share.

    `top_1`, `top_3`, and by one threshold chosen in hindsight the share of in-scope questions answered rightly while at
    most 2 % (`few_wrong`) or 5 % (`some_wrong`) of all questions are answered wrongly, or at least 70 % of those
    out of scope are not answered (`at_recall`). `questions`: how many were asked.
    """

    questions: int
    top_1: float | None
    top_3: float | None
    few_wrong: float | None
    some_wrong: float | None
    at_recall: float | None
    own: OwnFigures | None


@dataclass(slots=True)
class _Counts:
    """What happened to the questions answered so far."""

    right: int = 0
    wrong: int = 0
    outside: int = 0


def figures(questions: Sequence[LabelledQuestion], guesses: Sequence[Guess], ranks: int = 3) -> Figures:
    """The figures of these guesses. `ranks`: how many entries the peer ranks; `top_3` is None below three."""
    pairs = list(zip(questions, guesses, strict=True))
    inside = [(question, guess) for question, guess in pairs if question.kind is Kind.IN_SCOPE]
    outside = sum(question.kind is Kind.OUT_OF_SCOPE for question in questions)
    counts = list(_sweep(pairs))

    def most(allowed: Callable[[_Counts], bool]) -> float | None:
        return max(one.right for one in counts if allowed(one)) / len(inside) if inside else None

    return Figures(
        questions=len(pairs),
        top_1=share([_is_among(question, guess.ranked[:1]) for question, guess in inside]),
        top_3=share([_is_among(question, guess.ranked[:3]) for question, guess in inside]) if ranks >= 3 else None,
        few_wrong=most(lambda one: one.wrong <= FEW_WRONG * len(pairs)),
        some_wrong=most(lambda one: one.wrong <= SOME_WRONG * len(pairs)),
        at_recall=most(lambda one: outside - one.outside >= RECALL * outside) if outside else None,
        own=_own(pairs),
    )


def _sweep(pairs: Sequence[tuple[LabelledQuestion, Guess]]) -> list[_Counts]:
    """What would be answered at every threshold there is, from answering nothing down to answering everything."""
    answering = [pair for pair in pairs if pair[1].ranked and not pair[1].abstains]
    answering.sort(key=lambda pair: -pair[1].confidence)
    steps = [_Counts()]
    running = _Counts()
    for place, (question, guess) in enumerate(answering, start=1):
        is_right = _is_among(question, guess.ranked[:1])
        running.right += is_right and question.kind is Kind.IN_SCOPE
        running.wrong += not is_right
        running.outside += question.kind is Kind.OUT_OF_SCOPE
        if place == len(answering) or answering[place][1].confidence < guess.confidence:
            steps.append(_Counts(running.right, running.wrong, running.outside))
    return steps


def _own(pairs: Sequence[tuple[LabelledQuestion, Guess]]) -> OwnFigures | None:
    decided = [(question, guess.own) for question, guess in pairs if guess.own is not None]
    if not decided:
        return None
    inside = [(question, own) for question, own in decided if question.kind is Kind.IN_SCOPE]
    outside = [own for question, own in decided if question.kind is Kind.OUT_OF_SCOPE]
    return OwnFigures(
        right=share([own.answer in question.entries for question, own in inside]),
        offered=share([_is_among(question, own.offers) for question, own in inside]),
        wrong=share([own.answer is not None and own.answer not in question.entries for question, own in decided]),
        kept=share([own.answer is None for own in outside]),
    )


def _is_among(question: LabelledQuestion, entries: Sequence[str]) -> bool:
    return any(entry in question.entries for entry in entries)


def share(hits: Sequence[bool]) -> float | None:
    """The share of true ones; None of nothing."""
    return sum(hits) / len(hits) if hits else None


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least so many percent of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]
