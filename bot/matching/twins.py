"""Texts that are nearly the same, found among very many without comparing each with each.

Features are taken rarest first. Two texts with a cosine of at least `least` share a feature among the first of either:
what the rest of a text, shorter than `least`, could add would not be enough (Bayardo, Ma and Srikant, Scaling up all
pairs similarity search, WWW 2007). So only texts that share such a feature are compared in full.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from bot.matching.features import Floats, Integers

LEAST = 0.75  # from here on, people would call two phrasings the same question in other words
TOGETHER = 4096


@dataclass(frozen=True, slots=True)
class Twin:
    """Two texts by their numbers, the first one first, and their likeness from 0 to 1."""

    one: int
    other: int
    score: float


def twins(rows: sparse.csr_matrix, owners: Integers, least: float = LEAST) -> list[Twin]:
    """Pairs of texts of different owners that are at least so alike, the likest first.

    `rows`: the features of the texts, a row each.
    """
    texts = _of_length_one(rows)
    first = _first_features(texts, least)
    found = [twin for one, other in _candidates(first, owners) for twin in _compared(texts, one, other, least)]
    return sorted(found, key=lambda twin: (-twin.score, twin.one, twin.other))


def _of_length_one(rows: sparse.csr_matrix) -> sparse.csr_matrix:
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    return sparse.csr_matrix(sparse.diags(1 / np.maximum(lengths, 1e-9).astype(np.float32)) @ rows)


def _first_features(texts: sparse.csr_matrix, least: float) -> sparse.csr_matrix:
    """Of each text the rarest features, until those that are left are shorter than `least`."""
    counts = np.diff(texts.indptr)
    row = np.repeat(np.arange(texts.shape[0]), counts)
    frequency = np.bincount(texts.indices, minlength=texts.shape[1])
    order = np.lexsort((texts.indices, frequency[texts.indices], row))
    features, values = texts.indices[order], texts.data[order]
    squares = values.astype(np.float64) ** 2
    sums = np.concatenate([[0.0], np.cumsum(squares)])
    before = sums[:-1] - np.repeat(sums[texts.indptr[:-1]], counts)
    kept = 1 - before >= least * least - 1e-6
    bounds = np.concatenate([[0], np.cumsum(np.bincount(row[kept], minlength=texts.shape[0]))])
    return sparse.csr_matrix((values[kept], features[kept], bounds), shape=texts.shape)


def _candidates(
    first: sparse.csr_matrix, owners: Integers
) -> Iterator[tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]]:
    """Texts of different owners that share a feature, each pair once, some thousands together."""
    turned = first.T.tocsr()
    for start in range(0, first.shape[0], TOGETHER):
        shared = (first[start : start + TOGETHER] @ turned).tocoo()
        one, other = shared.row.astype(np.intp) + start, shared.col.astype(np.intp)
        wanted = (other > one) & (owners[one] != owners[other])
        one, other = one[wanted], other[wanted]
        for at in range(0, len(one), TOGETHER):
            yield one[at : at + TOGETHER], other[at : at + TOGETHER]


def _compared(
    texts: sparse.csr_matrix, one: npt.NDArray[np.intp], other: npt.NDArray[np.intp], least: float
) -> Iterator[Twin]:
    scores: Floats = np.asarray(texts[one].multiply(texts[other]).sum(axis=1)).ravel()
    for number in np.flatnonzero(scores >= least):
        yield Twin(int(one[number]), int(other[number]), min(1.0, float(scores[number])))
