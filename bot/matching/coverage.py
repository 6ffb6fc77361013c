"""Which words of a question a class knows: an entry by its phrasings, "nobody" by the counterexamples.

A word that the knowledge base knows is what it is; one that it does not know may be a slip of the finger, and is
compared with the words of the class one by one (rapidfuzz).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import fuzz, process

from bot.matching.features import PART
from bot.matching.lexicon import Lexicon, Word
from bot.matching.memory import Remembering

ALIKE = 75.0  # below this rapidfuzz ratio two words are different words
LEAST_LETTERS = 4  # shorter words are not compared by letters: every third one is like another


class How(StrEnum):
    """By what a word was recognised."""

    WORD = "word"
    SYNONYM = "synonym"
    PART = "part"
    LETTERS = "letters"


@dataclass(frozen=True, slots=True)
class Match:
    """What a word of a question was recognised as. `share` is 0 to 1: how much of it is explained."""

    how: How
    known: str
    share: float


class Coverage:
    """The words of every class, by its number."""

    def __init__(self, lexicon: Lexicon, spans: Sequence[slice]) -> None:
        self._lexicon = lexicon
        self._words = [_Words(word for row in lexicon.rows[span] for word in row) for span in spans]
        self._alike = Remembering(self._compare, 65536)

    def explained(self, words: Iterable[Word], number: int) -> float:
        """The share of a question, weighed by rarity, that a class knows; of its words with a topic, if it has any."""
        unique = {word.stem: word for word in words}.values()
        rare = [word for word in unique if not word.is_stop_word] or list(unique)
        weights = [self._lexicon.weight(word) for word in rare]
        shares = (self._share(word, number) for word in rare)
        return sum(weight * share for weight, share in zip(weights, shares, strict=True)) / (sum(weights) or 1.0)

    def match(self, word: Word, number: int) -> Match | None:
        """How a class knows this word, if it does."""
        known = self._words[number]
        if word.stem in known.forms:
            return Match(How.WORD, known.forms[word.stem], 1.0)
        for sense in word.senses:
            if sense in known.forms:
                return Match(How.SYNONYM, known.forms[sense], 1.0)
        parts = [part for part in word.parts if part in known.forms]
        if parts:
            share = sum(map(len, parts)) / sum(map(len, word.parts))
            return Match(How.PART, " + ".join(known.forms[part] for part in parts), PART * share)
        if len(word.stem) < LEAST_LETTERS or self._lexicon.knows(word):
            return None
        return self._alike(word.stem, number)

    def _share(self, word: Word, number: int) -> float:
        match = self.match(word, number)
        return match.share if match else 0.0

    def _compare(self, stem: str, number: int) -> Match | None:
        known = self._words[number]
        found = process.extractOne(stem, known.stems, scorer=fuzz.ratio, score_cutoff=ALIKE)
        return Match(How.LETTERS, known.forms[found[0]], (found[1] / 100) ** 2) if found else None


class _Words:
    """The words of one class. `forms`: from each stem, synonym group and part to a word that has it."""

    def __init__(self, words: Iterable[Word]) -> None:
        self.forms: dict[str, str] = {}
        stems: dict[str, None] = {}
        for word in words:
            stems[word.stem] = None
            for form in word.forms:
                self.forms.setdefault(form, word.plain or word.folded)
        self.stems = list(stems)
