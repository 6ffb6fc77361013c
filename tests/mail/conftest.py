"""What holds for every test of mail."""

import asyncio
import inspect
from collections.abc import AsyncIterator

import pytest


@pytest.fixture(autouse=True)
async def farewell(request: pytest.FixtureRequest) -> AsyncIterator[None]:
    """An encrypted connection takes a moment to close: the loop must not end before, or it is said to be left open."""
    yield
    if inspect.iscoroutinefunction(request.function):
        await asyncio.sleep(0.05)
