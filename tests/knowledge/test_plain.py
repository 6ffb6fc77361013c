"""Answers in Einfacher Sprache are simple, and editors are told where one is not."""

from pathlib import Path

import pytest

from bot.knowledge.lines import Lines
from bot.knowledge.loader import load, shipped
from bot.knowledge.plain import not_plain
from tests.knowledge.files import TOPIC


def told(folder: Path, plain: str) -> list[str]:
    block = "\n".join(f"      {line}" for line in plain.splitlines())
    changed = TOPIC.replace("    as_of", f"    plain: |\n{block}\n    as_of")
    (folder / "lokale-logistik.yaml").write_text(changed, encoding="utf-8")
    return [str(one) for one in not_plain(load(folder), Lines([folder]))]


@pytest.mark.parametrize(
    ("sentence", "complaint"),
    [
        (f"Die Station steht {'sehr ' * 8}weit weg.", "in Einfacher Sprache höchstens 12"),
        ("Sie steht, wie Sie wissen, am Rathaus.", "mehr als einen Gedanken"),
        ("Sie steht (seit Mai) am Rathaus.", "mehr als einen Gedanken"),
        ("Sie steht am Rathaus; das ist nah.", "mehr als einen Gedanken"),
        ("Sie steht – seit Mai – am Rathaus.", "mehr als einen Gedanken"),
        ("Sie steht z. B. am Rathaus.", "„z. B.“ ist eine Abkürzung"),
        ("Bus, Bahn usw. fahren dort.", "„usw.“ ist eine Abkürzung"),
        ("Die Station wird bald gebaut.", "sagt nicht, wer etwas tut"),
        ("Das ist beschlossen worden.", "sagt nicht, wer etwas tut"),
        ("Die Wege wurden saniert.", "sagt nicht, wer etwas tut"),
        ("Das ist eine Partizipation.", "„Partizipation“ ist kein Alltagswort"),
        ("Es gibt ein Sozialquartiersmanagement.", "hat 25 Buchstaben"),
    ],
)
def test_what_is_hard_to_read_is_named_with_its_line(folder: Path, sentence: str, complaint: str) -> None:
    [found] = told(folder, f"Die Station gibt es.\n{sentence}")

    assert complaint in found
    assert found.startswith("knowledge/lokale-logistik.yaml:15:")


def test_what_is_simple_is_left_alone(folder: Path) -> None:
    simple = """\
Die Station steht am Rathaus.
Sie können dort Pakete abholen, auch am Abend.
Dafür gibt es zwei Wege:

- Sie gehen zu Fuß.
- Sie fahren mit dem Bus.

Wir werden sie im Jahr 2027 noch größer machen.
Fragen? Schreiben Sie an info@kl.digital oder sehen Sie hier nach:
https://www.kl.digital/eine-sehr-lange-adresse-mit-vielen-teilen
"""

    assert told(folder, simple) == []


def test_an_entry_without_einfache_sprache_is_fine(folder: Path) -> None:
    assert list(not_plain(load(folder), Lines([folder]))) == []


def test_all_34_answers_that_ship_are_there_in_einfacher_sprache_and_simple() -> None:
    base = load(shipped())

    assert [entry.id for entry in base.entries() if not entry.plain] == []
    assert [str(one) for one in not_plain(base, Lines([shipped()]))] == []
