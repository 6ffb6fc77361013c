"""What an editor decides about: the groups of the inbox, beside the knowledge base and its proposals."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.cli.kb.place import Place
from bot.desk.unhelped import Heard, unhelped
from bot.desk.wanted import ClerkAnswer, Settled, Wanted, still_unhelped, topic, wanted
from bot.knowledge.decisions import Open
from bot.knowledge.entry import KnowledgeBase, Language
from bot.knowledge.proposals import Kind, Proposal, State, read_proposals
from bot.knowledge.shelf import mark, sole_editor
from bot.matching.matcher import Matcher

NEAREST = 3
FAR = 0.05  # an entry that is less like the question is not worth a look
NEVER = 10**9  # more people than will ever ask


def now() -> datetime:
    """The time, aware and in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Near:
    """An entry that comes close to a question. `score`: how probable it is that it answers, from 0 to 1."""

    entry: str
    question: str
    score: float


@dataclass(frozen=True, slots=True)
class Pile:
    """A group, and the entries that come close to it."""

    group: Wanted
    nearest: tuple[Near, ...]

    @property
    def close(self) -> tuple[Near, ...]:
        """Those of them that are worth a look."""
        return tuple(near for near in self.nearest if near.score >= FAR)

    def as_open(self) -> Open:
        """The group as the decision file shows it; only an answer that staff wanted learnt is filled in."""
        one = self.group
        taught = next((answer for answer in one.answers if answer.taught is not None), None)
        return Open(
            one.wordings,
            one.language,
            one.chats,
            one.asked,
            one.last,
            one.tickets,
            tuple(f"{near.entry} ({near.score:.2f}): {near.question}" for near in self.close),
            taught.text if taught else "",
            taught.taught if taught else None,
            tuple(text for text in one.texts if text not in one.wordings),
        )


@dataclass(frozen=True, slots=True)
class Workbench:
    """Everything that one run of a command looks at. `opened`: when it began to look."""

    place: Place
    base: KnowledgeBase
    matcher: Matcher
    groups: tuple[Wanted, ...]
    opened: datetime

    def piles(self, top: int) -> list[Pile]:
        """The first so many groups with what is near them."""
        return [_pile(self.base, self.matcher, group) for group in self.groups[:top]]


def open_workbench(place: Place) -> Workbench:
    """Read the knowledge base, its proposals and the database, which the bot may be using. Raises KlbotError."""
    opened = now()
    base = place.load()
    proposals = read_proposals(place.folder)
    heard, answers, retracted = asyncio.run(_look(place.known_database()))
    proposals = take_back(place, proposals, retracted)
    matcher = place.matcher(base)
    questions = still_unhelped(unhelped(heard), matcher.decide)
    groups = wanted(questions, matcher.grouped, answers, settled(proposals))
    return Workbench(place, base, matcher, tuple(groups), opened)


def settled(proposals: Sequence[Proposal]) -> list[Settled]:
    """What editors have dealt with: an open proposal waits for them, an accepted one should have helped whoever asked
    later, unless it said that nothing answers this. Rejected and retracted ones settle nothing: their questions are
    still without an answer."""
    found = []
    for one in proposals:
        learnt = one.again if one.kind is Kind.COUNTEREXAMPLE else 1
        again = {State.OPEN: NEVER, State.ACCEPTED: learnt, State.DISMISSED: one.again}.get(one.state)
        if again is not None:
            found.append(Settled(one.texts, one.at, again))
    return found


async def _look(database: str) -> tuple[Sequence[Heard], Sequence[ClerkAnswer], frozenset[int]]:
    from bot.storage.shared import open_shared  # noqa: PLC0415 -- other commands start in half the time without it

    async with open_shared(database, now) as store:
        async with store.looking() as overview:
            return await overview.heard_of_all(), await overview.clerk_answers(), await overview.retracted_proposals()


async def _retracted(database: str) -> frozenset[int]:
    from bot.storage.shared import open_shared  # noqa: PLC0415 -- as above

    async with open_shared(database, now) as store:
        async with store.looking() as overview:
            return await overview.retracted_proposals()


def current_proposals(place: Place) -> list[Proposal]:
    """The proposals, without those whose answer staff took back, as far as the database is known. Raises KlbotError."""
    found = read_proposals(place.folder)
    if place.database is None or not any(one.taught is not None and one.state is State.OPEN for one in found):
        return found
    return take_back(place, found, asyncio.run(_retracted(place.database)))


def take_back(place: Place, proposals: list[Proposal], retracted: frozenset[int]) -> list[Proposal]:
    """Mark the open proposals that were made of an answer which staff took back."""
    gone = [one for one in proposals if one.state is State.OPEN and one.taught in retracted]
    if not gone:
        return proposals
    with sole_editor(place.folder):
        marked = {one.number: mark(one, State.RETRACTED) for one in gone}
    return [marked.get(one.number, one) for one in proposals]


def _pile(base: KnowledgeBase, matcher: Matcher, group: Wanted) -> Pile:
    ranking = matcher.rank(topic(group.question), group.language)
    best = [one for one in ranking.candidates if base.entry(one.entry) is not None][:NEAREST]
    return Pile(group, tuple(Near(one.entry, _question(base, one.entry, group.language), one.score) for one in best))


def _question(base: KnowledgeBase, entry_id: str, language: Language) -> str:
    entry = base.entry(entry_id)
    return entry.text(language).question if entry else ""
