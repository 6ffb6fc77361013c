"""Editors change the files while the bot runs: what is right goes live within seconds, and nothing else ever does."""

import json
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.end_to_end.demo import Demo, running_demo
from tests.end_to_end.small import small_base
from tests.test_cli import klbot

ASKED = "Wird der Stadtrat live übertragen?"
SEATS = "Gibt es Stühle für Zuschauer?"


class Editor:
    """Somebody who changes the topic file."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "stadtrat.yaml"

    def change(self, old: str, new: str) -> None:
        """Put something in place of something else, and save."""
        text = self.file.read_text(encoding="utf-8")
        assert old in text
        self.file.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def editor(tmp_path: Path) -> Editor:
    return Editor(small_base(tmp_path))


@pytest.fixture
def demo(tmp_path: Path, editor: Editor) -> Iterator[Demo]:
    with running_demo(tmp_path / "data", "--knowledge", str(editor.file.parent)) as running:
        yield running


def answered(demo: Demo, words: str, question: str = ASKED, seconds: float = 20) -> tuple[str, float]:
    """Ask again and again until the answer holds these words; who got it, and how long that took."""
    began = time.monotonic()
    for number in count():
        citizen = f"asking-{words}-{number}"
        if words in demo.answer(citizen, question)["text"]:
            return citizen, time.monotonic() - began
        assert time.monotonic() - began < seconds, f"nobody was answered {words!r}"
        time.sleep(0.2)
    raise AssertionError


def to_editors(demo: Demo, words: str) -> list[str]:
    """The mails to editors that hold these words."""
    return [mail["text"] for mail in demo.mailbox() if words in mail["text"]]


def test_a_good_change_is_live_within_seconds(demo: Demo, editor: Editor) -> None:
    assert "seit 2019" in demo.answer("ada", ASKED)["text"]

    editor.change("Ja, seit 2019.", "Ja, seit dem Frühjahr 2019.")
    _, answer_only = answered(demo, "seit dem Frühjahr 2019")
    editor.change("      - Livestream der Stadtratssitzung", "      - Wo sehe ich die Übertragung im Netz?")
    editor.change("Auf der Empore.", "Auf der Galerie.")
    _, with_index = answered(demo, "Auf der Galerie", SEATS)

    print(f"an answer was live after {answer_only:.1f} s, another way to ask after {with_index:.1f} s")  # noqa: T201
    assert "seit dem Frühjahr 2019" in demo.answer("ada", "Wo sehe ich die Übertragung im Netz?")["text"]


def test_a_broken_change_is_refused_told_once_and_told_again_when_it_is_mended(demo: Demo, editor: Editor) -> None:
    editor.change("    answer: |\n      Auf der Empore.", "    anwser: |\n      Auf der Empore.")
    [mail] = demo.wait_for(lambda: to_editors(demo, "anwser"), 20)
    line = 1 + editor.file.read_text(encoding="utf-8").splitlines().index("    anwser: |")
    editor.change("  title: Stadtrat", "  title: Der Stadtrat")
    editor.change("Ja, seit 2019.", "Ja, schon seit 2019.")
    time.sleep(4)

    assert f"knowledge/stadtrat.yaml:{line}:5" in mail
    assert "meinten Sie „answer“?" in mail
    assert "seit 2019" in demo.answer("ada", ASKED)["text"], "the one in use goes on answering"
    assert "schon seit 2019" not in demo.answer("ben", ASKED)["text"]
    assert len(to_editors(demo, "anwser")) == 1

    editor.change("anwser", "answer")
    answered(demo, "schon seit 2019")
    demo.wait_for(lambda: to_editors(demo, "wieder in Ordnung"))

    assert len(to_editors(demo, "wieder in Ordnung")) == 1


def test_staff_read_in_their_group_that_a_change_was_refused(tmp_path: Path, editor: Editor) -> None:
    with running_demo(tmp_path / "data", "--group", "--knowledge", str(editor.file.parent)) as demo:
        [group] = demo.http.get("/api/groups").json()

        def heard(words: str) -> list[str]:
            messages = demo.http.get(f"/api/groups/{group['id']}/messages").json()
            return [one["text"] for one in messages if words in one["text"]]

        editor.change("    answer: |\n      Auf der Empore.", "    anwser: |\n      Auf der Empore.")
        [told] = demo.wait_for(lambda: heard("anwser"), 20)
        editor.change("anwser", "answer")
        demo.wait_for(lambda: heard("wieder in Ordnung"), 20)

    assert "noch nicht in Kraft" in told
    assert "knowledge/stadtrat.yaml:" in told


def test_a_withdrawn_answer_is_given_to_nobody_any_more(demo: Demo, editor: Editor) -> None:
    withdrawn = "source: Test\n    status: withdrawn\n    withdrawn_reason: Der Vertrag ist ausgelaufen."
    editor.change("source: Test", withdrawn)

    answered(demo, "Der Vertrag ist ausgelaufen")

    demo.answer("carl", ASKED)
    notice = demo.wait_for(lambda: demo.heard("carl")[1:])[0]
    assert "sicher gespeichert" in notice
    assert "seit 2019" not in " ".join(demo.heard("carl"))
    assert "ist zurückgezogen" in demo.mail_about(ASKED)["text"]


def test_a_correction_reaches_exactly_those_who_got_the_old_answer(demo: Demo, editor: Editor) -> None:
    old = [f"old-{number}" for number in range(5)]
    for citizen in old:
        assert "seit 2019" in demo.answer(citizen, ASKED)["text"]
    demo.answer("other", SEATS)
    editor.change("Ja, seit 2019.", "Nein, erst seit 2021.")
    editor.change("source: Test", "source: Test\n    corrected: 2020-07-01\n    correction_note: Das Jahr war falsch.")

    late, _ = answered(demo, "erst seit 2021")
    for citizen in old:
        demo.wait_for(lambda citizen=citizen: demo.heard(citizen)[1:])  # type: ignore[misc]
    time.sleep(2)

    for citizen in old:
        [_, correction] = demo.heard(citizen)
        assert correction.startswith("Berichtigung: ")
        assert "Das Jahr war falsch." in correction
        assert "Nein, erst seit 2021." in correction
    assert len(demo.heard("other")) == 1
    assert len(demo.heard(late)) == 1


def test_who_asks_to_be_told_is_told_once(demo: Demo, editor: Editor) -> None:
    editor.change("source: Test", "source: Test\n    follow: true")
    others = count()
    demo.wait_for(lambda: demo.answer(f"other-{next(others)}", ASKED)["buttons"][1:], 20)
    first = demo.answer("ada", ASKED)
    assert first["buttons"][1][0]["text"] == "Sagen Sie mir Bescheid"

    demo.tap("ada", first, 2)
    demo.wait_for(lambda: demo.heard("ada")[1:])
    editor.change("Ja, seit 2019.", "Ja, auch mit Untertiteln.")
    news = demo.wait_for(lambda: demo.heard("ada")[2:], 20)
    time.sleep(2)

    assert len(demo.heard("ada")) == 3
    assert "hat sich geändert" in news[0]
    assert "Ja, auch mit Untertiteln." in news[0]


def test_an_answer_whose_day_has_passed_is_told_as_such_and_the_team_is_asked(demo: Demo, editor: Editor) -> None:
    editor.change("source: Test", "source: Test\n    valid_until: 2021-12-31")

    citizen, _ = answered(demo, "Diese Antwort galt nur bis 31. Dezember 2021")

    notice = demo.wait_for(lambda: demo.heard(citizen)[1:])[0]
    assert "sicher gespeichert" in notice
    assert "ist abgelaufen" in demo.mail_about("ist abgelaufen")["text"]


@pytest.mark.timeout(150)
def test_kb_status_tells_what_is_in_use_and_what_is_refused(demo: Demo, editor: Editor, tmp_path: Path) -> None:
    status = ("kb", "status", "--data", str(tmp_path / "data"))
    before = klbot(*status)
    (editor.file.parent / "proposals").mkdir()
    (editor.file.parent / "proposals" / "0001-alias.yaml").write_text("nonsense: [", encoding="utf-8")
    time.sleep(2)
    beside = json.loads(klbot(*status, "--json").stdout)
    editor.change("as_of: 2020-06", "as_of: Sommer")
    demo.wait_for(lambda: to_editors(demo, "Sommer"), 20)
    after = klbot(*status)

    assert before.returncode == 0
    assert "2 Einträge, in Kraft seit" in before.stdout
    assert "Abgelehnt ist nichts." in before.stdout
    assert beside["running"] is True
    assert beside["refused"] == [], "proposals are not the knowledge base"
    assert beside["version"] in after.stdout
    assert after.returncode == 1
    assert "Nicht übernommen seit" in after.stdout
    assert "„Sommer“ ist kein gültiges Datum" in after.stdout
