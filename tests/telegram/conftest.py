"""The world outside, a database and the bot's clients, open for one test."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from bot.sandbox.server import Sandbox
from bot.storage.store import Store, open_store
from bot.telegram.client import Clients, connected
from tests.database import database
from tests.sandbox.world import World


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with Sandbox(port=0) as sandbox, httpx.AsyncClient(base_url=sandbox.url, timeout=20) as http:
        yield World(sandbox, http)


@pytest.fixture
async def clients(world: World) -> AsyncIterator[Clients]:
    async with connected(world.sandbox.token, world.sandbox.url) as opened:
        yield opened


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(database(tmp_path / "klbot.sqlite"), lambda: datetime.now(UTC)) as opened:
        yield opened
