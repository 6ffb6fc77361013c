"""From a question that nobody could answer to an entry: citizens ask, a clerk teaches, an editor says yes."""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pexpect
import pytest

from tests.end_to_end.demo import Demo, running_demo
from tests.end_to_end.small import small_base

DOWN, ENTER, ESCAPE = "\x1b[B", "\r", "\x1b"
WASTE = [
    "Wann kommt der Sperrmüll?",
    "wann kommt bei uns der Sperrmuell",
    "Wann kommt eigentlich der Sperrmül?",
    "Ich heiße Max Mustermann, wann kommt der Sperrmüll bei uns?",
]
pytestmark = pytest.mark.timeout(120)


@contextmanager
def inbox_in_a_terminal(folder: Path, columns: int) -> Iterator[Any]:
    """`klbot kb inbox` with a keyboard and a screen of this width."""
    arguments = ["-m", "bot", "kb", "inbox", "--data", str(folder / "data"), "--knowledge", str(folder / "knowledge")]
    child = pexpect.spawn(
        sys.executable,
        arguments,
        dimensions=(40, columns),
        env=os.environ | {"TERM": "xterm"},
        encoding="utf-8",
        timeout=30,
    )
    try:
        yield child
        child.expect(pexpect.EOF)
    finally:
        child.close()
    assert child.exitstatus == 0


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
            terminal.send(DOWN * 2 + ENTER)
            terminal.expect("Mit welcher Antwort")
            terminal.send(ENTER)
            terminal.expect("Eingabetaste beendet")
            terminal.expect("Quartal")
            terminal.send(ESCAPE + ENTER)
            terminal.expect("Welche Formulierungen")
            terminal.send(DOWN + " " + ENTER)
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
