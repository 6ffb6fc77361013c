"""The desk, opened for one test."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.desk.back import MailBack
from tests.desk.desk import Desk, opened_desk


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened_desk(tmp_path) as opened:
        yield opened


@pytest.fixture
async def quiet(tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk that sends receipts only for what was left out."""
    async with opened_desk(tmp_path) as opened:
        opened.relay = replace(opened.relay, backs={"mail": MailBack(opened.letters, every_receipt=False)})
        yield opened
