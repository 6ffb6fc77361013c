"""Relaying what staff write to the citizen it belongs to, and to nobody else."""

from dataclasses import dataclass

import structlog

from bot.desk.letters import Letters
from bot.desk.outbox import Delivery
from bot.desk.staff import Bounce, DroppedMail, Held, HeldMail, IncomingMail, StaffReply
from bot.desk.ticket import Author, TicketState
from bot.desk.transaction import Transaction
from bot.knowledge.entry import KnowledgeBase

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class StaffRelay:
    """Acts on mail that came back, and on deliveries that were given up. `citizens`: the channel's name."""

    knowledge: KnowledgeBase
    letters: Letters
    citizens: str

    async def handle(self, tx: Transaction, mail: IncomingMail) -> str:
        """Deliver a reply, tell staff what was kept back, or leave it at counting."""
        match mail:
            case StaffReply():
                return await self._reply(tx, mail)
            case HeldMail():
                return await self._hold(tx, mail)
            case Bounce():
                # Staff never saw our mail: nothing can be mailed to them about it, so it is an operator's alarm.
                log.error("relay.bounced", final=mail.final, ticket=mail.ticket)
                return "bounce:final" if mail.final else "bounce:temporary"
            case DroppedMail():
                return f"dropped:{mail.why}"

    async def _reply(self, tx: Transaction, mail: StaffReply) -> str:
        ticket = await tx.ticket(mail.ticket)
        if ticket is None:
            language = self.letters.language
            reason = self.knowledge.say("held_unknown_ticket", language, ticket=mail.ticket)
            await self.letters.held(tx, mail.external_id, mail.sender, mail.ticket, reason)
            return f"held:{Held.UNKNOWN_TICKET}"
        text = self.knowledge.say("from_staff", ticket.language, ticket=ticket.code, text=mail.text)
        await tx.send(
            self.citizens,
            f"chat:{ticket.chat}",
            f"reply:{mail.external_id}",
            {"kind": "text", "text": text, "staff_words": mail.text},
            chat=ticket.chat,
            ticket=ticket,
        )
        await tx.add_message(ticket, Author.STAFF, mail.text, mail.external_id)
        await tx.keep_ticket(ticket.moved(TicketState.ANSWERED, tx.now))
        return "reply"

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
        moved = ticket.moved(TicketState.UNDELIVERABLE, tx.now)
        await self.letters.undeliverable(tx, moved, str(words), explained)


def _reason_key(reason: str) -> str:
    known = ("blocked", "chat_not_found", "refused")
    return reason if reason in known else "too_many_attempts"
