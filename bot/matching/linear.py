"""What many phrasings teach together: a linear model over their features, fitted when the matcher is built.

One support vector machine a class (squared hinge, L2) against all others, all fitted at once by a finite Newton method
with conjugate gradients: Mangasarian, A finite Newton method for classification, Optimization Methods and Software 17
(2002); Keerthi and DeCoste, JMLR 6 (2005). It learns which words tell near entries apart and which make a question one
that nobody answers; the nearest phrasing alone sees neither.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from bot.matching.features import Floats, Integers

RIDGE = 0.4  # smoothing; accuracy is flat between 0.15 and 0.5
BIAS = 0.1  # a constant feature that every text has; a large one would make the equations hard to solve
STEPS = (4, 12)  # Newton's, and inside each conjugate gradients'; with fewer, the order of texts would show
MANY_STEPS = (5, 16)  # of more than DENSE texts, whose equations are harder
LENGTHS = (1.0, 0.7, 0.4, 0.2, 0.1)  # of a Newton step; a full one may overshoot
SETTLED = 1e-3  # share of texts that still change sides
DENSE = 6000  # up to so many texts the square matrix of their likeness is faster than the features themselves
FOLD = 4  # every fourth text is held out once

Product = Callable[[Floats], Floats]
Sides = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Some of the known texts by their numbers, and their margins by a model that does not know them, a row each."""

    numbers: Integers
    margins: Floats


class LinearModel:
    """Margins of texts by their features."""

    exact = False

    def __init__(self, texts: sparse.csr_matrix, shares: Floats) -> None:
        """`shares`: what each text adds to each class."""
        self._weights: Floats = np.ascontiguousarray(texts.T @ shares, dtype=np.float32)
        self._bias: Floats = BIAS * shares.sum(axis=0)

    def margins(self, features: Integers, values: Floats, likeness: Floats) -> Floats:
        """One number a class for a text with these features; `likeness` is not looked at."""
        return values @ self._weights[features] + self._bias


def fit(texts: sparse.csr_matrix, labels: Integers, classes: int, nobody: int) -> tuple[LinearModel, HeldOut]:
    """The model of these texts, and how it does without every fourth of them.

    `texts`: one row of features a text; `labels`: its class, 0 to `classes` - 1; `nobody`: the class of what nobody
    answers, which a text without any known feature belongs to.
    """
    texts = sparse.vstack([texts, sparse.csr_matrix((1, texts.shape[1]), dtype=np.float32)]).tocsr()
    labels = np.append(labels, nobody)
    square: Floats | None = (texts @ texts.T).toarray() if len(labels) <= DENSE else None
    shares = _solve_all(_likeness(texts, square), labels, classes)
    held = np.arange(FOLD - 1, len(labels) - 1, FOLD)
    known = np.setdiff1d(np.arange(len(labels)), held)
    part = square[np.ix_(known, known)] if square is not None else None
    without = _solve_all(_likeness(texts[known], part), labels[known], classes)
    margins: Floats = texts[held] @ (texts[known].T @ without) + BIAS * without.sum(axis=0)
    return LinearModel(texts, shares), HeldOut(held.astype(np.int32), margins)


def _likeness(texts: sparse.csr_matrix, square: Floats | None) -> Product:
    """Multiplies by the likeness of every text with every other."""
    turned = texts.T.tocsr()

    def product(vectors: Floats) -> Floats:
        found = square @ vectors if square is not None else texts @ (turned @ vectors)
        result: Floats = found + BIAS * vectors.sum(axis=0)
        return result

    return product


def _solve_all(product: Product, labels: Integers, classes: int) -> Floats:
    """What each text adds to each class."""
    wanted = np.full((len(labels), classes), -1, dtype=np.float32)
    wanted[np.arange(len(labels)), labels] = 1
    shares, margins = np.zeros_like(wanted), np.zeros_like(wanted)
    near = np.ones_like(wanted, dtype=bool)  # the texts that are not yet beyond the margin, for each class
    newton, inner = STEPS if len(labels) <= DENSE else MANY_STEPS
    for _ in range(newton):
        towards = _solve(product, near, wanted, np.where(near, shares, 0), inner)
        shares, margins = _shortened(wanted, shares, margins, *towards)
        still = wanted * margins < 1
        changed = np.mean(still != near)
        near = still
        if changed < SETTLED:
            break
    return shares


def _solve(product: Product, near: Sides, wanted: Floats, shares: Floats, steps: int) -> tuple[Floats, Floats]:
    """Conjugate gradients for (likeness + RIDGE) shares = wanted, among the near texts of each class.

    Gives the shares, and the margins they lead to.
    """
    margins = product(shares)
    rest = np.where(near, wanted - margins, 0) - RIDGE * shares
    step, square = rest, (rest * rest).sum(axis=0)
    enough = 1e-6 * len(wanted)
    for _ in range(steps):
        if square.max(initial=0) < enough:
            break
        change = product(step)
        towards = np.where(near, change, 0) + RIDGE * step
        width = square / np.maximum((step * towards).sum(axis=0), 1e-12)
        shares, margins = shares + width * step, margins + width * change
        rest = rest - width * towards
        smaller = (rest * rest).sum(axis=0)
        step = rest + smaller / np.maximum(square, 1e-12) * step
        square = smaller
    return shares, margins


def _shortened(
    wanted: Floats, shares: Floats, margins: Floats, new_shares: Floats, new_margins: Floats
) -> tuple[Floats, Floats]:
    """As far from the old towards the new shares and margins as makes the loss of each class smallest."""
    way, change = new_shares - shares, new_margins - margins
    losses = [_loss(wanted, shares + length * way, margins + length * change) for length in LENGTHS]
    best = np.array(LENGTHS, dtype=np.float32)[np.argmin(losses, axis=0)]
    return shares + best * way, margins + best * change


def _loss(wanted: Floats, shares: Floats, margins: Floats) -> Floats:
    missing = np.maximum(0, 1 - wanted * margins)
    loss: Floats = RIDGE * (shares * margins).sum(axis=0) + (missing * missing).sum(axis=0)
    return loss
