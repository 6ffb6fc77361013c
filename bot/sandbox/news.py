"""Tells whoever watches that something has changed."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

KEEP_ALIVE_SECONDS = 15.0


class News:
    """A growing version number and a stream of small events. `close()` ends every stream at once."""

    def __init__(self) -> None:
        self.version = 1
        self._watchers: set[asyncio.Queue[tuple[str, dict[str, Any]] | None]] = set()
        self._closed = False

    def changed(self) -> None:
        self.version += 1
        self._tell("change", {"version": self.version})

    def happened(self, kind: str, **details: Any) -> None:
        """Something that passes: a toast, a typing sign."""
        self._tell(kind, details)

    def close(self) -> None:
        self._closed = True
        for queue in self._watchers:
            queue.put_nowait(None)

    async def stream(self) -> AsyncIterator[bytes]:
        """Server-sent events, the present version first."""
        queue: asyncio.Queue[tuple[str, dict[str, Any]] | None] = asyncio.Queue()
        self._watchers.add(queue)
        try:
            yield _event("change", {"version": self.version})
            while not self._closed:
                try:
                    async with asyncio.timeout(KEEP_ALIVE_SECONDS):
                        item = await queue.get()
                except TimeoutError:
                    yield b": still here\n\n"
                    continue
                if item is None:
                    return
                yield _event(*item)
        finally:
            self._watchers.discard(queue)

    def _tell(self, kind: str, details: dict[str, Any]) -> None:
        for queue in self._watchers:
            queue.put_nowait((kind, details))


def _event(kind: str, details: dict[str, Any]) -> bytes:
    return f"event: {kind}\ndata: {json.dumps(details)}\n\n".encode()
