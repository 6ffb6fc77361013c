"""Carrying out what a clerk's mail asks for: an answer, or a command in its first line."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.desk.commands import Command, Name, Trouble, Unknown
from bot.desk.letters import Letters
from bot.desk.nearest import nearest
from bot.desk.phrases import Phrases
from bot.desk.staff import StaffReply
from bot.desk.ticket import Author, Ticket, TicketState
from bot.desk.transaction import Transaction

_TROUBLES = {
    Trouble.UNKNOWN: "command_unknown",
    Trouble.SEVERAL: "command_several",
    Trouble.NO_TEXT: "command_no_text",
    Trouble.NO_ADDRESS: "command_no_address",
}


@dataclass(frozen=True, slots=True)
class Orders:
    """Acts on a mail that belongs to a ticket. `citizens`: their channel's name; `may_take`: who may be handed one."""

    phrases: Phrases
    letters: Letters
    citizens: str
    may_take: Callable[[str], bool]

    async def answer(self, tx: Transaction, ticket: Ticket, mail: StaffReply, text: str) -> str:
        """A person's own words go to the citizen."""
        if not ticket.may(TicketState.ANSWERED):
            return await self._not_permitted(tx, ticket, mail)
        shown = self.phrases.from_staff(text, ticket.code, ticket.language)
        await self._deliver(tx, ticket, mail, shown, text)
        await tx.keep_ticket(ticket.moved(TicketState.ANSWERED, tx.now))
        return "reply"

    async def carry_out(self, tx: Transaction, ticket: Ticket, mail: StaffReply, command: Command) -> str:
        """Do what the command says, or tell the clerk why not; the outcome for counting."""
        match command.name:
            case Name.NOTE:
                await tx.add_message(ticket, Author.NOTE, command.text, mail.external_id)
                return "command:note"
            case Name.STORED:
                return await self._send_stored(tx, ticket, mail, command)
            case Name.ASK_BACK:
                return await self._ask_back(tx, ticket, mail, command)
            case Name.HAND_OVER:
                return await self._hand_over(tx, ticket, mail, command)
            case Name.TEACH:
                return await self._teach(tx, ticket, mail, command)
            case Name.CLOSE:
                return await self._close(tx, ticket, mail, command)
            case Name.SPAM:
                return await self._spam(tx, ticket, mail, command)

    async def refuse(self, tx: Transaction, ticket: Ticket, mail: StaffReply, found: Unknown) -> str:
        """Nothing is delivered: the clerk gets one sentence and the list of commands."""
        return await self._refuse(tx, ticket, mail, self._say(_TROUBLES[found.why], word=found.word))

    # -- to the citizen ---------------------------------------------------------------------------

    async def _send_stored(self, tx: Transaction, ticket: Ticket, mail: StaffReply, command: Command) -> str:
        if not ticket.may(TicketState.ANSWERED):
            return await self._not_permitted(tx, ticket, mail)
        opening = await tx.opening_exchange(ticket)
        listed = nearest(self.phrases.knowledge, opening.candidates if opening else ())
        chosen = next((one.entry for one in listed if one.number == command.number), None)
        if chosen is None:
            return await self._not_listed(tx, ticket, mail, command, [(one.number, one.entry.id) for one in listed])
        shown = self.phrases.stored_from_staff(chosen, command.text, ticket.code, ticket.language)
        words = "\n\n".join(part for part in (command.text, chosen.text(ticket.language).answer.strip()) if part)
        await self._deliver(tx, ticket, mail, shown, words)
        await tx.keep_ticket(ticket.moved(TicketState.ANSWERED, tx.now))
        return "command:stored"

    async def _ask_back(self, tx: Transaction, ticket: Ticket, mail: StaffReply, command: Command) -> str:
        if not ticket.may(TicketState.WAITING):
            return await self._not_permitted(tx, ticket, mail)
        shown = self.phrases.asked_by_staff(command.text, ticket.code, ticket.language)
        await self._deliver(tx, ticket, mail, shown, command.text, Author.ASKING)
        await tx.keep_ticket(ticket.moved(TicketState.WAITING, tx.now))
        return "command:ask_back"

    async def _teach(self, tx: Transaction, ticket: Ticket, mail: StaffReply, command: Command) -> str:
        outcome = await self.answer(tx, ticket, mail, command.text)
        if outcome != "reply":
            return outcome
        await tx.propose(ticket, ticket.question, command.text, mail.sender)
        return "command:teach"

    async def _close(self, tx: Transaction, ticket: Ticket, mail: StaffReply, command: Command) -> str:
        if not ticket.may(TicketState.CLOSED):
            return await self._not_permitted(tx, ticket, mail)
        said = await tx.messages(ticket)
        if not any(message.author is Author.STAFF for message in said):
            text = self.phrases.closed_by_staff(ticket.code, ticket.language)
            await self._send(tx, ticket, f"closed:{mail.external_id}", {"kind": "text", "text": text})
        await self._keep_command(tx, ticket, mail, command)
        await tx.keep_ticket(ticket.moved(TicketState.CLOSED, tx.now))
        return "command:close"

    async def _deliver(
        self, tx: Transaction, ticket: Ticket, mail: StaffReply, shown: str, words: str, author: Author = Author.STAFF
    ) -> None:
        """`shown`: what the citizen reads; `words`: what staff said, for the history and should it be undeliverable."""
        payload = {"kind": "text", "text": shown, "staff_words": words}
        await self._send(tx, ticket, f"reply:{mail.external_id}", payload)
        await tx.add_message(ticket, author, words, mail.external_id)

    async def _send(self, tx: Transaction, ticket: Ticket, key: str, payload: dict[str, str]) -> None:
        await tx.send(self.citizens, f"chat:{ticket.chat}", key, payload, chat=ticket.chat, ticket=ticket)

    # -- among staff ------------------------------------------------------------------------------

    async def _hand_over(self, tx: Transaction, ticket: Ticket, mail: StaffReply, command: Command) -> str:
        waits = ticket.state in (TicketState.OPEN, TicketState.WAITING)
        if not waits and not ticket.may(TicketState.OPEN):
            return await self._not_permitted(tx, ticket, mail)
        if not self.may_take(command.address):
            reason = self._say("command_address_refused", address=command.address)
            return await self._refuse(tx, ticket, mail, reason)
        history = await tx.messages(ticket)
        await self._keep_command(tx, ticket, mail, command)
        handed = replace(ticket if waits else ticket.moved(TicketState.OPEN, tx.now), handed_to=command.address)
        handed = await self._to(command.address).hand_over(tx, handed, mail.sender, command.text, history)
        await self.letters.note(tx, handed, self._say("command_handed_over", address=command.address))
        return "command:hand_over"

    async def take_back(self, tx: Transaction, ticket: Ticket, address: str) -> None:
        """Handing over has failed: the queue is told."""
        kept = replace(ticket, handed_to=None)
        await self.letters.note(tx, kept, self._say("command_not_handed_over", address=address))

    async def _spam(self, tx: Transaction, ticket: Ticket, mail: StaffReply, command: Command) -> str:
        if not ticket.may(TicketState.SPAM):
            return await self._not_permitted(tx, ticket, mail)
        await self._keep_command(tx, ticket, mail, command)
        await tx.keep_ticket(ticket.moved(TicketState.SPAM, tx.now))
        return "command:spam"

    async def _keep_command(self, tx: Transaction, ticket: Ticket, mail: StaffReply, command: Command) -> None:
        """What stands beside a command that says nothing to the citizen is a note for staff."""
        author, text = (Author.NOTE, command.text) if command.text else (Author.COMMAND, command.word)
        await tx.add_message(ticket, author, text, mail.external_id)

    # -- back to the clerk ------------------------------------------------------------------------

    async def _not_permitted(self, tx: Transaction, ticket: Ticket, mail: StaffReply) -> str:
        key = "command_on_spam" if ticket.state is TicketState.SPAM else "command_on_closed"
        return await self._refuse(tx, ticket, mail, self._say(key))

    async def _not_listed(
        self, tx: Transaction, ticket: Ticket, mail: StaffReply, command: Command, listed: list[tuple[int, str]]
    ) -> str:
        lines = [
            self._say("command_entry", number=number, question=self.phrases.question(entry, self.letters.language))
            for number, entry in listed
        ]
        none = self._say("command_no_entries")
        reason = self._say("command_not_listed", word=command.word, entries="\n".join(lines) or none)
        return await self._refuse(tx, ticket, mail, reason)

    async def _refuse(self, tx: Transaction, ticket: Ticket, mail: StaffReply, reason: str) -> str:
        await tx.add_message(ticket, Author.COMMAND, mail.text, mail.external_id)
        # A colleague who was handed the ticket does not read the queue.
        theirs = self._to(mail.sender) if mail.sender == ticket.handed_to else self.letters
        await theirs.note(tx, ticket, reason, refused=True)
        return "command:refused"

    def _to(self, colleague: str) -> Letters:
        return replace(self.letters, address=colleague, thread="colleague")

    def _say(self, key: str, **values: object) -> str:
        return self.letters.knowledge.say(key, self.letters.language, **values)
