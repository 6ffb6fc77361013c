"""Labelled questions: messages of which somebody has noted which entry answers them, if any."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from bot.errors import Complaint, KnowledgeError
from bot.knowledge.entry import Kind, KnowledgeBase, LabelledQuestion, Place
from bot.knowledge.files import read_bytes
from bot.knowledge.form import Form, Keys, complain, like
from bot.knowledge.yaml_hints import shown
from bot.knowledge.yaml_source import CONTROL, LARGEST, Listing, Node, Scalar, Table, decode, parse

FILE: Final = Keys("in einer Fragen-Datei", (), ("entries", "out_of_scope", "smalltalk", "ambiguous"))
ENTRY: Final = Keys("bei den Fragen zu einem Eintrag", ("id", "answerable"), ("canonical",))
ASKED: Final = Keys("bei der Frage", ("text",), ("style", "must"))
OTHER: Final = Keys("bei der Nachricht", ("text",), ("kind", "must"))
AMBIGUOUS: Final = Keys("bei der mehrdeutigen Frage", ("text", "plausible"), ("must",))
YES: Final = "true"

LARGEST_LINES: Final = 50_000_000
LINES: Final = frozenset({".jsonl", ".ndjson"})
_ENOUGH: Final = 200  # complaints about a file of lines, which may have millions
_HINTS: Final = 50  # unknown ids for which the one that was meant is looked for
_SMALL_TALK: Final = "smalltalk"
_NOTHING_PLAUSIBLE: Final = (
    "Bei „plausible“ muss mindestens eine id stehen; passt kein Eintrag, gibt auch keiner Antwort."
)


def load_questions(path: Path, base: KnowledgeBase) -> tuple[LabelledQuestion, ...]:
    """The labelled questions of a YAML file or, if it ends in .jsonl, of JSON lines, about entries of this base.

    Raises KnowledgeError with every complaint about the file.
    """
    complaints: list[Complaint] = []
    known = [entry.id for topic in base.topics for entry in topic.entries]
    lines = path.suffix.lower() in LINES
    raw = read_bytes(path, str(path), LARGEST_LINES if lines else LARGEST, complaints)
    found: tuple[LabelledQuestion, ...] = ()
    if raw is not None and lines:
        found = read_question_lines(raw, str(path), known, complaints)
    elif raw is not None:
        root = parse(raw, str(path), complaints)
        found = read_questions(root, known, complaints) if root is not None else ()
    if complaints:
        raise KnowledgeError(complaints)
    return found


class _Labels:
    """What all questions of a file must observe together: ids that exist, and no text twice."""

    def __init__(self, known: Iterable[str] | None, complaints: list[Complaint]) -> None:
        self.known = tuple(known) if known is not None else None
        self.complaints = complaints
        self._ids = frozenset(self.known or ())
        self._hints: dict[str, str] = {}
        self._first: dict[str, Place] = {}

    def check_entry(self, entry_id: str, place: Place) -> None:
        if entry_id and self.known is not None and entry_id not in self._ids:
            if entry_id not in self._hints:
                # Looking for what was meant takes long where a file is about a wholly different base.
                known = self.known if len(self._hints) < _HINTS else ()
                self._hints[entry_id] = like(entry_id, known, "prüfen Sie die id.")
            complain(
                self.complaints, place, f"Einen Eintrag „{shown(entry_id)}“ gibt es nicht; {self._hints[entry_id]}"
            )

    def check_text(self, text: str, place: Place) -> None:
        first = self._first.setdefault(" ".join(text.casefold().split()), place)
        if text and first is not place:
            what = f"„{shown(text)}“ steht schon in Zeile {first.line}"
            complain(self.complaints, place, f"{what}; löschen Sie eine der beiden Zeilen.")


# -- YAML ---------------------------------------------------------------------------------------------


def read_questions(
    root: Node, known: Iterable[str] | None, complaints: list[Complaint]
) -> tuple[LabelledQuestion, ...]:
    """The questions of a file; what is wrong is added to `complaints`. `known`: the ids of all entries, if one can say.

    An entry may be a draft or withdrawn.
    """
    labels = _Labels(known, complaints)
    file = Form(root, FILE, complaints)
    found = [question for item in file.items("entries") for question in _answerable(item, labels)]
    found += [_question(item, OTHER, Kind.OUT_OF_SCOPE, labels) for item in file.items("out_of_scope")]
    found += [_question(item, OTHER, Kind.SMALL_TALK, labels) for item in file.items("smalltalk")]
    found += [_question(item, AMBIGUOUS, Kind.AMBIGUOUS, labels) for item in file.items("ambiguous")]
    return tuple(found)


def _answerable(node: Node, labels: _Labels) -> Iterator[LabelledQuestion]:
    form = Form(node, ENTRY, labels.complaints)
    entry_id = form.line("id")
    if entry_id:
        labels.check_entry(entry_id, form.values["id"].place)
    for item in form.items("answerable"):
        yield _question(item, ASKED, Kind.IN_SCOPE, labels, (entry_id,))


def _question(node: Node, keys: Keys, kind: Kind, labels: _Labels, entries: tuple[str, ...] = ()) -> LabelledQuestion:
    """One question: a table, or where nothing but the text is needed also the bare text."""
    if isinstance(node, Scalar) and keys is not AMBIGUOUS:
        node = Table(((Scalar("text", node.place), node),), node.place)
    form = Form(node, keys, labels.complaints)
    text = form.text("text")
    place = form.values["text"].place if text else form.place
    labels.check_text(text, place)
    if keys is AMBIGUOUS:
        plausible = form.lines("plausible")
        for one in plausible:
            labels.check_entry(one.text, one.place)
        entries = tuple(one.text for one in plausible)
        listing = form.values.get("plausible")
        if isinstance(listing, Listing) and not listing.items:
            complain(labels.complaints, listing.place, _NOTHING_PLAUSIBLE)
    must = form.choice("must", (YES, "false")) == YES
    return LabelledQuestion(text, kind, entries, form.line("style") or form.line("kind"), place, must)


# -- JSON lines ---------------------------------------------------------------------------------------


def read_question_lines(
    raw: bytes, file: str, known: Iterable[str] | None, complaints: list[Complaint]
) -> tuple[LabelledQuestion, ...]:
    """The questions of a file with a JSON object in each line; what is wrong is added to `complaints`.

    {"text": …, "label": the id of an entry, or null (out of scope), or "smalltalk", or "smalltalk:greeting"}
    {"text": …, "plausible": [ids]}
    Either may have a "style" and "must": true; other keys are ignored, blank lines skipped.
    """
    if len(raw) > LARGEST_LINES:
        size = f"Die Datei ist größer als {LARGEST_LINES // 1_000_000} MB; teilen Sie sie auf."
        complaints.append(Complaint(file, 1, 1, size))
        return ()
    text = decode(raw, file, complaints) or ""
    labels = _Labels(known, complaints)
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        place = Place(file, number, 1)
        values = _object(line, place, complaints) if line.strip() else None
        if values is not None:
            found.append(_from_line(values, place, labels))
        if len(complaints) >= _ENOUGH:
            complain(
                complaints, place, f"Nach {_ENOUGH} Fehlern wurde hier nicht weiter geprüft; beheben Sie erst diese."
            )
            break
    return tuple(found)


def _object(line: str, place: Place, complaints: list[Complaint]) -> dict[str, Any] | None:
    example = '{"text": "Wo steht das?", "label": "paketstation"}'
    try:
        values = json.loads(line)
    except json.JSONDecodeError as error:
        what = "Ab hier ist die Zeile kein JSON; prüfen Sie Anführungszeichen, Kommas und Klammern"
        complain(complaints, Place(place.file, place.line, error.colno), f"{what}. Richtig ist etwa {example}.")
    except (ValueError, RecursionError):  # a number of thousands of digits, brackets without end
        complain(complaints, place, f"Diese Zeile lässt sich nicht lesen; richtig ist etwa {example}.")
    else:
        if isinstance(values, dict):
            return values
        complain(complaints, place, f"In jeder Zeile muss ein JSON-Objekt stehen, etwa {example}.")
    return None


def _from_line(values: dict[str, Any], place: Place, labels: _Labels) -> LabelledQuestion:
    complaints = labels.complaints
    text = _string(values.get("text"), "text", place, complaints)
    labels.check_text(text, place)
    style = (
        _string(values["style"], "style", place, complaints, needed=False) if values.get("style") is not None else ""
    )
    kind, entries, sort = _label(values, place, labels)
    return LabelledQuestion(text, kind, entries, sort or style, place, values.get("must") is True)


def _label(values: dict[str, Any], place: Place, labels: _Labels) -> tuple[Kind, tuple[str, ...], str]:
    """The kind, the entries and, of small talk, the sort."""
    label, plausible = values.get("label"), values.get("plausible")
    if plausible is not None:
        return Kind.AMBIGUOUS, _plausible(plausible, label, place, labels), ""
    if label is None:
        if "label" not in values:
            how = "schreiben Sie die id eines Eintrags, „smalltalk“ oder, wenn kein Eintrag passt, null."
            complain(labels.complaints, place, f"Hier fehlt der Schlüssel „label“; {how}")
        return Kind.OUT_OF_SCOPE, (), ""
    label = _string(label, "label", place, labels.complaints)
    name, _, sort = label.partition(":")
    if name == _SMALL_TALK:
        return Kind.SMALL_TALK, (), sort.strip()
    labels.check_entry(label, place)
    return Kind.IN_SCOPE, (label,), ""


def _plausible(listed: Any, label: Any, place: Place, labels: _Labels) -> tuple[str, ...]:
    if label is not None:
        complain(labels.complaints, place, "„label“ und „plausible“ schließen sich aus; löschen Sie eines von beiden.")
    if not isinstance(listed, list) or not listed:
        complain(labels.complaints, place, _NOTHING_PLAUSIBLE)
        return ()
    found = tuple(_string(one, "plausible", place, labels.complaints) for one in listed)
    for one in found:
        labels.check_entry(one, place)
    return found


def _string(value: Any, name: str, place: Place, complaints: list[Complaint], *, needed: bool = True) -> str:
    """The text without blanks around it, or an empty one after a complaint."""
    if not isinstance(value, str):
        complain(complaints, place, f"Für „{name}“ muss hier ein Text in geraden Anführungszeichen stehen.")
        return ""
    if CONTROL.search(value):
        complain(complaints, place, f"Der Text für „{name}“ enthält ein Steuerzeichen; löschen Sie es.")
    text = CONTROL.sub(" ", value).strip()
    if needed and not text:
        complain(complaints, place, f"Der Text für „{name}“ ist leer; ergänzen Sie ihn, oder löschen Sie die Zeile.")
    return text
