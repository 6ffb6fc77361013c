"""The vector space in which texts are compared: what of a text counts, and how much.

Five blocks, each of length one before it gets its share: stems (with synonym groups and parts of compounds), pairs of
neighbouring stems, pairs with one word between them, character n-grams within words (typos, inflection), and n-grams of
how words sound (dialect: consonants stay where vowels wander). Rare features count more (tf-idf).
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy import sparse

from bot.matching.lexicon import Word
from bot.matching.text import sound

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int32]

STEMS, PAIRS, GAPS, GRAMS, SOUNDS = range(5)
SHARES = np.array([1.0, 0.3, 0.2, 1.0, 0.3], dtype=np.float32) / np.float32(2.8)  # of the square of the length
GRAM_SIZES = (3, 4, 5)
SOUND_SIZES = (2, 3, 4)
PART = 0.85  # worth of a stem that was found only as a part of a compound


class FeatureSpace:
    """The features of some texts. `matrix`: one row a text, of length one (or zero for a text without words)."""

    def __init__(self, rows: Sequence[list[Word]]) -> None:
        self._numbers: dict[str, int] = {}
        self._of_word: dict[Word, tuple[Integers, Floats]] = {}
        counted = [self._count(words, learn=True) for words in rows]
        lengths = [len(numbers) for numbers, _ in counted]
        features = np.concatenate([numbers for numbers, _ in counted]) if rows else np.zeros(0, np.int32)
        values = np.concatenate([counts for _, counts in counted]) if rows else np.zeros(0, np.float32)
        self.size = len(self._numbers)
        self._blocks = np.array([_BLOCK[name[0]] for name in self._numbers], dtype=np.int64)
        frequency = np.bincount(features, minlength=self.size)
        self._idf = (np.log((1 + len(rows)) / (1 + frequency)) + 1).astype(np.float32)
        values = values * self._idf[features]
        row = np.repeat(np.arange(len(rows)), lengths)
        block = row * 5 + self._blocks[features]
        squares = np.bincount(block, values**2, minlength=len(rows) * 5)
        values *= self._scale(squares.reshape(-1, 5)).reshape(-1)[block]
        bounds = np.concatenate([[0], np.cumsum(lengths)])
        self.matrix = sparse.csr_matrix((values, features, bounds), shape=(len(rows), self.size), dtype=np.float32)

    def vector(self, words: list[Word]) -> tuple[Integers, Floats]:
        """A text's features as far as they are known here, and their values; of length one at most."""
        numbers, counts = self._count(words, learn=False)
        values: Floats = counts * self._idf[numbers]
        blocks = self._blocks[numbers]
        squares = np.bincount(blocks, values**2, minlength=5)
        scaled: Floats = values * self._scale(squares)[blocks]
        return numbers, scaled

    def _scale(self, squares: npt.ArrayLike) -> Floats:
        return np.sqrt(SHARES / np.maximum(squares, 1e-12)).astype(np.float32)

    def _count(self, words: list[Word], *, learn: bool) -> tuple[Integers, Floats]:
        """Every feature of a text once, in ascending order, with the logarithm of how often it occurs."""
        found = [self._word(word, learn=learn) for word in words]
        stems = [word.stem for word in words]
        pairs = [f"+{left} {right}" for left, right in pairwise(stems)]
        pairs += [f"-{left} {right}" for left, right in zip(stems, stems[2:], strict=False)]
        found.append(self._number([(name, 1.0) for name in pairs], learn=learn))
        numbers = np.concatenate([one for one, _ in found])
        numbers, where = np.unique(numbers, return_inverse=True)
        counts = np.bincount(where, np.concatenate([values for _, values in found]), minlength=len(numbers))
        return numbers, np.where(counts > 1, 1 + np.log(np.maximum(counts, 1)), counts).astype(np.float32)

    def _word(self, word: Word, *, learn: bool) -> tuple[Integers, Floats]:
        ready = self._of_word.get(word)
        if ready is None:
            ready = self._number(_features(word), learn=learn)
            if learn:
                self._of_word[word] = ready
        return ready

    def _number(self, features: list[tuple[str, float]], *, learn: bool) -> tuple[Integers, Floats]:
        if learn:
            known = [(self._numbers.setdefault(name, len(self._numbers)), value) for name, value in features]
        else:
            known = [(self._numbers[name], value) for name, value in features if name in self._numbers]
        return (
            np.array([number for number, _ in known], dtype=np.int32),
            np.array([value for _, value in known], dtype=np.float32),
        )


_BLOCK = {"=": STEMS, "+": PAIRS, "-": GAPS, "#": GRAMS, "%": SOUNDS}  # by the first character of a feature's name


def _features(word: Word) -> list[tuple[str, float]]:
    stems = [(f"={word.stem}", 1.0), *((f"={sense}", 1.0) for sense in word.senses)]
    parts = [(f"={part}", PART) for part in word.parts]
    return [*stems, *parts, *_grams("#", word.folded, GRAM_SIZES), *_grams("%", sound(word.folded), SOUND_SIZES)]


def _grams(mark: str, word: str, sizes: tuple[int, ...]) -> list[tuple[str, float]]:
    padded = f" {word} "
    if len(padded) <= sizes[0]:
        return [(mark + padded, 1.0)]
    return [(mark + padded[at : at + n], 1.0) for n in sizes for at in range(len(padded) - n + 1)]
