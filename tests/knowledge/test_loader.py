"""A whole folder is loaded, or refused with everything that is wrong in it."""

import os
from pathlib import Path

import pytest

from bot.errors import Complaint, KnowledgeError
from bot.knowledge.entry import Language, Status
from bot.knowledge.loader import advice, load
from bot.knowledge.yaml_source import LARGEST
from tests.files import a_file
from tests.knowledge.files import ENGLISH, GERMAN, TOPIC


def complaints_of(folder: Path, fallback: Path | None = None) -> list[Complaint]:
    with pytest.raises(KnowledgeError) as refused:
        load(folder, fallback)
    return refused.value.complaints


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")


def second_topic(topic_id: str = "zweites", entry_id: str = "zweiter") -> str:
    return TOPIC.replace("id: lokale-logistik", f"id: {topic_id}").replace("id: paketstation", f"id: {entry_id}")


# -- what loads ---------------------------------------------------------------------------------------


def test_a_good_folder_becomes_a_knowledge_base(folder: Path) -> None:
    base = load(folder)

    assert [entry.id for entry in base.entries()] == ["paketstation"]
    assert base.topics[0].titles == {Language.DE: "Lokale Logistik"}
    assert [one.text for one in base.counterexamples()] == ["Was kostet ein Fach?"]
    assert base.small_talk[0].kind == "greeting"
    assert base.small_talk[0].replies[Language.EN] == "Good day!"
    assert base.say("welcome", Language.EN, name="Ada") == "Hello Ada!"
    assert not advice(base)


def test_topics_come_in_the_order_of_their_file_names(folder: Path) -> None:
    write(folder, "a.yaml", second_topic())

    base = load(folder)

    assert [topic.id for topic in base.topics] == ["zweites", "lokale-logistik"]


@pytest.mark.parametrize("status", ["draft", "withdrawn"])
def test_what_is_not_published_is_no_answer(folder: Path, status: str) -> None:
    write(folder, "lokale-logistik.yaml", TOPIC.replace("    as_of", f"    status: {status}\n    as_of"))

    base = load(folder)

    assert base.entry("paketstation") is None
    assert base.topics[0].entries[0].status is Status(status)


def test_small_talk_may_be_missing(folder: Path) -> None:
    (folder / "smalltalk.yaml").unlink()

    base = load(folder)

    assert base.small_talk == ()


@pytest.mark.parametrize("name", [".#lokale-logistik.yaml", "notes.txt"])
def test_other_files_are_left_alone(folder: Path, name: str) -> None:
    write(folder, name, "{ this is : [ no topic")
    (folder / "proposals").mkdir()
    write(folder / "proposals", "new.yaml", "neither: this")

    base = load(folder)

    assert len(base.topics) == 1


def test_a_mark_at_the_beginning_of_the_file_does_no_harm(folder: Path) -> None:
    (folder / "lokale-logistik.yaml").write_bytes(b"\xef\xbb\xbf" + TOPIC.replace("intro", "itro").encode())

    assert [(one.line, one.column) for one in complaints_of(folder)] == [(4, 3)]


def test_line_ends_of_windows_do_no_harm(folder: Path) -> None:
    (folder / "lokale-logistik.yaml").write_bytes(TOPIC.replace("\n", "\r\n").replace("intro", "itro").encode())

    assert [(one.line, one.column) for one in complaints_of(folder)] == [(4, 3)]


def test_the_version_changes_with_every_byte_and_every_name(folder: Path) -> None:
    first = load(folder).version
    again = load(folder).version
    (folder / "lokale-logistik.yaml").rename(folder / "logistik.yaml")
    renamed = load(folder).version
    write(folder, "logistik.yaml", TOPIC + "# eine Bemerkung\n")
    commented = load(folder).version

    assert first == again
    assert len({first, renamed, commented}) == 3
    assert len(first) == 12


# -- several files ------------------------------------------------------------------------------------


def test_mistakes_of_all_files_are_named_at_once(folder: Path) -> None:
    write(folder, "a.yaml", second_topic().replace("answer:", "anwser:"))
    write(folder, "b.yaml", "topic:\n\tid: b\n")
    write(folder, "lokale-logistik.yaml", TOPIC.replace("2020-06", "2020"))
    write(folder, "smalltalk.yaml", "smalltalk:\n  - id: greeting\n    de: {examples: [Hallo]}\n    en: Hi\n")
    write(folder, "wording.en.yaml", "welcome: Hello\nhelp: Help\n")

    found = complaints_of(folder)

    assert [(one.file, one.line) for one in found] == [
        ("knowledge/a.yaml", 11),
        ("knowledge/b.yaml", 2),
        ("knowledge/lokale-logistik.yaml", 13),
        ("knowledge/smalltalk.yaml", 3),
        ("knowledge/smalltalk.yaml", 4),
        ("knowledge/wording.de.yaml", 1),
    ]


def test_an_id_may_be_used_once_in_all_files(folder: Path) -> None:
    write(folder, "zwei.yaml", second_topic("lokale-logistik", "paketstation"))

    topic, entry = complaints_of(folder)

    assert str(topic).startswith("knowledge/zwei.yaml:2:7: Die id „lokale-logistik“ gibt es schon")
    assert str(entry).startswith("knowledge/zwei.yaml:6:9: Die id „paketstation“ gibt es schon")
    assert "(knowledge/lokale-logistik.yaml, Zeile 6)" in entry.text


def test_the_error_reads_as_one_line_a_complaint(folder: Path) -> None:
    write(folder, "lokale-logistik.yaml", TOPIC.replace("answer:", "anwser:").replace("question:", "qestion:"))

    with pytest.raises(KnowledgeError) as refused:
        load(folder)

    assert str(refused.value).splitlines() == [
        "knowledge/lokale-logistik.yaml:7:5: Der Schlüssel „qestion“ ist unbekannt; meinten Sie „question“?",
        "knowledge/lokale-logistik.yaml:11:5: Der Schlüssel „anwser“ ist unbekannt; meinten Sie „answer“?",
    ]


# -- files that cannot be read ------------------------------------------------------------------------


def test_a_file_in_another_encoding_is_named_with_the_place(folder: Path) -> None:
    write(folder, "a.yaml", second_topic().replace("answer:", "anwser:"))
    (folder / "lokale-logistik.yaml").write_bytes(TOPIC.replace("Projekt", "Präjekt").encode("latin-1"))

    other, encoding = complaints_of(folder)

    assert other.file == "knowledge/a.yaml"
    assert (encoding.line, encoding.column) == (4, 16)
    assert "nicht in UTF-8 geschrieben" in encoding.text
    assert "wählen Sie dabei die Kodierung „UTF-8“" in encoding.text


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (a_file("docx"), "Das ist ein Word-Dokument; speichern Sie es als reinen Text (UTF-8)."),
        (TOPIC.encode("utf-16"), "Diese Datei ist in UTF-16 gespeichert; speichern Sie sie neu und wählen Sie dabei"),
        (TOPIC.encode("utf-16-le"), "ist in UTF-16 gespeichert"),
        (TOPIC.encode("utf-16-be"), "ist in UTF-16 gespeichert"),
    ],
)
def test_what_another_program_has_saved_is_called_by_its_name(folder: Path, raw: bytes, sentence: str) -> None:
    (folder / "lokale-logistik.yaml").write_bytes(raw)

    (found,) = complaints_of(folder)

    assert (found.file, found.line, found.column) == ("knowledge/lokale-logistik.yaml", 1, 1)
    assert sentence in found.text


@pytest.mark.parametrize("raw", [TOPIC.encode("utf-16"), b"\x00\x01\x02" * 100_000, b"\xff", bytes(range(256))])
def test_what_is_no_text_is_refused(folder: Path, raw: bytes) -> None:
    (folder / "lokale-logistik.yaml").write_bytes(raw)

    found = complaints_of(folder)

    assert {one.file for one in found} == {"knowledge/lokale-logistik.yaml"}
    assert len(found) < 25


def test_a_file_that_is_too_large_is_refused_before_it_is_read_as_yaml(folder: Path) -> None:
    write(folder, "lokale-logistik.yaml", TOPIC + "#" * LARGEST)

    (found,) = complaints_of(folder)

    assert "größer als 5 MB" in found.text


def test_what_is_no_file_is_refused(folder: Path) -> None:
    (folder / "a.yaml").mkdir()
    (folder / "b.yaml").symlink_to(folder / "nowhere")
    os.mkfifo(folder / "c.yaml")

    found = complaints_of(folder)

    assert [one.file for one in found] == ["knowledge/a.yaml", "knowledge/b.yaml", "knowledge/c.yaml"]
    assert all("lässt sich nicht lesen" in one.text for one in found)


def test_a_missing_folder_is_one_complaint(tmp_path: Path) -> None:
    (found,) = complaints_of(tmp_path / "nowhere")

    assert found.file == str(tmp_path / "nowhere")
    assert "gibt es nicht" in found.text


def test_a_file_in_place_of_the_folder_is_one_complaint(folder: Path) -> None:
    (found,) = complaints_of(folder / "lokale-logistik.yaml")

    assert "kein Ordner" in found.text


def test_a_folder_without_topics_is_one_complaint(folder: Path) -> None:
    (folder / "lokale-logistik.yaml").unlink()

    (found,) = complaints_of(folder)

    assert "keine Themen-Datei" in found.text


def test_a_topic_without_entries_is_refused(folder: Path) -> None:
    write(folder, "a.yaml", "topic: {id: a, title: A, intro: A}\nentries: []\n")

    (found,) = complaints_of(folder)

    assert (found.line, found.column) == (2, 10)
    assert "mindestens einen Eintrag" in found.text


# -- wording ------------------------------------------------------------------------------------------

WORDING = [
    ("wording.de.yaml", "nur_hier: Da\n", 3, 11, "„nur_hier“ fehlt in wording.en.yaml; übersetzen Sie ihn dort"),
    ("wording.en.yaml", "nur_hier: Da\n", 3, 11, "„nur_hier“ fehlt in wording.de.yaml"),
    ("wording.de.yaml", "help: Noch einmal\n", 3, 1, "zum zweiten Mal"),
    ("wording.de.yaml", "leer:\n", 3, 6, "fehlt der Text für „leer“"),
    ("wording.de.yaml", "klammer: Das {ticket\n", 3, 10, "Die geschweiften Klammern in „klammer“ stimmen nicht"),
    ("wording.de.yaml", "klammer: Das ticket}\n", 3, 10, "stimmen nicht"),
    ("wording.de.yaml", "klammer: Das {} da\n", 3, 10, "Platzhalter sehen aus wie {ticket}"),
    ("wording.de.yaml", "klammer: Das {0} da\n", 3, 10, "stimmen nicht"),
    ("wording.de.yaml", "klammer: Das {a.b} da\n", 3, 10, "stimmen nicht"),
    ("wording.de.yaml", "klammer: Das {a[0]} da\n", 3, 10, "stimmen nicht"),
    ("wording.de.yaml", "klammer: Das {a!r} da\n", 3, 10, "stimmen nicht"),
    ("wording.de.yaml", "klammer: Das {a:>9} da\n", 3, 10, "stimmen nicht"),
    ("wording.de.yaml", "klammer: Das {a:{b}} da\n", 3, 10, "stimmen nicht"),
    ("wording.de.yaml", "klammer: {ticket}\n", 3, 10, "setzen Sie ihn in gerade Anführungszeichen"),
]


@pytest.mark.parametrize(("name", "added", "line", "column", "part"), WORDING)
def test_a_mistake_in_the_wording_is_named(
    folder: Path, name: str, added: str, line: int, column: int, part: str
) -> None:
    write(folder, name, (GERMAN if ".de." in name else ENGLISH) + added)

    found = [one for one in complaints_of(folder) if part in one.text]

    assert [(one.file, one.line, one.column) for one in found] == [(f"knowledge/{name}", line, column)]


def test_placeholders_must_be_the_same_in_both_languages(folder: Path) -> None:
    write(folder, "wording.en.yaml", "welcome: Hello {nmae}!\nhelp: Help\n")

    german, english = complaints_of(folder)

    assert "„welcome“ hat hier {name}, in wording.en.yaml nicht" in german.text
    assert "„welcome“ hat hier {nmae}, in wording.de.yaml nicht" in english.text


def test_doubled_brackets_are_text(folder: Path) -> None:
    write(folder, "wording.de.yaml", GERMAN + "set: So {{und}} so\n")
    write(folder, "wording.en.yaml", ENGLISH + "set: this {{and}} that\n")

    base = load(folder)

    assert base.say("set", Language.DE) == "So {und} so"


def test_missing_wording_is_refused(folder: Path) -> None:
    (folder / "wording.en.yaml").unlink()

    (found,) = complaints_of(folder)

    assert str(found).startswith("knowledge/wording.en.yaml:1:1: Diese Datei fehlt")


def test_wording_that_is_a_list_is_refused(folder: Path) -> None:
    write(folder, "wording.en.yaml", "- Hello\n")

    (found,) = complaints_of(folder)

    assert "schlüssel: Text" in found.text


# -- somebody's own folder, with what ships behind it -------------------------------------------------


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder that brings nothing but a topic."""
    made = tmp_path / "own"
    made.mkdir()
    write(made, "eigenes.yaml", second_topic())
    return made


def test_a_folder_of_topics_alone_speaks_with_the_shipped_words(own: Path, folder: Path) -> None:
    base = load(own, fallback=folder)

    assert [topic.id for topic in base.topics] == ["zweites"]
    assert base.small_talk[0].kind == "greeting"
    assert base.say("help", Language.DE) == "Hilfe"


def test_a_folder_may_word_some_texts_itself(own: Path, folder: Path) -> None:
    write(own, "wording.de.yaml", "help: Eigene Hilfe\n")

    base = load(own, fallback=folder)

    assert base.say("help", Language.DE) == "Eigene Hilfe"
    assert base.say("help", Language.EN) == "Help"
    assert base.say("welcome", Language.DE, name="Ada") == "Guten Tag, Ada!"


def test_own_wording_that_nobody_would_say_is_refused(own: Path, folder: Path) -> None:
    write(own, "wording.de.yaml", "hilfe: Eigene Hilfe\nhelp: Mit {ticket}\nwelcom: Tag\n")
    write(own, "wording.en.yaml", "help: With {ticket}\n")

    found = [(one.file, one.line, one.text) for one in complaints_of(own, folder)]

    assert ("own/wording.de.yaml", 3, "Der Schlüssel „welcom“ ist unbekannt; meinten Sie „welcome“?") in found
    assert ("own/wording.de.yaml", 2, "„help“ hat einen unbekannten Platzhalter; möglich sind hier: keine.") in found
    assert ("own/wording.en.yaml", 1, "„help“ hat einen unbekannten Platzhalter; möglich sind hier: keine.") in found


def test_a_mistake_in_what_ships_is_named_there(own: Path, folder: Path) -> None:
    write(folder, "smalltalk.yaml", "smalltalk: []\nmore: x\n")

    (found,) = complaints_of(own, folder)

    assert (found.file, found.line) == ("knowledge/smalltalk.yaml", 2)


def test_the_version_is_the_same_however_the_folder_is_named(folder: Path) -> None:
    by_another_name = folder / ".." / folder.name

    assert load(by_another_name, fallback=folder).version == load(folder, fallback=folder).version


def test_the_version_counts_the_shipped_words_too(own: Path, folder: Path) -> None:
    before = load(own, folder).version
    write(folder, "smalltalk.yaml", "smalltalk: []\n")

    assert load(own, folder).version != before
