"""What citizens send besides words: photos, albums, documents, voice messages and everything else Telegram has."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.sandbox.chats import Chats
from bot.sandbox.files import Files
from bot.sandbox.params import ApiError, Upload
from bot.sandbox.people import Refused, Stored

MOST_IN_AN_ALBUM = 10
# A file that nobody looks into.
_FILE = {"file_id": "sandboxthing", "file_unique_id": "thing", "file_size": 1000}
_CLIP = _FILE | {"duration": 3, "mime_type": "video/mp4"}
_SIZED = _CLIP | {"width": 320, "height": 320}
_PLACE = {"latitude": 49.4447, "longitude": 7.769}
_POLL = {
    "id": "1",
    "question": "?",
    "options": [{"text": text, "voter_count": 0, "persistent_id": text} for text in "ab"],
    "total_voter_count": 0,
    "is_closed": False,
    "members_only": False,
    "is_anonymous": True,
    "type": "regular",
    "allows_multiple_answers": False,
    "allows_revoting": False,
}  # fmt: skip
_PRICE = {"currency": "EUR", "total_amount": 100}
# By kind, what a Message object holds of it.
THINGS: Mapping[str, Mapping[str, Any]] = {
    "voice": {"voice": _FILE | {"duration": 3}},
    "audio": {"audio": _FILE | {"duration": 3}},
    "video": {"video": _SIZED},
    "video_note": {"video_note": _FILE | {"duration": 3, "length": 240}},
    "animation": {"animation": _SIZED, "document": _FILE | {"file_name": "giphy.mp4", "mime_type": "video/mp4"}},
    "sticker": {
        "sticker": _FILE
        | {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False, "emoji": "👍"}
    },
    "location": {"location": _PLACE},
    "venue": {"location": _PLACE, "venue": {"location": _PLACE, "title": "Rathaus", "address": "Willy-Brandt-Platz 1"}},
    "contact": {"contact": {"phone_number": "+4963100000", "first_name": "Ada"}},
    "poll": {"poll": _POLL},
    "dice": {"dice": {"emoji": "🎲", "value": 4}},
    "story": {"story": {"id": 1, "chat": {"id": 1, "type": "private"}}},
    "game": {"game": {"title": "x", "description": "x", "photo": []}},
    "invoice": {"invoice": {"title": "x", "description": "x", "start_parameter": "x", **_PRICE}},
    "successful_payment": {
        "successful_payment": {
            "invoice_payload": "x",
            "telegram_payment_charge_id": "x",
            "provider_payment_charge_id": "x",
            **_PRICE,
        }
    },
}
CAPTIONED = frozenset({"voice", "audio", "video", "animation", "photo", "document"})


class Things:
    """Lets citizens send them. Raises Refused with a sentence."""

    def __init__(self, chats: Chats, files: Files) -> None:
        self._chats = chats
        self._files = files

    def send(self, name: str, kind: str, text: str, files: Sequence[Upload], reply_to: int | None) -> list[Stored]:
        """A message of this kind with a caption; several files are an album, whose first one carries the caption."""
        if text and kind not in CAPTIONED:
            raise Refused(400, f"{kind} has no caption.")
        if kind in ("photo", "document"):
            contents = self._contents(kind, files)
        elif kind in THINGS:
            contents = [dict(THINGS[kind])]
        else:
            raise Refused(400, f"kind must be one of photo, document, {', '.join(THINGS)}.")
        if text:
            contents[0]["caption"] = text
        return self._chats.send(name, contents, reply_to)

    def _contents(self, kind: str, files: Sequence[Upload]) -> list[dict[str, Any]]:
        if not 1 <= len(files) <= MOST_IN_AN_ALBUM:
            raise Refused(400, f"files must be a list of 1 to {MOST_IN_AN_ALBUM}.")
        try:
            stored = [self._files.keep(kind, file) for file in files]
        except ApiError as error:
            raise Refused(400, error.description) from error
        album = {"media_group_id": f"album-{stored[0]['file_unique_id']}"} if len(stored) > 1 else {}
        return [{kind: [one] if kind == "photo" else one, **album} for one in stored]
