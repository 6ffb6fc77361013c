"""A sandbox, open for one test."""

from collections.abc import AsyncIterator

import httpx
import pytest

from bot.sandbox.server import Sandbox
from tests.sandbox.world import World


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with Sandbox(port=0) as sandbox, httpx.AsyncClient(base_url=sandbox.url, timeout=20) as http:
        yield World(sandbox, http)
