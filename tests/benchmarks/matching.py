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
from rich.status import Status

from bot.errors import KlbotError
from tests.benchmarks.race import race
from tests.benchmarks.registry import PEERS, make
from tests.benchmarks.scale import large, small
from tests.benchmarks.sets import DataError, choose
from tests.benchmarks.tables import WIDTH, Sheet, markdown, sheets, show

ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def options(arguments: Sequence[str]) -> Namespace:
    """What is to be measured. Ends the program with code 2 when an option is unknown."""
    parser = ArgumentParser(prog="python -m tests.benchmarks.matching", description=__doc__)
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="its subfolders with train.jsonl and test.jsonl")
    parser.add_argument("--sets", type=_names, default=[], metavar="A,B", help="only these; 'shipped' is our own")
    parser.add_argument("--peers", type=_names, default=list(PEERS), metavar="A,B", help=f"of {', '.join(PEERS)}")
    parser.add_argument("--seed", type=int, default=1, help="draws samples and the synthetic base")
    parser.add_argument("--no-scale", action="store_true", help="leave the large synthetic base out")
    parser.add_argument("--entries", type=int, default=10_000, metavar="N", help="its size; ten phrasings an entry")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure there too")
    parser.add_argument("--markdown", action="store_true", help="print Markdown tables")
    return parser.parse_args(arguments)


def _check(chosen: Namespace) -> None:
    if unknown := [name for name in chosen.peers if name not in PEERS]:
        raise DataError(f"There is no peer {', '.join(unknown)}; known are {', '.join(PEERS)}.")
    if chosen.json and not chosen.json.absolute().parent.is_dir():
        raise DataError(f"The folder of {chosen.json} does not exist.")
    if chosen.entries < 1:
        raise DataError("The synthetic base needs at least one entry.")


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def measure(chosen: Namespace, console: Console) -> dict[str, Any]:
    """Print what is measured as soon as it is known; the same as values for --json. Raises DataError."""
    measured: dict[str, Any] = {"seed": chosen.seed, "sets": {}}
    for question_set in choose(chosen.data, chosen.sets):
        if not question_set.rows:
            sys.stderr.write(f"{question_set.name} has no labelled questions and is left out.\n")
        with _busy(question_set.name):
            results = race(question_set, make(chosen.peers), chosen.seed)
        measured["sets"][question_set.name] = [asdict(one) for one in results]
        for sheet in sheets(question_set, results):
            _print(sheet, console, chosen)
    if not chosen.no_scale:
        measured["scale"] = {}
        for name, run in _scale(chosen).items():
            with _busy(f"{name} knowledge base"):
                sheet, measured["scale"][name] = run()
            _print(sheet, console, chosen)
    return measured


def _scale(chosen: Namespace) -> dict[str, Callable[[], tuple[Sheet, dict[str, Any]]]]:
    with_w_ratio = "wratio" in chosen.peers
    return {"shipped": small, "synthetic": lambda: large(chosen.entries, chosen.seed, with_w_ratio=with_w_ratio)}


def _busy(what: str) -> Status:
    """Says on a terminal what is being measured."""
    return Console(stderr=True).status(f"measuring {what} …")


def _print(sheet: Sheet, console: Console, chosen: Namespace) -> None:
    if chosen.markdown:
        sys.stdout.write(markdown(sheet) + "\n")
    else:
        show(console, sheet)


def main(arguments: Sequence[str]) -> int:
    """The exit code: 2 for data that cannot be used, after one sentence."""
    chosen = options(arguments)
    try:
        _check(chosen)
        measured = measure(chosen, Console(width=WIDTH, highlight=False))
        if chosen.json:
            chosen.json.write_text(json.dumps(measured, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except (DataError, KlbotError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    if any(os.environ.get(name) != value for name, value in ONE_THREAD.items()):
        # Read when numpy is imported, so this process begins anew.
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], {**os.environ, **ONE_THREAD})
    sys.exit(main(sys.argv[1:]))
