"""How long others wait while one person sends 2,000 messages at once: `python -m tests.benchmarks.fairness`.

Once as the inbox was emptied before (the oldest message first, no pace), once as it is now.
"""

import asyncio
import json
import random
import statistics
import tempfile
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

from bot.desk.citizen import CitizenText, Origin
from bot.desk.intake import Door, Intake
from bot.desk.pace import Pace
from bot.knowledge.entry import Language
from bot.observe import logs
from bot.storage.store import Received, Store, open_store
from tests.desk.desk import Desk

FLOOD, OTHERS, SECONDS = 2000, 20, 2.0


class OldestFirst(Store):
    """The inbox as it was emptied before."""

    async def heads(self, limit: int, sources: Collection[str]) -> Sequence[Received]:
        return await self.waiting(1, sources)


def read(payload: bytes, external_id: str) -> CitizenText:
    message = json.loads(payload)
    return CitizenText(Origin("telegram", message["chat"], Language.DE), external_id, message["text"])


def whose(payload: bytes) -> str:
    return str(json.loads(payload)["chat"])


def item(chat: str, text: str) -> tuple[str, bytes]:
    return f"{chat}-{text}", json.dumps({"chat": chat, "text": f"answer: {text}"}).encode()


async def waits(folder: Path, *, fair: bool) -> list[float]:
    """Seconds from the commit of each other person's message to the end of its handling."""
    url = f"sqlite+aiosqlite:///{folder / 'fairness.sqlite'}"
    async with open_store(url, lambda: datetime.now(UTC), whose={"telegram": whose}) as store:
        if not fair:
            store.__class__ = OldestFirst
        conversation, begun, found = Desk(store).conversation, dict[str, float](), list[float]()

        served = asyncio.Event()

        async def handle(tx: Any, message: CitizenText) -> str:
            outcome = await conversation.handle(tx, message)
            if message.external_id in begun:
                found.append(monotonic() - begun[message.external_id])
            if len(found) == OTHERS:
                served.set()
            return outcome

        pace = Pace(20, conversation.slowed) if fair else None
        intake = Intake(store, {"telegram": Door(read, handle, handle, pace=pace)}, on_handled=lambda: None)
        await store.receive("telegram", [item("flood", str(number)) for number in range(FLOOD)])
        working = asyncio.create_task(intake.run())
        for number in range(OTHERS):
            await asyncio.sleep(random.random() * 2 * SECONDS / OTHERS)
            one = item(f"citizen {number}", "Frage")
            begun[one[0]] = monotonic()
            await store.receive("telegram", [one])
            intake.wake()
        await served.wait()
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
    return found


def main() -> None:
    """Print both."""
    logs.configure(level="error", form="console", secrets=())
    for name, fair in (("oldest first, no pace", False), ("in turn, 20 a minute", True)):
        with tempfile.TemporaryDirectory() as folder:
            found = sorted(asyncio.run(waits(Path(folder), fair=fair)))
        worst = found[int(len(found) * 0.99)]
        print(f"{name}: median {statistics.median(found) * 1000:.0f} ms, p99 {worst * 1000:.0f} ms")  # noqa: T201


if __name__ == "__main__":
    main()
