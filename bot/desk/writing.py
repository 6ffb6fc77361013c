"""What every letter to staff is made of: its words, its thread, its way into the outbox."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.desk.asides import spoken
from bot.desk.letter import Block, Kind, as_text, packed
from bot.desk.ticket import Ticket
from bot.desk.transaction import NO_TIME, Transaction
from bot.knowledge.entry import KnowledgeBase, Language

SUBJECT_WORDS = 60
# So long a mail with a citizen's files waits for more of them: an album comes in parts.
GATHERING = timedelta(seconds=3)


@dataclass(frozen=True, slots=True)
class Writing:
    """Writes to staff in their language. `address`: the staff queue; `zone`: the local time clerks live in.

    `thread`: what nothing may overtake; mail to somebody else has its own, so that a bad address holds up no other.
    """

    knowledge: KnowledgeBase
    address: str
    zone: ZoneInfo
    language: Language = Language.DE
    thread: str = "ticket"

    async def _post(
        self,
        tx: Transaction,
        ticket: Ticket,
        subject: str,
        blocks: Sequence[Block],
        *,
        thread: str | None = None,
        after: timedelta = NO_TIME,
        opens: bool = False,
        enclosed: Sequence[int] = (),
    ) -> None:
        """Into the ticket's thread, due `after` this time; the first mail `opens` it. The ticket is not stored.

        `enclosed`: the files of the citizen that go along; more of them may come in a moment.
        """
        serial = await tx.count_mail(ticket)
        payload = self._payload(ticket.code, serial, subject, blocks) | ({"opens": True} if opens else {})
        if enclosed:
            payload["enclosed"] = self._enclosed(enclosed)
            after = max(after, GATHERING)
        conversation = f"{thread or self.thread}:{ticket.id}"
        await tx.send("mail", conversation, f"mail:{ticket.code}:{serial}", payload, ticket=ticket, after=after)

    def _payload(self, code: str | None, serial: int, subject: str, blocks: Sequence[Block]) -> dict[str, Any]:
        return {
            "to": self.address,
            "ticket": code,
            "serial": serial,
            "subject": subject,
            "text": as_text(blocks),
            "letter": packed(blocks),
        }

    def _enclosed(self, ids: Sequence[int]) -> dict[str, Any]:
        words, missing = self._say("staff_enclosed"), self._say("staff_not_enclosed", files="{files}")
        return {"ids": list(ids), "words": words, "missing": missing}

    def _subject(self, key: str, ticket: Ticket) -> str:
        return self._say(key, question=shortened(ticket.question, SUBJECT_WORDS))

    def _heading(self, key: str) -> Block:
        return Block(Kind.HEADING, self._say(key))

    def _commands(self, entries: str | None) -> Iterator[Block]:
        """The short commands, one in each line of their wording; `entries`: the key of those that send entries."""
        yield self._heading("staff_commands_title")
        for line in (line for key in (entries, "staff_commands") if key for line in self._say(key).splitlines()):
            command, _, meaning = line.partition(": ")
            yield Block(Kind.ROW, meaning, command)

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

    def _spoken(self, moment: datetime) -> str:
        return spoken(self.knowledge, moment.astimezone(self.zone), self.language)

    def _say(self, key: str, **values: object) -> str:
        return self.knowledge.say(key, self.language, **values)


def shortened(text: str, length: int) -> str:
    """The first words of a text on one line, at most `length` characters and an ellipsis."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    return line[: length + 1].rsplit(" ", 1)[0][:length].rstrip(" ,;:") + " …"
