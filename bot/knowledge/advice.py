"""What is not wrong in a knowledge base, and yet seldom meant."""

from collections.abc import Iterator
from typing import Final

from bot.errors import Complaint
from bot.knowledge.entry import Entry, KnowledgeBase, Language, Phrasing, Place, Status

MESSAGE: Final = 4096  # UTF-16 units that one Telegram message holds


def advice(base: KnowledgeBase) -> list[Complaint]:
    """Advice on a knowledge base that loads, in file order: nothing here keeps it from being used."""
    entries = [entry for topic in base.topics for entry in topic.entries if entry.status is not Status.WITHDRAWN]
    return sorted({*_long(entries), *_twice(entries), *_contradicted(base, entries), *_overlooked(base)})


def _long(entries: list[Entry]) -> Iterator[Complaint]:
    for entry in entries:
        for language, text in entry.texts.items():
            units = len(text.answer.encode("utf-16-le")) // 2
            if units > MESSAGE:
                name = {Language.DE: "deutsche", Language.EN: "englische"}[language]
                what = f"Die {name} Antwort von „{entry.id}“ hat {units} Zeichen und wird geteilt verschickt"
                yield _advice(entry.place, f"{what}; kürzer liest sie sich im Chat besser.")


def _twice(entries: list[Entry]) -> Iterator[Complaint]:
    """Phrasings that two entries share, or that one has twice but for capitals and punctuation."""
    first: dict[str, Phrasing] = {}
    for phrasing in (phrasing for entry in entries for phrasing in entry.phrasings):
        known = first.setdefault(_plain(phrasing.text), phrasing)
        if known.entry != phrasing.entry:
            where = f"„{known.entry}“ ({known.place.file}, Zeile {known.place.line})"
            what = f"„{phrasing.text}“ steht auch bei {where}"
            yield _advice(phrasing.place, f"{what}; streichen Sie sie dort, wo sie weniger passt.")
        elif known is not phrasing and known.language is phrasing.language:
            yield _advice(phrasing.place, f"„{phrasing.text}“ steht fast gleich schon in Zeile {known.place.line}.")


def _contradicted(base: KnowledgeBase, entries: list[Entry]) -> Iterator[Complaint]:
    """Counterexamples that are also phrasings of an entry."""
    asked = {_plain(phrasing.text): phrasing for entry in entries for phrasing in entry.phrasings}
    for against in base.counterexamples():
        phrasing = asked.get(_plain(against.text))
        if phrasing is not None:
            what = f"„{against.text}“ ist ein Gegenbeispiel, steht aber auch bei „{phrasing.entry}“"
            yield _advice(against.place, f"{what}; streichen Sie es an einer der beiden Stellen.")


def _overlooked(base: KnowledgeBase) -> Iterator[Complaint]:
    """Files whose ending keeps them from being read."""
    for path in base.folder.glob("*.yml"):
        text = "Diese Datei wird nicht gelesen; ihr Name muss auf „.yaml“ enden."
        yield Complaint(f"{base.folder.name}/{path.name}", 1, 1, text)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split()).strip(" .!?")


def _advice(place: Place, text: str) -> Complaint:
    return Complaint(place.file, place.line, place.column, text)
