"""How sure is sure enough: probabilities and the threshold of an answer, computed from what is labelled.

Two sources. The knowledge base's own phrasings and counterexamples, each judged by a model that was fitted without it
(cross-validation); they are many, and harder than life, because editors avoid saying the same twice. And the labelled
questions of `questions.yaml`: few, and like life. Both teach the probability; the traffic that thresholds are computed
for is that of the labelled questions.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

STEPS = 20
SMOOTHING = 1e-3
LEAST_SAMPLES = 60  # with fewer, the probability that other knowledge bases taught is kept


@dataclass(frozen=True, slots=True)
class Calibration:
    """Turns a margin (how much a text is an entry's own) and its lead over every other class into a probability.

    The defaults are what the knowledge base of Kaiserslautern teaches; they serve bases that are too small to teach.
    """

    margin: float = 1.0
    lead: float = 4.0
    constant: float = -1.5

    def probability(self, margin: float, lead: float) -> float:
        """How probable it is that the entry with this margin and lead is the right answer."""
        value = self.margin * margin + self.lead * lead + self.constant
        return 1 / (1 + math.exp(-min(30.0, max(-30.0, value))))


@dataclass(frozen=True, slots=True)
class Sample:
    """Candidates of a text with a known answer. `rights`: whether each is right; `weight`: how much it teaches."""

    margins: tuple[float, ...]
    leads: tuple[float, ...]
    rights: tuple[bool, ...]
    weight: float = 1.0


def calibrate(samples: Sequence[Sample]) -> Calibration:
    """Logistic regression on margins and leads, by Newton's method; the defaults where there is too little to learn."""
    features = np.array([(m, lead, 1.0) for one in samples for m, lead in zip(one.margins, one.leads, strict=True)])
    rights = np.array([right for one in samples for right in one.rights], dtype=float)
    weights = np.array([one.weight for one in samples for _ in one.rights])
    if len(samples) < LEAST_SAMPLES or rights.min() == rights.max():
        return Calibration()
    smooth = SMOOTHING * weights.sum() * np.diag([1.0, 1.0, 0.0])
    found = np.zeros(3)
    for _ in range(STEPS):
        sure = 1 / (1 + np.exp(-np.clip(features @ found, -30, 30)))
        slope = features.T @ (weights * (sure - rights)) + smooth @ found
        curve = (features * (weights * sure * (1 - sure))[:, None]).T @ features + smooth
        found = found - np.linalg.solve(curve + 1e-9 * np.eye(3), slope)
    margin, lead, constant = (float(value) for value in found)
    return Calibration(margin, lead, constant) if lead > 0 and margin >= 0 else Calibration()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a labelled message would be answered with: the score of that answer and whether it would be wrong."""

    score: float
    wrong: bool


@dataclass(frozen=True, slots=True)
class Limit:
    """The least score of an answer for a wanted share of wrong answers, and how sure that share is.

    `wrong`: the share of all messages that would be answered wrongly; `bound`: with 95 % confidence not more than that;
    `messages`: how many labelled messages say so.
    """

    answer: float
    wrong: float
    bound: float
    messages: int


def limit(verdicts: Sequence[Verdict], wanted: float) -> Limit:
    """The lowest threshold that answers at most the wanted share of all messages wrongly."""
    total = len(verdicts)
    scores = sorted((one.score for one in verdicts if one.wrong), reverse=True)
    allowed = int(wanted * total + 1e-9)
    if allowed >= len(scores):
        least, wrong = 0.0, len(scores)
    else:
        least, wrong = (
            math.nextafter(scores[allowed], 1.0),
            allowed,
        )  # every answer must be surer than the first wrong one too many
    return Limit(least, wrong / total, upper_bound(wrong, total), total)


def upper_bound(hits: int, total: int, confidence: float = 0.95) -> float:
    """The one-sided upper bound of a share (Wilson)."""
    z = NormalDist().inv_cdf(confidence)
    share, square = hits / total, z * z / total
    middle = share + square / 2
    return (middle + z * math.sqrt(share * (1 - share) / total + square / (4 * total))) / (1 + square)
