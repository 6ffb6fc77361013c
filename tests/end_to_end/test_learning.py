"""From a question that nobody could answer to an entry: citizens ask, a clerk teaches, an editor says yes."""

import re
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.demo import Demo, running_demo
from tests.end_to_end.small import small_base
from tests.terminal import DOWN, ENTER, ESCAPE, in_a_terminal

WASTE = [
    "Wann kommt der Sperrmüll?",
    "wann kommt bei uns der Sperrmuell",
    "Wann kommt eigentlich der Sperrmül?",
    "Ich heiße Max Mustermann, wann kommt der Sperrmüll bei uns?",
]
pytestmark = pytest.mark.timeout(120)


def inbox_in_a_terminal(folder: Path, columns: int) -> AbstractContextManager[Any]:
    """`klbot kb inbox` with a keyboard and a screen of this width."""
    places = ("--data", str(folder / "data"), "--knowledge", str(folder / "knowledge"))
    return in_a_terminal("kb", "inbox", *places, columns=columns)


def ask(demo: Demo, citizens: int) -> None:
    """So many citizens ask the same; one of them asks something else, too."""
    for number in range(citizens):
        demo.say(f"Bürger-{number}", WASTE[number % len(WASTE)])
    demo.say("Zoe", "Hat die Kantine vegetarisches Essen?")
    demo.wait_for(lambda: all(demo.heard(f"Bürger-{number}") for number in range(citizens)), 20)


def teach(demo: Demo) -> None:
    demo.reply(demo.mail_about(WASTE[0]), "#wissen\nEr kommt einmal im Quartal.")
    demo.wait_for(lambda: any("Quartal" in text for text in demo.heard("Bürger-0")))


@pytest.mark.parametrize("columns", [60, 100])
def test_what_ten_citizens_asked_is_answered_after_an_editors_yes(tmp_path: Path, columns: int) -> None:
    knowledge = small_base(tmp_path)
    with running_demo(tmp_path / "data", "--knowledge", str(knowledge)) as demo:
        ask(demo, 10)
        teach(demo)
        # The bot is running meanwhile.
        with inbox_in_a_terminal(tmp_path, columns) as terminal:
            terminal.expect("1. Wann kommt der Sperrmüll")
            terminal.expect("10 Personen, 10-mal")
            terminal.expect("Was ist das")
            terminal.expect("ein neuer Eintrag")
            terminal.expect("eine weitere Formulierung")
            terminal.send(ENTER)
            terminal.expect("Mit welcher Antwort")
            terminal.send(ENTER)
            terminal.expect("Eingabetaste beendet")
            terminal.expect("Quartal")
            terminal.send(ESCAPE + ENTER)
            terminal.expect("Welche Formulierungen")
            terminal.send(DOWN + " " + ENTER)
            terminal.expect("2 ausgewählt")
            terminal.expect("In welchem Thema")
            terminal.send(ENTER)
            terminal.expect("Name des Eintrags")
            terminal.send(ENTER)
            terminal.expect("Und nun")
            terminal.send(DOWN + ENTER)
            terminal.expect("So übernehmen")
            terminal.send(ENTER)
            terminal.expect("Angenommen")
            terminal.expect("Was ist das")
            terminal.send(DOWN * 5 + ENTER)

    text = (knowledge / "stadtrat.yaml").read_text()
    with running_demo(tmp_path / "data", "--knowledge", str(knowledge)) as demo:
        answer = demo.answer("Neue", "Wann kommt denn der Sperrmüll?")["text"]

    assert "      - wann kommt bei uns der Sperrmuell\n" in text
    assert "Er kommt einmal im Quartal." in answer
    assert not [path for path in knowledge.rglob("*.yaml") if "Mustermann" in path.read_text()]


def test_an_editor_who_ends_at_once_changes_nothing(tmp_path: Path) -> None:
    knowledge = small_base(tmp_path)
    with running_demo(tmp_path / "data", "--knowledge", str(knowledge)) as demo:
        ask(demo, 1)
    before = {path: path.read_bytes() for path in knowledge.rglob("*")}
    with inbox_in_a_terminal(tmp_path, 80) as terminal:
        terminal.expect("Was ist das")
        terminal.send(DOWN * 5 + ENTER)
        terminal.expect("0 entschieden")

    assert {path: path.read_bytes() for path in knowledge.rglob("*")} == before
    assert re.fullmatch(r"[a-z]+\.yaml", min(path.name for path in before))
