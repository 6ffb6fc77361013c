"""Signs: words from the wording by which the bot knows at once what a message is about, whatever a matcher thinks.

Signs are separated by |. A sign is met by a sentence that holds all its parts, joined by +, and none after a !.
A part is one or more words in a row; * stands for any letters before or after a word, and = at the beginning of a
sign says that there must be no other word in the sentence. "unfall+verletzt*+!versicherung*".
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

from bot.matching.text import normalise, sentences


@dataclass(frozen=True, slots=True)
class Part:
    """Words in a row, folded, with a space before and after; `pattern`: instead, where letters may go on."""

    words: str
    pattern: re.Pattern[str] | None = None

    @classmethod
    def of(cls, written: str) -> Self:
        """The part that is written so."""
        words = f" {normalise(written)} "
        if "*" not in written:
            return cls(words)
        return cls(words, re.compile(f" {' '.join(map(_opened, written.split()))} "))

    def is_in(self, sentence: str) -> bool:
        """Whether the words stand somewhere in the sentence."""
        return self.words in sentence if self.pattern is None else self.pattern.search(sentence) is not None


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

    def is_in(self, sentence: str) -> bool:
        """Whether the sentence shows this sign."""
        if self.alone and len(sentence.split()) != sum(len(part.words.split()) for part in self.parts):
            return False
        return all(part.is_in(sentence) for part in self.parts) and not any(one.is_in(sentence) for one in self.without)


def shows(text: str, written: str) -> bool:
    """Whether a sentence of the text shows one of the signs written in the wording."""
    signs = _signs(written)
    spoken = [f" {normalise(sentence)} " for sentence in sentences(text)]
    return any(sign.is_in(sentence) for sentence in spoken for sign in signs)


@lru_cache(maxsize=64)
def _signs(written: str) -> tuple[Sign, ...]:
    return tuple(Sign.of(sign.strip()) for sign in written.split("|") if sign.strip())


def _opened(word: str) -> str:
    """A pattern of a word that may go on where it has a *."""
    before, after = ("[^ ]*" if open_ else "" for open_ in (word.startswith("*"), word.endswith("*")))
    return f"{before}{re.escape(normalise(word))}{after}"
