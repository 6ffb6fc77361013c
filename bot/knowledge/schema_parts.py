"""The parts that schemas of knowledge files are made of, and how a schema is laid out in its file."""

import json
from typing import Any, Final

from bot.knowledge.form import ID, Keys

Schema = dict[str, Any]

ANY_TEXT: Final = ["string", "number", "boolean"]  # `no` and `0115` are texts here
WIDTH: Final = 120


def whole_file(title: str, table: Schema, definitions: Schema) -> Schema:
    """A schema with its definitions."""
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title, **table}
    return whole | ({"$defs": definitions} if definitions else {})


def table(keys: Keys, description: str, **values: Schema) -> Schema:
    """A table with the keys that the loader knows. Raises KeyError for a key that nobody has described."""
    return {
        "description": description,
        "type": "object",
        "additionalProperties": False,
        **({"required": list(keys.required)} if keys.required else {}),
        "properties": {key: values[key] for key in keys.known},
    }


def ref(name: str, description: str = "") -> Schema:
    """A definition by its name; a description goes before its own."""
    return ({"description": description} if description else {}) | {"$ref": f"#/$defs/{name}"}


def or_text(name: str) -> Schema:
    """A table, or where nothing but the text is needed the bare text."""
    return {"anyOf": [ref("text"), ref(name)]}


def any_text(description: str) -> Schema:
    """A text that is not empty."""
    return {"description": description, "type": ANY_TEXT, "minLength": 1}


def an_id(description: str) -> Schema:
    """An id."""
    return {"description": description, "type": ["string", "number"], "pattern": whole(ID.pattern)}


def lines(description: str) -> Schema:
    """A list of texts, none twice."""
    return {**list_of(ref("text"), description), "uniqueItems": True}


def list_of(items: Schema, description: str, *, least: int = 0) -> Schema:
    """A list."""
    return {"description": description, "type": "array", **({"minItems": least} if least else {}), "items": items}


def whole(pattern: str) -> str:
    """A pattern of the whole text."""
    return f"^{pattern}$"


def as_json(schema: Schema) -> str:
    """What stands in the file: short lists and tables in one line."""
    return _laid_out(schema, 0, 0) + "\n"


def _laid_out(value: Any, indent: int, used: int) -> str:
    """`used`: how much of the line is written already."""
    short = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict) or (indent and used + len(short) < WIDTH and "properties" not in value):
        return short
    names = {key: json.dumps(key, ensure_ascii=False) for key in value}
    within = indent + 2
    parts = [
        f"{' ' * within}{names[key]}: {_laid_out(one, within, within + len(names[key]) + 2)}"
        for key, one in value.items()
    ]
    return "{\n" + ",\n".join(parts) + f"\n{' ' * indent}}}"
