"""A bot is stopped at bad moments and started on bad days: it ends in order, goes on, and gives nothing away."""

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from bot.matching.matcher import LEAST_QUESTIONS
from tests.end_to_end.demo import Demo, start
from tests.faults.test_crash import KNOWN, configuration, sandbox

# What a stop may take at most; a supervisor kills after ten seconds or later.
ORDERLY = 8.0


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """Telegram and the mail server, for all tests of this file."""
    with sandbox(tmp_path_factory.mktemp("world")) as opened:
        yield opened


@pytest.fixture
def demo(world: dict[str, Any]) -> Iterator[Demo]:
    opened = Demo(world["url"])
    yield opened
    opened.fault(bot_api=None, smtp="up", imap="up")
    opened.http.close()


def written(folder: Path, world: dict[str, Any], **observe: Any) -> Path:
    """A configuration that leads to the sandbox."""
    file = configuration(folder, world)
    values = yaml.safe_load(file.read_text(encoding="utf-8"))
    values["observe"] = {"log_format": "json", "log_level": "info"} | observe
    file.write_text(yaml.safe_dump(values), encoding="utf-8")
    return file


class Bot:
    """A bot in a process of its own. `lines`: what it has printed, up to the point that was waited for."""

    def __init__(self, config: Path) -> None:
        self.process = start("run", "-c", str(config))
        self.lines: list[str] = []

    def wait_for(self, action: str) -> None:
        """Until the log tells of this action."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            if action in line:
                return
        raise AssertionError(f"the bot ended with {self.process.wait()}: {self.lines}")

    def end(self, number: int = signal.SIGTERM) -> str:
        """Stop it; all it has printed."""
        self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=20)
        return "".join(self.lines) + rest


@contextmanager
def running(config: Path) -> Iterator[Bot]:
    bot = Bot(config)
    try:
        bot.wait_for("bot.ready")
        yield bot
    finally:
        if bot.process.poll() is None:
            bot.end()


def test_a_start_tells_how_sure_an_answer_must_be_in_the_log_and_on_the_health_page(
    tmp_path: Path, world: dict[str, Any]
) -> None:
    config = written(tmp_path, world, port=free_port())
    values = yaml.safe_load(config.read_text(encoding="utf-8"))
    del values["knowledge"]  # the shipped one has labelled questions
    values["matching"] = {"max_wrong_answers": 0, "traffic": {"in_scope": 0.5, "out_of_scope": 0.5}}
    config.write_text(yaml.safe_dump(values), encoding="utf-8")

    with running(config) as bot:
        health = httpx.get(f"http://127.0.0.1:{values['observe']['port']}/health").json()

    told = [json.loads(line) for line in bot.lines if "matching." in line]
    assert [line["event"] for line in told] == ["matching.computed"]
    assert health["matching"].items() <= told[0].items()
    assert health["matching"]["wrong"] == 0
    assert health["matching"]["labelled"] >= LEAST_QUESTIONS
    assert 0 < health["matching"]["wrong_at_most"] < 0.1
    assert 0 < health["matching"]["threshold"] <= 1


def test_a_start_tells_that_there_are_too_few_labelled_questions(tmp_path: Path, world: dict[str, Any]) -> None:
    with running(written(tmp_path, world)) as bot:
        pass

    told = [json.loads(line) for line in bot.lines if "matching." in line]
    assert [(line["event"], line["labelled_needed"]) for line in told] == [
        ("matching.too_few_questions", LEAST_QUESTIONS)
    ]


def test_a_bot_that_is_stopped_under_way_ends_in_order_and_the_next_goes_on_without_repeating_itself(
    tmp_path: Path, world: dict[str, Any], demo: Demo
) -> None:
    config = written(tmp_path, world)
    citizens = [f"Eilige-{number}" for number in range(30)]
    with running(config) as bot:
        for citizen in citizens:
            demo.say(citizen, KNOWN.format(number=1))
        bot.wait_for("outbox.delivered")
        output = bot.end()
    with running(config):
        demo.wait_for(lambda: all(demo.heard(citizen) for citizen in citizens))

    assert (bot.process.returncode, "Traceback" in output) == (0, False)
    assert [len(demo.heard(citizen)) for citizen in citizens] == [1] * len(citizens)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_bot_can_be_stopped_soon_while_mail_and_telegram_are_down(
    tmp_path: Path, world: dict[str, Any], demo: Demo, number: signal.Signals
) -> None:
    demo.fault(bot_api={"status": 500, "times": 1000}, smtp="down", imap="down")
    with running(written(tmp_path, world)) as bot:
        bot.wait_for("telegram.poll_failed")
        began = time.monotonic()
        output = bot.end(number)

    assert time.monotonic() - began < ORDERLY
    assert (bot.process.returncode, "Traceback" in output) == (0, False)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("KLBOT_DATABASE", "nosuchdatabase://user:hunter22@host/x"),
        ("KLBOT_MAIL", "hunter22"),
        ("KLBOT_OBSERVE__PORT", "hunter22"),
    ],
)
def test_a_wrong_word_in_the_environment_is_one_sentence_that_does_not_quote_it(
    tmp_path: Path, world: dict[str, Any], variable: str, value: str
) -> None:
    process = start("run", "-c", str(written(tmp_path, world)), environment={variable: value})
    output, _ = process.communicate(timeout=20)

    assert (process.returncode, output.count("\n")) == (2, 1), output
    assert output.startswith("klbot: ")
    assert "hunter22" not in output


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def sandbox_at(port: int, token: str) -> Iterator[Demo]:
    command = [sys.executable, "-m", "bot.sandbox", "--port", str(port), "--token", token]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    demo = Demo(json.loads(process.stdout.readline())["url"])
    try:
        yield demo
    finally:
        demo.http.close()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)


def test_a_bot_that_starts_before_telegram_is_there_works_once_it_is(tmp_path: Path, world: dict[str, Any]) -> None:
    port, token = free_port(), "123456:the-right-one"
    absent = world | {"url": f"http://127.0.0.1:{port}", "token": token}

    with running(written(tmp_path, absent)) as bot, sandbox_at(port, token) as late:
        answer = late.answer("Petra", KNOWN.format(number=1))

    assert any("telegram.unreachable" in line for line in bot.lines)
    assert "Stand: Juni 2020" in answer["text"]


def test_no_log_holds_a_secret_or_a_word_that_somebody_wrote(tmp_path: Path, world: dict[str, Any], demo: Demo) -> None:
    with running(written(tmp_path, world, log_level="debug")) as bot:
        faults = [{"status": 500, "method": "sendMessage"}]
        faults += [{"status": status, "method": "getUpdates"} for status in (409, 500)]
        demo.fault(bot_api=faults, smtp="down")
        demo.say("Klara", "Darf mein Zebrastreifen im Rathaus übernachten?")
        for poison in ({"message": {"text": "Zebrastreifen", "chat": 7}}, {"poll": "Zebrastreifen"}):
            assert demo.http.post("/api/updates", json=poison).is_success
        bot.wait_for("outbox.postponed")
        demo.fault(smtp="up")
        mail = demo.mail_about("Zebrastreifen")
        demo.reply(mail, "Mein Nilpferd weiß es besser.", **{"from": "spion@example.org"})
        demo.reply(mail, "Ja, der Giraffenfleck auch.")
        demo.wait_for(lambda: any("Giraffenfleck" in text for text in demo.heard("Klara")), seconds=20)
        output = bot.end()

    chat_id = next(one["id"] for one in demo.http.get("/api/citizens").json() if one["name"] == "Klara")
    events = {json.loads(line)["event"] for line in output.splitlines()}
    secrets = (world["token"], world["token"].partition(":")[2], world["mail_password"], str(chat_id), "Klara")
    words = ("Zebrastreifen", "Giraffenfleck", "Nilpferd", "Rathaus", "spion@")
    assert bot.process.returncode == 0
    assert {"telegram.poll_failed", "intake.unreadable", "outbox.postponed"} <= events
    assert [word for word in (*secrets, *words) if word in output] == []
