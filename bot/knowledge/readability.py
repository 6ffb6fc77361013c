"""Whether an answer is easy to read: long sentences, long words, and words that only offices use.

What is easy is taken from the rules for plain German („Einfache Sprache“, DIN 8581-1): sentences of at most 25 words,
no word of more than 20 letters without a hyphen, everyday words.
"""

import re
from collections.abc import Iterator
from typing import Final

from bot.errors import Complaint
from bot.knowledge.entry import KnowledgeBase, Language, Place, Status
from bot.knowledge.lines import Lines

MOST_WORDS: Final = 25
LONGEST: Final = 20  # letters
_DE: Final = Language.DE
_KEYS: Final = {Language.DE: "answer", Language.EN: "en.answer"}
# A beginning of a word, and what to write instead.
_HARD: Final = dict(
    pair.split(" = ")
    for pair in """\
anberaum = festlegen
Antragsteller = wer den Antrag stellt
Benchmark = Vergleich
Best Practice = gutes Beispiel
bezüglich = zu, über
diesbezüglich = dazu
Disruption = großer Umbruch
Ertüchtigung = Ausbau, Erneuerung
evaluier = prüfen, auswerten
Evaluation = Auswertung
Evaluierung = Auswertung
gemäß = nach
Governance = Steuerung
hinsichtlich = zu, bei
Implementierung = Einführung
implementier = einführen
Inanspruchnahme = Nutzung
interdisziplinär = fachübergreifend
Interoperabilität = Zusammenspiel
Kick-off = Auftakt
Know-how = Wissen
Maßgabe = Bedingung
mittels = mit
niederschwellig = leicht zugänglich
niedrigschwellig = leicht zugänglich
obliegt = ist Aufgabe von
obsolet = überholt
partizipativ = mit Beteiligung
Partizipation = Beteiligung
Roadmap = Zeitplan
seitens = von
Skalierung = Ausweitung
Stakeholder = Beteiligte
Synergi = gemeinsamer Nutzen
Use Case = Anwendungsfall
Verstetigung = Fortführung
verstetig = fortführen
vollumfänglich = ganz
vorgenannt = genannt
zeitnah = bald, mit Datum
zwecks = für, um zu""".splitlines()
)
_HARD_WORD: Final = re.compile(rf"\b({'|'.join(map(re.escape, _HARD))})[a-zäöüß]*", re.IGNORECASE)
_HOW: Final = {key.casefold(): how for key, how in _HARD.items()}
_LONG_WORD: Final = re.compile(rf"[^\W\d_]{{{LONGEST + 1},}}")
_LINK: Final = re.compile(r"\bhttps?://\S+|\bwww\.\S+|\S+@\S+|\S+\.(?:de|digital|com|org)\S*")
_SHORT: Final = "z|B|d|h|u|a|Nr|bzw|ca|ggf|etc|Dr|St|Str|inkl|evtl|usw|vgl|Abs|Art|Tel|e|g|i|No|vs|Mr|Mrs|approx"
_END: Final = re.compile(r"(?<=[.!?…])[“\"')]*\s+(?=[„\"'(]?[A-ZÄÖÜ0-9])|\n\s*\n|\n(?=\s*[-•*–] )")
_ABBREVIATED: Final = re.compile(rf"(?:\b(?:{_SHORT})|(?<!\d)\d{{1,2}})\.$")


def sentences(text: str) -> list[str]:
    """The sentences of a text; points of a list are sentences, too."""
    found: list[str] = []
    at = 0
    for end in _END.finditer(text):
        part = text[at : end.start()]
        if _ABBREVIATED.search(part) and "\n" not in end[0]:
            continue
        found.append(part)
        at = end.end()
    found.append(text[at:])
    return [one.strip() for one in found if one.strip()]


def long_sentences(base: KnowledgeBase, lines: Lines) -> Iterator[Complaint]:
    """Sentences of more than 25 words."""
    for _, text, place in _answers(base):
        for sentence in sentences(text):
            words = words_of(sentence)
            if words > MOST_WORDS:
                start = " ".join(sentence.split()[:4])
                what = f"Der Satz „{start} …“ hat {words} Wörter"
                how = f"machen Sie zwei daraus: Mehr als {MOST_WORDS} liest mancher zweimal."
                yield _at(lines.find(place, start), f"{what}; {how}")


def words_of(sentence: str) -> int:
    """How many words a sentence has; an address is one."""
    return len(re.findall(r"\w[\w'’.-]*", _LINK.sub("Link", sentence)))


def hard_words(base: KnowledgeBase, lines: Lines) -> Iterator[Complaint]:
    """Words of offices, and words too long to be read at once, in German answers, each once an answer."""
    for spoken, text, place in _answers(base):
        if spoken is _DE:
            yield from hard_words_of(text, place, lines)


def hard_words_of(text: str, place: Place, lines: Lines) -> Iterator[Complaint]:
    """The same in one German text that begins at a place."""
    bare = _LINK.sub(" ", text)
    for word in dict.fromkeys(found[0] for found in _HARD_WORD.finditer(bare)):
        key = next(key for key in sorted(_HOW, key=len, reverse=True) if word.casefold().startswith(key))
        yield _at(lines.find(place, word), f"„{word}“ ist kein Alltagswort; leichter ist etwa: {_HOW[key]}.")
    for word in dict.fromkeys(_LONG_WORD.findall(bare)):
        how = "teilen Sie es mit einem Bindestrich, oder umschreiben Sie es."
        yield _at(lines.find(place, word), f"„{word}“ hat {len(word)} Buchstaben; {how}")


def _answers(base: KnowledgeBase) -> Iterator[tuple[Language, str, Place]]:
    for topic in base.topics:
        for entry in topic.entries:
            if entry.status is not Status.WITHDRAWN:
                for language, text in entry.texts.items():
                    yield language, text.answer, entry.where(_KEYS[language])


def _at(place: Place, text: str) -> Complaint:
    return Complaint(place.file, place.line, place.column, text)
