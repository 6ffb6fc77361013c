"""Who is measured: one value that learns a knowledge base and guesses which entry a question asks for."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process, utils

from bot.knowledge.entry import KnowledgeBase, LabelledQuestion
from bot.matching.decision import Decision, Outcome
from bot.matching.matcher import Matcher
from tests.benchmarks.metrics import Guess, Own
from tests.benchmarks.sets import QuestionSet, Said, said

FOLDS = 5
RANKS = 3
ROWS = 200  # questions compared with all phrasings at a time, which bounds memory
Floats = NDArray[np.floating[Any]]


class Peer(Protocol):
    """One way to find the entry. `ranks`: how many entries it can rank. `most`: comparisons it is given time for."""

    name: str
    ranks: int
    most: int | None

    def fit(self, question_set: QuestionSet) -> None:
        """Learn the set's knowledge base, never its rows."""

    def answer(self, text: str) -> object:
        """Do for one citizen's question what has to be done: this call is timed."""

    def guesses(self, questions: Sequence[LabelledQuestion]) -> list[Guess]:
        """A guess for each question, however it is fastest."""


class Ours:
    """The bot's matcher. It may learn from labelled questions of its base, but never from the one it is asked."""

    name = "klbot"
    ranks = RANKS
    most: int | None = None

    def fit(self, question_set: QuestionSet) -> None:
        """Build the matcher as the bot does."""
        self._base = question_set.base
        self._matcher = Matcher(self._base)

    def answer(self, text: str) -> Decision:
        """The whole decision, of which the ranking is a part."""
        return self._matcher.decide(text)

    def guesses(self, questions: Sequence[LabelledQuestion]) -> list[Guess]:
        """A question that the base itself holds is asked a matcher that did not learn from it."""
        matchers = {text: matcher for texts, base in folds(self._base) for matcher in [Matcher(base)] for text in texts}
        return [_guess(matchers.get(one.text, self._matcher), one.text) for one in questions]


def folds(base: KnowledgeBase) -> list[tuple[frozenset[str], KnowledgeBase]]:
    """Each fifth of the base's own labelled questions, with the base that lacks them; nothing if it has none."""
    found = []
    for fold in range(FOLDS if base.questions else 0):
        texts = frozenset(one.text for one in base.questions[fold::FOLDS])
        rest = tuple(one for one in base.questions if one.text not in texts)
        found.append((texts, replace(base, questions=rest)))
    return found


def _guess(matcher: Matcher, text: str) -> Guess:
    candidates = matcher.rank(text).candidates
    decision = matcher.decide(text)
    return Guess(
        ranked=tuple(one.entry for one in candidates[:RANKS]),
        confidence=candidates[0].score if candidates else 0.0,
        abstains=decision.outcome is Outcome.SMALLTALK,
        own=Own(decision.entry, decision.suggested),
    )


class Known:
    """The texts a peer learns, and how their scores become a guess. Texts of one label stand side by side."""

    def __init__(self, texts: Sequence[Said]) -> None:
        self.labels: list[str | None] = list(dict.fromkeys(one.label for one in texts))
        place = {label: number for number, label in enumerate(self.labels)}
        ordered = sorted(texts, key=lambda one: place[one.label])
        self.texts = [one.text for one in ordered]
        self.owners = [one.label for one in ordered]
        self._starts = np.searchsorted([place[one.label] for one in ordered], np.arange(len(self.labels)))

    def guess(self, scores: Floats) -> Guess:
        """From the score of every text: a label is as near as its nearest text."""
        return guess_of(self.labels, np.maximum.reduceat(scores, self._starts))


def guess_of(labels: Sequence[str | None], scores: Floats) -> Guess:
    """From the score of every label. The confidence is that of the best entry; nobody on top means to abstain."""
    order = [int(number) for number in np.argsort(-scores, kind="stable")[: RANKS + 1]]
    entries = [number for number in order if labels[number] is not None][:RANKS]
    if not entries:
        return Guess(abstains=True)
    ranked = tuple(label for number in entries if (label := labels[number]) is not None)
    return Guess(ranked, float(scores[entries[0]]), abstains=labels[order[0]] is None)


class Fuzzy:
    """rapidfuzz over all phrasings, cleaned beforehand by its own `default_process`."""

    ranks = RANKS

    def __init__(self, name: str, scorer: Callable[..., float], most: int) -> None:
        self.name = name
        self.most: int | None = most
        self._scorer = scorer

    def fit(self, question_set: QuestionSet) -> None:
        """Clean every phrasing once."""
        self._known = Known(said(question_set.base))
        self._choices = [utils.default_process(text) for text in self._known.texts]

    def answer(self, text: str) -> str | None:
        """The label of the phrasing that `extractOne` finds."""
        found = process.extractOne(text, self._choices, scorer=self._scorer, processor=utils.default_process)
        return self._known.owners[found[2]] if found else None

    def guesses(self, questions: Sequence[LabelledQuestion]) -> list[Guess]:
        """The same scores by `cdist`, on every core."""
        cleaned = [utils.default_process(one.text) for one in questions]
        found = []
        for start in range(0, len(cleaned), ROWS):
            some = cleaned[start : start + ROWS]
            scores = process.cdist(some, self._choices, scorer=self._scorer, dtype=np.float64, workers=-1)
            found += [self._known.guess(row) for row in scores]
        return found


def w_ratio() -> Fuzzy:
    """The scorer that `process.extractOne` takes unless told otherwise."""
    return Fuzzy("rapidfuzz WRatio", fuzz.WRatio, most=40_000_000)


def token_set() -> Fuzzy:
    """The scorer that forgives missing and additional words."""
    return Fuzzy("rapidfuzz token_set", fuzz.token_set_ratio, most=90_000_000)
