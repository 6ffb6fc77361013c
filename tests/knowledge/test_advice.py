"""What editors are advised of although the knowledge base loads."""

from pathlib import Path

import pytest

from bot.knowledge.loader import advice, load
from tests.knowledge.files import TOPIC


def advised(folder: Path) -> list[str]:
    return [str(one) for one in advice(load(folder))]


def test_a_phrasing_of_two_entries_is_advice_and_no_error(folder: Path) -> None:
    second = TOPIC.replace("id: lokale-logistik", "id: zweites").replace("id: paketstation", "id: zweiter")
    second = second.replace("Wo steht die Paketstation?", "Wo?").replace("- Paketfach", "- Schrank")
    (folder / "zwei.yaml").write_text(second.replace("Packstation", "packstation!"), encoding="utf-8")

    (found,) = advised(folder)

    assert found.startswith("knowledge/zwei.yaml:10:9: „packstation!“ steht auch bei „paketstation“")
    assert "(knowledge/lokale-logistik.yaml, Zeile 10)" in found


def test_a_phrasing_that_nearly_repeats_another_is_advice(folder: Path) -> None:
    changed = TOPIC.replace("- Packstation", "- paketfach?")
    (folder / "lokale-logistik.yaml").write_text(changed, encoding="utf-8")

    (found,) = advised(folder)

    assert found.startswith("knowledge/lokale-logistik.yaml:10:9: „paketfach?“ steht fast gleich schon in Zeile 9")


def test_a_counterexample_that_is_also_a_phrasing_is_advice(folder: Path) -> None:
    changed = TOPIC.replace("Was kostet ein Fach?", "Paketfach")
    (folder / "lokale-logistik.yaml").write_text(changed, encoding="utf-8")

    (found,) = advised(folder)

    assert found.startswith("knowledge/lokale-logistik.yaml:16:5: „Paketfach“ ist ein Gegenbeispiel")


def test_a_file_with_another_ending_is_advice(folder: Path) -> None:
    (folder / "neu.yml").write_text(TOPIC, encoding="utf-8")

    (found,) = advised(folder)

    assert found.startswith("knowledge/neu.yml:1:1: Diese Datei wird nicht gelesen")


def test_withdrawn_entries_are_not_advised_on(folder: Path) -> None:
    changed = TOPIC.replace("- Packstation", "- paketfach?").replace("    as_of", "    status: withdrawn\n    as_of")
    (folder / "lokale-logistik.yaml").write_text(changed, encoding="utf-8")

    found = advised(folder)

    assert not found


# -- labelled questions -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("packstation!", "bei „paketstation“ (knowledge/lokale-logistik.yaml, Zeile 10)"),
        ("Wo steht die  Paketstation", "bei „paketstation“ (knowledge/lokale-logistik.yaml, Zeile 7)"),
        ("was kostet ein Fach?", "bei den Gegenbeispielen (knowledge/lokale-logistik.yaml, Zeile 16)"),
        ("hello", "im Small Talk"),
    ],
)
def test_a_labelled_question_that_the_bot_knows_by_heart_is_advice(folder: Path, text: str, where: str) -> None:
    (folder / "questions.yaml").write_text(f"out_of_scope:\n  - {text}\n", encoding="utf-8")

    (found,) = advised(folder)

    assert found.startswith(f"knowledge/questions.yaml:2:5: „{' '.join(text.split())}“ steht wörtlich auch {where}")


def test_labelled_questions_in_other_words_are_fine(folder: Path) -> None:
    text = (
        "entries:\n  - id: paketstation\n    answerable: [Packstationen, Wo ist das Fach?]\nsmalltalk: ['!!', 'H?']\n"
    )
    (folder / "questions.yaml").write_text(text, encoding="utf-8")

    assert not advised(folder)


# -- synonyms -----------------------------------------------------------------------------------------


def two_entries(folder: Path, one: str, other: str) -> None:
    """Two entries with an alias each, in a.yaml and b.yaml."""
    (folder / "lokale-logistik.yaml").unlink()
    for name, alias in (("a", one), ("b", other)):
        text = TOPIC.replace("id: lokale-logistik", f"id: {name}").replace("id: paketstation", f"id: entry-{name}")
        text = text.replace("Wo steht die Paketstation?", f"Wo {name}?").replace("- Paketfach", f"- {alias}")
        text = text.replace("      - Packstation\n", "").replace("Was kostet ein Fach?", f"Was kostet {name}?")
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Wo ist mein Rad?", "wo ist mein Velo"),
        ("Wo ist mein Fahrrad?", "Wo ist mein E-Bike der Stadt?"),
        ("Räder", "bike"),
        ("Rad Rad", "Velo Fahrrad"),
    ],
)
def test_a_group_that_makes_phrasings_of_two_entries_the_same_is_advice(folder: Path, one: str, other: str) -> None:
    two_entries(folder, one, other)
    groups = "synonyms:\n  - [Rad, Raeder, Velo, Fahrrad, bike, E-Bike der Stadt]\n"
    (folder / "synonyms.yaml").write_text(groups, encoding="utf-8")

    (found,) = advised(folder)

    what = f"Durch diese Gruppe bedeuten „{one}“ (entry-a) und „{other}“ (entry-b) dasselbe"
    assert found.startswith(f"knowledge/synonyms.yaml:2:5: {what}; streichen Sie")


def test_each_group_that_has_a_part_in_it_is_named_once(folder: Path) -> None:
    two_entries(folder, "Radweg Karte", "Velopfad Plan")
    groups = "synonyms:\n  - [Radweg, Velopfad]\n  - [Karte, Plan]\n"
    (folder / "synonyms.yaml").write_text(groups, encoding="utf-8")

    assert [found.split(": ")[0] for found in advised(folder)] == [
        "knowledge/synonyms.yaml:2:5",
        "knowledge/synonyms.yaml:3:5",
    ]


def test_a_group_may_join_phrasings_of_the_same_entry(folder: Path) -> None:
    (folder / "synonyms.yaml").write_text("synonyms:\n  - [Paketfach, Packstation]\n", encoding="utf-8")

    assert not advised(folder)
