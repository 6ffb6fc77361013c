"""Saved knowledge files are noticed; proposals, backups and what an editor's tool leaves behind are not."""

import asyncio
import contextlib
import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.knowledge.watching import changes, signature


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "kb" / "proposals").mkdir(parents=True)
    (tmp_path / "kb" / "thema.yaml").write_text("topic:", encoding="utf-8")
    return tmp_path / "kb"


@contextlib.contextmanager
def seen(folder: Path) -> Iterator[Callable[[], bool]]:
    """Whether the folder looks different since."""
    before = signature(folder)
    yield lambda: signature(folder) != before


@pytest.mark.parametrize("name", ["proposals/0001-alias.yaml", ".thema.yaml.swp", ".thema.yaml", "thema.yaml~", "a.md"])
def test_what_is_no_knowledge_file_is_no_change(folder: Path, name: str) -> None:
    with seen(folder) as changed:
        (folder / name).write_text("topic:", encoding="utf-8")

    assert not changed()


def test_saving_replacing_adding_and_removing_a_file_are_changes(folder: Path) -> None:
    file = folder / "thema.yaml"
    with seen(folder) as changed:
        file.write_text("topic: {}", encoding="utf-8")
    assert changed()
    with seen(folder) as changed:
        (folder / "other").write_bytes(file.read_bytes())
        os.utime(folder / "other", ns=(file.stat().st_mtime_ns,) * 2)
        (folder / "other").replace(file)
    assert changed(), "of the same length and age, but another file"
    with seen(folder) as changed:
        (folder / "neu.yaml").touch()
    assert changed()
    with seen(folder) as changed:
        file.unlink()
    assert changed()


def test_a_folder_that_is_gone_looks_like_none(folder: Path) -> None:
    folder.rename(folder.parent / "away")

    assert signature(folder) == ()


async def test_a_change_is_told_at_once_and_a_look_is_due_even_without_one(folder: Path) -> None:
    told = changes(folder, timedelta(seconds=20))
    due = asyncio.ensure_future(anext(told))
    await asyncio.sleep(1)
    (folder / "thema.yaml").write_text("topic: {}", encoding="utf-8")

    async with asyncio.timeout(10):
        await due
        await anext(changes(folder, timedelta(seconds=0.2)))


async def test_a_folder_that_is_gone_is_looked_for_again(folder: Path) -> None:
    async with asyncio.timeout(10):
        await anext(changes(folder / "gone", timedelta(seconds=0.05)))
