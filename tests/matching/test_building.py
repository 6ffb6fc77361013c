"""What is built in another process is what would be built here, and the index in use is kept where it still fits."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.desk.obstacles import obstacles
from bot.errors import StartError
from bot.knowledge.loader import load, shipped
from bot.matching.building import Built, Order, Refused, build, material
from bot.matching.matcher import DEFAULT_AIM
from bot.matching.workshop import build_beside
from tests.end_to_end.small import small_base

NOW = datetime(2026, 11, 25, 14, 30, tzinfo=UTC)
ASKED = "Wird der Stadtrat live übertragen?"
QUESTIONS = """\
entries:
  - id: stadtrat-livestream
    answerable: ["Kann ich die Ratssitzung im Netz ansehen?"]
out_of_scope: ["Wo kaufe ich ein Pferd?"]
"""


@pytest.fixture
def order(tmp_path: Path) -> Order:
    folder = small_base(tmp_path)
    (folder / "questions.yaml").write_text(QUESTIONS, encoding="utf-8")
    return Order(folder, shipped(), DEFAULT_AIM, obstacles)


def edit(order: Order, old: str, new: str) -> None:
    file = order.folder / "stadtrat.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


async def test_another_process_builds_what_this_one_would(order: Order) -> None:
    here, there = build(order, NOW), await build_beside(order, NOW)

    assert isinstance(here, Built) and isinstance(there, Built)
    assert here.matcher is not None and there.matcher is not None
    assert there.base == here.base
    assert (there.material, there.missed) == (here.material, here.missed)
    for text in (ASKED, "Gibt es Stühle?", "Hallo", "Wo kann ich mein Auto anmelden?"):
        assert there.matcher.decide(text) == here.matcher.decide(text)


async def test_complaints_come_back_from_the_other_process(order: Order) -> None:
    edit(order, "answer: |", "anwser: |")

    found = await build_beside(order, NOW)
    assert isinstance(found, Refused)
    assert found == build(order, NOW)
    assert "meinten Sie „answer“?" in found.complaints[0].text


async def test_what_else_keeps_a_base_from_being_used_is_found_there_too(order: Order) -> None:
    edit(order, "as_of: 2020-06", "as_of: 2031-01")

    found = await build_beside(order, NOW)
    assert isinstance(found, Refused)
    assert "liegt in der Zukunft" in found.complaints[0].text


async def test_a_process_that_fails_is_an_error_and_no_answer(order: Order) -> None:
    nonsense: Path = 3  # type: ignore[assignment]

    with pytest.raises(StartError, match="builds the index has failed"):
        await build_beside(replace(order, folder=nonsense), NOW)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Ja, seit 2019.", "Ja, seit 2020."),
        ("as_of: 2020-06", "as_of: 2020-07"),
        ("source: Test", "source: Test\n    status: withdrawn"),
    ],
)
def test_a_new_answer_needs_no_new_index(order: Order, old: str, new: str) -> None:
    used = material(load(order.folder, fallback=order.fallback))
    edit(order, old, new)

    found = build(replace(order, material=used), NOW)
    assert isinstance(found, Built)
    assert found.matcher is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("- Livestream der", "- Stream der"),
        ("  - Darf mein Hund im Rathaus schlafen?\n", ""),
        ("source: Test", "source: Test\n    status: draft"),
    ],
)
def test_a_new_way_to_ask_needs_a_new_index(order: Order, old: str, new: str) -> None:
    used = material(load(order.folder, fallback=order.fallback))
    edit(order, old, new)

    found = build(replace(order, material=used), NOW)
    assert isinstance(found, Built)
    assert found.matcher is not None
