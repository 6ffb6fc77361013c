"""The sandbox as a whole: opened, served on one port, closed without a trace."""

import secrets
import string
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.sandbox.answers import Json
from bot.sandbox.bot_api import BotApi
from bot.sandbox.calls import Calls
from bot.sandbox.chats import Chats
from bot.sandbox.driver import Driver
from bot.sandbox.faults import Faults
from bot.sandbox.files import Files
from bot.sandbox.groups.crowd import Crowd
from bot.sandbox.groups.driver import GroupDriver
from bot.sandbox.groups.methods import GroupMethods
from bot.sandbox.groups.records import Groups
from bot.sandbox.groups.talk import Talk
from bot.sandbox.headers import SafeHeaders
from bot.sandbox.inline import Inline
from bot.sandbox.mail_driver import MailDriver
from bot.sandbox.mailbox import Mailbox
from bot.sandbox.messages import Messages
from bot.sandbox.news import News
from bot.sandbox.profile import Profile
from bot.sandbox.records import Records
from bot.sandbox.rooms import Rooms
from bot.sandbox.routes import Action, routes_of
from bot.sandbox.sending import Sending
from bot.sandbox.serving import listener, serving
from bot.sandbox.things import Things
from bot.sandbox.updates import Updates

STATIC = Path(__file__).parent / "static"
BOT_NAME = "KL.digital Bot"
BOT_USERNAME = "kldigital_bot"
TOKEN_LETTERS = string.ascii_letters + string.digits


class Sandbox:
    """Telegram, a mail server and a page to play with them, as an async context manager.

    While it is open, `url`, `token`, `smtp_port`, `imap_port`, `mail_user` and `mail_password` say how a bot gets in.
    `data`: a folder in which everything survives kill -9; None keeps it in memory. `bot_status`: an address that
    returns the bot's decisions as a JSON list. Port 0 is any free port. Raises OSError when a port or the folder is
    taken; then nothing is left running.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 8000,
        data: Path | None = None,
        token: str | None = None,
        bot_status: str | None = None,
        bot_address: str = "bot@kl.digital",
        queue_address: str = "info@kl.digital",
        *,
        mail_password: str | None = None,
        smtp_port: int = 0,
        imap_port: int = 0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._host = host
        self._ports = (port, smtp_port, imap_port)
        self._data = data
        self._bot_status = bot_status
        self._queue_address = queue_address
        self._clock = clock
        self._stack = AsyncExitStack()
        self._given = {"token": token, "mail_password": mail_password}
        self.url = ""
        self.token = ""
        self.smtp_port = 0
        self.imap_port = 0
        self.mail_user = bot_address
        self.mail_password = ""

    async def __aenter__(self) -> "Sandbox":
        async with AsyncExitStack() as stack:
            web, smtp, imap = [stack.enter_context(listener(self._host, port)) for port in self._ports]
            records = Records(self._data)
            stack.callback(records.close)
            self.token = self._kept(records, "token", _new_token())
            self.mail_password = self._kept(records, "mail_password", secrets.token_urlsafe(18))
            app, mailbox, close = self._assembled(records)
            await mailbox.start(smtp, imap)
            stack.push_async_callback(mailbox.stop)
            await stack.enter_async_context(serving(app, web, close))
            self.url = f"http://{_in_url(self._host)}:{web.getsockname()[1]}"
            self.smtp_port, self.imap_port = smtp.getsockname()[1], imap.getsockname()[1]
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    def _kept(self, records: Records, key: str, fresh: str) -> str:
        """What was given at the start, else what was kept, else a fresh one."""
        given = self._given[key]
        if given is not None:
            records.put(key, given)
        return records.kept(key, fresh)

    def _assembled(self, records: Records) -> tuple[Starlette, Mailbox, Callable[[], None]]:
        """The web application, the mail side, and how to let everybody go who waits."""
        number = self.token.partition(":")[0]
        bot = {
            "id": int(number) if number.isdecimal() else 1,
            "is_bot": True,
            "first_name": BOT_NAME,
            "username": BOT_USERNAME,
        }
        news, faults, files = News(), Faults(), Files(records)
        updates, profile, messages = Updates(records), Profile(records, bot), Messages(records, news)
        calls, groups = Calls(faults, self._clock), Groups(records)
        chats = Chats(records, messages, updates, news, bot, self._clock)
        talk = Talk(messages, groups, updates, bot, self._clock)
        rooms = Rooms(chats, groups, talk, messages)
        crowd = Crowd(records, messages, groups, talk, chats, updates, news)
        mailbox = Mailbox(
            records,
            news,
            faults,
            self._clock,
            bot_address=self.mail_user,
            queue_address=self._queue_address,
            password=self.mail_password,
        )
        sending = Sending(rooms, messages, files, records, news, self._clock)
        group_methods = GroupMethods(records, rooms, groups, talk, messages)
        inline = Inline(chats, updates, records, news, self._clock)
        api = BotApi(self.token, rooms, updates, sending, group_methods, inline, files, profile, faults, calls)
        drivers = (
            Driver(
                records, chats, Things(chats, files), updates, mailbox, faults, news, files, profile, self._bot_status
            ),
            inline,
            MailDriver(mailbox),
            GroupDriver(records, messages, groups, crowd, calls),
        )
        table = [row for driver in drivers for row in driver.table()]

        def close() -> None:
            updates.close()
            news.close()

        return _application(api, table), mailbox, close


def _application(api: BotApi, table: Sequence[tuple[str, str, Action]]) -> Starlette:
    routes: list[Route | Mount] = [
        Route("/bot{token}/{method}", api.call, methods=["GET", "POST"]),
        Route("/file/bot{token}/{path:path}", api.file, methods=["GET"]),
        *routes_of(table),
        Mount("/", StaticFiles(directory=STATIC, html=True)),
    ]
    handlers: dict[Any, Any] = {HTTPException: _http_error}
    return Starlette(routes=routes, exception_handlers=handlers, middleware=[Middleware(SafeHeaders)])


async def _http_error(request: Request, error: HTTPException) -> Json:
    """Refusals of the framework in the form of the part they belong to."""
    if request.url.path.startswith(("/bot", "/file")):
        body: dict[str, Any] = {"ok": False, "error_code": error.status_code, "description": error.detail}
    else:
        body = {"error": f"{error.detail}: {request.method} {request.url.path}"}
    return Json(body, status_code=error.status_code, headers=error.headers)


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _new_token() -> str:
    """Of the form of Telegram's tokens."""
    number = 100_000_000 + secrets.randbelow(900_000_000)
    return f"{number}:{''.join(secrets.choice(TOKEN_LETTERS) for _ in range(35))}"
