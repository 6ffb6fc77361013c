"""What can be read and must not go live all the same."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.desk.obstacles import obstacles
from bot.knowledge.entry import KnowledgeBase, SynonymGroup
from tests.desk.base import NOWHERE, changed, knowledge_base

BASE = knowledge_base()
NOW = datetime(2026, 11, 25, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (changed(BASE, "ort", as_of="2026-12"), "liegt in der Zukunft"),
        (changed(BASE, "ort", valid_until=date(2020, 1, 1)), "liegt vor dem Stand der Antwort"),
        (changed(BASE, "ort", corrected="2026-11-26"), "Die Berichtigung „2026-11-26“ liegt in der Zukunft"),
        (changed(BASE, "ort", corrected="2026-11-25 14:31"), "Sie ginge sofort hinaus"),
        (changed(BASE, "ort", {"answer": "lang " * 1000}), "eine Nachricht fasst 4096"),
        (replace(BASE, synonyms=(SynonymGroup(("Schwimmbad", "Bad"), NOWHERE),)), "sie bewirkt also nichts"),
        (replace(BASE, wording={language: {} for language in BASE.wording}), "„answer“"),
    ],
)
def test_what_a_check_calls_an_error_must_not_go_live(bad: KnowledgeBase, words: str) -> None:
    assert words in " ".join(one.text for one in obstacles(bad, NOW))


@pytest.mark.parametrize("corrected", [None, "2026-11-25", "2026-11-25 14:30", "2020-01-01 23:59"])
def test_what_is_right_may_go_live(corrected: str | None) -> None:
    assert not obstacles(changed(BASE, "ort", corrected=corrected), NOW)
