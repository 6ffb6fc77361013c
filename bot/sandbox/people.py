"""Citizens and the messages in their chats, as values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.sandbox.kinds import kind_of


class Refused(Exception):
    """The driver asked for something that cannot be. `str()` is a sentence; `status` the HTTP code."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True, slots=True)
class Citizen:
    """Somebody with a Telegram account. `wrote`: the bot may write, since they wrote first."""

    id: int
    name: str
    language: str
    wrote: bool
    blocked: bool

    @property
    def user(self) -> dict[str, Any]:
        return {"id": self.id, "is_bot": False, "first_name": self.name, "language_code": self.language}

    @property
    def chat(self) -> dict[str, Any]:
        return {"id": self.id, "first_name": self.name, "type": "private"}

    def as_json(self) -> dict[str, Any]:
        return {"id": self.id, "name": self.name, "language": self.language, "blocked": self.blocked}


@dataclass(frozen=True, slots=True)
class Stored:
    """A message of a chat: Telegram's Message object, who wrote it, the bot's reactions to it, and its row."""

    id: int
    author: str
    body: Mapping[str, Any]
    reactions: Sequence[str]
    place: int

    @property
    def buttons(self) -> list[list[dict[str, Any]]]:
        keyboard = self.body.get("reply_markup", {}).get("inline_keyboard", [])
        return [[_button(one) for one in row] for row in keyboard]

    @property
    def quoted(self) -> dict[str, Any]:
        """As it stands in a message that answers it."""
        return {key: value for key, value in self.body.items() if key != "reply_to_message"}

    def has_button(self, data: str) -> bool:
        return any(one["data"] == data and "url" not in one for row in self.buttons for one in row)

    def as_json(self) -> dict[str, Any]:
        """The driver's form."""
        moment = datetime.fromtimestamp(self.body["date"], UTC)
        return {
            "id": self.id,
            "from": self.author,
            "text": self.body.get("text") or self.body.get("caption") or "",
            "buttons": self.buttons,
            "date": moment.isoformat(),
            "edited": "edit_date" in self.body,
            "entities": self.body.get("entities") or self.body.get("caption_entities", []),
            "reply_to": self.body.get("reply_to_message", {}).get("message_id"),
            "reactions": list(self.reactions),
            "file": self._file(),
            "thing": kind_of(self.body),
        }

    def _file(self) -> dict[str, Any] | None:
        """The driver's form of the picture or document that it carries."""
        photo = self.body.get("photo")
        # What moves is a document, too, for apps that know nothing else.
        document = None if "animation" in self.body else self.body.get("document")
        if photo:
            size = {"width": photo[-1]["width"], "height": photo[-1]["height"]}
            return {"id": photo[-1]["file_id"], "name": "Bild", "is_photo": True, **size}
        if document:
            size = {"size": document["file_size"]}
            return {"id": document["file_id"], "name": document["file_name"], "is_photo": False, **size}
        return None


def _button(given: Mapping[str, Any]) -> dict[str, Any]:
    button = {"text": given["text"], "data": given.get("callback_data", "")}
    return button | ({"url": given["url"]} if "url" in given else {})
