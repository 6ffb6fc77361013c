"""The commands as a user meets them: in a process of their own, one clear sentence for every mistake."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot import __version__
from bot.cli.kb.place import place
from bot.config import Matching, Traffic
from bot.knowledge.loader import load, shipped
from bot.matching.decision import Thresholds
from bot.matching.matcher import LEAST_QUESTIONS, Matcher
from tests.end_to_end.small import small_base

ROOT = Path(__file__).parent.parent
THRESHOLD = (
    r"\nAntwortschwelle ([01],\d\d): nach (\d+) gekennzeichneten Fragen werden (\d,\d) % aller Nachrichten falsch "
    r"beantwortet \(mit 95 % Sicherheit höchstens (\d,\d) %\)\.\n$"
)


def klbot(
    *arguments: str,
    folder: Path | None = None,
    text: str | None = None,
    environment: dict[str, str] | None = None,
    prefix: Sequence[str] = (),
) -> subprocess.CompletedProcess[str]:
    """Run the command. `prefix`: a program that runs it, with its arguments."""
    return subprocess.run(
        [*prefix, sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        input=text,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
        env=os.environ | (environment or {}),
    )


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A knowledge base that is read in a moment."""
    return str(small_base(tmp_path_factory.mktemp("small")))


def test_the_version_is_told() -> None:
    assert klbot("--version").stdout.strip() == f"klbot {__version__}"


def test_ask_shows_answer_reason_and_candidates_from_any_folder(tmp_path: Path) -> None:
    result = klbot("ask", "Wird der Stadtrat live übertragen?", folder=tmp_path)

    assert result.returncode == 0
    assert "stadtrat-livestream" in result.stdout
    assert "Stand: 2020-06" in result.stdout
    assert "Treffer" in result.stdout


def test_ask_json_is_one_object(small: str) -> None:
    found = json.loads(klbot("ask", "--json", "Wird der Stadtrat live übertragen?", "--knowledge", small).stdout)

    assert (found["decision"], found["entry"]) == ("answer", "stadtrat-livestream")
    assert found["candidates"][0].keys() == {"entry", "score"}
    assert isinstance(found["elapsed_us"], int)


def test_ask_says_why_of_one_question_and_of_each_of_a_batch(small: str) -> None:
    line = json.dumps({"text": "Wann öffnet das Freibad?"}) + "\n"
    one = json.loads(klbot("ask", "--why", "--json", "--knowledge", small, "Wann öffnet das Freibad?").stdout)
    batch = json.loads(klbot("ask", "--why", "--batch", "--knowledge", small, text=line).stdout)
    shown = klbot("ask", "--why", "--knowledge", small, "Wann öffnet das Freibad?").stdout

    assert one["why"] == batch["why"]
    assert [word["written"] for word in one["why"][0]["words"]] == ["wann", "öffnet", "das", "freibad"]
    assert "Wie die Wörter verstanden wurden" in shown


def test_ask_batch_answers_line_by_line_whatever_the_text(small: str) -> None:
    texts = ["Wird der Stadtrat live übertragen?", "", "😀", "a" * 4096, "' OR 1=1 --", "<b>", "\u202eabc", "??"]
    lines = "".join(json.dumps({"text": text}) + "\n" for text in texts)

    found = [json.loads(line) for line in klbot("ask", "--batch", "--knowledge", small, text=lines).stdout.splitlines()]

    assert [one["text"] for one in found] == texts
    assert all(one["decision"] in ("answer", "suggest", "forward", "smalltalk") for one in found)
    assert all(len(one["candidates"]) <= 5 for one in found)


@pytest.mark.parametrize("line", ["hello", "[]", '{"txt": 1}', '{"text": 1}', "[" * 100_000])
def test_a_wrong_line_is_named(small: str, line: str) -> None:
    result = klbot("ask", "--batch", "--knowledge", small, text='{"text": "hallo"}\n' + line + "\n")

    assert result.returncode == 2
    assert "line 2" in result.stderr
    assert "Traceback" not in result.stderr


def test_check_counts_what_is_there() -> None:
    result = klbot("check")

    assert result.returncode == 0
    assert "34 Einträge in 8 Themen" in result.stdout
    computed = re.search(THRESHOLD, result.stdout)
    assert computed, result.stdout
    threshold, questions, wrong, bound = (float(one.replace(",", ".")) for one in computed.groups())
    assert 0 < threshold <= 1
    assert questions >= LEAST_QUESTIONS
    assert 0 <= wrong <= 2
    assert wrong < bound < 5


def test_check_says_that_there_are_too_few_labelled_questions(small: str) -> None:
    result = klbot("check", "--knowledge", small)

    assert (result.returncode, result.stderr) == (0, "")
    default = f"{Thresholds().answer:.2f}".replace(".", ",")
    assert result.stdout.splitlines()[-1:] == [
        f"Weniger als 50 gekennzeichnete Fragen (questions.yaml): Es gilt die vorgegebene Antwortschwelle {default}."
    ]


def test_check_lists_every_complaint_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "kb").mkdir()
    (tmp_path / "kb" / "topic.yaml").write_text(
        "topic: {id: a}\nentries:\n  - id: b\n    anwser: x\n", encoding="utf-8"
    )

    result = klbot("check", "--knowledge", "kb", folder=tmp_path)

    assert result.returncode == 1
    assert "kb/topic.yaml:4:5: Fehler: " in result.stdout
    assert result.stderr == ""


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
    [
        ("KLBOT_TELEGRAM__TOKN", "telegram.tokn is not a key"),
        ("KLBOT_MATCHING__TRAFFIC__IN_SCOP", "matching.traffic.in_scop is not a key"),
        ("KLBOT_TOKEN", "KLBOT_TOKEN is unknown"),
    ],
)
def test_a_misspelt_variable_is_named(tmp_path: Path, variable: str, sentence: str) -> None:
    result = klbot("run", "-c", str(example(tmp_path)), environment={variable: "7:secret"})

    assert result.returncode == 2
    assert sentence in result.stderr
    assert "7:secret" not in result.stderr


def test_every_part_of_a_section_can_come_from_the_environment(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from bot import config; print(config.load(Path(sys.argv[1])).matching)"
    )
    environment = {
        "KLBOT_MATCHING__MAX_WRONG_ANSWERS": "0.05",
        "KLBOT_MATCHING__TRAFFIC__IN_SCOPE": "0.75",
        "KLBOT_MATCHING__TRAFFIC__SMALL_TALK": "0.25",
    }

    result = subprocess.run(
        [sys.executable, "-c", program, str(example(tmp_path))],
        capture_output=True,
        text=True,
        timeout=50,
        check=True,
        env=os.environ | environment,
    )

    assert result.stdout.strip() == str(
        Matching(max_wrong_answers=0.05, traffic=Traffic(in_scope=0.75, small_talk=0.25))
    )


def test_ask_says_of_a_withdrawn_answer_that_nobody_gets_it(tmp_path: Path) -> None:
    folder = small_base(tmp_path)
    file = folder / "stadtrat.yaml"
    mark = "source: Test\n    status: withdrawn\n    withdrawn_reason: Die Zeiten waren falsch."
    file.write_text(file.read_text(encoding="utf-8").replace("source: Test", mark, 1), encoding="utf-8")

    shown = klbot("ask", "Wird der Stadtrat live übertragen?", "--knowledge", str(folder)).stdout

    assert "Zurückgezogen (Die Zeiten waren falsch.); die Frage geht an das Team." in shown
    assert "seit 2019" not in shown


def test_commands_decide_as_the_bot_of_a_configuration(tmp_path: Path) -> None:
    careless = example(tmp_path, **{"max_wrong_answers: 0.02": "max_wrong_answers: 0.15"})
    usual = Matcher(base := load(shipped())).thresholds.answer

    told = klbot("check", "--format", "json", "-c", str(careless))

    assert told.returncode in (0, 1), told.stderr
    assert json.loads(told.stdout)["threshold"] < usual - 0.1
    assert place(careless, None, None).matcher(base).thresholds.answer < usual - 0.1
