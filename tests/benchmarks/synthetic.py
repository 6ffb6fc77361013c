"""A large made-up knowledge base in a made-up language that is built like German. The same seed makes the same base.

Words are compounds and derivations of made-up roots, drawn as unevenly as in real texts (Zipf's law); function words
are real. An entry is a topic of a few nouns, at least one of them rare, and perhaps a verb. Each phrasing says the
topic anew: some words left out, inflected, replaced by a synonym, in another order, in another sentence. A question
is one more rewording, often with typos, that is no phrasing of its entry.
"""

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

PHRASINGS = 10
NOUNS, ROOTS, VERBS = 30_000, 4_000, 1_500
COMMON = 2_000  # the nouns before this rank are the frequent ones

_LETTERS = "abcdefghijklmnopqrstuvwxyzäöü"


def _words(text: str, separator: str | None = None) -> list[str]:
    return [word.strip() for word in text.split(separator)]


_ONSETS = _words("""
    b d f g h j k l m n p r s t w z bl br dr fl fr gl gr kl kn kr pf pr sch schl schm schw st str tr
""")
_NUCLEI = _words("a a a e e e e i i i o o u u ä ö ü au ei ei ie eu aa ee")
_CODAS = _words("l n r s t m b g k ck ll nn rr ss tt ff ch ld lt nd nt ng nk rk rt rn rm st ft cht tz")
_ENDINGS = ["", "", "", "", "ung", "er", "keit", "heit", "schaft", "nis", "erei", "chen"]
_JOINTS = ["", "", "s", "n", "en", "er"]
_CASES = ["", "", "", "", "s", "es", "n", "en", "e", "er"]
_VERB_FORMS = ["en", "en", "en", "t", "te", "st"]
_FRAMES = _words(
    """
    wo kann ich|wie kann ich|wann|wo|wie|was ist|gibt es|wer ist zuständig für|kann man|wie bekomme ich|was kostet|
    ich möchte|ich suche|wann kommt|wo finde ich|muss ich|darf ich|welche|wie lange dauert|warum ist|was wird aus|
    haben Sie|können Sie mir sagen, wo|ich brauche|was mache ich mit|an wen wende ich mich wegen|wie viel|wohin mit|
    ist es möglich,|wie geht es weiter mit|stimmt es, dass|weiß jemand, wann|bitte um Auskunft zu|gilt das auch für
    """,
    "|",
)
_LINKS = _words("für in mit der die das bei von dem den zum zur im am und ohne auf einen eine wegen gegen nach")
_FILLERS = _words("bitte eigentlich noch denn hier auch mal jetzt heute dann schon wieder uns eben danke")


@dataclass(frozen=True, slots=True)
class Synthetic:
    """Phrasings of every entry, and questions with the entry each asks for."""

    entries: dict[str, list[str]]
    questions: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class _Topic:
    """`rare` is said in every phrasing, `others` in most, `verb` (a stem) in some."""

    rare: str
    others: tuple[str, ...]
    verb: str | None


def synthetic(entries: int, questions: int, seed: int, phrasings: int = PHRASINGS) -> Synthetic:
    """A base of this size. Phrasings of one entry differ from each other and from its questions."""
    maker = _Maker(Random(seed))
    topics = maker.topics(entries)
    names = [f"eintrag-{number:06d}" for number in range(1, entries + 1)]
    said = {name: maker.phrasings(topic, phrasings) for name, topic in zip(names, topics, strict=True)}
    known = {text for texts in said.values() for text in texts}
    asked = [maker.chance.randrange(entries) for _ in range(questions)]
    return Synthetic(said, [(maker.question(topics[number], known), names[number]) for number in asked])


class _Uneven:
    """Draws the first of its values often and the last rarely, as words of a language are used."""

    def __init__(self, values: Sequence[str]) -> None:
        self._values = values
        self._sums = list(accumulate(1 / (rank + 3) for rank in range(len(values))))

    def draw(self, chance: Random) -> str:
        return chance.choices(self._values, cum_weights=self._sums)[0]


class _Maker:
    """Makes words, topics and sentences from one source of chance."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        roots = self._different(ROOTS, self._root)
        uneven = _Uneven(roots)
        nouns = self._different(NOUNS, lambda: self._noun(uneven))
        self._rare = nouns[COMMON:]
        self._nouns = _Uneven(nouns)
        self._verbs = _Uneven(self._different(VERBS, self._root))
        self._frames, self._links, self._fillers = _Uneven(_FRAMES), _Uneven(_LINKS), _Uneven(_FILLERS)
        self._synonyms = {noun: self._noun(uneven) for noun in nouns if chance.random() < 0.4}

    def _different(self, count: int, make: Callable[[], str]) -> list[str]:
        found: dict[str, None] = {}
        while len(found) < count:
            found[make()] = None
        return list(found)

    def _root(self) -> str:
        pick = self.chance.choice
        first = pick(_ONSETS) + pick(_NUCLEI) + pick(_CODAS)
        return first + pick(["el", "er", "en"]) if self.chance.random() < 0.3 else first

    def _noun(self, roots: _Uneven) -> str:
        pick = self.chance.choice
        word = roots.draw(self.chance)
        if self.chance.random() < 0.7:
            word += pick(_JOINTS) + roots.draw(self.chance)
        return (word + pick(_ENDINGS)).capitalize()

    def topics(self, count: int) -> list[_Topic]:
        """So many topics, no two with the same nouns."""
        found: dict[tuple[str, ...], _Topic] = {}
        while len(found) < count:
            others = tuple(self._nouns.draw(self.chance) for _ in range(self.chance.choice([1, 1, 2])))
            rare = self.chance.choice(self._rare)
            verb = self._verbs.draw(self.chance) if self.chance.random() < 0.5 else None
            found.setdefault(tuple(sorted({rare, *others})), _Topic(rare, others, verb))
        return list(found.values())

    def phrasings(self, topic: _Topic, count: int) -> list[str]:
        """So many different sentences about the topic."""
        return self._different(count, lambda: self._sentence(topic))

    def question(self, topic: _Topic, known: Container[str]) -> str:
        """A sentence about the topic that is not known; half have a typo, some two."""
        while True:
            text = self._sentence(topic)
            for likely in (0.5, 0.15):
                text = self._typo(text) if self.chance.random() < likely else text
            if text not in known:
                return text

    def _sentence(self, topic: _Topic) -> str:
        words = [self._form(noun) for noun in (topic.rare, *(o for o in topic.others if self.chance.random() < 0.75))]
        self.chance.shuffle(words)
        if self.chance.random() < 0.15:
            return " ".join(words)  # bare keywords
        said = [self._frames.draw(self.chance)]
        for place, word in enumerate(words):
            linked = place > 0 or self.chance.random() < 0.4
            said += [self._links.draw(self.chance), word] if linked else [word]
        if self.chance.random() < 0.3:
            said.append(self._fillers.draw(self.chance))
        if topic.verb and self.chance.random() < 0.8:
            said.append(topic.verb + self.chance.choice(_VERB_FORMS))
        sentence = " ".join(said)
        return sentence[0].upper() + sentence[1:] + self.chance.choice(["?", "?", "?", ""])

    def _form(self, noun: str) -> str:
        if noun in self._synonyms and self.chance.random() < 0.25:
            noun = self._synonyms[noun]
        return noun + self.chance.choice(_CASES)

    def _typo(self, text: str) -> str:
        """One letter of a longer word lost, doubled, replaced, or swapped with the next."""
        words = text.split(" ")
        long = [place for place, word in enumerate(words) if len(word) >= 5]
        if not long:
            return text
        place = self.chance.choice(long)
        word = words[place]
        at = self.chance.randrange(1, len(word) - 1)
        middle = self.chance.choice(
            ["", word[at] * 2, self.chance.choice(_LETTERS), word[at + 1] + word[at]],
        )
        swapped = len(middle) == 2 and middle != word[at] * 2
        words[place] = word[:at] + middle + word[at + 1 + swapped :]
        return " ".join(words)
