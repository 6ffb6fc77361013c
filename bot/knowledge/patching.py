"""From a proposal to the change of one file that it means. Nothing is written here."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.errors import EditError
from bot.knowledge.editing import Page, new_page, read_page
from bot.knowledge.entry import Entry, KnowledgeBase, Language, Place, Topic
from bot.knowledge.form import is_id
from bot.knowledge.loader import NO_TOPICS
from bot.knowledge.masking import mask
from bot.knowledge.pieces import NewEntry, Words
from bot.knowledge.proposals import Kind, Proposal

SOURCE: Final = "Antwort des Teams auf eine Bürgerfrage"


@dataclass(frozen=True, slots=True)
class Change:
    """What a file is to become."""

    page: Page

    @property
    def path(self) -> Path:
        """The file."""
        return self.page.path

    @property
    def before(self) -> str:
        """What it holds."""
        return (self.page.before or b"").decode()

    @property
    def after(self) -> str:
        """What it is to hold."""
        return self.page.as_bytes().decode()

    def diff(self) -> Iterator[str]:
        """The lines that change, with two around each, as in a unified diff."""
        name = self.path.name
        return difflib.unified_diff(self.before.splitlines(), self.after.splitlines(), name, name, n=2, lineterm="")


def change_of(base: KnowledgeBase, proposal: Proposal) -> Change:
    """What accepting this would change. Raises EditError where its entry or topic is gone or cannot be added to."""
    match proposal.kind:
        case Kind.ALIAS:
            return Change(_with_aliases(base, proposal))
        case Kind.COUNTEREXAMPLE:
            return Change(_with_counterexamples(base, proposal))
        case Kind.ENTRY:
            return Change(_with_entry(base, proposal))
    raise EditError("Was beiseitegelegt ist, ändert keine Datei.")


def _with_aliases(base: KnowledgeBase, proposal: Proposal) -> Page:
    entry = next((one for topic in base.topics for one in topic.entries if one.id == proposal.target), None)
    if entry is None:
        raise EditError(f"Den Eintrag „{proposal.target}“ gibt es nicht (mehr).")
    known = {one.text for one in entry.phrasings}
    texts = [text for text in _masked(proposal) if text not in known]
    language = proposal.language if proposal.language in entry.texts else Language.DE
    return _page(base, entry.place).with_aliases(entry.id, texts, language)


def _with_counterexamples(base: KnowledgeBase, proposal: Proposal) -> Page:
    topic = _topic(base, proposal.target)
    known = {one.text for one in topic.counterexamples}
    texts = [text for text in _masked(proposal) if text not in known]
    return _page(base, topic.entries[0].place).with_counterexamples(texts)


def _with_entry(base: KnowledgeBase, proposal: Proposal) -> Page:
    if not is_id(proposal.id) or proposal.id in {entry.id for one in base.topics for entry in one.entries}:
        raise EditError(
            f"„{proposal.id}“ kann kein neuer Eintrag heißen; nehmen Sie eine andere id aus a-z, 0-9 und -."
        )
    question, *aliases = _masked(proposal)
    words = Words(question, mask(proposal.answer), tuple(aliases))
    new = NewEntry(proposal.id, words, proposal.at.strftime("%Y-%m"), SOURCE)
    if proposal.title and proposal.intro and all(topic.id != proposal.target for topic in base.topics):
        return _new_topic(base, proposal, new)
    topic = _topic(base, proposal.target)
    return _page(base, topic.entries[0].place).with_entry(new)


def _new_topic(base: KnowledgeBase, proposal: Proposal, new: NewEntry) -> Page:
    path = base.folder / f"{proposal.target}.yaml"
    if not is_id(proposal.target) or path.name in NO_TOPICS or path.exists():
        raise EditError(f"„{proposal.target}“ kann kein neues Thema heißen; nehmen Sie einen anderen Namen (topic).")
    return new_page(path, proposal.target, mask(proposal.title), mask(proposal.intro), new)


def _page(base: KnowledgeBase, place: Place) -> Page:
    return read_page(base.folder / Path(place.file).name)


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
