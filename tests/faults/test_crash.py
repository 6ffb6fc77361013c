"""kill -9 of the bot at random moments under traffic: every question ends answered, suggested or as a ticket."""

import json
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.cli.run import run
from bot.desk.contact import PLACEHOLDERS
from tests.end_to_end.demo import Demo, start
from tests.end_to_end.small import small_base

KILLS = 30
MESSAGES = 330
CITIZENS = 22
KNOWN = "Wird die Sitzung des Stadtrats im Internet übertragen? (Nummer {number})"
TICKET = re.compile(r"KL-[2-9A-HJ-NP-Z]{6}")
UNKNOWN = "Wie viele Pinguine schwimmen im Becken {number} des Kaiserslauterer Zoos?"


@contextmanager
def sandbox(folder: Path) -> Iterator[dict[str, Any]]:
    """Telegram and the mail server, which outlive the bot."""
    command = [sys.executable, "-m", "bot.sandbox", "--port", "0", "--data", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)


def configuration(folder: Path, world: dict[str, Any]) -> Path:
    """A config.yaml that leads to the sandbox, and to a knowledge base that a bot has read in a moment."""
    login = {"username": world["mail_user"], "password": world["mail_password"]}
    values = {
        "telegram": {"token": world["token"], "base_url": world["url"]},
        "mail": {
            "address": "bot@kl.digital",
            "queue": "info@kl.digital",
            "staff": ["kl.digital"],
            "brakes": {"in_all": 10_000},
            "smtp": {"host": "127.0.0.1", "port": world["smtp_port"], "security": "none"},
            "imap": {
                "host": "127.0.0.1",
                "port": world["imap_port"],
                "security": "none",
                "poll_seconds": 0.5,
                "idle": False,
                **login,
            },
        },
        "contact": asdict(PLACEHOLDERS),
        "knowledge": str(small_base(folder)),
        "observe": {"log_level": "error"},
    }
    file = folder / "config.yaml"
    file.write_text(yaml.safe_dump(values), encoding="utf-8")
    return file


def question(number: int) -> str:
    return (KNOWN if number % 3 == 0 else UNKNOWN).format(number=number)


def exchanges(folder: Path) -> list[tuple[str, str, str | None]]:
    """(text, outcome, ticket code) of everything the bot has decided."""
    query = "SELECT e.text, e.outcome, t.code FROM exchanges e LEFT JOIN tickets t ON t.id = e.ticket_id"
    with closing(sqlite3.connect(folder / "data" / "klbot.sqlite", timeout=30)) as connection:
        return connection.execute(query).fetchall()


def settled(demo: Demo, expected: dict[str, list[int]]) -> bool:
    """Whether staff have every forwarded question, and every citizen an answer or a ticket of its own for each."""
    mails = " ".join(mail["text"] for mail in demo.mailbox())
    forwarded = {citizen: [number for number in numbers if number % 3] for citizen, numbers in expected.items()}
    in_mails = all(question(number) in mails for numbers in forwarded.values() for number in numbers)
    return in_mails and all(
        heard_of(demo.heard(citizen)) == (len(numbers) < len(expected[citizen]), len(numbers))
        for citizen, numbers in forwarded.items()
    )


def heard_of(texts: list[str]) -> tuple[bool, int]:
    """Whether the stored answer was heard, and how many different tickets were named."""
    tickets = {code for text in texts for code in TICKET.findall(text)}
    return any("Stand: Juni 2020" in text for text in texts), len(tickets)


def forked(config: Path) -> BaseProcess:
    """The bot in a process of its own that has imported everything already: no kill is wasted on imports."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["bot.app", "bot.cli.run"])
    process = context.Process(target=run, args=(config,), daemon=True)
    process.start()
    return process


@pytest.mark.timeout(400)
def test_no_question_is_lost_when_the_bot_is_killed_again_and_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(2020)
    sent: list[int] = []
    expected: dict[str, list[int]] = {f"citizen-{number}": [] for number in range(CITIZENS)}
    with sandbox(tmp_path / "world") as world:
        config = configuration(tmp_path, world)
        demo = Demo(world["url"])
        for kill in range(KILLS):
            killed = forked(config)
            pause = chance.uniform(0.2, 1.6)
            for number in range(kill * MESSAGES // KILLS, (kill + 1) * MESSAGES // KILLS):
                citizen = f"citizen-{number % CITIZENS}"
                demo.say(citizen, question(number))
                expected[citizen].append(number)
                time.sleep(pause * KILLS / MESSAGES)
            killed.kill()
            killed.join()
            sent.append(demo.http.get("/api/state").json()["messages_from_bot"])
        process = start("run", "-c", str(config))
        try:
            demo.wait_for(lambda: settled(demo, expected), seconds=120)
        finally:
            process.terminate()
            output, _ = process.communicate(timeout=20)
            print(output)  # noqa: T201 -- pytest shows it where the test fails
        told = {citizen: demo.heard(citizen) for citizen in expected}
        mails = demo.mailbox()
        demo.http.close()

    decided = exchanges(tmp_path)
    repeated_mails = Counter(mail["headers"]["Message-ID"] for mail in mails)
    with capsys.disabled():
        print(  # noqa: T201 -- the figures are what this test is run for
            f"\n{KILLS} kills, {len({*sent} - {0})} of them of a bot that had sent something, "
            f"{MESSAGES} messages: {len(decided)} decided, "
            f"{Counter(outcome for _, outcome, _ in decided)}, "
            f"{sum(map(len, told.values())) - MESSAGES} chat messages and "
            f"{sum(count - 1 for count in repeated_mails.values())} mails came twice"
        )
    assert sorted(text for text, _, _ in decided) == sorted(question(number) for number in range(MESSAGES))
    assert all(code for _, outcome, code in decided if outcome == "forward")
    codes = [code for _, _, code in decided if code]
    named = [code for texts in told.values() for code in {code for text in texts for code in TICKET.findall(text)}]
    assert sorted(codes) == sorted(named), "a ticket is named in no chat, or in two"
    for citizen, numbers in expected.items():
        answers = sum("Stand: Juni 2020" in text for text in told[citizen])
        assert answers >= sum(number % 3 == 0 for number in numbers), "an answer was lost"
