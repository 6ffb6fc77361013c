"""Whether an answer in Einfacher Sprache is simple enough for people who read with effort.

The limits are those that authors of Einfache Sprache work by (DIN 8581-1): a thought a sentence, about twelve words,
no brackets, no abbreviations, and somebody who does what is done.
"""

import re
from collections.abc import Iterator
from typing import Final

from bot.errors import Complaint
from bot.knowledge.entry import KnowledgeBase, Place, Status
from bot.knowledge.lines import Lines
from bot.knowledge.readability import hard_words_of, sentences, words_of
from bot.knowledge.yaml_hints import shown

MOST_WORDS: Final = 12
MOST_COMMAS: Final = 1
_SHORTENED: Final = re.compile(
    r"\b(?:z\. ?B|d\. ?h|u\. ?a|o\. ?ä|i\. ?d\. ?R|usw|bzw|ca|etc|evtl|ggf|inkl|max|min|Nr|Str|Tel|vgl)\."
)
_PASSIVE: Final = re.compile(
    r"\b(?:wird|werden|wurden?)\b(?:[^.!?;:]*?\s)?(?:[a-zäöü]*ge[a-zäöüß]{2,}t|[a-zäöüß]+iert)\b|\bworden\b"
)
_SEVERAL_THOUGHTS: Final = re.compile(r"[;()\[\]]|\s[–—]\s")


def not_plain(base: KnowledgeBase, lines: Lines) -> Iterator[Complaint]:
    """What makes an answer in Einfacher Sprache hard to read, each with a way to mend it."""
    for text, place in _plain_answers(base):
        for line in text.splitlines():
            for sentence in sentences(line):
                at = lines.find(place, " ".join(sentence.split()[:4]))
                for what in _hard_about(sentence):
                    yield Complaint(at.file, at.line, at.column, what)
        yield from hard_words_of(text, place, lines)


def not_yet_plain(base: KnowledgeBase) -> Iterator[Complaint]:
    """Entries without Einfache Sprache, where most have it."""
    current = [entry for topic in base.topics for entry in topic.entries if entry.status is not Status.WITHDRAWN]
    lacking = [entry for entry in current if not entry.plain]
    if 2 * len(lacking) < len(current):
        for entry in lacking:
            what = "Diese Antwort gibt es noch nicht in Einfacher Sprache (plain)."
            yield Complaint(entry.place.file, entry.place.line, entry.place.column, what)


def _hard_about(sentence: str) -> Iterator[str]:
    """What is hard about a sentence, in words for an editor."""
    named = f"„{shown(sentence)}“"
    words = words_of(sentence)
    if words > MOST_WORDS:
        yield f"{named} hat {words} Wörter; in Einfacher Sprache höchstens {MOST_WORDS}, machen Sie zwei Sätze daraus."
    if sentence.count(",") > MOST_COMMAS or _SEVERAL_THOUGHTS.search(sentence):
        yield f"{named} enthält mehr als einen Gedanken; geben Sie in Einfacher Sprache jedem einen eigenen Satz."
    if short := _SHORTENED.search(sentence):
        yield f"„{short[0]}“ ist eine Abkürzung; schreiben Sie das in Einfacher Sprache aus."
    if _PASSIVE.search(sentence):
        yield f"{named} sagt nicht, wer etwas tut; nennen Sie in Einfacher Sprache, wer es ist („Die Stadt baut …“)."


def _plain_answers(base: KnowledgeBase) -> Iterator[tuple[str, Place]]:
    for topic in base.topics:
        for entry in topic.entries:
            if entry.plain and entry.status is not Status.WITHDRAWN:
                yield entry.plain, entry.where("plain")
