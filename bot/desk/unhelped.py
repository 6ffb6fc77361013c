"""What citizens asked and the bot did not help them with, as editors learn from it."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.desk.ticket import TicketState
from bot.desk.transaction import NONE_OF_THEM
from bot.knowledge.entry import Language
from bot.matching.decision import Outcome

SOON: Final = timedelta(minutes=5)  # what comes so soon after an answer is about it


@dataclass(frozen=True, slots=True)
class Heard:
    """An exchange as it lies in the database. `ticket`: the code of the one that it belongs to.

    `opens`: whether it is the first of that ticket; `ticket_state` is None where there is no ticket.
    """

    id: int
    chat: int
    external_id: str
    text: str
    language: Language
    outcome: Outcome
    entry: str | None
    chosen: str | None
    at: datetime
    ticket: str | None = None
    ticket_state: TicketState | None = None
    opens: bool = True


class Why(StrEnum):
    """How we know that the bot did not help."""

    UNKNOWN = "unknown"
    NONE_FITTED = "none-fitted"
    ASKED_ON = "asked-on"
    CORRECTED = "corrected"


@dataclass(frozen=True, slots=True)
class Unhelped:
    """A question that the bot did not help with."""

    heard: Heard
    why: Why


Sign = Callable[[Heard, Sequence[Heard]], bool]


def unhelped(heard: Sequence[Heard]) -> list[Unhelped]:
    """Those that were not helped with, in the order of `heard`: oldest first. What was marked as spam is left out."""
    by_chat: dict[int, list[Heard]] = defaultdict(list)
    for one in heard:
        by_chat[one.chat].append(one)
    reasons = {one.id: why for talk in by_chat.values() for one, why in _of_talk(talk)}
    return [Unhelped(one, reasons[one.id]) for one in heard if one.id in reasons]


def _of_talk(talk: Sequence[Heard]) -> list[tuple[Heard, Why]]:
    """`talk`: everything of one chat, oldest first."""
    found = []
    for place, one in enumerate(talk):
        # What was said within a ticket went to people, whatever the matcher thought of it.
        if not one.opens or one.ticket_state is TicketState.SPAM:
            continue
        later = [other for other in _following(talk, place) if other.at > one.at]
        if (why := next((why for why, holds in SIGNS.items() if holds(one, later)), None)) is not None:
            found.append((one, why))
    return found


def _following(talk: Sequence[Heard], place: int) -> list[Heard]:
    found = []
    for other in talk[place + 1 :]:
        if other.at - talk[place].at > SOON:
            break
        found.append(other)
    return found


def _was_unknown(one: Heard, later: Sequence[Heard]) -> bool:
    return one.outcome is Outcome.FORWARD


def _found_none_fitting(one: Heard, later: Sequence[Heard]) -> bool:
    return one.outcome is Outcome.SUGGEST and one.chosen == NONE_OF_THEM


def _was_answered(one: Heard) -> bool:
    return one.outcome is Outcome.ANSWER or (one.outcome is Outcome.SUGGEST and one.chosen is not None)


def _was_corrected(one: Heard, later: Sequence[Heard]) -> bool:
    helpful = _was_answered(one) or one.outcome is Outcome.SUGGEST
    return helpful and any(other.external_id == one.external_id for other in later)


def _went_to_people(one: Heard, later: Sequence[Heard]) -> bool:
    return _was_answered(one) and any(other.outcome is Outcome.FORWARD and other.opens for other in later)


# The first that holds counts. `later`: what the same chat sent soon after. Another way to learn that an answer did
# not help is another line here, with what it looks at in Heard.
SIGNS: Final[Mapping[Why, Sign]] = {
    Why.UNKNOWN: _was_unknown,
    Why.NONE_FITTED: _found_none_fitting,
    Why.CORRECTED: _was_corrected,
    Why.ASKED_ON: _went_to_people,
}
