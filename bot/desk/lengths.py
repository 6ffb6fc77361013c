"""Answers that one message cannot hold, with the words that the bot puts around them."""

from collections.abc import Iterator
from typing import Final

from bot.desk.phrases import Phrases
from bot.errors import Complaint
from bot.knowledge.entry import Entry, KnowledgeBase, Language

MESSAGE: Final = 4096  # UTF-16 units that one Telegram message holds
_DE: Final = Language.DE


def too_long(base: KnowledgeBase) -> Iterator[Complaint]:
    """Answers that would be cut in two, with date, source and frame."""
    phrases = Phrases(base, "")
    for entry in base.entries():
        for key, name, text in _sent(phrases, entry):
            units = len(text.encode("utf-16-le")) // 2
            if units > MESSAGE:
                place = entry.where(key)
                what = f"Die {name} Antwort hat mit Stand und Quelle {units} Zeichen"
                how = f"eine Nachricht fasst {MESSAGE}; kürzen Sie sie um {units - MESSAGE}, oder teilen Sie sie auf."
                yield Complaint(place.file, place.line, place.column, f"{what}, {how}")


def _sent(phrases: Phrases, entry: Entry) -> Iterator[tuple[str, str, str]]:
    """Every answer of an entry as it is sent, with its key and what it is called."""
    yield "answer", "deutsche", _message(phrases, entry, _DE)
    if entry.plain:
        yield "plain", "einfache", _message(phrases, entry, _DE, plain=True)
    if Language.EN in entry.texts:
        yield "en.answer", "englische", _message(phrases, entry, Language.EN)


def _message(phrases: Phrases, entry: Entry, language: Language, plain: bool = False) -> str:
    answer = phrases.answer(entry.id, language, plain)
    return f"{phrases.understood(entry.text(language).question, language)}\n\n{answer}"
