"""Carrying a proposal out: tried on a copy first, so that a change that breaks something never begins."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.cli.kb.shelving import about
from bot.cli.kb.trying import base_with
from bot.errors import EditError
from bot.knowledge.editing import save
from bot.knowledge.entry import KnowledgeBase
from bot.knowledge.patching import Change, change_of, is_as_expected
from bot.knowledge.proposals import Kind, Proposal, State, read_proposals
from bot.knowledge.shelf import mark, sole_editor, write_whole
from bot.matching.effect import Effect, Shift, effect
from bot.matching.matcher import Matcher

WRONG = "Mit diesem Vorschlag wäre die Wissensbasis fehlerhaft, darum bleibt alles, wie es war"
STATES = {
    State.OPEN: "offen",
    State.ACCEPTED: "angenommen",
    State.REJECTED: "abgelehnt",
    State.RETRACTED: "hinfällig, weil das Team seine Antwort zurückgezogen hat",
    State.DISMISSED: "beiseitegelegt",
}


@dataclass(frozen=True, slots=True)
class Trial:
    """What accepting a proposal would do."""

    proposal: Proposal
    change: Change
    effect: Effect
    must: frozenset[str]

    @property
    def serious(self) -> Sequence[Shift]:
        """The labelled questions for whose sake it is not accepted without being asked twice."""
        kind, one = self.proposal.kind, self.proposal
        return self.effect.serious(self.must, {Kind.ALIAS: one.target, Kind.ENTRY: one.id}.get(kind))


# What an editor may take back: an open proposal is turned down, a decision no longer keeps questions from the inbox.
REVOCABLE = frozenset({State.OPEN, State.ACCEPTED, State.DISMISSED})


@dataclass(frozen=True, slots=True)
class Rejected:
    """A proposal as it was before it was turned down, and those that decide about its questions, too."""

    proposal: Proposal
    others: Sequence[Proposal]


def found(proposals: Sequence[Proposal], number: int, states: Collection[State] = frozenset({State.OPEN})) -> Proposal:
    """The proposal of this number, in one of these states. Raises EditError."""
    one = next((one for one in proposals if one.number == number), None)
    if one is None:
        raise EditError(f"Einen Vorschlag {number} gibt es nicht; klbot kb proposals zählt alle auf.")
    if one.state not in states:
        raise EditError(f"Der Vorschlag {number} ist nicht mehr offen: {STATES[one.state]}.")
    return one


def try_out(
    base: KnowledgeBase, matcher: Matcher, proposal: Proposal, build: Callable[[KnowledgeBase], Matcher] = Matcher
) -> Trial:
    """Make the change in a copy, and look at what it does. `build`: makes a matcher, as `matcher` was made.

    Raises EditError if the copy would be refused.
    """
    change = change_of(base, proposal)
    if change.after == change.before:
        raise EditError("Das steht schon alles in der Wissensbasis; es gibt nichts zu ändern.")
    changed = base_with(base, change.page, WRONG)
    if not is_as_expected(base, changed, proposal):
        raise EditError(f"{change.path.name} wurde gerade von jemand anderem geändert; versuchen Sie es noch einmal.")
    must = frozenset(one.text for one in base.questions if one.must)
    return Trial(proposal, change, effect(matcher, build(changed), proposal.texts, base.questions), must)


def accept(folder: Path, trial: Trial, *, force: bool = False) -> Proposal:
    """Write the change that was tried, if it spoils no labelled question (or by `force`) and nobody else was faster.

    Raises EditError; then everything is as before.
    """
    if (broken := trial.serious) and not force:
        many = f" und {len(broken) - 1} weitere" if len(broken) > 1 else ""
        raise EditError(
            f"Damit würde der Bot die gekennzeichnete Frage „{broken[0].text}“{many} nicht mehr richtig beantworten, "
            "darum bleibt alles, wie es war; der Vorschlag bleibt offen (mit --force wird er angenommen)."
        )
    with sole_editor(folder):
        current = found(read_proposals(folder), trial.proposal.number)
        if current != trial.proposal:
            raise EditError(f"Der Vorschlag {current.number} wurde gerade geändert; sehen Sie ihn noch einmal an.")
        page = trial.change.page
        save(page)
        try:
            return mark(current, State.ACCEPTED)
        except EditError:
            if page.before is None:
                page.path.unlink(missing_ok=True)
            else:
                write_whole(page.path, page.before)
            raise


def reject(folder: Path, number: int) -> Rejected:
    """Mark a proposal as rejected, also one that was accepted or put aside: it keeps nothing from the inbox any more.

    What accepting it did to the files stays. Raises EditError.
    """
    with sole_editor(folder):
        known = read_proposals(folder)
        one = found(known, number, REVOCABLE)
        mark(one, State.REJECTED)
    return Rejected(one, [other for other in about(known, one.texts) if other.number != number])
