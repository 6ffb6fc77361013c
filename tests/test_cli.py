"""The commands as a user meets them: in a process of their own, one clear sentence for every mistake."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot import __version__

ROOT = Path(__file__).parent.parent


def klbot(
    *arguments: str, folder: Path | None = None, text: str | None = None, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        input=text,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
        env=os.environ | (environment or {}),
    )


def test_the_version_is_told() -> None:
    assert klbot("--version").stdout.strip() == f"klbot {__version__}"


def test_ask_shows_answer_reason_and_candidates_from_any_folder(tmp_path: Path) -> None:
    result = klbot("ask", "Wird der Stadtrat live übertragen?", folder=tmp_path)

    assert result.returncode == 0
    assert "stadtrat-livestream" in result.stdout
    assert "Stand: 2020-06" in result.stdout
    assert "Treffer" in result.stdout


def test_ask_json_is_one_object() -> None:
    found = json.loads(klbot("ask", "--json", "Wird der Stadtrat live übertragen?").stdout)

    assert (found["decision"], found["entry"]) == ("answer", "stadtrat-livestream")
    assert found["candidates"][0].keys() == {"entry", "score"}
    assert isinstance(found["elapsed_us"], int)


def test_ask_batch_answers_line_by_line_whatever_the_text() -> None:
    texts = ["Wird der Stadtrat live übertragen?", "", "😀", "a" * 4096, "' OR 1=1 --", "<b>", "\u202eabc", "??"]
    lines = "".join(json.dumps({"text": text}) + "\n" for text in texts)

    found = [json.loads(line) for line in klbot("ask", "--batch", text=lines).stdout.splitlines()]

    assert [one["text"] for one in found] == texts
    assert all(one["decision"] in ("answer", "suggest", "forward", "smalltalk") for one in found)
    assert all(len(one["candidates"]) <= 5 for one in found)


@pytest.mark.parametrize("line", ["hello", "[]", '{"txt": 1}', '{"text": 1}', "[" * 100_000])
def test_a_wrong_line_is_named(line: str) -> None:
    result = klbot("ask", "--batch", text='{"text": "hallo"}\n' + line + "\n")

    assert result.returncode == 2
    assert "line 2" in result.stderr
    assert "Traceback" not in result.stderr


def test_check_counts_what_is_there() -> None:
    result = klbot("check")

    assert result.returncode == 0
    assert "34 Einträge in 8 Themen" in result.stdout


def test_check_lists_every_complaint_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "kb").mkdir()
    (tmp_path / "kb" / "topic.yaml").write_text(
        "topic: {id: a}\nentries:\n  - id: b\n    anwser: x\n", encoding="utf-8"
    )

    result = klbot("check", "--knowledge", "kb", folder=tmp_path)

    assert result.returncode == 2
    assert "kb/topic.yaml:4:5" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("run", "-c", "nothing.yaml"), "copy config.example.yaml"),
        (("check", "--knowledge", "nothing"), "nothing"),
        (("ask",), "Give one question"),
        (("ask", "--batch", "hallo"), "Give one question"),
        (("demo", "--port", "70000"), "65535"),
        (("dance",), "dance"),
    ],
)
def test_a_users_mistake_is_one_sentence_and_exit_code_2(
    tmp_path: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    result = klbot(*arguments, folder=tmp_path)

    assert result.returncode == 2
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr


def example(folder: Path, **changes: str) -> Path:
    """The example configuration with parts of its text replaced, on a port where nobody listens."""
    text = (ROOT / "config.example.yaml").read_text(encoding="utf-8")
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    file = folder / "config.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    result = klbot("run", "-c", str(example(tmp_path)), environment={"KLBOT_TIMEZONE": "Pfalz"})

    assert result.returncode == 2
    assert '"Pfalz" is not a time zone' in result.stderr


@pytest.mark.parametrize(
    ("variable", "sentence"),
    [("KLBOT_TELEGRAM__TOKN", "telegram.tokn is not a key"), ("KLBOT_TOKEN", "KLBOT_TOKEN is unknown")],
)
def test_a_misspelt_variable_is_named(tmp_path: Path, variable: str, sentence: str) -> None:
    result = klbot("run", "-c", str(example(tmp_path)), environment={variable: "7:secret"})

    assert result.returncode == 2
    assert sentence in result.stderr
    assert "7:secret" not in result.stderr
