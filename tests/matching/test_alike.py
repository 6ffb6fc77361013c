"""Which questions that nobody could answer are taken for the same."""

import pytest

from bot.matching.matcher import Matcher
from tests.matching.bases import TOWN

MATCHER = Matcher(TOWN)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Wann kommt der Sperrmüll?", "wann kommt bei uns der Sperrmuell"),
        ("Wie viele Kamele leben im Zoo?", "Wieviele Kamele gibt es im Zoo?"),
        ("Ist morgen Stromausfall in der Innenstadt?", "Stromausfall Innenstadt morgen?"),
        ("Wie tief ist der Gelterswoog?", "Wie tief ist der Gelterswog"),
        ("Was kostet ein Anwohnerparkausweis?", "Wie teuer ist der Anwohnerparkausweis?"),
    ],
)
def test_the_same_in_other_words_is_the_same_both_ways(one: str, other: str) -> None:
    assert MATCHER.alike(one, [other]) == [True]
    assert MATCHER.alike(other, [one]) == [True]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Wann kommt der Sperrmüll?", "Wo melde ich Sperrmüll an?"),
        ("Hat das Rathaus am Freitag auf?", "Hat das Rathaus am Montag auf?"),
        ("Ist die Fackelstraße gesperrt?", "Ist die Pariser Straße gesperrt?"),
        ("Wie tief ist der Gelterswoog?", "Wie warm ist der Gelterswoog?"),
        ("Wer hat am 24. offen?", "Wer hat am 25. offen?"),
        ("Was kostet der Zoo?", "Wann öffnet der Zoo?"),
        ("und?", "ja?"),
        ("", ""),
        ("?", "Wann kommt der Sperrmüll?"),
    ],
)
def test_another_question_about_the_same_thing_is_another_question(one: str, other: str) -> None:
    assert MATCHER.alike(one, [other]) == [False]
    assert MATCHER.alike(other, [one]) == [False]


def test_a_long_story_is_like_no_other_and_many_are_compared_at_once() -> None:
    story = "Neulich stand am Marktplatz ein Kamel, und der Bürgermeister erzählte von Wüsten. " * 30

    assert MATCHER.alike("Wann kommt der Sperrmüll?", [story, "Wann kommt der Sperrmüll?", ""]) == [False, True, False]
    assert MATCHER.alike(story, [story[:-300]]) == [False]
