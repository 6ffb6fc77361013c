"""What keeps a changed knowledge base from going live, though it can be read: `klbot check` calls it an error, too."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.desk.lengths import too_long
from bot.desk.words import missing_words
from bot.errors import Complaint
from bot.knowledge.entry import KnowledgeBase, Place
from bot.knowledge.mistakes import unknown_synonyms, wrong_dates
from bot.knowledge.yaml_hints import shown
from bot.matching.building import Missed


def obstacles(base: KnowledgeBase, now: datetime) -> Sequence[Complaint]:
    """Words that are missing, impossible dates, synonyms without effect, answers too long for one message.

    `now`: by the clocks of the city.
    """
    if missing := missing_words(base):  # an answer's length cannot be told without its frame
        return tuple(missing)
    return (*wrong_dates(base, now), *unknown_synonyms(base), *too_long(base))


def broken_musts(spoilt: Iterable[Missed]) -> Sequence[Complaint]:
    """The labelled questions that must be met well. `spoilt`: those that were until now."""
    return [_broken(one.question.text, one.question.place) for one in spoilt if one.question.must]


def _broken(text: str, place: Place | None) -> Complaint:
    what = f"„{shown(text)}“ darf nie falsch ausgehen („must: true“), täte es damit aber"
    how = "ergänzen Sie Formulierungen; klbot ask --why zeigt, woran es liegt."
    file, line, column = ("questions.yaml", 1, 1) if place is None else (place.file, place.line, place.column)
    return Complaint(file, line, column, f"{what}; {how}")
