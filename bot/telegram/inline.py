"""Inline mode: the bot's name and a few words typed in any chat, and answers to choose from.

Such a query is worth something for seconds and comes with every letter that somebody types elsewhere. So it never
enters the inbox: it waits in memory, the newest of each person, and is lost when the bot is stopped, which costs the
person one more letter. Nothing of it is stored but how many there were.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import structlog
from telegram import Bot, InlineQueryResultArticle, InlineQueryResultsButton, InputTextMessageContent
from telegram.error import BadRequest

from bot.desk.beginning import INVITED
from bot.desk.inline import Offer
from bot.telegram.outbound import NO_PREVIEW, split

log = structlog.get_logger()

AT_ONCE: Final = 4
WAITING: Final = 100  # people; of more, those who wait longest have typed on
CACHE_SECONDS: Final = 60
DESCRIPTION: Final = 120


@dataclass(frozen=True, slots=True)
class Query:
    """A few words, and who is typing them."""

    id: str
    person: int
    text: str


class InlineAnswers:
    """Answers inline queries. `count` keeps the outcome of each, a short word."""

    def __init__(self, bot: Bot, offer: Callable[[str], Offer], count: Callable[[str], Awaitable[None]]) -> None:
        self._bot = bot
        self._offer = offer
        self._count = count
        self._waiting: dict[int, Query] = {}
        self._news = asyncio.Event()

    @property
    def waiting(self) -> int:
        """How many people wait for an answer."""
        return len(self._waiting)

    def takes(self, update: Any) -> bool:
        """Whether the update is an inline query, which is then answered soon; one of no known form is dropped."""
        given = update.get("inline_query") if isinstance(update, dict) else None
        if given is None:
            return False
        if (query := _read(given)) is not None:
            self._waiting.pop(query.person, None)
            self._waiting[query.person] = query
            while len(self._waiting) > WAITING:
                del self._waiting[next(iter(self._waiting))]
            self._news.set()
        return True

    async def run(self) -> None:
        """Answer until cancelled."""
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(self._work())

    async def _work(self) -> None:
        while True:
            while not self._waiting:
                self._news.clear()
                await self._news.wait()
            await self._take(self._waiting.pop(next(iter(self._waiting))))

    async def _take(self, query: Query) -> None:
        try:
            outcome = await self._answer(query)
            await self._count(f"inline:{outcome}")
        except Exception as error:  # noqa: BLE001 -- one query that fails must not stop the others
            log.error("inline.failed", error=type(error).__name__)
        else:
            log.info("inline.answered", outcome=outcome)

    async def _answer(self, query: Query) -> str:
        offer = self._offer(query.text)
        results = [
            InlineQueryResultArticle(
                article.name,
                article.question,
                InputTextMessageContent(article.text, link_preview_options=NO_PREVIEW),
                description=article.text.removeprefix(article.question)[:DESCRIPTION],
            )
            for article in offer.articles
            if len(list(split(article.text))) == 1  # what does not fit into one message cannot be sent from here
        ]
        try:
            await self._bot.answer_inline_query(
                query.id,
                results,
                cache_time=CACHE_SECONDS,
                is_personal=False,
                button=InlineQueryResultsButton(offer.ask, start_parameter=INVITED),
            )
        except BadRequest as error:
            if "query is too old" not in error.message.lower():
                raise
            return "late"
        return "offered" if results else "nothing"


def _read(given: Any) -> Query | None:
    if not isinstance(given, Mapping) or not isinstance(given.get("from"), Mapping):
        return None
    number, person, text = given.get("id"), given["from"].get("id"), given.get("query")
    if isinstance(number, str) and isinstance(person, int) and isinstance(text, str):
        return Query(number, person, text)
    return None
