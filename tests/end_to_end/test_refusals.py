"""What keeps `klbot run` from starting is said in one sentence."""

import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.end_to_end.demo import start
from tests.faults.test_crash import configuration, sandbox


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


def test_without_another_way_to_reach_people_the_bot_does_not_start(tmp_path: Path, world: dict[str, Any]) -> None:
    code, output = ended(start("run", "-c", str(configured(tmp_path, world, contact=None))))
    empty_code, empty = ended(start("run", "-c", str(configured(tmp_path, world, contact={"phone": ""}))))

    assert (code, empty_code) == (2, 2)
    assert "contact" in output
    assert "contact.phone" in empty
