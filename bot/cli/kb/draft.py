"""What a new entry is made of, from options or asked for in the terminal."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from bot.cli.kb.prompts import select, typed, written
from bot.errors import ConfigError, EditError
from bot.knowledge.decisions import new_id, plain_letters
from bot.knowledge.entry import KnowledgeBase, Language, Topic
from bot.knowledge.form import is_id
from bot.knowledge.pieces import NewEntry, Words

NEW_TOPIC: Final = "ein neues Thema"
NEEDED: Final = ("topic", "question", "answer", "source")


@dataclass(frozen=True, slots=True)
class Draft:
    """Whatever is known so far; what is not is empty. `title` and `intro` are needed for a new topic."""

    topic: str = ""
    title: str = ""
    intro: str = ""
    question: str = ""
    answer: str = ""
    aliases: tuple[str, ...] = ()
    as_of: str = ""
    source: str = ""
    id: str = ""
    english: Words = field(default_factory=lambda: Words("", ""))

    def entry(self) -> NewEntry:
        """The entry as it is to be written."""
        english = self.english if self.english.question or self.english.answer else None
        return NewEntry(self.id, Words(self.question, self.answer, self.aliases), self.as_of, self.source, english)


def completed(draft: Draft, base: KnowledgeBase, month: str) -> Draft:
    """With an id and a date where they are missing. Raises ConfigError where something else is, EditError for an id."""
    missing = [f"--{key}" for key in NEEDED if not getattr(draft, key)]
    known = topic_of(base, draft.topic) is not None
    missing += [f"--{key}" for key in ("title", "intro") if not known and draft.topic and not getattr(draft, key)]
    missing += (
        ["--question-en and --answer-en together"] if bool(draft.english.question) != bool(draft.english.answer) else []
    )
    if missing:
        raise ConfigError(f"Without a terminal a new entry needs {', '.join(missing)} as well.")
    if not known and not is_id(draft.topic):
        raise EditError(f"„{draft.topic}“ kann kein Thema heißen; erlaubt sind Kleinbuchstaben a-z, Ziffern und „-“.")
    return replace(draft, id=draft.id or new_id(base, draft.question), as_of=draft.as_of or month)


def topic_of(base: KnowledgeBase, topic_id: str) -> Topic | None:
    """The topic of this id."""
    return next((topic for topic in base.topics if topic.id == topic_id), None)


# -- in the terminal ----------------------------------------------------------------------------------


def asked_for(draft: Draft, base: KnowledgeBase, month: str) -> Draft:
    """With everything that is missing, as the editor types it."""
    draft = _with_topic(draft, base)
    draft = replace(draft, question=draft.question or _needed("Frage, wie sie als Vorschlag im Chat steht"))
    draft = replace(draft, answer=draft.answer or _repeated(lambda: written("Antwort", "")))
    if not draft.aliases:
        lines = written("Wie fragen Menschen es noch? Je Zeile eine Formulierung, am besten sechs oder mehr", "")
        draft = replace(draft, aliases=_lines(lines))
    draft = replace(draft, as_of=draft.as_of or typed("Stand (Jahr-Monat oder Jahr-Monat-Tag)", [], month))
    draft = replace(draft, source=draft.source or _needed("Quelle, wie Bürgerinnen und Bürger sie lesen"))
    if not draft.english.question and (question := typed("Frage auf Englisch (leer: später)", [])):
        answer = _repeated(lambda: written("Antwort auf Englisch", ""))
        draft = replace(draft, english=Words(question, answer, draft.english.aliases))
    return replace(draft, id=draft.id or typed("Name des Eintrags (id)", [], new_id(base, draft.question)))


def _with_topic(draft: Draft, base: KnowledgeBase) -> Draft:
    if not draft.topic:
        topics = {f"{topic.titles[Language.DE]} ({topic.id})": topic.id for topic in base.topics}
        draft = replace(draft, topic=select("In welchem Thema?", {**topics, NEW_TOPIC: ""}))
    if topic_of(base, draft.topic) is not None:
        return draft
    title = draft.title or _needed("Name des neuen Themas")
    intro = draft.intro or _needed("Worum geht es darin? Ein bis drei Sätze")
    name = "-".join(plain_letters(title))[:60].strip("-") or "thema"
    return replace(draft, topic=draft.topic or typed("Name der Datei (id)", [], name), title=title, intro=intro)


def _needed(question: str) -> str:
    return _repeated(lambda: typed(question, []))


def _repeated(ask: Callable[[], str]) -> str:
    while True:
        if found := ask():
            return found
        sys.stderr.write("Hier braucht es einen Text; Strg-C bricht ab.\n")


def _lines(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, (" ".join(line.split()).removeprefix("- ") for line in text.splitlines()))))


def as_texts(values: Sequence[str] | None) -> tuple[str, ...]:
    """Texts of a repeated option, each once."""
    return tuple(dict.fromkeys(filter(None, (" ".join(value.split()) for value in values or ()))))
