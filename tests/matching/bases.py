"""Small knowledge bases made of values, for tests that need no files."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.knowledge.entry import (
    Counterexample,
    Entry,
    Kind,
    KnowledgeBase,
    LabelledQuestion,
    Language,
    Phrasing,
    Place,
    SmallTalk,
    SynonymGroup,
    Text,
    Topic,
)

HERE = Place("test.yaml", 1, 1)


def entry(entry_id: str, *german: str, english: Sequence[str] = ()) -> Entry:
    """An entry asked in these ways; the first is its question."""
    texts = {Language.DE: Text(german[0], german[1:], "Antwort.")}
    if english:
        texts[Language.EN] = Text(english[0], tuple(english[1:]), "Answer.")
    phrasings = [Phrasing(entry_id, text, Language.DE, HERE) for text in german]
    phrasings += [Phrasing(entry_id, text, Language.EN, HERE) for text in english]
    return Entry(entry_id, "thema", texts, "2020-06", "Test", tuple(phrasings), HERE)


def base(
    entries: Sequence[Entry] = (),
    counterexamples: Sequence[str] = (),
    small_talk: Mapping[str, Sequence[str]] | None = None,
    synonyms: Sequence[tuple[str, ...]] = (),
    questions: Sequence[LabelledQuestion] = (),
) -> KnowledgeBase:
    """A knowledge base of one topic."""
    refused = tuple(Counterexample("thema", text, Language.DE, HERE) for text in counterexamples)
    topic = Topic("thema", {Language.DE: "Thema"}, {Language.DE: ""}, tuple(entries), refused)
    talk = tuple(
        SmallTalk(kind, {Language.DE: tuple(examples)}, {Language.DE: "Gern."})
        for kind, examples in (small_talk or {}).items()
    )
    groups = tuple(SynonymGroup(words, HERE) for words in synonyms)
    return KnowledgeBase(Path("test"), (topic,), talk, {Language.DE: {}}, "1", groups, tuple(questions))


def asked(text: str, *entries: str, kind: Kind | None = None) -> LabelledQuestion:
    """A labelled question: in scope where entries answer it, out of scope where none does."""
    return LabelledQuestion(text, kind or (Kind.IN_SCOPE if entries else Kind.OUT_OF_SCOPE), entries)


TOWN = base(
    [
        entry(
            "bad",
            "Wann öffnet das Freibad?",
            "Öffnungszeiten vom Freibad",
            "Ab welchem Tag kann man im Freibad schwimmen?",
            english=["When does the outdoor pool open?", "opening hours of the pool"],
        ),
        entry(
            "rad",
            "Wo kann ich mein Fahrrad abstellen?",
            "Fahrradständer in der Innenstadt",
            "Gibt es Stellplätze für Räder?",
            english=["Where can I park my bike?"],
        ),
        entry(
            "rat",
            "Kann ich die Stadtratssitzung im Internet sehen?",
            "Livestream aus dem Stadtrat",
            "Wird die Sitzung übertragen?",
            english=["Is there a livestream of the council?"],
        ),
    ],
    ["Was kostet der Eintritt ins Freibad?", "Mein Fahrrad wurde gestohlen.", "Wer sitzt im Stadtrat?"],
    {"greeting": ["Hallo", "Guten Tag"], "thanks": ["Danke", "Vielen Dank"], "insult": ["Du bist dumm"]},
)
