"""What a ticket's card on the staff's board says: enough to answer from it, and nothing about who asked."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot.desk.asides import spoken
from bot.desk.commands import Name
from bot.desk.letter import indented
from bot.desk.nearest import Nearest, nearest
from bot.desk.ticket import OWED, UNANSWERED, Author, Message, Ticket, TicketState
from bot.desk.transaction import Exchange
from bot.desk.writing import shortened
from bot.knowledge.entry import KnowledgeBase, Language

# In UTF-16 units: a card must fit into one message of any channel.
LONGEST: Final = 4096
QUESTION: Final = 1400
SAID: Final = 350
ENTRY: Final = 150
TITLE: Final = 128
FOLLOW_UPS: Final = 3

_STATES: Final = {
    TicketState.OPEN: "card_open",
    TicketState.CLAIMED: "card_claimed",
    TicketState.WAITING: "card_waiting",
    TicketState.ANSWERED: "card_answered",
    TicketState.CLOSED: "card_closed",
    TicketState.UNDELIVERABLE: "card_undeliverable",
    TicketState.SPAM: "card_spam",
    TicketState.WITHDRAWN: "card_withdrawn",
}
_OVER: Final = frozenset({TicketState.CLOSED, TicketState.SPAM, TicketState.WITHDRAWN})
_SPEAKERS: Final = {
    Author.CITIZEN: "card_citizen",
    Author.STAFF: "card_staff",
    Author.ASKING: "card_asking",
    Author.RETRACTED: "card_retracted",
}


@dataclass(frozen=True, slots=True)
class Card:
    """What staff see of a ticket. `title` names its own topic, where there are topics.

    `buttons`: rows of {"text", "data"}. `over`: nothing more is to be said in it.
    """

    title: str
    text: str
    buttons: Sequence[Sequence[Mapping[str, str]]]
    over: bool

    @property
    def digest(self) -> str:
        """A fingerprint of all of it but the title, which never changes."""
        return hashlib.sha256(repr((self.text, self.buttons, self.over)).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Cards:
    """Writes cards in the language of staff. `zone`: the local time clerks live in."""

    knowledge: KnowledgeBase
    zone: ZoneInfo
    language: Language = Language.DE

    def card(self, ticket: Ticket, said: Sequence[Message], opening: Exchange | None, now: datetime) -> Card:
        """The ticket as it is now. `said`: all of it, oldest first; `opening`: how the question was matched."""
        if not ticket.question:
            return self._gone(ticket)
        candidates = opening.candidates if opening is not None else ()
        entries = nearest(self.knowledge, candidates, now.astimezone(self.zone).date())
        blocks = [
            self._head(ticket, said),
            self._say("card_question", when=self._when(ticket.created_at)) + "\n" + _quoted(ticket.question, QUESTION),
            *self._conversation(said),
            *self._entries(entries, ticket),
            *self._due(ticket),
            *self._how(ticket),
        ]
        text = fitted("\n\n".join(blocks), LONGEST)
        title = fitted(f"{ticket.code} · {shortened(ticket.question, TITLE)}", TITLE)
        return Card(title, text, self._buttons(ticket, entries), ticket.state in _OVER)

    def _gone(self, ticket: Ticket) -> Card:
        head = self._say("card_head", ticket=ticket.code, state=self._say("card_gone"))
        return Card(ticket.code, "\n\n".join((head, self._say("card_gone_how"))), (), True)

    def announcement(self, ticket: Ticket, news: Sequence[str], *, before: TicketState | None) -> str | None:
        """What is said besides, so that it is noticed; None if nothing is. `before`: the state that the card showed."""
        if before is None:
            return None
        if ticket.state is TicketState.UNDELIVERABLE and before is not TicketState.UNDELIVERABLE:
            return self._say("card_not_delivered", ticket=ticket.code)
        if not news:
            return None
        text = fitted("\n\n".join(news), LONGEST - QUESTION)
        return self._say("card_news", ticket=ticket.code, text=text)

    # -- pieces -----------------------------------------------------------------------------------

    def _head(self, ticket: Ticket, said: Sequence[Message]) -> str:
        last = next((one for one in reversed(said) if one.author is Author.STAFF), None)
        answered = last.sender if last is not None and ticket.state is TicketState.ANSWERED else None
        who = ticket.claimed_by if ticket.state is TicketState.CLAIMED else answered
        state = self._say(
            _STATES[ticket.state], who=who or self._say("card_somebody"), when=self._when(ticket.changed_at)
        )
        return self._say("card_head", ticket=ticket.code, state=state)

    def _conversation(self, said: Sequence[Message]) -> Iterator[str]:
        """What the citizen added lately, and what staff said to them last, in the order in which it was said."""
        citizens = [one for one in said if one.author is Author.CITIZEN][1:]
        staffs = [one for one in said if one.author in _SPEAKERS and one.author is not Author.CITIZEN]
        chosen = [*citizens[-FOLLOW_UPS:], *staffs[-1:]]
        for one in (one for one in said if any(one is other for other in chosen)):
            who = one.sender or self._say("card_somebody")
            title = self._say(_SPEAKERS[one.author], who=who, when=self._when(one.at))
            yield f"{title}\n{_quoted(one.text, SAID)}"

    def _entries(self, entries: Sequence[Nearest], ticket: Ticket) -> Iterator[str]:
        if not entries or ticket.state in _OVER:
            return
        lines = [
            self._say("card_entry", number=one.number, question=_line(one.entry.text(self.language).question))
            for one in entries
        ]
        yield "\n".join((self._say("card_entries"), *lines))

    def _due(self, ticket: Ticket) -> Iterator[str]:
        if ticket.due_at is not None and ticket.state in OWED:
            due = spoken(self.knowledge, ticket.due_at.astimezone(self.zone), self.language)
            yield self._say("staff_due", due=due)

    def _how(self, ticket: Ticket) -> Iterator[str]:
        if ticket.may(TicketState.ANSWERED):
            yield self._say("card_how")

    def _buttons(self, ticket: Ticket, entries: Sequence[Nearest]) -> list[list[dict[str, str]]]:
        """Only what the ticket's state permits: nothing is offered that would be refused."""
        rows: list[list[dict[str, str]]] = []
        if ticket.state in UNANSWERED:
            claim = ("card_free", Name.UNCLAIM) if ticket.claimed_by else ("card_claim", Name.CLAIM)
            rows.append([self._button(ticket, *claim)])
        if ticket.state is not TicketState.ANSWERED and ticket.state not in _OVER:
            rows += [[self._button(ticket, "card_send", str(one.number), number=one.number)] for one in entries]
        last = [("card_close", Name.CLOSE, TicketState.CLOSED), ("card_spam_button", Name.SPAM, TicketState.SPAM)]
        if ticket.state not in _OVER:
            rows.append([self._button(ticket, key, name) for key, name, state in last if ticket.may(state)])
        return rows

    def _button(self, ticket: Ticket, key: str, action: str, **values: object) -> dict[str, str]:
        return {"text": self._say(key, **values), "data": f"{ticket.code}:{action}"}

    def _when(self, moment: datetime) -> str:
        local = moment.astimezone(self.zone)
        parts = {name: f"{getattr(local, name):02}" for name in ("day", "month", "hour", "minute")}
        return self._say("when", year=local.year, **parts)

    def _say(self, key: str, **values: object) -> str:
        return self.knowledge.say(key, self.language, **values)


def _quoted(text: str, length: int) -> str:
    return indented(fitted(text.strip(), length))


def _line(text: str) -> str:
    return fitted(" ".join(text.split()), ENTRY)


def fitted(text: str, limit: int) -> str:
    """The text, cut to at most `limit` UTF-16 units with an ellipsis at the end."""
    if units(text) <= limit:
        return text
    room = limit - 1
    cut = 0
    while room >= (size := units(text[cut])):
        room, cut = room - size, cut + 1
    return text[:cut].rstrip() + "…"


def units(text: str) -> int:
    """How long a text is to Telegram and its like, which count UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
