"""The methods about a group itself: its topics, its members, what is pinned."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.sandbox.entities import units
from bot.sandbox.groups.records import Groups
from bot.sandbox.groups.talk import Talk
from bot.sandbox.groups.values import Group, Member, Status, Topic, chat_member
from bot.sandbox.messages import Messages
from bot.sandbox.params import Params, bad_request
from bot.sandbox.people import Citizen
from bot.sandbox.records import Records
from bot.sandbox.rooms import Rooms

NAME_LIMIT = 128
COLORS = (7322096, 16766590, 13338331, 9367192, 16749490, 16478047)
PERMISSIONS = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)


class GroupMethods:
    """createForumTopic and its relatives, getChatMember and its relatives, pinChatMessage."""

    def __init__(self, records: Records, rooms: Rooms, groups: Groups, talk: Talk, messages: Messages) -> None:
        self._records = records
        self._rooms = rooms
        self._groups = groups
        self._talk = talk
        self._messages = messages

    def methods(self) -> Mapping[str, Callable[[Params], Any]]:
        return {
            "createforumtopic": self.create_topic,
            "editforumtopic": self.rename_topic,
            "closeforumtopic": lambda params: self._close(params, closed=True),
            "reopenforumtopic": lambda params: self._close(params, closed=False),
            "deleteforumtopic": self.delete_topic,
            "getchatmember": self.member,
            "getchatadministrators": self.administrators,
            "getchatmembercount": self.member_count,
            "pinchatmessage": self.pin,
            "unpinchatmessage": self.unpin,
            "leavechat": self.leave,
        }

    # -- topics

    def create_topic(self, params: Params) -> Mapping[str, Any]:
        group = self._rooms.forum(params)
        if not group.lets_bot("can_manage_topics"):
            raise bad_request("not enough rights to create a topic")
        name = _name(params)
        color = params.integer("icon_color") or COLORS[0]
        if color not in COLORS:
            raise bad_request("invalid icon color specified")
        with self._records.transaction():
            told = self._talk.open_topic(group, self._talk.bot, name, color)
            topic = Topic(told.id, name, color, self._talk.bot["id"], is_closed=False)
            self._groups.keep_topic(group, topic)
        return {"message_thread_id": topic.id, "name": name, "icon_color": color}

    def rename_topic(self, params: Params) -> bool:
        group, topic = self._topic(params, "can_manage_topics", "edit")
        if not params.has("name"):
            return True
        name = _name(params)
        if name == topic.name:
            raise bad_request("TOPIC_NOT_MODIFIED")
        self._alter(group, replace(topic, name=name), {"forum_topic_edited": {"name": name}})
        return True

    def delete_topic(self, params: Params) -> bool:
        group, topic = self._topic(params, "can_delete_messages", "delete")
        with self._records.transaction():
            self._groups.drop_topic(group, topic.id)
            self._messages.delete_thread(group.id, topic.id)
        return True

    def _close(self, params: Params, *, closed: bool) -> bool:
        group, topic = self._topic(params, "can_manage_topics", "close or open")
        if topic.is_closed == closed:
            raise bad_request("TOPIC_NOT_MODIFIED")
        news = "forum_topic_closed" if closed else "forum_topic_reopened"
        self._alter(group, replace(topic, is_closed=closed), {news: {}})
        return True

    def _alter(self, group: Group, topic: Topic, news: Mapping[str, Any]) -> None:
        with self._records.transaction():
            self._groups.keep_topic(group, topic)
            self._talk.tell(group, self._talk.bot, news, topic.id)

    def _topic(self, params: Params, right: str, verb: str) -> tuple[Group, Topic]:
        """The topic of a call, if the bot made it or has this right."""
        group = self._rooms.forum(params)
        topic = self._groups.topic(group, params.integer("message_thread_id"))
        if topic is None:
            raise bad_request("TOPIC_ID_INVALID")
        if topic.creator != self._talk.bot["id"] and not group.lets_bot(right):
            raise bad_request(f"not enough rights to {verb} the topic")
        return group, topic

    # -- members

    def member(self, params: Params) -> Mapping[str, Any]:
        room, user = self._rooms.named(params), params.integer("user_id")
        if user <= 0:
            raise bad_request("invalid user_id specified")
        if isinstance(room, Citizen):
            raise bad_request("method is available only for supergroups")
        if user == self._talk.bot["id"]:
            return chat_member(self._talk.bot, room.bot, room.rights)
        member = self._groups.member(room, user)
        if member is None:
            raise bad_request("PARTICIPANT_ID_INVALID")
        return _shown(member)

    def administrators(self, params: Params) -> list[Mapping[str, Any]]:
        """The creator and the administrators, without other bots: this one is listed, as Telegram does it."""
        group = self._group(params, "there are no administrators in the private chat")
        people = [one for one in self._groups.members(group) if one.status in (Status.CREATOR, Status.ADMINISTRATOR)]
        bot = [chat_member(self._talk.bot, group.bot, group.rights)] if group.bot is Status.ADMINISTRATOR else []
        return [*map(_shown, people), *bot]

    def member_count(self, params: Params) -> int:
        room = self._rooms.named(params)
        if isinstance(room, Citizen):
            return 2
        return sum(one.status.is_inside for one in self._groups.members(room)) + 1

    def leave(self, params: Params) -> bool:
        group = self._group(params, "chat not found")
        with self._records.transaction():
            self._talk.tell(group, self._talk.bot, {"left_chat_member": dict(self._talk.bot)})
            self._groups.place_bot(group, Status.LEFT)
        return True

    # -- what is pinned

    def pin(self, params: Params) -> bool:
        message = self._rooms.message(params, "pin")
        room = self._rooms.named(params)
        if isinstance(room, Citizen):
            return True
        self._check_pinning(room)
        with self._records.transaction():
            self._groups.pin(room, message.id)
            self._talk.tell(room, self._talk.bot, {"pinned_message": message.quoted}, _thread(message.body))
        return True

    def unpin(self, params: Params) -> bool:
        room = self._rooms.named(params)
        if isinstance(room, Group):
            self._check_pinning(room)
            self._groups.pin(room, None)
        return True

    def full_chat(self, group: Group) -> Mapping[str, Any]:
        """What getChat says of a group, besides what it says of every chat."""
        pinned = None if group.pinned is None else self._messages.one(group.id, group.pinned)
        more = {} if pinned is None else {"pinned_message": pinned.quoted}
        return group.chat | {"permissions": dict.fromkeys(PERMISSIONS, True)} | more

    def _check_pinning(self, group: Group) -> None:
        if not group.lets_bot("can_pin_messages"):
            raise bad_request("not enough rights to manage pinned messages in the chat")

    def _group(self, params: Params, refusal: str) -> Group:
        room = self._rooms.named(params)
        if not isinstance(room, Group):
            raise bad_request(refusal)
        return room


def _shown(member: Member) -> dict[str, Any]:
    return chat_member(member.user, member.status)


def _thread(body: Mapping[str, Any]) -> int | None:
    return body["message_thread_id"] if body.get("is_topic_message") else None


def _name(params: Params) -> str:
    """A topic's name. The server cuts a longer one; refused here, as the documentation allows 128 characters."""
    name = params.text("name").strip()
    if not name:
        raise bad_request("name must be non-empty")
    if units(name) > NAME_LIMIT:
        raise bad_request("topic name is too long")
    return name
