"""`python -m bot.sandbox`: the sandbox alone, for a bot of your own. Prints its addresses as one JSON line."""

import argparse
import asyncio
import json
import signal
import sys
from pathlib import Path

from bot.sandbox.server import Sandbox


async def _run(sandbox: Sandbox) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with sandbox:
        names = ("url", "token", "smtp_port", "imap_port", "mail_user", "mail_password")
        sys.stdout.write(json.dumps({name: getattr(sandbox, name) for name in names}) + "\n")
        sys.stdout.flush()
        await stop.wait()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bot.sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000, help="of the page and the Bot API; 0 picks one")
    parser.add_argument("--smtp-port", type=int, default=0)
    parser.add_argument("--imap-port", type=int, default=0)
    parser.add_argument("--data", type=Path, help="a folder that keeps everything for next time")
    parser.add_argument("--token", help="the token to accept")
    parser.add_argument("--bot-status", help="where the bot shows its decisions as JSON")
    given = parser.parse_args()
    sandbox = Sandbox(
        given.host,
        given.port,
        given.data,
        given.token,
        given.bot_status,
        smtp_port=given.smtp_port,
        imap_port=given.imap_port,
    )
    try:
        asyncio.run(_run(sandbox))
    except OSError as error:
        sys.stderr.write(f"{error.strerror or error}.\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
