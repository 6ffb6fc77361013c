"""What a message of the bot may say: texts and captions, checked as Telegram checks them."""

from typing import Any

from bot.sandbox.entities import TEXT_LIMIT, MarkupError, units
from bot.sandbox.given import checked
from bot.sandbox.markup import parse
from bot.sandbox.params import Params, bad_request

CAPTION_LIMIT = 1024
TEXT_BYTES = 1 << 15


def text_of(params: Params) -> tuple[str, list[dict[str, Any]]]:
    text, entities = _parsed(params, "text", "entities")
    if not text:
        raise bad_request("message text is empty")
    if units(text) > TEXT_LIMIT:
        raise bad_request("message is too long")
    return text, entities


def caption_of(params: Params) -> tuple[str, list[dict[str, Any]]]:
    text, entities = _parsed(params, "caption", "caption_entities")
    if units(text) > CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    return text, entities


def _parsed(params: Params, name: str, entities_name: str) -> tuple[str, list[dict[str, Any]]]:
    raw, mode = params.text(name), params.text("parse_mode")
    if len(raw.encode()) > TEXT_BYTES:
        raise bad_request("text is too long")
    given = None if mode else params.structure(entities_name)
    try:
        text, entities = parse(raw, mode)
    except MarkupError as error:
        raise bad_request(str(error)) from error
    return (text, entities) if given is None else (text, [*checked(given, text)] or entities)
