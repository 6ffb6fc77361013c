"""From the outbox to Telegram."""

import unicodedata
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any, Protocol

import structlog
from aiolimiter import AsyncLimiter
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, Message, ReplyParameters
from telegram.constants import ReactionEmoji
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter, TelegramError

from bot.desk.outbox import Delivery, Progress
from bot.desk.staff import Attachment
from bot.errors import DeliveryFailed
from bot.telegram.client import wait_of

log = structlog.get_logger()

# Telegram counts a text in UTF-16 units.
TEXT_LIMIT = 4096
ZERO_WIDTH_JOINER = "\u200d"
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
# What Telegram shows as a picture, up to this size; anything else is a file to open.
PHOTO_TYPES = ("image/jpeg", "image/png")
PHOTO_BYTES = 10 * 1024 * 1024
UPLOAD_SECONDS = 60.0
# Of the few signs that Telegram has for bots; without one, the message shows nothing any more.
SIGNS = {
    "received": ReactionEmoji.EYES,
    "with-team": ReactionEmoji.WRITING_HAND,
    "answered": ReactionEmoji.THUMBS_UP,
}
# How Telegram says that a message cannot be changed any more, or needs no change: it has no other names for these.
MESSAGE_GONE = ("message to edit not found", "message can't be edited", "message_id_invalid", "no text in the message")
UNCHANGED = "message is not modified"


class ChatBook(Protocol):
    """What the channel asks of storage."""

    async def file(self, file_id: int) -> Attachment | None:
        """The file of this id, if it is still kept."""

    async def move_chat(self, channel: str, old: str, new: str) -> None:
        """Telegram gave a chat a new id."""

    async def arrived(self, delivery_id: int) -> Sequence[str]:
        """The ids of the messages that a delivery has become."""


class TelegramChannel:
    """Sends texts with buttons, then files, and acknowledges taps. No text is ever read as markup by Telegram."""

    def __init__(self, bot: Bot, chats: ChatBook, *, per_second: float = 30) -> None:
        self._bot = bot
        self._chats = chats
        self._limiter = AsyncLimiter(per_second, 1)

    async def deliver(self, delivery: Delivery, progress: Progress) -> None:
        """Send it, calling `progress(message id)` after each part. Raises DeliveryFailed."""
        try:
            match delivery.payload["kind"]:
                case "tap":
                    await self._acknowledge(delivery.payload)
                case "reaction":
                    await self._react(delivery)
                case "retract":
                    await self._retract(delivery)
                case _:
                    await self._send(delivery, progress)
        except ChatMigrated as error:
            await self._migrate(delivery, error.new_chat_id)
        except TelegramError as error:
            raise failure(error) from error

    async def _send(self, delivery: Delivery, progress: Progress) -> None:
        texts = list(split(delivery.payload["text"]))
        buttons = delivery.payload.get("buttons", ())
        for number, text in enumerate(texts):
            if number < len(delivery.sent):
                continue
            is_last = number == len(texts) - 1
            shown = {"text": text, "reply_markup": keyboard(buttons) if is_last and buttons else None}
            await progress(await self._put(delivery, number, shown))
        for number, file in enumerate(self._attached(delivery.payload), start=len(texts)):
            if number >= len(delivery.sent):
                sent = await self._send_file(int(delivery.address or 0), await file())
                await progress(str(sent.message_id))

    async def _put(self, delivery: Delivery, number: int, shown: Mapping[str, Any]) -> str:
        """Show one text: the first in place of the message that is to be changed, if that is there; the message's id.

        A change that was made before, and not noted, is made again: Telegram then says that nothing changed.
        """
        chat, old = int(delivery.address or 0), delivery.payload.get("message")
        async with self._limiter:
            if number == 0 and old is not None and await self._changed(chat, int(old), shown):
                return str(old)
            about = _answered(delivery.payload) if number == 0 else None
            sent = await self._bot.send_message(chat, link_preview_options=NO_PREVIEW, reply_parameters=about, **shown)
        return str(sent.message_id)

    async def _changed(self, chat: int, message: int, shown: Mapping[str, Any]) -> bool:
        """Change a message; False if it is gone or too old."""
        try:
            await self._bot.edit_message_text(
                chat_id=chat, message_id=message, link_preview_options=NO_PREVIEW, **shown
            )
        except BadRequest as error:
            said = error.message.lower()
            if not any(words in said for words in (*MESSAGE_GONE, UNCHANGED)):
                raise
            return UNCHANGED in said
        return True

    def _attached(self, payload: Mapping[str, Any]) -> Iterator[Callable[[], Awaitable[Attachment]]]:
        """What goes along: files of staff, and a document that was written for this delivery."""
        for file_id in payload.get("files", ()):
            yield partial(self._file, file_id)
        if (document := payload.get("document")) is not None:
            yield partial(_written, document)

    async def _file(self, file_id: int) -> Attachment:
        found = await self._chats.file(file_id)
        if found is None:
            raise DeliveryFailed("refused", permanent=True, our_fault=True)
        return found

    async def _send_file(self, chat: int, file: Attachment) -> Message:
        if file.media_type in PHOTO_TYPES and len(file.content) <= PHOTO_BYTES:
            try:
                async with self._limiter:
                    return await self._bot.send_photo(
                        chat, file.content, filename=file.name, read_timeout=UPLOAD_SECONDS
                    )
            except BadRequest as error:
                if _is_about_the_chat(error):
                    raise
                # Too many pixels, too long a strip, or a picture that only Telegram cannot read.
                log.info("telegram.photo_refused", reason=error.message)
        async with self._limiter:
            return await self._bot.send_document(
                chat,
                file.content,
                filename=file.name,
                disable_content_type_detection=True,
                read_timeout=UPLOAD_SECONDS,
            )

    async def _acknowledge(self, payload: Mapping[str, Any]) -> None:
        try:
            await self._bot.answer_callback_query(payload["tap_id"], text=payload["text"] or None)
        except BadRequest:
            # Too late: the citizen's client has given up waiting. The answer itself is sent all the same.
            log.info("telegram.tap_too_old")

    async def _react(self, delivery: Delivery) -> None:
        """A sign on the citizen's own message; where the chat does not allow it, words have said the same."""
        sign = SIGNS.get(delivery.payload["step"])
        try:
            async with self._limiter:
                await self._bot.set_message_reaction(
                    int(delivery.address or 0), int(delivery.payload["on"]), reaction=sign
                )
        except RetryAfter:
            raise
        except TelegramError as error:
            log.info("telegram.no_reaction", error=type(error).__name__)

    async def _retract(self, delivery: Delivery) -> None:
        """In place of the first message stands that it was taken back; what else there was is deleted."""
        chat, text = int(delivery.address or 0), delivery.payload["text"]
        for number, message in enumerate(await self._chats.arrived(delivery.payload["of"])):
            async with self._limiter:
                if number or not await self._replaced(chat, int(message), text):
                    await self._deleted(chat, int(message))

    async def _replaced(self, chat: int, message: int, text: str) -> bool:
        try:
            await self._bot.edit_message_text(text, chat, message, link_preview_options=NO_PREVIEW)
        except BadRequest as error:
            return UNCHANGED in error.message.lower()
        return True

    async def _deleted(self, chat: int, message: int) -> None:
        try:
            await self._bot.delete_message(chat, message)
        except BadRequest as error:
            # Gone already: by an earlier attempt, or by the citizen.
            if "not found" not in error.message.lower():
                raise

    async def _migrate(self, delivery: Delivery, new_chat_id: int) -> None:
        await self._chats.move_chat(delivery.channel, delivery.address or "", str(new_chat_id))
        raise DeliveryFailed("the chat has a new id", retry_after=timedelta(0))


def _answered(payload: Mapping[str, Any]) -> ReplyParameters | None:
    """The message that this one answers; it may be gone by now."""
    number = str(payload.get("reply_to", ""))
    return ReplyParameters(int(number), allow_sending_without_reply=True) if number.isdecimal() else None


async def _written(document: Mapping[str, str]) -> Attachment:
    # Some programs take a text for one of the old encodings unless it begins so.
    return Attachment(document["name"], "text/plain", document["text"].encode("utf-8-sig"))


def failure(error: TelegramError) -> DeliveryFailed:
    """What a refusal of Telegram's means for a delivery. `reason` is one of the words the desk has a wording for."""
    match error:
        case RetryAfter():
            return DeliveryFailed("told to wait", retry_after=wait_of(error))
        case Forbidden():
            return DeliveryFailed("blocked", permanent=True)
        case BadRequest() if _is_about_the_chat(error):
            return DeliveryFailed("chat_not_found", permanent=True)
        case BadRequest():
            return DeliveryFailed("refused", permanent=True, our_fault=True)
        case InvalidToken():
            return DeliveryFailed("the token was refused")
        case _:
            # 5xx, time-outs, no network. After a time-out the text may have arrived: at least once, never lost.
            return DeliveryFailed(f"Telegram does not answer ({type(error).__name__})")


def _is_about_the_chat(error: BadRequest) -> bool:
    return "chat not found" in error.message.lower()


def keyboard(rows: Sequence[Sequence[Mapping[str, str]]]) -> InlineKeyboardMarkup:
    """Inline buttons from rows of {"text", "data"}."""
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(button["text"], callback_data=button["data"]) for button in row] for row in rows]
    )


def split(text: str, limit: int = TEXT_LIMIT) -> Iterator[str]:
    """The text in parts of at most `limit` UTF-16 units, cut at paragraphs, lines or words where there are any."""
    rest = text.strip()
    while rest:
        head = _fitting(rest, limit)
        if len(head) < len(rest):
            head = _cut_at_a_gap(head)
        yield head.rstrip()
        rest = rest[len(head) :].lstrip()


def _fitting(text: str, limit: int) -> str:
    """The longest start of the text with at most `limit` UTF-16 units; a character is never cut in half."""
    if len(text) * 2 <= limit:
        return text
    units = 0
    for index, character in enumerate(text):
        units += 2 if ord(character) > 0xFFFF else 1
        if units > limit:
            return text[: _start_of_character(text, index)]
    return text


def _start_of_character(text: str, index: int) -> int:
    """The nearest place at or before `index` that is not inside what people see as one character."""
    start = index
    while start > 0 and (_joins(text[start]) or text[start - 1] == ZERO_WIDTH_JOINER):
        start -= 1
    return start or index


def _joins(character: str) -> bool:
    return character == ZERO_WIDTH_JOINER or unicodedata.category(character) in ("Mn", "Me", "Mc", "Sk")


def _cut_at_a_gap(head: str) -> str:
    for gap in ("\n\n", "\n", ". ", " "):
        place = head.rfind(gap)
        # A gap near the start would leave a tiny part.
        if place > len(head) // 2:
            return head[: place + len(gap)]
    return head
