"""What the catalogue shows: every published entry as it can be read, in German, Einfache Sprache and English."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from bot.desk.phrases import as_of, written_day
from bot.knowledge.entry import Entry, KnowledgeBase, Language, Status, Topic

SHORTEST_WORD: Final = 4


class Reading(StrEnum):
    """A way to read an answer."""

    DE = "de"
    PLAIN = "plain"
    EN = "en"

    @property
    def language(self) -> Language:
        """The language of the reader."""
        return Language.EN if self is Reading.EN else Language.DE


@dataclass(frozen=True, slots=True)
class Said:
    """A text and what it is really written in; `notice` says so where that is not what was wished for."""

    text: str
    language: Language
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """An entry. `dates`: when its answer was true; `outdated`: a notice once its time is over, else nothing.

    `also`: words that citizens ask with and that are not to be read here, for the search.
    """

    id: str
    questions: Mapping[Language, Said]
    answers: Mapping[Reading, Said]
    as_of: str
    dates: Mapping[Language, str]
    source: str
    valid_until: date | None
    outdated: Mapping[Language, str]
    also: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A topic with what is published of it; `titles` and `intros` are German where there is no English."""

    id: str
    titles: Mapping[Language, Said]
    intros: Mapping[Language, Said]
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything that is published, in file order. `version`: that of the knowledge base."""

    sections: tuple[Section, ...]
    version: str

    def items(self) -> Iterator[Item]:
        """Every entry of every topic."""
        for section in self.sections:
            yield from section.items


def catalogue(base: KnowledgeBase, today: date) -> Catalogue:
    """What is published of this knowledge base; topics of which nothing is are left out."""
    sections = (_section(base, topic, today) for topic in base.topics)
    return Catalogue(tuple(section for section in sections if section.items), base.version)


def _section(base: KnowledgeBase, topic: Topic, today: date) -> Section:
    published = (entry for entry in topic.entries if entry.status is Status.PUBLISHED)
    items = tuple(_item(base, entry, today) for entry in published)
    return Section(topic.id, _filled(topic.titles), _filled(topic.intros), items)


def _filled(texts: Mapping[Language, str]) -> dict[Language, Said]:
    """The text for readers of each language, the German one where there is no other."""
    real = {language: language if language in texts else Language.DE for language in Language}
    return {language: Said(texts[spoken], spoken) for language, spoken in real.items()}


def _item(base: KnowledgeBase, entry: Entry, today: date) -> Item:
    until = entry.valid_until
    over = until is not None and until < today
    return Item(
        id=entry.id,
        questions=_filled({language: text.question for language, text in entry.texts.items()}),
        answers={reading: _answer(base, entry, reading) for reading in Reading},
        as_of=entry.as_of,
        dates={language: as_of(base, entry, language) for language in Language},
        source=entry.source,
        valid_until=until,
        outdated={
            language: base.say("page_outdated", language, until=written_day(base, until.isoformat(), language))
            for language in Language
            if over and until is not None
        },
        also=tuple(_unread_words(entry)),
    )


def _answer(base: KnowledgeBase, entry: Entry, reading: Reading) -> Said:
    """The answer in this reading, or the German one with a notice."""
    german = entry.texts[Language.DE].answer.strip()
    if reading is Reading.PLAIN:
        if entry.plain:
            return Said(entry.plain.strip(), Language.DE)
        return Said(german, Language.DE, base.say("answer_not_plain", Language.DE, answer="").strip())
    if reading.language in entry.texts:
        return Said(entry.texts[reading.language].answer.strip(), reading.language)
    return Said(german, Language.DE, base.say("answer_german_only", reading.language, answer="").strip())


def _unread_words(entry: Entry) -> list[str]:
    """The words of the phrasings that question and answers do not hold, sorted."""
    read = {word for text in entry.texts.values() for word in _words(f"{text.question} {text.answer}")}
    asked = {word for phrasing in entry.phrasings for word in _words(phrasing.text)}
    return sorted(asked - read - _words(entry.plain or ""))


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", text.casefold()) if len(word) >= SHORTEST_WORD}
