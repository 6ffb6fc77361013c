"""How sure is sure enough: probabilities and the threshold of an answer, computed from what is labelled.

The labelled questions of `questions.yaml` teach the probability. The threshold is computed from them and from the
knowledge base's own phrasings and counterexamples, each judged by a model that was fitted without it: these are many,
and harder than life, because editors avoid saying the same twice.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from statistics import NormalDist

import numpy as np

from bot.knowledge.entry import Kind

STEPS = 20
SMOOTHING = 1e-3
OWN = 0.5  # how much held-out phrasings count beside labelled questions when a threshold is computed
LEAST_SAMPLES = 150  # with fewer, the probability that other knowledge bases taught is kept


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for a class as the right one for a text.

    `margin`: how much the text is the class's own; `lead`: how far that is before every other class; `explained`: the
    share of what the text names that the class knows.
    """

    margin: float
    lead: float
    explained: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Turns signs into the probability that an entry is the right answer.

    The defaults are what the labelled questions of Kaiserslautern teach; they serve bases with too few of their own.
    """

    margin: float = 1.9
    lead: float = 2.9
    explained: float = 3.1
    constant: float = -0.6

    def probability(self, signs: Signs) -> float:
        """How probable it is that what these signs speak for is right."""
        value = self.margin * signs.margin + self.lead * signs.lead + self.explained * signs.explained + self.constant
        return 1 / (1 + math.exp(-min(30.0, max(-30.0, value))))


@dataclass(frozen=True, slots=True)
class Sample:
    """A candidate for a labelled question, and whether it is right."""

    signs: Signs
    right: bool


def calibrate(samples: Sequence[Sample]) -> Calibration:
    """Logistic regression on the signs, by Newton's method; the defaults where there is too little to learn."""
    rights = np.array([one.right for one in samples], dtype=float)
    if len(samples) < LEAST_SAMPLES or rights.min() == rights.max():
        return Calibration()
    features = np.array([(*astuple(one.signs), 1.0) for one in samples])
    smooth = SMOOTHING * len(samples) * np.diag([1.0, 1.0, 1.0, 0.0])
    found = np.zeros(4)
    for _ in range(STEPS):
        sure = 1 / (1 + np.exp(-np.clip(features @ found, -30, 30)))
        slope = features.T @ (sure - rights) + smooth @ found
        curve = (features * (sure * (1 - sure))[:, None]).T @ features + smooth
        found = found - np.linalg.solve(curve + 1e-9 * np.eye(4), slope)
    margin, lead, explained, constant = (float(value) for value in found)
    # A sign that seems to speak against what it speaks for has only been seen too seldom.
    return Calibration(max(0.0, margin), lead, max(0.0, explained), constant) if lead > 0 else Calibration()


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
    wrong: dict[float, float] = {}  # by score, the share of all messages
    for one, weight in zip(verdicts, _weights(verdicts, aim.traffic), strict=True):
        if one.wrong:
            wrong[one.score] = wrong.get(one.score, 0.0) + weight
    share, least = 0.0, 0.0
    for score in sorted(wrong, reverse=True):
        if share + wrong[score] > aim.max_wrong_answers + 1e-9:
            least = math.nextafter(score, math.inf)  # every answer must be surer than the first wrong one too many
            break
        share += wrong[score]
    labelled = sum(not one.own for one in verdicts)
    return Limit(least, share, upper_bound(share, labelled), labelled)


def _weights(verdicts: Sequence[Verdict], traffic: Mapping[Kind, float] | None) -> list[float]:
    """The share of all messages that each verdict stands for.

    Of each kind, all held-out texts together stand for `OWN` of what the labelled questions stand for: they are many,
    but harder than life. Kinds of which nothing is known are taken to fare like all others.
    """
    counts = Counter((one.kind, one.own) for one in verdicts)
    labelled = sum(count for (_, own), count in counts.items() if not own)
    shares = traffic or {kind: counts[kind, False] / labelled for kind in Kind}
    part = {key: (OWN if key[1] else 1.0) for key in counts}
    whole = {kind: sum(value for (other, _), value in part.items() if other is kind) for kind in Kind}
    known = sum(shares.get(kind, 0.0) for kind in {one.kind for one in verdicts}) or 1.0
    return [
        shares.get(one.kind, 0.0) / known * part[one.kind, one.own] / whole[one.kind] / counts[one.kind, one.own]
        for one in verdicts
    ]


def upper_bound(share: float, total: int, confidence: float = 0.95) -> float:
    """The one-sided upper bound of a share among so many (Wilson)."""
    z = NormalDist().inv_cdf(confidence)
    square = z * z / total
    middle = share + square / 2
    return (middle + z * math.sqrt(share * (1 - share) / total + square / (4 * total))) / (1 + square)
