"""Read aloud, everything a citizen gets makes sense: checked of every wording, entry and small talk that ships."""

import re
import unicodedata
from collections.abc import Iterator

import pytest

from bot.knowledge.entry import Language
from bot.knowledge.loader import load, shipped

BASE = load(shipped())
# What only staff read, and lists of names that are never shown as they stand.
STAFFS = ("staff_", "card_", "group_", "command_", "brake_", "reason_", "held_", "hold_", "operator_", "sent_")
LISTS = ("months", "weekdays", "hours", "hours_and_minutes", "choice_none", "choice_1", "choice_2", "choice_3",
         "erase_yes")  # fmt: skip
BUTTONS = ("suggest_none", "withdraw", "erase_button")
PARAGRAPH = 700
SENTENCE_WORDS = 40
LINE_OF_BUTTON = 40
POINTING = {
    Language.DE: r"(?:hier klicken|klicken Sie hier|(?:der|die|das|den|dem) (?:rote|grüne|gelbe|blaue)n? (?:Knopf|Text)"
    r"|rechts unten|links unten|oben rechts|oben links|siehe (?:Bild|Abbildung|Foto))",
    Language.EN: r"(?:click here|the (?:red|green|yellow|blue) (?:button|text)|(?:bottom|top) (?:right|left)"
    r"|see (?:the )?(?:picture|image|photo))",
}


def wordings() -> Iterator[tuple[str, Language, str]]:
    for language, words in BASE.wording.items():
        for key, text in words.items():
            if not key.startswith(STAFFS) and key not in LISTS and "_words" not in key:
                yield f"{language}:{key}", language, text


def answers() -> Iterator[tuple[str, Language, str]]:
    for entry in BASE.entries():
        for language, text in entry.texts.items():
            yield f"{language}:{entry.id}", language, f"{text.question}\n\n{text.answer}"
    for kind in BASE.small_talk:
        for language, reply in kind.replies.items():
            yield f"{language}:{kind.kind}", language, reply


EVERYTHING = [*wordings(), *answers()]
everything = pytest.mark.parametrize(
    ("language", "text"), [one[1:] for one in EVERYTHING], ids=[one[0] for one in EVERYTHING]
)


def is_picture(character: str) -> bool:
    """Emoji, arrows, boxes and other signs that a screen reader leaves out or spells out."""
    return unicodedata.category(character) in ("So", "Sm", "Sk", "Co", "Cn") and character not in "+<>="


@everything
def test_there_are_no_emoji_arrows_or_drawings(language: Language, text: str) -> None:
    assert [character for character in text if is_picture(character)] == []
    assert re.search(r"[-=_*~#.]{4,}|[-=]>|<[-=]", text) is None


@everything
def test_there_are_no_tables_and_no_markup(language: Language, text: str) -> None:
    assert "\t" not in text
    assert "|" not in text
    assert re.search(r" {3,}\S", text) is None
    assert re.search(r"\]\(|\*\*|</?[a-z]+>|^#", text, flags=re.MULTILINE) is None


@everything
def test_nothing_is_shouted_or_pointed_at(language: Language, text: str) -> None:
    assert re.search(POINTING[language], text, flags=re.IGNORECASE) is None
    assert re.search(r"!!|\?\?", text) is None


@everything
def test_paragraphs_and_sentences_are_short_enough_to_be_listened_to(language: Language, text: str) -> None:
    paragraphs = text.split("\n\n")
    sentences = [one for part in paragraphs for one in re.split(r"(?<=[.!?])\s+|\n", part)]

    assert [part for part in paragraphs if len(part) > PARAGRAPH] == []
    assert [one for one in sentences if len(one.split()) > SENTENCE_WORDS] == []


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("key", BUTTONS)
def test_buttons_say_in_whole_words_what_they_do(language: Language, key: str) -> None:
    label = BASE.wording[language][key]

    assert len(label.split()) >= 2
    assert len(label) <= LINE_OF_BUTTON


@pytest.mark.parametrize(
    ("key", "german", "english"),
    [
        ("suggest", "options", "options"),
        ("help", "/zurueckziehen", "/withdraw"),
        ("erase_ask", "/loeschen", "/delete"),
        ("help", "/barrierefreiheit", "/accessibility"),
    ],
)
def test_what_a_button_does_can_be_typed_and_a_message_says_how(key: str, german: str, english: str) -> None:
    assert german in BASE.wording[Language.DE][key]
    assert english in BASE.wording[Language.EN][key]


@pytest.mark.parametrize("language", Language)
def test_suggestions_are_numbered_in_the_text_itself(language: Language) -> None:
    assert BASE.wording[language]["suggest_option"].startswith("{number}")


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("key", ["answer", "forwarded", "suggest", "from_staff", "from_staff_question", "small_talk"])
def test_whether_a_machine_or_a_person_wrote_is_said_in_words(language: Language, key: str) -> None:
    said = {Language.DE: r"Automatische|Menschen", Language.EN: r"Automatic|person"}

    assert re.search(said[language], BASE.wording[language][key])


@pytest.mark.parametrize("language", Language)
def test_links_stand_as_addresses_that_can_be_read_out(language: Language) -> None:
    texts = [text for _, one, text in EVERYTHING if one is language]
    links = [link for text in texts for link in re.findall(r"https?://\S+", text)]

    assert all(len(link) <= 120 for link in links)
