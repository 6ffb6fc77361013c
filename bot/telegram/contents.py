"""What a message holds besides words, and what we call it."""

from typing import Final

from telegram import Message
from telegram.constants import MessageType

from bot.desk.citizen import SentFile

# What people send that is no text, as the library names it, and which words there are for it. The first that is there
# counts: a GIF is a document, too, a place with a name is a place, and a picture may be a game.
CONTENTS: Final = {
    "animation": "sticker",
    "live_photo": "video",
    "photo": "picture",
    "document": "document",
    "voice": "voice",
    "audio": "voice",
    "video_note": "video",
    "video": "video",
    "paid_media": "payment",
    "sticker": "sticker",
    "dice": "sticker",
    "venue": "location",
    "location": "location",
    "contact": "contact",
    "users_shared": "contact",
    "chat_shared": "contact",
    "poll": "poll",
    "checklist": "poll",
    "story": "story",
    "game": "other",
    "web_app_data": "other",
    "passport_data": "contact",
    "invoice": "payment",
    "successful_payment": "payment",
    "refunded_payment": "payment",
    "gift": "payment",
    "unique_gift": "payment",
    "giveaway": "other",
    "giveaway_winners": "other",
}
# What the library lists beside kinds, but what only describes a message.
DESCRIPTIONS: Final = frozenset(
    {"text", "effect_id", "business_connection_id", "sender_boost_count", "sender_business_bot", "reply_to_story",
     "suggested_post_info"}
)  # fmt: skip
SERVICE: Final = tuple(sorted({str(kind) for kind in MessageType} - DESCRIPTIONS - set(CONTENTS)))


def content_of(message: Message) -> str | None:
    """The kind of what is in the message besides words, as the library names it; None for nothing."""
    return next((name for name in CONTENTS if getattr(message, name, None)), None)


def service_of(message: Message) -> str | None:
    """What the chat itself tells by this message, such as that something was pinned; None if it tells nothing."""
    # Some carry nothing but that they are there, so that empty ones count as well.
    return next((name for name in SERVICE if getattr(message, name, None) not in (None, False, ())), None)


def file_of(message: Message) -> SentFile | None:
    """The photo or document that came along; None if it is anything else."""
    album = message.media_group_id
    match content_of(message):
        case "photo" | "live_photo" if message.photo:
            # The last one is the largest.
            return SentFile(message.photo[-1].file_id, "", album)
        case "document" if message.document is not None:
            return SentFile(message.document.file_id, message.document.file_name or "", album)
    return None
