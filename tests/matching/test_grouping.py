"""Which of many unanswered questions are shown to editors as one."""

import random
import time

from bot.matching.matcher import Matcher
from tests.matching.bases import TOWN

MATCHER = Matcher(TOWN)
WASTE = ["Wann kommt der Sperrmüll?", "wann kommt bei uns der Sperrmuell", "Wann kommt eigentlich der Sperrmül?"]
ZOO = ["Wie viele Kamele leben im Zoo?", "Wieviele Kamele gibt es im Zoo?"]


def groups(questions: list[str]) -> list[list[str]]:
    return [[questions[number] for number in group] for group in MATCHER.grouped(questions)]


def test_who_asks_the_same_stands_together_the_largest_group_first() -> None:
    found = groups([ZOO[0], WASTE[0], "Wie tief ist der Gelterswoog?", WASTE[1], ZOO[1], WASTE[2]])

    assert found == [WASTE, ZOO, ["Wie tief ist der Gelterswoog?"]]


def test_another_question_about_the_same_thing_stays_apart() -> None:
    assert len(groups(["Wann kommt der Sperrmüll?", "Wo melde ich Sperrmüll an?", "Was kostet Sperrmüll?"])) == 3


def test_what_has_no_topic_is_grouped_with_nothing() -> None:
    assert len(groups(["und?", "ja?", "und?", ""])) == 4
    assert groups([]) == []


def test_the_order_of_arrival_does_not_matter() -> None:
    questions = WASTE * 3 + ZOO * 2 + ["Wie tief ist der Gelterswoog?", "Wie warm ist der Gelterswoog?"]
    expected = {frozenset(group) for group in groups(questions)}

    for seed in range(20):
        mixed = random.Random(seed).sample(questions, len(questions))

        assert {frozenset(group) for group in groups(mixed)} == expected


def test_five_thousand_questions_are_grouped_in_seconds() -> None:
    chance = random.Random(5)
    things = [f"{first}{second}" for first in ("Markt", "Wald", "Rats", "Stadt", "Brunnen") for second in _SECOND]
    asked = ["Wann kommt", "Wo ist", "Was kostet", "Wer macht", "Warum gibt es"]
    questions = [_slip(f"{chance.choice(asked)} der {chance.choice(things)}?", chance) for _ in range(5000)]

    started = time.perf_counter()
    found = MATCHER.grouped(questions)

    assert time.perf_counter() - started < 10
    assert sorted(number for group in found for number in group) == list(range(5000))
    assert len(found) < 1000


_SECOND = ("turm", "garten", "keller", "wagen", "zaun", "plan", "preis", "laden", "hund", "ball")


def _slip(text: str, chance: random.Random) -> str:
    place = chance.randrange(len(text))
    return text[:place] + text[place + 1 :] if chance.random() < 0.3 else text
