"""From the inbox to our own values: what people do in the staff's group."""

import json
import unicodedata
from dataclasses import replace
from datetime import timedelta
from typing import Final

import structlog
from telegram import Bot, CallbackQuery, ChatMember, Message, Update, User
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError

from bot.desk.citizen import Nothing
from bot.desk.group import GroupMessage, GroupMoved, GroupReply, GroupTap
from bot.errors import ChannelUnavailable, UnreadableMessage
from bot.telegram.client import wait_of
from bot.telegram.staff_chat import Spot, StaffChat

log = structlog.get_logger()

LONGEST_NAME: Final = 64
# In seconds: a bot that is stopped waits for the answer.
QUICKLY: Final = 5.0
# So soon Telegram is asked again who is a member, when it does not answer, and when the bot is not in the group.
SOON: Final = timedelta(seconds=2)
LATER: Final = timedelta(seconds=30)
_HIDING: Final = ("Cc", "Cf", "Zl", "Zp")
_MEMBERS: Final = (ChatMember.OWNER, ChatMember.ADMINISTRATOR, ChatMember.MEMBER)


def read(payload: bytes, external_id: str, *, own: int) -> GroupMessage:
    """What an update of the group means to us; `own`: the bot's own id.

    Raises UnreadableMessage for one that the library cannot parse.
    """
    try:
        return _translate(Update.de_json(json.loads(payload), None), external_id, own)
    except Exception as error:  # noqa: BLE001 -- the library raises anything on a form it does not know
        raise UnreadableMessage(f"The update is not of Telegram's form ({type(error).__name__})") from error


def _translate(update: Update, external_id: str, own: int) -> GroupMessage:
    if update.message is not None:
        return _message(update.message, external_id, own, edited=False)
    if update.edited_message is not None:
        return _message(update.edited_message, external_id, own, edited=True)
    if update.callback_query is not None:
        return _tap(update.callback_query, external_id)
    if update.my_chat_member is not None:
        status = update.my_chat_member.new_chat_member.status
        log.warning("group.bot_is", status=status)
        return Nothing("group-membership")
    return Nothing("group-other")


def _message(message: Message, external_id: str, own: int, *, edited: bool) -> GroupMessage:
    if message.migrate_to_chat_id is not None:
        return GroupMoved(str(message.migrate_to_chat_id))
    if message.migrate_from_chat_id is not None:
        return GroupMoved(str(message.chat.id))
    is_group_itself = message.sender_chat is not None and message.sender_chat.id == message.chat.id
    if message.is_automatic_forward or (message.sender_chat is not None and not is_group_itself):
        return Nothing("group-from-channel")
    user = message.from_user
    if not is_group_itself and (user is None or user.is_bot):
        return Nothing("group-from-bot")
    text = message.text or ""
    kind = "" if text else _content(message)
    if not text and not kind:
        return Nothing("group-service-message")
    return GroupReply(
        external_id=external_id,
        message=_spot(message, message.message_id),
        reply_to=_referred(message),
        topic=_topic(message),
        text=text,
        sender=_line(message.author_signature or "") if is_group_itself else _name(user),
        person=None if is_group_itself or user is None else str(user.id),
        to_us=_is_from(message.reply_to_message, own),
        unusable=kind,
        edited=edited,
    )


def _referred(message: Message) -> str | None:
    """The message that this one replies to; what merely stands in a topic replies to nothing."""
    replied = message.reply_to_message
    if replied is None or (message.is_topic_message and replied.message_id == message.message_thread_id):
        return None
    return _spot(message, replied.message_id)


def _topic(message: Message) -> str | None:
    is_in_topic = message.is_topic_message and message.message_thread_id is not None
    return _spot(message, message.message_thread_id or 0) if is_in_topic else None


def _spot(message: Message, number: int) -> str:
    return str(Spot(message.chat.id, number))


def _content(message: Message) -> str:
    contents = ("photo", "voice", "video", "video_note", "audio", "document", "sticker", "animation", "location",
                "venue", "contact", "poll", "dice", "story")  # fmt: skip
    return next((name for name in contents if getattr(message, name, None)), "")


def _is_from(message: Message | None, user: int) -> bool:
    return message is not None and message.from_user is not None and message.from_user.id == user


def _name(user: User | None) -> str:
    return "" if user is None else _line(user.full_name)


def _line(name: str) -> str:
    """A name on one line, without signs that turn or hide others, and never like a mail address."""
    visible = "".join(" " if sign == "@" or unicodedata.category(sign) in _HIDING else sign for sign in name)
    return " ".join(visible.split())[:LONGEST_NAME]


def _tap(query: CallbackQuery, external_id: str) -> GroupMessage:
    if query.from_user.is_bot:
        return Nothing("group-from-bot")
    return GroupTap(external_id, query.id, query.data or "", _name(query.from_user), str(query.from_user.id))


class Doorkeeper:
    """Asks Telegram at every action whether its author is a member of the group, at that moment."""

    def __init__(self, bot: Bot, chat: StaffChat) -> None:
        self._bot = bot
        self._chat = chat

    async def check(self, message: GroupMessage) -> GroupMessage:
        """The message with `admitted` filled in. Raises ChannelUnavailable when Telegram cannot be asked now."""
        match message:
            case GroupMoved(new):
                await self._chat.move(int(new))
            case GroupReply(reply_to=str()) | GroupTap():
                return replace(message, admitted=await self._admits(message.person))
        return message

    async def _admits(self, person: str | None) -> bool:
        if person is None:
            # Written in the group's own name, which only its administrators can do.
            return True
        try:
            member = await self._bot.get_chat_member(self._chat.id, int(person), read_timeout=QUICKLY)
        except RetryAfter as error:
            raise ChannelUnavailable("told to wait", wait_of(error)) from error
        except ChatMigrated as error:
            await self._chat.move(error.new_chat_id)
            raise ChannelUnavailable("the group has a new id", timedelta(0)) from error
        except TelegramError as error:
            if _is_about_the_bot(error):
                raise ChannelUnavailable("the bot is not in the group", LATER) from error
            if not isinstance(error, BadRequest):
                raise ChannelUnavailable(f"Telegram does not answer ({type(error).__name__})", SOON) from error
            admitted = False
        else:
            restricted = member.status == ChatMember.RESTRICTED and getattr(member, "is_member", False)
            admitted = member.status in _MEMBERS or bool(restricted)
        if not admitted:
            log.warning("group.refused", person=person)
        return admitted


def _is_about_the_bot(error: TelegramError) -> bool:
    return isinstance(error, Forbidden) or (isinstance(error, BadRequest) and "chat not found" in error.message.lower())
