"""Which of many questions ask the same: groups, each around the wording that came most often.

Pairs are judged by `alike`. A question joins a group when it asks the same as at least half of those it is compared
with there, so that a chain of small differences cannot tie two different questions together.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz, process

from bot.matching.alike import ALIKE_LETTERS, LEAST_LETTERS, Gist, ask_the_same
from bot.matching.lexicon import Lexicon, Word

MOST_GROUPS = 12  # a question is compared with so many groups: those that share most with it
MOST_MEMBERS = 5  # and with so many of each
EDGE = 2  # so many letters at one end of a word survive a slip of the finger


def grouped(gists: Sequence[Gist], lexicon: Lexicon) -> list[list[int]]:
    """The numbers of the questions, by group; the largest group first. A question without a topic stays alone."""
    same: dict[object, list[int]] = defaultdict(list)
    for number, one in enumerate(gists):
        same[_key(one) if one.words else number].append(number)
    by_count = sorted(same.values(), key=len, reverse=True)
    groups = _Groups(lexicon)
    found: dict[int, list[int]] = defaultdict(list)
    for numbers in by_count:
        found[groups.place(gists[numbers[0]])] += numbers
    return sorted((sorted(numbers) for numbers in found.values()), key=len, reverse=True)


def _key(one: Gist) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    return frozenset(word.stem for word in one.words), one.numbers, one.asking


class _Groups:
    """The groups found so far."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._words = _Words()
        self._members: list[list[Gist]] = []
        self._holding: dict[int, set[int]] = defaultdict(set)

    def place(self, one: Gist) -> int:
        """The number of the group that this question belongs to; a new one where it fits nowhere."""
        group = self._fitting(one)
        if group is None:
            group = len(self._members)
            self._members.append([])
        if len(self._members[group]) < MOST_MEMBERS:
            self._members[group].append(one)
            for word in one.words:
                self._holding[self._words.number(word)].add(group)
        return group

    def _fitting(self, one: Gist) -> int | None:
        shares = [(self._share(one, group), -group) for group in self._near(one)]
        share, number = max(shares, default=(0.0, 0))
        return -number if share >= 0.5 else None

    def _near(self, one: Gist) -> list[int]:
        shared: Counter[int] = Counter()
        for word in one.words:
            worth = round(1000 * self._lexicon.weight(word))
            holding = set().union(*(self._holding[number] for number in self._words.like(word)))
            shared.update(dict.fromkeys(holding, worth))
        return [group for group, _ in shared.most_common(MOST_GROUPS)]

    def _share(self, one: Gist, group: int) -> float:
        members = self._members[group]
        return sum(ask_the_same(one, other, self._lexicon) for other in members) / len(members)


class _Words:
    """Every word met so far, and which of them may be one word with another."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._by_sign: dict[str, set[int]] = defaultdict(set)
        self._by_edge: dict[str, dict[int, str]] = defaultdict(dict)

    def number(self, word: Word) -> int:
        """The number of this word, by which it is found again."""
        number = self._numbers.setdefault(word.folded, len(self._numbers))
        for sign in _signs(word):
            self._by_sign[sign].add(number)
        for edge in _edges(word):
            self._by_edge[edge][number] = word.folded
        return number

    def like(self, word: Word) -> set[int]:
        """The numbers of the words that this one may be."""
        found = set().union(*(self._by_sign[sign] for sign in _signs(word)))
        for edge in _edges(word):
            known = self._by_edge[edge]
            near = process.extract(word.folded, known, scorer=fuzz.ratio, score_cutoff=ALIKE_LETTERS, limit=None)
            found.update(number for _, _, number in near)
        return found


def _signs(word: Word) -> Iterable[str]:
    """By what a word is known in spite of its ending: see `alike`."""
    return (f"={word.stem}", *(f"~{sense}" for sense in word.senses), *(f"+{part}" for part in word.parts))


def _edges(word: Word) -> Iterable[str]:
    return (f"{word.folded[:EDGE]}^", f"${word.folded[-EDGE:]}") if len(word.stem) >= LEAST_LETTERS else ()
