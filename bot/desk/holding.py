"""Keeping back what may be wrong to send, and what becomes of it when a person has decided."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.desk.back import Back
from bot.desk.codes import Codes
from bot.desk.commands import Command, Name, NoCommand, Unknown
from bot.desk.hold import Hold, HoldState
from bot.desk.staff import Held, HeldMail, IncomingMail, StaffReply
from bot.desk.ticket import Author, Message, Ticket, TicketState
from bot.desk.transaction import Transaction
from bot.knowledge.entry import KnowledgeBase, Language

# A row of the inbox, read once more: payload, external id, the ticket that a person says it belongs to.
Reread = Callable[[bytes, str, str], IncomingMail]
# These send words to the citizen that another answer may have overtaken.
_ANSWERING = frozenset({Name.STORED, Name.TEACH, Name.ALL})
_WHY = {Held.ANSWERED_MEANWHILE: "held_answered", Held.WITHDRAWN: "held_withdrawn"}


def answers(asked: Command | NoCommand | Unknown) -> bool:
    """Whether this would send an answer to the citizen."""
    return isinstance(asked, NoCommand) or (isinstance(asked, Command) and asked.name in _ANSWERING)


def contested(ticket: Ticket, said: Sequence[Message], reply: StaffReply, shared: str) -> Held | None:
    """Why an answer should not go out unasked: somebody was quicker, or the citizen needs none any more.

    `shared`: the address that several people write from, so that it tells nothing about who it was.
    """
    if ticket.state is TicketState.WITHDRAWN:
        return Held.WITHDRAWN
    last = next((one for one in reversed(said) if one.author is Author.STAFF), None)
    if ticket.state is not TicketState.ANSWERED or last is None or last.sender is None:
        return None
    if reply.seen is not None and reply.seen >= last.mails:
        return None  # It answers a mail that was written after the other answer.
    return None if last.sender == reply.sender and reply.sender != shared.lower() else Held.ANSWERED_MEANWHILE


@dataclass(frozen=True, slots=True)
class Holding:
    """Quarantine. `backs` and `rereads`: by door, that is by source in the inbox."""

    knowledge: KnowledgeBase
    language: Language
    backs: Mapping[str, Back]
    rereads: Mapping[str, Reread]
    codes: Codes

    async def hold_reply(self, tx: Transaction, ticket: Ticket, reply: StaffReply, why: Held) -> str:
        """An answer waits until its author says that it should go out all the same."""
        said = [one for one in await tx.messages(ticket) if one.author is Author.STAFF]
        hold = await tx.hold_back(
            await self.codes.fresh(tx),
            reply.door,
            reply.external_id,
            ticket=ticket.code,
            reason=why,
            sender=reply.sender,
            subject=ticket.code,
        )
        reason = self._say(_WHY[why], ticket=ticket.code)
        quicker = said[-1:] if why is Held.ANSWERED_MEANWHILE else ()
        await self.backs[reply.door].held(tx, hold, reply.sender, reason, said=quicker)
        return f"held:{why}"

    async def hold_mail(self, tx: Transaction, mail: HeldMail, source: str = "mail") -> str:
        """A mail that cannot be trusted or understood waits for a person of the queue."""
        return await self.keep(
            tx, source, mail.external_id, mail.why, mail.ticket, mail.sender, mail.subject, mail.detail
        )

    async def keep(
        self,
        tx: Transaction,
        source: str,
        external_id: str,
        why: Held,
        ticket: str | None,
        sender: str,
        subject: str,
        detail: str,
    ) -> str:
        """The same, spelled out. `detail`: the reason in words for staff."""
        code = await self.codes.fresh(tx)
        hold = await tx.hold_back(code, source, external_id, ticket=ticket, reason=why, sender=sender, subject=subject)
        # To the queue, whoever wrote it: a stranger gets no mail from us.
        await self.backs[source].held(tx, hold, "", detail)
        return f"held:{why}"

    async def drop(self, tx: Transaction, hold: Hold, by: StaffReply) -> str:
        """It stays where it is, and goes to nobody."""
        if hold.state is not HoldState.HELD:
            return await self.refuse(tx, hold, by, f"hold_{hold.state}")
        await tx.keep_hold(hold.decided(HoldState.DROPPED))
        return "hold:dropped"

    async def reread(self, tx: Transaction, hold: Hold, by: StaffReply, ticket: str) -> StaffReply | None:
        """What was held, as an answer to the ticket that it belongs to; None when it cannot be one, and `by` is told.

        `ticket`: the code that a person named, or nothing.
        """
        code = ticket or hold.ticket
        payload = await tx.received(hold.source, hold.external_id)
        if hold.state is not HoldState.HELD:
            await self.refuse(tx, hold, by, f"hold_{hold.state}")
        elif code is None:
            await self.refuse(tx, hold, by, "hold_no_ticket")
        elif await tx.ticket(code) is None:
            await self.refuse(tx, hold, by, "held_unknown_ticket", ticket=code)
        elif payload is None:
            await self.refuse(tx, hold, by, "hold_gone")
        else:
            found = self.rereads[hold.source](payload, hold.external_id, code)
            if isinstance(found, StaffReply):
                await tx.keep_hold(replace(hold, ticket=code).decided(HoldState.RELEASED))
                return found
            await self.refuse(tx, hold, by, "hold_unreadable")
        return None

    async def refuse(self, tx: Transaction, hold: Hold, by: StaffReply, key: str, **values: object) -> str:
        """Nothing has changed; the person is told why."""
        await self.backs[by.door].hold_note(tx, hold, by.sender, self._say(key, **values))
        return "hold:refused"

    def _say(self, key: str, **values: object) -> str:
        return self.knowledge.say(key, self.language, **values)
