"""Why a message was decided the way it was: values for `klbot ask --why` and for people who ask."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.matching.coverage import Match
from bot.matching.decision import Decision, Ranking, Thresholds
from bot.matching.lexicon import Word
from bot.matching.text import fold


@dataclass(frozen=True, slots=True)
class Understood:
    """One word of a message.

    `written`: as the citizen wrote it, in small letters. `weight`: its share of all that the message names, 0 to 1;
    stop words have none where another word has a topic. `matches`: how each of `Explanation.compared` knows it, if at
    all.
    """

    written: str
    word: Word
    weight: float
    matches: tuple[Match | None, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """`whole` is the ranking of the message, `questions` those of its single questions if it has several sentences.

    `compared`: the entries whose words the message was compared with, the best and the runner-up; of small talk its
    kind.
    """

    decision: Decision
    thresholds: Thresholds
    whole: Ranking
    questions: tuple[Ranking, ...]
    compared: tuple[str, ...]
    words: tuple[Understood, ...]


def written(plain: Sequence[str], words: Sequence[Word]) -> Iterator[str]:
    """For each word that was read, what was written: two words that were joined, or a part of one that was split."""
    rest = list(plain)
    for word in words:
        if rest and fold(rest[0]) == word.folded:
            yield rest.pop(0)
        elif len(rest) > 1 and fold(rest[0]) + fold(rest[1]) == word.folded:
            yield f"{rest.pop(0)} {rest.pop(0)}"
        else:
            yield word.folded
            if rest and fold(rest[0]).endswith(word.folded):
                rest.pop(0)
