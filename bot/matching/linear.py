"""What many phrasings teach together: a linear model over their features, fitted when the matcher is built.

One support vector machine a class (squared hinge, L2) against all others, all fitted at once by a finite Newton method
with conjugate gradients: Mangasarian, A finite Newton method for classification, Optimization Methods and Software 17
(2002); Keerthi and DeCoste, JMLR 6 (2005). It learns which words tell near entries apart and which make a question one
that nobody answers; the nearest phrasing alone sees neither.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy import sparse

from bot.matching.features import Floats, Integers

RIDGE = 0.25  # smoothing; accuracy is flat between 0.1 and 0.5
NEWTON_STEPS = 5
INNER_STEPS = 12
SETTLED = 1e-3  # share of texts that still change sides
DENSE = 4000  # up to so many texts the square matrix of their likeness is faster than the features themselves

FOLDS = 4  # models that do not know a part of the texts, to judge these by
Product = Callable[[Floats], Floats]


class LinearModel:
    """Margins of texts by their features."""

    def __init__(self, texts: sparse.csr_matrix, labels: Integers, classes: int, nobody: int) -> None:
        """`texts`: one row of features a text; `labels`: its class, 0 to `classes` - 1.

        `nobody`: the class of what nobody answers, which a text without any known feature belongs to.
        """
        self._texts, self._labels, self._classes, self._nobody = texts, labels, classes, nobody
        self._weights, self._bias = self._fit(np.arange(len(labels)))

    def margins(self, features: Integers, values: Floats, likeness: Floats) -> Floats:
        """One number a class for a text with these features; `likeness` is not looked at."""
        return values @ self._weights[features] + self._bias

    def held_out(self) -> tuple[Integers, Floats]:
        """Every text, or every fourth one of very many, judged by a model that was fitted without it."""
        many = len(self._labels)
        fold = np.arange(many) % FOLDS
        margins = np.zeros((many, self._classes), dtype=np.float32)
        folds = range(FOLDS if many <= DENSE else 1)
        for number in folds:
            weights, bias = self._fit(np.flatnonzero(fold != number))
            margins[fold == number] = self._texts[fold == number] @ weights + bias
        held = np.flatnonzero(fold < len(folds))
        return held, margins[held]

    def _fit(self, known: Integers) -> tuple[Floats, Floats]:
        """The weight of every feature for every class, and the margin of a text without features."""
        empty = sparse.csr_matrix((1, self._texts.shape[1]), dtype=np.float32)
        texts = sparse.vstack([self._texts[known], empty]).tocsr()
        shares = _fit(_likeness(texts), np.append(self._labels[known], self._nobody), self._classes)
        return np.ascontiguousarray(texts.T @ shares, dtype=np.float32), shares.sum(axis=0)


def _likeness(texts: sparse.csr_matrix) -> Product:
    if texts.shape[0] <= DENSE:
        square: Floats = (texts @ texts.T).toarray()
        return lambda vectors: square @ vectors
    turned = texts.T.tocsr()

    def product(vectors: Floats) -> Floats:
        found: Floats = texts @ (turned @ vectors)
        return found

    return product


def _fit(likeness: Product, labels: Integers, classes: int) -> Floats:
    """What each text adds to each class. A constant feature is added to every text, as the bias."""
    wanted = np.full((len(labels), classes), -1, dtype=np.float32)
    wanted[np.arange(len(labels)), labels] = 1
    shares = np.zeros_like(wanted)
    near = np.ones_like(wanted, dtype=bool)  # the texts that are not yet beyond the margin, for each class

    def product(vectors: Floats) -> Floats:
        return likeness(vectors) + vectors.sum(axis=0)

    for _ in range(NEWTON_STEPS):
        shares = _solve(product, near, wanted, np.where(near, shares, 0))
        still = wanted * product(shares) < 1
        changed = np.mean(still != near)
        near = still
        if changed < SETTLED:
            break
    return shares


def _solve(product: Product, near: npt.NDArray[np.bool_], wanted: Floats, start: Floats) -> Floats:
    """Conjugate gradients for (likeness + RIDGE) shares = wanted, among the near texts of each class."""
    shares = start
    rest = np.where(near, wanted - product(shares), 0) - RIDGE * shares
    step, square = rest, (rest * rest).sum(axis=0)
    enough = 1e-6 * len(wanted)
    for _ in range(INNER_STEPS):
        if square.max(initial=0) < enough:
            break
        towards = np.where(near, product(step), 0) + RIDGE * step
        width = square / np.maximum((step * towards).sum(axis=0), 1e-12)
        shares = shares + width * step
        rest = rest - width * towards
        smaller = (rest * rest).sum(axis=0)
        step = rest + smaller / np.maximum(square, 1e-12) * step
        square = smaller
    return shares
