"""Signs: words from the wording by which the bot knows at once what a message is about, whatever a matcher thinks.

Signs are separated by |. A sign is met by a sentence that holds all its parts, joined by +, and none after a !.
A part is one or more words in a row; * stands for any letters before or after a word, and = at the beginning of a
sign says that there must be no other word in the sentence. "unfall+verletzt*+!versicherung*".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

from bot.matching.text import normalise, sentences


@dataclass(frozen=True, slots=True)
class Part:
    """Words in a row, folded; `open_at`: whether other letters may stand before and after each."""

    words: tuple[str, ...]
    open_at: tuple[tuple[bool, bool], ...]

    @classmethod
    def of(cls, written: str) -> Self:
        """The part that is written so."""
        words = written.split()
        folded = (normalise(word.strip("*")) for word in words)
        return cls(tuple(folded), tuple((word.startswith("*"), word.endswith("*")) for word in words))

    def is_in(self, words: Sequence[str]) -> bool:
        """Whether the words stand somewhere in the sentence."""
        return any(self._is_at(words, start) for start in range(len(words) - len(self.words) + 1))

    def _is_at(self, words: Sequence[str], start: int) -> bool:
        met = zip(self.words, self.open_at, words[start:], strict=False)
        return all(_is_like(word, own, *marks) for own, marks, word in met)


@dataclass(frozen=True, slots=True)
class Sign:
    """All `parts` stand in a sentence and none of `without`; `alone`: nothing else does."""

    parts: tuple[Part, ...]
    without: tuple[Part, ...]
    alone: bool

    @classmethod
    def of(cls, written: str) -> Self:
        """The sign that is written so."""
        pieces = written.removeprefix("=").split("+")
        parts = tuple(Part.of(piece) for piece in pieces if not piece.startswith("!"))
        without = tuple(Part.of(piece.removeprefix("!")) for piece in pieces if piece.startswith("!"))
        return cls(parts, without, written.startswith("="))

    def is_in(self, words: Sequence[str]) -> bool:
        """Whether the sentence shows this sign."""
        if self.alone and len(words) != sum(len(part.words) for part in self.parts):
            return False
        return all(part.is_in(words) for part in self.parts) and not any(part.is_in(words) for part in self.without)


def shows(text: str, written: str) -> bool:
    """Whether a sentence of the text shows one of the signs written in the wording."""
    signs = _signs(written)
    return any(sign.is_in(words) for words in _sentences(text) for sign in signs)


def _sentences(text: str) -> Iterable[Sequence[str]]:
    return [normalise(sentence).split() for sentence in sentences(text)]


@lru_cache(maxsize=64)
def _signs(written: str) -> tuple[Sign, ...]:
    return tuple(Sign.of(sign.strip()) for sign in written.split("|") if sign.strip())


def _is_like(word: str, own: str, before: bool, after: bool) -> bool:
    if before and after:
        return own in word
    return word.startswith(own) if after else word.endswith(own) if before else word == own
