"""Inline keyboards of a bot's messages, checked as Telegram checks them."""

import json
import re
from typing import Any

from bot.sandbox.params import Params, bad_request

CALLBACK_BYTES = 64
MOST_BUTTONS = 100
MOST_IN_A_ROW = 8
# https://github.com/tginfo/Telegram-Limits/issues/187
MARKUP_BYTES = 10_000
COPIED_UNITS = 256
ACTIONS = ("url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
           "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay")  # fmt: skip
_NOT_EMPTY = ("url", "callback_data")
_TEXTS = ("text", "url", "callback_data", "switch_inline_query", "switch_inline_query_current_chat")
_OBJECTS = ("web_app", "login_url", "switch_inline_query_chosen_chat", "copy_text", "callback_game")
_URL = re.compile(r"(?:https?://|tg://)?[\w-]+(?:\.[\w-]+)*\S*")


def keyboard_of(params: Params) -> dict[str, Any] | None:
    """The inline keyboard of a call, checked; None if there is none or it is of another kind."""
    markup = params.structure("reply_markup")
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    rows = markup.get("inline_keyboard")
    if rows is None:
        return None
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
    kept = [[_checked(one) for one in row] for row in rows if row]
    if sum(map(len, kept)) > MOST_BUTTONS or any(len(row) > MOST_IN_A_ROW for row in kept):
        raise bad_request("reply markup is too long")
    if len(json.dumps(kept, ensure_ascii=False).encode("utf-8", "surrogatepass")) > MARKUP_BYTES:
        raise bad_request("reply markup is too long")
    return {"inline_keyboard": kept} if kept else None


def _checked(button: Any) -> dict[str, Any]:
    if not isinstance(button, dict):
        raise _unparsed("InlineKeyboardButton must be an Object")
    if "text" not in button:
        raise _unparsed('Can\'t find field "text"')
    for kind, names in ((str, _TEXTS), (dict, _OBJECTS)):
        wrong = next((name for name in names if not isinstance(button.get(name), (kind, type(None)))), None)
        if wrong is not None:
            raise _unparsed(f'Field "{wrong}" must be of type {"String" if kind is str else "Object"}')
    if any(_is_broken(value) for value in button.values()):
        raise bad_request("strings must be encoded in UTF-8")
    _check_words(button)
    return {key: value for key, value in button.items() if value is not None}


def _check_words(button: dict[str, Any]) -> None:
    if not button["text"].strip():
        raise _unparsed("Text must be non-empty")
    acts = [name for name in ACTIONS if button.get(name) is not None and (button[name] or name not in _NOT_EMPTY)]
    if not acts:
        raise _unparsed("Text buttons are unallowed in the inline keyboard")
    if len(button.get("callback_data") or "") and len(button["callback_data"].encode()) > CALLBACK_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    if button.get("url") and not _URL.fullmatch(button["url"]):
        raise bad_request("BUTTON_URL_INVALID")
    copied = button.get("copy_text")
    if copied is not None and not 1 <= len(str(copied.get("text", ""))) <= COPIED_UNITS:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")


def _unparsed(reason: str) -> Exception:
    return bad_request(f"can't parse inline keyboard button: {reason}")


def _is_broken(value: Any) -> bool:
    return isinstance(value, str) and any("\ud800" <= one <= "\udfff" for one in value)
