"""Which words of a question an entry knows, and how."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.knowledge.entry import Language, SynonymGroup
from bot.matching.coverage import Coverage, How, Match
from bot.matching.features import PART
from bot.matching.lexicon import Lexicon, Word
from bot.matching.text import clean_words
from tests.matching.bases import HERE

DE = Language.DE
RAT, BAD, RAD, NOBODY = range(4)
SAID = [
    ("Wird die Sitzung vom Stadtrat übertragen?", DE),
    ("Wo gibt es einen Livestream?", DE),
    ("Wann öffnet das Freibad?", DE),
    ("Wie warm ist das Wasser im Schwimmbecken?", DE),
    ("Kann ich mein Fahrrad abstellen?", DE),
]
SPANS = [slice(0, 2), slice(2, 4), slice(4, 5), slice(5, 5)]
LEXICON = Lexicon(SAID, [SynonymGroup(("Fahrrad", "Velo"), HERE), SynonymGroup(("Freibad", "outdoor pool"), HERE)])
COVERAGE = Coverage(LEXICON, SPANS)


def read(text: str, language: Language = DE) -> list[Word]:
    return LEXICON.read(clean_words(text), language)


def match(text: str, number: int, language: Language = DE) -> Match | None:
    """How a class knows the first word of this text."""
    return COVERAGE.match(read(text, language)[0], number)


def explained(text: str, number: int) -> float:
    return COVERAGE.explained(read(text), number)


# -- one word ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["Freibad", "FREIBAD", "freibads", "Frei\u00adbad"])
def test_a_word_of_the_entry_is_known_in_every_form(text: str) -> None:
    assert match(text, BAD) == Match(How.WORD, "freibad", 1.0)


@pytest.mark.parametrize(
    ("text", "number", "language"), [("VELO", RAD, DE), ("outdoor pool", BAD, Language.EN), ("Velo", RAD, Language.EN)]
)
def test_a_word_that_means_the_same_is_known(text: str, number: int, language: Language) -> None:
    found = match(text, number, language)

    assert found is not None
    assert (found.how, found.share) == (How.SYNONYM, 1.0)
    assert found.known == ("fahrrad" if number == RAD else "freibad")


def test_a_compound_of_words_of_the_entry_is_nearly_known() -> None:
    assert match("Stadtratssitzung", RAT) == Match(How.PART, "stadtrat + sitzung", PART)


def test_of_a_compound_only_the_part_that_the_entry_has_counts_by_its_length() -> None:
    assert match("Wassersitzung", BAD) == Match(How.PART, "wasser", PART * len("wass") / (len("wass") + len("sitzung")))


@pytest.mark.parametrize("typo", ["Schwimbecken", "Schwimmbekken", "Schwimmbecekn", "Shwimmbecken"])
def test_a_misspelled_word_is_known_by_its_letters(typo: str) -> None:
    found = match(typo, BAD)

    assert found is not None
    assert (found.how, found.known) == (How.LETTERS, "schwimmbecken")
    assert 0.75**2 <= found.share < 1


def test_a_worse_misspelling_is_known_less() -> None:
    near, far = match("Schwimmbeckn", BAD), match("Schwimbekn", BAD)

    assert near is not None
    assert far is not None
    assert near.share > far.share


@pytest.mark.parametrize(("text", "number"), [("Freibad", RAT), ("Sperrmüll", BAD), ("Schwimmbecken", NOBODY)])
def test_a_word_that_the_entry_lacks_is_unknown_to_it(text: str, number: int) -> None:
    assert match(text, number) is None


def test_a_known_word_is_never_taken_for_a_misspelling_of_another() -> None:
    lexicon = Lexicon([("Stadtrat", DE), ("Stadtrad", DE), ("Stadtbad", DE)])
    coverage = Coverage(lexicon, [slice(0, 1), slice(1, 2), slice(2, 3)])
    word = lexicon.read(["stadtrad"], DE)[0]

    assert coverage.match(word, 0) is None
    assert coverage.match(word, 1) == Match(How.WORD, "stadtrad", 1.0)
    assert coverage.match(word, 2) is None
    assert [coverage.match(lexicon.read(["stadtraf"], DE)[0], number) is not None for number in range(2)] == [True] * 2


def test_a_synonym_of_a_known_word_is_no_misspelling_either() -> None:
    lexicon = Lexicon([("Geldbeutel", DE), ("Feldbeutel", DE)], [SynonymGroup(("Feldbeutel", "Weldbeutel"), HERE)])
    coverage = Coverage(lexicon, [slice(0, 1), slice(1, 2)])

    assert coverage.match(lexicon.read(["weldbeutel"], DE)[0], 0) is None


@pytest.mark.parametrize("text", ["ra", "bat", "mat"])
def test_short_words_are_not_compared_by_letters(text: str) -> None:
    lexicon = Lexicon([("Rat", DE)])

    assert Coverage(lexicon, [slice(0, 1)]).match(lexicon.read([text], DE)[0], 0) is None


# -- a whole question -------------------------------------------------------------------------------


def test_a_question_in_the_entrys_own_words_is_all_explained() -> None:
    assert explained("Stadtrat Sitzung Livestream?", RAT) == 1.0


def test_a_question_of_other_words_is_not_explained() -> None:
    assert explained("Sperrmüll Termine", BAD) == 0.0


def test_stop_words_do_not_count_beside_a_topic() -> None:
    assert explained("Wo ist das Wasser?", BAD) == explained("Wasser", BAD) == 1.0
    assert explained("Wann öffnet der Zoo?", BAD) == pytest.approx(explained("öffnet Zoo", BAD))


def test_a_question_of_stop_words_alone_is_explained_by_them() -> None:
    assert explained("Wann?", BAD) == 1.0
    assert explained("Wann?", RAD) == 0.0


def test_the_explained_share_is_weighed_by_rarity() -> None:
    # "Livestream" stands in one of five texts, "Zoo" in none: the rarer word counts more.
    known, unknown = (LEXICON.weight(read(text)[0]) for text in ("Livestream", "Zoo"))

    assert explained("Livestream Zoo", RAT) == pytest.approx(known / (known + unknown))
    assert unknown > known


def test_a_word_said_twice_counts_once() -> None:
    assert explained("Livestream Zoo Zoo Zoo", RAT) == explained("Livestream Zoo", RAT)


def test_a_part_explains_its_share() -> None:
    compound, other = (LEXICON.weight(read(text)[0]) for text in ("Stadtratssitzung", "Zoo"))

    assert explained("Stadtratssitzung Zoo", RAT) == pytest.approx(PART * compound / (compound + other))


def test_a_question_without_words_is_not_explained() -> None:
    assert explained("", RAT) == explained("?!", RAT) == 0.0


def test_an_entry_without_phrasings_explains_nothing() -> None:
    assert explained("Wann öffnet das Freibad?", NOBODY) == 0.0


@given(
    st.lists(st.sampled_from(["Stadtrat", "Freibat", "Velo", "wann", "Zoo", "Wassersitzung"]), max_size=8),
    st.integers(0, 3),
)
@settings(deadline=None)
def test_an_explained_share_is_one_whatever_the_order_of_words(words: list[str], number: int) -> None:
    share = explained(", ".join(words), number)

    assert 0 <= share <= 1
    assert explained(", ".join(reversed(words)), number) == pytest.approx(share)
