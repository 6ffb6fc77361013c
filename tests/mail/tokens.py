"""A token server on loopback: gives tokens out, and tells mail servers which of them are good."""

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import sleep

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.mail.oauth import OAuthSettings, Tokens
from tests.mail.servers import USER

CLIENT, SECRET, SCOPE = "7f3c-client", "sehr/geheim+und=lang", "https://outlook.office365.com/.default"
MICROSOFTS_WORDS = "AADSTS7000215: Invalid client secret provided. Trace ID: 1c2f Timestamp: 2026-11-24 10:02:00Z"


@dataclass(slots=True)
class TokenServer:
    """Gives a new token to whoever knows the secret. `answers`: what it says first, before it works again."""

    port: int
    lifetime: int = 3600
    asked: list[Mapping[str, str]] = field(default_factory=list)
    good: set[str] = field(default_factory=set)
    answers: list[Response] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where tokens are given out."""
        return f"http://127.0.0.1:{self.port}/tenant/oauth2/v2.0/token"

    def revoke(self) -> None:
        """No token given out so far is good any more."""
        self.good.clear()

    async def token(self, request: Request) -> Response:
        """As Microsoft answers."""
        form = {name: str(value) for name, value in (await request.form()).items()}
        self.asked.append(form)
        if self.answers:
            return self.answers.pop(0)
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT, SECRET):
            return refusal("invalid_client", MICROSOFTS_WORDS)
        token = f"token-{self.port}-{len(self.asked)}"
        self.good.add(token)
        return JSONResponse({"token_type": "Bearer", "expires_in": self.lifetime, "access_token": token})

    async def introspect(self, request: Request) -> Response:
        """What Dovecot asks (RFC 7662)."""
        token = str((await request.form()).get("token"))
        active = token in self.good
        return JSONResponse({"active": active, "username": USER} if active else {"active": False})


def refusal(error: str, description: str = "", status: int = 401) -> Response:
    """A refusal of RFC 6749, section 5.2."""
    return JSONResponse({"error": error, "error_description": description}, status_code=status)


@contextmanager
def token_server(port: int = 0) -> Iterator[TokenServer]:
    """A server in a thread of its own, for the length of the block."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    kept = TokenServer(listener.getsockname()[1])
    routes = [
        Route("/tenant/oauth2/v2.0/token", kept.token, methods=["POST"]),
        Route("/introspect", kept.introspect, methods=["POST"]),
    ]
    config = uvicorn.Config(Starlette(routes=routes), log_config=None, lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        while not server.started:
            sleep(0.01)
        yield kept
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


@dataclass(slots=True)
class Clock:
    """A clock that the test sets."""

    moment: datetime = datetime(2026, 11, 24, 10, 2, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def pass_by(self, seconds: float) -> None:
        """Let time go by."""
        self.moment += timedelta(seconds=seconds)


def some_tokens(url: str, clock: Callable[[], datetime], secret: str = SECRET) -> Tokens:
    """Tokens of a client of this server."""
    return Tokens(OAuthSettings(url, CLIENT, secret, SCOPE, timeout=5.0), clock)
