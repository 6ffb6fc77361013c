"""Signs from the wording: which sentences show them, and that no ordinary question of the shipped base does."""

from collections.abc import Iterator
from functools import cache

import pytest

from bot.desk.phrases import Phrases
from bot.desk.signs import shows
from bot.knowledge.entry import KnowledgeBase
from bot.knowledge.loader import load, shipped


@cache
def base() -> KnowledgeBase:
    return load(shipped())


def phrases() -> Phrases:
    return Phrases(base(), "info@kl.digital")


def ordinary() -> Iterator[str]:
    """What the knowledge base knows people to ask and say."""
    for entry in base().known():
        yield from (phrasing.text for phrasing in entry.phrasings)
    yield from (one.text for one in base().counterexamples())
    yield from (one.text for one in base().questions)
    for kind in base().small_talk:
        yield from (text for texts in kind.examples.values() for text in texts)


@pytest.mark.parametrize(
    ("text", "written", "shown"),
    [
        ("Hier brennt's!", "brennts", True),
        ("Sein Atem stockt, er ATMET schon nicht mehr.", "atmet+nicht", True),
        ("Er atmet. Ich weiß nicht, wie lange.", "atmet+nicht", False),
        ("Wir hatten einen Unfall", "einen unfall", True),
        ("einen schweren Unfall", "einen unfall", False),
        ("überall Gasgerüche", "gasgeruch*", True),
        ("Die Straßenlampen brennen nicht", "brennen+!*lampe*", False),
        ("Die Lampe ist aus. Der Keller brennt.", "brennt+!*lampe*", True),
        ("Status?", "=status", True),
        ("Status des Projekts?", "=status", False),
        ("Unfall!", "feuer | =unfall", True),
        ("", "feuer|=unfall", False),
        ("Feuer", "", False),
    ],
)
def test_a_sign_is_all_its_parts_in_one_sentence(text: str, written: str, shown: bool) -> None:
    assert shows(text, written) is shown


@pytest.mark.parametrize(
    "text",
    [
        "mein Nachbar liegt am Boden und atmet nicht",
        "Hatte einen Unfall auf der Pariser Straße, jemand blutet",
        "hier brennts im keller HILFE",
        "Hilfe, es brennt im Keller!",
        "Einbrecher im Haus!! schnell",
        "ich wurde überfallen",
        "Unfall mit Verletzten in der Innenstadt, bitte helfen",
        "Gasgeruch im Treppenhaus",
        "im Flur riecht es stark nach Gas",
        "There are gas smells in our hallway",
        "I can smell gas",
        "My house is on fire",
        "he's not breathing",
        "she is bleeding badly",
        "someone broke into my flat, he has a knife",
    ],
)
def test_an_emergency_is_known_by_its_words(text: str) -> None:
    assert phrases().shown("emergency_words", text)


@pytest.mark.parametrize(
    "text",
    [
        "Die Straßenlaterne brennt den ganzen Tag",
        "Brennt im Rathaus noch Licht?",
        "Where is the fire station?",
        "Darf ich im Garten ein Feuer machen?",
        "Was steht in den oberen Geschossen?",
        "Ist die Gasrechnung bei der KL.digital?",
        "Wo ist die Hausnummer 1120?",
    ],
)
def test_what_only_sounds_like_an_emergency_is_none(text: str) -> None:
    assert not phrases().shown("emergency_words", text)


@pytest.mark.parametrize(
    "text",
    [
        "Ich will nicht mehr leben",
        "ich bring mich um",
        "Ich möchte mich umbringen!",
        "Ich denke an Selbstmord",
        "ich ritze mich",
        "I don't want to live anymore",
        "I want to kill myself",
        "thinking about suicide",
    ],
)
def test_a_crisis_is_known_by_its_words(text: str) -> None:
    assert phrases().shown("crisis_words", text)


@pytest.mark.parametrize(
    "text",
    [
        "Ich will nicht mehr in Kaiserslautern leben",
        "Ich kann hier nicht mehr leben, so laut ist es",
        "Hier bringen mich alle um den Schlaf",
    ],
)
def test_what_only_sounds_like_a_crisis_is_none(text: str) -> None:
    assert not phrases().shown("crisis_words", text)


@pytest.mark.parametrize("signs", ["emergency_words", "crisis_words"])
def test_no_ordinary_question_is_taken_for_something_urgent(signs: str) -> None:
    alarming = [text for text in ordinary() if phrases().shown(signs, text)]

    assert len(base().questions) > 500
    assert alarming == []
