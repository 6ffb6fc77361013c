"""The desk needs exactly the words that ship, and says at the start what is missing."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

import bot
from bot.catalogue.words import NEEDED as ON_THE_PAGE
from bot.desk.words import NEEDED, missing_words
from bot.knowledge.entry import Language
from tests.desk.base import knowledge_base


def test_the_words_that_ship_are_the_words_that_are_needed() -> None:
    base = knowledge_base()

    assert missing_words(base) == []
    assert set(base.wording[Language.DE]) == {*NEEDED, *ON_THE_PAGE}


def test_every_word_is_there_in_every_language_with_the_same_to_fill_in() -> None:
    german, english = (knowledge_base().wording[language] for language in Language)

    assert german.keys() == english.keys()
    for key, text in german.items():
        assert set(re.findall(r"\{(\w+)\}", text)) == set(re.findall(r"\{(\w+)\}", english[key])), key


def test_every_word_that_is_needed_is_said_somewhere() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (Path(bot.__file__).parent / "desk").glob("*.py"))
    # put together from one of these and a state or a kind
    made = ("reason_", "staff_cut_", "hold_", "status_", "unusable_")
    alone = {"welcome", "help", "unknown_command", "privacy", "imprint", "contact", "accessibility", "slowed"}
    families = alone | {key for key in NEEDED if key.startswith(made)}

    unsaid = [key for key in NEEDED if key not in families and len(re.findall(rf'"{key}"', code)) < 2]

    assert unsaid == []


@pytest.mark.parametrize(
    ("key", "text", "complaint"),
    [
        ("welcome", None, "„welcome“ fehlt"),
        ("forwarded", "Vorgang {nummer}", "den niemand füllt: {nummer}"),
        ("months", "Januar|Februar", "braucht 12 Monatsnamen"),
        ("weekdays", "Montag", "braucht 7 Wochentage, Montag zuerst, getrennt durch |"),
        ("hours", "0 Uhr|1 Uhr", "braucht 24 Uhrzeiten"),
        ("hours_and_minutes", "0:{minute} Uhr", "braucht 24 Uhrzeiten mit {minute}"),
    ],
)
def test_what_is_missing_or_never_filled_is_named(key: str, text: str | None, complaint: str) -> None:
    base = knowledge_base()
    german = {name: words for name, words in base.wording[Language.DE].items() if name != key}
    if text is not None:
        german[key] = text

    [found] = missing_words(replace(base, wording={**base.wording, Language.DE: german}))

    assert complaint in str(found)
    assert found.file == "test/wording.de.yaml"
