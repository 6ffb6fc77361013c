"""An index of known texts: how much a question resembles each, by an inverted index over their features.

Its cost is bounded: of a large index only the rarest features of a question are looked up, which finds the candidates,
and these are then compared in full.
"""

import numpy as np
from scipy import sparse

from bot.matching.features import Floats, Integers

BUDGET = 12_000  # entries of the inverted index that one question may touch
SHORTLIST = 64  # texts compared in full when the budget did not suffice


class TextIndex:
    """Finds texts by the number of their row in `rows`, a matrix of features of length one each."""

    def __init__(self, rows: sparse.csr_matrix, *, exact: bool) -> None:
        """`exact`: whether the likeliest texts of a large index are compared in full."""
        self._rows = rows if exact else None
        self.size = int(rows.shape[0])
        columns = rows.tocsc()
        self._starts = columns.indptr.astype(np.int64)
        self._texts = columns.indices
        self._shares = columns.data

    def rows(self) -> sparse.csr_matrix:
        """The matrix that it was made of."""
        shape = (self.size, len(self._starts) - 1)
        return sparse.csc_matrix((self._shares, self._texts, self._starts), shape=shape).tocsr()

    def likeness(self, features: Integers, values: Floats) -> Floats:
        """The cosine with each text, 0 to 1; of a large index a lower bound, or only for all but the likeliest."""
        lengths = self._starts[features + 1] - self._starts[features]
        if lengths.sum() <= BUDGET:
            return self._spread(features, values, lengths)
        rarest = np.argsort(lengths, kind="stable")
        taken = rarest[: max(1, int(np.searchsorted(np.cumsum(lengths[rarest]), BUDGET)))]
        found = self._spread(features[taken], values[taken], lengths[taken])
        if self._rows is not None:
            best = np.flatnonzero(found)
            if len(best) > SHORTLIST:
                best = best[np.argpartition(-found[best], SHORTLIST)[:SHORTLIST]]
            text = np.zeros(self._rows.shape[1], dtype=np.float32)
            text[features] = values
            found[best] = self._rows[best] @ text
        return found

    def _spread(self, features: Integers, values: Floats, lengths: Integers) -> Floats:
        ends = np.cumsum(lengths)
        at = np.arange(lengths.sum()) + np.repeat(self._starts[features] - ends + lengths, lengths)
        shares = self._shares[at] * np.repeat(values, lengths)
        return np.bincount(self._texts[at], shares, minlength=self.size).astype(np.float32)
