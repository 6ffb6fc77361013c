"""`klbot kb diff`: whom a change of the knowledge base would tell something else."""

import asyncio
import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.cli.kb.consequences import (
    Asked,
    Change,
    Side,
    Verdict,
    asked_by_citizens,
    compared_entries,
    of_asked,
    of_labelled,
)
from bot.cli.kb.place import load_whole
from bot.desk.citizen import Origin
from bot.desk.ticket import TicketState
from bot.desk.unhelped import Heard
from bot.knowledge.entry import Language
from bot.matching.decision import Outcome
from tests.desk.desk import opened_desk
from tests.end_to_end.small import TOPIC, small_base
from tests.test_cli import klbot

LABELS = """\
entries:
  - id: stadtrat-livestream
    answerable: [Wird die Ratssitzung live übertragen?]
  - id: stadtrat-sitzplatz
    answerable: [Wo sitzen Gäste im Ratssaal?]
out_of_scope: [Wann kommt die Müllabfuhr zu mir?]
smalltalk: [Hallo]
"""
OTHER_WORDS = ("Ja, seit 2019.", "Ja, seit 2018.")


class Editor:
    """Somebody with the knowledge base as it was (`old`) and as it is (`new`)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.old, self.new = (small_base(folder / name) for name in ("old", "new"))
        for each in (self.old, self.new):
            (each / "questions.yaml").write_text(LABELS, encoding="utf-8")

    def change(self, old: str, new: str) -> None:
        path = self.new / "stadtrat.yaml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def sides(self) -> tuple[Side, Side]:
        return Side.of(load_whole(self.old)), Side.of(load_whole(self.new))

    def run(self, *arguments: str, columns: str = "110") -> subprocess.CompletedProcess[str]:
        places = ["--knowledge", str(self.new)]
        return klbot("kb", "diff", *arguments, *places, environment={"COLUMNS": columns})

    def says(self, *arguments: str, columns: str = "110") -> str:
        result = self.run(*arguments, columns=columns)
        assert (result.returncode, result.stderr) == (0, ""), result
        return result.stdout


@pytest.fixture
def editor(tmp_path: Path) -> Editor:
    return Editor(tmp_path)


def test_nothing_is_listed_where_nothing_changed(editor: Editor) -> None:
    old, new = editor.sides()

    assert list(of_labelled(old, new)) == []
    assert of_asked(old, new, [Asked("Hallo", Language.DE, 3)]) == []


def test_a_question_whose_answer_has_other_words_is_listed_as_such(editor: Editor) -> None:
    editor.change(*OTHER_WORDS)
    old, new = editor.sides()

    [found] = of_labelled(old, new)

    assert (found.text, found.change, found.verdict) == ("Wird die Ratssitzung live übertragen?", Change.WORDS, None)
    assert compared_entries(old.base, new.base).changed == ("stadtrat-livestream",)


def test_the_words_are_those_of_the_language_that_was_asked_in(editor: Editor) -> None:
    editor.change("Yes, since 2019.", "Yes, since 2018.")
    old, new = editor.sides()
    english = Asked("Are the meetings of the city council streamed live?", Language.EN, 1)
    german = Asked("Wird die Ratssitzung live übertragen?", Language.DE, 1)

    assert [one.text for one in of_asked(old, new, [german, english])] == [english.text]


def test_an_entry_that_takes_a_question_in_breaks_its_label(editor: Editor) -> None:
    editor.change("      - Gibt es Stühle für Zuschauer?", "      - Wann kommt die Müllabfuhr zu mir?")
    editor.change("  - Wann kommt die Müllabfuhr?\n", "")
    old, new = editor.sides()

    [found] = of_labelled(old, new)

    assert (found.text, found.change) == ("Wann kommt die Müllabfuhr zu mir?", Change.DECISION)
    assert (found.verdict, found.after.entry) == (Verdict.BROKEN, "stadtrat-sitzplatz")


def test_a_label_that_is_new_says_what_is_right_and_one_that_is_gone_says_nothing(editor: Editor) -> None:
    editor.change("      - Gibt es Stühle für Zuschauer?", "      - Kann man den Rat auf Twitch sehen?")
    (editor.new / "questions.yaml").write_text(
        "entries:\n  - id: stadtrat-sitzplatz\n    answerable: [Kann man den Rat auf Twitch sehen?]\n"
    )
    (editor.old / "questions.yaml").write_text("out_of_scope: [Und kann man den Rat auf Twitch sehen?]\n")
    old, new = editor.sides()

    verdicts = {one.text: one.verdict for one in of_labelled(old, new)}

    assert verdicts == {
        "Kann man den Rat auf Twitch sehen?": Verdict.MENDED,
        "Und kann man den Rat auf Twitch sehen?": None,
    }


def test_a_withdrawn_entry_and_who_is_written_to_are_named(editor: Editor) -> None:
    editor.change("source: Test", "source: Test\n    status: withdrawn\n    withdrawn_reason: Das war falsch.")
    editor.change("      Auf der Empore.", "      Auf der Galerie.")
    editor.change("Galerie.\n    as_of: 2020-06", "Galerie.\n    as_of: 2020-06\n    corrected: 2026-11-24")

    shown = editor.says(str(editor.old), columns="130")

    assert "ans Team (zurückgezogen)" in shown
    assert "Einträge zurückgezogen: stadtrat-livestream" in shown
    assert "Einträge entfallen" not in shown
    assert "Eine Berichtigung bekommt, wer vom Bot die alte Antwort bekommen hat: stadtrat-sitzplatz" in shown


def test_who_follows_an_answer_and_a_correction_that_is_not_marked_anew_are_named(editor: Editor) -> None:
    for folder in (editor.old, editor.new):
        path = folder / "stadtrat.yaml"
        marks = "source: Test\n    corrected: 2026-11-24\n    follow: true"
        path.write_text(path.read_text(encoding="utf-8").replace("source: Test", marks, 1), encoding="utf-8")
    editor.change(*OTHER_WORDS)
    old, new = editor.sides()

    found = compared_entries(old.base, new.base)

    stream = ("stadtrat-livestream",)
    assert (found.followed, found.overlooked, found.corrected) == (stream, stream, ())


def test_entries_that_came_and_went_are_named(editor: Editor) -> None:
    editor.change("id: stadtrat-sitzplatz", "id: stadtrat-empore")
    (editor.new / "questions.yaml").unlink()
    old, new = editor.sides()

    found = compared_entries(old.base, new.base)

    assert (found.new, found.changed, found.gone) == (("stadtrat-empore",), (), ("stadtrat-sitzplatz",))


def heard(text: str, number: int, *, opens: bool = True, state: TicketState | None = None) -> Heard:
    at = datetime(2026, 11, 25, tzinfo=UTC)
    return Heard(number, number, f"{number}", text, Language.DE, Outcome.ANSWER, None, None, at, None, state, opens)


def test_neither_spam_nor_commands_nor_what_was_said_to_people_are_asked_again() -> None:
    said = [
        heard("Live?", 1),
        heard("Live?", 2),
        heard("Danke!", 3, opens=False),
        heard("/start", 5),
        heard("!!!", 4, state=TicketState.SPAM),
    ]

    assert asked_by_citizens(said) == [Asked("Live?", Language.DE, 2)]


def test_what_reads_the_same_without_personal_data_is_one_question(editor: Editor) -> None:
    editor.change(*OTHER_WORDS)
    old, new = editor.sides()
    asked = [
        Asked(f"Ich heiße {name}. Wird der Stadtrat live übertragen?", Language.DE, 2)
        for name in ("Max Mustermann", "Eva Musterfrau")
    ]

    [found] = of_asked(old, new, asked)

    assert (found.times, "Muster" in found.text, "[Name]" in found.text) == (4, False, True)


# -- the command --------------------------------------------------------------------------------------


async def asked(folder: Path) -> None:
    async with opened_desk(folder) as desk:
        for number, name in enumerate(("Max Mustermann", "Eva Musterfrau")):
            who = Origin("telegram", str(3000 + number), Language.DE)
            await desk.say(f"Ich heiße {name}. Wird der Stadtrat live übertragen?", who)


def test_a_table_names_the_questions_and_what_citizens_asked_masked(editor: Editor) -> None:
    asyncio.run(asked(editor.folder))
    editor.change(*OTHER_WORDS)

    shown = editor.says(str(editor.old), "--database", str(editor.folder / "desk.sqlite"))

    assert "Einträge geändert: stadtrat-livestream" in shown
    assert "anderer Wortlaut" in shown
    assert "2× gefragt" in shown
    assert "[Name]" in shown
    assert "Muster" not in shown
    assert "1 von 4 gekennzeichneten Fragen bekämen eine andere Antwort." in shown
    assert "2 von 2 Nachrichten aus dem Chat bekämen eine andere Antwort." in shown


def test_without_arguments_the_files_are_compared_with_the_last_commit(editor: Editor) -> None:
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    for command in (["init", "-q"], ["add", "."], [*who, "commit", "-qm", "so"]):
        subprocess.run(["git", *command], cwd=editor.new, check=True, capture_output=True)
    editor.change("      - Gibt es Stühle für Zuschauer?", "      - Wann kommt die Müllabfuhr zu mir?")
    editor.change("  - Wann kommt die Müllabfuhr?\n", "")

    shown = editor.says(columns="60")
    same = editor.says("HEAD", "HEAD")

    assert "nun falsch" in shown
    assert max(map(len, shown.splitlines())) <= 60
    assert "1 von 4 gekennzeichneten Fragen" in " ".join(shown.split())
    assert "0 von 4 gekennzeichneten Fragen" in same


def test_json_says_the_same(editor: Editor) -> None:
    editor.change(*OTHER_WORDS)

    found = json.loads(editor.says(str(editor.old), str(editor.new), "--format", "json"))

    nothing_else = dict.fromkeys(("withdrawn", "corrected", "followed", "overlooked"), list[str]())
    decided = dict(outcome="answer", entry="stadtrat-livestream", suggested=list[str](), small_talk=None)
    assert found == {
        "entries": {"new": [], "changed": ["stadtrat-livestream"], "gone": []} | nothing_else,
        "labelled": 4,
        "messages": None,
        "changed": [
            {
                "text": "Wird die Ratssitzung live übertragen?",
                "labelled": True,
                "times": 0,
                "change": "words",
                "verdict": None,
                "before": [decided],
                "after": [decided],
            }
        ],
    }


def test_a_mistake_is_one_sentence(editor: Editor) -> None:
    broken = editor.folder / "broken"
    broken.mkdir()
    (broken / "stadtrat.yaml").write_text(TOPIC.replace("answer:", "anwser:"), encoding="utf-8")

    for arguments, sentence in (
        (["nowhere"], "„nowhere“ ist weder ein Ordner noch ein Stand von"),
        ([str(broken)], "enthält keine brauchbare Wissensbasis"),
        ([str(editor.old), "--database", "nowhere.sqlite"], "There is no database nowhere.sqlite"),
        (
            [str(editor.old), "--database", "a.sqlite", "--data", "."],
            "Geben Sie nur eines von -c, --data und --database an.",
        ),
    ):
        result = editor.run(*arguments)
        assert (result.returncode, result.stderr.count("\n")) == (2, 1), result
        assert sentence in result.stderr
