"""What editors are advised of although the knowledge base loads."""

from pathlib import Path

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


def test_an_answer_of_several_messages_is_advice(folder: Path) -> None:
    changed = TOPIC.replace("Sie steht am Rathaus.", "😀" * 2049)
    (folder / "lokale-logistik.yaml").write_text(changed, encoding="utf-8")

    (found,) = advised(folder)

    assert "Die deutsche Antwort von „paketstation“ hat 4098 Zeichen" in found


def test_a_file_with_another_ending_is_advice(folder: Path) -> None:
    (folder / "neu.yml").write_text(TOPIC, encoding="utf-8")

    (found,) = advised(folder)

    assert found.startswith("knowledge/neu.yml:1:1: Diese Datei wird nicht gelesen")


def test_withdrawn_entries_are_not_advised_on(folder: Path) -> None:
    changed = TOPIC.replace("- Packstation", "- paketfach?").replace("    as_of", "    status: withdrawn\n    as_of")
    (folder / "lokale-logistik.yaml").write_text(changed, encoding="utf-8")

    found = advised(folder)

    assert not found
