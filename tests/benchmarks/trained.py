"""Peers from scikit-learn and bm25s, which only `make bench-matching` installs."""

import warnings
from collections.abc import Sequence
from typing import Any

import bm25s
import numpy as np
import Stemmer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion
from sklearn.svm import LinearSVC

from bot.knowledge.entry import LabelledQuestion, Language
from tests.benchmarks.metrics import Guess
from tests.benchmarks.peers import RANKS, ROWS, Floats, Known, guess_of
from tests.benchmarks.sets import QuestionSet, said

WORDS = r"(?u)\b\w+\b"
STEMMERS = {Language.DE: "german", Language.EN: "english"}
C = 1.0  # 0.1 is worse, 3 and 10 no better, on a fifth of the training texts of five sets
NOBODY = ""  # class of texts that nobody answers; no entry has this id


class Bm25:
    """bm25s over all phrasings, with the stop words and the stemmer of the set's language."""

    name = "BM25 (bm25s)"
    ranks = RANKS
    most: int | None = None

    def fit(self, question_set: QuestionSet) -> None:
        """Index every phrasing."""
        self._stopwords = str(question_set.language)
        self._stemmer = Stemmer.Stemmer(STEMMERS[question_set.language])
        self._known = Known(said(question_set.base))
        self._index = bm25s.BM25()
        self._index.index(self._tokens(self._known.texts), show_progress=False)

    def answer(self, text: str) -> str | None:
        """The label of the best phrasing."""
        return self._known.owners[int(self._scores(self._tokens([text])[0]).argmax())]

    def guesses(self, questions: Sequence[LabelledQuestion]) -> list[Guess]:
        """A question without any known word is like every phrasing or none: a guess of confidence 0."""
        return [self._known.guess(self._scores(words)) for words in self._tokens([one.text for one in questions])]

    def _scores(self, words: list[str]) -> Floats:
        known = [word for word in words if word in self._index.vocab_dict]
        scores: Floats = self._index.get_scores(known) if known else np.zeros(len(self._known.texts))
        return scores

    def _tokens(self, texts: Sequence[str]) -> list[list[str]]:
        tokens: list[list[str]] = bm25s.tokenize(
            list(texts),
            token_pattern=WORDS,
            stopwords=self._stopwords,
            stemmer=self._stemmer,
            return_ids=False,
            show_progress=False,
        )
        return tokens


class NearestByTfidf:
    """The phrasing that is nearest by cosine of character 3- to 5-grams within words."""

    name = "char tf-idf nearest"
    ranks = RANKS
    most: int | None = None

    def fit(self, question_set: QuestionSet) -> None:
        """Weigh the n-grams of every phrasing."""
        self._known = Known(said(question_set.base))
        self._vectorizer = _characters()
        self._columns = self._vectorizer.fit_transform(self._known.texts).T.tocsr()

    def answer(self, text: str) -> str | None:
        """The label of the nearest phrasing."""
        return self._known.owners[int(self._cosines([text])[0].argmax())]

    def guesses(self, questions: Sequence[LabelledQuestion]) -> list[Guess]:
        """The same for many questions at a time."""
        texts = [one.text for one in questions]
        blocks = (texts[start : start + ROWS] for start in range(0, len(texts), ROWS))
        return [self._known.guess(row) for block in blocks for row in self._cosines(block)]

    def _cosines(self, texts: Sequence[str]) -> Floats:
        cosines: Floats = (self._vectorizer.transform(texts) @ self._columns).toarray()
        return cosines


class LinearSvc:
    """A linear model, one against the rest, on words, pairs of words, and character n-grams."""

    name = "LinearSVC tf-idf"
    ranks = RANKS
    most: int | None = None

    def fit(self, question_set: QuestionSet) -> None:
        """Learn a class for each entry, and one for what nobody answers where there are examples."""
        texts = said(question_set.base)
        words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=WORDS)
        self._features = FeatureUnion([("words", words), ("characters", _characters())])
        self._model = LinearSVC(C=C)
        features = self._features.fit_transform([one.text for one in texts])
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "The number of unique classes")  # one phrasing an entry is usual here
            self._model.fit(features, [one.label or NOBODY for one in texts])
        self._labels = [str(label) or None for label in self._model.classes_]

    def answer(self, text: str) -> str | None:
        """The class with the highest decision value."""
        return self._labels[int(self._values([text])[0].argmax())]

    def guesses(self, questions: Sequence[LabelledQuestion]) -> list[Guess]:
        """The same for many questions at a time; the decision value is the confidence."""
        return [guess_of(self._labels, row) for row in self._values([one.text for one in questions])]

    def _values(self, texts: Sequence[str]) -> Floats:
        values: Floats = self._model.decision_function(self._features.transform(texts))
        return values if values.ndim == 2 else np.column_stack([-values, values])  # one column for two classes


def _characters() -> Any:
    return TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
