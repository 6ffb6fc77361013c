"""The sandbox starts, survives, and goes without a trace."""

import asyncio
import errno
import json
import os
import signal
import socket
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.sandbox.server import Sandbox

EARLIER = """
CREATE TABLE citizens (
    place INTEGER PRIMARY KEY, id INTEGER NOT NULL UNIQUE, name TEXT NOT NULL UNIQUE, language TEXT NOT NULL,
    wrote INTEGER NOT NULL DEFAULT 0, blocked INTEGER NOT NULL DEFAULT 0);
CREATE TABLE messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT, chat INTEGER NOT NULL, author TEXT NOT NULL,
    body TEXT NOT NULL DEFAULT '{}', reactions TEXT NOT NULL DEFAULT '[]');
CREATE TABLE taps (
    id INTEGER PRIMARY KEY AUTOINCREMENT, citizen INTEGER NOT NULL, at REAL NOT NULL,
    answered REAL, text TEXT, alert INTEGER NOT NULL DEFAULT 0);
INSERT INTO citizens VALUES (1, 5000000001, 'Petra', 'de', 1, 0);
"""


async def started(data: Path) -> tuple[asyncio.subprocess.Process, dict[str, Any]]:
    command = [sys.executable, "-m", "bot.sandbox", "--port", "0", "--data", str(data)]
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    return process, json.loads(await process.stdout.readline())


async def test_everything_survives_being_killed(tmp_path: Path) -> None:
    process, before = await started(tmp_path)
    async with httpx.AsyncClient(base_url=before["url"]) as http:
        for text in ("eins", "zwei"):
            await http.post("/api/citizens/Petra/messages", json={"text": text})
        updates = (await http.get(f"/bot{before['token']}/getUpdates")).json()["result"]
        await http.get(f"/bot{before['token']}/getUpdates", params={"offset": updates[0]["update_id"] + 1})
        await http.post("/api/mailbox", json={"raw": "Subject: bleibt\n\nx\n"})
        state = (await http.get("/api/state")).json()
    process.kill()
    await process.communicate()

    process, after = await started(tmp_path)
    async with httpx.AsyncClient(base_url=after["url"]) as http:
        left = (await http.get(f"/bot{after['token']}/getUpdates")).json()["result"]
        await http.post("/api/citizens/Petra/messages", json={"text": "drei"})
        newest = (await http.get(f"/bot{after['token']}/getUpdates", params={"offset": -1})).json()["result"]
        chat = (await http.get("/api/citizens/Petra/messages")).json()
        again = (await http.get("/api/state")).json()
    process.send_signal(signal.SIGTERM)
    _, errors = await process.communicate()

    same = ("token", "mail_user", "mail_password")
    assert [before[key] for key in same] == [after[key] for key in same]
    assert left == updates[1:]
    assert newest[0]["update_id"] == updates[1]["update_id"] + 1
    assert [one["text"] for one in chat] == ["eins", "zwei", "drei"]
    assert len({one["id"] for one in chat}) == 3
    assert again["bot_mails"] == state["bot_mails"] == 1
    assert (process.returncode, errors) == (0, b"")


async def test_the_data_of_an_earlier_version_can_still_be_used(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "sandbox.sqlite3")) as earlier:
        earlier.executescript(EARLIER)
        body = {"message_id": 7, "date": 1_700_000_000, "text": "von früher"}
        earlier.execute("INSERT INTO messages VALUES (7, 5000000001, 'citizen', ?, '[]')", (json.dumps(body),))
        earlier.commit()

    async with Sandbox(port=0, data=tmp_path) as sandbox, httpx.AsyncClient(base_url=sandbox.url) as http:
        before = (await http.get("/api/citizens/Petra/messages")).json()
        reply = {"text": "und heute", "reply_to": before[0]["id"]}
        after = (await http.post("/api/citizens/Petra/messages", json=reply)).json()

    assert [one["text"] for one in before] == ["von früher"]
    assert (after["id"], after["reply_to"]) == (8, 7)


async def test_the_bots_mailbox_keeps_its_uids_across_a_restart(tmp_path: Path) -> None:
    from_imap = []
    for _ in range(2):
        async with Sandbox(port=0, data=tmp_path) as sandbox, httpx.AsyncClient(base_url=sandbox.url) as http:
            await http.post("/api/mailbox", json={"raw": "Subject: x\n\nx\n"})
            reader, writer = await asyncio.open_connection("127.0.0.1", sandbox.imap_port)
            await reader.readline()
            writer.write(f'a LOGIN {sandbox.mail_user} "{sandbox.mail_password}"\r\nb EXAMINE INBOX\r\n'.encode())
            writer.write(b"c UID SEARCH ALL\r\nd LOGOUT\r\n")
            answer = (await reader.read()).decode().splitlines()
            writer.close()
            await writer.wait_closed()
        from_imap.append([line for line in answer if "UIDVALIDITY" in line or line.startswith("* SEARCH")])

    assert from_imap[0][0] == from_imap[1][0]
    assert [lines[1] for lines in from_imap] == ["* SEARCH 101", "* SEARCH 101 102"]


async def test_an_occupied_port_is_an_error_that_leaves_nothing_behind(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match=str(port)) as caught:
            await Sandbox(port=port, data=tmp_path).__aenter__()

    assert caught.value.errno == errno.EADDRINUSE
    async with Sandbox(port=port, data=tmp_path):
        pass


async def test_two_sandboxes_never_share_a_folder(tmp_path: Path) -> None:
    async with Sandbox(port=0, data=tmp_path):
        with pytest.raises(OSError, match="cannot be opened"):
            await Sandbox(port=0, data=tmp_path).__aenter__()


async def test_it_goes_at_once_though_somebody_waits_and_watches() -> None:
    async with httpx.AsyncClient(timeout=20) as http:
        async with Sandbox(port=0) as sandbox:
            _, writer = await asyncio.open_connection("127.0.0.1", sandbox.imap_port)
            _, other = await asyncio.open_connection("127.0.0.1", sandbox.smtp_port)
            poll = asyncio.create_task(http.get(f"{sandbox.url}/bot{sandbox.token}/getUpdates?timeout=50"))
            watch = asyncio.create_task(http.get(f"{sandbox.url}/api/events"))
            await asyncio.sleep(0.1)
            begun = time.perf_counter()
        took = time.perf_counter() - begun
        answers = await asyncio.gather(poll, watch)
        writer.close()
        other.close()

    assert took < 2
    assert [answer.status_code for answer in answers] == [200, 200]


async def test_signals_stay_with_whoever_runs_it() -> None:
    before = signal.getsignal(signal.SIGINT)

    async with Sandbox(port=0):
        during = signal.getsignal(signal.SIGINT)

    assert during is before


async def test_an_occupied_port_is_one_sentence_on_the_command_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "bot.sandbox", "--port", port]
        process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE, env=dict(os.environ))
        _, errors = await process.communicate()

    assert process.returncode == 2
    assert errors.decode() == f"Port {port} on 127.0.0.1: Address already in use.\n"
