"""How sure is sure enough: probabilities and the threshold of an answer, computed from what is labelled.

Two sources. The knowledge base's own phrasings and counterexamples, each judged by a model that was fitted without it
(cross-validation); they are many, and harder than life, because editors avoid saying the same twice. And the labelled
questions of `questions.yaml`: few, and like life. Both teach the probability; the traffic that thresholds are computed
for is that of the labelled questions.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from bot.knowledge.entry import Kind

STEPS = 20
SMOOTHING = 1e-3
OWN = 0.5  # how much held-out phrasings count beside labelled questions when a threshold is computed
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
class Aim:
    """What thresholds are computed for.

    `max_wrong_answers`: the share of all messages that may be answered wrongly. `traffic`: the share of each kind among
    all messages, summing to 1; None means the shares among the labelled questions.
    """

    max_wrong_answers: float = 0.02
    traffic: Mapping[Kind, float] | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a message of this kind would be answered with: the score of the answer, 0 for none, and if it were wrong.

    `own`: the message is a phrasing or a counterexample of the knowledge base itself, held out.
    """

    kind: Kind
    score: float
    wrong: bool
    own: bool = False


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


def limit(verdicts: Sequence[Verdict], aim: Aim) -> Limit:
    """The lowest threshold that answers at most the wanted share of all messages wrongly."""
    weights = _weights(verdicts, aim.traffic)
    wrong = sorted(
        ((one.score, weight) for one, weight in zip(verdicts, weights, strict=True) if one.wrong), reverse=True
    )
    share, least = 0.0, 0.0
    for score, weight in wrong:
        if share + weight > aim.max_wrong_answers + 1e-9:
            least = math.nextafter(score, 1.0)  # every answer must be surer than the first wrong one too many
            break
        share += weight
    labelled = sum(not one.own for one in verdicts)
    return Limit(least, share, upper_bound(share, labelled), labelled)


def _weights(verdicts: Sequence[Verdict], traffic: Mapping[Kind, float] | None) -> list[float]:
    """The share of all messages that each verdict stands for.

    Of each kind, all held-out texts together stand for `OWN` of what the labelled questions stand for: they are many,
    but harder than life.
    """
    counts = Counter((one.kind, one.own) for one in verdicts)
    labelled = sum(count for (_, own), count in counts.items() if not own)
    shares = traffic or {kind: counts[kind, False] / labelled for kind in Kind}
    part = {key: (OWN if key[1] else 1.0) for key in counts}
    whole = {kind: sum(value for (other, _), value in part.items() if other is kind) for kind in Kind}
    return [
        shares.get(one.kind, 0.0) * part[one.kind, one.own] / whole[one.kind] / counts[one.kind, one.own]
        for one in verdicts
    ]


def upper_bound(share: float, total: int, confidence: float = 0.95) -> float:
    """The one-sided upper bound of a share among so many (Wilson)."""
    z = NormalDist().inv_cdf(confidence)
    square = z * z / total
    middle = share + square / 2
    return (middle + z * math.sqrt(share * (1 - share) / total + square / (4 * total))) / (1 + square)
