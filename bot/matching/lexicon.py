"""The words of a knowledge base: reading a text in them, and what each is worth.

A word is compared by its stem, by the known words it is a compound of, and by the synonym group it belongs to.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from bot.knowledge.entry import Language, SynonymGroup
from bot.matching import text as texts
from bot.matching.memory import Remembering
from bot.matching.words import ENGLISH, GERMAN, STOP_WORDS

FAINT = 0.05  # least worth of a word, so that a question of stop words alone still has one
STOP = 0.25  # the worth of a stop word beside another equally rare one
SENSE = "~"  # marks a synonym group among stems


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it is compared: folded, its stem, its synonym groups, and the stems it is a compound of, if known.

    `plain`: the word in small letters as it was first met, for people to read.
    """

    folded: str
    stem: str
    senses: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    plain: str = field(default="", compare=False)

    @property
    def forms(self) -> tuple[str, ...]:
        """What it can be recognised by: itself first, then its synonym groups, then its parts."""
        return (self.stem, *self.senses, *self.parts)

    @property
    def is_stop_word(self) -> bool:
        """Whether the word carries no topic."""
        return not self.senses and (self.stem in STOP_WORDS or len(self.stem) < 2)


class Lexicon:
    """Every word of some texts. `rows` are those texts read, in order."""

    def __init__(self, said: Sequence[tuple[str, Language]], synonyms: Iterable[SynonymGroup] = ()) -> None:
        self.size = len(said)
        self._senses = _Senses(synonyms)
        plain = [_plain_words(text, language) for text, language in said]
        self._vocabulary = frozenset(word.stem for words in plain for word in words if len(word.stem) >= 3)
        self._split = Remembering(self._split_word, 65536)
        self.rows = [self._finished(words) for words in plain]
        seen = Counter(form for words in self.rows for form in {form for word in words for form in word.forms})
        self._weights = {form: max(FAINT, self._idf(count) * _factor(form)) for form, count in seen.items()}
        self._worth = Remembering(self._weigh, 65536)

    def read(self, plain: Iterable[str], language: Language | None) -> list[Word]:
        """Cleaned words, stemmed in that language (German when unknown), compounds joined and split."""
        tongue = language or Language.DE
        known = (self._plain_word(word, language) for word in plain)
        words = [part for word in known for part in self._parted(word, tongue)]
        return self._finished(list(self._joined(words)))

    def knows(self, word: Word) -> bool:
        """Whether a text of this lexicon has this word, another word of its group, or all its parts."""
        return word.stem in self._weights or bool(word.parts) or any(sense in self._weights for sense in word.senses)

    def weight(self, word: Word) -> float:
        """The worth of a word: rare ones count more, stop words little, unknown ones like the rarest."""
        return self._worth(word)

    def _weigh(self, word: Word) -> float:
        known = [self._weights[form] for form in (word.stem, *word.senses) if form in self._weights]
        return min(known) if known else max(FAINT, self._idf(0.5) * _factor(word.stem))

    def _idf(self, count: float) -> float:
        return math.log((1 + self.size) / (0.5 + count))

    def _finished(self, words: list[Word]) -> list[Word]:
        return self._senses.mark([self._split(word) for word in words])

    def _split_word(self, word: Word) -> Word:
        # The stem of a long word may have lost an "ung" that its part has kept as a word of its own.
        forms = dict.fromkeys([word.stem, word.folded, word.folded.removesuffix("en")])
        parts = max((texts.split_compound(form, self._vocabulary) for form in forms), key=_shortest)
        senses = self._senses.of(word.stem)
        return replace(word, parts=parts, senses=senses) if parts or senses else word

    def _is_foreign(self, word: Word) -> bool:
        return word.stem not in self._vocabulary and word.stem not in STOP_WORDS and not self._split(word).parts

    def _plain_word(self, word: str, language: Language | None) -> Word:
        """A word; in English where the language is unknown and only English knows it."""
        read = _plain_word(word, language or Language.DE)
        if language is None and read.stem not in self._vocabulary:
            english = _plain_word(word, Language.EN)
            return english if english.stem in self._vocabulary else read
        return read

    def _parted(self, word: Word, language: Language) -> list[Word]:
        """Two words that were typed without a space ("kannich"), if one is a stop word and the other is known too."""
        folded = word.folded
        if len(folded) >= 6 and self._is_foreign(word):
            for cut in range(3, len(folded) - 2):
                left, right = folded[:cut], folded[cut:]
                if left in STOP_WORDS or right in STOP_WORDS:
                    if not _of_one_language(left, right):
                        continue
                    halves = [Word(half, texts.stem(half, language), plain=half) for half in (left, right)]
                    if not any(self._is_foreign(half) for half in halves):
                        return halves
        return [word]

    def _joined(self, words: list[Word]) -> Iterator[Word]:
        """The words, two of them as one where they are known as one ("Paket Station")."""
        left: Word | None = None
        for word in words:
            if left and len(left.folded) >= 3 <= len(word.stem) and left.folded + word.stem in self._vocabulary:
                yield Word(left.folded + word.folded, left.folded + word.stem, plain=left.plain + word.plain)
                left = None
                continue
            if left:
                yield left
            left = word
        if left:
            yield left


class _Senses:
    """The synonym groups, found by the stems of their members."""

    def __init__(self, groups: Iterable[SynonymGroup]) -> None:
        self._of_one: dict[str, tuple[str, ...]] = {}
        self._of_several: dict[str, dict[tuple[str, ...], str]] = {}
        for number, group in enumerate(groups):
            for stems in {_stems(member, language) for member in group.words for language in Language}:
                if len(stems) == 1:
                    self._of_one[stems[0]] = (*self._of_one.get(stems[0], ()), f"{SENSE}{number}")
                elif stems:
                    self._of_several.setdefault(stems[0], {})[stems] = f"{SENSE}{number}"

    def of(self, stem: str) -> tuple[str, ...]:
        """The groups that have this word as a member."""
        return self._of_one.get(stem, ())

    def mark(self, words: list[Word]) -> list[Word]:
        """The words, in which a member of several words marks its first."""
        if self._of_several:
            for place, word in enumerate(words):
                for stems, sense in self._of_several.get(word.stem, {}).items():
                    if stems == tuple(other.stem for other in words[place : place + len(stems)]):
                        words[place] = replace(words[place], senses=(*words[place].senses, sense))
        return words


def _stems(text: str, language: Language) -> tuple[str, ...]:
    return tuple(word.stem for word in _plain_words(text, language))


def _plain_words(text: str, language: Language) -> list[Word]:
    return [_plain_word(word, language) for word in texts.clean_words(text)]


@lru_cache(maxsize=65536)
def _plain_word(word: str, language: Language) -> Word:
    return Word(texts.fold(word), texts.stem(word, language), plain=word)


def _shortest(parts: tuple[str, ...]) -> int:
    return min(map(len, parts), default=0)


def _of_one_language(left: str, right: str) -> bool:
    """Whether two words may stand together: "öffnet" is not the English "off" and the dialect's "net"."""
    return any({left, right} & STOP_WORDS <= words for words in (GERMAN, ENGLISH))


def _factor(stem: str) -> float:
    return STOP if stem in STOP_WORDS or len(stem) < 2 else 1.0
