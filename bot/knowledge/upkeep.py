"""What time does to a knowledge base: answers that grow old, and what was left for later."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from bot.errors import Complaint
from bot.knowledge.entry import Entry, KnowledgeBase, Language, Place, Status
from bot.knowledge.lines import Lines
from bot.knowledge.readability import sentences
from bot.knowledge.yaml_hints import shown

_NO_SOURCE: Final = frozenset(["", "?", "-", "–", "…", "unbekannt", "unknown", "unklar", "intern", "tbd", "todo"])
_SEASONS: Final = "Frühjahr|Frühling|Sommer|Herbst|Winter|Jahresende|Jahresanfang"
_MONTHS: Final = "Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember"
_VAGUE: Final = {
    Language.DE: re.compile(
        rf"\b(?:demnächst|in Kürze|in Bälde|(?:sehr |schon )?bald|dieses Jahr|kommendes Jahr|nächstes Jahr"
        rf"|(?:nächste|kommende|diese)[nsr]? (?:Woche|Monat|Jahr|Quartal)\w*|in den (?:nächsten|kommenden) \w+"
        rf"|(?:ab|im|bis|zum|vom|bis zum)(?: kommenden| nächsten| diesem)? (?:{_SEASONS}|{_MONTHS}))\b",
        re.IGNORECASE,
    ),
    Language.EN: re.compile(
        r"\b(?:soon|shortly|this year|(?:next|coming) (?:week|month|year|spring|summer|autumn|fall|winter)s?"
        r"|in (?:the )?(?:near future|coming \w+|next few \w+)|(?:from|in|by|until) (?:the )?"
        r"(?:spring|summer|autumn|fall|winter))\b",
        re.IGNORECASE,
    ),
}
_YEAR: Final = re.compile(r"\b(?:19|20)\d\d\b")
_KEYS: Final = {Language.DE: "answer", Language.EN: "en.answer"}


def outdated(base: KnowledgeBase, today: date) -> Iterator[Complaint]:
    """Entries whose time to be looked at again, or to be believed, is over."""
    for entry in _current(base):
        if entry.valid_until is not None and entry.valid_until < today:
            what = f"Diese Antwort galt nur bis {entry.valid_until:%d.%m.%Y}"
            yield _at(entry.where("valid_until"), f"{what}; erneuern Sie sie, oder setzen Sie „status: withdrawn“.")
        if entry.review_by is not None and entry.review_by < today:
            what = f"Diese Antwort sollte bis {entry.review_by:%d.%m.%Y} geprüft sein"
            how = "prüfen Sie sie, und setzen Sie „as_of“ und „review_by“ neu."
            yield _at(entry.where("review_by"), f"{what}; {how}")


def untranslated(base: KnowledgeBase) -> Iterator[Complaint]:
    """Entries and topics without English."""
    for topic in base.topics:
        if topic.entries and Language.EN not in topic.titles:
            place = Place(topic.entries[0].place.file, 1, 1)
            yield _at(place, f"Das Thema „{topic.id}“ hat keinen englischen Namen; ergänzen Sie „en:“ beim Thema.")
    for entry in _current(base):
        if Language.EN not in entry.texts:
            what = f"„{entry.id}“ gibt es nur auf Deutsch"
            yield _at(entry.place, f"{what}; ergänzen Sie „en:“ mit „question“, „aliases“ und „answer“.")


def unsourced(base: KnowledgeBase) -> Iterator[Complaint]:
    """Entries whose source says nothing."""
    for entry in _current(base):
        if entry.source.strip(" .").casefold() in _NO_SOURCE:
            what = f"„{shown(entry.source)}“ sagt nicht, woher die Antwort stammt"
            how = "nennen Sie, was Bürgerinnen und Bürger nachlesen oder erfragen können."
            yield _at(entry.where("source"), f"{what}; {how}")


def undated(base: KnowledgeBase, lines: Lines) -> Iterator[Complaint]:
    """Sentences that speak of a time to come without saying which."""
    for entry in _current(base):
        for language, text in entry.texts.items():
            for sentence in sentences(text.answer):
                found = _VAGUE[language].search(sentence)
                if found and not _YEAR.search(sentence):
                    what = f"„{found[0]}“ stimmt bald nicht mehr"
                    how = "nennen Sie Monat und Jahr, oder seit wann es gilt."
                    yield _at(lines.find(entry.where(_KEYS[language]), found[0]), f"{what}; {how}")


def _current(base: KnowledgeBase) -> Iterator[Entry]:
    return (entry for topic in base.topics for entry in topic.entries if entry.status is not Status.WITHDRAWN)


def _at(place: Place, text: str) -> Complaint:
    return Complaint(place.file, place.line, place.column, text)
