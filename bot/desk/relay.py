"""Relaying what staff write to the citizen it belongs to, and to nobody else."""

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from bot.desk.commands import Command, NoCommand, Unknown, parse
from bot.desk.letters import Letters
from bot.desk.orders import Orders
from bot.desk.outbox import Delivery
from bot.desk.phrases import Phrases
from bot.desk.staff import Bounce, DroppedMail, Held, HeldMail, IncomingMail, StaffReply
from bot.desk.ticket import TicketState
from bot.desk.transaction import Transaction
from bot.knowledge.entry import KnowledgeBase

log = structlog.get_logger()


def _nobody(_address: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class StaffRelay:
    """Acts on mail that came back, and on deliveries that were given up. `citizens`: the channel's name.

    `may_take`: whether a ticket may be handed over to this address.
    """

    knowledge: KnowledgeBase
    letters: Letters
    citizens: str
    may_take: Callable[[str], bool] = _nobody

    @property
    def _orders(self) -> Orders:
        phrases = Phrases(self.knowledge, self.letters.address, self.letters.language)
        return Orders(phrases, self.letters, self.citizens, self.may_take)

    async def handle(self, tx: Transaction, mail: IncomingMail) -> str:
        """Deliver a reply, tell staff what was kept back, or leave it at counting."""
        match mail:
            case StaffReply():
                return await self._reply(tx, mail)
            case HeldMail():
                return await self._hold(tx, mail)
            case Bounce():
                return await self._bounce(tx, mail)
            case DroppedMail():
                return f"dropped:{mail.why}"

    async def _reply(self, tx: Transaction, mail: StaffReply) -> str:
        ticket = await tx.ticket(mail.ticket)
        if ticket is None:
            language = self.letters.language
            reason = self.knowledge.say("held_unknown_ticket", language, ticket=mail.ticket)
            await self.letters.held(tx, mail.external_id, mail.sender, mail.ticket, reason)
            return f"held:{Held.UNKNOWN_TICKET}"
        if await tx.has_message(ticket, mail.external_id):
            return "repeated"
        match parse(mail.text):
            case NoCommand():
                return await self._orders.answer(tx, ticket, mail, mail.text)
            case Unknown() as found:
                return await self._orders.refuse(tx, ticket, mail, found)
            case Command() as command:
                return await self._orders.carry_out(tx, ticket, mail, command)

    async def _bounce(self, tx: Transaction, mail: Bounce) -> str:
        # Staff never saw our mail: nothing can be mailed to them about it, so it is an operator's alarm.
        log.error("relay.bounced", final=mail.final, ticket=mail.ticket)
        if not mail.final:
            return "bounce:temporary"
        ticket = await tx.ticket(mail.ticket or "")
        if ticket is not None and ticket.handed_to is not None:
            # Perhaps it was the colleague's mailbox. Only once: a queue that bounces as well would go on for ever.
            await self._orders.take_back(tx, ticket, ticket.handed_to)
        return "bounce:final"

    async def _hold(self, tx: Transaction, mail: HeldMail) -> str:
        await self.letters.held(tx, mail.external_id, mail.sender, mail.subject, mail.detail)
        return f"held:{mail.why}"

    async def rescue(self, tx: Transaction, mail: IncomingMail) -> str:
        """The least that keeps a reply from being lost when handling it fails: staff are told that it is held."""
        if isinstance(mail, StaffReply | HeldMail):
            reason = self.knowledge.say("held_internal", self.letters.language)
            subject = mail.ticket or ""
            await self.letters.held(tx, mail.external_id, mail.sender, subject, reason)
        return "rescued:held"

    async def undeliverable(self, tx: Transaction, delivery: Delivery, reason: str) -> None:
        """A delivery was given up: if it carried staff's words, they are told, and the ticket says so."""
        words = delivery.payload.get("staff_words")
        ticket = await tx.ticket_of_delivery(delivery.id)
        if ticket is None or words is None:
            return
        explained = self.knowledge.say(f"reason_{_reason_key(reason)}", self.letters.language)
        if ticket.may(TicketState.UNDELIVERABLE):
            ticket = ticket.moved(TicketState.UNDELIVERABLE, tx.now)
        await self.letters.undeliverable(tx, ticket, str(words), explained)


def _reason_key(reason: str) -> str:
    known = ("blocked", "chat_not_found", "refused")
    return reason if reason in known else "too_many_attempts"
