"""The questions that citizens want answered most: what the bot did not help with, grouped, masked and counted."""

import functools
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.desk.unhelped import Unhelped, Why
from bot.knowledge.entry import Language
from bot.knowledge.masking import has_mask, mask
from bot.matching.decision import Decision, Outcome

MOST_TEXTS: Final = 20  # wordings of a group that are kept: an editor picks from them
MOST_LETTERS: Final = 300  # of each: a longer one is a story, whose beginning tells enough

# With the words that lead to them: they would make strangers' questions look alike.
_MASKS: Final = re.compile(
    r"(?:\b(?:tel|telefon|handy|mobil|e-mail|mail|iban|konto|kennzeichen|adresse|geboren am)\b[.: ]*(?=\[)"
    r"|\b(?:ich hei(?:ß|ss)e|(?:mein|my) name(?: is|['’]s| ist)|ich bin|i am|i['’]m|hier ist)[ :]+"
    r"(?:herr |frau )?(?=\[Name\]))?\[[^\[\]]{1,20}\][,.]?",
    re.IGNORECASE,
)

Grouped = Callable[[Sequence[str]], list[list[int]]]


@dataclass(frozen=True, slots=True)
class ClerkAnswer:
    """What staff answered in a ticket. `taught`: the number of the proposal, if they wrote #wissen."""

    ticket: str
    text: str
    at: datetime
    taught: int | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """Questions that editors have dealt with: asked before `at`, they are done; by `again` people since, they are not.

    `texts` are masked.
    """

    texts: tuple[str, ...]
    at: datetime
    again: int = 1


@dataclass(frozen=True, slots=True)
class Wanted:
    """A group of questions that ask the same. Every text in it is masked, the most frequent first."""

    texts: tuple[str, ...]
    language: Language
    asked: int
    chats: int
    first: datetime
    last: datetime
    whys: Mapping[Why, int]
    tickets: tuple[str, ...]
    answers: tuple[ClerkAnswer, ...]

    @property
    def question(self) -> str:
        """The wording that came most often."""
        return self.texts[0]

    @property
    def wordings(self) -> tuple[str, ...]:
        """The texts that others could have written, too: without masks, which nobody writes.

        Where every text has one, the first without what it stood for.
        """
        bare = " ".join(topic(self.question).split()).strip(" ,;:")
        return tuple(text for text in self.texts if not has_mask(text)) or (bare or self.question,)


def wanted(
    questions: Sequence[Unhelped], grouped: Grouped, answers: Sequence[ClerkAnswer], settled: Sequence[Settled]
) -> list[Wanted]:
    """The groups that editors have not settled, those of most chats first."""
    masked = [_shortened(mask(one.heard.text)) for one in questions]
    known = [(text, one) for one in settled for text in one.texts]
    by_ticket: dict[str, list[ClerkAnswer]] = defaultdict(list)
    for answer in answers:
        by_ticket[answer.ticket].append(answer)
    found = []
    for numbers in grouped([*map(topic, masked), *(topic(text) for text, _ in known)]):
        mine = [(masked[number], questions[number]) for number in numbers if number < len(masked)]
        done = [known[number - len(masked)][1] for number in numbers if number >= len(masked)]
        if mine := _unsettled(mine, done):
            found.append(_group(mine, by_ticket))
    return sorted(found, key=lambda one: (one.chats, one.asked, one.last), reverse=True)


def topic(masked: str) -> str:
    """A masked text without its masks, which are no topic that two questions could share."""
    return _MASKS.sub(" ", masked)


def _unsettled(questions: list[tuple[str, Unhelped]], settled: Sequence[Settled]) -> list[tuple[str, Unhelped]]:
    for one in settled:
        since = [(text, question) for text, question in questions if question.heard.at > one.at]
        questions = since if len({question.heard.chat for _, question in since}) >= one.again else []
    return questions


def _group(questions: Sequence[tuple[str, Unhelped]], answers: Mapping[str, Sequence[ClerkAnswer]]) -> Wanted:
    heard = [question.heard for _, question in questions]
    tickets = tuple(dict.fromkeys(one.ticket for one in heard if one.ticket is not None))
    texts = tuple(text for text, _ in Counter(text for text, _ in questions).most_common(MOST_TEXTS))
    return Wanted(
        texts=texts,
        language=Counter(one.language for one in heard).most_common(1)[0][0],
        asked=len(heard),
        chats=len({one.chat for one in heard}),
        first=min(one.at for one in heard),
        last=max(one.at for one in heard),
        whys=dict(Counter(question.why for _, question in questions).most_common()),
        tickets=tickets,
        answers=tuple(_masked(tickets, answers)),
    )


def _masked(tickets: Sequence[str], answers: Mapping[str, Sequence[ClerkAnswer]]) -> Iterator[ClerkAnswer]:
    """The answers of these tickets: what staff wanted learnt first, then the newest; no text twice."""
    found = [one for code in tickets for one in answers.get(code, ())]
    seen = set()
    for one in sorted(found, key=lambda one: (one.taught is not None, one.at), reverse=True):
        text = mask(one.text).strip()
        if text and text not in seen:
            seen.add(text)
            yield ClerkAnswer(one.ticket, text, one.at, one.taught)


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= MOST_LETTERS else text[: MOST_LETTERS - 2].rstrip() + " …"


def still_unhelped(questions: Sequence[Unhelped], decide: Callable[[str, Language | None], Decision]) -> list[Unhelped]:
    """Without those that the knowledge base of today would answer; what was answered without help stays."""
    known = functools.cache(lambda text, language: decide(text, language).outcome is Outcome.ANSWER)
    return [
        one
        for one in questions
        if one.why in (Why.CORRECTED, Why.ASKED_ON) or not known(one.heard.text, one.heard.language)
    ]
