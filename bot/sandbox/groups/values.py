"""Groups, their members and their topics, as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

GROUP = "group"
SUPERGROUP = "supergroup"
# What an administrator may be allowed to do, in the order of Telegram's documentation.
RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_pin_messages",
    "can_manage_topics",
    "can_send_welcome_messages",
)
USUAL_RIGHTS = frozenset({"can_manage_chat", "can_delete_messages", "can_pin_messages", "can_manage_topics"})
# What a message of no one's words tells, and where its word for it stands.
SERVICES = {
    "new_chat_members": "first_name",
    "left_chat_member": "first_name",
    "forum_topic_created": "name",
    "forum_topic_edited": "name",
    "forum_topic_closed": "",
    "forum_topic_reopened": "",
    "pinned_message": "text",
    "migrate_to_chat_id": "",
    "migrate_from_chat_id": "",
}


class Status(StrEnum):
    """What somebody is in a group."""

    CREATOR = "creator"
    ADMINISTRATOR = "administrator"
    MEMBER = "member"
    LEFT = "left"
    KICKED = "kicked"

    @property
    def is_inside(self) -> bool:
        return self in (Status.CREATOR, Status.ADMINISTRATOR, Status.MEMBER)


@dataclass(frozen=True, slots=True)
class Group:
    """A chat of several people. `bot`: what the bot is there; `moved_to`: the supergroup that it has become."""

    id: int
    title: str
    kind: str
    is_forum: bool
    bot: Status
    rights: frozenset[str]
    moved_to: int | None
    pinned: int | None

    @property
    def chat(self) -> dict[str, Any]:
        """Telegram's Chat object."""
        chat = {"id": self.id, "title": self.title, "type": self.kind}
        return chat | ({"is_forum": True} if self.is_forum else {})

    def lets_bot(self, right: str) -> bool:
        return self.bot is Status.ADMINISTRATOR and right in self.rights


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who is or was in a group."""

    user: Mapping[str, Any]
    status: Status

    @property
    def name(self) -> str:
        return str(self.user["first_name"])

    def as_json(self) -> dict[str, Any]:
        """The driver's form."""
        return {"id": self.user["id"], "name": self.name, "status": str(self.status)}


@dataclass(frozen=True, slots=True)
class Topic:
    """A thread of a forum; its id is that of the message that tells of its creation."""

    id: int
    name: str
    color: int
    creator: int
    is_closed: bool

    def as_json(self) -> dict[str, Any]:
        """The driver's form."""
        return {"id": self.id, "name": self.name, "closed": self.is_closed}


def chat_member(user: Mapping[str, Any], status: Status, rights: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Telegram's ChatMember object."""
    member: dict[str, Any] = {"user": dict(user), "status": str(status)}
    if status is Status.CREATOR:
        member["is_anonymous"] = False
    if status is Status.ADMINISTRATOR:
        member |= {"can_be_edited": False, "is_anonymous": False} | {right: right in rights for right in RIGHTS}
    if status is Status.KICKED:
        member["until_date"] = 0
    return member


def service_of(body: Mapping[str, Any]) -> dict[str, str] | None:
    """What a service message tells, for the driver; None of a message that somebody wrote."""
    for kind, word in SERVICES.items():
        if kind in body:
            told = body[kind] if isinstance(body[kind], list) else [body[kind]]
            about = ", ".join(str(one.get(word, "")) for one in told if isinstance(one, dict))
            return {"kind": kind, "about": about}
    return None
