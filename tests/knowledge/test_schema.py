"""The schema for editors' tools says what the loader says."""

import json
from typing import Any

import pytest

from bot.knowledge import topics
from bot.knowledge.entry import Status
from bot.knowledge.form import Keys
from bot.knowledge.loader import shipped

TABLES = {"topic": topics.TOPIC, "topic_en": topics.TOPIC_EN, "entry": topics.ENTRY, "entry_en": topics.ENTRY_EN}


@pytest.fixture(scope="module")
def schema() -> Any:
    return json.loads((shipped() / "schema.json").read_text(encoding="utf-8"))


def test_the_schema_knows_the_tables_of_a_topic_file(schema: Any) -> None:
    keys = {"": topics.FILE, **TABLES}
    tables = {name: table for name, table in {"": schema, **schema["$defs"]}.items() if table["type"] == "object"}

    assert tables.keys() == keys.keys()


@pytest.mark.parametrize(("name", "keys"), [("", topics.FILE), *TABLES.items()])
def test_the_schema_has_the_keys_that_the_loader_knows(schema: Any, name: str, keys: Keys) -> None:
    table = schema["$defs"][name] if name else schema

    assert set(table["properties"]) == set(keys.known)
    assert set(table["required"]) == set(keys.required)
    assert table["additionalProperties"] is False


def test_the_schema_has_every_status(schema: Any) -> None:
    possible = schema["$defs"]["entry"]["properties"]["status"]["enum"]

    assert possible == list(Status)


def test_every_reference_in_the_schema_leads_somewhere(schema: Any) -> None:
    text = json.dumps(schema)
    names = {part.split('"')[0] for part in text.split("#/$defs/")[1:]}

    assert names == set(schema["$defs"])
