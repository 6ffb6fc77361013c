"""Finds the chat that a call of the Bot API names, and says whether the bot may speak there."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from bot.sandbox.chats import Chats
from bot.sandbox.groups.records import Groups
from bot.sandbox.groups.talk import Talk
from bot.sandbox.groups.values import Group, Status, Topic
from bot.sandbox.messages import Messages
from bot.sandbox.params import ApiError, Params, bad_request
from bot.sandbox.people import Citizen, Stored

Room: TypeAlias = Citizen | Group
GENERAL = 1


class Rooms:
    """Chats with citizens and groups alike. Every method raises ApiError in Telegram's words."""

    def __init__(self, chats: Chats, groups: Groups, talk: Talk, messages: Messages) -> None:
        self._chats = chats
        self._groups = groups
        self._talk = talk
        self._messages = messages

    def named(self, params: Params) -> Room:
        """The chat of this call; a group only while the bot is in it."""
        if not params.has("chat_id"):
            raise bad_request("chat_id is empty")
        number = params.integer("chat_id")
        room = self._chats.citizen(number) or self._groups.one(number)
        if room is None:
            raise bad_request("chat not found")
        if isinstance(room, Group):
            _check_membership(room)
        return room

    def addressee(self, params: Params) -> Room:
        """The chat of this call, if the bot may write there now."""
        room = self.named(params)
        if isinstance(room, Citizen):
            if room.blocked:
                raise ApiError(403, "Forbidden: bot was blocked by the user")
            if not room.wrote:
                raise ApiError(403, "Forbidden: bot can't initiate conversation with a user")
        return room

    def forum(self, params: Params) -> Group:
        """The group with topics of this call."""
        room = self.named(params)
        if not isinstance(room, Group) or not room.is_forum:
            raise bad_request("the chat is not a forum")
        return room

    def thread(self, params: Params, room: Room, answered: Mapping[str, Any] | None) -> int | None:
        """The topic that a new message goes to: the one named, else that of the message it answers."""
        if not isinstance(room, Group) or not room.is_forum:
            return None
        number = params.integer("message_thread_id")
        if not number:
            is_in_topic = answered is not None and answered.get("is_topic_message")
            number = answered["message_thread_id"] if answered and is_in_topic else 0
        return self._open_topic(room, number).id if number else None

    def message(self, params: Params, verb: str) -> Stored:
        """The message of this call, which is about to be edited, deleted, …"""
        room = self.named(params)
        if not params.has("message_id"):
            raise bad_request("message identifier is not specified")
        message = self._messages.one(room.id, params.integer("message_id"))
        if message is None:
            raise bad_request(f"message to {verb} not found")
        return message

    def answered(self, params: Params, room: Room) -> Mapping[str, Any] | None:
        """The message that a new one answers."""
        wanted = params.structure("reply_parameters") or {}
        if not isinstance(wanted, dict):
            raise bad_request("object expected as reply parameters")
        number = wanted.get("message_id") or params.integer("reply_to_message_id")
        if not number:
            return None
        is_number = isinstance(number, int) and abs(number) < 2**53
        message = self._messages.one(room.id, number) if is_number else None
        if message is not None:
            return message.quoted
        if wanted.get("allow_sending_without_reply") or params.flag("allow_sending_without_reply"):
            return None
        raise bad_request("message to be replied not found")

    def name_of(self, user: int, chat: int | None) -> str:
        """Whose id this is; `chat` names the group in which they are known."""
        group = None if chat is None else self._groups.one(chat)
        person = self._chats.citizen(user) if group is None else self._groups.member(group, user)
        return "" if person is None else person.name

    def post(self, room: Room, content: Mapping[str, Any], thread: int | None) -> Stored:
        """The bot says this."""
        if isinstance(room, Citizen):
            return self._chats.post(room, "bot", content)
        return self._talk.from_bot(room, content, thread)

    def _open_topic(self, group: Group, number: int) -> Topic:
        topic = self._groups.topic(group, number)
        if topic is None or number == GENERAL:
            raise bad_request("message thread not found")
        if topic.is_closed and topic.creator != self._talk.bot["id"] and not group.lets_bot("can_manage_topics"):
            raise bad_request("TOPIC_CLOSED")
        return topic


def _check_membership(group: Group) -> None:
    if group.moved_to is not None:
        moved = {"migrate_to_chat_id": group.moved_to}
        raise ApiError(400, "Bad Request: group chat was upgraded to a supergroup chat", moved)
    if group.bot is Status.KICKED:
        raise ApiError(403, f"Forbidden: bot was kicked from the {group.kind} chat")
    if not group.bot.is_inside:
        raise ApiError(403, f"Forbidden: bot is not a member of the {group.kind} chat")
