"""What German and English words look like when they are compared."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.knowledge.entry import Language
from bot.knowledge.loader import load, shipped
from bot.matching import text as texts


@pytest.mark.parametrize(
    "spelling", ["Ladesäule", "LADESÄULE", "Ladesaeule", "Ladesa\u0308ule", "Lade\u200bsäule", "ladesaule"]
)
def test_umlauts_read_the_same_however_a_citizen_types_them(spelling: str) -> None:
    assert texts.normalise(spelling) == "ladesaule"


@pytest.mark.parametrize(
    "form",
    ["Bürger:innen", "Bürger/-innen", "Bürger/innen", "BürgerInnen", "Bürger*innen", "Bürger_innen", "Bürger(innen)",
     "Bürgerinnen", "Buergerinnen", "Bürger:in"],
)  # fmt: skip
def test_every_gender_form_is_the_same_word(form: str) -> None:
    assert texts.normalise(form) == "burger"


@pytest.mark.parametrize(
    ("left", "right"), [("Straße", "Strasse"), ("geht's", "geht’s"), ("ﬁnden", "finden"), ("Café", "cafe")]
)
def test_other_ways_to_write_a_word_do_not_matter(left: str, right: str) -> None:
    assert texts.normalise(left) == texts.normalise(right)


def test_words_that_only_look_like_a_gender_form_stay() -> None:
    assert texts.normalise("beginnen, gewinnen, drinnen") == "beginnen gewinnen drinnen"


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("beteiligen", "beteiligung", Language.DE),
        ("häuser", "haus", Language.DE),
        ("projekte", "projekten", Language.DE),
        ("participating", "participate", Language.EN),
        ("dritten", "drei", Language.DE),
        ("third", "dritter", Language.EN),
    ],
)
def test_forms_of_a_word_have_one_stem(one: str, other: str, language: Language) -> None:
    assert texts.stem(one, language) == texts.stem(other, language)


def test_a_compound_is_split_into_words_that_are_known() -> None:
    vocabulary = {"stadtrat", "sitzung", "stadt"}

    assert texts.split_compound("stadtratssitzung", vocabulary) == ("stadtrat", "sitzung")
    assert texts.split_compound("gemeinderatssitzung", vocabulary) == ()


@pytest.mark.parametrize(
    ("message", "language"),
    [
        ("Wann startet der Dritte Ort?", Language.DE),
        ("Is there a live stream of the council?", Language.EN),
        ("Wann laaft dann die App endlich emol?", Language.DE),
        ("Livestream", None),
        ("", None),
    ],
)
def test_the_language_shows_in_the_small_words(message: str, language: Language | None) -> None:
    assert texts.guess_language(texts.clean_words(message)) is language


def test_of_the_labelled_questions_none_is_taken_for_the_other_language() -> None:
    german = ("colloquial", "formal", "indirect", "typo", "learner", "long", "dialect", "keywords")
    guessed = [(one.style, texts.guess_language(texts.clean_words(one.text))) for one in load(shipped()).questions]

    assert {language for style, language in guessed if style == "english"} == {Language.EN}
    assert Language.EN not in {language for style, language in guessed if style in german}


@pytest.mark.parametrize(
    "message", ["", "   ", "?!?", "😀", "🤷\u200d♀️", "hhhhhh", "asdfghjkl", "qwertz", "lalala", "\ud800"]
)
def test_noise_is_recognised(message: str) -> None:
    assert texts.is_noise(texts.clean_words(message))


@pytest.mark.parametrize("message", ["SWK", "ÖPNV", "App", "Hallo", "مرحبا كيف", "0631 3650", "Stadtrat ?!?", "typ"])
def test_words_are_no_noise(message: str) -> None:
    assert not texts.is_noise(texts.clean_words(message))


def test_a_message_falls_into_its_sentences() -> None:
    message = "Guten Tag. Wann startet X? Und gibt es Y?\nDanke"

    assert texts.sentences(message) == ["Guten Tag.", "Wann startet X?", "Und gibt es Y?", "Danke"]


def test_punctuation_alone_is_no_sentence() -> None:
    assert texts.sentences("Wann startet X?????????? 😀") == ["Wann startet X?"]
    assert texts.sentences("?!?!?!") == []


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_normalising_twice_changes_nothing_more(message: str) -> None:
    once = texts.normalise(message)

    assert texts.normalise(once) == once


@given(st.text(alphabet=st.characters(codec=None), max_size=200), st.sampled_from(Language))
@settings(max_examples=100, deadline=None)
def test_nothing_that_can_be_typed_raises(message: str, language: Language) -> None:
    for word in texts.clean_words(message):
        texts.stem(word, language)
    texts.guess_language(texts.clean_words(message))
    texts.sentences(message)
    assert texts.is_noise(texts.clean_words(message)) in {True, False}


@pytest.mark.parametrize(
    "message", ["a" * 1_000_000, "ab " * 300_000, "ä:innen" * 100_000, "?" * 1_000_000, "\n" * 500_000]
)
def test_of_a_megabyte_only_a_page_is_looked_at(message: str) -> None:
    assert len(texts.normalise(message)) <= 2_000
    assert sum(len(sentence) for sentence in texts.sentences(message)) <= 2_000
    assert texts.is_noise(texts.clean_words(message)) in {True, False}
