"""Speed and memory: of a large synthetic knowledge base, and of the shipped one in fresh processes."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from bot.knowledge.loader import load, shipped
from tests.benchmarks.metrics import percentile, share
from tests.benchmarks.probe import Asked, Probe
from tests.benchmarks.sets import DataError
from tests.benchmarks.synthetic import PHRASINGS, Synthetic, synthetic
from tests.benchmarks.tables import Sheet, percent

QUESTIONS = 2000
SLOW = 100  # of them WRatio is asked
FRESH = 5  # processes that load the shipped base
A_FILE = 100  # entries in a topic file
COLUMNS = ("peer", "n", "top-1", "load s", "index s", "memory MB", "peak MB", "median ms", "p99 ms")
PATIENCE = 1800  # seconds


def large(entries: int, seed: int, *, with_w_ratio: bool, questions: int = QUESTIONS) -> tuple[Sheet, dict[str, Any]]:
    """A synthetic base of so many entries, written as topic files and loaded like the real one."""
    made = synthetic(entries, questions, seed)
    with TemporaryDirectory(prefix="klbot-bench-") as name:
        write(made, Path(name))
        found = _probe(Path(name), made.questions, SLOW if with_w_ratio else 0)
    rows = [_cells("klbot", found, found.ours)]
    notes = []
    if with_w_ratio:
        rows.append(_cells("rapidfuzz WRatio", None, found.w_ratio))
        ratio = median(found.w_ratio.times) / median(found.ours.times)
        notes.append(f"klbot answers {ratio:,.0f} times as fast as extractOne(WRatio) on the same phrasings (medians).")
    title = f"synthetic base, one core: {entries * PHRASINGS:,} phrasings of {entries:,} entries"
    return Sheet(title, COLUMNS, tuple(rows), tuple(notes)), _values(found)


def small() -> tuple[Sheet, dict[str, Any]]:
    """The shipped base with its own labelled questions; the best load and the best index of several processes."""
    base = load(shipped())
    questions = [(one.text, one.entries[0] if one.entries else "") for one in base.questions]
    probes = [_probe(shipped(), questions, 0) for _ in range(FRESH)]
    best = Probe(
        load=min(one.load for one in probes),
        index=min(one.index for one in probes),
        memory=median(one.memory for one in probes),
        peak=median(one.peak for one in probes),
        ours=Asked([ms for one in probes for ms in one.ours.times], []),
        w_ratio=Asked(),
    )
    phrasings = sum(len(entry.phrasings) for entry in base.entries())
    title = f"shipped base, one core: {phrasings:,} phrasings; best load and index of {FRESH} fresh processes"
    return Sheet(title, COLUMNS, (_cells("klbot", best, best.ours),)), _values(best)


def _values(found: Probe) -> dict[str, Any]:
    return {
        **{name: getattr(found, name) for name in ("load", "index", "memory", "peak")},
        **{peer: _summary(asked) for peer, asked in (("klbot", found.ours), ("rapidfuzz WRatio", found.w_ratio))},
    }


def _summary(asked: Asked) -> dict[str, Any] | None:
    if not asked.times:
        return None
    median_ms, p99 = (percentile(asked.times, part) for part in (50, 99))
    return {"questions": len(asked.times), "top_1": share(asked.right), "median": median_ms, "p99": p99}


def _cells(peer: str, found: Probe | None, asked: Asked) -> tuple[str, ...]:
    built = (
        (f"{found.load:.2f}", f"{found.index:.2f}", f"{found.memory:.0f}", f"{found.peak:.0f}") if found else "–" * 4
    )
    times = [f"{percentile(asked.times, part):.2f}" if asked.times else "–" for part in (50, 99)]
    return (peer, f"{len(asked.times)}", percent(share(asked.right)), *built, *times)


def _probe(folder: Path, questions: Sequence[tuple[str, str]], slow: int) -> Probe:
    if sys.platform != "linux":
        raise DataError("Speed and memory are measured on Linux only; leave them out with --no-scale.")
    command = [sys.executable, "-m", "tests.benchmarks.probe", str(folder), str(slow)]
    asked = json.dumps(questions)
    try:
        done = subprocess.run(command, input=asked, capture_output=True, text=True, timeout=PATIENCE, check=True)
    except subprocess.TimeoutExpired as error:
        raise DataError(f"The probe of {folder} took longer than {PATIENCE // 60} minutes.") from error
    except subprocess.CalledProcessError as error:
        raise DataError(f"The probe of {folder} failed: {error.stderr.strip()}") from error
    values = json.loads(done.stdout)
    return Probe(**{**values, "ours": Asked(**values["ours"]), "w_ratio": Asked(**values["w_ratio"])})


def write(made: Synthetic, folder: Path) -> None:
    """The base as topic files of the form that editors write. A JSON string is also one in YAML."""
    names = list(made.entries)
    for number, start in enumerate(range(0, len(names), A_FILE), start=1):
        topic = f"thema-{number:05d}"
        lines = ["topic:", f"  id: {topic}", f"  title: Thema {number}", "  intro: Erfunden.", "entries:"]
        for name in names[start : start + A_FILE]:
            question, *aliases = (json.dumps(text, ensure_ascii=False) for text in made.entries[name])
            lines += [f"  - id: {name}", f"    question: {question}", "    aliases:"]
            lines += [f"      - {alias}" for alias in aliases]
            lines += ["    answer: Erfunden.", "    as_of: 2020-06", "    source: erfunden"]
        (folder / f"{topic}.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
