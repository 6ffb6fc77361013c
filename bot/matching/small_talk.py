"""Tells greetings, thanks, insults and the like from questions."""

import re
from collections.abc import Sequence

import numpy as np

from bot.knowledge.entry import Language, SmallTalk
from bot.matching.decision import Rival
from bot.matching.index import PhraseIndex, Word

STOP_WEIGHT = 0.4  # "wer bist du" consists of stop words: here they say something
NEAREST = 16
LONGEST = 10  # a message of more words is not small talk
LEAST_EXPLAINED = 0.3  # of the message's weight by the example

_BREAK = re.compile(r"[.!?,;:\n]+")


class SmallTalkIndex:
    """The knowledge base's small talk, ready to be compared with a message."""

    def __init__(self, kinds: Sequence[SmallTalk]) -> None:
        said = [
            (kind.kind, text, tongue) for kind in kinds for tongue, texts in kind.examples.items() for text in texts
        ]
        self._kinds = [kind for kind, _, _ in said]
        self._texts = [text for _, text, _ in said]
        self._index = PhraseIndex([(text, tongue) for _, text, tongue in said], STOP_WEIGHT)

    def knows(self, word: Word) -> bool:
        """Whether people say this word in small talk."""
        return self._index.knows(word)

    def nearest(self, text: str, language: Language | None) -> Rival | None:
        """The example this message resembles most, or None for a message too long or like none.

        A message of several pieces ("Danke, tschüss!") is as much small talk as its least piece, and of the last one's
        kind.
        """
        if len(self._index.read(text, language)) > LONGEST:
            return None
        whole = self._nearest(text, language)
        pieces = [self._nearest(piece, language) for piece in _BREAK.split(text) if piece.strip()]
        if len(pieces) < 2 or not all(pieces):
            return whole
        rivals = [rival for rival in pieces if rival]
        least = min(rival.score for rival in rivals)
        if whole and whole.score >= least:
            return whole
        return Rival(rivals[-1].name, rivals[-1].text, least)

    def _nearest(self, text: str, language: Language | None) -> Rival | None:
        words = self._index.read(text, language)
        if not words or not self._index.size:
            return None
        near = np.argsort(-self._index.cosines(words))[:NEAREST]
        asked, said = self._index.coverage(words, near)
        scores = np.where(asked >= LEAST_EXPLAINED, 0.5 * asked + 0.5 * said, 0.0)
        best = int(scores.argmax())
        if scores[best] <= 0:
            return None
        return Rival(self._kinds[near[best]], self._texts[near[best]], float(scores[best]))
