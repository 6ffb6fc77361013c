"""From the tree of a topic file to a topic with its entries and counterexamples."""

import re
from dataclasses import dataclass, field
from typing import Final

from bot.errors import Complaint
from bot.knowledge.entry import Counterexample, Entry, Language, Phrasing, Place, Status, Text, Topic
from bot.knowledge.form import Form, Keys, complain
from bot.knowledge.yaml_source import Listing, Node, Scalar

FILE: Final = Keys("in einer Themen-Datei", ("topic", "entries"), ("counterexamples",))
TOPIC: Final = Keys("beim Thema", ("id", "title", "intro"), ("en",))
TOPIC_EN: Final = Keys("beim englischen Thema", ("title", "intro"))
ENTRY: Final = Keys(
    "beim Eintrag",
    ("id", "question", "aliases", "answer", "as_of", "source"),
    (
        "review_by",
        "valid_until",
        "status",
        "withdrawn_reason",
        "corrected",
        "correction_note",
        "follow",
        "owner",
        "plain",
        "example",
        "en",
    ),
)
ENTRY_EN: Final = Keys(
    "beim englischen Text", ("question", "answer"), ("aliases", "withdrawn_reason", "correction_note")
)

# Small words that only one of the two languages has; a counterexample has no better sign of its language.
_GERMAN: Final = """
    der die das ist sind wie wo wann wer wird kann ich ein eine einen den dem und auf für mit von zu zum zur bei gibt
    es mein meine nicht welche welcher welches viel noch auch beim im am sich haben habe wir sie bekomme
"""
_ENGLISH: Final = """
    the is are what where when who which how can do does did i my a of to for and with from there you your it have
    has not much many would at on by be this that get please
"""
_TELLS: Final = {Language.DE: frozenset(_GERMAN.split()), Language.EN: frozenset(_ENGLISH.split())}


@dataclass(slots=True)
class Taken:
    """The ids that the files read so far have used, and where.

    `doubtful`: there may be others, in what is broken or behind where a file ends too early.
    """

    topics: dict[str, Place] = field(default_factory=dict)
    entries: dict[str, Place] = field(default_factory=dict)
    doubtful: bool = False

    def doubt_unless_whole(self, *forms: Form | None) -> None:
        """Note whether one of these tables lacks a key that it must have."""
        self.doubtful = self.doubtful or any(form is not None and not form.is_whole for form in forms)


def read_topic(root: Node, complaints: list[Complaint], taken: Taken) -> Topic:
    """The topic of a file; what is wrong is added to `complaints`, and then the topic is not to be used."""
    file = Form(root, FILE, complaints)
    head = file.form("topic", TOPIC)
    topic_id = head.id(taken.topics) if head else ""
    items = file.items("entries")
    taken.doubt_unless_whole(file, head)
    taken.doubtful = taken.doubtful or not items
    if not items and isinstance(file.values.get("entries"), Listing):
        text = "Ein Thema braucht mindestens einen Eintrag; ergänzen Sie einen, oder löschen Sie die Datei."
        complain(complaints, file.values["entries"].place, text)
    entries = tuple(_entry(Form(item, ENTRY, complaints), topic_id, taken) for item in items)
    against = tuple(
        Counterexample(topic_id, line.text, guess_language(line.text), line.place)
        for line in file.lines("counterexamples")
    )
    titles, intros = _headings(head) if head else ({}, {})
    return Topic(topic_id, titles, intros, entries, against)


def _headings(head: Form) -> tuple[dict[Language, str], dict[Language, str]]:
    titles = {Language.DE: head.line("title")}
    intros = {Language.DE: head.linked("intro")}
    english = head.form("en", TOPIC_EN)
    if english:
        titles[Language.EN] = english.line("title")
        intros[Language.EN] = english.linked("intro")
    return titles, intros


def _entry(form: Form, topic_id: str, taken: Taken) -> Entry:
    entry_id = form.id(taken.entries)
    english = form.form("en", ENTRY_EN)
    taken.doubt_unless_whole(form, english)
    taken.doubtful = taken.doubtful or not entry_id
    texts, phrasings = {}, []
    places = {key: node.place for key, node in form.values.items()}
    for language, part in ((Language.DE, form), (Language.EN, english)):
        if part is not None:
            texts[language], said = _text(part)
            phrasings += [Phrasing(entry_id, line.text, language, line.place) for line in said]
            places |= {f"en.{key}": node.place for key, node in part.values.items() if language is Language.EN}
    status = Status(form.choice("status", tuple(Status)) or Status.PUBLISHED)
    corrected = form.day_or_minute("corrected") or None
    _refuse_idle(form, status, corrected)
    return Entry(
        id=entry_id,
        topic=topic_id,
        texts=texts,
        as_of=form.month_or_day("as_of"),
        source=form.linked("source"),
        phrasings=tuple(phrasings),
        place=form.place,
        status=status,
        review_by=form.day("review_by"),
        valid_until=form.day("valid_until"),
        owner=form.line("owner") or None,
        plain=form.linked("plain") or None,
        corrected=corrected,
        follow=form.choice("follow", ("true", "false")) == "true",
        example=form.choice("example", ("true", "false")) == "true",
        places=places,
    )


def _refuse_idle(form: Form, status: Status, corrected: str | None) -> None:
    """Complain of words that nobody would be told: what was meant by them would not happen."""
    reason, note = form.values.get("withdrawn_reason"), form.values.get("correction_note")
    if reason is not None and status is not Status.WITHDRAWN:
        text = "wirkt nur zusammen mit „status: withdrawn“; ergänzen Sie diese Zeile, oder löschen Sie den Grund."
        complain(form.complaints, reason.place, f"„withdrawn_reason“ {text}")
    if note is not None and corrected is None:
        text = "wirkt nur zusammen mit „corrected“; ergänzen Sie eine Zeile wie „corrected: 2026-11-25“."
        complain(form.complaints, note.place, f"„correction_note“ {text}")


def _text(form: Form) -> tuple[Text, list[Scalar]]:
    """The words in one language, and all ways to ask with their places."""
    aliases = form.lines("aliases")
    words = tuple(alias.text for alias in aliases)
    told = (form.linked(key) for key in ("answer", "withdrawn_reason", "correction_note"))
    text = Text(form.line("question"), words, *told)
    question = form.values.get("question", None)
    place = question.place if question is not None else form.place
    return text, [Scalar(text.question, place), *aliases]


def guess_language(text: str) -> Language:
    """The language whose small words are more; German when they do not tell."""
    words = re.findall(r"\w+", text.casefold())
    german, english = (sum(word in _TELLS[language] for word in words) for language in (Language.DE, Language.EN))
    german += sum(any(letter in "äöüß" for letter in word) for word in words)
    return Language.EN if english > german else Language.DE
