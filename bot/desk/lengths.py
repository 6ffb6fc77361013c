"""Answers that one message cannot hold, with the words that the bot puts around them."""

from collections.abc import Iterator
from typing import Final

from bot.desk.phrases import Phrases
from bot.errors import Complaint
from bot.knowledge.entry import KnowledgeBase, Language

MESSAGE: Final = 4096  # UTF-16 units that one Telegram message holds
_NAMES: Final = {Language.DE: "deutsche", Language.EN: "englische"}
_KEYS: Final = {Language.DE: "answer", Language.EN: "en.answer"}


def too_long(base: KnowledgeBase) -> Iterator[Complaint]:
    """Answers that would be cut in two, with date, source and frame."""
    phrases = Phrases(base, "")
    for entry in base.entries():
        for language in entry.texts:
            units = len(phrases.answer(entry.id, language).encode("utf-16-le")) // 2
            if units > MESSAGE:
                place = entry.where(_KEYS[language])
                what = f"Die {_NAMES[language]} Antwort hat mit Stand und Quelle {units} Zeichen"
                how = f"eine Nachricht fasst {MESSAGE}; kürzen Sie sie um {units - MESSAGE}, oder teilen Sie sie auf."
                yield Complaint(place.file, place.line, place.column, f"{what}, {how}")
