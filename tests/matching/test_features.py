"""The space in which texts are compared."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from bot.knowledge.entry import Language, SynonymGroup
from bot.matching.features import COMMON, LARGE, PAIRS, PART, SHARES, STOP_WORD, FeatureSpace, Floats
from bot.matching.lexicon import Lexicon, Word
from bot.matching.text import clean_words
from tests.matching.bases import HERE

DE = Language.DE
QUESTIONS = [
    "Wann wird die Stadtratssitzung übertragen?",
    "Wer baut die neue Kläranlage?",
    "Wo steht die Haltestelle der Straßenbahn?",
    "Welche Projekte gibt es für Kinder?",
    "Wo melde ich ein Schlagloch?",
]
GROUP = SynonymGroup(("Straßenbahn", "Tram"), HERE)
TEXTS = st.lists(st.sampled_from(["Rat", "Bahn", "Kind", "Loch", "wo", "ist", "die", "Sitzung"]), max_size=12).map(
    " ".join
)


class Space:
    """Some texts in the space that they teach."""

    def __init__(self, *said: str) -> None:
        self.lexicon = Lexicon([(text, DE) for text in said], [GROUP])
        self.space = FeatureSpace()
        self.rows = self.space.learn(self.lexicon.rows)

    def likeness(self, text: str) -> Floats:
        """The cosine of a text with each of the known ones."""
        features, values = self.space.vector(self.lexicon.read(clean_words(text), DE))
        asked = sparse.csr_matrix((values, features, [0, len(features)]), shape=(1, self.rows.shape[1]))
        found: Floats = (self.rows @ asked.T).toarray()[:, 0]
        return found


def lengths(rows: sparse.csr_matrix) -> list[float]:
    found: list[float] = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1))).ravel().tolist()
    return found


def test_every_text_of_three_words_has_length_one() -> None:
    assert lengths(Space(*QUESTIONS, "Wo wo wo?", "eins zwei drei").rows) == pytest.approx([1.0] * 7, abs=1e-3)


def test_a_text_without_pairs_of_words_is_shorter_and_one_without_words_has_no_length() -> None:
    alone, nothing, question = lengths(Space("Schlagloch", "?!", "Wo ist das Schlagloch?").rows)

    assert alone == pytest.approx((SHARES.sum() - SHARES[PAIRS] - SHARES[PAIRS + 1]) ** 0.5, abs=1e-3)
    assert nothing == 0.0
    assert question == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize("number", range(len(QUESTIONS)))
def test_a_text_equals_itself_and_no_other(number: int) -> None:
    found = Space(*QUESTIONS).likeness(QUESTIONS[number])

    assert found[number] == pytest.approx(1.0, abs=1e-3)
    assert np.delete(found, number).max() < 0.9


@given(st.lists(TEXTS, max_size=8), TEXTS)
@settings(deadline=None)
def test_no_text_is_more_like_another_than_like_itself(others: list[str], asked: str) -> None:
    found = Space(asked, *others).likeness(asked)

    assert ((found >= 0) & (found <= 1.001)).all()
    assert found[0] >= found.max() - 0.001


def test_words_of_which_nothing_is_known_add_nothing() -> None:
    space = Space(*QUESTIONS)

    assert space.likeness("Wo melde ich ein Schlagloch? Мэрия").tolist() == pytest.approx(
        space.likeness("Wo melde ich ein Schlagloch?").tolist(), abs=1e-6
    )
    assert space.likeness("Мэрия").tolist() == [0.0] * len(QUESTIONS)


def test_an_empty_text_has_no_features() -> None:
    features, values = Space(*QUESTIONS).space.vector([])

    assert (len(features), len(values)) == (0, 0)


def test_a_space_without_texts_compares_nothing() -> None:
    space = Space()

    assert space.rows.shape == (0, 0)
    assert space.likeness("Schlagloch").tolist() == []


@pytest.mark.parametrize(
    ("dialect", "meant"),
    [
        ("Stadtratssitzunge", 0),
        ("Stadtroodssitzung", 0),
        ("Kläranloch", 1),
        ("Haldestell", 2),
        ("Stroßebahn", 2),
        ("Prajekde", 3),
        ("Kinner", 3),
        ("Schlaachloch", 4),
    ],
)
def test_a_word_in_dialect_is_nearest_to_what_it_means(dialect: str, meant: int) -> None:
    assert Space(*QUESTIONS).likeness(dialect).argmax() == meant


def test_words_that_sound_alike_are_alike_without_a_letter_in_common() -> None:
    alike, other = Space("Pack", "Mond").likeness("Bogg")

    assert alike > other == 0.0


@pytest.mark.parametrize("typo", ["Stadtratsitzung", "Stadtratssizung", "Stadratssitzung", "Stadtratssitzugn"])
def test_a_typo_leaves_a_word_nearer_to_itself_than_to_any_other(typo: str) -> None:
    found = Space(*QUESTIONS).likeness(typo)

    assert found.argmax() == 0
    assert found[0] > 2 * np.sort(found)[-2]


def test_a_synonym_is_like_its_group() -> None:
    found = Space(*QUESTIONS).likeness("Tram")

    assert found.argmax() == 2
    assert found[2] > 0.2


def test_the_words_in_their_order_are_nearer_than_in_another() -> None:
    space = Space("Rat fragt Bürger", "Bürger fragt Rat")

    assert space.likeness("Rat fragt Bürger").argmax() == 0
    assert space.likeness("Bürger fragt Rat").argmax() == 1


def test_a_rare_word_counts_more_than_a_common_one() -> None:
    space = Space("Projekt Sternwarte", "Projekt Rathaus", *["Projekt"] * 20, "Rathaus")
    found = space.likeness("Projekt Sternwarte")

    assert found[0] > 2 * found[1]


def words(*stems: str) -> list[Word]:
    return [Word(stem, stem) for stem in stems]


def worth(space: FeatureSpace, text: list[Word], stem: str) -> float:
    """What a text has of a stem."""
    features, values = space.vector(text)
    (number,) = space.vector([Word("ж", stem)])[0]  # nothing is known of how it is written
    return float(values[features == number][0])


def test_a_part_of_a_compound_is_worth_a_little_less_than_the_word() -> None:
    compound = Word("ratssitzung", "ratssitz", parts=("rat", "sitzung"))
    space = FeatureSpace()
    space.learn([[compound]])

    assert worth(space, [compound], "rat") == pytest.approx(PART * worth(space, [compound], "ratssitz"))


def test_a_stop_word_is_worth_a_little_less_than_an_equally_rare_word() -> None:
    text = words("heute", "rathaus")
    space = FeatureSpace()
    space.learn([text])

    assert worth(space, text, "heute") == pytest.approx(STOP_WORD * worth(space, text, "rathaus"))


def test_many_texts_learn_the_same_as_few() -> None:
    many = Space(*(f"Frage {number} an den Rat" for number in range(5000)))  # more than are counted at once

    assert many.likeness("Frage 4999 an den Rat").argmax() == 4999
    assert lengths(many.rows) == pytest.approx([1.0] * 5000, abs=1e-3)


@pytest.mark.parametrize(("texts", "kept"), [(LARGE, True), (LARGE + 1, False)])
def test_a_very_large_base_leaves_out_what_many_texts_have_except_words(texts: int, kept: bool) -> None:
    often = int(COMMON * texts) + 2
    space = FeatureSpace()
    rows = space.learn([words("rat", "haus")] * often + [words(f"w{number % 997}") for number in range(texts - often)])
    asked = np.count_nonzero(space.vector(words("rat", "haus"))[1])

    assert rows[0].nnz == asked
    assert rows[-1].nnz > 2
    assert asked > 2 if kept else asked == 2


def test_features_are_the_same_wherever_a_text_stands() -> None:
    straight, turned = Space(*QUESTIONS), Space(*QUESTIONS[::-1])

    for one, other in pairwise([*QUESTIONS, "Kinner Tram", "Wo?"]):
        asked = f"{one} {other}"
        assert straight.likeness(asked).tolist() == pytest.approx(turned.likeness(asked)[::-1].tolist(), abs=1e-6)
