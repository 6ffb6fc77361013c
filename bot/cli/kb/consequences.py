"""What another knowledge base would say to people: the questions whose answer would be another one."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.desk.ticket import TicketState
from bot.desk.unhelped import Heard
from bot.knowledge.entry import Entry, KnowledgeBase, LabelledQuestion, Language
from bot.knowledge.masking import mask
from bot.matching.decision import Decision, Outcome
from bot.matching.evaluation import Judged, as_published
from bot.matching.matcher import Matcher


class Change(StrEnum):
    """What is another: what the bot decides, or only the words that people then read."""

    DECISION = "decision"
    WORDS = "words"


class Verdict(StrEnum):
    """What a change makes of a labelled question that was met well, or was not."""

    BROKEN = "broken"
    MENDED = "mended"


@dataclass(frozen=True, slots=True)
class Side:
    """A knowledge base and who decides by it."""

    base: KnowledgeBase
    matcher: Matcher

    @classmethod
    def of(cls, base: KnowledgeBase, build: Callable[[KnowledgeBase], Matcher] = Matcher) -> "Side":
        """With a matcher of its own. `build`: makes it."""
        return cls(base, build(base))


@dataclass(frozen=True, slots=True)
class Asked:
    """A message that citizens sent. `language`: the one of the chat; `times`: how often it came."""

    text: str
    language: Language
    times: int


@dataclass(frozen=True, slots=True)
class Consequence:
    """A question whose answer would be another one. `text` is masked where a citizen wrote it.

    `times`: how often citizens asked it, 0 for a labelled question; `verdict`: None where nothing gets better or worse.
    """

    text: str
    change: Change
    before: Decision
    after: Decision
    times: int = 0
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Entries:
    """The ids of published entries that are new, say something else or are asked otherwise, and are gone or withdrawn.

    Who is written to: `corrected` reaches whoever was given the old answer, `followed` whoever asked to be told.
    `overlooked`: say something else, and were corrected before; nobody hears of it unless that is marked anew.
    """

    new: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]
    withdrawn: tuple[str, ...] = ()
    corrected: tuple[str, ...] = ()
    followed: tuple[str, ...] = ()
    overlooked: tuple[str, ...] = ()


def asked_by_citizens(heard: Iterable[Heard]) -> list[Asked]:
    """Every message that the matcher decided about, the most frequent first; without commands such as /start, without
    spam, and without what was said within a ticket."""
    said = (one for one in heard if one.opens and one.ticket_state is not TicketState.SPAM)
    counted = Counter((one.text, one.language) for one in said if not one.text.startswith("/"))
    return [Asked(text, language, times) for (text, language), times in counted.most_common()]


def of_labelled(old: Side, new: Side) -> Iterator[Consequence]:
    """Of the labelled questions of both; the new labels say what is right."""
    labels = {one.text: one for one in as_published(new.base.questions, new.base)}
    for text in dict.fromkeys([*labels, *(one.text for one in old.base.questions)]):
        before, after = old.matcher.decide(text), new.matcher.decide(text)
        if (change := _change(old, new, before, after)) is not None:
            label = labels.get(text)
            yield Consequence(text, change, before, after, verdict=_verdict(label, before, after) if label else None)


def of_asked(old: Side, new: Side, asked: Iterable[Asked]) -> list[Consequence]:
    """Of what citizens asked, the most frequent first; what reads the same without personal data is one question."""
    found: dict[tuple[object, ...], Consequence] = {}
    times: Counter[tuple[object, ...]] = Counter()
    for one in asked:
        before, after = (side.matcher.decide(one.text, one.language) for side in (old, new))
        if (change := _change(old, new, before, after)) is not None:
            shown = mask(one.text)
            same = (shown, *(_outline(decision) for decision in (before, after)))
            found.setdefault(same, Consequence(shown, change, before, after))
            times[same] += one.times
    return [
        Consequence(one.text, one.change, one.before, one.after, times[same])
        for same, one in sorted(found.items(), key=lambda item: -times[item[0]])
    ]


def compared_entries(old: KnowledgeBase, new: KnowledgeBase) -> Entries:
    """By their ids, in file order."""
    before, after = ({entry.id: entry for entry in base.entries()} for base in (old, new))
    known = {entry.id: entry for entry in new.known()}
    pairs = [(entry, known[entry.id]) for entry in old.known() if entry.id in known]
    said_otherwise = [(one, other) for one, other in pairs if _says_otherwise(one, other)]
    return Entries(
        tuple(one for one in after if one not in before),
        tuple(one for one, entry in after.items() if one in before and before[one] != entry),
        tuple(one for one in before if one not in known),
        withdrawn=tuple(one for one in before if one in known and one not in after),
        corrected=tuple(other.id for one, other in pairs if other.corrected and other.corrected != one.corrected),
        followed=tuple(other.id for one, other in said_otherwise if one.follow),
        overlooked=tuple(other.id for one, other in said_otherwise if other.corrected == one.corrected is not None),
    )


def _says_otherwise(one: Entry, other: Entry) -> bool:
    return any(one.digest(language) != other.digest(language) for language in Language)


def parts(decision: Decision) -> Sequence[Decision]:
    """The decisions about each question of a message."""
    return decision.parts or (decision,)


def _change(old: Side, new: Side, before: Decision, after: Decision) -> Change | None:
    if _outline(before) != _outline(after):
        return Change.DECISION
    return Change.WORDS if _words(old.base, before) != _words(new.base, after) else None


def _verdict(label: LabelledQuestion, before: Decision, after: Decision) -> Verdict | None:
    was, is_ = Judged(label, before).is_met_well, Judged(label, after).is_met_well
    if was == is_:
        return None
    return Verdict.MENDED if is_ else Verdict.BROKEN


def _outline(decision: Decision) -> tuple[object, ...]:
    return tuple((one.outcome, one.entry, one.suggested, one.small_talk) for one in parts(decision))


def _words(base: KnowledgeBase, decision: Decision) -> list[object]:
    """What the citizen reads, as far as it stands in entries and small talk."""
    return [_read(base, one) for one in parts(decision)]


def _read(base: KnowledgeBase, decision: Decision) -> object:
    language = decision.language or Language.DE
    if decision.outcome is Outcome.SMALLTALK:
        return [one.replies.get(language) for one in base.small_talk if one.kind == decision.small_talk]
    if decision.outcome is Outcome.SUGGEST:
        return [entry.text(language).question for entry in _entries(base, decision.suggested)]
    return [
        (entry.text(language).answer, entry.plain, entry.as_of, entry.source)
        for entry in _entries(base, filter(None, [decision.entry]))
    ]


def _entries(base: KnowledgeBase, ids: Iterable[str]) -> list[Entry]:
    return [entry for entry in map(base.entry, ids) if entry is not None]
