"""Synonym groups: words that mean the same to citizens of this city."""

import re
import unicodedata
from typing import Final

from bot.errors import Complaint
from bot.knowledge.entry import SynonymGroup
from bot.knowledge.form import Form, Keys, complain
from bot.knowledge.yaml_hints import shown
from bot.knowledge.yaml_source import Listing, Node, Scalar

FILE: Final = Keys("in der Synonym-Datei", ("synonyms",))

_MEMBER: Final = re.compile(r"[^\W_]+(?:-[^\W_]+)*(?: [^\W_]+(?:-[^\W_]+)*){0,2}")
_WORD: Final = re.compile(r"[^\W_]+")
_TRANSCRIBED: Final = re.compile(r"([aou])e+")
_EXAMPLE: Final = "etwa [Paketstation, Packstation]"
_SHOWN: Final = 8  # links of a circle

_Group = dict[str, Scalar]  # the members by how they are compared
_Pair = tuple[int, int]  # two groups by their numbers, the earlier first


def plain_words(text: str) -> tuple[str, ...]:
    """The words of a text in small letters, with ä, ae and a as one letter (so o and u); hyphens part words."""
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return tuple(_TRANSCRIBED.sub(r"\1", word) for word in _WORD.findall(bare.casefold()))


def read_synonyms(root: Node, complaints: list[Complaint]) -> tuple[SynonymGroup, ...]:
    """Every group of the file; what is wrong is added to `complaints`."""
    items = Form(root, FILE, complaints).items("synonyms")
    groups = [_group(item, complaints) for item in items]
    _refuse_shared(groups, complaints)
    return tuple(
        SynonymGroup(tuple(member.text for member in group.values()), item.place)
        for item, group in zip(items, groups, strict=True)
    )


def _group(node: Node, complaints: list[Complaint]) -> _Group:
    if not isinstance(node, Listing):
        how = f"durch Kommas getrennt in eckigen Klammern stehen, {_EXAMPLE}."
        complain(complaints, node.place, f"Die Wörter einer Gruppe müssen {how}")
        return {}
    if len(node.items) < 2:
        how = f"ergänzen Sie, was dasselbe bedeutet, {_EXAMPLE}, oder löschen Sie die Zeile."
        complain(complaints, node.place, f"Eine Gruppe braucht mindestens zwei Wörter; {how}")
    group: _Group = {}
    for item in node.items:
        member = _member(item, complaints)
        if member is None:
            continue
        first = group.setdefault(" ".join(plain_words(member.text)), member)
        if first is not member:
            known = "" if first.text == member.text else f" (als „{shown(first.text)}“)"
            what = f"„{shown(member.text)}“ steht in dieser Gruppe schon{known}"
            complain(complaints, member.place, f"{what}; streichen Sie eines von beiden.")
    return group


def _member(node: Node, complaints: list[Complaint]) -> Scalar | None:
    text = unicodedata.normalize("NFC", " ".join(node.text.split())) if isinstance(node, Scalar) else None
    if text and _MEMBER.fullmatch(text):
        return Scalar(text, node.place)
    what = f"„{shown(text)}“ ist kein Wort, das der Bot erkennt" if text else "Hier muss ein Wort stehen"
    how = "erlaubt sind ein bis drei Wörter aus Buchstaben, Ziffern und Bindestrichen."
    complain(complaints, node.place, f"{what}; {how}")
    return None


# -- words in two groups ------------------------------------------------------------------------------


def _refuse_shared(groups: list[_Group], complaints: list[Complaint]) -> None:
    """Complain once of any two groups with common words, or once of all groups that hang together in a circle."""
    by_circle: dict[int, list[tuple[Scalar, Scalar]]] = {}
    pairs = _shared(groups)
    roots = _circles(list(pairs))
    for pair, words in pairs.items():
        if pair[0] in roots:
            by_circle.setdefault(roots[pair[0]], []).append(words[0])
        else:
            _complain_about_pair(words, complaints)
    for links in by_circle.values():
        _complain_about_circle(links, complaints)


def _shared(groups: list[_Group]) -> dict[_Pair, list[tuple[Scalar, Scalar]]]:
    """The words that a group shares with the first one that has them: as they stand there, and here."""
    first: dict[str, int] = {}
    found: dict[_Pair, list[tuple[Scalar, Scalar]]] = {}
    for number, group in enumerate(groups):
        for word, member in group.items():
            earlier = first.setdefault(word, number)
            if earlier != number:
                found.setdefault((earlier, number), []).append((groups[earlier][word], member))
    return found


def _circles(pairs: list[_Pair]) -> dict[int, int]:
    """Every group that hangs together with a circle of groups, and a number for what hangs together."""
    parents: dict[int, int] = {}

    def root(one: int) -> int:
        while parents.setdefault(one, one) != one:
            parents[one] = parents[parents[one]]
            one = parents[one]
        return one

    closed = []
    for one, other in pairs:
        if root(one) == root(other):
            closed.append(one)
        parents[root(one)] = root(other)
    circular = {root(one) for one in closed}
    return {one: root(one) for one in list(parents) if root(one) in circular}


def _complain_about_pair(words: list[tuple[Scalar, Scalar]], complaints: list[Complaint]) -> None:
    there, here = words[0]
    names = " und ".join(f"„{shown(member.text)}“" for _, member in words[:_SHOWN])
    what = f"{names} {'steht' if len(words) == 1 else 'stehen'} schon in der Gruppe in Zeile {there.place.line}"
    how = "machen Sie aus beiden Gruppen eine, wenn alle Wörter dasselbe bedeuten, sonst streichen Sie hier oder dort."
    complain(complaints, here.place, f"{what}; {how}")


def _complain_about_circle(links: list[tuple[Scalar, Scalar]], complaints: list[Complaint]) -> None:
    lines = [f"„{shown(here.text)}“ (Zeilen {there.place.line} und {here.place.line})" for there, here in links]
    more = " …" if len(lines) > _SHOWN else ""
    what = f"Gruppen hängen im Kreis zusammen: {', '.join(lines[:_SHOWN])}{more}"
    how = "machen Sie eine Gruppe daraus, wenn alle Wörter dasselbe bedeuten, sonst streichen Sie die doppelten."
    complain(complaints, links[-1][1].place, f"{what}; {how}")
