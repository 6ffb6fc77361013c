"""An index of phrasings: which of them a question resembles, and how much.

Two looks at a question. `likeness` compares features (tf-idf cosine) by an inverted index and finds the candidates; its
cost is bounded, because of a large index only the rarest features of the question are looked up. `coverage` compares
word by word with rapidfuzz, only for candidates: the share of the question that a phrasing explains, and the share of
the phrasing that the question explains, both weighed by rarity.
"""

from collections.abc import Sequence

import numpy as np
from rapidfuzz import fuzz, process

from bot.matching.features import PART, FeatureSpace, Floats, Integers
from bot.matching.lexicon import FAINT, Lexicon, Word

BUDGET = 60_000  # entries of the inverted index that one question may touch
SHORTLIST = 256  # phrasings compared in full when the budget did not suffice
LONGEST_PHRASING = 24  # words of a phrasing that are compared one by one
ALIKE = 70.0  # below this rapidfuzz ratio two words are different words


class PhraseIndex:
    """Finds phrasings by their number, the place of their row in the lexicon and the feature space."""

    def __init__(self, lexicon: Lexicon, space: FeatureSpace) -> None:
        self._lexicon = lexicon
        self._rows = space.matrix
        columns = space.matrix.tocsc()
        self._starts = columns.indptr.astype(np.int64)
        self._phrasings = columns.indices
        self._shares = columns.data
        self._store_words(lexicon.rows)

    @property
    def size(self) -> int:
        """How many phrasings there are."""
        return int(self._rows.shape[0])

    def likeness(self, features: Integers, values: Floats) -> Floats:
        """How much each phrasing resembles a text, 0 to 1; of a large index 0 for all but the best `SHORTLIST`."""
        lengths = self._starts[features + 1] - self._starts[features]
        if lengths.sum() <= BUDGET:
            return self._spread(features, values, lengths)
        rarest = np.argsort(lengths, kind="stable")
        taken = rarest[: max(1, int(np.searchsorted(np.cumsum(lengths[rarest]), BUDGET)))]
        rough = self._spread(features[taken], values[taken], lengths[taken])
        best = np.argpartition(-rough, SHORTLIST)[:SHORTLIST] if self.size > SHORTLIST else np.arange(self.size)
        text = np.zeros(self._rows.shape[1], dtype=np.float32)
        text[features] = values
        exact = np.zeros(self.size, dtype=np.float32)
        exact[best] = self._rows[best] @ text
        return exact

    def _spread(self, features: Integers, values: Floats, lengths: Integers) -> Floats:
        ends = np.cumsum(lengths)
        at = np.arange(lengths.sum()) + np.repeat(self._starts[features] - ends + lengths, lengths)
        shares = self._shares[at] * np.repeat(values, lengths)
        return np.bincount(self._phrasings[at], shares, minlength=self.size).astype(np.float32)

    def coverage(self, words: Sequence[Word], candidates: Integers) -> tuple[Floats, Floats]:
        """For each candidate: the share of the question it explains, and the share of it the question explains."""
        unique = list({word.stem: word for word in words}.values())
        if not unique or not len(candidates):
            nothing = np.zeros(len(candidates), dtype=np.float32)
            return nothing, nothing
        rows = self._units_of[candidates]
        used, where = np.unique(rows, return_inverse=True)
        grid = self.alike(unique, used)[:, where.reshape(rows.shape)]
        worth = np.array([self._lexicon.weight(word) for word in unique], dtype=np.float32)
        asked = worth @ grid.max(axis=2) / worth.sum()
        weights = self._unit_weights[rows]
        said = (grid.max(axis=0) * weights).sum(axis=1) / weights.sum(axis=1).clip(FAINT)
        return asked, said

    def _store_words(self, rows: Sequence[list[Word]]) -> None:
        units: dict[str, int] = {}
        self._units: list[Word] = []
        self._units_of: Integers = np.full((len(rows), LONGEST_PHRASING), -1, dtype=np.int32)
        for number, words in enumerate(rows):
            unique = list({word.stem: word for word in words}.values())[:LONGEST_PHRASING]
            for word in unique:
                if units.setdefault(word.stem, len(units)) == len(self._units):
                    self._units.append(word)
            self._units_of[number, : len(unique)] = [units[word.stem] for word in unique]
        weights = [self._lexicon.weight(unit) for unit in self._units]
        self._unit_weights: Floats = np.array([*weights, 0.0], dtype=np.float32)  # unit -1, the filling, weighs nothing

    def alike(self, words: Sequence[Word], used: Integers) -> Floats:
        """How alike each word is to each used unit, 0 to 1; 0 for the filling, unit -1, which comes first."""
        units = [self._units[number] for number in used if number >= 0]
        left = [form for word in words for form in word.forms]
        right = [form for unit in units for form in unit.forms]
        ratios = process.cdist(left, right, scorer=fuzz.ratio, score_cutoff=ALIKE, dtype=np.float32)
        alike = _whole(_whole(np.square(ratios / np.float32(100)), words).T, units).T
        filling = np.zeros((len(words), len(used) - len(units)), dtype=np.float32)
        return np.hstack([filling, alike])


def _whole(ratios: Floats, words: Sequence[Word]) -> Floats:
    """Rows of forms brought together to rows of words.

    A word counts by its stem, by a synonym group, or by its parts, weighed by their length.
    """
    firsts = np.cumsum([0, *(len(word.forms) for word in words)])[:-1]
    rows: Floats = ratios[firsts]
    for row, (first, word) in enumerate(zip(firsts, words, strict=True)):
        after = first + 1 + len(word.senses)
        if word.senses:
            exact = (ratios[first + 1 : after] >= 1.0).max(axis=0)
            rows[row] = np.maximum(rows[row], exact)
        if word.parts:
            lengths = np.array([len(part) for part in word.parts], dtype=np.float32)
            parts = lengths @ ratios[after : after + len(lengths)] / lengths.sum()
            rows[row] = np.maximum(rows[row], PART * parts)
    return rows
