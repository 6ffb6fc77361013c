"""Relaying what staff write to the citizen it belongs to, and to nobody else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import structlog

from bot.desk.answers import RETRACTABLE, Answers
from bot.desk.back import Back
from bot.desk.codes import Codes
from bot.desk.commands import Command, Name, parse
from bot.desk.hold import Hold
from bot.desk.holding import Holding, Reread, answers, contested
from bot.desk.letters import Letters
from bot.desk.notices import Receipt
from bot.desk.orders import Orders
from bot.desk.outbox import Delivery
from bot.desk.phrases import Phrases
from bot.desk.reactions import NONE, Reactions, Step
from bot.desk.staff import Bounce, Cut, CutKind, DroppedMail, Held, HeldMail, IncomingMail, StaffReply
from bot.desk.ticket import Ticket, TicketState
from bot.desk.transaction import Transaction
from bot.knowledge.entry import KnowledgeBase

log = structlog.get_logger()


# The moment that the clerk is told is kept even if the reply takes a while to arrive.
_TO_READ = timedelta(minutes=1)


def _nobody(_address: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class StaffRelay:
    """Acts on what staff wrote, and on what became of deliveries. `citizens`: their channel's name.

    `backs`: how to talk back, by door; `rereads`: how what is held is read once more, by door; `may_take`: whether a
    ticket may be handed over to this address.
    """

    knowledge: KnowledgeBase
    letters: Letters
    citizens: str
    codes: Codes
    backs: Mapping[str, Back]
    rereads: Mapping[str, Reread] = field(default_factory=dict)
    may_take: Callable[[str], bool] = _nobody
    reactions: Reactions = NONE

    @property
    def orders(self) -> Orders:
        """What is done with a message that belongs to a ticket."""
        phrases = Phrases(self.knowledge, self.letters.address, self.letters.language)
        return Orders(Answers(phrases, self.letters, self.citizens, self.backs), self.letters, self.may_take)

    @property
    def holding(self) -> Holding:
        """What is done with a message that is kept back."""
        return Holding(self.knowledge, self.letters.language, self.backs, self.rereads, self.codes)

    async def handle(self, tx: Transaction, mail: IncomingMail) -> str:
        """Deliver a reply, tell staff what was kept back, or leave it at counting."""
        match mail:
            case StaffReply():
                return await self._reply(tx, mail)
            case HeldMail():
                ticket = await tx.ticket(mail.ticket or "")
                if ticket is not None and ticket.erased:
                    return await self._too_late(tx, ticket, "mail", mail.external_id, "")
                return await self.holding.hold_mail(tx, mail)
            case Bounce():
                return await self._bounce(tx, mail)
            case DroppedMail():
                return f"dropped:{mail.why}"

    async def _reply(self, tx: Transaction, reply: StaffReply) -> str:
        if (ticket := await tx.ticket(reply.ticket)) is not None:
            return await self._act(tx, ticket, reply)
        if (hold := await tx.hold(reply.ticket)) is not None:
            return await self._decide(tx, hold, reply)
        why = self._say("held_unknown_ticket", ticket=reply.ticket)
        return await self.holding.keep(
            tx, reply.door, reply.external_id, Held.UNKNOWN_TICKET, None, reply.sender, reply.ticket, why
        )

    async def _act(self, tx: Transaction, ticket: Ticket, reply: StaffReply, *, insisted: bool = False) -> str:
        """`insisted`: a person has seen that another answer was quicker."""
        if ticket.erased:
            return await self._too_late(tx, ticket, reply.door, reply.external_id, reply.sender)
        if await tx.has_message(ticket, reply.external_id):
            return "repeated"
        asked = parse(reply.text)
        if answers(asked) and not insisted:
            said = await tx.messages(ticket)
            if (why := contested(ticket, said, reply, self.letters.address)) is not None:
                return await self.holding.hold_reply(tx, ticket, reply, why)
        return await self.orders.act(tx, ticket, reply, asked)

    async def _too_late(self, tx: Transaction, ticket: Ticket, door: str, external_id: str, sender: str) -> str:
        """The citizen had the ticket erased: nothing is sent or kept, and whoever wrote is told."""
        await self.backs[door].note(tx, ticket, sender, self._say("staff_erased", ticket=ticket.code))
        await tx.forget_received(door, external_id)
        return "erased"

    async def _decide(self, tx: Transaction, hold: Hold, by: StaffReply) -> str:
        """A person says what shall become of something held."""
        asked = parse(by.text)
        match asked:
            case Command(name=Name.SEND, ticket=ticket):
                return await self.release(tx, hold, by, ticket)
            case Command(name=Name.DROP):
                return await self.holding.drop(tx, hold, by)
        return await self.holding.refuse(tx, hold, by, "hold_undecided")

    async def release(self, tx: Transaction, hold: Hold, by: StaffReply, ticket: str = "") -> str:
        """Something held is acted on after all.

        `by`: whose decision it is; `ticket`: the code that they name, or nothing.
        """
        reply = await self.holding.reread(tx, hold, by, ticket)
        found = None if reply is None else await tx.ticket(reply.ticket)
        if reply is None or found is None:
            return "hold:refused"
        await self._act(tx, found, reply, insisted=True)
        return "hold:released"

    async def _bounce(self, tx: Transaction, mail: Bounce) -> str:
        # Staff never saw our mail: nothing can be mailed to them about it, so it is an operator's alarm.
        log.error("relay.bounced", final=mail.final, ticket=mail.ticket)
        if not mail.final:
            return "bounce:temporary"
        ticket = await tx.ticket(mail.ticket or "")
        if ticket is not None and ticket.handed_to is not None:
            # Perhaps it was the colleague's mailbox. Only once: a queue that bounces as well would go on for ever.
            await self.orders.take_back(tx, ticket, ticket.handed_to)
        return "bounce:final"

    async def rescue(self, tx: Transaction, mail: IncomingMail) -> str:
        """The least that keeps a reply from being lost when handling it fails: staff are told that it is held."""
        if not isinstance(mail, StaffReply | HeldMail):
            return "rescued:nothing"
        door = mail.door if isinstance(mail, StaffReply) else "mail"
        why = self._say("held_internal")
        await self.holding.keep(
            tx, door, mail.external_id, Held.INTERNAL, mail.ticket, mail.sender, mail.ticket or "", why
        )
        return "rescued:held"

    # -- what became of deliveries ----------------------------------------------------------------

    async def delivered(self, tx: Transaction, delivery: Delivery) -> None:
        """Staff's words have reached the citizen, or are taken back: whoever wrote them is told.

        A question that has reached staff is with the team from now on.
        """
        ticket = await tx.ticket_of_delivery(delivery.id)
        if ticket is None or ticket.erased:
            return
        if "opens" in delivery.payload:
            await self.reactions.show(tx, ticket, Step.WITH_TEAM)
            return
        origin = delivery.payload["receipt"]
        back = self.backs[origin["door"]]
        if delivery.payload.get("kind") == "retract":
            await back.note(tx, ticket, origin["sender"], self._say("staff_retracted"))
            return
        if ticket.state is TicketState.ANSWERED:
            await self.reactions.show(tx, ticket, Step.ANSWERED)
        await back.receipt(tx, ticket, _receipt(delivery, origin, tx))

    async def undeliverable(self, tx: Transaction, delivery: Delivery, reason: str) -> None:
        """A delivery was given up: if it was staff's, they are told, and the ticket says so."""
        ticket = await tx.ticket_of_delivery(delivery.id)
        origin = delivery.payload.get("receipt", {"door": "mail", "sender": ""})
        back = self.backs[origin["door"]]
        if ticket is None or ticket.erased:
            return
        explained = self._say(f"reason_{_reason_key(reason)}")
        if delivery.payload.get("kind") == "retract":
            await back.note(tx, ticket, origin["sender"], self._say("staff_not_retracted", reason=explained))
            return
        words = delivery.payload.get("staff_words")
        if words is None:
            return
        if ticket.may(TicketState.UNDELIVERABLE):
            ticket = ticket.moved(TicketState.UNDELIVERABLE, tx.now)
        await tx.keep_ticket(ticket)
        await back.undeliverable(tx, ticket, origin["sender"], str(words), explained)

    def _say(self, key: str, **values: object) -> str:
        return self.knowledge.say(key, self.letters.language, **values)


def _receipt(delivery: Delivery, origin: Mapping[str, Any], tx: Transaction) -> Receipt:
    cut = [Cut(CutKind(one["kind"]), one["text"]) for one in origin["cut"]]
    shown = [delivery.payload["text"], *origin.get("files", ())]
    return Receipt(origin["sender"], shown, tx.now, cut, tx.now + RETRACTABLE - _TO_READ, bool(origin.get("taught")))


def _reason_key(reason: str) -> str:
    known = ("blocked", "chat_not_found", "refused")
    return reason if reason in known else "too_many_attempts"
