"""Labelled questions that go wrong: because they must not, or because they went right before."""

from collections.abc import Iterator, Sequence

from bot.cli.ask import HEADLINES
from bot.errors import Complaint
from bot.knowledge.entry import Kind, KnowledgeBase, Place
from bot.knowledge.yaml_hints import shown
from bot.matching.decision import Decision
from bot.matching.evaluation import Decider, Judged, as_published

FEW = 3  # labelled questions of an entry that say something about it
WANTED = {Kind.OUT_OF_SCOPE: "keine Antwort", Kind.SMALL_TALK: "Small Talk"}
HOW = "ergänzen Sie Formulierungen, oder berichtigen Sie die Kennzeichnung (klbot ask --why zeigt, woran es liegt)."


def judged(base: KnowledgeBase, decider: Decider) -> list[Judged]:
    """What becomes of every labelled question of the base."""
    return [Judged(one, decider.decide(one.text)) for one in as_published(base.questions, base)]


def broken(now: Sequence[Judged], before: Sequence[Judged] = ()) -> Iterator[Complaint]:
    """Questions that must be met well and are not, entries none of whose questions (of three or more) leads to them,
    and questions that were met well before. `before`: the same questions, judged by what was."""
    was_well = {one.question.text for one in before if one.is_met_well}
    for one in now:
        place = one.question.place
        if place is not None and not one.is_met_well and (one.question.must or one.question.text in was_well):
            why = "muss" if one.question.must else "ergab bisher"
            wrong = f"„{shown(one.question.text)}“ {why} {_wanted(one)}{' ergeben' if one.question.must else ''}"
            yield _at(place, f"{wrong}, bekommt aber {_got(one.decision)}; {HOW}")
    yield from _hopeless(now)


def _hopeless(now: Sequence[Judged]) -> Iterator[Complaint]:
    by_entry: dict[str, list[Judged]] = {}
    for one in now:
        if one.question.kind is Kind.IN_SCOPE:
            by_entry.setdefault(one.question.entries[0], []).append(one)
    for entry, ones in by_entry.items():
        place = ones[0].question.place
        if len(ones) >= FEW and place is not None and not any(one.is_helped for one in ones):
            what = f"Keine der {len(ones)} gekennzeichneten Fragen zu „{entry}“ führt zu diesem Eintrag"
            yield _at(place, f"{what}; {HOW}")


def _wanted(one: Judged) -> str:
    return WANTED.get(one.question.kind) or " oder ".join(f"„{entry}“" for entry in one.question.entries)


def _got(decision: Decision) -> str:
    named = decision.entry or ", ".join(decision.suggested) or decision.small_talk
    return HEADLINES[decision.outcome] + (f" ({named})" if named else "")


def _at(place: Place, text: str) -> Complaint:
    return Complaint(place.file, place.line, place.column, text)
