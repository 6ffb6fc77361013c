"""What many phrasings teach together: a linear model over an index, fitted in closed form when it is built.

Kernel ridge regression on the index's own cosines, one column for each entry and one for "no entry" (taught by the
counterexamples). It learns which words tell near entries apart and which make a question one that nobody answers;
both are what the nearest phrasing alone cannot see.
"""

import numpy as np

from bot.matching.index import Floats, Integers, PhraseIndex

RIDGE = 0.3  # smoothing; accuracy is flat between 0.2 and 0.6
MOST_PHRASINGS = 6000  # the square matrix of more would cost too much; the nearest phrasings then speak alone


class Evidence:
    """Says how much a question sounds like each class, from its cosines with all phrasings."""

    def __init__(self, index: PhraseIndex, labels: Integers, classes: int) -> None:
        """`labels`: the class of each phrasing, 0 to `classes` - 1."""
        self._labels = labels
        self._classes = classes
        self._weights = _fit(index, labels, classes) if 0 < index.size <= MOST_PHRASINGS else None

    def of(self, cosines: Floats) -> Floats:
        """One number for each class: about 1 when the question is surely its, about 0 when it is surely not."""
        if self._weights is not None:
            return cosines @ self._weights
        return best_of(cosines, self._labels, self._classes) ** 2


def best_of(values: Floats, labels: Integers, classes: int) -> Floats:
    """The highest value of each class; 0 where it has none."""
    best = np.zeros(classes, dtype=np.float32)
    np.maximum.at(best, labels, values)
    return best


def _fit(index: PhraseIndex, labels: Integers, classes: int) -> Floats:
    likeness = index.likeness()
    likeness[np.diag_indices(index.size)] += RIDGE
    targets = np.zeros((index.size, classes), dtype=np.float32)
    targets[np.arange(index.size), labels] = 1.0
    return np.linalg.solve(likeness, targets).astype(np.float32)
