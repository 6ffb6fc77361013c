"""A small web server on this machine: is the bot well, how much has it done, and (in the try-out) why."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.errors import StartError

NEWEST_DECISIONS = 50


@dataclass(frozen=True, slots=True)
class Pulse:
    """What the health page reads.

    `last_good` tells when each loop last succeeded, None if it never did, and `limit` how long ago that may be;
    `alarms` what operators were told, and since when it holds; `matching` how sure an answer must be.
    """

    counts: Callable[[], Awaitable[Mapping[str, int]]]
    last_good: Mapping[str, Callable[[], datetime | None]]
    clock: Callable[[], datetime]
    decisions: Callable[[int], Awaitable[Sequence[Mapping[str, Any]]]] | None = None
    matching: Callable[[], Mapping[str, float]] = dict
    limit: timedelta = timedelta(minutes=10)
    alarms: Callable[[], Mapping[str, datetime]] = dict


def application(pulse: Pulse) -> Starlette:
    """/health (200 or 503), /counts, and /decisions where citizens' words may be shown."""

    async def health(_request: Request) -> JSONResponse:
        now = pulse.clock()
        moments = {name: moment() for name, moment in pulse.last_good.items()}
        well = all(moment is not None and now - moment <= pulse.limit for moment in moments.values())
        body = {name: None if moment is None else moment.isoformat() for name, moment in moments.items()}
        alarms = {name: since.isoformat() for name, since in pulse.alarms().items()}
        told = {"well": well, "last_good": body, "alarms": alarms, "matching": dict(pulse.matching())}
        return JSONResponse(told, status_code=200 if well else 503)

    async def counts(_request: Request) -> JSONResponse:
        return JSONResponse(dict(await pulse.counts()))

    async def decisions(_request: Request) -> JSONResponse:
        assert pulse.decisions is not None
        return JSONResponse(list(await pulse.decisions(NEWEST_DECISIONS)))

    routes = [Route("/health", health), Route("/counts", counts)]
    if pulse.decisions is not None:
        routes.append(Route("/decisions", decisions))
    return Starlette(routes=routes)


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        # The bot ends in its own order; the web server must not take Ctrl-C for itself.
        yield


@asynccontextmanager
async def serving(pulse: Pulse, port: int) -> AsyncIterator[None]:
    """Serve on 127.0.0.1 for the length of the block. Raises StartError when the port is taken."""
    # Named as TCP, since asyncio sends small answers at once only where it sees that.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        listener.close()
        raise StartError(f"observe.port: port {port} is taken ({error.strerror}); choose another.") from error
    server = _Server(uvicorn.Config(application(pulse), log_config=None, lifespan="off", timeout_graceful_shutdown=1))
    task = asyncio.create_task(server.serve([listener]))
    try:
        yield
    finally:
        server.should_exit = True
        await task
