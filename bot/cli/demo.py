"""`klbot demo`: everything in the browser, without a token."""

import asyncio
import errno
import json
import os
import shutil
import socket
import sys
import tempfile
import urllib.request
import webbrowser
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot import config
from bot.cli.options import KnowledgeOption, load_base
from bot.cli.run import until_stopped
from bot.desk.contact import PLACEHOLDERS
from bot.errors import ConfigError, StartError

if TYPE_CHECKING:
    from bot.sandbox.server import Sandbox

DEMO_DOMAIN = "kl.digital"
CLERKS = ("Anna", "Ben")


def demo(
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Where the page is served; 0 picks a port.")
    ] = 8000,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open a browser.")] = False,
    data: Annotated[
        Path | None, typer.Option("--data", metavar="DIR", help="Keep everything here for next time.")
    ] = None,
    group: Annotated[bool, typer.Option("--group", help="With a Telegram group of staff beside the mailbox.")] = False,
    knowledge: KnowledgeOption = None,
) -> None:
    """Try everything without a token: citizens' chats, staff mailbox and bot in one page."""
    with _folder(data) as folder:
        until_stopped(_demo(folder, port, knowledge, keep=data is not None, browser=not no_browser, group=group))
    typer.echo("Ended." + (f" Everything is kept in {data}." if data else " Nothing was left behind."))


@contextmanager
def _folder(data: Path | None) -> Iterator[Path]:
    if data is None:
        made = Path(tempfile.mkdtemp(prefix="klbot-demo-"))
        try:
            yield made
        finally:
            shutil.rmtree(made, ignore_errors=True)
        return
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"--data: the folder {data} cannot be made: {error.strerror}.") from error
    yield data.resolve()


async def _demo(folder: Path, port: int, knowledge: Path | None, *, keep: bool, browser: bool, group: bool) -> None:
    from bot import app  # noqa: PLC0415 -- as in run
    from bot.sandbox.server import Sandbox  # noqa: PLC0415

    load_base(knowledge)  # complaints come before anything is opened
    status_port = _free_port()
    sandbox = Sandbox(
        port=port,
        data=folder / "sandbox" if keep else None,
        bot_status=f"http://127.0.0.1:{status_port}/decisions",
        bot_address=f"bot@{DEMO_DOMAIN}",
        queue_address=f"info@{DEMO_DOMAIN}",
    )
    async with AsyncExitStack() as stack:
        try:
            await stack.enter_async_context(sandbox)
        except OSError as error:
            raise _cannot_start(error, port, folder) from error
        staff_group = await asyncio.to_thread(_staff_group, sandbox.url) if group else None
        await app.run(
            _demo_config(sandbox, folder, status_port, knowledge, staff_group),
            on_ready=lambda: _announce(sandbox.url, browser=browser),
        )


def _cannot_start(error: OSError, port: int, folder: Path) -> StartError:
    if error.errno == errno.EADDRINUSE:
        return StartError(f"Port {port} is taken; choose another with --port, or --port 0 for any free one.")
    if error.errno == errno.EBUSY:
        return StartError(f"Another try-out already uses the folder {folder}; end it first, or give another --data.")
    return StartError(f"The try-out cannot start: {error.strerror or error}.")


def _staff_group(url: str) -> int:
    """The group of two clerks in the sandbox: the one that was kept, or a new one with topics."""
    with urllib.request.urlopen(f"{url}/api/groups") as answer:
        kept = [group for group in json.load(answer) if group["moved_to"] is None]
    if not kept:
        body = json.dumps({"title": "Team", "members": CLERKS, "forum": True}).encode()
        with urllib.request.urlopen(urllib.request.Request(f"{url}/api/groups", body)) as answer:
            kept = [json.load(answer)]
    return int(kept[0]["id"])


def _demo_config(
    sandbox: "Sandbox", folder: Path, status_port: int, knowledge: Path | None, staff_group: int | None
) -> config.Config:
    loopback = {"host": "127.0.0.1", "security": "none"}
    return config.from_values(
        {
            "telegram": {"token": sandbox.token, "base_url": sandbox.url, "staff_group": staff_group},
            "mail": {
                "address": f"bot@{DEMO_DOMAIN}",
                "queue": f"info@{DEMO_DOMAIN}",
                "staff": [DEMO_DOMAIN],
                "smtp": {**loopback, "port": sandbox.smtp_port},
                "imap": {
                    **loopback,
                    "port": sandbox.imap_port,
                    "username": sandbox.mail_user,
                    "password": sandbox.mail_password,
                    "poll_seconds": 0.5,
                    "idle": False,
                },
            },
            "database": f"sqlite+aiosqlite:///{folder / 'klbot.sqlite'}",
            "knowledge": knowledge,
            "contact": asdict(PLACEHOLDERS),
            "knowledge_editors": [f"redaktion@{DEMO_DOMAIN}"],
            "desk": {"office_hours": dict.fromkeys(("mo", "tu", "we", "th", "fr"), "8:00-12:00, 13:00-16:00")},
            "observe": {"port": status_port, "show_decisions": True, "log_level": "warning"},
        }
    )


def _announce(url: str, *, browser: bool) -> None:
    typer.echo(f"The try-out is ready: {url}\nLeft you are a citizen, right you are the team. End it with Ctrl-C.")
    if browser and (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or sys.platform in ("darwin", "win32")
    ):
        webbrowser.open(url)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
