"""Where groups, members and topics are kept."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from bot.sandbox.groups.values import SUPERGROUP, USUAL_RIGHTS, Group, Member, Status, Topic
from bot.sandbox.records import Records

# A supergroup's id begins with -100 and has ten digits more; a plain group's is small.
FIRST_SUPERGROUP = 1_001_000_000_000
FIRST_GROUP = 4_000_000_000
IDS = 900_000_000
# Found by one number, or listed in the order in which they were made.
ONE_GROUP = "SELECT id, title, kind, forum, bot, rights, moved_to, pinned FROM groups WHERE id = ?"
ALL_GROUPS = "SELECT id, title, kind, forum, bot, rights, moved_to, pinned FROM groups ORDER BY place"


class Groups:
    """Every group, by its id. Changes belong to the caller's transaction."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def all(self) -> list[Group]:
        return [_group(row) for row in self._records.rows(ALL_GROUPS)]

    def one(self, chat_id: int) -> Group | None:
        row = self._records.row(ONE_GROUP, chat_id)
        return None if row is None else _group(row)

    def add(self, title: str, kind: str, *, is_forum: bool) -> Group:
        """A group that the bot is not in yet, under a free id; the first of a title has the same id in every run."""
        first = FIRST_SUPERGROUP if kind == SUPERGROUP else FIRST_GROUP
        number = -first - int.from_bytes(hashlib.sha256(title.encode()).digest()[:6], "big") % IDS
        while self.one(number) is not None:
            number -= 1
        self._records.insert(
            "INSERT INTO groups (id, title, kind, forum, bot, rights) VALUES (?, ?, ?, ?, ?, '[]')",
            number,
            title,
            kind,
            int(is_forum),
            str(Status.LEFT),
        )
        return self._known(number)

    def place_bot(self, group: Group, status: Status, rights: Iterable[str] = USUAL_RIGHTS) -> Group:
        """The group in which the bot is this from now on."""
        allowed = sorted(rights) if status is Status.ADMINISTRATOR else []
        self._records.change(
            "UPDATE groups SET bot = ?, rights = ? WHERE id = ?", str(status), json.dumps(allowed), group.id
        )
        return self._known(group.id)

    def move(self, group: Group, to: Group) -> None:
        """The group has become another one, with the same people and the bot as it was."""
        self._records.change("UPDATE groups SET moved_to = ? WHERE id = ?", to.id, group.id)
        for member in self.members(group):
            self.place(to, member)
        self.place_bot(to, group.bot, group.rights)

    def pin(self, group: Group, number: int | None) -> None:
        self._records.change("UPDATE groups SET pinned = ? WHERE id = ?", number, group.id)

    def next_number(self, group: Group) -> int:
        """The id of the group's next message; none is given twice."""
        self._records.change("UPDATE groups SET last_message = last_message + 1 WHERE id = ?", group.id)
        return self._records.count("SELECT last_message FROM groups WHERE id = ?", group.id)

    # -- members

    def members(self, group: Group) -> list[Member]:
        """Who is or was there, in the order of joining."""
        sql = "SELECT user, name, status FROM members WHERE chat = ? ORDER BY rowid"
        return [_member(row) for row in self._records.rows(sql, group.id)]

    def member(self, group: Group, user_id: int) -> Member | None:
        sql = "SELECT user, name, status FROM members WHERE chat = ? AND user = ?"
        row = self._records.row(sql, group.id, user_id)
        return None if row is None else _member(row)

    def named(self, group: Group, name: str) -> Member | None:
        sql = "SELECT user, name, status FROM members WHERE chat = ? AND name = ?"
        row = self._records.row(sql, group.id, name)
        return None if row is None else _member(row)

    def place(self, group: Group, member: Member) -> None:
        """Somebody is this in the group from now on."""
        self._records.change(
            "INSERT INTO members (chat, user, name, status) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (chat, user) DO UPDATE SET status = excluded.status",
            group.id,
            member.user["id"],
            member.name,
            str(member.status),
        )

    # -- topics

    def topics(self, group: Group) -> list[Topic]:
        sql = "SELECT id, name, color, creator, closed FROM topics WHERE chat = ? ORDER BY id"
        return [_topic(row) for row in self._records.rows(sql, group.id)]

    def topic(self, group: Group, thread: int) -> Topic | None:
        return next((one for one in self.topics(group) if one.id == thread), None)

    def keep_topic(self, group: Group, topic: Topic) -> None:
        """The topic is like this from now on."""
        self._records.change(
            "INSERT OR REPLACE INTO topics (chat, id, name, color, creator, closed) VALUES (?, ?, ?, ?, ?, ?)",
            group.id,
            topic.id,
            topic.name,
            topic.color,
            topic.creator,
            int(topic.is_closed),
        )

    def drop_topic(self, group: Group, thread: int) -> None:
        self._records.change("DELETE FROM topics WHERE chat = ? AND id = ?", group.id, thread)

    def _known(self, chat_id: int) -> Group:
        found = self.one(chat_id)
        assert found is not None
        return found


def _group(row: Sequence[Any]) -> Group:
    rights = frozenset(str(one) for one in json.loads(row[5]))
    return Group(int(row[0]), str(row[1]), str(row[2]), bool(row[3]), Status(row[4]), rights, row[6], row[7])


def _member(row: Sequence[Any]) -> Member:
    user = {"id": int(row[0]), "is_bot": False, "first_name": str(row[1]), "language_code": "de"}
    return Member(user, Status(row[2]))


def _topic(row: Sequence[Any]) -> Topic:
    return Topic(int(row[0]), str(row[1]), int(row[2]), int(row[3]), bool(row[4]))
