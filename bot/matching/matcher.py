"""Ranks the knowledge base's entries for a question, and decides what to do with it."""

import math
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from bot.knowledge.entry import KnowledgeBase, Language
from bot.matching import text as texts
from bot.matching.decision import MOST_CANDIDATES, Candidate, Decision, Outcome, Ranking, Rival, Thresholds, decide
from bot.matching.evidence import Evidence, best_of
from bot.matching.index import Floats, Integers, PhraseIndex, Word
from bot.matching.small_talk import SmallTalkIndex

STOP_WEIGHT = 0.25
NEAREST = 40  # phrasings compared word by word
MOST_QUESTIONS = 8  # sentences of one message that are also looked at alone; with more, people read it
TOO_MANY = "Die Nachricht enthält sehr viele Fragen auf einmal."

# score = 1 / (1 + exp(-STEEPNESS * (learnt + NEAR * covered - NOBODY * learnt for nobody - MIDDLE)))
NEAR = 0.35
NOBODY = 0.75
STEEPNESS = 6.0
MIDDLE = 0.5
NEAR_TALK = 0.71
SURELY_TALK = 0.8  # small talk this near is no noise, even if it is a single "ja"

DEFAULTS = Thresholds()


@dataclass(frozen=True, slots=True)
class _Said:
    """One text of the index: a phrasing of an entry, or a counterexample of a topic."""

    owner: str
    text: str
    language: Language


class Matcher:
    """Knows every phrasing of a knowledge base. Building it takes part of a second, asking it about a millisecond."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self._entries = [entry.id for entry in kb.entries()]
        self._nobody = len(self._entries)  # the class of counterexamples
        phrased = [_Said(p.entry, p.text, p.language) for entry in kb.entries() for p in entry.phrasings]
        counter = [_Said(c.topic, c.text, c.language) for c in kb.counterexamples()]
        numbers = {entry: number for number, entry in enumerate(self._entries)}
        self._said = [*phrased, *counter]
        labels = [numbers[said.owner] for said in phrased] + [self._nobody] * len(counter)
        self._labels: Integers = np.array(labels, dtype=np.int64)
        starts = np.searchsorted(self._labels, np.arange(self._nobody + 1))
        self._spans = [slice(int(a), int(b)) for a, b in pairwise(starts)]
        self._index = PhraseIndex([(said.text, said.language) for said in self._said], STOP_WEIGHT)
        self._evidence = Evidence(self._index, self._labels, self._nobody + 1)
        self._small_talk = SmallTalkIndex(kb.small_talk)

    def decide(self, text: str, language: Language | None = None, thresholds: Thresholds = DEFAULTS) -> Decision:
        """What to do with this message. `language`: the chat's, used when the words do not tell."""
        whole = self.rank(text, language)
        sentences = texts.sentences(text)
        asked = [sentence for sentence in sentences if sentence.endswith("?")]
        questions = [self.rank(sentence, whole.language or language) for sentence in asked if len(sentences) > 1]
        decision = decide(whole, questions[:MOST_QUESTIONS], thresholds)
        if len(asked) > MOST_QUESTIONS:
            return replace(decision, outcome=Outcome.FORWARD, reason=TOO_MANY, entry=None, suggested=(), parts=())
        return decision

    def rank(self, text: str, language: Language | None = None) -> Ranking:
        """What this text resembles, looked at as one question. `language`: used when its own words do not tell."""
        spoken = texts.guess_language(text)
        words = self._index.read(text, spoken or language)
        topical = [word for word in words if not self._index.is_stop_word(word)]
        talk = self._talk(text, spoken or language, topical)
        noise = self._is_noise(text, words, topical, talk)
        ranking = Ranking(text, (), (), None, talk, noise, spoken, len(topical), "?" in text)
        cosines = self._index.cosines(words)
        return ranking if noise or not cosines.any() else self._with_entries(ranking, words, cosines)

    def _talk(self, text: str, language: Language | None, topical: list[Word]) -> Rival | None:
        """The nearest small talk; it must be near when the text has a word of the entries that is new to small talk."""
        talk = self._small_talk.nearest(text, language)
        strange = any(self._index.knows(word) and not self._small_talk.knows(word) for word in topical)
        return None if talk and strange and talk.score < NEAR_TALK else talk

    def _is_noise(self, text: str, words: list[Word], topical: list[Word], talk: Rival | None) -> bool:
        if talk and talk.score >= SURELY_TALK:
            return False
        if not topical and len(words) <= 2:
            return True
        return texts.is_noise(text) and not any(self._index.knows(word) for word in words)

    def _with_entries(self, ranking: Ranking, words: list[Word], cosines: Floats) -> Ranking:
        near = np.argsort(-cosines)[:NEAREST]
        asked, said = self._index.coverage(words, near)
        classes = self._nobody + 1
        covered = best_of(0.6 * asked + 0.4 * said, self._labels[near], classes)
        explained = best_of(asked, self._labels[near], classes)
        learnt = self._evidence.of(cosines)
        evidence = learnt + NEAR * covered - NOBODY * learnt[self._nobody]
        order = np.argsort(-evidence[: self._nobody])[:MOST_CANDIDATES]
        return replace(
            ranking,
            candidates=tuple(self._candidate(int(entry), float(evidence[entry]), cosines) for entry in order),
            breadth=tuple(float(explained[entry]) for entry in order),
            counterexample=self._counterexample(near, 0.6 * asked + 0.4 * said),
        )

    def _candidate(self, entry: int, evidence: float, cosines: Floats) -> Candidate:
        own = self._spans[entry]
        nearest = self._said[own.start + int(cosines[own].argmax())]
        score = 1 / (1 + math.exp(-STEEPNESS * (evidence - MIDDLE)))
        return Candidate(nearest.owner, score, nearest.text, nearest.language)

    def _counterexample(self, near: Integers, covered: Floats) -> Rival | None:
        own = np.flatnonzero(self._labels[near] == self._nobody)
        if not len(own):
            return None
        best = own[int(covered[own].argmax())]
        said = self._said[near[best]]
        return Rival(said.owner, said.text, float(covered[best]))
