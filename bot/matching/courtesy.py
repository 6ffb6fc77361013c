"""Thanks and greetings around what a message is about."""

import re
from collections.abc import Iterable
from typing import Final

from bot.knowledge.entry import SmallTalk
from bot.matching.text import normalise

# The kinds of small talk that people put before or behind something else.
KINDS: Final = frozenset({"greeting", "thanks", "praise", "okay"})
THANKS: Final = frozenset({"thanks", "praise"})
_PIECES = re.compile(r"(?<=[.!?,;:])\s*|\s+[-–—]\s+|\n+")  # noqa: RUF001


class Courtesy:
    """Knows the thanks and greetings of a knowledge base."""

    def __init__(self, small_talk: Iterable[SmallTalk]) -> None:
        kinds = {
            normalise(text): kind.kind for kind in small_talk for texts in kind.examples.values() for text in texts
        }
        self._known = frozenset(text for text, kind in kinds.items() if kind in KINDS)
        self._thanks = frozenset(text for text, kind in kinds.items() if kind in THANKS)

    def rest(self, text: str) -> str:
        """The text without the thanks and greetings it begins and ends with; empty if it has none, or nothing else."""
        if self._is_courtesy(text):
            return ""
        pieces = [piece for piece in _PIECES.split(text) if piece]
        whole = len(pieces)
        while pieces and self._is_courtesy(pieces[0]):
            del pieces[0]
        while pieces and self._is_courtesy(pieces[-1]):
            del pieces[-1]
        return " ".join(pieces) if len(pieces) < whole else ""

    def thanks(self, text: str) -> bool:
        """Whether a thanks is a piece of the text."""
        return any(normalise(piece) in self._thanks for piece in _PIECES.split(text))

    def _is_courtesy(self, piece: str) -> bool:
        words = normalise(piece)
        return not words or words in self._known
