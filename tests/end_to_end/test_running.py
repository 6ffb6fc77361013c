"""`klbot run` as an operator meets it: orderly ends, clear refusals, and nothing secret in what it prints."""

import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.end_to_end.demo import Demo, start
from tests.faults.test_crash import configuration, sandbox

QUESTION = "Wie viele Pinguine schwimmen im Gelterswoog?"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    with sandbox(tmp_path_factory.mktemp("world")) as started:
        yield started


def configured(folder: Path, world: dict[str, Any], **changes: Any) -> Path:
    """A configuration that leads to the sandbox, with some sections changed."""
    file = configuration(folder, world)
    values = yaml.safe_load(file.read_text(encoding="utf-8"))
    for section, change in changes.items():
        values[section] = {**values.get(section, {}), **change} if isinstance(change, dict) else change
    file.write_text(yaml.safe_dump(values), encoding="utf-8")
    return file


def ended(process: subprocess.Popen[str], seconds: float = 20) -> tuple[int, str]:
    output, _ = process.communicate(timeout=seconds)
    return process.returncode, output


def test_it_ends_in_order_when_asked_and_prints_neither_texts_nor_token(tmp_path: Path, world: dict[str, Any]) -> None:
    demo = Demo(world["url"])
    config = configured(tmp_path, world, observe={"log_level": "debug", "log_format": "json"})
    demo.fault(bot_api={"status": 500, "times": 2}, smtp="down")
    process = start("run", "-c", str(config))
    notice = demo.answer("log", QUESTION)
    demo.fault(bot_api=None, smtp="up")
    demo.reply(demo.mail_about(QUESTION), "Zwanzig, im Winter.")
    demo.wait_for(lambda: "Zwanzig" in " ".join(demo.heard("log")))
    demo.http.close()

    process.terminate()
    code, output = ended(process)

    assert code == 0
    assert "sicher gespeichert" in notice["text"]
    assert "outbox.delivered" in output
    for secret in (world["token"], world["mail_password"], "Pinguine", "Zwanzig", "Traceback"):
        assert secret not in output


def test_a_second_bot_on_the_same_database_is_refused(tmp_path: Path, world: dict[str, Any]) -> None:
    config = configured(tmp_path, world, observe={"log_level": "info"})
    first = start("run", "-c", str(config))
    assert first.stdout is not None
    assert any("bot.ready" in line for line in first.stdout)

    code, output = ended(start("run", "-c", str(config)))
    first.terminate()
    ended(first)

    assert code == 2
    assert "Another klbot already runs" in output


def test_a_taken_port_is_one_sentence(tmp_path: Path, world: dict[str, Any]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        config = configured(tmp_path, world, observe={"port": taken.getsockname()[1]})

        code, output = ended(start("run", "-c", str(config)))

    assert (code, output.count("\n")) == (2, 1)
    assert "observe.port" in output


def test_a_refused_token_is_one_sentence(tmp_path: Path, world: dict[str, Any]) -> None:
    telegram = {"token": "123456:wrong", "base_url": world["url"]}

    code, output = ended(start("run", "-c", str(configured(tmp_path, world, telegram=telegram))))

    assert code == 2
    assert "refuses the token" in output
    assert "123456:wrong" not in output


@pytest.mark.parametrize(
    "variable", ["KLBOT_DATABASE=nonsense", "KLBOT_MAIL__STAFF=kl.digital", "KLBOT_DATABASE=foo+bar:///x"]
)
def test_a_wrong_variable_is_one_sentence(tmp_path: Path, world: dict[str, Any], variable: str) -> None:
    name, _, value = variable.partition("=")

    code, output = ended(start("run", "-c", str(configured(tmp_path, world)), environment={name: value}))

    assert code == 2
    assert output.startswith("klbot: ")
    assert "Traceback" not in output


def test_a_telegram_that_does_not_answer_is_waited_for(tmp_path: Path, world: dict[str, Any]) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{nobody.getsockname()[1]}"
    telegram = {"token": world["token"], "base_url": address}
    process = start("run", "-c", str(configured(tmp_path, world, telegram=telegram)))

    time.sleep(4)
    still_up = process.poll() is None
    process.terminate()
    code, _ = ended(process)

    assert (still_up, code) == (True, 0)
