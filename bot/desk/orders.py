"""Carrying out what a clerk's message asks for: an answer, or a command in its first line."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.desk.answers import Answers
from bot.desk.commands import Command, Name, NoCommand, Trouble, Unknown
from bot.desk.letters import Letters
from bot.desk.staff import StaffReply
from bot.desk.ticket import UNANSWERED, Author, Ticket, TicketState
from bot.desk.transaction import Transaction

_TROUBLES = {
    Trouble.UNKNOWN: "command_unknown",
    Trouble.SEVERAL: "command_several",
    Trouble.NO_TEXT: "command_no_text",
    Trouble.NO_ADDRESS: "command_no_address",
}


@dataclass(frozen=True, slots=True)
class Orders:
    """Acts on a message that belongs to a ticket. `may_take`: who may be handed one."""

    answers: Answers
    letters: Letters
    may_take: Callable[[str], bool]

    async def act(
        self, tx: Transaction, ticket: Ticket, reply: StaffReply, asked: Command | NoCommand | Unknown
    ) -> str:
        """Do what it says, or tell the clerk why not; the outcome for counting."""
        match asked:
            case NoCommand():
                return await self.answers.answer(tx, ticket, reply, reply.text)
            case Unknown(word, why):
                return await self.answers.refuse(tx, ticket, reply, _TROUBLES[why], word=word)
            case Command():
                return await self._carry_out(tx, ticket, reply, asked)

    async def _carry_out(self, tx: Transaction, ticket: Ticket, reply: StaffReply, command: Command) -> str:
        match command.name:
            case Name.STORED:
                return await self.answers.send_stored(tx, ticket, reply, command)
            case Name.ASK_BACK:
                return await self.answers.ask_back(tx, ticket, reply, command)
            case Name.TEACH:
                return await self.answers.teach(tx, ticket, reply, command)
            case Name.ALL:
                return await self.answers.answer_all(tx, ticket, reply, command)
            case Name.RETRACT:
                return await self.answers.retract(tx, ticket, reply)
            case Name.SEND | Name.DROP:
                return await self.answers.refuse(tx, ticket, reply, "command_nothing_held", word=command.word)
        return await self._among_staff(tx, ticket, reply, command)

    async def _among_staff(self, tx: Transaction, ticket: Ticket, reply: StaffReply, command: Command) -> str:
        match command.name:
            case Name.CLAIM:
                return await self._claim(tx, ticket, reply, command)
            case Name.UNCLAIM:
                return await self._unclaim(tx, ticket, reply, command)
            case Name.HAND_OVER:
                return await self._hand_over(tx, ticket, reply, command)
            case Name.CLOSE:
                return await self._end(tx, ticket, reply, command, TicketState.CLOSED)
            case Name.SPAM:
                return await self._end(tx, ticket, reply, command, TicketState.SPAM)
        await tx.add_message(ticket, Author.NOTE, command.text, reply.external_id, reply.sender)
        return "command:note"

    # -- one claim a ticket -----------------------------------------------------------------------

    async def _claim(self, tx: Transaction, ticket: Ticket, reply: StaffReply, command: Command) -> str:
        if ticket.state not in UNANSWERED:
            return await self.answers.refuse(tx, ticket, reply, "command_nothing_to_claim")
        if ticket.claimed_by not in (None, reply.sender):
            return await self.answers.refuse(tx, ticket, reply, "command_claimed", who=ticket.claimed_by)
        await self._keep_command(tx, ticket, reply, command)
        taken = replace(ticket, claimed_by=reply.sender)
        if ticket.state is TicketState.OPEN:
            taken = taken.moved(TicketState.CLAIMED, tx.now)
        await tx.keep_ticket(taken)
        if ticket.claimed_by is None:
            await self.letters.note(tx, taken, self._say("staff_claimed", who=reply.sender))
        return "command:claim"

    async def _unclaim(self, tx: Transaction, ticket: Ticket, reply: StaffReply, command: Command) -> str:
        if ticket.claimed_by is None:
            return await self.answers.refuse(tx, ticket, reply, "command_not_claimed")
        await self._keep_command(tx, ticket, reply, command)
        await self.unclaim(tx, ticket)
        return "command:unclaim"

    async def unclaim(self, tx: Transaction, ticket: Ticket, news: str = "staff_unclaimed") -> None:
        """The ticket is open for everybody again; the queue is told. `news`: the key of how."""
        free = replace(ticket, claimed_by=None)
        if free.state is TicketState.CLAIMED:
            free = free.moved(TicketState.OPEN, tx.now)
        await tx.keep_ticket(free)
        await self.letters.note(tx, free, self._say(news, who=ticket.claimed_by))

    # -- to somebody else, or to nobody -----------------------------------------------------------

    async def _hand_over(self, tx: Transaction, ticket: Ticket, reply: StaffReply, command: Command) -> str:
        waits = ticket.state in UNANSWERED
        if not waits and not ticket.may(TicketState.OPEN):
            return await self.answers.not_permitted(tx, ticket, reply)
        if not self.may_take(command.address):
            return await self.answers.refuse(tx, ticket, reply, "command_address_refused", address=command.address)
        history = await tx.messages(ticket)
        await self._keep_command(tx, ticket, reply, command)
        handed = replace(ticket if waits else ticket.reopened(tx.now), handed_to=command.address)
        await tx.keep_ticket(handed)
        await self.letters.to(command.address).hand_over(tx, handed, reply.sender, command.text, history)
        await self.letters.note(tx, handed, self._say("command_handed_over", address=command.address))
        return "command:hand_over"

    async def take_back(self, tx: Transaction, ticket: Ticket, address: str) -> None:
        """Handing over has failed: the queue is told."""
        kept = replace(ticket, handed_to=None)
        await tx.keep_ticket(kept)
        await self.letters.note(tx, kept, self._say("command_not_handed_over", address=address))

    async def _end(
        self, tx: Transaction, ticket: Ticket, reply: StaffReply, command: Command, state: TicketState
    ) -> str:
        if not ticket.may(state):
            return await self.answers.not_permitted(tx, ticket, reply)
        if state is TicketState.CLOSED:
            await self.answers.close(tx, ticket)
        await self._keep_command(tx, ticket, reply, command)
        await tx.keep_ticket(replace(ticket.moved(state, tx.now), claimed_by=None))
        return f"command:{'close' if state is TicketState.CLOSED else 'spam'}"

    async def _keep_command(self, tx: Transaction, ticket: Ticket, reply: StaffReply, command: Command) -> None:
        """What stands beside a command that says nothing to the citizen is a note for staff."""
        author, text = (Author.NOTE, command.text) if command.text else (Author.COMMAND, command.word)
        await tx.add_message(ticket, author, text, reply.external_id, reply.sender)

    def _say(self, key: str, **values: object) -> str:
        return self.letters.knowledge.say(key, self.letters.language, **values)
