"""Ranks the knowledge base's entries for a question, and decides what to do with it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from bot.knowledge.entry import KnowledgeBase, LabelledQuestion, Language
from bot.matching import text as texts
from bot.matching.calibration import Calibration, Limit, Sample, Verdict, calibrate, limit
from bot.matching.decision import MOST_CANDIDATES, Candidate, Decision, Outcome, Ranking, Rival, Thresholds, decide
from bot.matching.evidence import Evidence, evidence
from bot.matching.features import FeatureSpace, Floats, Integers
from bot.matching.index import PhraseIndex
from bot.matching.lexicon import Lexicon, Word

MOST_QUESTIONS = 8  # sentences of one message that are also looked at alone; with more, people read it
TOO_MANY = "Die Nachricht enthält sehr viele Fragen auf einmal."
MAX_WRONG_ANSWERS = 0.02  # of all messages
LEAST_QUESTIONS = 50  # with fewer labelled questions the default threshold is kept
LEAST_ANSWER = 0.4  # no threshold below this, however lucky the labelled questions were
OWN_PHRASINGS = 0.5  # what all of an entry base's phrasings teach together, beside all labelled questions
BARE = 2  # so many words without a topic say nothing ("ja", "und?"), unless they are known as small talk
LONGEST_TALK = 12  # a message of more words is not small talk


@dataclass(frozen=True, slots=True)
class _Said:
    """One text of the index: a phrasing of an entry, a counterexample of a topic, or an example of small talk."""

    owner: str
    text: str
    language: Language


class Matcher:
    """Knows every phrasing of a knowledge base. Building it takes about a second, asking it about a millisecond.

    `max_wrong_answers`: the share of all messages that may be answered wrongly; `thresholds` are computed for it from
    the base's labelled questions, if it has enough of them, and `limit` says how well that is known.
    """

    def __init__(self, kb: KnowledgeBase, max_wrong_answers: float = MAX_WRONG_ANSWERS) -> None:
        entries = [entry.id for entry in kb.entries()]
        self._entries = len(entries)
        self._nobody = self._entries  # the class of counterexamples; behind it the kinds of small talk
        self._classes = [*entries, "", *(kind.kind for kind in kb.small_talk)]
        said = [(n, _Said(p.entry, p.text, p.language)) for n, e in enumerate(kb.entries()) for p in e.phrasings]
        said += [(self._nobody, _Said(c.topic, c.text, c.language)) for c in kb.counterexamples()]
        for number, kind in enumerate(kb.small_talk, start=self._nobody + 1):
            said += [(number, _Said(kind.kind, t, tongue)) for tongue, ts in kind.examples.items() for t in ts]
        self._said = [one for _, one in said]
        self._labels: Integers = np.array([number for number, _ in said], dtype=np.int64)
        starts = np.searchsorted(self._labels, np.arange(len(self._classes) + 1))
        self._spans = [slice(int(a), int(b)) for a, b in pairwise(starts)]
        self._lexicon = Lexicon([(one.text, one.language) for one in self._said], kb.synonyms)
        self._space = FeatureSpace(self._lexicon.rows)
        self._index = PhraseIndex(self._lexicon, self._space)
        self._evidence: Evidence = evidence(self._space.matrix, self._labels, len(self._classes), self._nobody)
        self._calibration = Calibration()
        self.thresholds = Thresholds()
        self.limit: Limit | None = None
        self._learn(kb.questions, max_wrong_answers)

    def decide(self, text: str, language: Language | None = None, thresholds: Thresholds | None = None) -> Decision:
        """What to do with this message. `language`: the chat's, used when the words do not tell."""
        whole, questions, asked = self._look(text, language)
        decision = decide(whole, questions, thresholds or self.thresholds)
        if asked > MOST_QUESTIONS:
            return replace(decision, outcome=Outcome.FORWARD, reason=TOO_MANY, entry=None, suggested=(), parts=())
        return decision

    def rank(self, text: str, language: Language | None = None) -> Ranking:
        """What this text resembles, looked at as one question. `language`: used when its own words do not tell."""
        spoken = texts.guess_language(text)
        words = self._lexicon.read(text, spoken or language)
        topical = [word for word in words if not word.is_stop_word]
        ranking = Ranking(text, language=spoken, words=len(topical), is_question="?" in text)
        if texts.is_noise(text) and not any(self._lexicon.knows(word) for word in words):
            return replace(ranking, noise=True)
        features, values = self._space.vector(words)
        if len(features):
            likeness = self._index.likeness(features, values)
            margins = self._evidence.margins(features, values, likeness)
            ranking = self._with_classes(ranking, words, margins, likeness)
        bare = not topical and len(words) <= BARE
        return replace(ranking, noise=bare and not _is_talk(ranking))

    # -- ranking ----------------------------------------------------------------------------------

    def _look(self, text: str, language: Language | None) -> tuple[Ranking, list[Ranking], int]:
        """The rankings of the whole and of its questions, and how many questions there are."""
        whole = self.rank(text, language)
        sentences = texts.sentences(text)
        if len(sentences) < 2:
            return whole, [], 0
        asked = [sentence for sentence in sentences if sentence.endswith("?")]
        spoken = whole.language or language
        return whole, [self.rank(sentence, spoken) for sentence in asked[:MOST_QUESTIONS]], len(asked)

    def _with_classes(self, ranking: Ranking, words: list[Word], margins: Floats, likeness: Floats) -> Ranking:
        order = np.argsort(-margins[: self._entries])[:MOST_CANDIDATES]
        talk = self._nobody + 1 + int(margins[self._nobody + 1 :].argmax()) if len(margins) > self._nobody + 1 else None
        shown = [*order.tolist(), self._nobody, *([talk] if talk is not None else [])]
        nearest = [self._nearest(number, likeness) for number in shown]
        found = np.array([number for number in nearest if number is not None], dtype=np.int64)
        explained = dict(zip(found.tolist(), self._index.coverage(words, found)[0].tolist(), strict=True))
        candidates = [
            self._candidate(number, near, margins)
            for number, near in zip(order.tolist(), nearest, strict=False)
            if near is not None
        ]
        return replace(
            ranking,
            candidates=tuple(candidates),
            breadth=tuple(explained[near] for near in nearest[: len(order)] if near is not None),
            counterexample=self._rival(nearest[len(order)], explained),
            small_talk=self._talk(talk, nearest[-1], margins, explained, words) if talk is not None else None,
        )

    def _nearest(self, number: int, likeness: Floats) -> int | None:
        """The text of a class that the question resembles most."""
        own = self._spans[number]
        return own.start + int(likeness[own].argmax()) if own.stop > own.start else None

    def _candidate(self, number: int, near: int, margins: Floats) -> Candidate:
        said = self._said[near]
        score = self._calibration.probability(float(margins[number]), _lead(margins, number))
        return Candidate(said.owner, score, said.text, said.language)

    def _rival(self, near: int | None, explained: dict[int, float]) -> Rival | None:
        return Rival(self._said[near].owner, self._said[near].text, explained[near]) if near is not None else None

    def _talk(
        self, number: int, near: int | None, margins: Floats, explained: dict[int, float], words: list[Word]
    ) -> Rival | None:
        """The nearest small talk; none if much was said."""
        if near is None or len(words) > LONGEST_TALK:
            return None
        others = margins[: self._nobody + 1].max()
        score = self._calibration.probability(float(margins[number]), float(margins[number] - others))
        return Rival(self._said[near].owner, self._said[near].text, score)

    # -- learning ---------------------------------------------------------------------------------

    def _learn(self, questions: Sequence[LabelledQuestion], wanted: float) -> None:
        numbers = {name: number for number, name in enumerate(self._classes[: self._entries])}
        labelled = [one for one in questions if all(entry in numbers for entry in one.entries)]
        held, margins = self._evidence.held_out()
        rights = [(margins[row], {int(self._labels[number])}) for row, number in enumerate(held.tolist())]
        own = [(margins, right) for margins, right in rights if max(right) <= self._nobody]
        asked = [(self._margins(one.text), {numbers[entry] for entry in one.entries}) for one in labelled]
        weight = OWN_PHRASINGS * max(LEAST_QUESTIONS, len(asked)) / max(1, len(own))
        self._calibration = calibrate(
            [self._sample(margins, right, weight) for margins, right in own]
            + [self._sample(margins, right, 1.0) for margins, right in asked]
        )
        if len(labelled) >= LEAST_QUESTIONS:
            verdicts = [self._verdict(one) for one in labelled]
            self.limit = limit(verdicts, wanted)
            self.thresholds = replace(self.thresholds, answer=max(LEAST_ANSWER, self.limit.answer))

    def _margins(self, text: str) -> Floats:
        features, values = self._space.vector(self._lexicon.read(text, texts.guess_language(text)))
        return self._evidence.margins(features, values, self._index.likeness(features, values))

    def _sample(self, margins: Floats, right: set[int], weight: float) -> Sample:
        order = np.argsort(-margins[: self._entries])[:3].tolist()
        return Sample(
            tuple(float(margins[number]) for number in order),
            tuple(_lead(margins, number) for number in order),
            tuple(number in right for number in order),
            weight,
        )

    def _verdict(self, question: LabelledQuestion) -> Verdict:
        """What would be answered if the threshold were 0."""
        whole, asked, _ = self._look(question.text, None)
        decision = decide(whole, asked, replace(self.thresholds, answer=0.0))
        if decision.outcome is not Outcome.ANSWER:
            return Verdict(0.0, wrong=False)
        return Verdict(decision.candidates[0].score, wrong=decision.entry not in question.entries)


def _is_talk(ranking: Ranking) -> bool:
    best = ranking.candidates[0].score if ranking.candidates else 0.0
    return ranking.small_talk is not None and ranking.small_talk.score > max(best, 0.5)


def _lead(margins: Floats, number: int) -> float:
    """How far a class is before the best of all others."""
    others = np.delete(margins, number)
    return float(margins[number] - others.max()) if len(others) else float(margins[number])
