"""Telegram's client, opened: one connection pool for polling, another for everything else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import structlog
from telegram import Bot
from telegram.error import InvalidToken, RetryAfter
from telegram.request import HTTPXRequest

from bot.errors import StartError

log = structlog.get_logger()


def wait_of(error: RetryAfter) -> timedelta:
    """How long Telegram asks us to wait."""
    wait = error.retry_after
    return wait if isinstance(wait, timedelta) else timedelta(seconds=wait)


@dataclass(frozen=True, slots=True)
class Clients:
    """Two views of one bot, so that a long poll never keeps an answer waiting for a connection."""

    polling: Bot
    sending: Bot


@asynccontextmanager
async def connected(token: str, base_url: str) -> AsyncIterator[Clients]:
    """The clients for the length of the block.

    Raises StartError when Telegram refuses the token. An unreachable server is no reason to stop: it may come back.
    """
    api = base_url.rstrip("/")
    polling = HTTPXRequest(connection_pool_size=2)
    sending = HTTPXRequest(connection_pool_size=64, read_timeout=20, write_timeout=20, connect_timeout=10)
    bot = partial(Bot, token, base_url=f"{api}/bot", base_file_url=f"{api}/file/bot")
    try:
        clients = Clients(bot(request=polling), bot(request=sending))
        await _introduce(clients.sending, api)
        yield clients
    except InvalidToken as error:
        raise StartError(f"Telegram ({api}) refuses the token; copy it anew from BotFather.") from error
    finally:
        await polling.shutdown()
        await sending.shutdown()


async def username(token: str, base_url: str) -> str:
    """The bot's user name, as Telegram knows it. Raises StartError."""
    api = base_url.rstrip("/")
    try:
        async with Bot(token, base_url=f"{api}/bot", request=HTTPXRequest()) as bot:
            return bot.username
    except InvalidToken as error:
        raise StartError(f"Telegram ({api}) refuses the token; copy it anew from BotFather.") from error
    except Exception as error:
        raise StartError(
            f"Telegram ({api}) does not say the bot's name ({type(error).__name__}); use --bot."
        ) from error


async def _introduce(bot: Bot, api: str) -> None:
    try:
        me = await bot.get_me()
    except InvalidToken:
        raise
    except Exception as error:  # noqa: BLE001 -- the library lets odd answers escape as anything
        log.warning("telegram.unreachable", server=api, error=type(error).__name__)
    else:
        log.info("telegram.connected", server=api, bot=me.username)
