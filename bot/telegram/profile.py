"""The bot's profile at Telegram: what people read before they write, set where it differs."""

from collections.abc import Sequence
from typing import Final

import structlog
from telegram import Bot, BotCommand

from bot.desk.introduction import Introduction
from bot.knowledge.entry import Language

log = structlog.get_logger()

# Telegram shows what has no language to everybody else.
EVERYBODY: Final = Language.DE


async def introduce(bot: Bot, introductions: Sequence[Introduction]) -> None:
    """Set descriptions and commands as they are given. A failure is a warning: nothing else waits for it."""
    for one in introductions:
        code = None if one.language is EVERYBODY else str(one.language)
        try:
            changed = await _set(bot, one, code)
        except Exception as error:  # noqa: BLE001 -- the library lets odd answers escape as anything
            log.warning("telegram.profile_not_set", language=one.language, error=type(error).__name__)
        else:
            log.info("telegram.profile", language=one.language, changed=changed)


async def _set(bot: Bot, one: Introduction, code: str | None) -> int:
    """How much differed and was set."""
    changed = 0
    if (await bot.get_my_description(language_code=code)).description != one.description:
        await bot.set_my_description(one.description, language_code=code)
        changed += 1
    if (await bot.get_my_short_description(language_code=code)).short_description != one.short:
        await bot.set_my_short_description(one.short, language_code=code)
        changed += 1
    commands = [BotCommand(name, what) for name, what in one.commands.items()]
    if list(await bot.get_my_commands(language_code=code)) != commands:
        await bot.set_my_commands(commands, language_code=code)
        changed += 1
    return changed
