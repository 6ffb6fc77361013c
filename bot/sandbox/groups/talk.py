"""What is said in a group, and what of it the bot hears."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bot.sandbox.groups.records import Groups
from bot.sandbox.groups.values import SUPERGROUP, Group, Member, Status
from bot.sandbox.messages import Messages
from bot.sandbox.people import Stored
from bot.sandbox.updates import Updates

BOT = "bot"
MEMBER = "member"
SERVICE = "service"
_COMMAND = re.compile(r"/\w{1,32}(?:@(\w+))?(?!\w)")


class Talk:
    """Puts messages into groups. Updates belong to the same transaction, which is the caller's."""

    def __init__(
        self,
        messages: Messages,
        groups: Groups,
        updates: Updates,
        bot: Mapping[str, Any],
        clock: Callable[[], datetime],
    ) -> None:
        self._messages = messages
        self._groups = groups
        self._updates = updates
        self._bot = dict(bot)
        self._clock = clock

    @property
    def bot(self) -> Mapping[str, Any]:
        """Telegram's User object of the bot."""
        return self._bot

    def now(self) -> int:
        return int(self._clock().timestamp())

    def from_bot(self, group: Group, content: Mapping[str, Any], thread: int | None) -> Stored:
        """The bot says something. `content`: what its Message object holds besides sender, chat and date."""
        return self._add(group, BOT, self._bot, content, thread)

    def from_member(self, group: Group, member: Member, content: Mapping[str, Any], thread: int | None) -> Stored:
        """A member says something; the bot hears of it unless its privacy mode keeps it from that."""
        said = self._add(group, MEMBER, member.user, content, thread)
        if self.hears(group, said):
            self._updates.add("message", said.body)
        return said

    def tell(self, group: Group, by: Mapping[str, Any], news: Mapping[str, Any], thread: int | None = None) -> Stored:
        """A service message about what somebody did, the bot's own doings too: the bot always hears of it."""
        told = self._add(group, SERVICE, by, news, thread)
        self._notify(group, told)
        return told

    def open_topic(self, group: Group, by: Mapping[str, Any], name: str, color: int) -> Stored:
        """The service message with which a topic begins; its id is the topic's."""
        number = self._groups.next_number(group)
        body = self._head(group, by) | {"forum_topic_created": {"name": name, "icon_color": color}}
        body |= {"message_thread_id": number, "is_topic_message": True}
        told = self._messages.add(group.id, SERVICE, body, number)
        self._notify(group, told)
        return told

    def hears(self, group: Group, message: Stored) -> bool:
        """Whether Telegram shows the bot what a member wrote: everything to an administrator, else only what is
        meant for it.
        """
        if not group.bot.is_inside:
            return False
        answered = message.body.get("reply_to_message", {})
        is_answer = answered.get("from", {}).get("id") == self._bot["id"] and "forum_topic_created" not in answered
        return group.bot is Status.ADMINISTRATOR or is_answer or self._is_command(message.body.get("text", ""))

    def _is_command(self, text: str) -> bool:
        command = _COMMAND.match(text)
        return command is not None and command[1] in (None, self._bot["username"])

    def _notify(self, group: Group, told: Stored) -> None:
        if group.bot.is_inside:
            self._updates.add("message", told.body)

    def _add(
        self, group: Group, author: str, by: Mapping[str, Any], content: Mapping[str, Any], thread: int | None
    ) -> Stored:
        body = self._head(group, by) | self._threaded(group, content, thread) | dict(content)
        return self._messages.add(group.id, author, body, self._groups.next_number(group))

    def _head(self, group: Group, by: Mapping[str, Any]) -> dict[str, Any]:
        return {"from": dict(by), "chat": group.chat, "date": self.now()}

    def _threaded(self, group: Group, content: Mapping[str, Any], thread: int | None) -> dict[str, Any]:
        """The fields of the thread. In a topic, what answers nothing answers the topic's first message; without
        topics, whatever answers something is in the thread of that.
        """
        answered = content.get("reply_to_message")
        if thread is not None:
            root = self._messages.one(group.id, thread)
            implied = {"reply_to_message": root.body} if root is not None and not answered else {}
            return {"message_thread_id": thread, "is_topic_message": True, **implied}
        if answered and group.kind == SUPERGROUP and not group.is_forum:
            return {"message_thread_id": answered.get("message_thread_id") or answered["message_id"]}
        return {}
