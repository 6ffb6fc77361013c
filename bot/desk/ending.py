"""Letting what has begun come to its end when the bot is stopped."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


async def to_its_end(work: Coroutine[Any, Any, Result]) -> Result:
    """Await it; if we are cancelled meanwhile, it is finished first.

    Cancelling a database call half-way would throw its connection away, and leave open whether it was committed.
    """
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise
