"""The messages of every chat, stored by chat and number."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot.sandbox.news import News
from bot.sandbox.people import Stored
from bot.sandbox.records import Records


class Messages:
    """Telegram's Message objects. Chats with one person share one row of numbers, every group has its own."""

    def __init__(self, records: Records, news: News) -> None:
        self._records = records
        self._news = news

    def of(self, chat: int) -> list[Stored]:
        """A chat, oldest first."""
        sql = "SELECT id, number, author, body, reactions FROM messages WHERE chat = ? ORDER BY id"
        return [_stored(row) for row in self._records.rows(sql, chat)]

    def one(self, chat: int, number: int) -> Stored | None:
        sql = "SELECT id, number, author, body, reactions FROM messages WHERE chat = ? AND number = ?"
        row = self._records.row(sql, chat, number)
        return None if row is None else _stored(row)

    def add(self, chat: int, author: str, body: Mapping[str, Any], number: int | None = None) -> Stored:
        """Store a Message object that lacks its id; without `number` it gets the next of all private chats."""
        with self._records.transaction():
            place = self._records.insert("INSERT INTO messages (chat, author) VALUES (?, ?)", chat, author)
            number = place if number is None else number
            self._records.change("UPDATE messages SET number = ? WHERE id = ?", number, place)
            return self.replace(Stored(number, author, {}, (), place), {"message_id": number, **body})

    def replace(self, message: Stored, body: Mapping[str, Any]) -> Stored:
        """Store another Message object for this message."""
        body = {key: value for key, value in body.items() if value not in (None, [])}
        self._records.change("UPDATE messages SET body = ? WHERE id = ?", json.dumps(body), message.place)
        self._news.changed()
        return Stored(message.id, message.author, body, message.reactions, message.place)

    def react(self, message: Stored, emojis: Sequence[str]) -> None:
        self._records.change("UPDATE messages SET reactions = ? WHERE id = ?", json.dumps(list(emojis)), message.place)
        self._news.changed()

    def delete(self, message: Stored) -> None:
        self._records.change("DELETE FROM messages WHERE id = ?", message.place)
        self._news.changed()

    def delete_thread(self, chat: int, thread: int) -> None:
        """Delete a topic's messages, the first one too."""
        for message in self.of(chat):
            if message.body.get("message_thread_id") == thread:
                self.delete(message)


def _stored(row: Sequence[Any]) -> Stored:
    return Stored(int(row[1]), str(row[2]), json.loads(row[3]), tuple(json.loads(row[4])), int(row[0]))
