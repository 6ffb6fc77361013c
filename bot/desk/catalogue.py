"""The knowledge base to leaf through: topics and entries, each under a short name that outlives changes of the rest."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.knowledge.entry import Entry, KnowledgeBase, Topic

# What a link into a chat may carry: up to 64 characters of A-Z, a-z, 0-9, _ and -, as ids are made of.
LINK_LIMIT: Final = 64
_NAME_LENGTH: Final = 12


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What there is to read: topics with at least one published entry, in file order."""

    knowledge: KnowledgeBase

    @property
    def topics(self) -> Sequence[Topic]:
        """Every topic that has something to read."""
        published = {entry.id for entry in self.knowledge.entries()}
        return [topic for topic in self.knowledge.topics if any(entry.id in published for entry in topic.entries)]

    def entries(self, topic: Topic) -> Sequence[Entry]:
        """The published entries of a topic."""
        published = {entry.id for entry in self.knowledge.entries()}
        return [entry for entry in topic.entries if entry.id in published]

    def topic(self, name: str) -> Topic | None:
        """The topic of this short name or id."""
        return next((topic for topic in self.topics if name in (topic_name(topic.id), topic.id)), None)

    def entry(self, name: str) -> Entry | None:
        """The entry of this short name or id."""
        return next((entry for entry in self.knowledge.entries() if name in (entry_name(entry.id), entry.id)), None)

    def topic_of(self, entry: Entry) -> Topic | None:
        """The topic in which an entry stands."""
        return next((topic for topic in self.topics if any(one is entry for one in topic.entries)), None)

    def linked(self, payload: str) -> Topic | Entry | None:
        """What a link into the chat points to; an entry, where a topic has the same id."""
        return self.entry(payload) or self.topic(payload)

    def link(self, found: Topic | Entry) -> str:
        """What a link to it carries: its id, which people can read; its short name where that is too long or taken."""
        if len(found.id) <= LINK_LIMIT and self.linked(found.id) is found:
            return found.id
        return entry_name(found.id) if isinstance(found, Entry) else topic_name(found.id)


def topic_name(topic: str) -> str:
    """The short name of a topic: lowercase letters and digits, the same for the same id for ever."""
    return _digest("topic", topic)


def entry_name(entry: str) -> str:
    """The short name of an entry, as above; never that of a topic."""
    return _digest("entry", entry)


def _digest(kind: str, identifier: str) -> str:
    return hashlib.sha256(f"{kind}:{identifier}".encode()).hexdigest()[:_NAME_LENGTH]
