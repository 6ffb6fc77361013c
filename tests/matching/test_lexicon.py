"""How the words of a text are read where some words are known."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.knowledge.entry import Language, SynonymGroup
from bot.matching.lexicon import FAINT, STOP, Lexicon, Word
from bot.matching.text import clean_words, stem
from tests.matching.bases import HERE

DE, EN = Language.DE, Language.EN
KNOWN = [
    ("Wo steht die Paketstation?", DE),
    ("Wird die Sitzung vom Stadtrat übertragen?", DE),
    ("Kann ich mein Fahrrad in der Box abstellen?", DE),
    ("Wo finde ich offene Daten?", DE),
    ("Who is participating in the shops?", EN),
    ("Where is the charging station?", EN),
]


def lexicon(*groups: tuple[str, ...], known: list[tuple[str, Language]] = KNOWN) -> Lexicon:
    return Lexicon(known, [SynonymGroup(words, HERE) for words in groups])


def read(words: Lexicon, text: str, language: Language | None = DE) -> list[Word]:
    return words.read(clean_words(text), language)


def stems(words: Lexicon, text: str, language: Language | None = DE) -> list[str]:
    return [word.stem for word in read(words, text, language)]


def one(words: Lexicon, text: str, language: Language | None = DE) -> Word:
    """The only word of this text."""
    (word,) = read(words, text, language)
    return word


# -- stems ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spoken", "known", "language"),
    [
        ("Sitzungen", "Sitzung", DE),
        ("Fahrräder", "Fahrräder", DE),
        ("FAHRRADS", "Fahrrad", DE),
        ("Paketstationen", "Paketstation", DE),
        ("digitalen", "digitale", DE),
        ("participate", "participating", EN),
        ("stations", "station", EN),
    ],
)
def test_a_word_is_known_in_every_form(spoken: str, known: str, language: Language) -> None:
    words = lexicon(known=[*KNOWN, (known, language)])

    assert words.knows(one(words, spoken, language))
    assert one(words, spoken, language).stem == one(words, known, language).stem


def test_a_word_of_another_topic_is_unknown() -> None:
    words = lexicon()

    assert not words.knows(one(words, "Sperrmüll"))


def test_an_english_word_is_read_as_english_where_the_language_does_not_show() -> None:
    words = lexicon()

    assert one(words, "participate", None).stem == stem("participate", EN) != stem("participate", DE)
    assert one(words, "stations", None).stem == "station"


def test_a_german_word_stays_german_where_the_language_does_not_show() -> None:
    words = lexicon()

    assert stems(words, "Sitzungen Fahrrads", None) == stems(words, "Sitzung Fahrrad", DE)


def test_a_word_that_nobody_knows_is_read_as_german() -> None:
    assert one(lexicon(), "Lastenräder", None).stem == stem("lastenräder", DE)


def test_stop_words_are_known_by_the_whole_word_and_not_by_their_stem() -> None:
    words = lexicon()

    assert one(words, "dat").is_stop_word  # dialect for "das"
    assert not one(words, "Daten").is_stop_word
    assert one(words, "Daten").stem != one(words, "dat").stem


@pytest.mark.parametrize("text", ["wann", "where", "x", "7", "isch"])
def test_small_words_carry_no_topic(text: str) -> None:
    assert one(lexicon(), text).is_stop_word


# -- compounds --------------------------------------------------------------------------------------


def test_a_compound_is_also_what_it_is_made_of() -> None:
    words = lexicon()
    found = one(words, "Stadtratssitzung")

    assert found.parts == (one(words, "Stadtrat").stem, one(words, "Sitzung").stem)
    assert set(found.parts) <= set(found.forms)
    assert words.knows(found)


def test_a_compound_with_an_unknown_part_is_not_split() -> None:
    words = lexicon()

    assert one(words, "Gemeinderatssitzung").parts == ()
    assert not words.knows(one(words, "Gemeinderatssitzung"))


def test_compounds_in_the_knowledge_base_are_split_too() -> None:
    words = lexicon(known=[("Ratssitzungen", DE), ("Rat", DE), ("Sitzung", DE)])

    assert words.rows[0][0].parts == ("rat", "sitzung")


def test_of_several_ways_to_split_a_compound_the_most_even_one_is_taken() -> None:
    words = lexicon(known=[("Stadt", DE), ("Ratssitzung", DE), ("Stadtrat", DE), ("Sitzung", DE)])

    assert one(words, "Stadtratssitzungen").parts == ("stadtrat", "sitzung")


@pytest.mark.parametrize("text", ["Paket Station", "paket-station", "PAKET  station", "Paket Stationen"])
def test_a_compound_that_was_typed_in_two_words_is_one(text: str) -> None:
    words = lexicon()

    assert one(words, text).stem == one(words, "Paketstation").stem
    assert one(words, text).folded.startswith("paketstation")


def test_a_compound_typed_in_two_words_is_found_among_others() -> None:
    words = lexicon()

    assert stems(words, "Wo ist die Paket Station bitte?") == ["wo", "ist", "die", "paketstation", "bitte"]


def test_two_words_that_are_no_known_compound_stay_two() -> None:
    assert len(read(lexicon(), "Fahrrad Station")) == 2


@pytest.mark.parametrize(
    ("glued", "expected"),
    [
        ("diePaketstation", ["die", "paketstation"]),
        ("kannich", ["kann", "ich"]),
        ("wirddie Sitzung", ["wird", "die", "sitzung"]),
        ("stadtratund", ["stadtrat", "und"]),
    ],
)
def test_a_forgotten_space_is_found(glued: str, expected: list[str]) -> None:
    assert stems(lexicon(), glued) == expected


@pytest.mark.parametrize("text", ["Diebstahl", "Imbiss", "Paketstation", "Inderin", "Zumba", "öffnet"])
def test_a_word_that_only_begins_like_a_small_one_stays_whole(text: str) -> None:
    assert len(read(lexicon(), text)) == 1


# -- synonyms ---------------------------------------------------------------------------------------


def test_words_of_a_group_mean_the_same_and_are_known_by_each_other() -> None:
    words = lexicon(("Paketstation", "Packstation", "Abholfach"))
    known, asked = one(words, "Paketstation"), one(words, "Abholfächer")

    assert asked.senses == known.senses != ()
    assert asked.stem != known.stem
    assert words.knows(asked)
    assert not lexicon().knows(one(lexicon(), "Abholfächer"))


def test_a_group_whose_words_nobody_uses_is_unknown() -> None:
    words = lexicon(("Mülltonne", "Abfalltonne"))

    assert not words.knows(one(words, "Abfalltonne"))


def test_a_group_holds_in_both_languages() -> None:
    words = lexicon(("Ladesäule", "charging station", "charger"))
    german, english = one(words, "Ladesäulen"), one(words, "chargers", EN)

    assert german.senses == english.senses != ()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Gibt es selbst fahrende Autos?", DE),
        ("Do you use self-driving cars?", EN),
        ("any self driving cars", None),
        ("fahrerlos", DE),
    ],
)
def test_a_member_of_several_words_is_found_in_its_place(text: str, language: Language | None) -> None:
    words = lexicon(("selbst fahrend", "fahrerlos", "self-driving"))
    marked = [word for word in read(words, text, language) if word.senses]

    assert len(marked) == 1
    assert marked[0].senses == one(words, "fahrerlos").senses
    assert not marked[0].is_stop_word


def test_the_words_of_a_member_apart_from_each_other_are_not_the_member() -> None:
    words = lexicon(("Dritter Ort", "third place"))

    assert not any(word.senses for word in read(words, "Wer ist der Dritte an diesem Ort?"))
    assert any(word.senses for word in read(words, "Was ist der Dritte Ort?"))


def test_different_groups_mean_different_things() -> None:
    words = lexicon(("Paket", "parcel"), ("Fahrrad", "bike"))

    assert one(words, "parcel").senses != one(words, "bike").senses


# -- what a word is worth ---------------------------------------------------------------------------


def test_rare_words_are_worth_more_than_common_ones_and_stop_words_least() -> None:
    known = [(f"Wo ist das Rathaus {number}?", DE) for number in range(9)] + [("Wo ist das Archiv?", DE)]
    words = lexicon(known=known)
    rare, common, small, unknown = (words.weight(one(words, text)) for text in ("Archiv", "Rathaus", "das", "Zoo"))

    assert unknown >= rare > common > small > 0


def test_an_unknown_word_is_worth_about_as_much_as_the_rarest() -> None:
    words = lexicon(known=[(f"Wort{number}", DE) for number in range(1000)])
    rarest = words.weight(one(words, "Wort7"))

    assert rarest <= words.weight(one(words, "Unbekanntes")) <= 1.2 * rarest


def test_a_stop_word_is_worth_a_fraction_of_an_equally_rare_word() -> None:
    words = lexicon(known=[("heute Rathaus", DE), ("Archiv", DE), ("Museum", DE)])

    assert words.weight(one(words, "heute")) == pytest.approx(STOP * words.weight(one(words, "Rathaus")))


def test_a_word_that_every_text_has_is_still_worth_something() -> None:
    words = lexicon(known=[("Rathaus", DE)] * 5)

    assert words.weight(one(words, "Rathaus")) >= FAINT


def test_a_word_is_worth_no_more_than_its_synonym_group() -> None:
    known = [("Fahrrad", DE)] * 8 + [("Velo", DE), ("Archiv", DE)]
    words = lexicon(("Fahrrad", "Velo"), known=known)

    assert words.weight(one(words, "Velo")) < words.weight(one(words, "Archiv"))
    assert words.weight(one(words, "Velo")) < lexicon(known=known).weight(one(words, "Archiv"))


# -- in general -------------------------------------------------------------------------------------


def test_the_known_texts_are_read_in_their_order() -> None:
    words = lexicon()

    assert [row[0].folded for row in words.rows] == ["wo", "wird", "kann", "wo", "who", "where"]
    assert words.size == len(KNOWN)


def test_the_order_of_the_known_texts_does_not_matter() -> None:
    mixed = KNOWN.copy()
    random.Random(3).shuffle(mixed)
    words, others = lexicon(("Box", "Schrank")), lexicon(("Box", "Schrank"), known=mixed)
    message = "Stadtratssitzung kannich Paket Station participate Schrank Zoo der Daten"

    assert mixed != KNOWN
    assert read(words, message, None) == read(others, message, None)
    assert [words.weight(word) for word in read(words, message)] == [
        others.weight(word) for word in read(others, message)
    ]


def test_an_empty_lexicon_reads_and_knows_nothing() -> None:
    words = lexicon(known=[])

    assert words.rows == []
    assert not words.knows(one(words, "Freibad"))
    assert words.weight(one(words, "Freibad")) > 0


@given(st.text(max_size=60), st.sampled_from([DE, EN, None]))
@settings(deadline=None)
def test_anything_can_be_read_and_has_a_weight(message: str, language: Language | None) -> None:
    words = lexicon(("Paketstation", "Packstation"), ("Dritter Ort", "third place"))

    for word in read(words, message, language):
        assert word.forms[0] == word.stem
        assert words.weight(word) > 0
