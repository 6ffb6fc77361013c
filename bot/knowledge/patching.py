"""From a proposal to the change of one file that it means. Nothing is written here."""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bot.errors import Complaint, EditError
from bot.knowledge.entry import Entry, KnowledgeBase, Language, Place, Topic
from bot.knowledge.files import read_bytes
from bot.knowledge.form import is_id
from bot.knowledge.masking import mask
from bot.knowledge.proposals import Kind, Proposal, dump
from bot.knowledge.yaml_source import LARGEST, decode

SOURCE: Final = "Antwort des Teams auf eine Bürgerfrage"
BY_HAND: Final = "steht dort in einer Form, in die sich nichts einfügen lässt; ergänzen Sie die Datei von Hand"


@dataclass(frozen=True, slots=True)
class Change:
    """What a file is to become."""

    path: Path
    before: str
    after: str

    def diff(self) -> Iterator[str]:
        """The lines that change, with two around each, as in a unified diff."""
        lines = difflib.unified_diff(
            self.before.splitlines(), self.after.splitlines(), self.path.name, self.path.name, n=2, lineterm=""
        )
        return (line for line in lines)


def change_of(base: KnowledgeBase, proposal: Proposal) -> Change:
    """What accepting this would change. Raises EditError where its entry or topic is gone or cannot be added to."""
    match proposal.kind:
        case Kind.ALIAS:
            return _with_aliases(base, proposal)
        case Kind.COUNTEREXAMPLE:
            return _with_counterexamples(base, proposal)
        case Kind.ENTRY:
            return _with_entry(base, proposal)
    raise EditError("Was beiseitegelegt ist, ändert keine Datei.")


def _with_aliases(base: KnowledgeBase, proposal: Proposal) -> Change:
    entry = next((one for topic in base.topics for one in topic.entries if one.id == proposal.target), None)
    if entry is None:
        raise EditError(f"Den Eintrag „{proposal.target}“ gibt es nicht (mehr).")
    language = proposal.language if proposal.language in entry.texts else Language.DE
    known = {one.text for one in entry.phrasings}
    texts = [text for text in _masked(proposal) if text not in known]
    aliases = [one.place for one in entry.phrasings if one.language is language][1:]
    path, lines = _read(base, entry.place)
    if not aliases:
        place = _key(lines, entry, "aliases") if language is Language.DE else None
        if place is None:
            raise EditError(f"„aliases“ von „{entry.id}“ {BY_HAND}.")
        indent = len(lines[place]) - len(lines[place].lstrip())
        made = [lines[place].split(":")[0] + ":", *_items(texts, indent + 2)]
        return _change(path, lines, place, place + 1, made)
    at, indent = _behind(lines, aliases[-1])
    return _change(path, lines, at, at, _items(texts, indent))


def _with_counterexamples(base: KnowledgeBase, proposal: Proposal) -> Change:
    topic = _topic(base, proposal.target)
    path, lines = _read(base, topic.entries[0].place)
    known = {one.text for one in topic.counterexamples}
    texts = [text for text in _masked(proposal) if text not in known]
    if topic.counterexamples:
        at, indent = _behind(lines, topic.counterexamples[-1].place)
        return _change(path, lines, at, at, _items(texts, indent))
    if any(line.startswith("counterexamples:") for line in lines):
        raise EditError(f"„counterexamples“ in {path.name} {BY_HAND}.")
    end = len(lines)
    return _change(path, lines, end, end, ["", "counterexamples:", *_items(texts, 2)])


def _with_entry(base: KnowledgeBase, proposal: Proposal) -> Change:
    topic = _topic(base, proposal.target)
    path, lines = _read(base, topic.entries[0].place)
    question, *aliases = _masked(proposal)
    values: dict[str, Any] = {"id": proposal.id, "question": question, "aliases": aliases}
    values |= {"answer": mask(proposal.answer).strip() + "\n"}
    values |= {"as_of": proposal.at.strftime("%Y-%m"), "source": SOURCE}
    if not is_id(proposal.id) or proposal.id in {entry.id for one in base.topics for entry in one.entries}:
        raise EditError(
            f"„{proposal.id}“ kann kein neuer Eintrag heißen; nehmen Sie eine andere id aus a-z, 0-9 und -."
        )
    at, indent = _behind(lines, topic.entries[-1].place)
    apart = [""] if not lines[topic.entries[-1].place.line - 2].strip() else []
    made = [" " * indent + line if line else "" for line in dump([values]).splitlines()]
    return _change(path, lines, at, at, [*apart, *made])


def is_as_expected(before: KnowledgeBase, after: KnowledgeBase, proposal: Proposal) -> bool:
    """Whether a change did what the proposal says, and nothing else."""
    old, new = _entries(before), _entries(after)
    touched = {Kind.ALIAS: proposal.target, Kind.ENTRY: proposal.id}.get(proposal.kind)
    if touched is not None:
        said = {phrasing.text for phrasing in new[touched].phrasings} if touched in new else set()
        known = {phrasing.text for phrasing in old[touched].phrasings} if touched in old else set()
        if said != known | set(_masked(proposal)):
            return False
    against = {one.text for one in before.counterexamples()} ^ {one.text for one in after.counterexamples()}
    expected = set(_masked(proposal)) if proposal.kind is Kind.COUNTEREXAMPLE else set()
    others = (old.keys() | new.keys()) - {touched}
    return against <= expected and all(old.get(one) == new.get(one) for one in others)


def _entries(base: KnowledgeBase) -> dict[str, Entry]:
    return {entry.id: entry for topic in base.topics for entry in topic.entries}


def _topic(base: KnowledgeBase, topic_id: str) -> Topic:
    for topic in base.topics:
        if topic.id == topic_id:
            return topic
    raise EditError(f"Das Thema „{topic_id}“ gibt es nicht (mehr).")


def _masked(proposal: Proposal) -> list[str]:
    return list(dict.fromkeys(" ".join(mask(text).split()) for text in proposal.texts))


def _read(base: KnowledgeBase, place: Place) -> tuple[Path, list[str]]:
    path, complaints = base.folder / Path(place.file).name, list[Complaint]()
    raw = read_bytes(path, path.name, LARGEST, complaints)
    text = decode(raw, path.name, complaints) if raw is not None else None
    if text is None:
        raise EditError(str(complaints[0]))
    return path, text.split("\n")


def _key(lines: Sequence[str], entry: Entry, key: str) -> int | None:
    """The line of an entry's empty list `key: []`."""
    indent = " " * (entry.place.column - 1)
    for number in range(entry.place.line - 1, len(lines)):
        if lines[number].rstrip() in (f"{indent}{key}: []", f"{indent[:-2]}- {key}: []"):
            return number
        if number >= entry.place.line and _depth(lines[number]) < len(indent) and lines[number].strip():
            break
    return None


def _behind(lines: Sequence[str], item: Place) -> tuple[int, int]:
    """The line behind an item of a list in lines of their own, and how far its dash stands in."""
    first = lines[item.line - 1]
    indent = _depth(first)
    if not first[indent:].startswith("- "):
        raise EditError(f"{item.file}:{item.line}: Diese Liste {BY_HAND}.")
    end = item.line
    for number in range(item.line, len(lines)):
        if lines[number].strip() and _depth(lines[number]) <= indent:
            break
        if lines[number].strip() and not lines[number].lstrip().startswith("#"):
            end = number + 1
    return end, indent


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _items(texts: Sequence[str], indent: int) -> list[str]:
    return [" " * indent + line for line in dump(list(texts)).splitlines()] if texts else []


def _change(path: Path, lines: Sequence[str], start: int, end: int, made: Sequence[str]) -> Change:
    """`made` in place of the lines from `start` to before `end`."""
    kept = list(lines)
    while start == len(kept) and start and not kept[-1].strip():
        kept.pop()
        start = end = start - 1
    made = [f"{line}\r" for line in made] if lines[0].endswith("\r") else made
    after = [*kept[:start], *made, *kept[end:]]
    return Change(path, "\n".join(lines), "\n".join(after).rstrip("\n") + "\n")
