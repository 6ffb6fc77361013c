"""What a clerk is shown of what was left out of a reply."""

import pytest

from bot.desk.cuts import worth_reading
from bot.desk.staff import Cut, CutKind

OURS = ["Frage aus dem Chat:\n\n    Wie tief ist der See?\n\n#1 bis #3     Antwort mit dieser Nummer senden"]


@pytest.mark.parametrize(
    "quote",
    [
        "Am 25.11.2026 um 22:43 schrieb KL.digital Bot:\n> Frage aus dem Chat:\n>\n>     Wie tief ist der See?",
        "Von: KL.digital Bot <bot@kl.digital>\nGesendet: Mittwoch\nAn: info\nBetreff: [KL-7F3K9Q] See\n\n"
        "Frage aus dem Chat:\nWie tief ist der See?\n#1 bis #3\nAntwort mit dieser Nummer senden",
        "-----Ursprüngliche Nachricht-----\nWie tief ist\nder See?",
        "\n\n",
    ],
)
def test_of_a_quote_of_our_own_mails_nothing_is_worth_reading(quote: str) -> None:
    assert worth_reading(Cut(CutKind.QUOTE, quote), OURS) == ""


def test_words_that_stand_in_none_of_our_mails_are_shown() -> None:
    cut = Cut(CutKind.QUOTE, "Von: KL.digital Bot\nBetreff: See\nDas habe ich unten angefügt.\nWie tief ist der See?")

    assert worth_reading(cut, OURS) == "Das habe ich unten angefügt."


def test_a_signature_is_shown_as_it_is() -> None:
    assert worth_reading(Cut(CutKind.SIGNATURE, "-- \nAnna"), OURS) == "-- \nAnna"
