"""Measures the matcher beside its peers: `python -m tests.benchmarks.matching`, or `make bench-matching`."""

import json
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console

from tests.benchmarks.peers import Ours, Peer, token_set, w_ratio
from tests.benchmarks.race import race
from tests.benchmarks.sets import DataError, choose
from tests.benchmarks.tables import WIDTH, markdown, sheets, show

ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
PEERS: dict[str, Callable[[], Peer]] = {"ours": Ours, "wratio": w_ratio, "token_set": token_set}


def options(arguments: Sequence[str]) -> Namespace:
    """What is to be measured. Ends the program with code 2 when the options make no sense."""
    parser = ArgumentParser(prog="python -m tests.benchmarks.matching", description=__doc__)
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="its subfolders with train.jsonl and test.jsonl")
    parser.add_argument("--sets", type=_names, default=[], metavar="A,B", help="only these; 'shipped' is our own")
    parser.add_argument("--peers", type=_names, default=list(PEERS), metavar="A,B", help=f"of {', '.join(PEERS)}")
    parser.add_argument("--seed", type=int, default=1, help="draws samples and the synthetic base")
    parser.add_argument("--no-scale", action="store_true", help="leave the large synthetic base out")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure there too")
    parser.add_argument("--markdown", action="store_true", help="print Markdown tables")
    chosen = parser.parse_args(arguments)
    if unknown := [name for name in chosen.peers if name not in PEERS]:
        parser.error(f"there is no peer {', '.join(unknown)}; known are {', '.join(PEERS)}")
    return chosen


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def measure(chosen: Namespace, console: Console) -> dict[str, Any]:
    """Print what is measured as soon as it is known; the same as values for --json. Raises DataError."""
    measured: dict[str, Any] = {"seed": chosen.seed, "sets": {}}
    for question_set in choose(chosen.data, chosen.sets):
        if not question_set.rows:
            sys.stderr.write(f"{question_set.name} has no labelled questions and is left out.\n")
        results = race(question_set, [PEERS[name]() for name in chosen.peers], chosen.seed)
        measured["sets"][question_set.name] = [asdict(one) for one in results]
        for sheet in sheets(question_set, results):
            if chosen.markdown:
                sys.stdout.write(markdown(sheet) + "\n")
            else:
                show(console, sheet)
    return measured


def main(arguments: Sequence[str]) -> int:
    """The exit code: 2 for data that cannot be used, after one sentence."""
    chosen = options(arguments)
    try:
        measured = measure(chosen, Console(width=WIDTH, highlight=False))
        if chosen.json:
            chosen.json.write_text(json.dumps(measured, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except (DataError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    if any(os.environ.get(name) != value for name, value in ONE_THREAD.items()):
        # Read when numpy is imported, so this process begins anew.
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], {**os.environ, **ONE_THREAD})
    sys.exit(main(sys.argv[1:]))
