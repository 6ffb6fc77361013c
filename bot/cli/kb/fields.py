"""What each field of a new entry may hold: a sentence for the editor where something may not stand there.

The same sentences are shown at the prompt, where they can be mended at once, and for an option of the command.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Final

from bot.desk.lengths import too_long
from bot.knowledge.entry import Entry, KnowledgeBase, Language, Place, Text, Topic
from bot.knowledge.form import ID_RULE, broken_links, from_german, is_id, is_month_or_day, like
from bot.knowledge.loader import NO_TOPICS
from bot.knowledge.mistakes import wrong_dates
from bot.knowledge.pieces import NewEntry, Words
from bot.knowledge.yaml_hints import shown
from bot.knowledge.yaml_source import CONTROL
from bot.matching.text import normalise

NEEDED: Final = "Hier braucht es einen Text; Strg-C bricht ab."
Rule = Callable[[str], str]
_NOTHING: Final = NewEntry("new", Words("", ""), "", "")


def needed(rule: Rule) -> Rule:
    """The rule, for a field that may not be empty."""
    return lambda text: rule(text) if text else NEEDED


def words(text: str) -> str:
    """What is wrong with any text: signs that nobody sees."""
    found = CONTROL.search(text)
    code = f"U+{ord(found[0]):04X}" if found else ""
    return f"Der Text enthält ein unsichtbares Steuerzeichen ({code}); löschen Sie es." if found else ""


def prose(text: str) -> str:
    """What is wrong with a text in which people read links: also those that are not whole."""
    return words(text) or next(broken_links(text), "")


@dataclass(frozen=True, slots=True)
class Rules:
    """What is wrong with a text in a field, in one sentence; nothing where it may stand there.

    `force`: a question may be one that an entry has already.
    """

    base: KnowledgeBase
    today: date
    force: bool = False

    def question(self, text: str) -> str:
        """Of a question: that an entry has it, too."""
        if (wrong := words(text)) or self.force or not (asked := normalise(text)):
            return wrong
        phrasings = (one for topic in self.base.topics for entry in topic.entries for one in entry.phrasings)
        known = next((one for one in phrasings if normalise(one.text) == asked), None)
        if known is None:
            return ""
        where = f"{known.entry}, {Path(known.place.file).name}, Zeile {known.place.line}"
        return f"Diese Frage gibt es schon ({where}). Ändern Sie dort die Antwort."

    def as_of(self, text: str) -> str:
        """Of a date: that it is none, or one to come."""
        if is_month_or_day(text):
            to_come = wrong_dates(self._alone(replace(_NOTHING, as_of=text)), datetime.combine(self.today, time.max))
            return next((complaint.text for complaint in to_come), "")
        if is_month_or_day(german := from_german(text)):
            return f"„{text}“ schreiben Sie bitte als {german}."
        return f"„{shown(text)}“ ist kein Datum. Schreiben Sie Jahr-Monat, etwa {self.today:%Y-%m}."

    def entry_id(self, text: str) -> str:
        """Of the name of an entry: its form, and that another has it."""
        if not is_id(text):
            return f"„{shown(text)}“ ist keine gültige id; {ID_RULE}"
        if any(entry.id == text for topic in self.base.topics for entry in topic.entries):
            return f"Einen Eintrag „{text}“ gibt es schon; nehmen Sie einen anderen Namen (--id)."
        return ""

    def topic_id(self, text: str) -> str:
        """Of the name of a new topic: its form, and that its file is there."""
        if not is_id(text):
            return f"„{shown(text)}“ kann kein Thema heißen; {ID_RULE}"
        if any(topic.id == text for topic in self.base.topics):
            return f"Ein Thema „{text}“ gibt es schon; nehmen Sie einen anderen Namen (--topic)."
        name = f"{text}.yaml"
        if name in NO_TOPICS or (self.base.folder / name).exists():
            return f"{name} ist etwas anderes als ein Thema; nehmen Sie einen anderen Namen (--topic)."
        return ""

    def answer(self, text: str) -> str:
        """Of an answer alone; that it is missing is not wrong."""
        return prose(text) or self.length(replace(_NOTHING, words=Words("", text)))

    def length(self, entry: NewEntry) -> str:
        """Of a whole entry: that one message cannot hold an answer with its date and source."""
        return next((complaint.text for complaint in too_long(self._alone(entry))), "")

    def _alone(self, new: NewEntry) -> KnowledgeBase:
        """A knowledge base of just this entry."""
        said = {Language.DE: new.words} | ({Language.EN: new.english} if new.english else {})
        texts = {language: Text(one.question, one.aliases, one.answer) for language, one in said.items()}
        as_of = new.as_of or f"{self.today:%Y-%m}"
        entry = Entry("new", "new", texts, as_of, new.source, phrasings=(), place=Place("", 1, 1))
        return replace(self.base, topics=(Topic("new", {}, {}, (entry,), ()),))


def unknown_topic(base: KnowledgeBase, topic_id: str) -> str:
    """What to say where there is no such topic."""
    meant = like(topic_id, tuple(topic.id for topic in base.topics), "prüfen Sie den Namen.")
    return f"Ein Thema „{shown(topic_id)}“ gibt es nicht; {meant}"
