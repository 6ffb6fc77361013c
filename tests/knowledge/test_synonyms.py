"""Synonym groups of a knowledge base."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import Complaint, KnowledgeError
from bot.knowledge.entry import Place, SynonymGroup
from bot.knowledge.loader import load
from bot.knowledge.synonyms import plain_words, read_synonyms
from bot.knowledge.yaml_source import parse
from tests.knowledge.files import SLIPS, TOPIC

SYNONYMS = """\
synonyms:
  - [Paketstation, Packstation, Abholfach, parcel locker]
  - [Fahrrad, Rad]
"""


def write(folder: Path, text: str) -> None:
    (folder / "synonyms.yaml").write_text(text, encoding="utf-8")


def complaints_of(folder: Path, text: str) -> list[Complaint]:
    write(folder, text)
    with pytest.raises(KnowledgeError) as refused:
        load(folder)
    return refused.value.complaints


def test_groups_know_their_words_and_their_place(folder: Path) -> None:
    write(folder, SYNONYMS)

    first, second = load(folder).synonyms

    assert first == SynonymGroup(("Paketstation", "Packstation", "Abholfach", "parcel locker"), first.place)
    assert first.place == Place("knowledge/synonyms.yaml", 2, 5)
    assert (second.words, second.place.line) == (("Fahrrad", "Rad"), 3)


def test_a_base_may_have_no_synonyms(folder: Path) -> None:
    without = load(folder).synonyms
    write(folder, "synonyms: []\n")

    assert without == load(folder).synonyms == ()


def test_a_folder_without_synonyms_does_not_take_those_that_ship(tmp_path: Path, folder: Path) -> None:
    write(folder, SYNONYMS)
    own = tmp_path / "own"
    own.mkdir()
    (own / "eigenes.yaml").write_text(TOPIC, encoding="utf-8")

    assert load(own, fallback=folder).synonyms == ()


def test_synonyms_change_the_version(folder: Path) -> None:
    before = load(folder).version
    write(folder, SYNONYMS)

    assert load(folder).version != before


def test_words_stay_as_they_are_written(folder: Path) -> None:
    write(folder, "synonyms:\n  - - null\n    - 0115\n  - [no, 3D-Druck, Bürger  und\n      Stadt, A\u0308pfel]\n")

    first, second = load(folder).synonyms

    assert first.words == ("null", "0115")
    assert second.words == ("no", "3D-Druck", "Bürger und Stadt", "Äpfel")


MISTAKES = [
    ("[Fahrrad, Rad]", "[Fahrrad]", 3, 5, "Eine Gruppe braucht mindestens zwei Wörter; ergänzen Sie"),
    ("[Fahrrad, Rad]", "[]", 3, 5, "Eine Gruppe braucht mindestens zwei Wörter"),
    ("[Fahrrad, Rad]", "Fahrrad, Rad", 3, 5, "müssen durch Kommas getrennt in eckigen Klammern stehen"),
    ("[Fahrrad, Rad]", "Fahrrad: Rad", 3, 5, "müssen durch Kommas getrennt in eckigen Klammern stehen"),
    ("- [Fahrrad, Rad]", "-", 3, 4, "müssen durch Kommas getrennt in eckigen Klammern stehen"),
    ("Rad]", '""]', 3, 15, "Hier muss ein Wort stehen; erlaubt sind ein bis drei Wörter"),
    ("Rad]", "[Rad]]", 3, 15, "Hier muss ein Wort stehen"),
    ("Rad]", "Rad?]", 3, 15, "„Rad?“ ist kein Wort, das der Bot erkennt; erlaubt sind"),
    ("Rad]", "ein sehr schnelles Rad]", 3, 15, "„ein sehr schnelles Rad“ ist kein Wort"),
    ("Rad]", "Rad-]", 3, 15, "kein Wort"),
    ("Rad]", "Rad_weg]", 3, 15, "kein Wort"),
    ("Rad]", "&r Rad]", 3, 15, "Verweise sind hier nicht erlaubt"),
    ("Rad]", "FAHRRAD]", 3, 15, "„FAHRRAD“ steht in dieser Gruppe schon (als „Fahrrad“); streichen Sie eines"),
    ("Rad]", "Fahrrad]", 3, 15, "„Fahrrad“ steht in dieser Gruppe schon; streichen Sie"),
    ("Rad]", "Fährräder, Faehrraeder, Fahr-Rad, fahr rad]", 3, 26, "„Faehrraeder“ steht in dieser Gruppe schon (als"),
    ("Rad]", "Packstation]", 3, 15, "„Packstation“ steht schon in der Gruppe in Zeile 2; machen Sie aus beiden"),
    ("Rad]", "Parcel-Locker]", 3, 15, "„Parcel-Locker“ steht schon in der Gruppe in Zeile 2"),
    ("[Fahrrad, Rad]", "[Abholfach, Packstation, Rad]", 3, 6, "„Abholfach“ und „Packstation“ stehen schon in der"),
    ("synonyms:", "synonyme:", 1, 1, "„synonyme“ ist unbekannt; meinten Sie „synonyms“?"),
    ("synonyms:\n", "", 1, 3, "nötig sind: synonyms."),
]


@pytest.mark.parametrize(("right", "wrong", "line", "column", "part"), MISTAKES)
def test_a_mistake_is_named_with_its_place_and_how_to_mend_it(
    folder: Path, right: str, wrong: str, line: int, column: int, part: str
) -> None:
    assert right in SYNONYMS

    found = complaints_of(folder, SYNONYMS.replace(right, wrong, 1))

    assert (found[0].file, found[0].line, found[0].column) == ("knowledge/synonyms.yaml", line, column)
    assert part in found[0].text
    assert found[0].text[-1] in ".?"
    assert len(found) == (2 if "fahr rad" in wrong else 1)


def test_every_pair_of_groups_with_a_common_word_is_named(folder: Path) -> None:
    found = complaints_of(folder, "synonyms:\n  - [A, B]\n  - [A, C]\n  - [A, D]\n  - [D, E]\n")

    assert [(one.line, one.column) for one in found] == [(3, 6), (4, 6), (5, 6)]
    assert ["Zeile 2" in one.text for one in found] == [True, True, False]


@pytest.mark.parametrize("groups", ["[A, B], [B, C], [C, A]", "[D, E], [A, B], [B, C], [C, F], [F, G, A]"])
def test_a_circle_of_groups_is_one_complaint(folder: Path, groups: str) -> None:
    lines = groups.replace("], [", "]\n  - [")

    (found,) = complaints_of(folder, f"synonyms:\n  - {lines}\n")

    assert found.line == 1 + len(lines.splitlines())
    assert "Gruppen hängen im Kreis zusammen: " in found.text
    assert f"„A“ (Zeilen {2 + lines.startswith('[D')} und {found.line})" in found.text


def test_what_hangs_elsewhere_is_complained_of_beside_a_circle(folder: Path) -> None:
    text = "synonyms:\n  - [A, B]\n  - [B, C]\n  - [C, A]\n  - [X, Y]\n  - [Y, Z]\n"

    circle, pair = complaints_of(folder, text)

    assert (circle.line, pair.line) == (4, 6)
    assert "„Y“ steht schon in der Gruppe in Zeile 5" in pair.text


def test_a_circle_without_end_is_not_told_without_end(folder: Path) -> None:
    groups = "".join(f"  - [w{number}, w{(number + 1) % 5000}]\n" for number in range(5000))

    (found,) = complaints_of(folder, f"synonyms:\n{groups}")

    assert len(found.text) < 600


@pytest.mark.parametrize(
    "text",
    [
        "",
        "synonyms:\n",
        "synonyms:\n\t- [A, B]\n",
        "synonyms: [" + "[" * 200_000,
        "synonyms:\n  - [A, B, '" + "x," * 500_000 + "']\n",
        "- [A, B]\n",
    ],
)
def test_another_shape_is_one_short_complaint(folder: Path, text: str) -> None:
    (found,) = complaints_of(folder, text)

    assert len(found.text) < 400


@settings(deadline=None)
@given(st.integers(0, len(SYNONYMS)), st.integers(0, 30), st.sampled_from(SLIPS))
def test_no_slip_of_the_keyboard_breaks_the_check(place: int, lost: int, slip: str) -> None:
    slipped = SYNONYMS[:place] + slip + SYNONYMS[place + lost :]
    complaints: list[Complaint] = []
    root = parse(slipped.encode(), "synonyms.yaml", complaints)

    found = read_synonyms(root, complaints) if root is not None else ()

    assert complaints or all(len(group.words) >= 2 for group in found)
    assert all(1 <= one.line <= slipped.count("\n") + 1 and one.column >= 1 for one in complaints)


def test_a_bomb_of_references_is_refused_without_being_unfolded(folder: Path) -> None:
    bomb = "synonyms:\n  - &a [x, y]\n" + "".join(f"  - &b{i} [{', '.join(['*a'] * 9)}]\n" for i in range(20))

    found = complaints_of(folder, bomb)

    assert len(found) == 1
    assert "schreiben Sie den Text überall aus" in found[0].text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Wo ist die Straße?", ("wo", "ist", "die", "strasse")),
        ("Fährräder, FAEHRRAEDER", ("fahrrader", "fahrrader")),
        ("E-Bike_x", ("e", "bike", "x")),
        ("😀 ?", ()),
    ],
)
def test_words_are_compared_without_case_umlauts_and_signs(text: str, words: tuple[str, ...]) -> None:
    assert plain_words(text) == words
