"""What is not wrong in a knowledge base, and yet seldom meant."""

from collections.abc import Iterator, Sequence

from bot.errors import Complaint
from bot.knowledge.entry import Entry, KnowledgeBase, Phrasing, Place, Status, SynonymGroup
from bot.knowledge.synonyms import plain_words
from bot.knowledge.yaml_hints import shown


def advice(base: KnowledgeBase) -> list[Complaint]:
    """Advice on a knowledge base that loads, in file order: nothing here keeps it from being used."""
    entries = [entry for topic in base.topics for entry in topic.entries if entry.status is not Status.WITHDRAWN]
    known = {*_twice(entries), *_contradicted(base, entries), *_overlooked(base)}
    return sorted({*known, *_measuring_nothing(base, entries), *_levelling(base, entries)})


def _twice(entries: list[Entry]) -> Iterator[Complaint]:
    """Phrasings that two entries share, or that one has twice but for capitals and punctuation."""
    first: dict[str, Phrasing] = {}
    for phrasing in (phrasing for entry in entries for phrasing in entry.phrasings):
        known = first.setdefault(_plain(phrasing.text), phrasing)
        if known.entry != phrasing.entry:
            where = f"„{known.entry}“ ({_line(known.place)})"
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


def _measuring_nothing(base: KnowledgeBase, entries: list[Entry]) -> Iterator[Complaint]:
    """Labelled questions that the bot knows by heart: it is right about them, and that says nothing."""
    known: dict[str, str] = {}
    for kind in base.small_talk:
        known |= {_plain(text): "im Small Talk" for texts in kind.examples.values() for text in texts}
    for against in base.counterexamples():
        known[_plain(against.text)] = f"bei den Gegenbeispielen ({_line(against.place)})"
    for phrasing in (phrasing for entry in entries for phrasing in entry.phrasings):
        known[_plain(phrasing.text)] = f"bei „{phrasing.entry}“ ({_line(phrasing.place)})"
    for question in base.questions:
        where = known.get(_plain(question.text))
        if where and question.place:
            what = f"„{shown(question.text)}“ steht wörtlich auch {where} und misst so nichts"
            yield _advice(question.place, f"{what}; streichen Sie es an einer der beiden Stellen.")


def _levelling(base: KnowledgeBase, entries: list[Entry]) -> Iterator[Complaint]:
    """Synonym groups that make phrasings of two entries the same."""
    senses = _Senses(base.synonyms)
    first: dict[tuple[str, ...], tuple[Phrasing, list[tuple[str, ...]]]] = {}
    told: set[tuple[Place, str, str]] = set()
    for phrasing in (phrasing for entry in entries for phrasing in entry.phrasings):
        read = senses.read(phrasing.text)
        other, words = first.setdefault(tuple(sense for sense, _ in read), (phrasing, [words for _, words in read]))
        for (sense, here), there in zip(read, words, strict=True):
            group = senses.groups.get(sense)
            if group is None or here == there or other.entry == phrasing.entry:
                continue
            if (group.place, other.entry, phrasing.entry) not in told:
                told.add((group.place, other.entry, phrasing.entry))
                what = f"Durch diese Gruppe bedeuten „{other.text}“ ({other.entry}) und „{phrasing.text}“"
                how = "streichen Sie eines der Wörter, oder eine der Formulierungen."
                yield _advice(group.place, f"{what} ({phrasing.entry}) dasselbe; {how}")


class _Senses:
    """Synonym groups, to read texts with: a word or words of a group stand for the group."""

    def __init__(self, groups: Sequence[SynonymGroup]) -> None:
        self.groups = {f"={number}": group for number, group in enumerate(groups)}
        self._of = {plain_words(word): sense for sense, group in self.groups.items() for word in group.words}
        self._longest = max(map(len, self._of), default=1)

    def read(self, text: str) -> list[tuple[str, tuple[str, ...]]]:
        """The senses of a text in order, each with its words: of a group where one is known, else the word itself."""
        words = plain_words(text)
        found: list[tuple[str, tuple[str, ...]]] = []
        at = 0
        while at < len(words):
            lengths = range(min(self._longest, len(words) - at), 0, -1)
            length = next((length for length in lengths if words[at : at + length] in self._of), 1)
            part = words[at : at + length]
            found.append((self._of.get(part, part[0]), part))
            at += length
        return found


def _overlooked(base: KnowledgeBase) -> Iterator[Complaint]:
    """Files whose ending keeps them from being read."""
    for path in base.folder.glob("*.yml"):
        text = "Diese Datei wird nicht gelesen; ihr Name muss auf „.yaml“ enden."
        yield Complaint(f"{base.folder.name}/{path.name}", 1, 1, text)


def _plain(text: str) -> str:
    folded = " ".join(text.casefold().split())
    return folded.strip(" .!?") or folded


def _line(place: Place) -> str:
    return f"{place.file}, Zeile {place.line}"


def _advice(place: Place, text: str) -> Complaint:
    return Complaint(place.file, place.line, place.column, text)
