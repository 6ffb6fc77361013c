"""`klbot kb export` in a process of its own."""

import json
from pathlib import Path

import pytest

from tests.end_to_end.small import small_base
from tests.test_cli import klbot


@pytest.mark.parametrize(
    ("form", "beginning"), [("--html", "<!DOCTYPE html>"), ("--json", '{\n  "form": 1'), ("--md", "# Smart City")]
)
def test_the_catalogue_is_written_where_it_is_wanted(tmp_path: Path, form: str, beginning: str) -> None:
    knowledge, out = small_base(tmp_path), tmp_path / "fragen"
    before = {path: path.read_bytes() for path in knowledge.iterdir()}

    result = klbot("kb", "export", form, "--out", str(out), "--knowledge", str(knowledge))

    assert result.returncode == 0, result.stderr
    assert f"Fragen und Antworten stehen jetzt in {out}." in result.stdout
    assert out.read_text(encoding="utf-8").startswith(beginning)
    assert {path: path.read_bytes() for path in knowledge.iterdir()} == before


def test_without_a_file_it_is_written_to_the_terminal(tmp_path: Path) -> None:
    result = klbot("kb", "export", "--json", "--knowledge", str(small_base(tmp_path)))

    assert json.loads(result.stdout)["topics"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--json", "--md"], "Bitte nur eines von --html, --json und --md angeben."),
        (["--out", "/nonexistent/fragen.html"], "lässt sich nicht schreiben"),
    ],
)
def test_what_cannot_be_is_one_sentence(tmp_path: Path, arguments: list[str], sentence: str) -> None:
    result = klbot("kb", "export", *arguments, "--knowledge", str(small_base(tmp_path)))

    assert result.returncode == 2
    assert sentence in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_base_with_mistakes_is_not_published(tmp_path: Path) -> None:
    knowledge, out = small_base(tmp_path), tmp_path / "fragen.html"
    out.write_text("the last good one", encoding="utf-8")
    (knowledge / "stadtrat.yaml").write_text("topic: [", encoding="utf-8")

    result = klbot("kb", "export", "--out", str(out), "--knowledge", str(knowledge))

    assert result.returncode == 2
    assert out.read_text(encoding="utf-8") == "the last good one"
