"""Building in a process of its own, so that answering goes on meanwhile; started as `python -m bot.matching.workshop`.

The large index comes back through a pipe and is taken apart in a thread, with rests, as that holds the interpreter's
lock: an answer changes threads dozens of times, and would wait each time. Meanwhile no garbage is collected: among
millions of new objects that would stop everything for a second. Afterwards they are left out of every collection.
"""

import asyncio
import gc
import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Final

import bot
from bot.errors import StartError
from bot.matching.building import Built, Order, Refused, build

POLITENESS: Final = 10
DONE: Final = b"."
# Seconds: after so much of taking apart, so much is left to others.
WORK: Final = 0.005
REST: Final = 0.015
THREADS: Final = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


async def build_beside(order: Order, now: datetime) -> Built | Refused:
    """What `build` gives, while this process goes on. Raises StartError when the other one fails."""
    process = await asyncio.to_thread(_started)
    try:
        return await asyncio.to_thread(_fetched, process, order, now)
    finally:
        # Cancelled: nobody wants it any more, and the thread ends with it.
        process.kill()


def _started() -> subprocess.Popen[bytes]:
    package = str(Path(bot.__file__).resolve().parents[1])
    paths = os.pathsep.join(filter(None, (package, os.environ.get("PYTHONPATH"))))
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "bot.matching.workshop"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # One core at most, so that another is left for those who wait for an answer.
        env=os.environ | {"PYTHONPATH": paths} | dict.fromkeys(THREADS, "1"),
        # Ctrl-C is for us: we end it.
        start_new_session=True,
    )


def _fetched(process: subprocess.Popen[bytes], order: Order, now: datetime) -> Built | Refused:
    with process:
        assert process.stdin is not None and process.stdout is not None
        try:
            pickle.dump((order, now), process.stdin)
            process.stdin.flush()
            if process.stdout.read(len(DONE)) != DONE:
                raise EOFError
            with uncollected():
                found: Built | Refused = pickle.load(WithRests(process.stdout))
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            raise StartError(f"The process that builds the index has failed ({process.wait()}).") from error
    return found


class WithRests:
    """A stream whose reader is made to rest, so that it does not hold up the other threads of this process."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._rested = time.monotonic()

    def read(self, size: int) -> bytes:
        """The next bytes."""
        self._rest()
        return self._stream.read(size)

    def readline(self) -> bytes:
        """The rest of the line."""
        self._rest()
        return self._stream.readline()

    def _rest(self) -> None:
        if time.monotonic() - self._rested >= WORK:
            time.sleep(REST)
            self._rested = time.monotonic()


@contextmanager
def uncollected() -> Iterator[None]:
    """Make something large that stays: nothing is collected meanwhile, and it is left out of every collection."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _work() -> None:
    """Build what is ordered on standard input; end at once when whoever ordered it is gone."""
    if hasattr(os, "nice"):
        os.nice(POLITENESS)
    # It lives for one job, and frees nothing meanwhile.
    gc.disable()
    order, now = pickle.load(sys.stdin.buffer)
    threading.Thread(target=_end_with_the_bot, daemon=True).start()
    made = pickle.dumps(build(order, now), protocol=pickle.HIGHEST_PROTOCOL)
    sys.stdout.buffer.write(DONE + made)
    sys.stdout.buffer.flush()
    # Nothing is to be tidied up, and freeing millions of objects one by one takes a while.
    os._exit(0)


def _end_with_the_bot() -> None:
    sys.stdin.buffer.read()
    os._exit(1)


if __name__ == "__main__":
    _work()
