"""Ranks the knowledge base's entries for a question, and decides what to do with it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from bot.knowledge.entry import Kind, KnowledgeBase, LabelledQuestion, Language
from bot.matching import text as texts
from bot.matching.alike import Gist, ask_the_same, gist
from bot.matching.calibration import Aim, Calibration, Limit, Sample, Signs, Verdict, calibrate, limit
from bot.matching.courtesy import Courtesy
from bot.matching.coverage import Coverage
from bot.matching.decision import (
    MOST_CANDIDATES,
    PARTING,
    Candidate,
    Decision,
    Outcome,
    Ranking,
    Rival,
    Rule,
    Thresholds,
    decide,
)
from bot.matching.evidence import evidence
from bot.matching.explanation import Explanation, Understood, written
from bot.matching.features import FeatureSpace, Floats, Integers
from bot.matching.grouping import grouped
from bot.matching.index import TextIndex
from bot.matching.lexicon import Lexicon, Word
from bot.matching.linear import HeldOut
from bot.matching.twins import Twin, twins

DEFAULT_AIM = Aim()
LEAST_QUESTIONS = 50  # with fewer labelled questions the default threshold is kept
LEAST_ANSWER = 0.4  # no threshold below this, however lucky the labelled questions were
MOST_QUESTIONS = 8  # sentences of one message that are also looked at alone; with more, people read it
TOO_MANY = "Die Nachricht enthält sehr viele Fragen auf einmal."
EXPLAINED = 3  # candidates compared with the question word by word
BARE = 2  # so many words without a topic say nothing ("ja", "und?"), unless they are known as small talk
FEW = 1000  # so many values are simply sorted
LONGEST_TALK = 12  # a message of more words is not small talk


@dataclass(frozen=True, slots=True)
class Said:
    """One known text: a phrasing of an entry, a counterexample of a topic, or an example of a kind of small talk."""

    owner: str
    text: str
    language: Language


@dataclass(frozen=True, slots=True)
class Sight:
    """What is seen of a text before anything is made of it: its words, the margin of each class, the texts it is like.

    `margins` and `likeness` are None for a text of which nothing is known.
    """

    text: str
    language: Language | None
    words: list[Word]
    mashed: bool
    margins: Floats | None = None
    likeness: Floats | None = None


class Matcher:
    """Knows every phrasing of a knowledge base. Building it takes some seconds, asking it about half a millisecond.

    `aim`: how many wrong answers are allowed; `thresholds` are computed for it from the base's labelled questions, if
    it has enough of them, and `limit` says how well that is known.
    """

    def __init__(self, kb: KnowledgeBase, aim: Aim = DEFAULT_AIM) -> None:
        entries = [entry.id for entry in kb.known()]
        self._nobody = len(entries)  # the class of counterexamples, behind those of the entries
        self._talk = self._nobody + 1  # the class of small talk of any kind
        self._classes = [*entries, "nobody", "small talk"]
        said = [(n, Said(p.entry, p.text, p.language)) for n, e in enumerate(kb.known()) for p in e.phrasings]
        said += [(self._nobody, Said(c.topic, c.text, c.language)) for c in kb.counterexamples()]
        for kind in kb.small_talk:
            said += [(self._talk, Said(kind.kind, t, tongue)) for tongue, ts in kind.examples.items() for t in ts]
        self._said = [one for _, one in said]
        self._labels: Integers = np.array([number for number, _ in said], dtype=np.int32)
        starts = np.searchsorted(self._labels, np.arange(len(self._classes) + 1))
        self._spans = [slice(int(a), int(b)) for a, b in pairwise(starts)]
        self._lexicon = Lexicon([(one.text, one.language) for one in self._said], kb.synonyms)
        self._courtesy = Courtesy(kb.small_talk)
        self._space = FeatureSpace()
        features = self._space.learn(self._lexicon.rows)
        self._evidence, held = evidence(features, self._labels, len(self._classes), self._nobody)
        self._index = TextIndex(features, exact=self._evidence.exact)
        self._coverage = Coverage(self._lexicon, self._spans)
        self._partings = dict(self._by_itself(kind) for kind in sorted(PARTING))
        self.thresholds = Thresholds()
        self.limit: Limit | None = None
        self._calibration = Calibration()
        self._learn(kb.questions, held, aim)

    def decide(self, text: str, language: Language | None = None, thresholds: Thresholds | None = None) -> Decision:
        """What to do with this message. `language`: the chat's, used when the words do not tell.

        What stands behind a thanks or a greeting is judged without it, lest it is taken for small talk.
        """
        limits = thresholds or self.thresholds
        decision = self._decide(self._heart(text, language, limits), language, limits)
        return replace(decision, text=text, thanked=self._courtesy.thanks(text))

    def _heart(self, text: str, language: Language | None, thresholds: Thresholds) -> str:
        """What is judged of a text: all of it, or what stands behind a courtesy that would hide it."""
        rest = self._courtesy.rest(text)
        if not rest or self._decide(text, language, thresholds).outcome is not Outcome.SMALLTALK:
            return text
        return text if self._decide(rest, language, thresholds).outcome is Outcome.SMALLTALK else rest

    def _decide(self, text: str, language: Language | None, thresholds: Thresholds) -> Decision:
        sights, asked = self._see_all(text, language)
        return self._decided([self._ranking(sight) for sight in sights], asked, thresholds)

    def _decided(self, rankings: list[Ranking], asked: int, thresholds: Thresholds) -> Decision:
        """`rankings`: of the whole, then of its questions; `asked`: how many questions there are."""
        whole, *questions = rankings
        decision = decide(whole, questions, thresholds)
        if asked > MOST_QUESTIONS and decision.outcome is not Outcome.SMALLTALK:
            return replace(
                decision,
                outcome=Outcome.FORWARD,
                reason=TOO_MANY,
                rule=Rule.TOO_MANY,
                entry=None,
                suggested=(),
                parts=(),
            )
        return decision

    def rank(self, text: str, language: Language | None = None) -> Ranking:
        """What this text resembles, looked at as one question. `language`: used when its own words do not tell."""
        return self._ranking(self._see(text, language))

    def explain(self, text: str, language: Language | None = None) -> Explanation:
        """Why `decide` decides this message as it does."""
        sights, asked = self._see_all(self._heart(text, language, self.thresholds), language)
        rankings = [self._ranking(sight) for sight in sights]
        decision = self._decided(rankings, asked, self.thresholds)
        decision = replace(decision, text=text, thanked=self._courtesy.thanks(text))
        whole, *questions = rankings
        compared = [one.entry for one in whole.candidates[:2]]
        if decision.rule is Rule.SMALL_TALK and decision.small_talk:
            compared = [self._classes[self._talk]]
        return Explanation(
            decision,
            self.thresholds,
            whole,
            tuple(questions),
            tuple(compared),
            tuple(self._understood(sights[0], [self._classes.index(entry) for entry in compared])),
        )

    def alike(self, text: str, others: Sequence[str]) -> list[bool]:
        """Whether this question asks the same as each of the others, beyond doubt."""
        mine = self._gist(text)
        return [ask_the_same(mine, self._gist(other), self._lexicon) for other in others]

    def grouped(self, questions: Sequence[str]) -> list[list[int]]:
        """The numbers of the questions that ask the same, by group; the largest group first."""
        return grouped([self._gist(text) for text in questions], self._lexicon)

    def twins(self) -> list[Twin]:
        """Phrasings of different entries that are nearly the same, by their numbers in file order; the likest first."""
        phrasings = int(np.searchsorted(self._labels, self._nobody))
        return twins(self._index.rows()[:phrasings], self._labels[:phrasings])

    def astray(self, near: Iterable[Twin]) -> Iterator[tuple[int, Decision]]:
        """Phrasings, by their numbers, that are neither answered with their own entry nor get it offered.

        `near`: all twins. In a base of very many entries only they are asked, as each text else is nearest to itself.
        """
        phrasings = range(int(np.searchsorted(self._labels, self._nobody)))
        some = sorted({number for twin in near for number in (twin.one, twin.other)})
        for number in some if self._evidence.exact else phrasings:
            said = self._said[number]
            decision = self.decide(said.text, said.language)
            offered = {decision.entry, *decision.suggested, *(part.entry for part in decision.parts)}
            if said.owner not in offered:
                yield number, decision

    def _gist(self, text: str) -> Gist:
        plain = texts.clean_words(text)
        return gist(text, self._lexicon.read(plain, texts.guess_language(plain)))

    def _understood(self, sight: Sight, compared: list[int]) -> Iterator[Understood]:
        topical = any(not word.is_stop_word for word in sight.words)
        weights = [0.0 if topical and word.is_stop_word else self._lexicon.weight(word) for word in sight.words]
        total = sum(weights) or 1.0
        spelled = written(texts.clean_words(sight.text), sight.words)
        for spelling, word, weight in zip(spelled, sight.words, weights, strict=True):
            matches = tuple(self._coverage.match(word, number) for number in compared)
            yield Understood(spelling, word, weight / total, matches)

    # -- seeing -----------------------------------------------------------------------------------

    def _see_all(self, text: str, language: Language | None) -> tuple[list[Sight], int]:
        """The whole, then of several sentences the questions (the first eight); and how many questions there are."""
        whole = self._see(text, language)
        sentences = texts.sentences(text)
        if len(sentences) < 2:
            return [whole], 0
        asked = [sentence for sentence in sentences if sentence.endswith("?")]
        spoken = whole.language or language
        return [whole, *(self._see(sentence, spoken) for sentence in asked[:MOST_QUESTIONS])], len(asked)

    def _see(self, text: str, language: Language | None) -> Sight:
        plain = texts.clean_words(text)
        spoken = texts.guess_language(plain)
        words = self._lexicon.read(plain, spoken or language)
        mashed = texts.is_noise(plain) and not any(self._lexicon.knows(word) for word in words)
        features, values = self._space.vector(words)
        if mashed or not len(features):
            return Sight(text, spoken, words, mashed)
        likeness = self._index.likeness(features, values)
        return Sight(text, spoken, words, mashed, self._evidence.margins(features, values, likeness), likeness)

    def _ranking(self, sight: Sight) -> Ranking:
        topical = sum(not word.is_stop_word for word in sight.words)
        ranking = Ranking(sight.text, language=sight.language, words=topical, is_question="?" in sight.text)
        if sight.margins is not None and sight.likeness is not None:
            ranking = replace(
                ranking,
                candidates=self._candidates(sight.words, sight.margins, sight.likeness),
                counterexample=self._rival(self._nobody, sight.words, sight.margins, sight.likeness),
                small_talk=self._rival(self._talk, sight.words, sight.margins, sight.likeness)
                if len(sight.words) <= LONGEST_TALK
                else None,
            )
        bare = not topical and len(sight.words) <= BARE
        return replace(ranking, noise=sight.mashed or (bare and not _is_talk(ranking)))

    def _candidates(self, words: list[Word], margins: Floats, likeness: Floats) -> tuple[Candidate, ...]:
        found = []
        for place, number in enumerate(_best(margins[: self._nobody], MOST_CANDIDATES)):
            signs = self._signs(number, words if place < EXPLAINED else [], margins)
            said = self._said[self._nearest(number, likeness)]
            score = self._calibration.probability(signs)
            found.append(Candidate(said.owner, score, said.text, said.language, signs.explained))
        return tuple(sorted(found, key=lambda one: -one.score))

    def _signs(self, number: int, words: list[Word], margins: Floats) -> Signs:
        """What speaks for a class; without words, as if it knew none of them."""
        return Signs(float(margins[number]), _lead(margins, number), self._coverage.explained(words, number))

    def _nearest(self, number: int, likeness: Floats) -> int:
        """The text of a class that the question resembles most."""
        own = self._spans[number]
        return own.start + int(likeness[own].argmax())

    def _rival(self, number: int, words: list[Word], margins: Floats, likeness: Floats) -> Rival | None:
        if self._spans[number].start == self._spans[number].stop:
            return None
        said = self._said[self._nearest(number, likeness)]
        signs = self._signs(number, words, margins)
        own = self._partings.get(said.owner) if number == self._talk else None
        known = signs.explained if own is None else own.explained(words, 0)
        return Rival(said.owner, said.text, self._calibration.probability(signs), known)

    def _by_itself(self, kind: str) -> tuple[str, Coverage]:
        """A kind of small talk with the words of its own examples, which stand one after the other."""
        talk = self._spans[self._talk]
        own = [number for number in range(talk.start, talk.stop) if self._said[number].owner == kind]
        return kind, Coverage(self._lexicon, [slice(own[0], own[-1] + 1) if own else slice(0, 0)])

    # -- learning ---------------------------------------------------------------------------------

    def _learn(self, questions: Iterable[LabelledQuestion], held: HeldOut, aim: Aim) -> None:
        """Learn from held-out phrasings and from labelled questions what a margin is worth and how sure is enough."""
        entries = set(self._classes[: self._nobody])
        labelled = [one for one in questions if entries.issuperset(one.entries)]
        seen = [self._see_all(one.text, None)[0] for one in labelled]
        self._calibration = calibrate(
            [
                Sample(self._signs(number, sights[0].words, sights[0].margins), self._classes[number] in one.entries)
                for one, sights in zip(labelled, seen, strict=True)
                if sights[0].margins is not None
                for number in _best(sights[0].margins[: self._nobody], EXPLAINED)
            ]
        )
        if len(labelled) >= LEAST_QUESTIONS:
            verdicts = [self._verdict(*pair) for pair in zip(labelled, seen, strict=True)]
            self.limit = limit([*verdicts, *self._own_verdicts(held)], aim)
            self.thresholds = replace(self.thresholds, answer=max(LEAST_ANSWER, self.limit.answer))

    def _verdict(self, question: LabelledQuestion, sights: list[Sight]) -> Verdict:
        """What would be answered if the threshold were 0."""
        whole, *asked = (self._ranking(sight) for sight in sights)
        decision = decide(whole, asked, replace(self.thresholds, answer=0.0))
        if decision.outcome is not Outcome.ANSWER:
            return Verdict(question.kind, 0.0, wrong=False)
        return Verdict(question.kind, decision.candidates[0].score, wrong=decision.entry not in question.entries)

    def _own_verdicts(self, held: HeldOut) -> Iterator[Verdict]:
        """The same of held-out phrasings and counterexamples."""
        for text, margins in zip(held.numbers.tolist(), held.margins, strict=True):
            label = self._labels[text]
            if label > self._nobody:
                continue
            number = _best(margins[: self._nobody], 1)[0]
            score = self._calibration.probability(self._signs(number, self._lexicon.rows[text], margins))
            kind = Kind.IN_SCOPE if label < self._nobody else Kind.OUT_OF_SCOPE
            yield Verdict(kind, score, wrong=number != label, own=True)


def _is_talk(ranking: Ranking) -> bool:
    best = ranking.candidates[0].score if ranking.candidates else 0.0
    return ranking.small_talk is not None and ranking.small_talk.score > max(best, 0.5)


def _best(values: Floats, most: int) -> list[int]:
    """The numbers of the highest values, highest first; of equal ones the first."""
    numbers = np.arange(len(values))
    if len(values) > FEW:
        # In a large base most entries have nothing in common with a question, and all the same value.
        numbers = np.flatnonzero(values > values.min())
        numbers = numbers if len(numbers) >= most else np.arange(len(values))
    order = np.argsort(-values[numbers], kind="stable")[:most]
    return [int(number) for number in numbers[order]]


def _lead(margins: Floats, number: int) -> float:
    """How far a class is before the best of all others."""
    best = int(margins.argmax())
    if number != best:
        return float(margins[number] - margins[best])
    others = max(margins[:best].max(initial=-np.inf), margins[best + 1 :].max(initial=-np.inf))
    return float(margins[best] - others) if len(margins) > 1 else float(margins[0])
