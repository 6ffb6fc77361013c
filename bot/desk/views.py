"""What a citizen sees while leafing through topics and questions: text, buttons, and where one is."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.desk.afterwards import Afterwards
from bot.desk.asides import bare
from bot.desk.catalogue import Catalogue, entry_name, topic_name
from bot.desk.phrases import CHOICES, Phrases
from bot.knowledge.entry import Entry, Language, Standing, Topic

PAGE: Final = 8  # so many options fit on a phone, and into an ear
TOPICS: Final = "b:l:0"

Button = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class View:
    """One page. `place`: the data of the buttons that lead to it; `kind`: for counting."""

    place: str
    kind: str
    text: str
    buttons: Sequence[Sequence[Button]]


@dataclass(frozen=True, slots=True)
class Option:
    """One line of a list, and the place it leads to."""

    label: str
    place: str


@dataclass(frozen=True, slots=True)
class Views:
    """Makes pages in one language. `plain`: with answers in Einfacher Sprache, where there are any.

    `today`: by which answers are old.
    """

    phrases: Phrases
    language: Language
    plain: bool = False
    today: date = date.min

    @property
    def catalogue(self) -> Catalogue:
        """What there is to read."""
        return Catalogue(self.phrases.knowledge)

    def at(self, place: str) -> View:
        """The page of this place; where there is nothing any more, the topics, and the word that it is gone."""
        if found := re.fullmatch(r"b:l:([0-9]{1,3})", place):
            return self._topics(int(found[1]))
        if found := re.fullmatch(r"b:t:([0-9a-f]{12}):([0-9]{1,3})", place):
            topic = self.catalogue.topic(found[1])
            return self._gone() if topic is None else self._questions(topic, int(found[2]))
        found = re.fullmatch(r"b:e:([0-9a-f]{12})", place)
        entry = self.catalogue.entry(found[1]) if found else None
        return self._gone() if entry is None else self._answer(entry)

    def _topics(self, page: int) -> View:
        page, listed, buttons = self._page(self._topic_options(), page, "b:l")
        return View(f"b:l:{page}", "topics", self._say("browse_topics", options=listed), buttons)

    def _questions(self, topic: Topic, page: int) -> View:
        here = f"b:t:{topic_name(topic.id)}"
        page, listed, buttons = self._page(self._question_options(topic), page, here)
        title, intro = self._in_language(topic.titles), self._in_language(topic.intros).strip()
        text = self._say("browse_questions", title=title, intro=intro, options=listed)
        return View(f"{here}:{page}", "questions", text, [*buttons, [self._button("browse_to_topics", TOPICS)]])

    def _answer(self, entry: Entry) -> View:
        here = f"b:e:{entry_name(entry.id)}"
        answer = self._told(entry)
        text = self._say("browse_answer", question=entry.text(self.language).question, answer=answer)
        return View(here, "answer", text, [[self._button("browse_to_questions", self.back(here))]])

    def _told(self, entry: Entry) -> str:
        """The answer; one that is old says so."""
        if (standing := entry.standing(self.today)) is not Standing.CURRENT:
            return Afterwards(self.phrases).not_current(entry, standing, self.language, self.plain)
        return self.phrases.answer(entry.id, self.language, self.plain)

    def _gone(self) -> View:
        topics, words = self._topics(0), self._say("browse_gone")
        return View(topics.place, "gone", f"{words}\n\n{topics.text}", topics.buttons)

    # -- from one place to another ----------------------------------------------------------------

    def back(self, place: str) -> str:
        """The place one step up: from an answer to the page on which its question stands, else to the topics."""
        entry = self.catalogue.entry(place.removeprefix("b:e:"))
        topic = None if entry is None else self.catalogue.topic_of(entry)
        if entry is None or topic is None:
            return TOPICS
        return f"b:t:{topic_name(topic.id)}:{self.catalogue.entries(topic).index(entry) // PAGE}"

    def typed(self, place: str, text: str) -> str | None:
        """The place to which typed words lead from here; None if they lead nowhere.

        A number is that of an option, on whatever page of the list it stands.
        """
        words, here = bare(text), self.at(place).place
        if words in self._words("browse_back_words", "browse_to_topics", "browse_to_questions"):
            return self.back(here)
        if words in self._words("browse_later_words", "browse_later"):
            return self._turned(here, 1)
        if words in self._words("browse_earlier_words", "browse_earlier"):
            return self._turned(here, -1)
        options = self._options(here)
        for number, option in enumerate(options, start=1):
            line = self.phrases.option(number, option.label, self.language)
            if words in (str(number), bare(option.label), bare(line)):
                return option.place
            if number < len(CHOICES) and words in self._words(CHOICES[number]):
                return option.place
        return None

    def _turned(self, place: str, pages: int) -> str | None:
        """The same list some pages on; None where it has no such page."""
        head, _, page = place.rpartition(":")
        wanted, options = int(page) + pages if page.isdecimal() else -1, self._options(place)
        return f"{head}:{wanted}" if 0 <= wanted < _pages(options) else None

    def _options(self, place: str) -> Sequence[Option]:
        """Everything on the list of a place, on all of its pages."""
        if place.startswith("b:l:"):
            return self._topic_options()
        topic = self.catalogue.topic(place.split(":")[2]) if place.startswith("b:t:") else None
        return () if topic is None else self._question_options(topic)

    def _topic_options(self) -> Sequence[Option]:
        return [
            Option(self._in_language(topic.titles), f"b:t:{topic_name(topic.id)}:0") for topic in self.catalogue.topics
        ]

    def _question_options(self, topic: Topic) -> Sequence[Option]:
        return [
            Option(entry.text(self.language).question, f"b:e:{entry_name(entry.id)}")
            for entry in self.catalogue.entries(topic)
        ]

    # -- words ------------------------------------------------------------------------------------

    def _page(self, options: Sequence[Option], page: int, here: str) -> tuple[int, str, list[list[Button]]]:
        """One page of a list: which it is, its lines, and its buttons. The last one, if there are not so many."""
        page = min(page, _pages(options) - 1)
        first = page * PAGE
        lines = [
            self.phrases.option(number, option.label, self.language) for number, option in enumerate(options, start=1)
        ][first : first + PAGE]
        shown = options[first : first + PAGE]
        buttons: list[list[Button]] = [
            [{"text": line, "data": option.place}] for line, option in zip(lines, shown, strict=True)
        ]
        if _pages(options) > 1:
            lines += ["", self._say("browse_page", page=page + 1, pages=_pages(options))]
        if page > 0:
            buttons.append([self._button("browse_earlier", f"{here}:{page - 1}")])
        if page < _pages(options) - 1:
            buttons.append([self._button("browse_later", f"{here}:{page + 1}")])
        return page, "\n".join(lines), buttons

    def _button(self, key: str, place: str) -> Button:
        return {"text": self._say(key), "data": place}

    def _in_language(self, texts: Mapping[Language, str]) -> str:
        return texts.get(self.language) or texts[Language.DE]

    def _words(self, *keys: str) -> frozenset[str]:
        """What people type for this, in whatever language."""
        return frozenset().union(*(self.phrases.choice_words(key, language) for language in Language for key in keys))

    def _say(self, key: str, **values: object) -> str:
        return self.phrases.knowledge.say(key, self.language, **values)


def _pages(options: Sequence[Option]) -> int:
    return max(1, -(-len(options) // PAGE))
