"""German and English text brought to a form in which two phrasings can be compared.

Everything here is pure, never raises, and looks at no more than `LIMIT` characters and `TOKENS` words of a message:
of a longer one its first and its last half `LIMIT`, because people put the question at the beginning or at the end.
"""

import re
import unicodedata
from collections.abc import Container, Iterable
from functools import lru_cache
from typing import Any

import Stemmer

from bot.knowledge.entry import Language
from bot.matching.words import KEYBOARD_ROWS, NUMBERS, STOP_WORDS, TELLS_ENGLISH, TELLS_GERMAN

LIMIT = 1200
TOKENS = 96
WORD_LIMIT = 40

_INVISIBLE = re.compile(r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ud800-\udfff]")  # fmt: skip  # noqa: E501
_MAY_BE_GENDERED = re.compile(r"[:*_·/(]|[a-zäöüß]In")  # a quick look before the slow ones
_GENDER_MARK = re.compile(r"(?<=[^\W\d_]{3})(?:[:*_·/]-?|\()(?:innen|in|n|r|e|en)\b\)?")
_GENDER_CAPITAL = re.compile(r"(?<=[a-zäöüß]{2})In(?:nen)?\b")
_GENDER_LONG = re.compile(r"(?<=[^\W\d_]{3}(?:er|or|nt|st|ur|og))innen\b")
_TRANSCRIBED = re.compile(r"([aou])e+")
_WORD = re.compile(r"[^\W_]+")
_APOSTROPHE = re.compile(r"(?<=\w)['’`´ʼ](?=\w)")  # noqa: RUF001
_SENTENCE_END = re.compile(r"(?<=[?!])\s*|(?<=\w{3}[.])\s+|\n+")
_REPEATED = re.compile(r"(.)\1{3,}")
_VOWEL = re.compile(r"[aeiouyäöü]")


def excerpt(text: str) -> str:
    """What is looked at of a message: all of it, or the first and the last half of `LIMIT` characters."""
    if len(text) <= LIMIT:
        return text
    return f"{text[: LIMIT // 2]} {text[1 - LIMIT // 2 :]}"


def clean(text: str) -> str:
    """The text in small letters, composed, without gender forms and invisible characters; umlauts are kept."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
    if _MAY_BE_GENDERED.search(text):
        text = _GENDER_CAPITAL.sub("", _GENDER_MARK.sub("", text))
    text = _APOSTROPHE.sub("", text).casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return _GENDER_LONG.sub("", text) if "innen" in text else text


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """A cleaned word with ä, ae and a as one letter (so o and u), and without accents."""
    if not word.isascii():
        bare = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
        word = unicodedata.normalize("NFKC", bare)
    return _TRANSCRIBED.sub(r"\1", _GENDER_LONG.sub("", word) if "innen" in word else word)


def clean_words(text: str) -> list[str]:
    """The words of what is looked at, cleaned but not folded, at most `TOKENS`, each at most `WORD_LIMIT` long."""
    found = _WORD.findall(clean(excerpt(text)))
    if len(found) > TOKENS:
        found = found[: TOKENS // 2] + found[-TOKENS // 2 :]
    return [word[:WORD_LIMIT] for word in found]


def normalise(text: str) -> str:
    """The comparable form of a text: folded words with single spaces. Idempotent."""
    return " ".join(_WORD.findall(" ".join(fold(word) for word in clean_words(text))))


@lru_cache(maxsize=2)
def _stemmer(language: Language) -> Any:
    return Stemmer.Stemmer("english" if language is Language.EN else "german")


@lru_cache(maxsize=65536)
def stem(word: str, language: Language) -> str:
    """The folded stem of a cleaned word; stop words and short ones stay whole, small numbers become digits."""
    folded = fold(word)
    if folded in NUMBERS:
        return NUMBERS[folded]
    if len(folded) < 4 or folded in STOP_WORDS or not folded.isalpha():
        return folded
    found = fold(_stemmer(language).stemWord(word))
    return folded if found in STOP_WORDS else found or folded  # "Daten" is not the "dat" of the dialect


_VOWELS = re.compile(r"[aeiouy]+")
_SOUNDS = str.maketrans(
    {"v": "f", "w": "f", "b": "p", "d": "t", "g": "k", "c": "k", "q": "k", "z": "s", "x": "s", "h": "", "j": ""}
)
_DOUBLED = re.compile(r"(.)\1+")


@lru_cache(maxsize=65536)
def sound(word: str) -> str:
    """The consonants of a folded word as they sound, hard and single: dialects differ in the vowels, typos double."""
    bare = _VOWELS.sub("", word.replace("ph", "f"))
    return _DOUBLED.sub(r"\1", bare.translate(_SOUNDS)) or "-"


def split_compound(word: str, vocabulary: Container[str]) -> tuple[str, ...]:
    """The two known words a folded word is made of ("stadtratssitzung" → stadtrat, sitzung), or nothing."""
    best: tuple[str, ...] = ()
    for cut in range(4, len(word) - 3):
        tail = word[cut:]
        if tail not in vocabulary:
            continue
        head = _known_head(word[:cut], vocabulary)
        if head and (not best or min(len(head), len(tail)) > min(map(len, best))):
            best = (head, tail)
    return best


def _known_head(head: str, vocabulary: Container[str]) -> str | None:
    for joint in ("", "s", "n", "en", "es", "er"):
        bare = head.removesuffix(joint)
        if (not joint or bare != head) and len(bare) >= 3 and bare in vocabulary:
            return bare
    return None


def guess_language(words: Iterable[str]) -> Language | None:
    """The language whose small words there are more of among cleaned words; None when they do not tell."""
    folded = [fold(word) for word in words]
    german = sum(word in TELLS_GERMAN for word in folded)
    english = sum(word in TELLS_ENGLISH for word in folded)
    if german == english:
        return None
    return Language.DE if german > english else Language.EN


def sentences(text: str) -> list[str]:
    """The sentences and lines of what is looked at that have a word, at most sixteen, in order."""
    parts = (part.strip() for part in _SENTENCE_END.split(_INVISIBLE.sub("", excerpt(text))))
    return [part for part in parts if _WORD.search(part)][:16]  # "????" is not four questions


def is_noise(words: Iterable[str]) -> bool:
    """Whether none of these cleaned words is one: one letter over and over, a hand run over the keyboard."""
    return all(_is_mashed(fold(word)) for word in words)


def _is_mashed(word: str) -> bool:
    if word.isdigit():
        return len(word) < 4
    if len(word) < 2 or _REPEATED.search(word) or len(set(word)) == 1 < len(word) - 1:
        return True
    if len(set(word)) <= 2 and len(word) > 4:
        return True
    if any(word in row or word in row[::-1] for row in KEYBOARD_ROWS) and len(word) > 3:
        return True
    runs = sum(word[i : i + 3] in row for i in range(len(word) - 2) for row in KEYBOARD_ROWS)
    return runs * 2 >= len(word) > 3 or (word.isascii() and len(word) > 5 and not _VOWEL.search(word))
