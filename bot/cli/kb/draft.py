"""What a new entry is made of, from options or asked for in the terminal."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from bot.cli.kb.fields import Rules, needed, prose, unknown_topic, words
from bot.cli.kb.prompts import line, select, typed, until_right, written
from bot.errors import EditError
from bot.knowledge.decisions import new_id, plain_letters
from bot.knowledge.entry import KnowledgeBase, Language, Topic
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


def checked(draft: Draft, rules: Rules) -> None:
    """Raises EditError for the first thing that is wrong with what is known so far, whatever is still missing."""
    if wrong := next(filter(None, _wrong(draft, rules)), ""):
        raise EditError(wrong)


def _wrong(draft: Draft, rules: Rules) -> Iterator[str]:
    if draft.topic and draft.title and draft.intro and topic_of(rules.base, draft.topic) is None:
        yield rules.topic_id(draft.topic)
    english = draft.english
    yield from map(rules.question, filter(None, (draft.question, english.question)))
    yield from map(words, (draft.title, *draft.aliases, *english.aliases))
    yield from map(prose, (draft.intro, draft.answer, english.answer, draft.source))
    yield rules.as_of(draft.as_of) if draft.as_of else ""
    yield rules.entry_id(draft.id) if draft.id else ""
    yield rules.length(draft.entry())


def completed(draft: Draft, rules: Rules, month: str) -> Draft:
    """With an id and a date where they are missing. Raises EditError where something else is, or is wrong."""
    checked(draft, rules)
    if draft.topic and topic_of(rules.base, draft.topic) is None and not (draft.title and draft.intro):
        how = "Für ein neues Thema geben Sie --title und --intro an."
        raise EditError(f"{unknown_topic(rules.base, draft.topic)} {how}")
    if missing := [f"--{key}" for key in NEEDED if not getattr(draft, key)]:
        raise EditError(f"Ohne Terminal braucht ein neuer Eintrag auch {', '.join(missing)}.")
    if bool(draft.english.question) != bool(draft.english.answer):
        raise EditError("Englisch braucht Frage und Antwort; geben Sie --question-en und --answer-en zusammen an.")
    return replace(draft, id=draft.id or new_id(rules.base, draft.question), as_of=draft.as_of or month)


def topic_of(base: KnowledgeBase, topic_id: str) -> Topic | None:
    """The topic of this id."""
    return next((topic for topic in base.topics if topic.id == topic_id), None)


# -- in the terminal ----------------------------------------------------------------------------------


def asked_for(draft: Draft, rules: Rules, month: str) -> Draft:
    """With everything that is missing, as the editor types it. Raises EditError for what was given and is wrong."""
    checked(draft, rules)
    draft = _with_topic(draft, rules)
    question = "Frage, wie sie als Vorschlag im Chat steht"
    draft = replace(draft, question=draft.question or line(question, needed(rules.question)))
    draft = draft if draft.answer else _with_answer(draft, rules)
    if not draft.aliases:
        # With what ends it, this is no wider than a terminal: what does not fit would not be seen.
        lines = "Andere Formulierungen, je Zeile eine"
        draft = replace(draft, aliases=_lines(until_right(lambda text: written(lines, text), words)))
    draft = replace(draft, as_of=draft.as_of or _date(rules, month))
    draft = replace(draft, source=draft.source or line("Quelle, wie Bürgerinnen und Bürger sie lesen", needed(prose)))
    draft = _with_answer(draft, rules) if rules.length(draft.entry()) else draft
    draft = draft if draft.english.question and draft.english.answer else _with_english(draft, rules)
    name = draft.id or line("Name des Eintrags (id)", needed(rules.entry_id), new_id(rules.base, draft.question))
    return replace(draft, id=name)


def _with_topic(draft: Draft, rules: Rules) -> Draft:
    base = rules.base
    if draft.topic and topic_of(base, draft.topic) is None and not (draft.title and draft.intro):
        sys.stderr.write(f"{unknown_topic(base, draft.topic)}\n")
        return with_new_topic(draft, rules) if not (found := _topic(base)) else replace(draft, topic=found)
    if not draft.topic:
        draft = replace(draft, topic=_topic(base))
    return draft if draft.topic else with_new_topic(draft, rules)


def _topic(base: KnowledgeBase) -> str:
    """The id of a topic there is, or nothing for a new one."""
    topics = {f"{topic.titles[Language.DE]} ({topic.id})": topic.id for topic in base.topics}
    return select("In welchem Thema?", {**topics, NEW_TOPIC: ""})


def with_new_topic(draft: Draft, rules: Rules) -> Draft:
    """With a topic that there is not yet."""
    title = draft.title or line("Name des neuen Themas", needed(words))
    intro = draft.intro or line("Worum geht es darin? Ein bis drei Sätze", needed(prose))
    name = draft.topic or "-".join(plain_letters(title))[:60].strip("-") or "thema"
    return replace(draft, topic=line("Name der Datei (id)", needed(rules.topic_id), name), title=title, intro=intro)


def _with_answer(draft: Draft, rules: Rules) -> Draft:
    """The length counts with date and source: once more after these."""

    def wrong(text: str) -> str:
        return prose(text) or rules.length(replace(draft, answer=text).entry())

    if draft.answer:
        sys.stderr.write(f"{wrong(draft.answer)}\n")
    return replace(draft, answer=until_right(lambda text: written("Antwort", text), needed(wrong), draft.answer))


def _with_english(draft: Draft, rules: Rules) -> Draft:
    asking = "Frage auf Englisch (leer: später)"
    question = draft.english.question or line(asking, lambda text: rules.question(text) if text else "")
    if not question:
        return draft

    def wrong(text: str) -> str:
        return prose(text) or rules.length(replace(draft, english=Words(question, text)).entry())

    answer = until_right(lambda text: written("Antwort auf Englisch", text), needed(wrong), draft.english.answer)
    return replace(draft, english=Words(question, answer, draft.english.aliases))


def _date(rules: Rules, month: str) -> str:
    """A wrong date is typed anew rather than mended."""
    question = "Stand (Jahr-Monat oder Jahr-Monat-Tag)"
    return until_right(lambda _: typed(question, [], month), needed(rules.as_of))


def _lines(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, (" ".join(line.split()).removeprefix("- ") for line in text.splitlines()))))


def as_texts(values: Sequence[str] | None) -> tuple[str, ...]:
    """Texts of a repeated option, each once."""
    return tuple(dict.fromkeys(filter(None, (" ".join(value.split()) for value in values or ()))))
