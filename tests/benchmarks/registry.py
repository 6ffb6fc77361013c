"""The peers by the names of the command line."""

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Final

from tests.benchmarks.peers import Ours, Peer, token_set, w_ratio
from tests.benchmarks.sets import DataError


def _trained(name: str) -> Callable[[], Peer]:
    """A peer whose library is imported only when it runs: the tests do without it."""

    def make() -> Peer:
        try:
            peer: Peer = getattr(import_module("tests.benchmarks.trained"), name)()
        except ModuleNotFoundError as error:
            raise DataError(
                f"A peer needs {error.name}; make bench-matching installs it, --peers leaves it out."
            ) from error
        return peer

    return make


PEERS: Final[dict[str, Callable[[], Peer]]] = {
    "ours": Ours,
    "wratio": w_ratio,
    "token_set": token_set,
    "bm25": _trained("Bm25"),
    "tfidf": _trained("NearestByTfidf"),
    "svc": _trained("LinearSvc"),
}


def make(names: Sequence[str]) -> list[Peer]:
    """These peers, new, in this order. Raises DataError when a library is missing."""
    return [PEERS[name]() for name in names]
