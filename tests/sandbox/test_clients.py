"""Two clients that nobody here wrote, aiogram and python-telegram-bot, take the look-alike for Telegram."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiogram
import pytest
import telegram
from aiogram import exceptions as ag
from aiogram import types
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from telegram import error as ptb

from tests.sandbox.world import World

ROWS = [[("Ja", "ja")], [("Nein", "nein")]]
AIOGRAM_ROWS = types.InlineKeyboardMarkup(
    inline_keyboard=[[types.InlineKeyboardButton(text=text, callback_data=data) for text, data in row] for row in ROWS]
)
PTB_ROWS = telegram.InlineKeyboardMarkup(
    [[telegram.InlineKeyboardButton(text, callback_data=data) for text, data in row] for row in ROWS]
)


def aiogram_bot(world: World, token: str | None = None) -> aiogram.Bot:
    server = TelegramAPIServer.from_base(world.sandbox.url)
    return aiogram.Bot(token or world.sandbox.token, session=AiohttpSession(api=server))


@pytest.fixture
async def aiobot(world: World) -> AsyncIterator[aiogram.Bot]:
    async with aiogram_bot(world) as bot:
        yield bot


@pytest.fixture
async def ptbbot(world: World) -> AsyncIterator[telegram.Bot]:
    url = world.sandbox.url
    async with telegram.Bot(world.sandbox.token, base_url=f"{url}/bot", base_file_url=f"{url}/file/bot") as bot:
        yield bot


async def test_aiogram_runs_a_whole_bot(world: World, aiobot: aiogram.Bot) -> None:
    dispatcher = aiogram.Dispatcher()

    @dispatcher.message()
    async def ask(message: types.Message) -> None:
        await message.answer(f"Sie fragten: {message.text}", reply_markup=AIOGRAM_ROWS)

    @dispatcher.callback_query()
    async def choose(query: types.CallbackQuery) -> None:
        await query.answer("Danke")
        assert isinstance(query.message, types.Message)
        await query.message.edit_text(f"Gewählt: {query.data}")

    polling = asyncio.create_task(dispatcher.start_polling(aiobot, handle_signals=False, polling_timeout=5))
    await world.citizen(text="Wo?")
    question = await until(world, 2)
    await world.post("/api/citizens/Petra/taps", {"message_id": question["id"], "data": "nein"})
    answer = await until(world, 2, edited=True)
    await dispatcher.stop_polling()
    await polling

    assert [[button["data"] for button in row] for row in question["buttons"]] == [["ja"], ["nein"]]
    assert (answer["text"], answer["buttons"]) == ("Gewählt: nein", [])


async def until(world: World, number: int, *, edited: bool = False) -> dict[str, Any]:
    """The last message once the chat has so many."""
    for _ in range(200):
        chat = await world.chat()
        if len(chat) >= number and chat[-1]["edited"] == edited:
            return chat[-1]
        await asyncio.sleep(0.02)
    raise AssertionError("nothing came")


async def test_aiogram_receives_the_documented_errors(world: World, aiobot: aiogram.Bot) -> None:
    chat = await world.citizen()
    sent = await aiobot.send_message(chat, "x")

    with pytest.raises(ag.TelegramBadRequest, match="chat not found"):
        await aiobot.send_message(1, "x")
    with pytest.raises(ag.TelegramBadRequest, match="message is not modified"):
        await aiobot.edit_message_text("x", chat_id=chat, message_id=sent.message_id)
    with pytest.raises(ag.TelegramBadRequest, match="can't parse entities"):
        await aiobot.send_message(chat, "<b>", parse_mode="HTML")
    async with aiogram_bot(world, "42:wrong") as stranger:
        with pytest.raises(ag.TelegramUnauthorizedError):
            await stranger.get_me()
    await world.post("/api/citizens/Petra/block", {})
    with pytest.raises(ag.TelegramForbiddenError, match="blocked by the user"):
        await aiobot.send_message(chat, "x")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (404, ag.TelegramNotFound),
        (409, ag.TelegramConflictError),
        (429, ag.TelegramRetryAfter),
        (500, ag.TelegramServerError),
    ],
)
async def test_aiogram_receives_faults_on_demand(
    world: World, aiobot: aiogram.Bot, status: int, kind: type[ag.TelegramAPIError]
) -> None:
    chat = await world.citizen()
    await world.post("/api/faults", {"bot_api": {"status": status} | ({"retry_after": 2} if status == 429 else {})})

    with pytest.raises(kind) as caught:
        await aiobot.send_message(chat, "x")

    assert getattr(caught.value, "retry_after", 2) == 2


async def test_aiogram_sends_and_fetches_files(world: World, aiobot: aiogram.Bot) -> None:
    chat = await world.citizen()

    sent = await aiobot.send_document(chat, types.BufferedInputFile(b"Inhalt", "ä.txt"), caption="Bitte")
    assert sent.document is not None
    fetched = await aiobot.download(sent.document)

    assert fetched is not None
    assert (sent.document.file_name, fetched.read()) == ("ä.txt", b"Inhalt")


async def test_aiogram_reads_every_object(world: World, aiobot: aiogram.Bot) -> None:
    chat = await world.citizen()
    await aiobot.set_my_commands([types.BotCommand(command="start", description="Los")], language_code="de")
    await aiobot.set_my_description("Text", language_code="de")

    assert (await aiobot.get_me()).username == "kldigital_bot"
    assert (await aiobot.get_chat(chat)).first_name == "Petra"
    assert [one.command for one in await aiobot.get_my_commands(language_code="de")] == ["start"]
    assert (await aiobot.get_my_description(language_code="de")).description == "Text"
    assert (await aiobot.get_webhook_info()).url == ""
    assert await aiobot.send_chat_action(chat, "typing")
    assert await aiobot.set_message_reaction(chat, 1, [types.ReactionTypeEmoji(emoji="👍")])


async def test_python_telegram_bot_polls_answers_and_edits(world: World, ptbbot: telegram.Bot) -> None:
    await world.citizen(text="Wo?")
    [update] = await ptbbot.get_updates(timeout=1)
    assert update.effective_chat is not None
    chat = update.effective_chat.id
    sent = await ptbbot.send_message(chat, "Hier", reply_markup=PTB_ROWS, reply_to_message_id=1)
    await world.post("/api/citizens/Petra/taps", {"message_id": sent.message_id, "data": "ja"})

    [tap] = await ptbbot.get_updates(offset=update.update_id + 1, timeout=1)
    assert tap.callback_query is not None
    await tap.callback_query.answer("Danke")
    await tap.callback_query.edit_message_text("Dort")

    assert sent.reply_to_message is not None
    assert [one["text"] for one in await world.chat()] == ["Wo?", "Dort"]
    assert (await ptbbot.get_chat(chat)).first_name == "Petra"


@pytest.mark.filterwarnings("ignore:.*retry_after.*:telegram.warnings.PTBDeprecationWarning")
async def test_python_telegram_bot_receives_the_documented_errors(world: World, ptbbot: telegram.Bot) -> None:
    chat = await world.citizen()

    with pytest.raises(ptb.BadRequest, match="Chat not found"):
        await ptbbot.send_message(1, "x")
    await world.post("/api/faults", {"bot_api": {"status": 429, "retry_after": 7}})
    with pytest.raises(ptb.RetryAfter, match="7"):
        await ptbbot.send_message(chat, "x")
    await world.post("/api/faults", {"bot_api": {"status": 400, "migrate_to_chat_id": -100}})
    with pytest.raises(ptb.ChatMigrated):
        await ptbbot.send_message(chat, "x")
    await world.call("setWebhook", url="https://example.org")
    with pytest.raises(ptb.Conflict):
        await ptbbot.get_updates()
    await world.post("/api/citizens/Petra/block", {})
    with pytest.raises(ptb.Forbidden, match="blocked by the user"):
        await ptbbot.send_message(chat, "x")
    stranger = telegram.Bot("42:wrong", base_url=f"{world.sandbox.url}/bot")
    with pytest.raises(ptb.InvalidToken):
        await stranger.initialize()
    await stranger.shutdown()


async def test_aiogram_works_in_a_group_with_topics(world: World, aiobot: aiogram.Bot) -> None:
    await aiobot.get_updates(allowed_updates=sorted(types.Update.model_fields.keys() - {"update_id"}))
    group = await world.group(forum=True)
    topic = await aiobot.create_forum_topic(group, "KL-7F3K9Q")
    card = await aiobot.send_message(
        group, "Neue Frage", message_thread_id=topic.message_thread_id, reply_markup=AIOGRAM_ROWS
    )
    await world.post(f"/api/groups/{group}/taps", {"from": "Anna", "message_id": card.message_id, "data": "ja"})
    await world.post(f"/api/groups/{group}/messages", {"from": "Anna", "text": "Morgen", "reply_to": card.message_id})
    await world.http.delete(f"/api/groups/{group}/members/Ben")

    updates = await aiobot.get_updates()
    [tap] = [one.callback_query for one in updates if one.callback_query]
    assert await tap.answer("Gern")
    messages = [one.message for one in updates if one.message]

    assert [one.my_chat_member.new_chat_member.status for one in updates if one.my_chat_member] == ["administrator"]
    assert [one.text for one in messages if one.text] == ["Morgen"]
    assert [one.forum_topic_created.name for one in messages if one.forum_topic_created] == ["KL-7F3K9Q"]
    assert [one.left_chat_member.first_name for one in messages if one.left_chat_member] == ["Ben"]
    assert await aiobot.edit_forum_topic(group, topic.message_thread_id, name="fertig")
    assert await aiobot.close_forum_topic(group, topic.message_thread_id)
    assert await aiobot.reopen_forum_topic(group, topic.message_thread_id)
    assert await aiobot.pin_chat_message(group, card.message_id)
    assert (await aiobot.get_chat(group)).pinned_message is not None
    assert [one.status for one in await aiobot.get_chat_administrators(group)] == ["creator", "administrator"]
    assert (await aiobot.get_chat_member(group, tap.from_user.id)).status == "creator"
    assert await aiobot.get_chat_member_count(group) == 2
    assert await aiobot.delete_forum_topic(group, topic.message_thread_id)
    with pytest.raises(ag.TelegramBadRequest, match="message thread not found"):
        await aiobot.send_message(group, "x", message_thread_id=topic.message_thread_id)


async def test_aiogram_is_told_where_a_group_moved_and_when_to_wait(world: World, aiobot: aiogram.Bot) -> None:
    old = await world.group(kind="group")
    new = (await world.post(f"/api/groups/{old}/upgrade", {}))["id"]
    await world.post("/api/faults", {"group_per_minute": 0})

    with pytest.raises(ag.TelegramMigrateToChat) as moved:
        await aiobot.get_chat(old)
    with pytest.raises(ag.TelegramRetryAfter) as late:
        await aiobot.send_message(new, "x")

    assert moved.value.migrate_to_chat_id == new
    assert late.value.retry_after == 60


async def test_python_telegram_bot_works_in_a_group_with_topics(world: World, ptbbot: telegram.Bot) -> None:
    await ptbbot.get_updates(allowed_updates=telegram.Update.ALL_TYPES)
    group = await world.group(forum=True)
    topic = await ptbbot.create_forum_topic(group, "KL-7F3K9Q")
    card = await ptbbot.send_message(
        group, "Neue Frage", message_thread_id=topic.message_thread_id, reply_markup=PTB_ROWS
    )
    await world.post(f"/api/groups/{group}/taps", {"from": "Anna", "message_id": card.message_id, "data": "ja"})
    await world.post(
        f"/api/groups/{group}/messages", {"from": "Anna", "text": "Morgen", "thread": topic.message_thread_id}
    )
    await world.http.delete(f"/api/groups/{group}/members/Ben")

    updates = await ptbbot.get_updates()
    [tap] = [one.callback_query for one in updates if one.callback_query]
    assert await tap.answer("Gern")
    messages = [one.message for one in updates if one.message]

    assert [one.chat_member.new_chat_member.status for one in updates if one.chat_member] == ["left"]
    assert [(one.text, one.is_topic_message) for one in messages if one.text] == [("Morgen", True)]
    assert [one.left_chat_member.first_name for one in messages if one.left_chat_member] == ["Ben"]
    assert card.chat.is_forum
    assert await ptbbot.edit_forum_topic(group, topic.message_thread_id, name="fertig")
    assert await ptbbot.close_forum_topic(group, topic.message_thread_id)
    assert await ptbbot.pin_chat_message(group, card.message_id)
    pinned = (await ptbbot.get_chat(group)).pinned_message
    assert pinned is not None
    assert pinned.text == "Neue Frage"
    assert [one.status for one in await ptbbot.get_chat_administrators(group)] == ["creator", "administrator"]
    assert (await ptbbot.get_chat_member(group, ptbbot.id)).status == "administrator"
    assert await ptbbot.get_chat_member_count(group) == 2
    document = await ptbbot.send_document(group, b"Inhalt", filename="plan.txt", caption="Plan")
    assert document.document is not None
    assert await ptbbot.delete_forum_topic(group, topic.message_thread_id)
    with pytest.raises(ptb.BadRequest, match="Message thread not found"):
        await ptbbot.send_message(group, "x", message_thread_id=topic.message_thread_id)
    await world.post(f"/api/groups/{group}/bot", {"status": "kicked"})
    with pytest.raises(ptb.Forbidden, match="kicked"):
        await ptbbot.send_message(group, "x")


@pytest.mark.filterwarnings("ignore:.*retry_after.*:telegram.warnings.PTBDeprecationWarning")
async def test_python_telegram_bot_is_told_where_a_group_moved_and_when_to_wait(
    world: World, ptbbot: telegram.Bot
) -> None:
    old = await world.group(kind="group")
    new = (await world.post(f"/api/groups/{old}/upgrade", {}))["id"]
    told = [one.message for one in await ptbbot.get_updates() if one.message]
    await world.post("/api/faults", {"group_per_minute": 0})

    with pytest.raises(ptb.ChatMigrated) as moved:
        await ptbbot.send_message(old, "x")
    with pytest.raises(ptb.RetryAfter, match="60|0:01:00"):
        await ptbbot.send_message(new, "x")

    assert moved.value.new_chat_id == new
    assert [one.migrate_to_chat_id or one.migrate_from_chat_id for one in told][-2:] == [new, old]
