"""What staff send to a citizen: answers of their own, stored ones, questions back; and taking an answer back."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from bot.desk.back import Back
from bot.desk.commands import Command
from bot.desk.giving import remember
from bot.desk.letters import Letters
from bot.desk.nearest import nearest
from bot.desk.phrases import Phrases
from bot.desk.staff import StaffReply
from bot.desk.ticket import Author, Ticket, TicketState
from bot.desk.transaction import RELAYED, Sent, Transaction

RETRACTABLE: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Answers:
    """Puts words of staff on their way to the citizen. `citizens`: their channel's name; `backs`: by door."""

    phrases: Phrases
    letters: Letters
    citizens: str
    backs: Mapping[str, Back]

    async def answer(
        self, tx: Transaction, ticket: Ticket, reply: StaffReply, text: str, *, taught: bool = False
    ) -> str:
        """A person's own words. `taught`: editors get them, too."""
        if not ticket.may(TicketState.ANSWERED):
            return await self.not_permitted(tx, ticket, reply)
        names = [file.name for file in reply.attachments]
        shown = self.phrases.from_staff(text, ticket.code, ticket.language, names)
        await self._deliver(tx, ticket, reply, shown, text, taught=taught)
        await tx.keep_ticket(_answered(ticket, tx))
        return "reply"

    async def send_stored(self, tx: Transaction, ticket: Ticket, reply: StaffReply, command: Command) -> str:
        """A stored answer, below a person's own words if there are any."""
        if not ticket.may(TicketState.ANSWERED):
            return await self.not_permitted(tx, ticket, reply)
        opening = await tx.opening_exchange(ticket)
        today = tx.now.astimezone(self.letters.zone).date()
        listed = nearest(self.phrases.knowledge, opening.candidates if opening else (), today)
        chosen = next((one.entry for one in listed if one.number == command.number), None)
        if chosen is None:
            return await self._not_listed(tx, ticket, reply, command, [(one.number, one.entry.id) for one in listed])
        shown = self.phrases.stored_from_staff(chosen, command.text, ticket.code, ticket.language)
        words = "\n\n".join(part for part in (command.text, chosen.text(ticket.language).answer.strip()) if part)
        await self._deliver(tx, ticket, reply, shown, words)
        await remember(tx, ticket.chat, self.phrases.knowledge, chosen, ticket.language)
        await tx.keep_ticket(_answered(ticket, tx))
        return "command:stored"

    async def ask_back(self, tx: Transaction, ticket: Ticket, reply: StaffReply, command: Command) -> str:
        """A question to the citizen; the ticket waits for the answer."""
        if not ticket.may(TicketState.WAITING):
            return await self.not_permitted(tx, ticket, reply)
        shown = self.phrases.asked_by_staff(command.text, ticket.code, ticket.language)
        await self._deliver(tx, ticket, reply, shown, command.text, Author.ASKING)
        await tx.keep_ticket(ticket.moved(TicketState.WAITING, tx.now))
        return "command:ask_back"

    async def teach(self, tx: Transaction, ticket: Ticket, reply: StaffReply, command: Command) -> str:
        """An answer that the knowledge base should learn."""
        outcome = await self.answer(tx, ticket, reply, command.text, taught=True)
        if outcome != "reply":
            return outcome
        await tx.propose(ticket, ticket.question, command.text, reply.sender)
        return "command:teach"

    async def answer_all(self, tx: Transaction, ticket: Ticket, reply: StaffReply, command: Command) -> str:
        """One answer to everybody of whom staff were told that they ask the same."""
        if not ticket.may(TicketState.ANSWERED):
            return await self.not_permitted(tx, ticket, reply)
        for other in await tx.alike(ticket):
            if not await tx.has_message(other, reply.external_id):
                await self.answer(tx, other, reply, command.text)
        await self.answer(tx, ticket, reply, command.text)
        return "command:all"

    async def close(self, tx: Transaction, ticket: Ticket) -> None:
        """The citizen is told that the question is closed, unless somebody has answered it."""
        if not any(message.author is Author.STAFF for message in await tx.messages(ticket)):
            text = self.phrases.closed_by_staff(ticket.code, ticket.language)
            payload = {"kind": "text", "text": text, **await _shown_at(tx, ticket)}
            await self._send(tx, ticket, f"closed:{ticket.code}:{ticket.version}", payload)

    # -- taking back ------------------------------------------------------------------------------

    async def retract(self, tx: Transaction, ticket: Ticket, reply: StaffReply) -> str:
        """The latest answer is taken back, if the citizen has had it for no longer than ten minutes."""
        latest = await tx.latest_relayed(ticket)
        if latest is None:
            return await self.refuse(tx, ticket, reply, "command_nothing_to_retract")
        if latest.finished_at is not None and tx.now - latest.finished_at > RETRACTABLE:
            return await self.refuse(tx, ticket, reply, "command_too_late_to_retract")
        await tx.add_message(ticket, Author.COMMAND, reply.text, reply.external_id, reply.sender)
        await tx.retract(ticket, latest.staff)
        await self._take_back(tx, ticket, reply, latest)
        if ticket.may(TicketState.OPEN):
            await tx.keep_ticket(ticket.reopened(tx.now))
        return "command:retract"

    async def _take_back(self, tx: Transaction, ticket: Ticket, reply: StaffReply, latest: Sent) -> None:
        if await tx.cancel(latest.id):
            await self.note(tx, ticket, reply, "staff_retracted_before")
            return
        await tx.retracted(latest.id)
        text = self.phrases.retracted(ticket.code, ticket.language)
        payload = {"kind": "retract", "of": latest.id, "text": text, "receipt": _receipt(reply)}
        await self._send(tx, ticket, f"retract:{latest.id}", payload)

    # -- back to the clerk ------------------------------------------------------------------------

    async def not_permitted(self, tx: Transaction, ticket: Ticket, reply: StaffReply) -> str:
        """The ticket's state does not allow it."""
        key = "command_on_spam" if ticket.state is TicketState.SPAM else "command_on_closed"
        key = "command_on_withdrawn" if ticket.state is TicketState.WITHDRAWN else key
        return await self.refuse(tx, ticket, reply, key)

    async def _not_listed(
        self, tx: Transaction, ticket: Ticket, reply: StaffReply, command: Command, listed: list[tuple[int, str]]
    ) -> str:
        lines = [
            self._say("command_entry", number=number, question=self.phrases.question(entry, self.letters.language))
            for number, entry in listed
        ]
        none = self._say("command_no_entries")
        entries = "\n".join(lines) or none
        return await self.refuse(tx, ticket, reply, "command_not_listed", word=command.word, entries=entries)

    async def refuse(self, tx: Transaction, ticket: Ticket, reply: StaffReply, key: str, **values: object) -> str:
        """Nothing was done: the clerk gets one sentence and the list of commands."""
        await tx.add_message(ticket, Author.COMMAND, reply.text, reply.external_id, reply.sender)
        text = self._say(key, **values)
        await self.backs[reply.door].note(tx, ticket, reply.sender, text, refused=True)
        return "command:refused"

    async def note(self, tx: Transaction, ticket: Ticket, reply: StaffReply, key: str, **values: object) -> None:
        """A short word to the clerk."""
        await self.backs[reply.door].note(tx, ticket, reply.sender, self._say(key, **values))

    def _say(self, key: str, **values: object) -> str:
        return self.letters.knowledge.say(key, self.letters.language, **values)

    # -- on the way -------------------------------------------------------------------------------

    async def _deliver(
        self,
        tx: Transaction,
        ticket: Ticket,
        reply: StaffReply,
        shown: str,
        words: str,
        author: Author = Author.STAFF,
        *,
        taught: bool = False,
    ) -> None:
        """`shown`: what the citizen reads; `words`: what staff said, for the history and should it be undeliverable.

        The reply's files go along, each after the text.
        """
        files: dict[str, Any] = {}
        if reply.attachments:
            files["files"] = [await tx.keep_file(ticket, file) for file in reply.attachments]
            names = self._say("staff_files", files=", ".join(file.name for file in reply.attachments))
            words = "\n\n".join(part for part in (words, names) if part)
        key = f"{RELAYED}{reply.external_id}" + ("" if reply.ticket == ticket.code else f":{ticket.code}")
        said = {"staff_words": words, "staff_mail": reply.external_id, "receipt": _receipt(reply) | {"taught": taught}}
        shown_at = await _shown_at(tx, ticket)
        await self._send(tx, ticket, key, {"kind": "text", "text": shown, **shown_at, **files, **said})
        await tx.add_message(ticket, author, words, reply.external_id, reply.sender)

    async def _send(self, tx: Transaction, ticket: Ticket, key: str, payload: Mapping[str, Any]) -> None:
        await tx.send(self.citizens, f"chat:{ticket.chat}", key, payload, chat=ticket.chat, ticket=ticket)


def _answered(ticket: Ticket, tx: Transaction) -> Ticket:
    """Whoever took the ticket has done what was to be done."""
    return replace(ticket.moved(TicketState.ANSWERED, tx.now), claimed_by=None)


async def _shown_at(tx: Transaction, ticket: Ticket) -> dict[str, str]:
    """The message that asked, where the channel can show what is answered: a citizen may have asked several things."""
    asked = await tx.opening_exchange(ticket)
    return {} if asked is None or not asked.external_id else {"reply_to": asked.external_id}


def _receipt(reply: StaffReply) -> dict[str, Any]:
    """What is needed to tell the clerk what became of it."""
    cut = [{"kind": str(one.kind), "text": one.text} for one in reply.cut]
    files = [file.name for file in reply.attachments]
    return {"door": reply.door, "sender": reply.sender, "cut": cut, "files": files}
