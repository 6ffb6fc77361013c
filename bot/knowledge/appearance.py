"""What would look wrong in the chat, though it says the right thing."""

import re
from collections.abc import Iterator
from typing import Final

from bot.errors import Complaint
from bot.knowledge.entry import Entry, KnowledgeBase, Language, Place, Status, Topic
from bot.knowledge.lines import Lines

LONGEST: Final = 120  # characters of a question that is still read as a whole where it is suggested

_QUOTED: Final = re.compile(r"[„“”«»\"][^„“”«»\"]+[„“”«»\"]|‚[^‚‘’]+[‘’]")  # noqa: RUF001
_LINK: Final = re.compile(r"\[[^\]\n]+\]\([^)\s]*[.:/][^)\s]*\)")
_SIGNS: Final = {
    "Sternchen": re.compile(r"\*\*(?=\S)[^*\n]+\*\*"),
    "Unterstriche": re.compile(r"(?<![\w/])__(?=\S)[^_\n]+__(?!\w)"),
    "Rauten": re.compile(r"^#{1,6} +\S.*", re.MULTILINE),
}
_SHOWN: Final = "Formatierung wie **fett** oder [hier](…) zeigt der Chat als Zeichen"
_PREFIX: Final = {Language.DE: "", Language.EN: "en."}


def quoted(base: KnowledgeBase, lines: Lines) -> Iterator[Complaint]:
    """Questions, other phrasings and titles that stand in quotation marks from end to end."""
    seen = "sie erscheinen so im Chat. Löschen Sie sie."
    for topic in base.topics:
        for title in filter(_QUOTED.fullmatch, topic.titles.values()):
            yield _at(_in_head(topic, title, lines), f"Der ganze Titel steht in Anführungszeichen; {seen}")
        for entry in topic.entries:
            for phrasing in entry.phrasings:
                if not _QUOTED.fullmatch(phrasing.text):
                    continue
                if phrasing.text == entry.text(phrasing.language).question:
                    yield _at(phrasing.place, f"Die ganze Frage steht in Anführungszeichen; {seen}")
                else:
                    what = "Die ganze Formulierung steht in Anführungszeichen"
                    yield _at(phrasing.place, f"{what}; löschen Sie diese Zeichen.")


def marked_up(base: KnowledgeBase, lines: Lines) -> Iterator[Complaint]:
    """Signs that elsewhere make text bold, a heading or a link; each kind once a text."""
    for text, place in _shown(base, lines):
        if link := _LINK.search(text):
            yield _at(lines.find(place, link[0]), f"{_SHOWN}; schreiben Sie den Link aus.")
        for name, sign in _SIGNS.items():
            if found := sign.search(text):
                yield _at(lines.find(place, found[0]), f"{_SHOWN}; löschen Sie die {name}.")


def long_questions(base: KnowledgeBase) -> Iterator[Complaint]:
    """Questions that are cut where they are suggested."""
    for entry in (entry for topic in base.topics for entry in topic.entries):
        for language, text in entry.texts.items():
            if len(text.question) > LONGEST:
                what = f"Diese Frage hat {len(text.question)} Zeichen"
                how = f"kürzen Sie sie auf höchstens {LONGEST}, damit sie als Vorschlag ganz zu lesen ist."
                yield _at(entry.where(f"{_PREFIX[language]}question"), f"{what}; {how}")


def _shown(base: KnowledgeBase, lines: Lines) -> Iterator[tuple[str, Place]]:
    """All texts about topics that citizens may see, with their places."""
    for topic in base.topics:
        for text in (*topic.titles.values(), *topic.intros.values()):
            yield text, _in_head(topic, text, lines)
        for entry in topic.entries:
            yield from _shown_of(entry)


def _shown_of(entry: Entry) -> Iterator[tuple[str, Place]]:
    withdrawn = entry.status is Status.WITHDRAWN
    for language, text in entry.texts.items():
        told = ("withdrawn_reason", text.withdrawn_reason) if withdrawn else ("answer", text.answer)
        for key, words in (("question", text.question), told, ("correction_note", text.correction_note)):
            yield words, entry.where(f"{_PREFIX[language]}{key}")
    if not withdrawn:
        yield entry.plain or "", entry.where("plain")
        yield entry.source, entry.where("source")


def _in_head(topic: Topic, text: str, lines: Lines) -> Place:
    """Where a text of the topic itself stands, as far as that can be found."""
    top = Place(topic.entries[0].place.file, 1, 1)
    return lines.find(top, text)


def _at(place: Place, text: str) -> Complaint:
    return Complaint(place.file, place.line, place.column, text)
