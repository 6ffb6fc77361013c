"""Entities that a bot gives itself instead of markup, checked as Telegram checks them."""

from typing import Any

from bot.sandbox.entities import Entity, units
from bot.sandbox.params import bad_request

KINDS = frozenset(
    {"bold", "italic", "underline", "strikethrough", "spoiler", "code", "pre", "text_link", "text_mention",
     "custom_emoji", "blockquote", "expandable_blockquote", "date_time"}
)  # fmt: skip
# What Telegram finds by itself, and so takes and forgets.
FOUND = frozenset({"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bank_card_number"})
_NEEDS = {"text_link": ("url", str), "text_mention": ("user", dict), "custom_emoji": ("custom_emoji_id", str)}
MOST = 100


def checked(given: Any, text: str) -> list[Entity]:
    """The entities that stand over this text. Raises ApiError for what Telegram refuses."""
    if not isinstance(given, list):
        raise _unparsed("expected an Array of MessageEntity")
    length = units(text)
    kept = [one for one in (_one(entity, length) for entity in given) if one is not None]
    return kept[:MOST]


def _one(entity: Any, length: int) -> Entity | None:
    if not isinstance(entity, dict):
        raise _unparsed("expected an Object")
    for name in ("offset", "length"):
        if name not in entity:
            raise _unparsed(f'Can\'t find field "{name}"')
        if not isinstance(entity[name], int) or isinstance(entity[name], bool):
            raise _unparsed(f'Field "{name}" must be of type Number')
    kind = entity.get("type")
    if kind in FOUND:
        return None
    if kind not in KINDS:
        raise _unparsed("Unsupported type specified")
    if kind in _NEEDS and not isinstance(entity.get(_NEEDS[kind][0]), _NEEDS[kind][1]):
        raise _unparsed(f'Can\'t find field "{_NEEDS[kind][0]}"')
    if entity["offset"] < 0 or entity["length"] <= 0 or entity["offset"] + entity["length"] > length:
        raise bad_request("ENTITY_BOUNDS_INVALID")
    return entity


def _unparsed(reason: str) -> Exception:
    return bad_request(f"can't parse MessageEntity: {reason}")
