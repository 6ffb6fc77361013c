"""What is wrong in a knowledge base that loads all the same: the bot could live with it, citizens should not."""

from collections.abc import Iterator
from datetime import date, datetime

from bot.errors import Complaint
from bot.knowledge.entry import KnowledgeBase, Place
from bot.knowledge.synonyms import plain_words
from bot.knowledge.yaml_hints import shown


def wrong_dates(base: KnowledgeBase, now: datetime) -> Iterator[Complaint]:
    """Answers and corrections of a time to come, and answers that had ended before they began. `now`: in the city."""
    today = now.date()
    for entry in (entry for topic in base.topics for entry in topic.entries):
        first = _first_day(entry.as_of)
        if first > today:
            what = f"Der Stand „{entry.as_of}“ liegt in der Zukunft"
            yield _at(entry.where("as_of"), f"{what}; heute ist der {today:%d.%m.%Y} ({today.isoformat()}).")
        if entry.corrected is not None and _moment(entry.corrected) > now.replace(tzinfo=None):
            what = f"Die Berichtigung „{entry.corrected}“ liegt in der Zukunft"
            how = "Sie ginge sofort hinaus; setzen Sie den heutigen Tag."
            yield _at(entry.where("corrected"), f"{what}. {how}")
        for key in ("valid_until", "review_by"):
            day: date | None = getattr(entry, key)
            if day is not None and day < first:
                what = f"„{key}“ ({day.isoformat()}) liegt vor dem Stand der Antwort ({entry.as_of})"
                yield _at(entry.where(key), f"{what}; berichtigen Sie eines von beiden.")


def unknown_synonyms(base: KnowledgeBase) -> Iterator[Complaint]:
    """Synonym groups of which no phrasing and no counterexample has a word, not even inside a longer one."""
    texts = [phrasing.text for topic in base.topics for entry in topic.entries for phrasing in entry.phrasings]
    texts += [against.text for against in base.counterexamples()]
    written = "\n".join(" ".join(plain_words(text)) for text in texts)
    for group in base.synonyms:
        if not any(" ".join(plain_words(word)) in written for word in group.words):
            what = f"Kein Wort der Gruppe „{shown(', '.join(group.words))}“ kommt in einer Formulierung vor"
            yield _at(group.place, f"{what}, sie bewirkt also nichts; ergänzen Sie das Wort, das dort steht.")


def _first_day(as_of: str) -> date:
    return date.fromisoformat(as_of if len(as_of) > 7 else f"{as_of}-01")


def _moment(corrected: str) -> datetime:
    """When a correction was made, by the clocks of the city; of a day its beginning."""
    return datetime.fromisoformat(corrected)


def _at(place: Place, text: str) -> Complaint:
    return Complaint(place.file, place.line, place.column, text)
