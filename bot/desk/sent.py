"""What the queue's own Sent folder tells: answers that never reached the bot, and mail that went elsewhere."""

from dataclasses import dataclass, field

from bot.desk.relay import StaffRelay
from bot.desk.staff import Held, HeldMail, IncomingMail, StaffReply
from bot.desk.transaction import Transaction


@dataclass(frozen=True, slots=True)
class SentMail:
    """A mail that the queue has sent. `mail`: what it is to us; `to_bot`: whether it is addressed to the bot, too.

    `external_id` is the one under which the copy in the bot's own mailbox is known, if it has a Message-ID.
    """

    mail: IncomingMail
    to_bot: bool
    raw: bytes = field(repr=False)

    @property
    def external_id(self) -> str:
        """The Message-ID, or what stands in for it."""
        return self.mail.external_id

    @property
    def has_message_id(self) -> bool:
        """Whether another copy of this mail would be recognised."""
        return self.external_id.startswith("<")


@dataclass(frozen=True, slots=True)
class SentFolder:
    """Acts on what the queue has sent, once the copies to the bot have had time to arrive. `own`: the bot's address;
    `arrivals`: the source in the inbox where they do."""

    relay: StaffRelay
    own: str
    arrivals: str = "mail"

    async def handle(self, tx: Transaction, sent: SentMail) -> str:
        """Take a lost answer for what it is, tell staff of one that went astray, or leave it at counting."""
        match sent.mail:
            case HeldMail(why=Held.NO_KEY) | HeldMail(why=Held.UNREADABLE, ticket=None):
                return "sent:about-no-ticket"
            case StaffReply() | HeldMail():
                return await (self._lost(tx, sent) if sent.to_bot else self._elsewhere(tx, sent.mail.ticket))
        return "sent:no-person-wrote-it"

    async def _lost(self, tx: Transaction, sent: SentMail) -> str:
        if not sent.has_message_id:
            # Taken from here, it could come again from the bot's mailbox and nobody would know.
            return "sent:without-message-id"
        if not await tx.take_in(self.arrivals, sent.external_id, sent.raw):
            return "sent:arrived"
        return f"sent:{await self.relay.handle(tx, sent.mail)}"

    async def _elsewhere(self, tx: Transaction, code: str | None) -> str:
        ticket = None if code is None else await tx.ticket(code)
        if ticket is None:
            return "sent:about-no-ticket"
        letters = self.relay.letters
        text = letters.knowledge.say("sent_elsewhere", letters.language, ticket=ticket.code, address=self.own)
        await letters.note(tx, ticket, text)
        return "sent:elsewhere"

    async def rescue(self, tx: Transaction, sent: SentMail) -> str:
        """The least that keeps a lost answer from being lost: staff are told that it is held."""
        known = not (sent.to_bot and sent.has_message_id)
        if known or not await tx.take_in(self.arrivals, sent.external_id, sent.raw):
            return "rescued:nothing"
        return await self.relay.rescue(tx, sent.mail)
