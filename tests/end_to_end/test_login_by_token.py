"""The whole bot at a mail server that takes access tokens only: what the configuration says is what happens."""

import asyncio
import signal
from dataclasses import asdict
from pathlib import Path

import httpx
import yaml

from bot.desk.contact import PLACEHOLDERS
from tests.end_to_end.small import small_base
from tests.end_to_end.test_starts_and_ends import Bot
from tests.mail.servers import USER, free_port, imap_server
from tests.mail.test_mail_inbound import eventually
from tests.mail.tokens import CLIENT, SECRET, TokenServer, token_server


def written(folder: Path, givers: TokenServer, imap: int, health: int) -> Path:
    (folder / "secret").write_text(f"{SECRET}\n", encoding="utf-8")
    server = {"host": "127.0.0.1", "security": "none", "login": "oauth", "username": USER}
    values = {
        "telegram": {"token": "1:unreachable", "base_url": f"http://127.0.0.1:{free_port()}"},
        "mail": {
            "address": USER,
            "queue": "info@kl.digital",
            "staff": ["kl.digital"],
            "oauth": {"token_url": givers.url, "client_id": CLIENT, "client_secret_file": "secret"},
            "smtp": server | {"port": free_port()},
            "imap": server | {"port": imap, "poll_seconds": 0.2},
        },
        "contact": asdict(PLACEHOLDERS),
        "knowledge": str(small_base(folder)),
        "observe": {"port": health, "log_format": "json"},
    }
    file = folder / "config.yaml"
    file.write_text(yaml.safe_dump(values), encoding="utf-8")
    return file


async def test_the_bot_reads_its_mailbox_with_a_token_and_tells_nobody_its_secret(tmp_path: Path) -> None:
    port = free_port()
    with token_server() as givers:
        async with imap_server(good=lambda token: token in givers.good) as server:
            bot = await asyncio.to_thread(Bot, written(tmp_path, givers, server.port, port))
            try:
                await asyncio.to_thread(bot.wait_for, "bot.ready")
                async with httpx.AsyncClient() as http:

                    async def is_read() -> bool:
                        health = (await http.get(f"http://127.0.0.1:{port}/health")).json()
                        return health["last_good"]["mailbox"] is not None and health["alarms"] == {}

                    await eventually(is_read, 10)
            finally:
                printed = await asyncio.to_thread(bot.end, signal.SIGTERM)

    assert len(givers.asked) == 1
    assert SECRET not in printed
    assert "token-" not in printed
