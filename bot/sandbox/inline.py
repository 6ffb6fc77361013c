"""Inline mode: a citizen types the bot's name and a few words in any chat, the bot answers with what may be sent."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from starlette.requests import Request

from bot.sandbox import bodies
from bot.sandbox.chats import Chats
from bot.sandbox.entities import TEXT_LIMIT, MarkupError, units
from bot.sandbox.markup import parse
from bot.sandbox.news import News
from bot.sandbox.params import Params, bad_request
from bot.sandbox.people import Refused
from bot.sandbox.records import Records
from bot.sandbox.routes import Action
from bot.sandbox.sending import TOO_OLD
from bot.sandbox.updates import Updates

LIFETIME_SECONDS = 30
QUERY_LIMIT = 256
MOST_RESULTS = 50
ID_BYTES = OFFSET_BYTES = START_LIMIT = 64
START = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(slots=True)
class Query:
    """What a citizen typed, and what the bot offers; None while it does not answer."""

    citizen: int
    at: float
    answer: dict[str, Any] | None = field(default=None)


class Inline:
    """Inline queries, in memory: nobody comes back to one."""

    def __init__(
        self, chats: Chats, updates: Updates, records: Records, news: News, clock: Callable[[], datetime]
    ) -> None:
        self._chats = chats
        self._updates = updates
        self._records = records
        self._news = news
        self._clock = clock
        self._queries: dict[str, Query] = {}

    def methods(self) -> Mapping[str, Callable[[Params], Any]]:
        return {"answerinlinequery": self._answer}

    def table(self) -> Sequence[tuple[str, str, Action]]:
        inline = "/api/citizens/{name:path}/inline"
        return [("POST", inline, self._ask), ("GET", f"{inline}/{{query_id}}", self._offered)]

    async def _ask(self, request: Request) -> Any:
        body = await bodies.body(request)
        text = str(body.get("text", ""))
        if units(text) > QUERY_LIMIT:
            raise Refused(400, f"An inline query has at most {QUERY_LIMIT} characters.")
        citizen = self._chats.meet(request.path_params["name"], bodies.language(body))
        number = str(8_000_000_000 + len(self._queries))
        self._queries[number] = Query(citizen.id, self._clock().timestamp())
        with self._records.transaction():
            query = {"id": number, "from": citizen.user, "query": text, "offset": "", "chat_type": "private"}
            self._updates.add("inline_query", query)
        return {"id": number}

    async def _offered(self, request: Request) -> Any:
        query = self._queries.get(request.path_params["query_id"])
        if query is None:
            raise Refused(404, "There is no such inline query.")
        return {"answered": query.answer is not None, **(query.answer or {})}

    def _answer(self, params: Params) -> bool:
        query = self._queries.get(params.text("inline_query_id"))
        if query is None or query.answer is not None or self._clock().timestamp() - query.at > LIFETIME_SECONDS:
            raise bad_request(TOO_OLD)
        results = params.structure("results")
        if not isinstance(results, list) or not all(isinstance(one, dict) for one in results):
            raise bad_request("can't parse inline query results: expected an Array of InlineQueryResult")
        if len(results) > MOST_RESULTS:
            raise bad_request("RESULTS_TOO_MUCH")
        if len(params.text("next_offset").encode()) > OFFSET_BYTES:
            raise bad_request("NEXT_OFFSET_INVALID")
        offered = [_result(one) for one in results]
        if len({one["id"] for one in offered}) < len(offered):
            raise bad_request("RESULT_ID_DUPLICATE")
        query.answer = {
            "results": offered,
            "button": _button(params.structure("button")),
            "cache_time": params.integer("cache_time", 300),
            "is_personal": params.flag("is_personal"),
        }
        self._news.changed()
        return True


def _result(given: Mapping[str, Any]) -> dict[str, Any]:
    """An article with a text; other kinds of results are not played here."""
    name = str(given.get("id", ""))
    if not 1 <= len(name.encode()) <= ID_BYTES:
        raise bad_request("RESULT_ID_INVALID")
    if given.get("type") != "article":
        raise bad_request("RESULT_TYPE_INVALID")
    if not str(given.get("title", "")).strip():
        raise bad_request("ARTICLE_TITLE_EMPTY")
    content = given.get("input_message_content")
    if not isinstance(content, dict):
        raise bad_request("can't parse inline query result: Message content is not specified")
    try:
        text, _ = parse(str(content.get("message_text", "")), str(content.get("parse_mode", "")))
    except MarkupError as error:
        raise bad_request(str(error)) from error
    if not text:
        raise bad_request("message text is empty")
    if units(text) > TEXT_LIMIT:
        raise bad_request("MESSAGE_TOO_LONG")
    return {"id": name, "title": given["title"], "description": given.get("description", ""), "text": text}


def _button(given: Any) -> dict[str, Any] | None:
    if given is None:
        return None
    if not isinstance(given, dict) or not str(given.get("text", "")):
        raise bad_request("can't parse InlineQueryResultsButton: Text is empty")
    if "web_app" not in given and not START.fullmatch(str(given.get("start_parameter", ""))):
        raise bad_request("START_PARAM_INVALID")
    return {"text": given["text"], "start_parameter": given.get("start_parameter")}
