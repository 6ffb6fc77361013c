"""`klbot run`: the bot with a real token and real mail."""

import asyncio
import os
import signal
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer

from bot import config
from bot.errors import KlbotError


def run(
    config_file: Annotated[Path, typer.Option("-c", "--config", metavar="FILE", help="The configuration.")] = Path(
        "config.yaml"
    ),
) -> None:
    """Run the bot: real token, real mail."""
    from bot import app  # noqa: PLC0415 -- ask and check start in half the time without it

    until_stopped(app.run(config.load(config_file)))


def until_stopped(work: Coroutine[Any, Any, None]) -> None:
    """Run until it ends or Ctrl-C or SIGTERM asks for an orderly end."""

    async def supervised() -> None:
        task = asyncio.ensure_future(work)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, task.cancel)
        try:
            await task
        except asyncio.CancelledError:
            return

    # What is stored holds citizens' words: no other user of this machine may read it.
    os.umask(0o077)
    try:
        asyncio.run(supervised())
    except BaseExceptionGroup as group:
        raise _first_on_purpose(group) from group


def _first_on_purpose(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The error to show of several that ended the bot together: one raised on purpose, if there is one."""
    _, others = group.split(KlbotError)
    wanted = group.subgroup(KlbotError) or others or group
    error: BaseException = wanted
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
