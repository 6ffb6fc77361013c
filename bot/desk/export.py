"""What is stored about a chat, written down for the citizen: nothing of other people's, nothing internal."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.desk.belongings import Asked, Kept
from bot.desk.phrases import Phrases
from bot.desk.ticket import UNANSWERED, Author, Message, Ticket, TicketState
from bot.desk.transaction import Chat, Transaction
from bot.knowledge.entry import Language
from bot.matching.decision import Outcome

_STATES: Final = {
    TicketState.OPEN: "export_open",
    TicketState.CLAIMED: "export_open",
    TicketState.WAITING: "export_waiting",
    TicketState.ANSWERED: "export_answered",
    TicketState.CLOSED: "export_closed",
    TicketState.UNDELIVERABLE: "export_undeliverable",
    TicketState.SPAM: "export_closed",
    TicketState.WITHDRAWN: "export_withdrawn",
}
_VERDICTS: Final = {"yes": "export_helped", "no": "export_did_not_help", "team": "export_to_the_team"}
_OUTCOMES: Final = {Outcome.FORWARD: "export_forward", Outcome.SMALLTALK: "export_smalltalk"}
# What staff took back may have been meant for somebody else; notes and commands are their own.
_SPEAKERS: Final = {
    Author.CITIZEN: "export_said",
    Author.STAFF: "export_replied",
    Author.ASKING: "export_replied",
}


@dataclass(frozen=True, slots=True)
class Export:
    """Writes plain text, for people and for screen readers. `zone`: the local time."""

    phrases: Phrases
    zone: ZoneInfo

    async def written(self, tx: Transaction, chat: Chat) -> str:
        """The whole document."""
        language, tickets = chat.language, await tx.every_ticket_of(chat.id)
        kept = [ticket for ticket in tickets if ticket.question]
        first = self._day(await tx.first_contact(chat.id), language)
        head = self._say(
            "export_head", language, when=self._when(tx.now, language), first=first, wishes=self._wishes(chat)
        )
        open_tickets = {ticket.code for ticket in tickets if ticket.state in UNANSWERED}
        ended = {ticket.code: ticket.changed_at for ticket in tickets if ticket.state not in UNANSWERED}
        parts = {
            "export_exchanges": [
                self._asked(one, language, self._ending(one, open_tickets, ended)) for one in await tx.asked(chat.id)
            ],
            "export_tickets": [await self._ticket(tx, ticket, language) for ticket in kept],
            "export_files": [
                self._sent_file(one, language, self._ending(one, open_tickets, ended))
                for one in await tx.files_sent(chat.id)
            ],
            "export_given": [self._given(one, language) for one in await tx.answers_given(chat.id)],
            "export_followed": [
                self._say(
                    "export_followed_one",
                    language,
                    when=self._when(one.at, language),
                    what=self.phrases.question(one.what, language),
                )
                for one in await tx.subscribed(chat.id)
            ],
        }
        return "\n\n".join((head, *(line for part in parts.items() for line in self._part(*part, language))))

    def _wishes(self, chat: Chat) -> str:
        """What the citizen has set, a line each."""
        keys = (
            "export_language_chosen" if chat.language_chosen else "export_language_followed",
            "export_plain" if chat.plain else "export_not_plain",
        )
        return "\n".join(self._say(key, chat.language) for key in keys)

    def _part(self, title: str, blocks: Sequence[str], language: Language) -> Iterator[str]:
        yield self._say(title, language)
        yield from blocks or [self._say("export_nothing", language)]

    @staticmethod
    def _ending(one: Asked | Kept, still: set[str], ended: dict[str, datetime]) -> datetime | None:
        """From when on the time of keeping counts; None while people still owe an answer."""
        if one.ticket in still or (isinstance(one, Asked) and one.undecided):
            return None
        return max(one.at, ended.get(one.ticket or "", one.at))

    def _sent_file(self, one: Kept, language: Language, ended: datetime | None) -> str:
        belongs = "" if one.ticket is None else self._say("export_file_of", language, ticket=one.ticket)
        what = one.what or self._say("export_nameless", language)
        values = {"when": self._when(one.at, language), "what": what, "expiry": self._expiry(ended, language)}
        return self._say("export_file_sent", language, belongs=belongs, **values)

    def _given(self, one: Kept, language: Language) -> str:
        what, expiry = self.phrases.question(one.what, language), self._expiry(one.at, language)
        return self._say("export_given_once", language, when=self._when(one.at, language), what=what, expiry=expiry)

    def _asked(self, one: Asked, language: Language, ended: datetime | None) -> str:
        outcome = self._outcome(one, language)
        if one.verdict is not None:
            outcome += self._say(_VERDICTS[one.verdict], language)
        values = {"when": self._when(one.at, language), "text": one.text, "outcome": outcome}
        return self._say("export_exchange", language, expiry=self._expiry(ended, language), **values)

    def _outcome(self, one: Asked, language: Language) -> str:
        if one.undecided:
            return self._say("export_undecided", language)
        if one.outcome is Outcome.ANSWER:
            return self._say("export_answer", language, entry=self.phrases.question(one.entry or "", language))
        if one.outcome in _OUTCOMES:
            return self._say(_OUTCOMES[one.outcome], language)
        if one.chosen is None:
            return self._say("export_suggest", language)
        if self.phrases.knowledge.entry(one.chosen) is None:
            return self._say("export_suggest_none", language)
        return self._say("export_suggest_chosen", language, entry=self.phrases.question(one.chosen, language))

    async def _ticket(self, tx: Transaction, ticket: Ticket, language: Language) -> str:
        head = self._say(
            "export_ticket",
            language,
            ticket=ticket.code,
            when=self._when(ticket.created_at, language),
            state=self._say(_STATES[ticket.state], language),
            question=ticket.question,
            expiry=self._expiry(None if ticket.state in UNANSWERED else ticket.changed_at, language),
        )
        said = [self._said(one, language) for one in await tx.messages(ticket) if one.author in _SPEAKERS]
        files = [self._say("export_file", language, name=name) for name in await tx.file_names(ticket)]
        return "\n".join((head, *said, *files))

    def _said(self, one: Message, language: Language) -> str:
        return self._say(_SPEAKERS[one.author], language, when=self._when(one.at, language), text=one.text)

    def _expiry(self, ended: datetime | None, language: Language) -> str:
        """When this is forgotten. `ended`: None while people still owe an answer."""
        if ended is None:
            return self._say("export_stays", language)
        over = ended + timedelta(days=self.phrases.days)
        return self._say("export_expires", language, when=self._day(over, language))

    def _when(self, moment: datetime, language: Language) -> str:
        local = moment.astimezone(self.zone)
        parts = {name: f"{getattr(local, name):02}" for name in ("day", "month", "hour", "minute")}
        return self._say("when", language, year=local.year, **parts)

    def _day(self, moment: datetime, language: Language) -> str:
        local = moment.astimezone(self.zone)
        month = self._say("months", language).split("|")[local.month - 1]
        return self._say("day_month_and_year", language, day=local.day, month=month, year=local.year)

    def _say(self, key: str, language: Language, **values: object) -> str:
        return self.phrases.knowledge.say(key, language, days=self.phrases.days, **values)
