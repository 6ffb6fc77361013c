"""Letters to staff: what a mail about a ticket says. How it is sent is the mail channel's business."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.desk.ticket import Author, Message, Ticket
from bot.desk.transaction import Transaction
from bot.knowledge.entry import KnowledgeBase, Language

HINTS = 3
HINT_LENGTH = 240
SUBJECT_WORDS = 60


@dataclass(frozen=True, slots=True)
class Letters:
    """Writes to staff in their language. `address`: the staff queue; `zone`: the local time clerks live in."""

    knowledge: KnowledgeBase
    address: str
    zone: ZoneInfo
    language: Language = Language.DE

    async def question(
        self, tx: Transaction, ticket: Ticket, reason: str, candidates: Sequence[tuple[str, float]]
    ) -> Ticket:
        """A citizen asks something that nobody has answered yet. The ticket with this mail counted."""
        text = self._say(
            "staff_question",
            when=self._when(tx.now),
            question=indented(ticket.question),
            reason=reason,
            ticket=ticket.code,
            hints=self._hints(candidates),
        )
        return await self._post(tx, ticket, self._subject("staff_question_subject", ticket), text)

    async def follow_up(self, tx: Transaction, ticket: Ticket, text: str, history: Sequence[Message]) -> Ticket:
        """The citizen added something to a ticket."""
        body = self._say(
            "staff_followup",
            ticket=ticket.code,
            when=self._when(tx.now),
            text=indented(text),
            history="\n\n".join(self._history_line(message) for message in history),
        )
        return await self._post(tx, ticket, self._subject("staff_followup_subject", ticket), body)

    async def undeliverable(self, tx: Transaction, ticket: Ticket, text: str, reason: str) -> Ticket:
        """What staff wrote did not reach the citizen."""
        body = self._say("staff_undeliverable", ticket=ticket.code, reason=reason, text=indented(text))
        return await self._post(tx, ticket, self._subject("staff_undeliverable_subject", ticket), body)

    async def held(self, tx: Transaction, external_id: str, sender: str, subject: str, reason: str) -> None:
        """A mail was kept back; a person should look at it. It belongs to no ticket's thread."""
        text = self._say("staff_held", reason=reason, sender=sender, subject=subject)
        payload = {
            "to": self.address,
            "ticket": None,
            "serial": 0,
            "subject": self._say("staff_held_subject"),
            "text": text,
        }
        # Each notice stands for itself: one that is refused must not hold up the others.
        digest = hashlib.sha256(external_id.encode()).hexdigest()[:32]
        await tx.send("mail", f"notice:{digest}", f"held:{external_id}", payload)

    async def _post(self, tx: Transaction, ticket: Ticket, subject: str, text: str) -> Ticket:
        payload = {
            "to": self.address,
            "ticket": ticket.code,
            "serial": ticket.mails,
            "subject": subject,
            "text": text,
        }
        await tx.send("mail", f"ticket:{ticket.id}", f"mail:{ticket.code}:{ticket.mails}", payload, ticket=ticket)
        counted = ticket.mailed()
        await tx.keep_ticket(counted)
        return counted

    def _subject(self, key: str, ticket: Ticket) -> str:
        return self._say(key, question=shortened(ticket.question, SUBJECT_WORDS))

    def _hints(self, candidates: Sequence[tuple[str, float]]) -> str:
        found = [(self.knowledge.entry(entry), score) for entry, score in candidates[:HINTS]]
        entries = [
            self._say(
                "staff_hint",
                number=number,
                question=entry.text(self.language).question,
                score=round(score * 100),
                entry=entry.id,
                answer=indented(shortened(entry.text(self.language).answer, HINT_LENGTH)),
            )
            for number, (entry, score) in enumerate(found, start=1)
            if entry is not None
        ]
        if not entries:
            return self._say("staff_hints_none")
        return self._say("staff_hints", entries="\n\n".join(entries))

    def _history_line(self, message: Message) -> str:
        key = "staff_history_citizen" if message.author is Author.CITIZEN else "staff_history_staff"
        return self._say(key, when=self._when(message.at), text=message.text)

    def _when(self, moment: datetime) -> str:
        local = moment.astimezone(self.zone)
        return self._say(
            "when",
            day=f"{local.day:02}",
            month=f"{local.month:02}",
            year=local.year,
            hour=f"{local.hour:02}",
            minute=f"{local.minute:02}",
        )

    def _say(self, key: str, **values: object) -> str:
        return self.knowledge.say(key, self.language, **values)


def indented(text: str) -> str:
    """The text set apart by four spaces a line, so that a mail shows at a glance whose words it are."""
    return "\n".join(f"    {line}".rstrip() for line in text.splitlines())


def shortened(text: str, length: int) -> str:
    """The first words of a text on one line, at most `length` characters and an ellipsis."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    return line[: length + 1].rsplit(" ", 1)[0][:length].rstrip(" ,;:") + " …"
