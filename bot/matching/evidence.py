"""How much a text is each class's own: entries, "nobody" (counterexamples), and kinds of small talk.

A margin is above 0 for a text that is rather the class's own, about 1 for one that surely is, about -1 for one that
surely is not. Where classes have enough phrasings, a linear model says it; in a base of very many entries, the nearest
phrasing of each.
"""

from typing import Protocol

import numpy as np
from scipy import sparse

from bot.matching.features import Floats, Integers
from bot.matching.linear import HeldOut, fit

MOST_SHARES = 5_000_000  # texts times classes: the linear model's memory while it is fitted
MOST_WEIGHTS = 50_000_000  # features times classes: its memory afterwards, four bytes each
SAMPLE = 400  # texts that the nearest-phrasing model judges as if it did not know them


class Evidence(Protocol):
    """Says how much a text is each class's own. `exact`: whether the likeness it is given must be."""

    exact: bool

    def margins(self, features: Integers, values: Floats, likeness: Floats) -> Floats:
        """One margin a class. `likeness`: how much the text resembles each known text, 0 to 1."""
        ...


def evidence(texts: sparse.csr_matrix, labels: Integers, classes: int, nobody: int) -> tuple[Evidence, HeldOut]:
    """What suits this many texts and classes. `labels`: the class of each text, in ascending order."""
    many, features = texts.shape
    if many * classes <= MOST_SHARES and features * classes <= MOST_WEIGHTS:
        return fit(texts, labels, classes, nobody)
    nearest = Nearest(labels, classes)
    return nearest, nearest.held_out(texts)


class Nearest:
    """Takes a class for as near as its nearest text."""

    exact = True

    def __init__(self, labels: Integers, classes: int) -> None:
        self._labels = labels
        self._classes = classes
        self._starts = np.searchsorted(labels, np.arange(classes))

    def margins(self, features: Integers, values: Floats, likeness: Floats) -> Floats:
        """The likeness of the nearest text of each class, stretched from -1 to 1."""
        best = np.maximum.reduceat(np.append(likeness, np.float32(0)), self._starts)
        empty = np.diff(np.append(self._starts, len(self._labels))) == 0
        return np.where(empty, -1, 2 * best - 1).astype(np.float32)

    def held_out(self, texts: sparse.csr_matrix) -> HeldOut:
        """Evenly spread texts, compared with all others."""
        many = len(self._labels)
        held = np.unique(np.linspace(0, many - 1, min(SAMPLE, many)).astype(np.int32))
        likeness = (texts[held] @ texts.T).toarray()
        likeness[np.arange(len(held)), held] = 0
        nothing = np.zeros(0, dtype=np.int32)
        rows = [self.margins(nothing, nothing.astype(np.float32), row) for row in likeness]
        return HeldOut(held, np.array(rows, dtype=np.float32))
