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
from bot.matching.memory import Remembering
from bot.matching.text import sound

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int32]

STEMS, PAIRS, GAPS, GRAMS, SOUNDS = range(5)
SHARES = np.array([1.0, 0.4, 0.25, 1.0, 0.5], dtype=np.float32) / np.float32(3.15)  # of the square of the length
GRAM_SIZES = (3, 4)
SOUND_SIZES = (2, 3, 4)
BLOCKS = len(SHARES)
LARGE = 30_000  # of more texts, features that a fiftieth of all have are left out: they cost much and say little
COMMON = 0.02
TOGETHER = 4096
STOP_WORD = 0.7  # worth of a stop word beside another
PART = 0.85  # worth of a stem that was found only as a part of a compound


class FeatureSpace:
    """Knows the features of some texts, and how rare each is."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._of_word: dict[Word, tuple[Integers, Floats]] = {}
        self._known_word = Remembering(self._find_word, 16384)
        self._idf = np.zeros(0, dtype=np.float32)
        self._blocks = np.zeros(0, dtype=np.int64)

    def learn(self, rows: Sequence[list[Word]]) -> sparse.csr_matrix:
        """Learn these texts, once. Gives one row a text, of length one.

        A text that lacks a block is shorter: one of two words has no gap, one of one no pair, one of none has nothing.
        """
        lengths, features, counts = self._count_all(rows)
        self._blocks = np.array([_BLOCK[name[0]] for name in self._numbers], dtype=np.int64)
        frequency = np.bincount(features, minlength=len(self._numbers))
        self._idf = (np.log((1 + len(rows)) / (1 + frequency)) + 1).astype(np.float32)
        if len(rows) > LARGE:
            self._idf[(frequency > COMMON * len(rows)) & (self._blocks != STEMS)] = 0
        kept = self._idf[features] > 0
        row = np.repeat(np.arange(len(rows), dtype=np.int32), lengths)[kept]
        features, values = features[kept], counts[kept] * self._idf[features[kept]]
        block = row * np.int32(BLOCKS) + self._blocks[features].astype(np.int32)
        squares = np.bincount(block, values**2, minlength=len(rows) * BLOCKS)
        values *= self._scale(squares.reshape(-1, BLOCKS)).reshape(-1)[block]
        bounds = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=len(rows)))])
        return sparse.csr_matrix((values, features, bounds), shape=(len(rows), len(self._numbers)), dtype=np.float32)

    def vector(self, words: list[Word]) -> tuple[Integers, Floats]:
        """A text's features as far as they are known here, and their values; of length one at most."""
        numbers, counts = self._count(words, learn=False)
        values: Floats = counts * self._idf[numbers]
        blocks = self._blocks[numbers]
        squares = np.bincount(blocks, values**2, minlength=BLOCKS)
        scaled: Floats = values * self._scale(squares)[blocks]
        return numbers, scaled

    def _count_all(self, rows: Sequence[list[Word]]) -> tuple[Integers, Integers, Floats]:
        """How many features each text has; all their features, and their counts, one text after the other."""
        lengths, features, counts = [], [np.zeros(0, np.int32)], [np.zeros(0, np.float16)]
        for start in range(0, len(rows), TOGETHER):  # small arrays of very many texts would take most of the memory
            counted = [self._count(words, learn=True) for words in rows[start : start + TOGETHER]]
            lengths += [len(numbers) for numbers, _ in counted]
            features.append(np.concatenate([numbers for numbers, _ in counted]))
            counts.append(np.concatenate([values for _, values in counted]).astype(np.float16))
        return np.array(lengths, dtype=np.int32), np.concatenate(features), np.concatenate(counts).astype(np.float32)

    def _scale(self, squares: npt.ArrayLike) -> Floats:
        return np.sqrt(SHARES / np.maximum(squares, 1e-12)).astype(np.float32)

    def _count(self, words: list[Word], *, learn: bool) -> tuple[Integers, Floats]:
        """Every feature of a text once, in ascending order, with the logarithm of how often it occurs."""
        found = [self._learn_word(word) if learn else self._known_word(word) for word in words]
        stems = [word.stem for word in words]
        pairs = [f"+{left} {right}" for left, right in pairwise(stems)]
        pairs += [f"-{left} {right}" for left, right in zip(stems, stems[2:], strict=False)]
        between = self._learn(pairs) if learn else self._known(pairs)
        numbers = np.concatenate([*(one for one, _ in found), between])
        values = np.concatenate([*(worth for _, worth in found), np.ones(len(between), dtype=np.float32)])
        numbers, where = np.unique(numbers, return_inverse=True)
        counts = np.bincount(where, values, minlength=len(numbers))
        return numbers, np.where(counts > 1, 1 + np.log(np.maximum(counts, 1)), counts).astype(np.float32)

    def _learn_word(self, word: Word) -> tuple[Integers, Floats]:
        """The numbers of a word's features, and what each is worth."""
        ready = self._of_word.get(word)
        if ready is None:
            parts = self._learn(_parts(word))
            ready = self._of_word[word] = _worth(word, parts, self._learn(_features(word)))
        return ready

    def _find_word(self, word: Word) -> tuple[Integers, Floats]:
        ready = self._of_word.get(word)
        if ready is not None:
            return ready
        return _worth(word, self._known(_parts(word)), self._known(_features(word)))

    def _learn(self, names: list[str]) -> Integers:
        return np.array([self._numbers.setdefault(name, len(self._numbers)) for name in names], dtype=np.int32)

    def _known(self, names: list[str]) -> Integers:
        numbers = self._numbers
        return np.array([numbers[name] for name in names if name in numbers], dtype=np.int32)


_BLOCK = {"=": STEMS, "+": PAIRS, "-": GAPS, "#": GRAMS, "%": SOUNDS}  # by the first character of a feature's name


def _worth(word: Word, parts: Integers, others: Integers) -> tuple[Integers, Floats]:
    """Features with what each is worth, those of the parts of a compound first."""
    values = np.ones(len(parts) + len(others), dtype=np.float32)
    values[: len(parts)] = PART
    return np.concatenate([parts, others]), values * np.float32(STOP_WORD if word.is_stop_word else 1)


def _features(word: Word) -> list[str]:
    stems = [f"={word.stem}", *(f"={sense}" for sense in word.senses)]
    return [*stems, *_grams("#", word.folded, GRAM_SIZES), *_grams("%", sound(word.folded), SOUND_SIZES)]


def _parts(word: Word) -> list[str]:
    return [f"={part}" for part in word.parts]


def _grams(mark: str, word: str, sizes: tuple[int, ...]) -> list[str]:
    padded = f" {word} "
    if len(padded) <= sizes[0]:
        return [mark + padded]
    return [mark + padded[at : at + n] for n in sizes for at in range(len(padded) - n + 1)]
