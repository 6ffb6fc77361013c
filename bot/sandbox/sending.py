"""The methods with which a bot writes into a chat, and Telegram's reasons to refuse them."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bot.sandbox.buttons import keyboard_of
from bot.sandbox.contents import caption_of, text_of
from bot.sandbox.entities import units
from bot.sandbox.files import Files
from bot.sandbox.messages import Messages
from bot.sandbox.news import News
from bot.sandbox.params import Params, Upload, bad_request
from bot.sandbox.people import Citizen, Stored
from bot.sandbox.reactions import CHAT_ACTIONS, reactions_of
from bot.sandbox.records import Records
from bot.sandbox.rooms import Room, Rooms

TAP_LIFETIME_SECONDS = 60
DELETABLE_SECONDS = 48 * 3600
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


class Sending:
    """sendMessage and its relatives. Each method takes the call's parameters and returns the documented result."""

    def __init__(
        self,
        rooms: Rooms,
        messages: Messages,
        files: Files,
        records: Records,
        news: News,
        clock: Callable[[], datetime],
    ) -> None:
        self._rooms = rooms
        self._messages = messages
        self._files = files
        self._records = records
        self._news = news
        self._clock = clock

    def methods(self) -> Mapping[str, Callable[[Params], Any]]:
        return {
            "sendmessage": self.send_message,
            "sendphoto": lambda params: self._send_file(params, "photo"),
            "senddocument": lambda params: self._send_file(params, "document"),
            "editmessagetext": self.edit_text,
            "editmessagecaption": self.edit_caption,
            "editmessagereplymarkup": self.edit_markup,
            "deletemessage": self.delete,
            "answercallbackquery": self.answer_tap,
            "sendchataction": self.chat_action,
            "setmessagereaction": self.react,
        }

    def send_message(self, params: Params) -> Mapping[str, Any]:
        room = self._rooms.addressee(params)
        text, entities = text_of(params)
        return self._send(params, room, {"text": text, "entities": entities})

    def edit_text(self, params: Params) -> Mapping[str, Any]:
        message = self._own(params, "edit")
        text, entities = text_of(params)
        if "text" not in message.body:
            raise bad_request("there is no text in the message to edit")
        return self._changed(message, {"text": text, "entities": entities, "reply_markup": keyboard_of(params)})

    def edit_caption(self, params: Params) -> Mapping[str, Any]:
        message = self._own(params, "edit")
        caption, entities = caption_of(params)
        if "text" in message.body:
            raise bad_request("there is no caption in the message to edit")
        change = {"caption": caption or None, "caption_entities": entities, "reply_markup": keyboard_of(params)}
        return self._changed(message, change)

    def edit_markup(self, params: Params) -> Mapping[str, Any]:
        return self._changed(self._own(params, "edit"), {"reply_markup": keyboard_of(params)})

    def delete(self, params: Params) -> bool:
        message = self._rooms.message(params, "delete")
        self._check_deletable(self._rooms.named(params), message)
        self._messages.delete(message)
        return True

    def react(self, params: Params) -> bool:
        message = self._rooms.message(params, "react")
        self._messages.react(message, reactions_of(params))
        return True

    def chat_action(self, params: Params) -> bool:
        room = self._rooms.addressee(params)
        if params.text("action").lower() not in CHAT_ACTIONS:
            raise bad_request("wrong parameter action in request")
        where: dict[str, Any] = {"citizen": room.name} if isinstance(room, Citizen) else {"group": room.id}
        self._news.happened("action", **where, action=params.text("action"))
        return True

    def answer_tap(self, params: Params) -> bool:
        number = params.integer("callback_query_id", default=-1)
        row = self._records.row("SELECT citizen, chat, at FROM taps WHERE id = ?", number)
        if row is None or self._now() - row[2] > TAP_LIFETIME_SECONDS:
            raise bad_request(TOO_OLD)
        text, alert = params.text("text"), params.flag("show_alert")
        if units(text) > 200:
            raise bad_request("MESSAGE_TOO_LONG")
        sql = "UPDATE taps SET answered = ?, text = ?, alert = ? WHERE id = ?"
        self._records.change(sql, self._now(), text, int(alert), number)
        where = {} if row[1] is None else {"group": row[1]}
        self._news.happened("toast", citizen=self._rooms.name_of(row[0], row[1]), text=text, alert=alert, **where)
        return True

    def _send_file(self, params: Params, kind: str) -> Mapping[str, Any]:
        room = self._rooms.addressee(params)
        caption, entities = caption_of(params)
        file = params.upload(kind)
        if file is None:
            raise bad_request(f"there is no {kind} in the request")
        stored = self._files.keep(kind, file) if isinstance(file, Upload) else self._files.described(file)
        content = {kind: [stored] if kind == "photo" else stored, "caption": caption or None}
        return self._send(params, room, content | {"caption_entities": entities})

    def _send(self, params: Params, room: Room, content: Mapping[str, Any]) -> Mapping[str, Any]:
        """Post it with what every message may carry: a keyboard, the message it answers, a topic."""
        answered = self._rooms.answered(params, room)
        thread = self._rooms.thread(params, room, answered)
        more = {"reply_markup": keyboard_of(params)} | ({"reply_to_message": answered} if answered else {})
        return self._rooms.post(room, dict(content) | more, thread).body

    def _changed(self, message: Stored, change: Mapping[str, Any]) -> Mapping[str, Any]:
        wanted = {key: value for key, value in (dict(message.body) | dict(change)).items() if value not in (None, [])}
        if wanted == message.body:
            raise bad_request(NOT_MODIFIED)
        return self._messages.replace(message, wanted | {"edit_date": self._now()}).body

    def _own(self, params: Params, verb: str) -> Stored:
        message = self._rooms.message(params, verb)
        if message.author != "bot":
            raise bad_request("message can't be edited")
        return message

    def _check_deletable(self, room: Room, message: Stored) -> None:
        is_old = self._now() - message.body["date"] >= DELETABLE_SECONDS
        if isinstance(room, Citizen):
            if is_old:
                raise bad_request("message can't be deleted for everyone")
            return
        is_first = message.id == 1 or "forum_topic_created" in message.body
        if is_old or is_first or not (message.author == "bot" or room.lets_bot("can_delete_messages")):
            raise bad_request("message can't be deleted")

    def _now(self) -> int:
        return int(self._clock().timestamp())
