"""An index of phrasings: which of them a question resembles, and how much.

Two looks at a question. `cosines` compares stems and character n-grams by tf-idf: cheap, every phrasing, finds the
candidates. `coverage` compares word by word with rapidfuzz, only for candidates: the share of the question that a
phrasing explains, and the share of the phrasing that the question explains, both weighed by rarity.
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

from bot.knowledge.entry import Language
from bot.matching import text as texts
from bot.matching.words import STOP_WORDS

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]

GRAMS = (3, 4, 5)
LONGEST_PHRASING = 24  # words of a phrasing that are compared one by one
ALIKE = 70.0  # below this rapidfuzz ratio two words are different words
FOREIGN = 0.6  # worth of a word that no phrasing has, in the length of a question
PART = 0.85  # worth of a word that was found only as a part of a compound
FAINT = 0.05  # least worth of a word, so that a question of stop words alone still has one


@dataclass(frozen=True, slots=True)
class Word:
    """A word as the index compares it: folded, its stem, and the stems it is a compound of, if they are known here."""

    folded: str
    stem: str
    parts: tuple[str, ...] = ()

    @property
    def forms(self) -> tuple[str, ...]:
        """What it can be recognised by: itself first, then its parts."""
        return (self.stem, *self.parts)


class PhraseIndex:
    """Finds phrasings by their number. `stop_weight`: the worth of a stop word beside another equally rare one."""

    def __init__(self, phrasings: Sequence[tuple[str, Language]], stop_weight: float) -> None:
        self.size = len(phrasings)
        self._stop_weight = stop_weight
        plain = [_plain_words(text, language) for text, language in phrasings]
        self._vocabulary = frozenset(word.stem for words in plain for word in words if len(word.stem) >= 3)
        rows = [[self._split(word) for word in words] for words in plain]
        seen = Counter(form for words in rows for form in {form for word in words for form in word.forms})
        self._weights = {stem: max(FAINT, self._idf(count) * self._factor(stem)) for stem, count in seen.items()}
        self._store_words(rows)
        self._store_features(rows)

    # -- words ------------------------------------------------------------------------------------

    def read(self, text: str, language: Language | None) -> list[Word]:
        """The words of a text, stemmed in that language (German when unknown), compounds joined and split."""
        tongue = language or Language.DE
        words = [part for word in _plain_words(text, tongue) for part in self._parted(word, tongue)]
        return [self._split(word) for word in self._joined(words)]

    def knows(self, word: Word) -> bool:
        """Whether a phrasing has this word, or all its parts."""
        return word.stem in self._weights or bool(word.parts)

    def is_stop_word(self, word: Word) -> bool:
        """Whether the word carries no topic."""
        return word.stem in STOP_WORDS or len(word.stem) < 2

    def weight(self, word: Word) -> float:
        """The worth of a word: rare ones count more, stop words little, unknown ones like the rarest."""
        known = self._weights.get(word.stem)
        return known if known is not None else max(FAINT, self._idf(0.5) * self._factor(word.stem))

    def _idf(self, count: float) -> float:
        return math.log((1 + self.size) / (0.5 + count))

    def _factor(self, stem: str) -> float:
        return self._stop_weight if stem in STOP_WORDS or len(stem) < 2 else 1.0

    def _split(self, word: Word) -> Word:
        parts = texts.split_compound(word.stem, self._vocabulary)
        return replace(word, parts=parts) if parts else word

    def _is_foreign(self, word: Word) -> bool:
        return word.stem not in self._weights and word.stem not in STOP_WORDS and not word.parts

    def _parted(self, word: Word, language: Language) -> list[Word]:
        """Two words that were typed without a space ("kannich"), if one is a stop word and the other is known too."""
        folded = word.folded
        if self._is_foreign(word):
            for cut in range(3, len(folded) - 2):
                left, right = folded[:cut], folded[cut:]
                if {left, right} & STOP_WORDS:
                    halves = [Word(half, texts.stem(half, language)) for half in (left, right)]
                    if not any(self._is_foreign(half) for half in halves):
                        return halves
        return [word]

    def _joined(self, words: list[Word]) -> Iterator[Word]:
        left: Word | None = None
        for word in words:
            together = left.folded + word.stem if left else ""
            if left and len(left.folded) >= 3 <= len(word.stem) and together in self._vocabulary:
                yield Word(left.folded + word.folded, together)
                left = None
                continue
            if left:
                yield left
            left = word
        if left:
            yield left

    def _store_words(self, rows: list[list[Word]]) -> None:
        units: dict[str, int] = {}
        self._units: list[Word] = []
        self._rows: Integers = np.full((self.size, LONGEST_PHRASING), -1, dtype=np.int64)
        for number, words in enumerate(rows):
            unique = list({word.stem: word for word in words}.values())[:LONGEST_PHRASING]
            for word in unique:
                if units.setdefault(word.stem, len(units)) == len(self._units):
                    self._units.append(word)
            self._rows[number, : len(unique)] = [units[word.stem] for word in unique]
        weights = [self.weight(unit) for unit in self._units]
        self._unit_weights: Floats = np.array([*weights, 0.0], dtype=np.float32)  # unit -1, the filling, weighs nothing

    # -- features ---------------------------------------------------------------------------------

    def _store_features(self, rows: list[list[Word]]) -> None:
        """An inverted index: for each feature the phrasings that have it, with their share of the cosine."""
        self._numbers: dict[str, int] = {}
        self._of_word: dict[Word, tuple[Integers, Floats]] = {}
        for words in rows:
            for word in words:
                if word not in self._of_word:
                    self._of_word[word] = self._number(word)
        phrasing, feature, weights = self._count(rows)
        frequency = np.bincount(feature, minlength=len(self._numbers))
        self._idfs = np.log((1 + self.size) / (0.5 + frequency)).clip(FAINT).astype(np.float32)
        self._is_stem = np.array([name[0] == "=" for name in self._numbers], dtype=bool)
        weights *= self._idfs[feature]
        for block in (self._is_stem[feature], ~self._is_stem[feature]):
            squares = np.bincount(phrasing[block], weights[block] ** 2, minlength=self.size)
            weights[block] /= np.sqrt(2 * np.maximum(squares, 1e-12))[phrasing[block]]
        bounds = np.searchsorted(phrasing, np.arange(self.size + 1))
        self._own = [slice(int(begin), int(end)) for begin, end in pairwise(bounds)]
        self._feature, self._share = feature, weights
        order = np.argsort(feature, kind="stable")
        self._post_phrasing, self._post_share = phrasing[order], weights[order]
        self._starts = np.concatenate([[0], np.cumsum(frequency)])

    def _number(self, word: Word) -> tuple[Integers, Floats]:
        """The features of a word as new or known numbers, and what each counts."""
        factor = self._factor(word.stem)
        names = _features(word)
        numbers = np.array([self._numbers.setdefault(name, len(self._numbers)) for name, _ in names], dtype=np.int64)
        return numbers, factor * np.array([value for _, value in names], dtype=np.float32)

    def _find(self, word: Word) -> tuple[Integers, Floats]:
        """The features of a word as far as they are known here, and what each counts."""
        ready = self._of_word.get(word)
        if ready is not None:
            return ready
        known = [(self._numbers[name], value) for name, value in _features(word) if name in self._numbers]
        values = np.array([value for _, value in known], dtype=np.float32)
        return np.array([number for number, _ in known], dtype=np.int64), self._factor(word.stem) * values

    def _count(self, rows: list[list[Word]]) -> tuple[Integers, Integers, Floats]:
        """Text number, feature and root of its count, for every feature of every text, in this order."""
        found = [[self._find(word) for word in words] for words in rows]
        lengths = [sum(len(numbers) for numbers, _ in words) for words in found]
        features = [numbers for words in found for numbers, _ in words]
        values = [value for words in found for _, value in words]
        if not sum(lengths):
            return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.float32)
        many = len(self._numbers)
        keys, where = np.unique(
            np.repeat(np.arange(len(rows)), lengths) * many + np.concatenate(features), return_inverse=True
        )
        counts = np.sqrt(np.bincount(where, np.concatenate(values))).astype(np.float32)
        return keys // many, keys % many, counts

    def cosines(self, words: list[Word]) -> Floats:
        """How much each phrasing resembles these words, 0 to 1."""
        _, features, values = self._count([words])
        values *= self._idfs[features]
        is_stem = self._is_stem[features]
        for block, foreign in ((is_stem, self._foreign(words)), (~is_stem, 0.0)):
            values[block] /= math.sqrt(2 * (float(values[block] @ values[block]) + foreign) or 1.0)
        return self._spread(features, values)

    def _foreign(self, words: list[Word]) -> float:
        """What words that no phrasing has add to the square of the question's length: they make it less alike."""
        foreign = {word.stem for word in words if self._is_foreign(word)}
        return FOREIGN * sum(self.weight(Word(stem, stem)) ** 2 for stem in foreign)

    def likeness(self) -> Floats:
        """The cosine of every phrasing with every other, as a square matrix."""
        rows = [self._spread(self._feature[own], self._share[own]) for own in self._own]
        return np.array(rows, dtype=np.float32).reshape(self.size, self.size)

    def _spread(self, features: Integers, values: Floats) -> Floats:
        begins = self._starts[features]
        lengths = self._starts[features + 1] - begins
        ends = np.cumsum(lengths)
        at = np.arange(lengths.sum()) + np.repeat(begins - ends + lengths, lengths)
        shares = self._post_share[at] * np.repeat(values, lengths)
        return np.bincount(self._post_phrasing[at], shares, minlength=self.size).astype(np.float32)

    # -- coverage ---------------------------------------------------------------------------------

    def coverage(self, words: list[Word], candidates: Integers) -> tuple[Floats, Floats]:
        """For each candidate: the share of the question it explains, and the share of it the question explains."""
        unique = list({word.stem: word for word in words}.values())
        if not unique or not len(candidates):
            nothing = np.zeros(len(candidates), dtype=np.float32)
            return nothing, nothing
        rows = self._rows[candidates]
        used, where = np.unique(rows, return_inverse=True)
        grid = self._alike(unique, used)[:, where.reshape(rows.shape)]
        worth = np.array([self.weight(word) for word in unique], dtype=np.float32)
        asked = worth @ grid.max(axis=2) / worth.sum()
        weights = self._unit_weights[rows]
        said = (grid.max(axis=0) * weights).sum(axis=1) / weights.sum(axis=1).clip(FAINT)
        return asked, said

    def _alike(self, words: list[Word], used: Integers) -> Floats:
        """How alike each word is to each used unit, 0 to 1."""
        units = [self._units[number] for number in used if number >= 0]
        left = [form for word in words for form in word.forms]
        right = [form for unit in units for form in unit.forms]
        ratios = process.cdist(left, right, scorer=fuzz.ratio, score_cutoff=ALIKE, dtype=np.float32)
        alike = _whole(_whole(np.square(ratios / np.float32(100)), words).T, units).T
        filling = np.zeros((len(words), len(used) - len(units)), dtype=np.float32)
        return np.hstack([filling, alike])


def _plain_words(text: str, language: Language) -> list[Word]:
    return [Word(texts.fold(word), texts.stem(word, language)) for word in texts.clean_words(text)]


def _features(word: Word) -> list[tuple[str, float]]:
    padded = f"<{word.folded}>"
    grams = [padded[at : at + n] for n in GRAMS for at in range(max(1, len(padded) - n + 1))]
    return [(f"={word.stem}", 1.0), *((f"={part}", PART) for part in word.parts), *((gram, 1.0) for gram in grams)]


def _whole(ratios: Floats, words: Sequence[Word]) -> Floats:
    """Rows of forms brought together to rows of words: a word counts by itself or by its parts, weighed by length."""
    firsts = np.cumsum([0, *(1 + len(word.parts) for word in words)])[:-1]
    rows: Floats = ratios[firsts]
    for row, (first, word) in enumerate(zip(firsts, words, strict=True)):
        if word.parts:
            lengths = np.array([len(part) for part in word.parts], dtype=np.float32)
            parts = lengths @ ratios[first + 1 : first + 1 + len(lengths)] / lengths.sum()
            rows[row] = np.maximum(rows[row], PART * parts)
    return rows
