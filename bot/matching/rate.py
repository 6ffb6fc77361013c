"""A share of something counted, and how far it can be trusted."""

import math
from dataclasses import dataclass
from statistics import NormalDist

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Rate:
    """So many of so many. `share` and `interval` (95 % confidence) are None where there is nothing to count."""

    hits: int
    total: int

    @property
    def share(self) -> float | None:
        """Between 0 and 1."""
        return self.hits / self.total if self.total else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Where the true share probably lies."""
        return wilson(self.hits, self.total) if self.total else None


def wilson(hits: int, total: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The score interval of a share: https://en.wikipedia.org/wiki/Binomial_proportion_confidence_interval#Wilson."""
    share = hits / total
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    scale = 1 + z * z / total
    centre = (share + z * z / (2 * total)) / scale
    reach = z / scale * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    # In floats, the end of 184 of 184 would lie below 1 by a hair.
    return max(0.0, min(share, centre - reach)), min(1.0, max(share, centre + reach))
