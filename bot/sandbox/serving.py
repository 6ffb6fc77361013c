"""Serves a web application on a socket that is already bound, and ends as soon as it is told to."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, suppress

import uvicorn
from starlette.applications import Starlette

TICK_SECONDS = 0.1  # uvicorn's own
GRACE_SECONDS = 1.0


class _Server(uvicorn.Server):
    """Ends as soon as it is told to, not at its next look at the clock."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.end = asyncio.Event()

    async def main_loop(self) -> None:
        ticks = 0
        while not self.end.is_set() and not await self.on_tick(ticks):
            ticks += 1
            with suppress(TimeoutError):
                async with asyncio.timeout(TICK_SECONDS):
                    await self.end.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        if self.server_state.tasks:
            _, slow = await asyncio.wait(self.server_state.tasks, timeout=GRACE_SECONDS)
            for task in slow:
                task.cancel()
        await asyncio.sleep(0)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        # Ctrl-C belongs to whoever runs the sandbox.
        yield


@asynccontextmanager
async def serving(app: Starlette, bound: socket.socket, close: Callable[[], None]) -> AsyncIterator[None]:
    """Serve the application on this socket inside the block; `close` lets everybody go who waits."""
    server = _Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", ws="none"))
    task = asyncio.create_task(server.serve([bound]))
    try:
        yield
    finally:
        close()
        server.end.set()
        await task


@contextmanager
def listener(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that listens from now on, so that nobody else gets the port. Raises OSError naming the port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named in full: asyncio switches Nagle's delay (40 ms an answer) off only for sockets that say they are TCP.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    with closing(listener):
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise OSError(error.errno, f"Port {port} on {host}: {error.strerror}") from error
        listener.listen(128)
        listener.setblocking(False)
        yield listener
