"""The values a knowledge base is made of."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path


class Language(StrEnum):
    """A language the bot speaks."""

    DE = "de"
    EN = "en"


class Status(StrEnum):
    """Whether an entry may be given as an answer."""

    PUBLISHED = "published"
    DRAFT = "draft"
    WITHDRAWN = "withdrawn"


class Standing(StrEnum):
    """What an entry's answer is worth on a day: OUTDATED after its last one, WITHDRAWN by an editor."""

    CURRENT = "current"
    OUTDATED = "outdated"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands in a file, counted from 1."""

    file: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Phrasing:
    """One way to ask for an entry."""

    entry: str
    text: str
    language: Language
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Text:
    """An entry's words in one language.

    `withdrawn_reason`: why the answer is not given any more; `correction_note`: what was wrong with it. Empty: nobody
    said so.
    """

    question: str
    aliases: tuple[str, ...]
    answer: str
    withdrawn_reason: str = ""
    correction_note: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A question the city has answered. `as_of` is the month ("2020-06") or day ("2020-06-18") the answer was true.

    `corrected`: names the latest change of which everybody is told who got the old answer; `follow`: the answer is of
    the kind "not yet", and people may ask to be told when it changes.
    `example`: it is shown to people who begin to write with the bot.
    `places`: where the value of each key stands; those of the English text are called `en.question` and so on.
    """

    id: str
    topic: str
    texts: Mapping[Language, Text]
    as_of: str
    source: str
    phrasings: tuple[Phrasing, ...]
    place: Place = field(compare=False)
    status: Status = Status.PUBLISHED
    review_by: date | None = None
    valid_until: date | None = None
    owner: str | None = None
    plain: str | None = None
    corrected: str | None = None
    follow: bool = False
    example: bool = False
    places: Mapping[str, Place] = field(default_factory=dict, compare=False)

    def where(self, key: str) -> Place:
        """Where the value of this key stands, or else the entry."""
        return self.places.get(key, self.place)

    def text(self, language: Language) -> Text:
        """The words in this language, or the German ones where there are no others."""
        return self.texts.get(language) or self.texts[Language.DE]

    def standing(self, today: date) -> Standing:
        """What the answer is worth on this day."""
        if self.status is Status.WITHDRAWN:
            return Standing.WITHDRAWN
        return Standing.OUTDATED if self.valid_until is not None and self.valid_until < today else Standing.CURRENT

    def digest(self, language: Language) -> str:
        """A fingerprint of what people who ask are told in this language; line breaks do not matter."""
        text = self.text(language)
        told = f"withdrawn {text.withdrawn_reason}" if self.status is Status.WITHDRAWN else text.answer
        return hashlib.sha256(" ".join(told.split()).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A question that sounds like an entry of this topic and that no entry answers."""

    topic: str
    text: str
    language: Language
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Topic:
    """One file of the knowledge base: a project or theme with its entries."""

    id: str
    titles: Mapping[Language, str]
    intros: Mapping[Language, str]
    entries: tuple[Entry, ...]
    counterexamples: tuple[Counterexample, ...]


@dataclass(frozen=True, slots=True)
class SmallTalk:
    """One kind of small talk: how people say it, and what the bot says then."""

    kind: str
    examples: Mapping[Language, tuple[str, ...]]
    replies: Mapping[Language, str]


@dataclass(frozen=True, slots=True)
class SynonymGroup:
    """Words that mean the same to citizens of this city, such as Paketstation, Packstation, Abholfach."""

    words: tuple[str, ...]
    place: Place = field(compare=False)


class Kind(StrEnum):
    """What a labelled question is."""

    IN_SCOPE = "in-scope"
    OUT_OF_SCOPE = "out-of-scope"
    SMALL_TALK = "small-talk"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class LabelledQuestion:
    """A message and what is known about it.

    `entries`: the right one of an IN_SCOPE question, the plausible ones of an AMBIGUOUS message, else nothing.
    `style`: how it is written ("typo", "english", …) or what sort of its kind it is ("near-miss", "greeting", …).
    `must`: whoever changes the knowledge base so that it is no longer met well has made a mistake.
    """

    text: str
    kind: Kind
    entries: tuple[str, ...] = ()
    style: str = ""
    place: Place | None = field(default=None, compare=False)
    must: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class KnowledgeBase:
    """Everything the bot may say. `version` changes whenever a byte of the files does.

    `synonyms` help matching, `questions` teach it how sure is sure enough; both may be empty.
    """

    folder: Path
    topics: tuple[Topic, ...]
    small_talk: tuple[SmallTalk, ...]
    wording: Mapping[Language, Mapping[str, str]]
    version: str
    synonyms: tuple[SynonymGroup, ...] = ()
    questions: tuple[LabelledQuestion, ...] = ()
    _by_id: Mapping[str, Entry] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_id", {entry.id: entry for entry in self.known()})

    def known(self) -> Iterator[Entry]:
        """Every entry whose question the bot understands, in file order: the published and the withdrawn ones."""
        for topic in self.topics:
            for entry in topic.entries:
                if entry.status is not Status.DRAFT:
                    yield entry

    def entries(self) -> Iterator[Entry]:
        """Every published entry, in file order."""
        return (entry for entry in self.known() if entry.status is Status.PUBLISHED)

    def known_entry(self, entry_id: str) -> Entry | None:
        """The entry of this id, also if it is withdrawn."""
        return self._by_id.get(entry_id)

    def entry(self, entry_id: str) -> Entry | None:
        """The published entry of this id."""
        entry = self.known_entry(entry_id)
        return entry if entry is not None and entry.status is Status.PUBLISHED else None

    def counterexamples(self) -> Iterator[Counterexample]:
        """Every counterexample, in file order."""
        for topic in self.topics:
            yield from topic.counterexamples

    def say(self, key: str, language: Language, **values: object) -> str:
        """The wording of this key with its placeholders filled; German where the language lacks it."""
        texts = self.wording.get(language, {})
        template = texts.get(key) or self.wording[Language.DE][key]
        return template.format(**values)
