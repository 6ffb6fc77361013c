"""Run as a process of its own: fills the disk (a limit on the size of files) and then makes room again.

Prints what happened as one JSON object. Its argument is the folder of the database.
"""

import asyncio
import json
import resource
import sys
from datetime import UTC, datetime
from pathlib import Path

from bot.errors import StorageError
from bot.storage.store import Store, open_store

ROOM = 60_000


def longest(folder: Path) -> int:
    """The size of the largest file, in bytes."""
    return max(file.stat().st_size for file in folder.iterdir())


async def fill(store: Store) -> tuple[int, list[str]]:
    """Receive letters until the disk refuses five of them; how many were taken, and the sentences."""
    taken = 0
    refusals: list[str] = []
    while len(refusals) < 5:
        try:
            await store.receive("telegram", [(f"letter-{taken}", b"x" * 5000)])
        except StorageError as error:
            refusals.append(str(error))
        else:
            taken += 1
    return taken, refusals


async def refused_in_the_middle(store: Store) -> bool:
    """Whether a transaction that already wrote something is refused as a whole."""
    try:
        async with store.begin() as tx:
            for number in range(20):
                await tx.send("telegram", "chat:1", f"key-{number}", {"text": "x" * 5000})
    except StorageError:
        return True
    return False


def _largest(folder: Path) -> int:
    return max(file.stat().st_size for file in folder.iterdir())


async def main(folder: Path) -> None:
    async with open_store(f"sqlite+aiosqlite:///{folder / 'klbot.sqlite'}", lambda: datetime.now(UTC)) as store:
        limit = _largest(folder) + ROOM
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
        taken, refusals = await fill(store)
        whole = await refused_in_the_middle(store)
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        kept = [row.external_id for row in await store.waiting(1000)]
        await store.receive("telegram", [("afterwards", b"x")])
        async with store.begin() as tx:
            await tx.send("telegram", "chat:1", "afterwards", {"text": "x"})
        counts = dict(await store.counts())
    found = {"taken": taken, "refusals": refusals, "whole": whole, "kept": kept, "counts": counts}
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
