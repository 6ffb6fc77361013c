"""The queue's Sent folder with the whole bot: an answer that was lost on its way, and one that went elsewhere."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.end_to_end.demo import Demo
from tests.end_to_end.test_starts_and_ends import Bot
from tests.faults.test_crash import configuration, sandbox
from tests.mail.servers import PASSWORD, USER, imap_server
from tests.mail.test_mail_inbound import eventually

UNKNOWN = "Wie viele Pinguine leben im Zoo von Kaiserslautern?"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[dict[str, Any]]:
    with sandbox(tmp_path / "world") as opened:
        yield opened


def written(folder: Path, world: dict[str, Any], sent_port: int) -> Path:
    file = configuration(folder, world)
    values = yaml.safe_load(file.read_text(encoding="utf-8"))
    login = {"host": "127.0.0.1", "port": sent_port, "security": "none", "username": USER, "password": PASSWORD}
    values["mail"]["sent"] = login | {"folder": "INBOX", "poll_seconds": 0.2, "grace_minutes": 0.01}
    values["observe"] = {"log_format": "json"}
    file.write_text(yaml.safe_dump(values), encoding="utf-8")
    return file


def a_mail(number: int, ticket: str, to: str, text: str) -> bytes:
    head = (
        f"From: info@kl.digital\r\nTo: {to}\r\nSubject: AW: [{ticket}] Frage\r\nMessage-ID: <{number}@kl.digital>\r\n"
    )
    return f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n".encode()


async def test_a_lost_answer_is_found_and_one_that_went_elsewhere_is_told(
    tmp_path: Path, world: dict[str, Any]
) -> None:
    demo = Demo(world["url"])
    async with imap_server() as sent:
        await sent.put(a_mail(1, "KL-222222", USER, "Alt und längst erledigt."))
        bot = await asyncio.to_thread(Bot, written(tmp_path, world, sent.port))
        try:
            await asyncio.to_thread(bot.wait_for, '"source": "sent"')
            await asyncio.to_thread(demo.answer, "bela", UNKNOWN)
            question = await asyncio.to_thread(demo.mail_about, UNKNOWN)
            ticket = question["subject"].partition("[")[2].partition("]")[0]
            await sent.put(a_mail(2, ticket, "anna@kl.digital", "Weißt du das?"))
            await sent.put(a_mail(3, ticket, "bot@kl.digital", "Sieben Pinguine."))
            await eventually(lambda: "Sieben Pinguine." in "".join(demo.heard("bela")), 20)
            await eventually(lambda: any("ging nicht an bot@kl.digital" in one["text"] for one in demo.mailbox()), 20)
            demo.deliver(a_mail(3, ticket, "bot@kl.digital", "Sieben Pinguine.").decode())
            await asyncio.sleep(1.5)
            heard = demo.heard("bela")
        finally:
            await asyncio.to_thread(bot.end)
            demo.http.close()

    assert ["Sieben Pinguine." in text for text in heard] == [False, True]
    assert "Weißt du das?" not in "".join(heard)
