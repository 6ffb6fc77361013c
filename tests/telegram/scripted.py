"""A server that is no Bot API server, or not a sound one: it gives the answers a test wrote down."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs


def ok(result: Any) -> bytes:
    """The body of a good answer."""
    return json.dumps({"ok": True, "result": result}).encode()


class Scripted:
    """Answers one call after the other (getMe aside) from `answers`, then the last of them for ever.

    An answer is a body, or a status and a body. `asked` keeps the parameters of every call.
    """

    def __init__(self, answers: Iterable[bytes | tuple[int, bytes]], seconds: float) -> None:
        self._answers = list(answers)
        self._seconds = seconds
        self.asked: list[dict[str, str]] = []
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = next((line for line in head.splitlines() if line.startswith("content-length:")), ":0")
        body = await reader.readexactly(int(length.partition(":")[2]))
        if "/getme " in head:
            status, answer = 200, ok({"id": 1, "is_bot": True, "first_name": "Bot", "username": "bot"})
        else:
            self.asked.append({key: values[0] for key, values in parse_qs(body.decode()).items()})
            status, answer = self._next()
            await asyncio.sleep(self._seconds)
        writer.write(f"HTTP/1.1 {status} So\r\nContent-Length: {len(answer)}\r\nConnection: close\r\n\r\n".encode())
        writer.write(answer)
        writer.close()

    def _next(self) -> tuple[int, bytes]:
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return answer if isinstance(answer, tuple) else (200, answer)


@asynccontextmanager
async def scripted(*answers: bytes | tuple[int, bytes], seconds: float = 0.0) -> AsyncIterator[Scripted]:
    """The server for the length of the block; each answer takes so many seconds."""
    script = Scripted(answers, seconds)
    server = await asyncio.start_server(script.serve, "127.0.0.1", 0)
    script.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield script
    finally:
        server.close()
        # Who still waits for an answer gets it, so that no task is left behind.
        await asyncio.sleep(seconds)
