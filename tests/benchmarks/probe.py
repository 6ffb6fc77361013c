"""Measures a knowledge base in a process of its own and on one core: `python -m tests.benchmarks.probe FOLDER SLOW`.

Reads a JSON list of questions and entry ids from standard input and writes a `Probe` as JSON to standard output.
"""

import gc
import json
import os
import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bot.knowledge.entry import Language
from bot.knowledge.loader import load, shipped
from tests.benchmarks.peers import Ours, w_ratio
from tests.benchmarks.sets import QuestionSet


@dataclass(slots=True)
class Asked:
    """Milliseconds of each question, and whether the right entry was on top."""

    times: list[float] = field(default_factory=list)
    right: list[bool] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Probe:
    """`load` and `index` in seconds; `memory` and `peak` in megabytes.

    `memory` is how much more is resident than before loading, once the matcher answers; `peak` the most there ever was.
    """

    load: float
    index: float
    memory: float
    peak: float
    ours: Asked
    w_ratio: Asked


def probe(folder: Path, questions: Sequence[tuple[str, str]], slow: int) -> Probe:
    """Load, index and ask. `slow`: how many of the questions, spread over all, WRatio is asked right afterwards."""
    before = _resident()
    started = time.perf_counter()
    question_set = QuestionSet("probe", Language.DE, load(folder, fallback=shipped()), ())
    loaded = time.perf_counter()
    ours = Ours()
    ours.fit(question_set)
    indexed = time.perf_counter()
    ours.answer("Guten Tag")  # whatever is made at the first question belongs to the memory
    gc.collect()
    memory, peak = _resident() - before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    return Probe(loaded - started, indexed - loaded, memory, peak, *_ask(ours, question_set, questions, slow))


def _ask(ours: Ours, question_set: QuestionSet, questions: Sequence[tuple[str, str]], slow: int) -> tuple[Asked, Asked]:
    own, others, other = Asked(), Asked(), w_ratio()
    if slow:
        other.fit(question_set)
    step = max(1, len(questions) // slow) if slow else 0
    for place, (text, entry) in enumerate(questions):
        started = time.perf_counter()
        decision = ours.answer(text)
        own.times.append((time.perf_counter() - started) * 1000)
        own.right.append(entry in [one.entry for one in decision.candidates[:1]])
        if step and place % step == 0 and len(others.times) < slow:
            started = time.perf_counter()
            found = other.answer(text)
            others.times.append((time.perf_counter() - started) * 1000)
            others.right.append(found == entry)
    return own, others


def _resident() -> float:
    """Megabytes of this process that are in memory now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


if __name__ == "__main__":
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    pairs = [(text, entry) for text, entry in json.load(sys.stdin)]
    json.dump(asdict(probe(Path(sys.argv[1]), pairs, int(sys.argv[2]))), sys.stdout)
