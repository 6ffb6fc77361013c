"""A small knowledge base with everything in it that a catalogue must handle with care."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from bot.catalogue.content import Catalogue, catalogue
from bot.knowledge.entry import Entry, KnowledgeBase, Language, Phrasing, Place, Status, Text, Topic
from bot.knowledge.loader import load, shipped

DE, EN = Language.DE, Language.EN
TODAY = date(2026, 11, 25)
NOWHERE = Place("test.yaml", 1, 1)
EVIL = (
    "</script><img src=x onerror=\"document.title='gotcha'\">{{ 7*7 }} & <!-- 'so' \"so\" \u2028 `x` *fett* "
    "[a](javascript:b)"
)


def entry(entry_id: str, question: str, answer: str, **more: object) -> Entry:
    """An entry with a German text and an alias."""
    phrasings = (Phrasing(entry_id, question, DE, NOWHERE), Phrasing(entry_id, "Abholfach gesucht", DE, NOWHERE))
    made = Entry(entry_id, "test", {DE: Text(question, (), answer)}, "2020-06-18", "KL.digital", phrasings, NOWHERE)
    return replace(made, **more)  # type: ignore[arg-type]


STATION = """\
Sie steht hier:

- am Rathaus
- am Bahnhof

Mehr unter https://www.kl.digital/a_b?c=1&d=2 (oder info@kl.digital).
"""
ENTRIES = (
    entry(
        "station",
        "Wo steht die Paketstation?",
        STATION,
        texts={
            DE: Text("Wo steht die Paketstation?", (), STATION),
            EN: Text("Where is the parcel station?", (), "At the town hall."),
        },
        plain="Am Rathaus.\nUnd am Bahnhof.",
    ),
    entry("nasty", EVIL, f"{EVIL}\n1. {EVIL}\n# {EVIL}", source=f"{EVIL} https://www.kl.digital"),
    entry("draft", "Ein Entwurf?", "Noch nicht.", status=Status.DRAFT),
    entry("withdrawn", "Etwas Falsches?", "Das war falsch.", status=Status.WITHDRAWN),
    entry("old", "Was galt früher?", "Das galt früher.", valid_until=date(2026, 11, 24)),
    entry("today", "Was gilt heute noch?", "Das gilt heute noch.", valid_until=TODAY),
)
EMPTY = Topic("empty", {DE: "Nichts"}, {DE: "Nichts."}, (entry("later", "Später?", "Ja.", status=Status.DRAFT),), ())


def knowledge_base() -> KnowledgeBase:
    """A topic of its own words, one of which nothing is published, and the wording that ships."""
    # An entry may be called as its topic is.
    topic = Topic("station", {DE: "Test & <b>mehr</b>"}, {DE: "Ein Test."}, ENTRIES, ())
    return KnowledgeBase(Path("test"), (topic, EMPTY), (), load(shipped()).wording, "v1")


def small_catalogue() -> Catalogue:
    """Its catalogue on TODAY."""
    return catalogue(knowledge_base(), TODAY)
