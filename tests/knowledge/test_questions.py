"""Labelled questions, as YAML in a knowledge base and in files that are given to be measured on."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import Complaint, KnowledgeError
from bot.knowledge import questions
from bot.knowledge.entry import Kind, KnowledgeBase, LabelledQuestion
from bot.knowledge.loader import load
from bot.knowledge.questions import load_questions
from bot.knowledge.yaml_source import parse
from tests.knowledge.files import SLIPS, TOPIC

QUESTIONS = """\
entries:
  - id: paketstation
    canonical: Wo steht die Paketstation?
    answerable:
      - {text: "wo iss die packstation", style: typo}
      - Ich suche das Paketfach
out_of_scope:
  - {text: "Was kostet die Miete?", kind: near-miss}
  - Wie wird das Wetter?
smalltalk:
  - {text: "Hallo", kind: greeting}
ambiguous:
  - {text: "Pakete", plausible: [paketstation]}
"""
LINES = """\
{"text": "wo iss die packstation", "label": "paketstation", "style": "typo"}

{"text": "Was kostet die Miete?", "label": null, "style": "near-miss", "id": 17}
{"text": "Hallo", "label": "smalltalk:greeting"}
{"text": "Hm", "label": "smalltalk", "plausible": null, "style": null}
{"text": "Pakete", "plausible": ["paketstation"], "label": null}
"""


@pytest.fixture
def base(folder: Path) -> KnowledgeBase:
    return load(folder)


def write(folder: Path, text: str, name: str = "questions.yaml") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def complaints_of(path: Path, base: KnowledgeBase) -> list[Complaint]:
    with pytest.raises(KnowledgeError) as refused:
        load_questions(path, base)
    return refused.value.complaints


# -- what loads ---------------------------------------------------------------------------------------


def test_questions_know_their_kind_entries_style_and_place(folder: Path) -> None:
    write(folder, QUESTIONS)

    found = load(folder).questions

    assert found == (
        LabelledQuestion("wo iss die packstation", Kind.IN_SCOPE, ("paketstation",), "typo"),
        LabelledQuestion("Ich suche das Paketfach", Kind.IN_SCOPE, ("paketstation",)),
        LabelledQuestion("Was kostet die Miete?", Kind.OUT_OF_SCOPE, (), "near-miss"),
        LabelledQuestion("Wie wird das Wetter?", Kind.OUT_OF_SCOPE),
        LabelledQuestion("Hallo", Kind.SMALL_TALK, (), "greeting"),
        LabelledQuestion("Pakete", Kind.AMBIGUOUS, ("paketstation",)),
    )
    places = [(one.place.file, one.place.line, one.place.column) for one in found if one.place]
    assert places[:2] == [("knowledge/questions.yaml", 5, 16), ("knowledge/questions.yaml", 6, 9)]


def test_a_question_that_must_be_met_well_says_so(folder: Path, base: KnowledgeBase) -> None:
    texts = {"yaml": "out_of_scope:\n  - {text: Wo?, must: true}\n  - {text: Wer?, must: false}\n  - Wann?\n"}
    texts["jsonl"] = "".join(
        f'{{"text": "{text}", "label": null{more}}}\n'
        for text, more in {"Wo?": ', "must": true', "Wer?": ', "must": false', "Wann?": ""}.items()
    )

    for ending, text in texts.items():
        assert [one.must for one in load_questions(write(folder, text, f"q.{ending}"), base)] == [True, False, False]


def test_a_given_file_of_the_same_shape_is_read_the_same(folder: Path, base: KnowledgeBase) -> None:
    path = write(folder, QUESTIONS)

    assert load_questions(path, base) == load(folder).questions


def test_json_lines_say_the_same(tmp_path: Path, base: KnowledgeBase) -> None:
    path = write(tmp_path, LINES, "asked.jsonl")

    found = load_questions(path, base)

    assert found == (
        LabelledQuestion("wo iss die packstation", Kind.IN_SCOPE, ("paketstation",), "typo"),
        LabelledQuestion("Was kostet die Miete?", Kind.OUT_OF_SCOPE, (), "near-miss"),
        LabelledQuestion("Hallo", Kind.SMALL_TALK, (), "greeting"),
        LabelledQuestion("Hm", Kind.SMALL_TALK),
        LabelledQuestion("Pakete", Kind.AMBIGUOUS, ("paketstation",)),
    )
    assert [(one.place.file, one.place.line) for one in found if one.place][1] == (str(path), 3)


@pytest.mark.parametrize(("name", "text"), [("asked.yaml", QUESTIONS), ("asked.jsonl", LINES), ("ASKED.JSONL", LINES)])
def test_marks_and_line_ends_of_windows_do_no_harm(tmp_path: Path, base: KnowledgeBase, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())

    assert len(load_questions(path, base)) in (5, 6)


@pytest.mark.parametrize("status", ["draft", "withdrawn"])
def test_questions_may_be_about_entries_that_are_not_published(folder: Path, status: str) -> None:
    (folder / "lokale-logistik.yaml").write_text(TOPIC.replace("    as_of", f"    status: {status}\n    as_of"))
    path = write(folder, QUESTIONS)

    base = load(folder)

    assert load_questions(path, base) == base.questions


def test_every_section_may_be_missing(folder: Path) -> None:
    write(folder, "out_of_scope: []\n")

    assert load(folder).questions == ()


def test_a_folder_without_questions_does_not_take_those_that_ship(tmp_path: Path, folder: Path) -> None:
    write(folder, QUESTIONS)
    own = tmp_path / "own"
    own.mkdir()
    (own / "eigenes.yaml").write_text(TOPIC, encoding="utf-8")

    assert load(own, fallback=folder).questions == ()


def test_questions_change_the_version(folder: Path) -> None:
    before = load(folder).version
    write(folder, QUESTIONS)

    assert load(folder).version != before


@pytest.mark.parametrize("word", ["null", "no", "0115", "~", "2020-06-18", "1e3"])
def test_a_text_stays_as_it_is_written(folder: Path, word: str) -> None:
    write(folder, f"out_of_scope:\n  - {word}\n  - {{text: {word}?, kind: 1}}\n")

    assert [(one.text, one.style) for one in load(folder).questions] == [(word, ""), (f"{word}?", "1")]


def test_a_long_message_keeps_its_lines(folder: Path) -> None:
    write(folder, 'out_of_scope:\n  - |\n    Guten Tag.\n    Wann?\n  - "' + "a" * 1_000_000 + '"\n')

    first, second = load(folder).questions

    assert first.text == "Guten Tag.\nWann?"
    assert len(second.text) == 1_000_000


# -- mistakes in YAML ---------------------------------------------------------------------------------

MISTAKES = [
    ("canonical:", "canonicl:", 3, 5, "„canonicl“ ist unbekannt; meinten Sie „canonical“?"),
    ("out_of_scope:", "out-of-scope:", 7, 1, "meinten Sie „out_of_scope“?"),
    ("id: paketstation", "id: paketsation", 2, 9, "Einen Eintrag „paketsation“ gibt es nicht; meinten Sie „paketstati"),
    ("id: paketstation", "id: 17", 2, 9, "Einen Eintrag „17“ gibt es nicht; möglich sind: paketstation."),
    ("  - id: paketstation\n    c", "  - c", 2, 5, "fehlt bei den Fragen zu einem Eintrag der Schlüssel „id“"),
    ("[paketstation]", "[paketstation, x]", 13, 48, "Einen Eintrag „x“ gibt es nicht"),
    ("[paketstation]", "[paketstation, paketstation]", 13, 48, "„paketstation“ steht schon in Zeile 13"),
    ("[paketstation]", "[]", 13, 33, "Bei „plausible“ muss mindestens eine id stehen"),
    ("[paketstation]", "paketstation", 13, 33, "Bei „plausible“ muss eine Liste stehen"),
    (", plausible: [paketstation]", "", 13, 5, "fehlt bei der mehrdeutigen Frage der Schlüssel „plausible“"),
    ('{text: "Pakete", plausible: [paketstation]}', "Pakete", 13, 5, "nötig sind: text, plausible."),
    ('"Hallo"', '""', 11, 12, "Hier fehlt der Text für „text“; ergänzen oder löschen Sie die Zeile."),
    ("- Wie wird das Wetter?", "-", 9, 4, "Hier fehlt der Text für „text“"),
    ("- Wie wird das Wetter?", "- [Wetter]", 9, 5, "Hier müssen bei der Nachricht Zeilen der Form"),
    ('"Hallo"', '" wie  WIRD das wetter? "', 11, 12, "„wie WIRD das wetter?“ steht schon in Zeile 9; löschen Sie"),
    ("style: typo", "kind: typo", 5, 42, "„kind“ ist unbekannt; möglich sind: text, style, must."),
    ("kind: greeting", "kind: [greeting]", 11, 27, "muss für „kind“ ein einfacher Text stehen"),
    ('text: "Hallo"', "text: &hallo Hallo", 11, 12, "Verweise sind hier nicht erlaubt"),
]


@pytest.mark.parametrize(("right", "wrong", "line", "column", "part"), MISTAKES)
def test_a_mistake_is_named_with_its_place_and_how_to_mend_it(
    folder: Path, right: str, wrong: str, line: int, column: int, part: str
) -> None:
    assert right in QUESTIONS
    write(folder, QUESTIONS.replace(right, wrong, 1))

    with pytest.raises(KnowledgeError) as refused:
        load(folder)

    found = refused.value.complaints
    assert [(one.file, one.line, one.column) for one in found] == [("knowledge/questions.yaml", line, column)]
    assert part in found[0].text
    assert found[0].text[-1] in ".?"


def test_mistakes_in_questions_come_with_those_of_other_files(folder: Path) -> None:
    (folder / "lokale-logistik.yaml").write_text(TOPIC.replace("2020-06", "2020"), encoding="utf-8")
    write(folder, QUESTIONS.replace("id: paketstation", "id: x"))

    with pytest.raises(KnowledgeError) as refused:
        load(folder)

    assert [one.file for one in refused.value.complaints] == [
        "knowledge/lokale-logistik.yaml",
        "knowledge/questions.yaml",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "topic:\n\tid: a\n",
        "",
        TOPIC[: TOPIC.index("    as_of")],
        TOPIC[: TOPIC.index("answer") + 4],
        TOPIC[: TOPIC.index("entries")],
        TOPIC.replace("- id: paketstation", "- id:"),
        TOPIC.replace("  - id: paketstation", "  - Id: paketstation"),
        TOPIC.replace("    question", "\u00a0\u00a0\u00a0\u00a0question"),
        TOPIC.replace("  - id: paketstation", "<<<<<<< HEAD\n  - id: paketstation"),
        TOPIC.replace("entries:", "entries: paketstation\nmore:"),
    ],
)
def test_ids_are_not_called_unknown_while_a_topic_cannot_be_read(folder: Path, text: str) -> None:
    (folder / "lokale-logistik.yaml").write_text(text, encoding="utf-8")
    write(folder, QUESTIONS)

    with pytest.raises(KnowledgeError) as refused:
        load(folder)

    assert {one.file for one in refused.value.complaints} == {"knowledge/lokale-logistik.yaml"}


@pytest.mark.parametrize(
    "text",
    ["", "- Hallo\n", "Hallo\n", "entries:\n\t- id: a\n", "entries: {a: [b]}\n", "entries:\n", "ambiguous: ja\n"],
)
def test_another_shape_is_one_complaint(tmp_path: Path, base: KnowledgeBase, text: str) -> None:
    assert len(complaints_of(write(tmp_path, text), base)) == 1


@settings(deadline=None)
@given(st.integers(0, len(QUESTIONS)), st.integers(0, 30), st.sampled_from(SLIPS))
def test_no_slip_of_the_keyboard_breaks_the_check(place: int, lost: int, slip: str) -> None:
    slipped = QUESTIONS[:place] + slip + QUESTIONS[place + lost :]
    complaints: list[Complaint] = []
    root = parse(slipped.encode(), "questions.yaml", complaints)

    found = questions.read_questions(root, ["paketstation"], complaints) if root is not None else ()

    assert complaints or all(one.text.strip() for one in found)
    assert all(1 <= one.line <= slipped.count("\n") + 1 and one.column >= 1 for one in complaints)


def test_a_bomb_of_references_is_refused_without_being_unfolded(tmp_path: Path, base: KnowledgeBase) -> None:
    bomb = "entries: &a [x, x]\n" + "".join(f"b{i}: &b{i} [{', '.join(['*a'] * 9)}]\n" for i in range(20))

    found = complaints_of(write(tmp_path, bomb), base)

    assert len(found) == 1
    assert "schreiben Sie den Text überall aus" in found[0].text


# -- mistakes in JSON lines ---------------------------------------------------------------------------

BROKEN_LINES = [
    ("{", 2, "Ab hier ist die Zeile kein JSON"),
    ('{"text": "Wo?" "label": null}', 16, "kein JSON; prüfen Sie Anführungszeichen, Kommas und Klammern"),
    ('{"text": „Wo?“, "label": null}', 10, "kein JSON"),
    ("null", 1, "In jeder Zeile muss ein JSON-Objekt stehen"),
    ('["text"]', 1, "In jeder Zeile muss ein JSON-Objekt stehen"),
    ("[" * 200_000, 1, "Diese Zeile lässt sich nicht lesen"),
    ("9" * 5000, 1, "Diese Zeile lässt sich nicht lesen"),
    ('{"label": null}', 1, "Für „text“ muss hier ein Text"),
    ('{"text": 17, "label": null}', 1, "Für „text“ muss hier ein Text in geraden Anführungszeichen stehen"),
    ('{"text": "  ", "label": null}', 1, "Der Text für „text“ ist leer"),
    ('{"text": "a\\ud800", "label": null}', 1, "Der Text für „text“ enthält ein Steuerzeichen"),
    ('{"text": "Wo?"}', 1, "Hier fehlt der Schlüssel „label“; schreiben Sie die id eines Eintrags"),
    ('{"text": "Wo?", "label": "paketsation"}', 1, "„paketsation“ gibt es nicht; meinten Sie „paketstation“?"),
    ('{"text": "Wo?", "label": ["a"]}', 1, "Für „label“ muss hier ein Text"),
    ('{"text": "Wo?", "label": ""}', 1, "Der Text für „label“ ist leer"),
    ('{"text": "Wo?", "label": null, "style": 5}', 1, "Für „style“ muss hier ein Text"),
    ('{"text": "Wo?", "plausible": []}', 1, "Bei „plausible“ muss mindestens eine id stehen"),
    ('{"text": "Wo?", "plausible": "paketstation"}', 1, "Bei „plausible“ muss mindestens eine id stehen"),
    ('{"text": "Wo?", "plausible": ["x"]}', 1, "Einen Eintrag „x“ gibt es nicht"),
    ('{"text": "Wo?", "plausible": [null]}', 1, "Für „plausible“ muss hier ein Text"),
    ('{"text": "Wo?", "plausible": ["paketstation"], "label": "paketstation"}', 1, "schließen sich aus"),
    ('{"text": "HALLO ", "label": null}', 1, "„HALLO“ steht schon in Zeile 1"),
]


@pytest.mark.parametrize(("line", "column", "part"), BROKEN_LINES)
def test_a_broken_line_is_named_with_its_number(
    tmp_path: Path, base: KnowledgeBase, line: str, column: int, part: str
) -> None:
    text = '{"text": "hallo", "label": "smalltalk"}\n\n' + line + '\n{"text": "b", "label": null}\n'
    path = write(tmp_path, text, "asked.jsonl")

    (found,) = complaints_of(path, base)

    assert (found.file, found.line, found.column) == (str(path), 3, column)
    assert part in found.text


def test_all_broken_lines_are_named_at_once(tmp_path: Path, base: KnowledgeBase) -> None:
    path = write(tmp_path, "{\n\n{\n{}\n", "asked.jsonl")

    assert [one.line for one in complaints_of(path, base)] == [1, 3, 4, 4]


@settings(deadline=None)
@given(
    before=st.integers(0, len(LINES)),
    after=st.integers(0, len(LINES)),
    slip=st.one_of(
        st.binary(max_size=8), st.sampled_from(['"', "{", "}", "[", ",", "\\", "\n", "\\ud800"]).map(str.encode)
    ),
)
def test_no_slip_of_the_keyboard_breaks_the_check_of_lines(before: int, after: int, slip: bytes) -> None:
    raw = LINES.encode()[:before] + slip + LINES.encode()[after:]
    complaints: list[Complaint] = []

    found = questions.read_question_lines(raw, "asked.jsonl", ["paketstation"], complaints)

    assert complaints or all(one.text.strip() for one in found)
    assert all(1 <= one.line <= raw.count(b"\n") + 1 and one.column >= 1 for one in complaints)


def test_a_file_of_other_lines_is_not_checked_to_its_end(tmp_path: Path, base: KnowledgeBase) -> None:
    path = write(tmp_path, "x\n" * 100_000, "asked.jsonl")

    found = complaints_of(path, base)

    assert found[-1].line == 200
    assert any("nicht weiter geprüft" in one.text for one in found)


# -- files that cannot be read ------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["asked.yaml", "asked.jsonl"])
def test_what_is_no_file_in_utf_8_is_one_clear_sentence(tmp_path: Path, base: KnowledgeBase, name: str) -> None:
    path = tmp_path / name

    (missing,) = complaints_of(path, base)
    path.mkdir()
    (folder,) = complaints_of(path, base)
    path.rmdir()
    os.mkfifo(path)
    (pipe,) = complaints_of(path, base)
    path.unlink()
    path.write_bytes('{"text": "ä", "label": null}'.encode("latin-1"))
    (latin,) = complaints_of(path, base)

    assert "lässt sich nicht lesen (es gibt sie nicht)" in missing.text
    assert "lässt sich nicht lesen" in folder.text
    assert "lässt sich nicht lesen" in pipe.text
    assert (latin.file, latin.line, latin.column) == (str(path), 1, 11)
    assert "nicht in UTF-8 geschrieben" in latin.text


def test_a_file_of_lines_may_be_large_but_not_too_large(tmp_path: Path, base: KnowledgeBase) -> None:
    asked: dict[str, Any] = {"text": "Wo?", "label": None, "more": "x" * 21_000_000}
    large = write(tmp_path, json.dumps(asked) + "\n", "large.jsonl")
    larger = tmp_path / "larger.jsonl"
    with larger.open("wb") as file:
        file.truncate(questions.LARGEST_LINES + 1)

    assert len(load_questions(large, base)) == 1
    (found,) = complaints_of(larger, base)
    assert "größer als 50 MB" in found.text
