"""The methods with which a bot writes into a chat, and Telegram's reasons to refuse them."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.sandbox.chats import TEXT_LIMIT, Chats
from bot.sandbox.entities import MarkupError, units
from bot.sandbox.files import Files
from bot.sandbox.markup import parse
from bot.sandbox.news import News
from bot.sandbox.params import ApiError, Params, Upload, bad_request
from bot.sandbox.people import Citizen, Stored
from bot.sandbox.records import Records

CAPTION_LIMIT = 1024
CALLBACK_BYTES = 64
TAP_LIFETIME_SECONDS = 60
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
ACTIONS = ("url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
           "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay")  # fmt: skip


class Sending:
    """sendMessage and its relatives. Each method takes the call's parameters and returns the documented result."""

    def __init__(self, chats: Chats, files: Files, records: Records, news: News) -> None:
        self._chats = chats
        self._files = files
        self._records = records
        self._news = news

    def methods(self) -> Mapping[str, Callable[[Params], Any]]:
        return {
            "sendmessage": self.send_message,
            "sendphoto": lambda params: self._send_file(params, "photo"),
            "senddocument": lambda params: self._send_file(params, "document"),
            "editmessagetext": self.edit_text,
            "editmessagereplymarkup": self.edit_markup,
            "deletemessage": self.delete,
            "answercallbackquery": self.answer_tap,
            "sendchataction": self.chat_action,
            "setmessagereaction": self.react,
        }

    def send_message(self, params: Params) -> Mapping[str, Any]:
        citizen = self._addressee(params)
        text, entities = _text(params)
        content = {"text": text, "entities": entities} | self._common(params, citizen)
        return self._chats.post(citizen, "bot", content).body

    def edit_text(self, params: Params) -> Mapping[str, Any]:
        message = self._own(params, "edit")
        text, entities = _text(params)
        if "text" not in message.body:
            raise bad_request("there is no text in the message to edit")
        return self._changed(message, {"text": text, "entities": entities, "reply_markup": _keyboard(params)})

    def edit_markup(self, params: Params) -> Mapping[str, Any]:
        return self._changed(self._own(params, "edit"), {"reply_markup": _keyboard(params)})

    def delete(self, params: Params) -> bool:
        message = self._find(params, "delete")
        self._chats.delete(message)
        return True

    def react(self, params: Params) -> bool:
        message = self._find(params, "react")
        reactions = params.structure("reaction") or []
        if not isinstance(reactions, list) or not all(isinstance(one, dict) for one in reactions):
            raise bad_request("REACTION_INVALID")
        self._chats.react(message, [str(one.get("emoji", "")) for one in reactions if one.get("emoji")])
        return True

    def chat_action(self, params: Params) -> bool:
        citizen = self._addressee(params)
        if not params.has("action"):
            raise bad_request("wrong parameter action in request")
        self._news.happened("action", citizen=citizen.name, action=params.text("action"))
        return True

    def answer_tap(self, params: Params) -> bool:
        row = self._records.row(
            "SELECT citizen, at FROM taps WHERE id = ?", params.integer("callback_query_id", default=-1)
        )
        now = self._chats.now()
        if row is None or now - row[1] > TAP_LIFETIME_SECONDS:
            raise bad_request(TOO_OLD)
        text, alert = params.text("text"), params.flag("show_alert")
        if units(text) > 200:
            raise bad_request("MESSAGE_TOO_LONG")
        self._records.change(
            "UPDATE taps SET answered = ?, text = ?, alert = ? WHERE id = ?",
            now,
            text,
            int(alert),
            params.integer("callback_query_id"),
        )
        citizen = self._chats.citizen(int(row[0]))
        self._news.happened("toast", citizen=citizen.name if citizen else "", text=text, alert=alert)
        return True

    def _send_file(self, params: Params, kind: str) -> Mapping[str, Any]:
        citizen = self._addressee(params)
        caption, entities = _caption(params)
        file = params.upload(kind)
        if file is None:
            raise bad_request(f"there is no {kind} in the request")
        stored = self._files.keep(kind, file) if isinstance(file, Upload) else self._files.described(file)
        content = {kind: [stored] if kind == "photo" else stored, "caption": caption or None}
        content |= {"caption_entities": entities} | self._common(params, citizen)
        return self._chats.post(citizen, "bot", content).body

    def _changed(self, message: Stored, change: Mapping[str, Any]) -> Mapping[str, Any]:
        wanted = {key: value for key, value in (dict(message.body) | dict(change)).items() if value not in (None, [])}
        if wanted == message.body:
            raise bad_request(NOT_MODIFIED)
        return self._chats.replace(message, wanted | {"edit_date": self._chats.now()}).body

    def _common(self, params: Params, citizen: Citizen) -> dict[str, Any]:
        """What every new message may carry: a keyboard and the message it replies to."""
        return {"reply_markup": _keyboard(params), "reply_to_message": self._replied(params, citizen)}

    def _replied(self, params: Params, citizen: Citizen) -> Mapping[str, Any] | None:
        wanted = params.structure("reply_parameters") or {}
        if not isinstance(wanted, dict):
            raise bad_request("object expected as reply parameters")
        number = wanted.get("message_id") or params.integer("reply_to_message_id")
        if not number:
            return None
        is_number = isinstance(number, int) and abs(number) < 2**53
        message = self._chats.message(citizen.id, number) if is_number else None
        if message is None:
            if wanted.get("allow_sending_without_reply") or params.flag("allow_sending_without_reply"):
                return None
            raise bad_request("message to be replied not found")
        return {key: value for key, value in message.body.items() if key != "reply_to_message"}

    def _addressee(self, params: Params) -> Citizen:
        """Whom the call is for, if the bot may write to them now."""
        citizen = self._chat(params)
        if citizen.blocked:
            raise ApiError(403, "Forbidden: bot was blocked by the user")
        if not citizen.wrote:
            raise ApiError(403, "Forbidden: bot can't initiate conversation with a user")
        return citizen

    def _chat(self, params: Params) -> Citizen:
        if not params.has("chat_id"):
            raise bad_request("chat_id is empty")
        citizen = self._chats.citizen(params.integer("chat_id"))
        if citizen is None:
            raise bad_request("chat not found")
        return citizen

    def _find(self, params: Params, verb: str) -> Stored:
        citizen = self._chat(params)
        if not params.has("message_id"):
            raise bad_request("message identifier is not specified")
        message = self._chats.message(citizen.id, params.integer("message_id"))
        if message is None:
            raise bad_request(f"message to {verb} not found")
        return message

    def _own(self, params: Params, verb: str) -> Stored:
        message = self._find(params, verb)
        if message.author != "bot":
            raise bad_request("message can't be edited")
        return message


def _text(params: Params) -> tuple[str, list[dict[str, Any]]]:
    text, entities = _parsed(params, "text", "entities")
    if not text:
        raise bad_request("message text is empty")
    if units(text) > TEXT_LIMIT:
        raise bad_request("message is too long")
    return text, entities


def _caption(params: Params) -> tuple[str, list[dict[str, Any]]]:
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


def _keyboard(params: Params) -> dict[str, Any] | None:
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
