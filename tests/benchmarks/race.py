"""Runs the peers side by side on one set, so that noise of the machine hits all alike."""

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass

from bot.knowledge.entry import LabelledQuestion
from tests.benchmarks.metrics import Figures, figures, percentile
from tests.benchmarks.peers import Peer
from tests.benchmarks.sets import QuestionSet, said

TIMED = 200  # questions of each row that are timed one by one
BLOCK = 10  # so many questions a peer answers before the next has its turn
SOON = 1.0  # seconds; what is learnt sooner is learnt three times and the best counts


@dataclass(frozen=True, slots=True)
class Result:
    """What was measured of one peer on one row. Times in seconds (`fit`) and milliseconds (`median`, `p99`)."""

    row: str
    peer: str
    figures: Figures
    fit: float
    median: float
    p99: float
    timed: int


def race(question_set: QuestionSet, peers: Sequence[Peer], seed: int) -> list[Result]:
    """Every row of the set with every peer; all have learnt the set before the first question is asked."""
    fits = [_fit(peer, question_set) for peer in peers]
    known = len(said(question_set.base))
    results = []
    for row in question_set.rows:
        timed = sample(row.questions, TIMED, seed)
        times = side_by_side(peers, [one.text for one in timed])
        for peer, fit, own in zip(peers, fits, times, strict=True):
            asked = sample(row.questions, peer.most // known if peer.most else len(row.questions), seed)
            found = figures(asked, peer.guesses(asked), peer.ranks)
            median, p99 = percentile(own, 50), percentile(own, 99)
            results.append(Result(row.name, peer.name, found, fit, median, p99, len(own)))
    return results


def _fit(peer: Peer, question_set: QuestionSet) -> float:
    taken = [_seconds_to_fit(peer, question_set)]
    if taken[0] < SOON:
        taken += [_seconds_to_fit(peer, question_set) for _ in range(2)]
    return min(taken)


def _seconds_to_fit(peer: Peer, question_set: QuestionSet) -> float:
    started = time.perf_counter()
    peer.fit(question_set)
    return time.perf_counter() - started


def side_by_side(peers: Sequence[Peer], texts: Sequence[str], block: int = BLOCK) -> list[list[float]]:
    """Milliseconds of every question for each peer. The peers take turns, block by block."""
    times: list[list[float]] = [[] for _ in peers]
    for start in range(0, len(texts), block):
        for peer, own in zip(peers, times, strict=True):
            for text in texts[start : start + block]:
                started = time.perf_counter_ns()
                peer.answer(text)
                own.append((time.perf_counter_ns() - started) / 1e6)
    return times


def sample(questions: Sequence[LabelledQuestion], most: int, seed: int) -> tuple[LabelledQuestion, ...]:
    """All, or so many drawn by this seed, in their order. The smaller of two samples is part of the larger."""
    if len(questions) <= most:
        return tuple(questions)
    order = list(range(len(questions)))
    random.Random(seed).shuffle(order)
    return tuple(questions[place] for place in sorted(order[: max(1, most)]))
