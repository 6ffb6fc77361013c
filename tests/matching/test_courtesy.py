"""Thanks and greetings around what a message is about."""

import pytest

from bot.knowledge.entry import Language, SmallTalk
from bot.matching.courtesy import Courtesy

COURTESY = Courtesy(
    [
        SmallTalk("greeting", {Language.DE: ("Hallo", "Hallo, ist da jemand?")}, {}),
        SmallTalk("thanks", {Language.DE: ("Danke", "Super, danke"), Language.EN: ("Thanks",)}, {}),
        SmallTalk("praise", {Language.DE: ("Super",)}, {}),
        SmallTalk("insult", {Language.DE: ("Idiot",)}, {}),
    ]
)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Danke! Und woher stammt diese Zahl?", "Und woher stammt diese Zahl?"),
        ("Super, danke! Aber warum?", "Aber warum?"),
        ("Thanks, who runs it?", "who runs it?"),
        ("Hallo\nWo steht sie?\n\nDanke 😀", "Wo steht sie?"),
        ("Hallo – wo steht sie?", "wo steht sie?"),
        ("Wo steht sie, bitte?", ""),
        ("Danke!", ""),
        ("Hallo, ist da jemand?", ""),
        ("Danke, danke, super!!! 😀", ""),
        ("Idiot! Wo steht sie?", ""),
        ("", ""),
    ],
)
def test_what_stands_beside_courtesies_is_the_rest(text: str, rest: str) -> None:
    assert COURTESY.rest(text) == rest


@pytest.mark.parametrize(
    ("text", "thanked"), [("Danke! Und wer?", True), ("Wer? Danke", True), ("Hallo! Wer?", False), ("Dankbar?", False)]
)
def test_a_thanks_is_known_anywhere(text: str, thanked: bool) -> None:
    assert COURTESY.thanks(text) is thanked
