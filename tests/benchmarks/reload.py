"""Answering while a large knowledge base is exchanged: how long each question waits, before, meanwhile and after.

`python -m tests.benchmarks.reload [--entries 10000]` starts the sandbox and `klbot run` as processes of their own, asks
all the time over HTTP, and saves a change of an answer, then one of a phrasing, so that the index is built anew.
"""

import argparse
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.benchmarks.metrics import percentile
from tests.benchmarks.scale import write
from tests.benchmarks.synthetic import Synthetic, synthetic
from tests.end_to_end.demo import Demo, start
from tests.faults.test_crash import configuration, sandbox

LATE = 1.0  # seconds from a citizen's message to the answer in the chat
ASKING = 3  # citizens who ask at once, each again as soon as there is an answer
NEW_ANSWER, NEW_QUESTION = "Neu erfunden.", "Wo bitte ist die Zwergenflussüberquerungshilfe?"


@dataclass(frozen=True, slots=True)
class Phase:
    """What was asked in one part of a run: seconds from question to answer."""

    name: str
    waits: list[float] = field(default_factory=list)

    @property
    def late(self) -> int:
        """How many waited too long."""
        return sum(wait > LATE for wait in self.waits)

    def __str__(self) -> str:
        median, p99, longest = (1000 * percentile(self.waits, part) for part in (50, 99, 100))
        return (
            f"{self.name}: {len(self.waits)} answers, median {median:.0f} ms, p99 {p99:.0f} ms, "
            f"longest {longest:.0f} ms, {self.late} late"
        )


@dataclass(frozen=True, slots=True)
class Figures:
    """What a run reached. `answer_live`, `index_live`: seconds from saving to the first answer with the change."""

    entries: int
    phases: tuple[Phase, ...]
    answer_live: float
    index_live: float

    @property
    def late(self) -> int:
        """How many answers were late in all."""
        return sum(phase.late for phase in self.phases)

    def __str__(self) -> str:
        head = (
            f"{self.entries:,} entries: an answer was live {self.answer_live:.1f} s after it was saved, "
            f"a phrasing {self.index_live:.1f} s"
        )
        return "\n".join((head, *(f"  {phase}" for phase in self.phases)))


class Asking:
    """Citizens who ask all the time; what they wait is noted in the phase that is on."""

    def __init__(self, url: str, made: Synthetic) -> None:
        self.phase = Phase("before")
        self._url = url
        self._questions = [text for text, _ in made.questions]
        self._over = threading.Event()

    def run(self, number: int) -> None:
        """One citizen, until it is over."""
        demo = Demo(self._url)
        with demo.http:
            asked = 0
            while not self._over.is_set():
                # A chat that grows long would be slow to read.
                citizen = f"citizen-{number}-{asked // 20}"
                phase, began = self.phase, time.monotonic()
                demo.answer(citizen, self._questions[(asked * ASKING + number) % len(self._questions)])
                phase.waits.append(time.monotonic() - began)
                asked += 1

    def end(self) -> None:
        """It is over."""
        self._over.set()


def run(entries: int, folder: Path, seed: int = 1, seconds: float = 300) -> Figures:
    """Ask, save a new answer, save a new phrasing, and see who waited how long."""
    made = synthetic(entries, 1000, seed)
    with sandbox(folder / "world") as world:
        config = _config(folder, world, made)
        process = start("run", "-c", str(config))
        demo, asking = Demo(world["url"]), Asking(world["url"], made)
        first = next(iter(made.entries.values()))[0]
        try:
            demo.say("early", first)
            demo.wait_for(lambda: demo.heard("early"), seconds)
            with ThreadPoolExecutor(ASKING) as pool:
                try:
                    done = [pool.submit(asking.run, number) for number in range(ASKING)]
                    figures = _changes(demo, asking, folder / "large", first, entries, seconds)
                finally:
                    asking.end()
            for one in done:
                one.result()
        finally:
            demo.http.close()
            process.terminate()
            output, _ = process.communicate(timeout=60)
    assert "Traceback" not in output, output
    return figures


def _changes(demo: Demo, asking: Asking, folder: Path, first: str, entries: int, seconds: float) -> Figures:
    phases = [asking.phase]
    time.sleep(5)
    file = folder / "thema-00001.yaml"
    phases.append(_phase(asking, "while a new answer is taken over"))
    answer = _saved(demo, file, "answer: Erfunden.", f"answer: {NEW_ANSWER}", first, seconds)
    phases.append(_phase(asking, "while a new index is built"))
    added = f"aliases:\n      - {NEW_QUESTION}"
    index = _saved(demo, file, "aliases:", added, NEW_QUESTION, seconds)
    phases.append(_phase(asking, "afterwards"))
    time.sleep(5)
    return Figures(entries, tuple(phases), answer, index)


def _phase(asking: Asking, name: str) -> Phase:
    asking.phase = Phase(name)
    return asking.phase


def _saved(demo: Demo, file: Path, old: str, new: str, question: str, seconds: float) -> float:
    """Save a change; how long it takes until the question is answered with the new answer."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    began = time.monotonic()
    number = 0
    while NEW_ANSWER not in demo.answer(f"{question[:8]}-{number // 20}", question)["text"]:
        number += 1
        assert time.monotonic() - began < seconds, "the change was not taken over"
        time.sleep(0.2)
    return time.monotonic() - began


def _config(folder: Path, world: dict[str, Any], made: Synthetic) -> Path:
    config = configuration(folder, world)
    (folder / "large").mkdir()
    write(made, folder / "large")
    values = yaml.safe_load(config.read_text(encoding="utf-8"))
    # Every question is answered, whatever it is like: what is measured is how long that takes.
    values["knowledge"] = str(folder / "large")
    config.write_text(yaml.safe_dump(values), encoding="utf-8")
    return config


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=10_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(run(given.entries, Path(folder)))  # noqa: T201 -- what it is run for


if __name__ == "__main__":
    main()
