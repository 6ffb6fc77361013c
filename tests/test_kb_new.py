"""`klbot kb new`: a new entry by options and by hand, in a process of its own."""

import subprocess
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from bot.cli.kb.place import load_whole
from bot.knowledge.entry import Language
from bot.knowledge.shelf import sole_editor
from tests.end_to_end.small import small_base
from tests.terminal import DOWN, ENTER, ERASE, ESCAPE, in_a_terminal
from tests.test_cli import klbot

WASTE = {
    "topic": "stadtrat",
    "question": "Wann kommt die gelbe Tonne?",
    "answer": "Alle zwei Wochen.\n\nSiehe Kalender: dort.",
    "source": "Stadtbildpflege: Kalender",
}


class Editor:
    """Somebody with a knowledge base of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = small_base(folder)
        self.topic = self.folder / "stadtrat.yaml"

    def new(self, *more: str, text: str | None = None, prefix: Sequence[str] = (), **values: str) -> "Result":
        given = [part for key, value in {**WASTE, **values}.items() if value for part in (f"--{key}", value)]
        arguments = [*given, *more, "--knowledge", str(self.folder)]
        return klbot("kb", "new", *arguments, text=text, environment={"COLUMNS": "100"}, prefix=prefix)

    def refused(self, *more: str, prefix: Sequence[str] = (), **values: str) -> str:
        """The sentence of a command that must change nothing."""
        before = {path: path.read_bytes() for path in self.folder.glob("*") if path.is_file()}
        result = self.new(*more, prefix=prefix, **values)
        after = {path: path.read_bytes() for path in self.folder.glob("*") if path.is_file()}
        assert (result.returncode, result.stderr.count("\n"), before == after) == (2, 1, True), result
        return result.stderr


Result = subprocess.CompletedProcess[str]


@pytest.fixture
def editor(tmp_path: Path) -> Editor:
    return Editor(tmp_path)


def test_by_options_an_entry_is_written_checked_and_tried(editor: Editor) -> None:
    before = editor.topic.read_text(encoding="utf-8")

    result = editor.new("--alias", "Gelber Sack", "--alias", " Plastik:  Abholung ", "--date", "2026-10")

    assert (result.returncode, result.stderr) == (0, "")
    entry = load_whole(editor.folder).entry("kommt-gelbe-tonne")
    assert entry is not None
    assert entry.texts[Language.DE].aliases == ("Gelber Sack", "Plastik: Abholung")
    assert entry.texts[Language.DE].answer == WASTE["answer"]
    assert (entry.as_of, entry.source) == ("2026-10", WASTE["source"])
    after = editor.topic.read_text(encoding="utf-8").splitlines(keepends=True)
    assert [line for line in before.splitlines(keepends=True) if line not in after] == []
    for part in (
        "+    question: Wann kommt die gelbe Tonne?",
        "Hinweis: „kommt-gelbe-tonne“ gibt es nur auf Deutsch",
        "„Gelber Sack“\n   bisher ans Team",
        "dann Antwort kommt-gelbe-tonne",
        "Eingetragen: stadtrat.yaml, Zeile 28 (kommt-gelbe-tonne).",
    ):
        assert part in result.stdout


def test_a_new_topic_becomes_a_new_file(editor: Editor) -> None:
    english = ("--question-en", "When is the yellow bin emptied?", "--answer-en", "Every two weeks.")

    result = editor.new(*english, "--alias-en", "yellow bin", topic="abfall", title="Abfall: alles", intro="Tonnen.")

    assert result.returncode == 0, result
    text = (editor.folder / "abfall.yaml").read_text(encoding="utf-8")
    assert text.startswith(
        '# yaml-language-server: $schema=schema.json\ntopic:\n  id: abfall\n  title: "Abfall: alles"\n'
    )
    base = load_whole(editor.folder)
    assert [topic.id for topic in base.topics] == ["abfall", "stadtrat"]
    assert base.topics[0].entries[0].texts[Language.EN].aliases == ("yellow bin",)


def test_a_long_answer_may_come_from_standard_input(editor: Editor) -> None:
    result = editor.new(answer="-", text="Erste Zeile.\n\nZweite Zeile.\n")

    entry = load_whole(editor.folder).entry("kommt-gelbe-tonne")
    assert result.returncode == 0
    assert entry is not None
    assert entry.texts[Language.DE].answer == "Erste Zeile.\n\nZweite Zeile."


NEW_TOPIC = ("--title", "A", "--intro", "A")
TWICE = "Diese Frage gibt es schon (stadtrat-livestream, stadtrat.yaml, Zeile {}). Ändern Sie dort die Antwort."
REFUSED = [
    ((), {"answer": "", "source": ""}, "Ohne Terminal braucht ein neuer Eintrag auch --answer, --source."),
    (
        (),
        {"topic": "stadtrats"},
        "Ein Thema „stadtrats“ gibt es nicht; meinten Sie „stadtrat“? Für ein neues Thema geben Sie --title und "
        "--intro an.",
    ),
    ((), {"topic": "abfall"}, "Ein Thema „abfall“ gibt es nicht; möglich sind: stadtrat. Für ein neues Thema"),
    (("--question-en", "When?"), {}, "geben Sie --question-en und --answer-en zusammen an."),
    (NEW_TOPIC, {"topic": "../abfall"}, "„../abfall“ kann kein Thema heißen"),
    (NEW_TOPIC, {"topic": "smalltalk"}, "smalltalk.yaml ist etwas anderes als ein Thema"),
    (NEW_TOPIC, {"topic": "questions"}, "questions.yaml ist etwas anderes als ein Thema"),
    (("--id", "stadtrat-livestream"), {}, "Einen Eintrag „stadtrat-livestream“ gibt es schon"),
    (("--id", "Müll"), {}, "„Müll“ ist keine gültige id"),
    (("--date", "1.2.2026"), {}, "klbot: „1.2.2026“ schreiben Sie bitte als 2026-02-01.\n"),
    (("--date", "gestern"), {}, "klbot: „gestern“ ist kein Datum. Schreiben Sie Jahr-Monat, etwa 20"),
    (("--date", "2026-13"), {}, "klbot: „2026-13“ ist kein Datum. Schreiben Sie Jahr-Monat, etwa 20"),
    (("--date", "2999-01"), {}, "klbot: Der Stand „2999-01“ liegt in der Zukunft"),
    ((), {"answer": "Siehe https//kl.digital"}, "klbot: Der Link bei „https//kl.digital“ ist unvollständig"),
    ((), {"answer": "Ein \u0007 Ton."}, "unsichtbares Steuerzeichen (U+0007)"),
    ((), {"answer": "Ja. " * 1100}, "eine Nachricht fasst 4096; kürzen Sie sie um"),
    ((), {"question": "wird die Sitzung des Stadtrats im internet uebertragen"}, TWICE.format(7)),
    ((), {"question": "Livestream der Stadtratssitzung!", "topic": "", "answer": ""}, TWICE.format(10)),
    (
        ("--answer-en", "Yes."),
        {"question-en": "Are the city council meetings streamed live?"},
        "Diese Frage gibt es schon (stadtrat-livestream, stadtrat.yaml, Zeile ",
    ),
]


@pytest.mark.parametrize(("more", "values", "sentence"), REFUSED)
def test_what_cannot_be_written_is_one_sentence_and_changes_nothing(
    editor: Editor, more: Sequence[str], values: dict[str, str], sentence: str
) -> None:
    assert sentence in editor.refused(*more, **values)


def test_an_entry_that_breaks_a_labelled_question_needs_a_second_word(editor: Editor) -> None:
    asked = "out_of_scope:\n  - Ist die gelbe Tonne heute dran, und wann kommt sie?\n"
    (editor.folder / "questions.yaml").write_text(asked, encoding="utf-8")

    sentence = editor.refused()
    forced = editor.new("--force")

    assert "Damit ginge die gekennzeichnete Frage „Ist die gelbe Tonne heute dran, und wann kommt sie?“" in sentence
    assert forced.returncode == 0
    assert "nicht mehr richtig: „Ist die gelbe Tonne" in forced.stdout


def test_a_question_that_an_entry_has_needs_a_second_word(editor: Editor) -> None:
    result = editor.new("--force", question="Livestream der Stadtratssitzung")

    assert result.returncode == 0
    assert "(livestream-stadtratssitzung)" in result.stdout


def test_while_somebody_else_writes_nothing_is_changed(editor: Editor) -> None:
    with sole_editor(editor.folder):
        sentence = editor.refused()

    assert "Jemand anderes ändert gerade diese Wissensbasis" in sentence


def test_on_a_full_disk_the_old_file_stays(editor: Editor) -> None:
    # No file may grow beyond nothing: as if the disk were full.
    sentence = editor.refused(prefix=["sh", "-c", 'ulimit -f 0; exec "$@"', "sh"])

    assert "es ist alles wie vorher" in sentence


def test_a_base_that_is_broken_is_listed_first(editor: Editor) -> None:
    editor.topic.write_text(editor.topic.read_text().replace("    answer:", "    anwser:", 1), encoding="utf-8")

    result = editor.new()

    assert result.returncode == 2
    assert "knowledge/stadtrat.yaml:11:5: Der Schlüssel „anwser“ ist unbekannt" in result.stderr


def new_in_a_terminal(editor: Editor, *arguments: str, columns: int = 100) -> AbstractContextManager[Any]:
    """`klbot kb new` with a keyboard and a screen."""
    return in_a_terminal("kb", "new", "--knowledge", str(editor.folder), *arguments, columns=columns)


@pytest.mark.timeout(120)
def test_in_a_terminal_everything_is_asked_for(editor: Editor) -> None:
    with new_in_a_terminal(editor, columns=80) as child:
        for prompt, keys in (
            ("In welchem Thema", DOWN + ENTER),
            ("Name des neuen Themas", "Müll & Mehr" + ENTER),
            ("Worum geht es", "Um Tonnen." + ENTER),
            ("Name der Datei", ENTER),
            ("Frage, wie sie", "Wann kommt die gelbe Tonne?" + ENTER),
            ("Antwort", "Alle zwei Wochen." + ENTER + "Immer." + ESCAPE + ENTER),
            ("Andere Formulierungen, je Zeile eine", ""),
            ("Eingabetaste beendet", "Gelber Sack" + ENTER + "- Plastik" + ESCAPE + ENTER),
            ("Stand", ENTER),
            ("Quelle", ENTER + "Stadt" + ENTER),
            ("Frage auf Englisch", ENTER),
            ("Name des Eintrags", ENTER),
            ("So eintragen", ENTER),
        ):
            child.expect(prompt)
            child.send(keys)
        child.expect("Eingetragen: muell-mehr.yaml")

    entry = load_whole(editor.folder).entry("kommt-gelbe-tonne")
    assert entry is not None
    assert (entry.topic, entry.source) == ("muell-mehr", "Stadt")
    assert entry.texts[Language.DE].aliases == ("Gelber Sack", "Plastik")
    assert entry.texts[Language.DE].answer == "Alle zwei Wochen.\nImmer."


@pytest.mark.timeout(120)
def test_in_a_terminal_a_mistake_is_told_at_once_and_what_was_typed_may_be_mended(editor: Editor) -> None:
    with new_in_a_terminal(editor, "--topic", "stadtrad", "--alias", "Gelber Sack") as child:
        for prompt, keys in (
            ("gibt es nicht; meinten Sie „stadtrat“", ""),
            ("In welchem Thema", ENTER),
            ("Frage, wie sie", "Livestream der Stadtratssitzung" + ENTER),
            ("Diese Frage gibt es schon", ""),
            ("Frage, wie sie", " für die gelbe Tonne" + ENTER),
            ("Antwort", "Siehe https//kl.digital" + ESCAPE + ENTER),
            ("ist unvollständig", ""),
            ("Antwort", ERASE + "Ja." + ESCAPE + ENTER),
            ("Stand", ERASE + "gestern" + ENTER),
            ("„gestern“ ist kein Datum. Schreiben Sie Jahr-Monat, etwa", ""),
            ("Stand", ERASE + "2026-10" + ENTER),
            ("Quelle", "Stadt" + ENTER),
            ("Frage auf Englisch", ENTER),
            ("Name des Eintrags", ERASE + "Tonne" + ENTER),
            ("ist keine gültige id", ""),
            ("Name des Eintrags", ERASE + "tonne" + ENTER),
            ("So eintragen", ENTER),
        ):
            child.expect(prompt)
            child.send(keys)
        child.expect("Eingetragen: stadtrat.yaml")

    entry = load_whole(editor.folder).entry("tonne")
    assert entry is not None
    assert (entry.as_of, entry.texts[Language.DE].answer) == ("2026-10", "Ja.")
    assert entry.texts[Language.DE].question == "Livestream der Stadtratssitzung für die gelbe Tonne"


@pytest.mark.timeout(120)
def test_an_answer_that_is_too_long_with_its_source_may_be_shortened(editor: Editor) -> None:
    given = ("--topic", "stadtrat", "--question", "Tonne?", "--answer", "Ja. " * 1000, "--alias", "A", "--id", "tonne")

    with new_in_a_terminal(editor, *given) as child:
        for prompt, keys in (
            ("Stand", ENTER),
            ("Quelle", "Stadt " * 60 + ENTER),
            ("eine Nachricht fasst 4096", ""),
            ("Eingabetaste beendet", ERASE + "Ja." + ESCAPE + ENTER),
            ("Frage auf Englisch", ENTER),
            ("So eintragen", ENTER),
        ):
            child.expect(prompt)
            child.send(keys)
        child.expect("Eingetragen: stadtrat.yaml")


@pytest.mark.timeout(120)
def test_a_no_at_the_end_changes_nothing(editor: Editor) -> None:
    before = editor.topic.read_bytes()
    given = [part for key, value in WASTE.items() for part in (f"--{key}", value)]

    with new_in_a_terminal(editor, *given, columns=60) as child:
        child.expect("So eintragen")
        child.send(DOWN + ENTER)
        child.expect("Nichts geändert")

    assert editor.topic.read_bytes() == before
