"""`klbot eval` as a user meets it: figures in German, one JSON object, a picture, one sentence for every mistake."""

import io
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from rich.console import Console

from bot.cli import chart, figures
from bot.knowledge.entry import Kind
from bot.matching.evaluation import Report
from tests.knowledge.files import TOPIC
from tests.matching.reports import answer, forward, report_on, suggest, talk
from tests.test_cli import klbot

QUESTIONS = """\
entries:
  - id: paketstation
    answerable:
      - Wo steht die Paketstation?
out_of_scope:
  - {text: Packstation, kind: near-miss}
"""
LINES = """\
{"text": "Paketfach", "label": "paketstation"}
{"text": "xyz [bold]", "label": null}
"""
DAY = report_on(
    *[(Kind.IN_SCOPE, ("bad",), "typo", answer(bad=0.9))] * 199,
    (Kind.IN_SCOPE, ("rad",), "typo", suggest("rad", "bad", rad=0.5)),
    (Kind.IN_SCOPE, ("rat",), "", forward(bad=0.2, rad=0.1, bus=0.1, rat=0.05)),
    (Kind.OUT_OF_SCOPE, (), "[red]", answer(bad=0.7)),
    *[(Kind.OUT_OF_SCOPE, (), "far", forward())] * 1200,
    (Kind.SMALL_TALK, (), "", talk()),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two files of labelled questions and a small knowledge base that has none of its own."""
    (tmp_path / "fragen.yaml").write_text(QUESTIONS, encoding="utf-8")
    (tmp_path / "mehr.jsonl").write_text(LINES, encoding="utf-8")
    (tmp_path / "klein").mkdir()
    (tmp_path / "klein" / "thema.yaml").write_text(TOPIC, encoding="utf-8")
    return tmp_path


def printed(report: Report, shared: int = 0, *, every_entry: bool = False, mistakes: bool = False) -> str:
    """What is shown in 80 columns, without the blanks at the ends of lines."""
    out = io.StringIO()
    figures.show(Console(file=out, width=80), report, shared, every_entry=every_entry, mistakes=mistakes)
    lines = [line.rstrip() for line in out.getvalue().splitlines()]
    assert max(map(len, lines)) <= 80
    return "\n".join(lines) + "\n"


def test_each_figure_has_its_interval_and_its_count() -> None:
    shown = printed(DAY)

    assert shown.startswith("1.403 Nachrichten\n201 Fragen mit Eintrag · 1.201 Fragen ohne Eintrag · 1 Small Talk\n")
    assert re.search(r"\n  sofort richtig beantwortet +99,0 % +96,4–99,7 % +199 / 201\n", shown)
    assert re.search(r"\n  falsch beantwortet +0,1 % +0,0–0,4 % +1 / 1.403\n", shown)
    assert re.search(r"\n  Passendes angeboten oder beantwortet +– +– +–\n", shown)
    assert re.search(r"\nIm Nachhinein beste Schwelle: 0,20\n  richtig beantwortet, .+ 200 / 201\n", shown)


def test_a_share_of_a_style_claims_neither_none_nor_all_if_there_is_one() -> None:
    shown = printed(DAY)

    assert re.search(r"\n  typo +200 +100 % +>99 % +<1 % +100 % +0 %\n", shown)
    assert re.search(r"\n  ohne Angabe +1 +0 % +0 % +0 % +0 % +0 %\n", shown)
    assert re.search(r"\n  \[red\] +1 +– +– +– +0 % +100 %\n", shown)


def test_only_entries_with_mistakes_are_shown_unless_all_are_wanted() -> None:
    assert re.search(r"\nrat +1 +0 +0 +0 +0\nBei 2 von 3 Einträgen wurde", printed(DAY))
    assert re.search(r"\nrat .+\nbad +199 +199 +199 +0 +0\nrad +1 +1 +0 +1 +0\n", printed(DAY, every_entry=True))


def test_of_many_weak_entries_the_worst_are_shown() -> None:
    shown = printed(report_on(*((Kind.IN_SCOPE, (f"e{number}",), "", forward()) for number in range(20))))

    assert len(re.findall(r"^e\d+ ", shown, re.MULTILINE)) == 12
    assert "8 weitere Einträge mit Fehlern; --all zeigt alle." in shown


def test_mistakes_say_what_was_expected_and_what_came() -> None:
    shown = printed(DAY, mistakes=True)
    wrong, not_found = shown[shown.index("Falsch") :].split("Außerdem nicht unter den ersten 3: 1\n")

    assert wrong.splitlines() == [
        "Falsch beantwortet: 1",
        "",
        "„201“",
        "  erwartet  keine Antwort ([red])",
        "  bekommen  Antwort: bad (0,70)",
        "  steht in  fragen.yaml:202",
        "",
    ]
    assert "„200“\n  erwartet  rat\n  bekommen  Weiterleitung an das Team: oben stand bad (0,20)\n" in not_found


@pytest.mark.parametrize(
    ("shared", "sentence"),
    [
        (1403, "Aus genau diesen Fragen wurden die Schwellen berechnet: Die Zahlen schmeicheln."),
        (12, "Aus 12 dieser Fragen wurden die Schwellen berechnet: Die Zahlen schmeicheln."),
        (1, "Aus einer dieser Fragen wurden die Schwellen berechnet: Die Zahlen schmeicheln."),
    ],
)
def test_questions_that_the_thresholds_know_are_said_to_flatter(shared: int, sentence: str) -> None:
    assert f"\n{sentence}\n" in printed(DAY, shared)
    assert "schmeicheln" not in printed(DAY)


def test_the_picture_speaks_to_eyes_and_ears_and_is_always_the_same(tmp_path: Path) -> None:
    first, second = tmp_path / "one.svg", tmp_path / "two.svg"
    for target in (first, second):
        chart.draw(DAY, target)
    root = ET.fromstring(first.read_text(encoding="utf-8"))
    tag = "{http://www.w3.org/2000/svg}"

    assert root.get("role") == "img"
    assert "oft falsch" in (root.findtext(f"{tag}title") or "")
    assert "14,3 % aller Nachrichten, 0,1 % falsch" in (root.findtext(f"{tag}desc") or "")
    assert "höchstens 2 % falsch" in {text.text for text in root.iter(f"{tag}text")}
    assert first.read_bytes() == second.read_bytes()


def test_a_report_of_nothing_but_small_talk_can_be_drawn_and_shown(tmp_path: Path) -> None:
    report = report_on((Kind.SMALL_TALK, (), "", talk()))
    chart.draw(report, tmp_path / "chart.png")

    assert (tmp_path / "chart.png").read_bytes().startswith(b"\x89PNG")
    assert "beste Schwelle: keine" in printed(report, mistakes=True)


def test_eval_measures_a_file_and_draws(folder: Path) -> None:
    result = klbot("eval", "fragen.yaml", "--wrong", "--knowledge", "klein", "--plot", "chart.svg", folder=folder)

    assert (result.returncode, result.stderr) == (0, "")
    assert re.search(r"\n  sofort richtig beantwortet +100,0 % +20,7–100,0 % +1 / 1\n", result.stdout)
    assert "„Packstation“\n  erwartet  keine Antwort (near-miss)" in result.stdout
    assert "steht in  fragen.yaml:6" in result.stdout
    assert (folder / "chart.svg").read_text(encoding="utf-8").startswith("<?xml")


def test_several_files_are_measured_together_and_told_as_one_object(folder: Path) -> None:
    found = json.loads(
        klbot("eval", "fragen.yaml", "mehr.jsonl", "--json", "--knowledge", "klein", folder=folder).stdout
    )

    assert (found["files"], found["messages"], found["used_for_thresholds"]) == (["fragen.yaml", "mehr.jsonl"], 4, 0)
    assert found["kinds"] == {"in-scope": 2, "out-of-scope": 2, "small-talk": 0, "ambiguous": 0}
    assert found["figures"]["answered"].items() >= {"hits": 2, "total": 2, "share": 1.0, "high": 1.0}.items()
    assert found["figures"]["small_talk"] == {"hits": 0, "total": 0, "share": None, "low": None, "high": None}
    assert found["hindsight"].keys() == {"most_wrong", "threshold", "answered", "wrong", "right"}
    assert [one["name"] for one in found["styles"]] == ["", "", "near-miss"]
    assert [one["name"] for one in found["entries"]] == ["paketstation"]
    assert [(one["text"], one["entry"], one["place"]) for one in found["wrong"]] == [
        ("Packstation", "paketstation", "fragen.yaml:6")
    ]
    assert found["not_found"] == []


def test_without_a_file_the_bases_own_questions_are_measured(folder: Path) -> None:
    (folder / "fragen.yaml").rename(folder / "klein" / "questions.yaml")

    result = klbot("eval", "--knowledge", "klein", folder=folder)

    assert result.returncode == 0
    assert result.stdout.startswith("2 Nachrichten\n")
    assert "genau diesen Fragen" in result.stdout


def test_a_draft_answers_nobody_so_its_questions_are_out_of_scope(folder: Path) -> None:
    draft = TOPIC.replace("    as_of:", "    status: draft\n    as_of:")
    (folder / "klein" / "thema.yaml").write_text(draft, encoding="utf-8")

    found = json.loads(klbot("eval", "mehr.jsonl", "--knowledge", "klein", "--json", folder=folder).stdout)

    assert (found["kinds"]["in-scope"], found["kinds"]["out-of-scope"]) == (0, 2)
    assert found["figures"]["kept"]["share"] == 1


def test_every_complaint_about_every_file_is_told(folder: Path) -> None:
    (folder / "mehr.jsonl").write_text('{"text": "a", "label": "nichts"}\nhallo\n', encoding="utf-8")

    result = klbot("eval", "nirgends.yaml", "fragen.yaml", "mehr.jsonl", "--knowledge", "klein", folder=folder)

    assert result.returncode == 2
    assert re.findall(r"^\S+:\d+:\d+", result.stderr, re.MULTILINE) == [
        "mehr.jsonl:1:1",
        "mehr.jsonl:2:1",
        "nirgends.yaml:1:1",
    ]
    assert result.stderr.endswith("klbot: 3 Fehler in den Fragen.\n")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "no labelled questions of its own"),
        (("leer.jsonl",), "no labelled question in leer.jsonl"),
        (("fragen.yaml", "--knowledge", "nirgends"), "1 Fehler in der Wissensbasis"),
        (("fragen.yaml", "--plot", "chart.pdf"), ".svg or .png"),
        (("fragen.yaml", "--plot", "chart"), ".svg or .png"),
        (("fragen.yaml", "--plot", "nirgends/chart.svg"), "there is no folder nirgends"),
        (("fragen.yaml", "--plot", "ordner.svg"), "ordner.svg cannot be written"),
    ],
)
def test_a_users_mistake_is_one_sentence_and_exit_code_2(
    folder: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    (folder / "leer.jsonl").touch()
    (folder / "ordner.svg").mkdir()

    result = klbot("eval", "--knowledge", "klein", *arguments, folder=folder)

    assert (result.returncode, result.stdout) == (2, "")
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_a_disk_that_takes_no_picture_is_named(folder: Path) -> None:
    (folder / "chart.svg").symlink_to("/dev/full")

    result = klbot("eval", "fragen.yaml", "--knowledge", "klein", "--plot", "chart.svg", folder=folder)

    assert result.returncode == 2
    assert "chart.svg cannot be written: No space left on device." in result.stderr


def test_where_matplotlib_is_missing_the_remedy_is_named(folder: Path) -> None:
    # Python looks first in the folder it is started in.
    (folder / "matplotlib.py").write_text("raise ImportError\n", encoding="utf-8")

    result = klbot("eval", "fragen.yaml", "--plot", "a.svg", folder=folder)

    assert result.returncode == 2
    assert result.stderr == "klbot: --plot needs matplotlib: pip install 'klbot[plot]'\n"
