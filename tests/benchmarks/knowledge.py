"""How long editors wait for a check: `python -m tests.benchmarks.knowledge [--entries 1000,10000] [--markdown]`.

`klbot check` runs in a process of its own, as editors call it, on the shipped base and on synthetic ones; the parts of
the time are measured in another process. Seconds are those of the processor, which a busy machine does not stretch.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from bot.cli.check.findings import matched, said
from bot.cli.check.labelled import broken, judged
from bot.knowledge.lines import Lines
from bot.knowledge.loader import load, shipped
from bot.matching.matcher import Matcher
from tests.benchmarks.scale import write
from tests.benchmarks.synthetic import synthetic
from tests.benchmarks.tables import Sheet, markdown, show

PATIENCE = 1800  # seconds
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
COLUMNS = (
    "base",
    "entries",
    "phrasings",
    "read s",
    "index s",
    "look s",
    "check s",
    "by clock",
    "peak MB",
    "errors",
    "advice",
)


@dataclass(frozen=True, slots=True)
class Parts:
    """Seconds of the processor: files to values, values to matcher, and everything that a check then looks at."""

    read: float
    index: float
    look: float


@dataclass(frozen=True, slots=True)
class Run:
    """One `klbot check`: seconds of the processor and by the clock, megabytes at most, and what it found."""

    seconds: float
    clock: float
    peak: float
    entries: int
    phrasings: int
    errors: int
    advice: int


def run(folder: Path) -> Run:
    """Check the base of this folder as an editor does. Raises CalledProcessError where there was nothing to check."""
    command = [sys.executable, "-m", "bot", "check", "--format", "json", "--knowledge", str(folder)]
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ | ONE_THREAD) as process:
        assert process.stdout is not None
        written = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    elapsed = time.perf_counter() - started
    if process.returncode not in (0, 1):
        raise subprocess.CalledProcessError(process.returncode, command)
    found = json.loads(written)
    counts = (found[name] for name in ("entries", "phrasings", "errors", "advice"))
    return Run(used.ru_utime + used.ru_stime, elapsed, used.ru_maxrss * 1024 / 1e6, *counts)


def parts(folder: Path) -> Parts:
    """What a check does, step by step."""
    started = time.process_time()
    base = load(folder, fallback=shipped())
    loaded = time.process_time()
    matcher = Matcher(base)
    indexed = time.process_time()
    list(said(base, Lines([folder]), datetime(2026, 11, 25, tzinfo=UTC)))
    list(matched(base, matcher))
    list(broken(judged(base, matcher)))
    return Parts(loaded - started, indexed - loaded, time.process_time() - indexed)


def row(name: str, folder: Path) -> tuple[str, ...]:
    """Measure both ways."""
    whole = run(folder)
    command = [sys.executable, "-m", "tests.benchmarks.knowledge", "--parts", str(folder)]
    done = subprocess.run(command, capture_output=True, check=True, timeout=PATIENCE, env=os.environ | ONE_THREAD)
    each = Parts(**json.loads(done.stdout))
    counts = [f"{count:,}" for count in (whole.entries, whole.phrasings)]
    times = [f"{seconds:.1f}" for seconds in (each.read, each.index, each.look, whole.seconds, whole.clock)]
    return (name, *counts, *times, f"{whole.peak:.0f}", f"{whole.errors}", f"{whole.advice:,}")


def sheet(sizes: Sequence[int], seed: int) -> Sheet:
    """The shipped base, and a synthetic one of each size."""
    rows = [row("shipped", shipped())]
    for size in sizes:
        with TemporaryDirectory(prefix="klbot-bench-") as folder:
            write(synthetic(size, 1, seed), Path(folder))
            rows.append(row("synthetic", Path(folder)))
    return Sheet("what a check takes", COLUMNS, tuple(rows))


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description="How long editors wait for a check.")
    parser.add_argument("--entries", default="1000,10000", help="sizes of the synthetic bases")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    parser.add_argument("--parts", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.parts is not None:
        found = parts(options.parts)
        json.dump({"read": found.read, "index": found.index, "look": found.look}, sys.stdout)
        return
    made = sheet([int(size) for size in options.entries.split(",") if size], options.seed)
    if options.markdown:
        sys.stdout.write(markdown(made))
    else:
        show(Console(width=120, highlight=False), made)


if __name__ == "__main__":
    main()
