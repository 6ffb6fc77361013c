"""The catalogue as JSON for other programs, in a form that stays: what is there keeps its name and meaning."""

import json
from collections.abc import Mapping
from typing import Any, Final

from bot.catalogue.content import Catalogue, Item, Reading, Section

# Grows when something is taken away or means something else, not when something is added.
FORM: Final = 1


def as_json(shown: Catalogue) -> str:
    """All that is published, as docs/catalogue.md describes it; the same knowledge base gives the same bytes."""
    data = {
        "form": FORM,
        "version": shown.version,
        "topics": [_topic(section) for section in shown.sections],
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _topic(section: Section) -> Mapping[str, Any]:
    return {
        "id": section.id,
        "title": {language: said.text for language, said in section.titles.items() if said.language is language},
        "intro": {language: said.text for language, said in section.intros.items() if said.language is language},
        "entries": [_entry(item) for item in section.items],
    }


def _entry(item: Item) -> Mapping[str, Any]:
    """`question` and `answer` have the readings that there really are."""
    answers = {reading: said.text for reading, said in item.answers.items() if not said.notice}
    return {
        "id": item.id,
        "question": {language: said.text for language, said in item.questions.items() if said.language is language},
        "answer": {str(reading): answers[reading] for reading in Reading if reading in answers},
        "as_of": item.as_of,
        "source": item.source,
        "valid_until": item.valid_until.isoformat() if item.valid_until else None,
        "outdated": bool(item.outdated),
    }
