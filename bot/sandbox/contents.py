"""What a message of the bot may hold: texts, captions and keyboards, checked as Telegram checks them."""

from typing import Any

from bot.sandbox.entities import TEXT_LIMIT, MarkupError, units
from bot.sandbox.markup import parse
from bot.sandbox.params import Params, bad_request

CAPTION_LIMIT = 1024
CALLBACK_BYTES = 64
ACTIONS = ("url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
           "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay")  # fmt: skip


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
    given = params.structure(entities_name)
    try:
        text, entities = parse(params.text(name), "" if given else params.text("parse_mode"))
    except MarkupError as error:
        raise bad_request(str(error)) from error
    if given is None:
        return text, entities
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise bad_request("can't parse MessageEntity: expected an Array of objects")
    return text, given or entities


def keyboard_of(params: Params) -> dict[str, Any] | None:
    """The inline keyboard of a call, checked; None if there is none or it is of another kind."""
    markup = params.structure("reply_markup")
    if not markup:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    rows = markup.get("inline_keyboard")
    if rows is None:
        return None
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('field "inline_keyboard" must be of type Array of Arrays')
    kept = [[_checked_button(one) for one in row] for row in rows if row]
    return {"inline_keyboard": kept} if kept else None


def _checked_button(button: Any) -> dict[str, Any]:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: expected an Object")
    if not isinstance(button.get("text"), str) or not button["text"].strip():
        raise bad_request("can't parse inline keyboard button: Text must be non-empty")
    if not any(button.get(action) is not None for action in ACTIONS):
        raise bad_request("BUTTON_DATA_INVALID")
    if any(_is_broken(value) for value in button.values()):
        raise bad_request("strings must be encoded in UTF-8")
    data = button.get("callback_data")
    if data is not None and not (isinstance(data, str) and 1 <= len(data.encode()) <= CALLBACK_BYTES):
        raise bad_request("BUTTON_DATA_INVALID")
    return {key: value for key, value in button.items() if value is not None}


def _is_broken(value: Any) -> bool:
    return isinstance(value, str) and any("\ud800" <= one <= "\udfff" for one in value)
