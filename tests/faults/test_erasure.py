"""kill -9 in the middle of an erasure: all of it happened or nothing, and nothing is left in the file's log."""

import asyncio
import os
import signal
from multiprocessing import get_context
from pathlib import Path

import pytest

from bot.desk.citizen import CitizenCommand
from bot.storage.store import Store
from tests.desk.desk import ADA, Desk, opened_desk
from tests.desk.test_rights import erase, stored

WORD = b"Zwetschgen"


class Killed(Store):
    """A store whose process is killed before it can empty the log: that is, right after the commit."""

    armed = False

    async def wipe_log(self) -> None:
        if self.armed:
            os.kill(os.getpid(), signal.SIGKILL)


def erasing(folder: Path, *, after_commit: bool) -> None:
    """Ask about something, have it erased, and be killed."""

    async def work() -> None:
        async with opened_desk(folder) as desk:
            await desk.ticket_of(f"Wo wachsen {WORD.decode()}?")
            if after_commit:
                desk.store.__class__ = Killed
                desk.store.armed = True  # type: ignore[attr-defined]
                await erase(desk)
            else:
                await _broken_off(desk)

    asyncio.run(work())


async def _broken_off(desk: Desk) -> None:
    async with desk.store.begin() as tx:
        await desk.conversation.handle(tx, CitizenCommand(ADA, "9", "loeschen", "ja"))
        os.kill(os.getpid(), signal.SIGKILL)


def killed(folder: Path, *, after_commit: bool) -> int | None:
    process = get_context("forkserver").Process(target=erasing, args=(folder,), kwargs={"after_commit": after_commit})
    process.start()
    process.join(50)
    return process.exitcode


@pytest.mark.parametrize("after_commit", [False, True])
async def test_an_erasure_is_whole_or_has_not_happened(tmp_path: Path, after_commit: bool) -> None:
    assert await asyncio.to_thread(killed, tmp_path, after_commit=after_commit) == -signal.SIGKILL
    assert WORD in stored(tmp_path), "the log beside the file still holds it"

    async with opened_desk(tmp_path) as desk:
        asked = [one["text"] for one in await desk.store.decisions(10) if one["text"] != "/start"]
        if not after_commit:
            assert asked == [f"Wo wachsen {WORD.decode()}?"]
            await erase(desk)
        else:
            # Ada's beginning and her question are counted without their words.
            assert asked and set(asked) == {""}

        assert WORD not in stored(tmp_path)
