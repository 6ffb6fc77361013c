"""What people do with a group: make it, come and go, write, tap, delete topics, turn it into a supergroup."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.sandbox.chats import Chats
from bot.sandbox.entities import TEXT_LIMIT, in_parts, units
from bot.sandbox.groups.records import Groups
from bot.sandbox.groups.talk import MEMBER, Talk
from bot.sandbox.groups.values import SUPERGROUP, USUAL_RIGHTS, Group, Member, Status, Topic, chat_member
from bot.sandbox.markup import found
from bot.sandbox.messages import Messages
from bot.sandbox.news import News
from bot.sandbox.people import Refused, Stored
from bot.sandbox.records import Records
from bot.sandbox.updates import Updates

TITLE_LIMIT = 128
FIRST_COLOR = 7322096


class Crowd:
    """The members of every group at work. Each method is one transaction and raises Refused with a sentence."""

    def __init__(
        self,
        records: Records,
        messages: Messages,
        groups: Groups,
        talk: Talk,
        chats: Chats,
        updates: Updates,
        news: News,
    ) -> None:
        self._records = records
        self._messages = messages
        self._groups = groups
        self._talk = talk
        self._chats = chats
        self._updates = updates
        self._news = news

    # -- groups

    def make(self, title: str, kind: str, names: Sequence[str], bot: Status, *, is_forum: bool) -> Group:
        """A new group of these people, the first of whom is its creator and brings the bot along."""
        title = _checked(title, "title")
        if not names:
            raise Refused(400, "members must name at least one person: the creator.")
        people = [self._chats.person(name) for name in names]
        with self._records.transaction():
            group = self._groups.add(title, kind, is_forum=is_forum)
            for place, person in enumerate(people):
                status = Status.MEMBER if place else Status.CREATOR
                self._groups.place(group, Member(person.user, status))
            group = self.place_bot(group.id, bot)
        self._news.changed()
        return group

    def place_bot(self, chat_id: int, status: Status, rights: Sequence[str] | None = None) -> Group:
        """Make the bot this in the group: add, promote, demote or remove it."""
        group = self.group(chat_id)
        allowed = frozenset(USUAL_RIGHTS if rights is None else rights)
        with self._records.transaction():
            placed = self._groups.place_bot(group, status, allowed)
            change = {
                "old_chat_member": chat_member(self._talk.bot, group.bot, group.rights),
                "new_chat_member": chat_member(self._talk.bot, placed.bot, placed.rights),
            }
            if change["old_chat_member"] != change["new_chat_member"]:
                self._updates.add("my_chat_member", self._about(placed) | change)
            if placed.bot.is_inside and not group.bot.is_inside:
                self._talk.tell(placed, self._creator(placed), {"new_chat_members": [dict(self._talk.bot)]})
        self._news.changed()
        return placed

    def upgrade(self, chat_id: int) -> Group:
        """Turn a plain group into a supergroup; the new one. The old id only tells the new one from now on."""
        old = self.group(chat_id)
        if old.kind == SUPERGROUP:
            raise Refused(409, f"{old.title} is a supergroup already.")
        with self._records.transaction():
            new = self._groups.add(old.title, SUPERGROUP, is_forum=False)
            self._groups.move(old, new)
            new = self.group(new.id)
            self._talk.tell(old, self._creator(old), {"migrate_to_chat_id": new.id})
            self._talk.tell(new, self._creator(new), {"migrate_from_chat_id": old.id})
        self._news.changed()
        return new

    def group(self, chat_id: int) -> Group:
        """The group of this id, unless it has moved."""
        group = self._groups.one(chat_id)
        if group is None:
            raise Refused(404, f"There is no group {chat_id}.")
        if group.moved_to is not None:
            raise Refused(409, f"Group {chat_id} has become the supergroup {group.moved_to}.")
        return group

    # -- members

    def join(self, chat_id: int, name: str) -> Member:
        """Add somebody, again too."""
        group = self.group(chat_id)
        member = Member(self._chats.person(name).user, Status.MEMBER)
        before = self._groups.named(group, name)
        if before is not None and before.status.is_inside:
            return before
        with self._records.transaction():
            self._turn(group, before or replace(member, status=Status.LEFT), member)
            self._talk.tell(group, self._creator(group), {"new_chat_members": [member.user]})
        self._news.changed()
        return member

    def leave(self, chat_id: int, name: str, status: Status = Status.LEFT) -> Member:
        """Somebody leaves, or is thrown out."""
        group = self.group(chat_id)
        before = self._inside(group, name)
        with self._records.transaction():
            after = replace(before, status=status)
            self._turn(group, before, after)
            self._talk.tell(group, before.user, {"left_chat_member": before.user})
        self._news.changed()
        return after

    # -- what they do

    def write(self, chat_id: int, name: str, text: str, reply_to: int | None, thread: int | None) -> Stored:
        """A member writes; a long text goes as several messages. The first of them."""
        group = self.group(chat_id)
        member = self._inside(group, name)
        if not text.strip():
            raise Refused(400, "text must not be empty.")
        answered = None if reply_to is None else self._message(group, reply_to)
        if answered is not None and thread is None and answered.body.get("is_topic_message"):
            thread = answered.body["message_thread_id"]
        self._check_thread(group, member, thread)
        more = {"reply_to_message": answered.quoted} if answered else {}
        with self._records.transaction():
            written = [
                self._talk.from_member(group, member, {"text": part, "entities": found(part), **more}, thread)
                for part in in_parts(text.strip())
            ]
        self._news.changed()
        return written[0]

    def rewrite(self, chat_id: int, name: str, number: int, text: str) -> Stored:
        """A member edits a message of theirs."""
        group, text = self.group(chat_id), text.strip()
        member, message = self._inside(group, name), self._message(group, number)
        if message.author != MEMBER or message.body["from"]["id"] != member.user["id"]:
            raise Refused(400, f"Message {number} is not by {name}.")
        if not 1 <= units(text) <= TEXT_LIMIT:
            raise Refused(400, f"A text has 1 to {TEXT_LIMIT} characters.")
        with self._records.transaction():
            body = dict(message.body) | {"text": text, "entities": found(text), "edit_date": self._talk.now()}
            changed = self._messages.replace(message, body)
            if self._talk.hears(group, changed):
                self._updates.add("edited_message", changed.body)
        return changed

    def remove(self, chat_id: int, number: int) -> None:
        """Somebody deletes a message. No update tells the bot of it."""
        self._messages.delete(self._message(self.group(chat_id), number))

    def tap(self, chat_id: int, name: str, number: int, data: str, *, force: bool) -> str:
        """A member taps a button; the id of the query. With `force`, somebody who has left may do it too."""
        group = self.group(chat_id)
        member = self._groups.named(group, name) if force else self._inside(group, name)
        message = self._message(group, number)
        if member is None or not message.has_button(data):
            raise Refused(404, f"Message {number} has no button with the data {data!r}, or there is no {name}.")
        if not group.bot.is_inside:
            raise Refused(409, f"The bot is not in {group.title}.")
        with self._records.transaction():
            sql = "INSERT INTO taps (citizen, chat, at) VALUES (?, ?, ?)"
            tap = str(self._records.insert(sql, member.user["id"], group.id, self._talk.now()))
            query = {"id": tap, "from": member.user, "message": message.body, "data": data}
            self._updates.add("callback_query", query | {"chat_instance": str(group.id)})
        self._news.changed()
        return tap

    def open_topic(self, chat_id: int, name: str, title: str) -> Topic:
        """A member begins a topic."""
        group = self.group(chat_id)
        member = self._inside(group, name)
        if not group.is_forum:
            raise Refused(409, f"{group.title} has no topics.")
        with self._records.transaction():
            told = self._talk.open_topic(group, member.user, _checked(title, "title"), FIRST_COLOR)
            topic = Topic(told.id, title.strip(), FIRST_COLOR, member.user["id"], is_closed=False)
            self._groups.keep_topic(group, topic)
        self._news.changed()
        return topic

    def delete_topic(self, chat_id: int, thread: int) -> None:
        """Somebody deletes a topic and all its messages. No update tells the bot of it."""
        group = self.group(chat_id)
        if self._groups.topic(group, thread) is None:
            raise Refused(404, f"There is no topic {thread} in {group.title}.")
        with self._records.transaction():
            self._groups.drop_topic(group, thread)
            self._messages.delete_thread(group.id, thread)
        self._news.changed()

    # -- inside

    def _turn(self, group: Group, before: Member, after: Member) -> None:
        self._groups.place(group, after)
        if group.bot is Status.ADMINISTRATOR:
            change = {
                "old_chat_member": chat_member(before.user, before.status),
                "new_chat_member": chat_member(after.user, after.status),
            }
            self._updates.add("chat_member", self._about(group) | change)

    def _about(self, group: Group) -> dict[str, Any]:
        return {"chat": group.chat, "from": self._creator(group), "date": self._talk.now()}

    def _creator(self, group: Group) -> dict[str, Any]:
        return dict(self._groups.members(group)[0].user)

    def _inside(self, group: Group, name: str) -> Member:
        member = self._groups.named(group, name)
        if member is None or not member.status.is_inside:
            raise Refused(404, f"{name} is not in {group.title}.")
        return member

    def _message(self, group: Group, number: int) -> Stored:
        message = self._messages.one(group.id, number)
        if message is None:
            raise Refused(404, f"There is no message {number} in {group.title}.")
        return message

    def _check_thread(self, group: Group, member: Member, thread: int | None) -> None:
        topic = None if thread is None else self._groups.topic(group, thread)
        if thread is not None and topic is None:
            raise Refused(404, f"There is no topic {thread} in {group.title}.")
        if topic is not None and topic.is_closed and member.status is Status.MEMBER:
            raise Refused(409, f"The topic {topic.name} is closed.")


def _checked(text: str, name: str) -> str:
    if not 1 <= len(text.strip()) <= TITLE_LIMIT:
        raise Refused(400, f"{name} must have 1 to {TITLE_LIMIT} characters.")
    return text.strip()
