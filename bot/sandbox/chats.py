"""The citizens and their chats with the bot: what they write, tap and see."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.sandbox.entities import TEXT_LIMIT, in_parts, units
from bot.sandbox.markup import found
from bot.sandbox.messages import Messages
from bot.sandbox.news import News
from bot.sandbox.people import Citizen, Refused, Stored
from bot.sandbox.records import Records
from bot.sandbox.updates import Updates

NAME_LIMIT = 64
# Above 32 bits, as many of Telegram's ids are.
FIRST_CITIZEN = 5_000_000_000
CITIZENS = 2_000_000_000


class Chats:
    """Every chat. What citizens do becomes an update in the same transaction."""

    def __init__(
        self,
        records: Records,
        messages: Messages,
        updates: Updates,
        news: News,
        bot: Mapping[str, Any],
        clock: Callable[[], datetime],
    ) -> None:
        self._records = records
        self._messages = messages
        self._updates = updates
        self._news = news
        self._bot = dict(bot)
        self._clock = clock

    # -- citizens

    def citizens(self) -> list[Citizen]:
        rows = self._records.rows("SELECT id, name, language, wrote, blocked FROM citizens ORDER BY place")
        return [_citizen(row) for row in rows]

    def citizen(self, chat_id: int) -> Citizen | None:
        row = self._records.row("SELECT id, name, language, wrote, blocked FROM citizens WHERE id = ?", chat_id)
        return None if row is None else _citizen(row)

    def named(self, name: str) -> Citizen | None:
        row = self._records.row("SELECT id, name, language, wrote, blocked FROM citizens WHERE name = ?", name)
        return None if row is None else _citizen(row)

    def meet(self, name: str, language: str | None = None) -> Citizen:
        """The citizen of this name, made if unknown; a language given is theirs from now on. Raises Refused."""
        _check_name(name)
        known = self.named(name)
        with self._records.transaction():
            if known is None:
                self._records.insert(
                    "INSERT INTO citizens (id, name, language) VALUES (?, ?, ?)",
                    self._free_id(name),
                    name,
                    language or "de",
                )
            elif language and language != known.language:
                self._records.change("UPDATE citizens SET language = ? WHERE id = ?", language, known.id)
        self._news.changed()
        met = self.named(name)
        assert met is not None
        return met

    def person(self, name: str) -> Citizen:
        """Who has this name, even if they never wrote to the bot. Raises Refused."""
        _check_name(name)
        return self.named(name) or Citizen(self._free_id(name), name, "de", wrote=False, blocked=False)

    def block(self, name: str, blocked: bool) -> Citizen:
        """Let the citizen block or unblock the bot. Raises Refused for an unknown name."""
        citizen = self._known(name)
        if citizen.blocked != blocked:
            with self._records.transaction():
                self._records.change("UPDATE citizens SET blocked = ? WHERE id = ?", int(blocked), citizen.id)
                self._updates.add("my_chat_member", self._membership(citizen, blocked))
            self._news.changed()
        return self._known(name)

    # -- what citizens do

    def write(self, name: str, text: str, language: str | None, reply_to: int | None) -> Stored:
        """A citizen sends a text; a long one goes as several messages, as Telegram's apps do it. The first of them."""
        if not text.strip():
            raise Refused(400, "text must not be empty.")
        if reply_to is not None:
            self._message_of(self._known(name), reply_to)
        with self._records.transaction():
            citizen = self.meet(name, language)
            if citizen.blocked:
                raise Refused(409, f"{name} has blocked the bot; unblock it first.")
            self._records.change("UPDATE citizens SET wrote = 1 WHERE id = ?", citizen.id)
            written = [self._write_part(citizen, part, reply_to) for part in in_parts(text.strip())]
        self._news.changed()
        return written[0]

    def send(self, name: str, contents: Sequence[Mapping[str, Any]], reply_to: int | None) -> list[Stored]:
        """A citizen sends messages that are no mere text. `contents`: what the Message object of each holds."""
        more = {} if reply_to is None else {"reply_to_message": self._message_of(self._known(name), reply_to).quoted}
        with self._records.transaction():
            citizen = self.meet(name)
            if citizen.blocked:
                raise Refused(409, f"{name} has blocked the bot; unblock it first.")
            self._records.change("UPDATE citizens SET wrote = 1 WHERE id = ?", citizen.id)
            sent = [self.post(citizen, "citizen", dict(content) | more) for content in contents]
            for message in sent:
                self._updates.add("message", message.body)
        self._news.changed()
        return sent

    def rewrite(self, name: str, message_id: int, text: str) -> Stored:
        """A citizen edits a message of theirs."""
        citizen = self._known(name)
        message = self._message_of(citizen, message_id)
        if message.author != "citizen" or not text.strip() or units(text.strip()) > TEXT_LIMIT:
            raise Refused(400, "Only an own message can be edited, into a text of 1 to 4096 characters.")
        with self._records.transaction():
            body = dict(message.body) | {"text": text.strip(), "edit_date": self.now()}
            body |= {"entities": found(text.strip())}
            changed = self._messages.replace(message, body)
            self._updates.add("edited_message", changed.body)
        self._news.changed()
        return changed

    def tap(self, name: str, message_id: int, data: str) -> str:
        """A citizen taps a button; the id of the query. Raises Refused when there is no such button."""
        citizen = self._known(name)
        message = self._message_of(citizen, message_id)
        if message.author != "bot" or not message.has_button(data):
            raise Refused(404, f"Message {message_id} has no button with the data {data!r}.")
        if citizen.blocked:
            raise Refused(409, f"{name} has blocked the bot; unblock it first.")
        with self._records.transaction():
            number = self._records.insert(
                "INSERT INTO taps (citizen, at) VALUES (?, ?)", citizen.id, self._clock().timestamp()
            )
            query = {"id": str(number), "from": citizen.user, "message": message.body, "data": data}
            self._updates.add("callback_query", query | {"chat_instance": str(citizen.id)})
        self._news.changed()
        return str(number)

    # -- messages

    def messages(self, name: str) -> list[Stored]:
        """The chat with this citizen, oldest first; empty for an unknown name."""
        citizen = self.named(name)
        if citizen is None:
            return []
        return self._messages.of(citizen.id)

    def post(self, citizen: Citizen, author: str, content: Mapping[str, Any]) -> Stored:
        """Put a message into a chat. `content`: what its Message object holds besides sender, chat and date."""
        sender = citizen.user if author == "citizen" else self._bot
        body = {"from": sender, "chat": citizen.chat, "date": self.now()}
        return self._messages.add(citizen.id, author, body | dict(content))

    def now(self) -> int:
        return int(self._clock().timestamp())

    # -- inside

    def _write_part(self, citizen: Citizen, text: str, reply_to: int | None) -> Stored:
        content: dict[str, Any] = {"text": text, "entities": found(text)}
        if reply_to is not None:
            content["reply_to_message"] = self._message_of(citizen, reply_to).quoted
        posted = self.post(citizen, "citizen", content)
        self._updates.add("message", posted.body)
        return posted

    def _known(self, name: str) -> Citizen:
        citizen = self.named(name)
        if citizen is None:
            raise Refused(404, f"There is no citizen named {name}; the first message makes one.")
        return citizen

    def _message_of(self, citizen: Citizen, message_id: int) -> Stored:
        message = self._messages.one(citizen.id, message_id)
        if message is None:
            raise Refused(404, f"There is no message {message_id} in the chat of {citizen.name}.")
        return message

    def _free_id(self, name: str) -> int:
        """The same name has the same id in every run."""
        number = FIRST_CITIZEN + int.from_bytes(hashlib.sha256(name.encode()).digest()[:6], "big") % CITIZENS
        while self.citizen(number) is not None:
            number += 1
        return number

    def _membership(self, citizen: Citizen, blocked: bool) -> dict[str, Any]:
        member = {"user": self._bot, "status": "member"}
        banned = {"user": self._bot, "status": "kicked", "until_date": 0}
        old, new = (member, banned) if blocked else (banned, member)
        change = {"chat": citizen.chat, "from": citizen.user, "date": self.now()}
        return change | {"old_chat_member": old, "new_chat_member": new}


def _check_name(name: str) -> None:
    try:
        name.encode()
    except UnicodeEncodeError as error:
        raise Refused(400, "The name is not valid Unicode.") from error
    if not name.strip() or len(name) > NAME_LIMIT:
        raise Refused(400, f"A name has 1 to {NAME_LIMIT} characters.")


def _citizen(row: Sequence[Any]) -> Citizen:
    return Citizen(int(row[0]), str(row[1]), str(row[2]), bool(row[3]), bool(row[4]))
