"""The bot's own words: small talk, and the texts with placeholders of `wording.de.yaml` and `wording.en.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Final

from bot.errors import Complaint
from bot.knowledge.entry import Language, Place, SmallTalk
from bot.knowledge.form import Form, Keys, complain
from bot.knowledge.yaml_hints import shown
from bot.knowledge.yaml_source import Node, Scalar, Table

SMALL_TALK: Final = Keys("in dieser Datei", ("smalltalk",))
KIND: Final = Keys("bei dieser Art von Small Talk", ("id", "de", "en"))
WORDS: Final = Keys("bei dieser Sprache", ("examples", "reply"))


@dataclass(frozen=True, slots=True)
class Wording:
    """One text of a wording file. `placeholders` is None where the text is broken."""

    text: str
    place: Place
    placeholders: frozenset[str] | None


def read_small_talk(root: Node, complaints: list[Complaint]) -> tuple[SmallTalk, ...]:
    """Every kind of small talk in the file; what is wrong is added to `complaints`."""
    taken: dict[str, Place] = {}
    items = Form(root, SMALL_TALK, complaints).items("smalltalk")
    return tuple(_kind(Form(item, KIND, complaints), taken) for item in items)


def _kind(form: Form, taken: dict[str, Place]) -> SmallTalk:
    words = {language: form.form(language, WORDS) for language in Language}
    return SmallTalk(
        form.id(taken),
        {name: tuple(line.text for line in part.lines("examples")) for name, part in words.items() if part},
        {name: part.linked("reply") for name, part in words.items() if part},
    )


def read_wording(root: Node, complaints: list[Complaint]) -> dict[str, Wording]:
    """Every text of the file by its key, without line breaks at its end."""
    if not isinstance(root, Table):
        complain(complaints, root.place, "Hier müssen Zeilen der Form „schlüssel: Text“ stehen.")
        return {}
    return {key.text: _wording(key.text, node, complaints) for key, node in root.pairs}


def _wording(key: str, node: Node, complaints: list[Complaint]) -> Wording:
    if not isinstance(node, Scalar):
        how = 'beginnt er mit einer geschweiften Klammer, setzen Sie ihn in gerade Anführungszeichen ("…").'
        complain(complaints, node.place, f"Bei „{key}“ muss ein einfacher Text stehen; {how}")
        return Wording("", node.place, None)
    text = node.text.rstrip("\r\n")
    if not text.strip():
        complain(complaints, node.place, f"Hier fehlt der Text für „{key}“; ergänzen Sie ihn.")
        return Wording("", node.place, None)
    placeholders = _placeholders(text)
    if placeholders is None:
        how = "Platzhalter sehen aus wie {ticket}; eine Klammer als Text schreiben Sie doppelt: {{ oder }}."
        complain(complaints, node.place, f"Die geschweiften Klammern in „{key}“ stimmen nicht. {how}")
    return Wording(text, node.place, placeholders)


def _placeholders(text: str) -> frozenset[str] | None:
    """The names in curly brackets, or None where one is not closed or more than a name."""
    try:
        fields = [part[1:] for part in Formatter().parse(text) if part[1] is not None]
    except ValueError:
        return None
    if any(not name.isidentifier() or form or conversion for name, form, conversion in fields if name is not None):
        return None
    return frozenset(str(name) for name, _, _ in fields)


def compare(
    one: Mapping[str, Wording], other: Mapping[str, Wording], other_file: str, complaints: list[Complaint]
) -> None:
    """Complain of keys of `one` that `other` lacks, and of placeholders that differ."""
    for key, wording in one.items():
        if key not in other:
            what = f"Der Schlüssel „{shown(key)}“ fehlt in {other_file}"
            complain(complaints, wording.place, f"{what}; übersetzen Sie ihn dort, oder löschen Sie ihn hier.")
            continue
        here, there = wording.placeholders, other[key].placeholders
        if here is not None and there is not None and here - there:
            names = ", ".join(f"{{{name}}}" for name in sorted(here - there))
            how = "Platzhalter müssen in jeder Sprache dieselben sein."
            complain(complaints, wording.place, f"„{key}“ hat hier {names}, in {other_file} nicht; {how}")


def texts(wording: Mapping[Language, Mapping[str, Wording]]) -> dict[Language, dict[str, str]]:
    """The bare texts."""
    return {language: {key: one.text for key, one in words.items()} for language, words in wording.items()}
