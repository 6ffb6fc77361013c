"""The words citizens read: entries, suggestions and notices in their language."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from bot.desk.asides import Asides, Opening, bare, spoken
from bot.desk.transaction import Chat, Verdict
from bot.knowledge.entry import Entry, KnowledgeBase, Language
from bot.matching.text import normalise

# What is said instead when a moment is promised.
PROMISED = {
    "forwarded": "forwarded_promised",
    "followed_up": "followed_up_promised",
    "already_forwarded": "already_forwarded_promised",
}
# The kinds of things for which there are words of their own.
UNUSABLE = frozenset(
    {"voice", "video", "sticker", "picture", "document", "location", "contact", "poll", "story", "payment"}
)
# The small talk of whoever is rude.
RUDE = "insult"
CHOICES = ("choice_none", "choice_1", "choice_2", "choice_3")


class Phrases(Asides):
    """Puts entries and wording together."""

    __slots__ = ()

    def command(self, key: str, language: Language) -> str:
        """The reply to a command; unknown ones have a wording too."""
        return self.knowledge.say(key, language, queue=self.queue, days=self.days, **asdict(self.contact))

    def welcome(self, examples: Sequence[str], language: Language) -> str:
        """What the bot is, with numbered questions to try."""
        return self.knowledge.say("welcome", language, queue=self.queue, examples="\n".join(examples))

    def answer(self, entry_id: str, language: Language, plain: bool = False) -> str:
        """The stored answer with its date and source; `plain`: in Einfacher Sprache, where there is that."""
        entry = self.knowledge.entry(entry_id)
        if entry is None:
            raise KeyError(entry_id)
        values = dated(self.knowledge, entry, language)
        return self.knowledge.say("answer", language, answer=self.bare_answer(entry, language, plain), **values)

    def understood(self, question: str, language: Language) -> str:
        """As which question the citizen's own words were understood."""
        return self.knowledge.say("answer_understood", language, question=question)

    def bare_answer(self, entry: Entry, language: Language, plain: bool = False) -> str:
        """The answer alone; one that is not there as it was wished for says so."""
        spoken = language if language in entry.texts else Language.DE
        simple = entry.plain if plain and spoken is Language.DE else None
        text = (simple or entry.text(spoken).answer).strip()
        if spoken is not language:
            text = self.knowledge.say("answer_german_only", language, answer=text)
        return self.knowledge.say("answer_not_plain", language, answer=text) if plain and not simple else text

    def question(self, entry_id: str, language: Language) -> str:
        """An entry's question, also where its answer is withdrawn."""
        entry = self.knowledge.known_entry(entry_id)
        return entry_id if entry is None else entry.text(language).question

    def suggestions(self, questions: Sequence[str], language: Language, *, again: bool = False) -> str:
        """The suggestions, numbered, so that they can be read aloud and answered by typing. `again`: after a "no"."""
        options = "\n".join(
            self.option(number, question, language) for number, question in enumerate(questions, start=1)
        )
        if len(questions) == 1:
            return self.knowledge.say("suggest_again_one" if again else "suggest_one", language, options=options)
        return self.knowledge.say("suggest_again" if again else "suggest", language, options=options)

    def option(self, number: int, question: str, language: Language) -> str:
        """One suggestion with its number."""
        return self.knowledge.say("suggest_option", language, number=number, question=question)

    def none_of_them(self, language: Language) -> str:
        """The button for a question that no suggestion fits."""
        return self.knowledge.say("suggest_none", language)

    def chosen_numbers(self, text: str, suggested: Sequence[str]) -> Sequence[int]:
        """Which suggestions the typed words pick, each 1 to 3; 0 alone for none of them; empty if they pick nothing."""
        if len(suggested) == 1 and self.verdict(text) is Verdict.YES:
            return (1,)
        number = self._chosen_number(bare(text), suggested)
        if number is not None:
            return (number,)
        if not self.is_number(text):
            return ()
        picked = [self._chosen_number(word, suggested) for word in normalise(text).split()]
        return tuple(dict.fromkeys(one for one in picked if one))

    def _chosen_number(self, words: str, suggested: Sequence[str]) -> int | None:
        for language in Language:
            if words == bare(self.none_of_them(language)):
                return 0
            for number, key in enumerate(CHOICES):
                if number <= len(suggested) and words in self.choice_words(key, language):
                    return number
            if words in self.choice_words("choice_words_last", language):
                return len(suggested)
            if len(suggested) == len(CHOICES) - 1 and words in self.choice_words("choice_words_middle", language):
                return len(suggested) // 2 + 1
            for number, entry in enumerate(suggested, start=1):
                question = self.question(entry, language)
                if words in (bare(question), bare(self.option(number, question, language))):
                    return number
        return None

    def small_talk(self, kind: str | None, language: Language) -> str:
        """What the bot says to this kind of small talk."""
        replies = next((one.replies for one in self.knowledge.small_talk if one.kind == kind), {})
        text = replies.get(language) or replies.get(Language.DE)
        text = text or self.knowledge.say("small_talk_fallback", language)
        return self.knowledge.say("small_talk", language, text=text.strip())

    def rude_again(self, text: str, language: Language) -> str | None:
        """A short word to somebody who was rude before; none if they say nothing besides, by all that is known."""
        examples = next((one.examples for one in self.knowledge.small_talk if one.kind == RUDE), {})
        known = {word for texts in examples.values() for one in texts for word in normalise(one).split()}
        said = set(normalise(text).split())
        return None if not known or known >= said else self.knowledge.say("rude_again", language)

    def number_alone(self, language: Language) -> str:
        """A number has come, and nothing waits for one."""
        return self.knowledge.say("number_alone", language)

    def still_current(self, text: str, chat: Chat) -> str | None:
        """What can be said to somebody who asks whether an answer holds today, if the text asks that."""
        return self._if_shown("current_words", "still_current", text, chat)

    def accessibility(self, language: Language) -> str:
        """How the chat is used without buttons, and whom to tell of what is in the way."""
        return "\n\n".join(
            (self.knowledge.say("accessibility_numbers", language), self.command("accessibility", language))
        )

    def forwarded(
        self,
        ticket: str,
        language: Language,
        *,
        delayed: bool,
        parts: Sequence[str],
        previous: str | None = None,
        due: datetime | None = None,
        opening: Opening = Opening.UNKNOWN,
    ) -> str:
        """The question is stored and goes to the team.

        `parts`: the sentences of the message this is about; `previous`: the code of the older ticket it goes on from;
        `due`: until when an answer can be expected, by the team's clock. While mail is `delayed`, nothing is promised.
        """
        told = self._told(language, Opening.PLAIN if parts else opening, delayed=delayed)
        words = self._promising("forwarded", ticket, language, None if delayed else due, told=told)
        about = [self.knowledge.say("forwarded_part", language, question=part) for part in parts]
        before = [self.knowledge.say("forwarded_again", language, ticket=previous)] if previous else []
        return "\n\n".join((*about, *before, words))

    def _told(self, language: Language, opening: Opening, *, delayed: bool) -> str:
        key = "forwarded_gladly" if opening is Opening.GLADLY else "forwarded_stored"
        told = self.knowledge.say("forwarded_delayed" if delayed else key, language)
        if opening is not Opening.UNKNOWN:
            return told
        unknown = self.knowledge.say("forwarded_unknown", language)
        return f"{unknown} {told}"

    def withdraw(self, language: Language) -> str:
        """The button for a question that has settled itself."""
        return self.knowledge.say("withdraw", language)

    def withdrawn(self, ticket: str, language: Language) -> str:
        """The question is taken back; the team is told."""
        return self.knowledge.say("withdrawn", language, ticket=ticket)

    def not_withdrawn(self, language: Language) -> str:
        """There is nothing to take back any more."""
        return self.knowledge.say("not_withdrawn", language)

    def corrected(self, ticket: str, language: Language) -> str:
        """The team gets the question as it is now."""
        return self.knowledge.say("corrected", language, ticket=ticket)

    def retracted(self, ticket: str, language: Language) -> str:
        """What stands in place of an answer that the team took back."""
        return self.knowledge.say("retracted", language, ticket=ticket)

    def followed_up(self, ticket: str, language: Language, due: datetime | None = None) -> str:
        """What was added goes to the team. `due`: as above."""
        return self._promising("followed_up", ticket, language, due)

    def already_forwarded(self, ticket: str, language: Language, due: datetime | None = None) -> str:
        """The same question is with the team already. `due`: as above."""
        return self._promising("already_forwarded", ticket, language, due)

    def late(self, ticket: str, language: Language) -> str:
        """The answer takes longer than was thought."""
        return self.knowledge.say("late", language, ticket=ticket)

    def _promising(self, key: str, ticket: str, language: Language, due: datetime | None, **values: str) -> str:
        values |= {"ticket": ticket}
        if due is None:
            return self.knowledge.say(key, language, **values)
        return self.knowledge.say(PROMISED[key], language, due=spoken(self.knowledge, due, language), **values)

    def choice_gone(self, language: Language) -> str:
        """A button that leads nowhere any more."""
        return self.knowledge.say("choice_gone", language)

    def choice_repeated(self, language: Language) -> str:
        """A button tapped twice."""
        return self.knowledge.say("choice_repeated", language)

    def unusable(self, kind: str, language: Language) -> str:
        """Something the bot cannot use, such as a voice message."""
        key = f"unusable_{kind}" if kind in UNUSABLE else "unsupported"
        return self.knowledge.say(key, language, queue=self.queue)

    def file_alone(self, language: Language) -> str:
        """A picture or document has come without a question."""
        return self.knowledge.say("file_alone", language)

    def file_waits(self, language: Language) -> str:
        """A picture or document has come to a question that may still go to the team."""
        return self.knowledge.say("file_waits", language)

    def file_enclosed(self, language: Language) -> str:
        """What was sent goes along with the question."""
        return self.knowledge.say("file_enclosed", language)

    def from_staff(self, text: str, ticket: str, language: Language, files: Sequence[str] = ()) -> str:
        """A person's answer. `files`: the names of what is sent along, which may be all there is."""
        if not text:
            return self.knowledge.say("from_staff_files", language, files="\n".join(files), ticket=ticket)
        return self.knowledge.say("from_staff", language, text=text, ticket=ticket)

    def stored_from_staff(self, entry: Entry, words: str, ticket: str, language: Language, plain: bool = False) -> str:
        """A stored answer that a person picked, below that person's own `words`, if there are any."""
        text = "\n\n".join(part for part in (words, self.bare_answer(entry, language, plain)) if part)
        values = dated(self.knowledge, entry, language)
        return self.knowledge.say("from_staff_stored", language, text=text, ticket=ticket, **values)

    def asked_by_staff(self, text: str, ticket: str, language: Language) -> str:
        """A person's question back."""
        return self.knowledge.say("from_staff_question", language, text=text, ticket=ticket)

    def closed_by_staff(self, ticket: str, language: Language) -> str:
        """The team has closed a question that nobody had answered."""
        return self.knowledge.say("from_staff_closed", language, ticket=ticket)

    def first_notice(self, language: Language) -> str:
        """That one writes with a machine: for people who ask without /start."""
        return self.knowledge.say("first_notice", language)

    def reason(self, key: str, **values: object) -> str:
        """Why a question comes to the team, in words for clerks."""
        return self.knowledge.say(key, self.staff_language, **values)


def dated(knowledge: KnowledgeBase, entry: Entry, language: Language) -> dict[str, str]:
    """What stands below every answer: how old it is, and where it comes from."""
    return {"as_of": as_of(knowledge, entry, language), "source": entry.source}


def as_of(knowledge: KnowledgeBase, entry: Entry, language: Language) -> str:
    """When an entry's answer was true, as people write it: "Juni 2020"."""
    return written_day(knowledge, entry.as_of, language)


def written_day(knowledge: KnowledgeBase, month_or_day: str, language: Language) -> str:
    """A month ("2020-06") or a day ("2020-06-18") as people write it."""
    year, month, *day = month_or_day.split("-")
    name = knowledge.say("months", language).split("|")[int(month) - 1]
    if day:
        return knowledge.say("day_month_and_year", language, day=int(day[0]), month=name, year=year)
    return knowledge.say("month_and_year", language, month=name, year=year)
