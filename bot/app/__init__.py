"""The composition root: opens every part in order, runs the loops, closes in reverse."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import structlog

from bot import config as configuration
from bot.app.assembly import Known, Loop, assembled
from bot.app.clock import now
from bot.app.hidden import read_secrets
from bot.app.live import WatchedFolder
from bot.app.post import MAIL
from bot.app.thresholds import computed
from bot.config import Config
from bot.desk.brakes import Brakes
from bot.desk.obstacles import obstacles
from bot.desk.words import missing_words
from bot.errors import KnowledgeError
from bot.knowledge.loader import load, shipped
from bot.matching.building import Order
from bot.matching.matcher import Matcher
from bot.matching.workshop import uncollected
from bot.observe import health, logs
from bot.storage.store import open_store
from bot.telegram.client import connected
from bot.telegram.inbound import CHANNEL, whose

log = structlog.get_logger()


async def run(config: Config, *, on_ready: Callable[[], None] = lambda: None) -> None:
    """The whole bot, until cancelled. Raises KlbotError when a part cannot start."""
    hidden = read_secrets(config)
    logs.configure(level=config.observe.log_level, form=config.observe.log_format, secrets=hidden.all)
    own, fallback = (shipped(), None) if config.knowledge is None else (config.knowledge, shipped())
    order, folder = Order(own, fallback, config.matching.aim(), obstacles), WatchedFolder(own)
    # Before it is read: what is saved meanwhile is found to have changed.
    seen = folder.signature()
    knowledge = load(own, fallback=fallback)
    if complaints := missing_words(knowledge):
        raise KnowledgeError(complaints)
    configuration.make_folder(config.database)
    brakes = Brakes(config.mail.brakes.per_ticket, config.mail.brakes.in_all)
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(config.database, now, {MAIL: brakes}, {CHANNEL: whose}))
        clients = await stack.enter_async_context(connected(hidden.token, config.telegram.base_url))
        # It takes seconds, and in the try-out this loop serves the page meanwhile.
        with uncollected():
            matcher = await asyncio.to_thread(Matcher, knowledge, order.aim)
        log.info("matching.computed" if matcher.limit else "matching.too_few_questions", **computed(matcher))
        loops, pulse = await assembled(config, hidden, Known(order, folder, seen, knowledge, matcher), store, clients)
        if config.observe.port is not None:
            await stack.enter_async_context(health.serving(pulse, config.observe.port))
        async with turning(loops):
            log.info("bot.ready", knowledge=knowledge.version, entries=sum(1 for _ in knowledge.entries()))
            on_ready()
            await asyncio.Event().wait()


@asynccontextmanager
async def turning(loops: Sequence[Loop]) -> AsyncIterator[None]:
    """Run the loops for the length of the block; if one of them fails, so does the block."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(loop()) for loop in loops]
        yield
        # Only when the block ends by itself: whatever else ends it, the group has cancelled them already, and a
        # second cancellation would break into the closing of their database connections.
        for task in tasks:
            task.cancel()
