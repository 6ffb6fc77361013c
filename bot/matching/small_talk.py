"""Tells greetings, thanks, insults and the like from questions."""

from collections.abc import Sequence

import numpy as np

from bot.knowledge.entry import Language, SmallTalk
from bot.matching.decision import Rival
from bot.matching.index import PhraseIndex

STOP_WEIGHT = 0.4  # "wer bist du" consists of stop words: here they say something
NEAREST = 16
LONGEST = 10  # a message of more words is not small talk


class SmallTalkIndex:
    """The knowledge base's small talk, ready to be compared with a message."""

    def __init__(self, kinds: Sequence[SmallTalk]) -> None:
        said = [
            (kind.kind, text, tongue) for kind in kinds for tongue, texts in kind.examples.items() for text in texts
        ]
        self._kinds = [kind for kind, _, _ in said]
        self._texts = [text for _, text, _ in said]
        self._index = PhraseIndex([(text, tongue) for _, text, tongue in said], STOP_WEIGHT)

    def nearest(self, text: str, language: Language | None) -> Rival | None:
        """The example this message resembles most, or None for a message too long or like none."""
        words = self._index.read(text, language)
        if not 0 < len(words) <= LONGEST or not self._index.size:
            return None
        near = np.argsort(-self._index.cosines(words))[:NEAREST]
        asked, said = self._index.coverage(words, near)
        scores = 0.65 * asked + 0.35 * said
        best = int(scores.argmax())
        if scores[best] <= 0:
            return None
        return Rival(self._kinds[near[best]], self._texts[near[best]], float(scores[best]))
