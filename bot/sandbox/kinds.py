"""What a message may hold besides words, pictures and documents, as Telegram describes it."""

from collections.abc import Mapping
from typing import Any

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


def kind_of(body: Mapping[str, Any]) -> str | None:
    """The kind of thing that a Message object holds; a venue is more than its location."""
    return next((kind for kind in reversed(list(THINGS)) if kind in body), None)
