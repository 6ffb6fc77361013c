"""The words citizens read between question and answer: whether it helped, how to pass it on, whom to call."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from bot.desk.contact import PLACEHOLDERS, Contact
from bot.desk.signs import shows
from bot.desk.ticket import OWED, Ticket
from bot.desk.transaction import Chat, Verdict
from bot.knowledge.entry import KnowledgeBase, Language
from bot.knowledge.masking import mask
from bot.matching.text import normalise

VERDICTS: Final = {
    Verdict.YES: "feedback_words_yes",
    Verdict.NO: "feedback_words_no",
    Verdict.TEAM: "feedback_words_team",
}
LABELS: Final = {Verdict.YES: "feedback_yes", Verdict.NO: "feedback_no", Verdict.TEAM: "to_team"}
CONSENTS: Final = (("choice_1", "consent_words_1"), ("choice_2", "consent_words_2"), ("choice_3", "consent_words_3"))
DIGITS: Final = 4  # so many of them are a year or a part of a phone number rather than a choice
QUOTED: Final = 120  # characters of a question in a list
SHOWN: Final = 600  # characters of a text that is quoted to whoever wrote it
LONGEST: Final = 12  # words of a text that may be nothing but a choice
_POINTS: Final = re.compile(r"[.,;:!?()\"„“”‚‘«»]")


class Opening(StrEnum):
    """How a citizen is told that a question goes to people.

    UNKNOWN: there is no answer; GLADLY: they wished so; PLAIN: why has been said already.
    """

    UNKNOWN = "unknown"
    GLADLY = "gladly"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Asides:
    """Speaks and understands such words. `queue`: the mail address of the team, named as another way to reach people.
    `staff_language`: what the reasons shown to clerks are written in. `contact`: the other ways to reach people;
    `days`: how long texts are kept."""

    knowledge: KnowledgeBase
    queue: str
    staff_language: Language = Language.DE
    contact: Contact = PLACEHOLDERS
    days: int = 30

    def helped(self, language: Language) -> str:
        """Whether an answer helped, with numbers to type."""
        return self.knowledge.say("feedback", language)

    def verdicts(self, language: Language) -> Sequence[str]:
        """The buttons for that: yes, no, to the team."""
        return [self.knowledge.say(LABELS[verdict], language) for verdict in VERDICTS]

    def verdict(self, text: str) -> Verdict | None:
        """What typed words say of an answer, if they say that and nothing else."""
        words = bare(text)
        for language in Language:
            for verdict, key in VERDICTS.items():
                if words in self.choice_words(LABELS[verdict], language) | self.choice_words(key, language):
                    return verdict
        return None

    def is_verdict(self, text: str) -> bool:
        """Whether the text is the label of one of these buttons."""
        return any(bare(text) in map(bare, self.verdicts(language)) for language in Language)

    def thanks(self, language: Language) -> str:
        """An answer helped."""
        return self.knowledge.say("feedback_thanks", language)

    def to_team(self, language: Language) -> str:
        """The button that hands a question over."""
        return self.knowledge.say("to_team", language)

    def still_no_help(self, language: Language) -> str:
        """What can be done if the second answer does not help either."""
        return self.knowledge.say("feedback_still_no", language)

    def no_other_answer(self, language: Language) -> str:
        """An answer did not help, and there is no other one."""
        return self.knowledge.say("feedback_no_other", language)

    def consent(self, kinds: Sequence[str], text: str, language: Language, opening: Opening = Opening.UNKNOWN) -> str:
        """How to pass on a text that holds such personal data, and what staff read of it without them."""
        named = ", ".join(self.knowledge.say(kind, language) for kind in kinds)
        told = self.knowledge.say("consent_gladly", language)
        if opening is Opening.UNKNOWN:
            unknown = self.knowledge.say("forwarded_unknown", language)
            told = f"{unknown} {told}"
        return self.knowledge.say("consent", language, told=told, kinds=named, masked=shortened(mask(text)))

    def consents(self, language: Language) -> Sequence[str]:
        """The buttons for that."""
        return [self.knowledge.say(key, language) for key in ("consent_as_it_is", "consent_masked", "consent_no")]

    def consent_number(self, text: str) -> int | None:
        """Which of these ways the typed words pick, from 1."""
        labels = [{bare(label) for label in pair} for pair in zip(*map(self.consents, Language), strict=True)]
        for number, (keys, label) in enumerate(zip(CONSENTS, labels, strict=True), start=1):
            if bare(text) in label or any(self.says(text, key) for key in keys):
                return number
        return None

    def consent_waits(self, language: Language, *, numbers: bool) -> str:
        """A reminder that a question waits for such a word; without `numbers` where they would choose another thing."""
        return self.knowledge.say("consent_waits" if numbers else "consent_waits_words", language)

    def consent_given(self, language: Language) -> str:
        """How to pass the question on was said before."""
        return self.knowledge.say("consent_given", language)

    def consent_expired(self, language: Language) -> str:
        """Nothing was said in time."""
        return self.knowledge.say("consent_expired", language)

    def not_passed_on(self, language: Language) -> str:
        """The question stays between bot and citizen."""
        return self.knowledge.say("not_passed_on", language)

    def emergency(self, text: str, chat: Chat) -> str | None:
        """Whom to call, if the text speaks of an emergency."""
        return self._if_shown("emergency_words", "emergency", text, chat)

    def crisis(self, text: str, chat: Chat) -> str | None:
        """Who listens, if the text says that a person does not want to live."""
        return self._if_shown("crisis_words", "crisis", text, chat)

    def shown(self, key: str, text: str) -> Sequence[Language]:
        """The languages in which the text shows one of these signs."""
        return [language for language in Language if shows(text, self.knowledge.say(key, language))]

    def is_number(self, text: str) -> bool:
        """Whether the text is nothing but numbers, such as "1", "die zweite" or "1 und 3"."""
        words = normalise(text).split()
        numbers, joints = self._folded("number_words"), self._folded("number_words_between")
        counted = [word in numbers or (word.isdigit() and len(word) < DIGITS) for word in words]
        return any(counted) and all(one or word in joints for one, word in zip(counted, words, strict=True))

    def _folded(self, key: str) -> frozenset[str]:
        return frozenset(normalise(word) for language in Language for word in self.choice_words(key, language))

    def _if_shown(self, signs: str, words: str, text: str, chat: Chat) -> str | None:
        """The words, in the language of the signs where they tell it, if the text shows one."""
        spoken = self.shown(signs, text)
        told = spoken[0] if len(spoken) == 1 else None
        return self.knowledge.say(words, chat.spoken(told)) if spoken else None

    def ask_for_question(self, language: Language) -> str:
        """Whoever wants a person is asked for the question."""
        return self.knowledge.say("human", language, queue=self.queue)

    def status(self, lines: Sequence[str], language: Language) -> str:
        """How the citizen's questions stand, or that there are none."""
        if not lines:
            return self.knowledge.say("status_none", language)
        return self.knowledge.say("status", language, questions="\n\n".join(lines))

    def status_line(self, ticket: Ticket, language: Language, due: datetime | None) -> str:
        """One of them. `due`: until when an answer can be expected, by the team's clock."""
        state = self.knowledge.say(f"status_{ticket.state}", language)
        values = {"ticket": ticket.code, "state": state, "question": shortened(ticket.question, QUOTED)}
        if due is None or ticket.state not in OWED:
            return self.knowledge.say("status_line", language, **values)
        return self.knowledge.say("status_line_promised", language, due=spoken(self.knowledge, due, language), **values)

    def status_undecided(self, text: str, language: Language) -> str:
        """One that waits for the citizen's word."""
        return self.knowledge.say("status_undecided", language, question=shortened(mask(text), QUOTED))

    def choice_words(self, key: str, language: Language) -> frozenset[str]:
        """The words, separated by | in the wording, that people type to choose something."""
        return frozenset(bare(word) for word in self.knowledge.say(key, language).split("|"))

    def says(self, text: str, key: str) -> bool:
        """Whether the text says these words, once or more, and beside them nothing but politeness."""
        return any(
            consists_of(bare(text), self.choice_words(key, language), self.choice_words("courtesy_words", language))
            for language in Language
        )


def bare(text: str) -> str:
    """Typed words without what does not matter in a choice."""
    words = _POINTS.sub(" ", text.casefold().replace("’", "'"))
    return " ".join(words.split()).strip(" '")


def consists_of(text: str, wanted: Collection[str], polite: Collection[str]) -> bool:
    """Whether a bare text is made of `wanted` words, at least one, and of `polite` ones; a long text never is."""
    words = text.split()
    # How far the text can be read, and whether something wanted was among it.
    reached = {(0, False)} if len(words) <= LONGEST else set()
    for start in range(len(words)):
        for end in range(start + 1, len(words) + 1):
            said = " ".join(words[start:end])
            if said in wanted and {(start, True), (start, False)} & reached:
                reached.add((end, True))
            if said in polite:
                reached |= {(end, done) for place, done in reached if place == start}
    return (len(words), True) in reached


def shortened(text: str, limit: int = SHOWN) -> str:
    """The beginning of a text, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"


def spoken(knowledge: KnowledgeBase, moment: datetime, language: Language) -> str:
    """A moment as people say it, by the clock that it carries: "Dienstag, 1. Dezember, 16 Uhr"."""

    def named(key: str, number: int) -> str:
        return knowledge.say(key, language, minute=f"{moment.minute:02}").split("|")[number]

    hour = named("hours_and_minutes" if moment.minute else "hours", moment.hour)
    names = {"weekday": named("weekdays", moment.weekday()), "month": named("months", moment.month - 1)}
    return knowledge.say("moment", language, day=moment.day, hour=hour, **names)
