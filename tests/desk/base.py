"""A tiny knowledge base for the desk's tests."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from bot.knowledge.entry import Entry, KnowledgeBase, Language, Phrasing, Place, SmallTalk, Text, Topic
from bot.knowledge.loader import load, shipped

NOWHERE = Place("test.yaml", 1, 1)
DE, EN = Language.DE, Language.EN


def entry(entry_id: str, question: str, answer: str, english: tuple[str, str] | None = None) -> Entry:
    """An entry with a German and perhaps an English text."""
    texts = {DE: Text(question, (), answer)}
    if english is not None:
        texts[EN] = Text(english[0], (), english[1])
    phrasings = tuple(Phrasing(entry_id, text.question, language, NOWHERE) for language, text in texts.items())
    return Entry(entry_id, "test", texts, "2020-06", "Testquelle", phrasings, NOWHERE)


ENTRIES = (
    entry(
        "livestream", "Werden Ratssitzungen übertragen?", "Nein, der Rat war dagegen.", ("Is there a stream?", "No.")
    ),
    entry("paket", "Gibt es eine Paketstation?", "Sie steht am Rathaus."),
    entry("ort", "Was ist der Dritte Ort?", "Ein Ort neben Arbeit und Zuhause."),
)


@cache
def shipped_wording() -> Mapping[Language, Mapping[str, str]]:
    """The wording that ships, read once."""
    return load(shipped()).wording


def knowledge_base() -> KnowledgeBase:
    """Three entries and the wording that ships."""
    wording = shipped_wording()
    topic = Topic("test", {DE: "Test"}, {DE: "Ein Test."}, ENTRIES, ())
    small_talk = (SmallTalk("greeting", {DE: ("Hallo",)}, {DE: "Guten Tag!", EN: "Hello!"}),)
    return KnowledgeBase(Path("test"), (topic,), small_talk, wording, "v1")


def changed(base: KnowledgeBase, entry_id: str, german: dict[str, Any] | None = None, **fields: Any) -> KnowledgeBase:
    """The base with another version of this entry; `german`: what changes in its German text."""
    known = [one for topic in base.topics for one in topic.entries]
    texts = {one.id: {**one.texts, DE: replace(one.texts[DE], **(german or {}))} for one in known}
    entries = [replace(one, texts=texts[one.id], **fields) if one.id == entry_id else one for one in known]
    return replace(base, topics=(replace(base.topics[0], entries=tuple(entries)),), version=f"{base.version}+")
