"""A folder with a small, good knowledge base."""

from pathlib import Path

import pytest

from tests.knowledge.files import ENGLISH, GERMAN, SMALL_TALK, TOPIC


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one topic, small talk and wording."""
    made = tmp_path / "knowledge"
    made.mkdir()
    files = {"lokale-logistik": TOPIC, "smalltalk": SMALL_TALK, "wording.de": GERMAN, "wording.en": ENGLISH}
    for name, text in files.items():
        (made / f"{name}.yaml").write_text(text, encoding="utf-8")
    return made
