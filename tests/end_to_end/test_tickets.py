"""`klbot tickets` beside a running bot: an operator looks, releases, drops and tries again."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.demo import Demo, running_demo
from tests.end_to_end.test_commands import subject_of

ANNA = {"from": "anna@kl.digital"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def demo(folder: Path) -> Iterator[Demo]:
    with running_demo(folder) as started:
        yield started


def tickets(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`klbot tickets` with these arguments, as a process of its own."""
    command = [sys.executable, "-m", "bot", "tickets", *arguments, "--data", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, timeout=50, check=False)


def listed(folder: Path, *arguments: str) -> Any:
    found = tickets(folder, *arguments, "--json")
    assert found.returncode == 0, found.stderr
    return json.loads(found.stdout)


def asked(demo: Demo, citizen: str, question: str) -> tuple[str, dict[str, Any]]:
    """The code of the ticket, and the mail to staff about it."""
    demo.answer(citizen, question)
    mail = demo.mail_about(question)
    return subject_of(mail).strip("["), mail


def test_an_open_ticket_is_listed_with_its_claim_and_without_a_citizens_words(demo: Demo, folder: Path) -> None:
    code, mail = asked(demo, "ada", "Wie viele Kamele leben im Zoo von Kaiserslautern?")
    demo.reply(mail, "#übernehmen", **ANNA)
    demo.mail_about("anna@kl.digital kümmert sich")

    table = tickets(folder)
    [row] = [one for one in listed(folder)["tickets"] if one["code"] == code]

    assert table.returncode == 0
    assert code in table.stdout
    assert "anna@kl.digital" in table.stdout
    assert "Kamele" not in table.stdout + json.dumps(row)
    assert "Kamele" in tickets(folder, "--texts").stdout
    assert (row["state"], row["claimed_by"]) == ("claimed", "anna@kl.digital")


def test_a_ticket_is_shown_with_its_history_and_its_claim_taken_off(demo: Demo, folder: Path) -> None:
    code, mail = asked(demo, "ben", "Wann blüht die Kastanie vor dem Theater?")
    demo.reply(mail, "#übernehmen", **ANNA)
    demo.wait_for(lambda: [one for one in demo.mailbox() if "kümmert sich" in one["text"] and code in one["subject"]])

    shown = tickets(folder, "show", code.lower())
    released = tickets(folder, "release", code)
    again = tickets(folder, "release", code)

    assert "Wann blüht die Kastanie" in shown.stdout
    assert released.stdout.strip() == f"{code} is claimed by nobody any more; the team is told."
    assert again.returncode == 2
    assert again.stderr.strip().endswith(f"{code} is claimed by nobody.")
    demo.mail_about("Der Betrieb hat die Übernahme")


def test_a_mail_in_quarantine_is_released_to_a_ticket_or_dropped(demo: Demo, folder: Path) -> None:
    code, _ = asked(demo, "cem", "Wie schwer ist die Glocke der Marienkirche?")
    for name in ("eins", "zwei"):
        demo.deliver(
            f"From: buero@kirche.example\nTo: bot@kl.digital\nSubject: {name}\nMessage-ID: <{name}@kirche.example>\n\n"
            f"Antwort {name}.\n"
        )
    demo.wait_for(lambda: len(listed(folder, "held")["held"]) == 2)
    first, second = (one["code"] for one in listed(folder, "held")["held"])

    unnamed = tickets(folder, "release", first)
    released = tickets(folder, "release", first, "--ticket", code)
    dropped = tickets(folder, "drop", second)

    assert unnamed.returncode == 2
    assert "--ticket KL-…" in unnamed.stderr
    assert (released.returncode, dropped.returncode) == (0, 0)
    assert "Antwort eins." in demo.wait_for(lambda: demo.heard("cem")[1:])[0]
    assert listed(folder, "held")["held"] == []
    assert "Antwort zwei." not in " ".join(demo.heard("cem"))


def test_a_dead_letter_is_visible_and_tried_again(demo: Demo, folder: Path) -> None:
    code, mail = asked(demo, "dora", "Wo übernachtet der Nachtwächter?")
    demo.http.post("/api/citizens/dora/block", json={"blocked": True}).raise_for_status()
    demo.reply(mail, "Zu Hause.", **ANNA)
    demo.mail_about("konnte nicht zugestellt werden")

    dead = tickets(folder, "dead")
    demo.http.post("/api/citizens/dora/unblock", json={}).raise_for_status()
    requeued = tickets(folder, "requeue", code)

    assert code in dead.stdout
    assert "blocked" in dead.stdout
    assert requeued.stdout.strip() == f"{code}: 1 given up delivery is due again."
    assert "Zu Hause." in demo.wait_for(lambda: demo.heard("dora")[1:])[-1]


@pytest.mark.parametrize("arguments", [("show", "KL-222222"), ("release", "KL-222222"), ("requeue", "outbox:999")])
def test_what_does_not_exist_is_one_clear_sentence(demo: Demo, folder: Path, arguments: tuple[str, str]) -> None:
    found = tickets(folder, *arguments)

    assert found.returncode == 2
    assert len(found.stderr.strip().splitlines()) == 1
    assert arguments[1] in found.stderr


def test_a_folder_without_a_database_is_named(tmp_path: Path) -> None:
    found = tickets(tmp_path / "nowhere")

    assert found.returncode == 2
    assert "nowhere" in found.stderr
    assert "Traceback" not in found.stderr
