"""The schemas for editors' tools say what the loader says."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from bot.knowledge import questions, synonyms, topics, wording
from bot.knowledge.entry import Kind, Status
from bot.knowledge.form import Keys
from bot.knowledge.loader import load, shipped
from bot.knowledge.schema import schema_of, schemas
from bot.knowledge.schema_parts import as_json, table

SCHEMAS = {
    "schema.json": {
        "": topics.FILE,
        "topic": topics.TOPIC,
        "topic_en": topics.TOPIC_EN,
        "entry": topics.ENTRY,
        "entry_en": topics.ENTRY_EN,
    },
    "questions.schema.json": {
        "": questions.FILE,
        "entry": questions.ENTRY,
        "question": questions.ASKED,
        "out_of_scope": questions.OTHER,
        "smalltalk": questions.OTHER,
        "ambiguous": questions.AMBIGUOUS,
    },
    "synonyms.schema.json": {"": synonyms.FILE},
    "smalltalk.schema.json": {"": wording.SMALL_TALK, "kind": wording.KIND, "words": wording.WORDS},
}
TABLES = [(file, name, keys) for file, tables in SCHEMAS.items() for name, keys in tables.items()]


def read(name: str) -> Any:
    return json.loads((shipped() / name).read_text(encoding="utf-8"))


def test_the_shipped_schemas_are_those_that_the_loader_makes() -> None:
    made = schemas(kind.kind for kind in load(shipped()).small_talk)

    assert {path.name: path.read_text(encoding="utf-8") for path in shipped().glob("*.json")} == {
        name: as_json(schema) for name, schema in made.items()
    }, "write them anew: make schema"


def test_every_schema_of_tables_is_held_to_the_loader() -> None:
    assert {path.name for path in shipped().glob("*.json")} == {*SCHEMAS, "wording.schema.json"}


def test_a_key_that_nobody_has_described_is_found_when_the_schema_is_made() -> None:
    with pytest.raises(KeyError, match="colour"):
        table(Keys("beim Rad", ("colour",)), "Ein Rad.")


@pytest.mark.parametrize("file", SCHEMAS)
def test_a_schema_knows_the_tables_of_its_file(file: str) -> None:
    schema = read(file)
    tables = {name for name, table in {"": schema, **schema["$defs"]}.items() if table["type"] == "object"}

    assert tables == SCHEMAS[file].keys()


@pytest.mark.parametrize(("file", "name", "keys"), TABLES)
def test_a_schema_has_the_keys_that_the_loader_knows(file: str, name: str, keys: Keys) -> None:
    schema = read(file)
    table = schema["$defs"][name] if name else schema

    assert set(table["properties"]) == set(keys.known)
    assert set(table.get("required", ())) == set(keys.required)
    assert table["additionalProperties"] is False


@pytest.mark.parametrize(("file", "name", "keys"), TABLES)
def test_a_schema_describes_every_table_and_key(file: str, name: str, keys: Keys) -> None:
    schema = read(file)
    table = schema["$defs"][name] if name else schema
    described = [table, *table["properties"].values()]
    followed = [schema["$defs"][one["$ref"].split("/")[-1]] | one if "$ref" in one else one for one in described]

    assert all(one.get("description", "").endswith(".") or "pattern" in one for one in followed)


@pytest.mark.parametrize("file", SCHEMAS)
def test_every_reference_in_a_schema_leads_somewhere(file: str) -> None:
    schema = read(file)
    names = {part.split('"')[0] for part in json.dumps(schema).split("#/$defs/")[1:]}

    assert names == set(schema["$defs"])


def test_the_schema_has_every_status() -> None:
    possible = read("schema.json")["$defs"]["entry"]["properties"]["status"]["enum"]

    assert possible == list(Status)


@pytest.mark.parametrize(
    ("table", "key", "kind"),
    [
        ("question", "style", Kind.IN_SCOPE),
        ("out_of_scope", "kind", Kind.OUT_OF_SCOPE),
        ("smalltalk", "kind", Kind.SMALL_TALK),
    ],
)
def test_editors_are_offered_the_styles_that_the_shipped_questions_have(table: str, key: str, kind: Kind) -> None:
    offered = read("questions.schema.json")["$defs"][table]["properties"][key]["examples"]

    assert {question.style for question in load(shipped()).questions if question.kind is kind} <= {"", *offered}


def test_editors_are_offered_every_kind_of_small_talk() -> None:
    offered = read("questions.schema.json")["$defs"]["smalltalk"]["properties"]["kind"]["examples"]

    assert offered == [kind.kind for kind in load(shipped()).small_talk]


@pytest.mark.parametrize("path", sorted(shipped().glob("*.yaml")), ids=lambda path: path.name)
def test_a_file_names_a_schema_that_there_is(path: Path) -> None:
    named = re.findall(r"yaml-language-server: \$schema=(.*)", path.read_text(encoding="utf-8"))

    assert named == [schema_of(path)]
    assert (shipped() / named[0]).is_file()
    assert path.read_text(encoding="utf-8").startswith("# yaml-language-server")
