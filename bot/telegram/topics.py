"""Whether tickets get topics of their own in the staff's group: only if it has topics and the bot may make them."""

import time
from typing import Final

import structlog
from telegram import Bot, ChatMemberAdministrator, ChatMemberOwner

from bot.telegram.staff_chat import StaffChat

log = structlog.get_logger()

# Topics are switched on and off without the bot being told, so it is looked up anew after so many seconds.
FRESH: Final = 60.0


class Topics:
    """What the group allows now."""

    def __init__(self, bot: Bot, chat: StaffChat) -> None:
        self._bot = bot
        self._chat = chat
        self._wanted: bool | None = None
        self._known_until = 0.0

    async def wanted(self) -> bool:
        """Whether a new ticket gets its own topic. Raises TelegramError."""
        if self._wanted is None or time.monotonic() > self._known_until:
            found = await self._look_up()
            if found != self._wanted:
                log.info("group.topics", wanted=found)
            self._wanted, self._known_until = found, time.monotonic() + FRESH
        return self._wanted

    def doubt(self) -> None:
        """Something was refused: it is looked up anew before the next use."""
        self._known_until = 0.0

    def refused(self) -> None:
        """The bot may not make topics, whatever was looked up: there are none for a while."""
        if self._wanted:
            self._missing_right()
        self._wanted, self._known_until = False, time.monotonic() + FRESH

    async def _look_up(self) -> bool:
        group = await self._bot.get_chat(self._chat.id)
        if not group.is_forum:
            return False
        me = await self._bot.get_chat_member(self._chat.id, own_id(self._bot))
        may = isinstance(me, ChatMemberOwner) or (isinstance(me, ChatMemberAdministrator) and me.can_manage_topics)
        if not may and self._wanted is not False:
            self._missing_right()
        return bool(may)

    def _missing_right(self) -> None:
        log.error("group.right_missing", right="can_manage_topics", hint="cards are shown without topics")


def own_id(bot: Bot) -> int:
    """The bot's own id, which its token begins with."""
    return int(bot.token.partition(":")[0])
