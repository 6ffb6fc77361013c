"""The driver API: what scripts, tests and the page use to play citizens and staff."""

import asyncio
import json
import urllib.request
from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from bot.sandbox import bodies
from bot.sandbox.chats import Chats
from bot.sandbox.faults import Faults
from bot.sandbox.files import Files, download
from bot.sandbox.mailbox import Mailbox
from bot.sandbox.news import News
from bot.sandbox.params import ApiError
from bot.sandbox.people import Refused
from bot.sandbox.pictures import picture_type
from bot.sandbox.profile import Profile
from bot.sandbox.records import Records
from bot.sandbox.routes import Action
from bot.sandbox.things import Things
from bot.sandbox.updates import Updates

STATUS_SECONDS = 1.0


class Driver:
    """Answers /api/… about citizens and the sandbox itself. Raises Refused with a sentence."""

    def __init__(
        self,
        records: Records,
        chats: Chats,
        things: Things,
        updates: Updates,
        mailbox: Mailbox,
        faults: Faults,
        news: News,
        files: Files,
        profile: Profile,
        bot_status: str | None,
    ) -> None:
        self._records = records
        self._chats = chats
        self._things = things
        self._updates = updates
        self._mailbox = mailbox
        self._faults = faults
        self._news = news
        self._files = files
        self._profile = profile
        self._bot_status = bot_status

    def table(self) -> Sequence[tuple[str, str, Action]]:
        citizen = "/api/citizens/{name:path}"
        return [
            ("GET", "/api/citizens", self._citizens),
            ("POST", "/api/citizens", self._new_citizen),
            ("GET", f"{citizen}/messages", self._messages),
            ("POST", f"{citizen}/messages", self._write),
            ("PUT", f"{citizen}/messages/{{number}}", self._rewrite),
            ("POST", f"{citizen}/things", self._send),
            ("POST", f"{citizen}/taps", self._tap),
            ("GET", f"{citizen}/toasts", self._toasts),
            ("POST", f"{citizen}/block", self._block),
            ("POST", f"{citizen}/unblock", self._unblock),
            ("POST", "/api/updates", self._inject),
            ("GET", "/api/faults", self._show_faults),
            ("POST", "/api/faults", self._set_faults),
            ("GET", "/api/files/{file_id}", self._file),
            ("GET", "/api/files/{file_id}/picture", self._picture),
            ("GET", "/api/bot", self._bot),
            ("GET", "/api/decisions", self._decisions),
            ("GET", "/api/events", self._events),
            ("GET", "/api/state", self._state),
        ]

    # -- citizens

    async def _citizens(self, _request: Request) -> Any:
        sql = "SELECT chat, max(number) FROM messages WHERE author = 'bot' GROUP BY chat"
        newest = dict(self._records.rows(sql))
        return [citizen.as_json() | {"last_bot_message": newest.get(citizen.id)} for citizen in self._chats.citizens()]

    async def _new_citizen(self, request: Request) -> Any:
        body = await bodies.body(request)
        return self._chats.meet(bodies.text(body, "name"), bodies.language(body)).as_json()

    async def _messages(self, request: Request) -> Any:
        return [message.as_json() for message in self._chats.messages(request.path_params["name"])]

    async def _write(self, request: Request) -> Any:
        body = await bodies.body(request)
        reply_to = bodies.maybe_number(body, "reply_to")
        text, name = bodies.text(body, "text"), request.path_params["name"]
        return self._chats.write(name, text, bodies.language(body), reply_to).as_json()

    async def _rewrite(self, request: Request) -> Any:
        body = await bodies.body(request)
        name, number = request.path_params["name"], bodies.path_number(request)
        return self._chats.rewrite(name, number, bodies.text(body, "text")).as_json()

    async def _send(self, request: Request) -> Any:
        body = await bodies.body(request)
        text = bodies.text(body, "text") if body.get("text") is not None else ""
        kind, files, reply_to = bodies.text(body, "kind"), bodies.files(body), bodies.maybe_number(body, "reply_to")
        sent = self._things.send(request.path_params["name"], kind, text, files, reply_to)
        return [message.as_json() for message in sent]

    async def _tap(self, request: Request) -> Any:
        body = await bodies.body(request)
        name = request.path_params["name"]
        return {"id": self._chats.tap(name, bodies.number(body, "message_id"), bodies.text(body, "data"))}

    async def _toasts(self, request: Request) -> Any:
        citizen = self._chats.named(request.path_params["name"])
        sql = "SELECT id, text, alert FROM taps WHERE citizen = ? AND answered IS NOT NULL ORDER BY id"
        rows = [] if citizen is None else self._records.rows(sql, citizen.id)
        return [{"id": str(number), "text": text or "", "alert": bool(alert)} for number, text, alert in rows]

    async def _block(self, request: Request) -> Any:
        return self._chats.block(request.path_params["name"], blocked=True).as_json()

    async def _unblock(self, request: Request) -> Any:
        return self._chats.block(request.path_params["name"], blocked=False).as_json()

    # -- the rest

    async def _inject(self, request: Request) -> Any:
        try:
            return {"update_id": self._updates.inject(await bodies.body(request))}
        except ValueError as error:
            raise Refused(400, str(error)) from error

    async def _show_faults(self, _request: Request) -> Any:
        return self._faults.as_json()

    async def _set_faults(self, request: Request) -> Any:
        try:
            self._faults.set(await bodies.body(request))
        except ValueError as error:
            raise Refused(400, str(error)) from error
        self._mailbox.apply_faults()
        self._news.changed()
        return self._faults.as_json()

    async def _file(self, request: Request) -> Any:
        try:
            name, _, content = self._files.content(request.path_params["file_id"])
        except ApiError as error:
            raise Refused(404, "There is no such file.") from error
        return download(name, content)

    async def _picture(self, request: Request) -> Any:
        try:
            _, _, content = self._files.content(request.path_params["file_id"])
        except ApiError as error:
            raise Refused(404, "There is no such file.") from error
        kind = picture_type(content)
        if kind is None:
            raise Refused(404, "This file is no picture.")
        return Response(content, media_type=kind)

    async def _bot(self, request: Request) -> Any:
        return self._profile.shown(request.query_params.get("language", "de"))

    async def _decisions(self, _request: Request) -> Any:
        return [] if self._bot_status is None else await asyncio.to_thread(_fetched, self._bot_status)

    async def _events(self, _request: Request) -> Any:
        headers = {"Cache-Control": "no-store"}
        return StreamingResponse(self._news.stream(), media_type="text/event-stream", headers=headers)

    async def _state(self, _request: Request) -> Any:
        from_bot = "SELECT count(*) FROM messages WHERE author = 'bot' AND chat > 0"
        counts = {
            "citizens": self._records.count("SELECT count(*) FROM citizens"),
            "messages_from_citizens": self._records.count("SELECT count(*) FROM messages WHERE author = 'citizen'"),
            "messages_from_bot": self._records.count(from_bot),
            "groups": self._records.count("SELECT count(*) FROM groups WHERE moved_to IS NULL"),
            "updates_waiting": self._updates.pending,
            "bot_is_polling": self._updates.is_polled(),
        }
        return counts | self._mailbox.counts() | {"faults": self._faults.as_json(), "version": self._news.version}


def _fetched(url: str) -> list[Any]:
    """The bot's decisions; none while it does not answer."""
    if not url.startswith(("http://", "https://")):
        return []
    try:
        with urllib.request.urlopen(url, timeout=STATUS_SECONDS) as answer:
            found = json.load(answer)
    except (OSError, ValueError):
        return []
    return found if isinstance(found, list) else []
