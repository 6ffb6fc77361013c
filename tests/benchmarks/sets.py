"""Question sets to measure on: the shipped knowledge base, and folders with train.jsonl and test.jsonl."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.knowledge.entry import Entry, Kind, KnowledgeBase, LabelledQuestion, Language, Phrasing, Place, Text, Topic
from bot.knowledge.loader import load, shipped

SHIPPED = "shipped"
TRAIN, TEST, NOISY = "train.jsonl", "test.jsonl", "test_noisy.jsonl"
_LANGUAGE = re.compile(r"\bLanguage:\s*(de|en)\b", re.IGNORECASE)


class DataError(Exception):
    """The data cannot be used. `str(error)` is one sentence for the person who gave it."""


@dataclass(frozen=True, slots=True)
class Row:
    """Questions that are measured together. `name` is what the table calls them."""

    name: str
    questions: tuple[LabelledQuestion, ...]


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """A knowledge base and the questions put to it."""

    name: str
    language: Language
    base: KnowledgeBase
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """One known text as a peer gets it. `label` is the entry's id; None means that nobody answers it."""

    text: str
    label: str | None


def said(base: KnowledgeBase) -> list[Said]:
    """All that a peer may learn: phrasings in every language, counterexamples, and examples of small talk."""
    known = [Said(one.text, entry.id) for entry in base.entries() for one in entry.phrasings]
    known += [Said(one.text, None) for one in base.counterexamples()]
    known += [Said(text, None) for talk in base.small_talk for texts in talk.examples.values() for text in texts]
    return known


def choose(data: Path | None, names: Sequence[str]) -> list[QuestionSet]:
    """The named sets, or all there are; the shipped one comes first. Raises DataError."""
    folders = {} if data is None else _folders(data)
    known = [SHIPPED, *folders]
    if unknown := [name for name in names if name not in known]:
        raise DataError(f"There is no set {', '.join(unknown)}; known are {', '.join(known)}.")
    chosen = [name for name in known if name in names or not names]
    return [read_shipped() if name == SHIPPED else read_set(folders[name]) for name in chosen]


def _folders(data: Path) -> dict[str, Path]:
    if not data.is_dir():
        raise DataError(f"The folder {data} does not exist.")
    found = {path.name: path for path in sorted(data.iterdir()) if (path / TRAIN).is_file() and (path / TEST).is_file()}
    if not found:
        raise DataError(f"No folder inside {data} holds {TRAIN} and {TEST}.")
    return found


def read_shipped() -> QuestionSet:
    """The knowledge base that comes along, with its labelled questions; without a row if it has none."""
    base = load(shipped())
    return QuestionSet(SHIPPED, Language.DE, base, (Row("questions", base.questions),) if base.questions else ())


def read_set(folder: Path) -> QuestionSet:
    """The set in this folder. Raises DataError, naming file and line."""
    language = language_of(folder / "README.md")
    phrased: dict[str, list[str]] = {}
    for place, text, label in _lines(folder / TRAIN):
        if not label:
            raise DataError(f"{place}: a known phrasing needs a label.")
        phrased.setdefault(label, []).append(text)
    if len(phrased) < 2:
        raise DataError(f"{folder.name}/{TRAIN} needs phrasings of two labels or more.")
    names = [TEST, NOISY] if (folder / NOISY).is_file() else [TEST]
    rows = tuple(Row(name.removesuffix(".jsonl"), _questions(folder / name, phrased)) for name in names)
    return QuestionSet(folder.name, language, base_of(phrased, language), rows)


def language_of(readme: Path) -> Language:
    """What the README calls the set's language; German when it does not say, or says another one."""
    match = _LANGUAGE.search(readme.read_text(encoding="utf-8")) if readme.is_file() else None
    return Language(match[1].lower()) if match else Language.DE


def base_of(phrased: dict[str, list[str]], language: Language) -> KnowledgeBase:
    """A knowledge base whose entries are asked in these ways; the first of each is its question."""
    entries = tuple(_entry(label, texts, language) for label, texts in phrased.items())
    topic = Topic("set", {Language.DE: "Set"}, {Language.DE: ""}, entries, ())
    return KnowledgeBase(Path("set"), (topic,), (), {Language.DE: {}}, "1")


def _entry(label: str, texts: list[str], language: Language) -> Entry:
    here = Place(TRAIN, 1, 1)
    phrasings = tuple(Phrasing(label, text, language, here) for text in texts)
    return Entry(label, "set", {language: Text(texts[0], tuple(texts[1:]), "")}, "2020-01", "set", phrasings, here)


def _questions(path: Path, phrased: dict[str, list[str]]) -> tuple[LabelledQuestion, ...]:
    found = []
    for place, text, label in _lines(path):
        if label is None:
            found.append(LabelledQuestion(text, Kind.OUT_OF_SCOPE))
        elif label in phrased:
            found.append(LabelledQuestion(text, Kind.IN_SCOPE, (label,)))
        else:
            raise DataError(f"{place}: {TRAIN} has no phrasing of the label {label!r}.")
    return tuple(found)


def _lines(path: Path) -> Iterator[tuple[str, str, str | None]]:
    """Place, text and label of each line. Raises DataError also when there is none."""
    name = f"{path.parent.name}/{path.name}"
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{name} cannot be read: {error}.") from error
    if not any(line.strip() for line in lines):
        raise DataError(f"{name} is empty.")
    for number, line in enumerate(lines, start=1):
        if line.strip():
            place = f"{name}, line {number}"
            yield place, *_text_and_label(line, place)


def _text_and_label(line: str, place: str) -> tuple[str, str | None]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{place} is not JSON: {error}.") from error
    if not isinstance(value, dict) or not isinstance(value.get("text"), str) or "label" not in value:
        raise DataError(f'{place}: expected a JSON object such as {{"text": "…", "label": "…"}}.')
    if not isinstance(value["label"], str | None):
        raise DataError(f"{place}: the label must be a string, or null for a question that is out of scope.")
    return value["text"], value["label"]
