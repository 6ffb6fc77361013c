"""Signs on the citizen's own message of how far their question has come; words say the same."""

from dataclasses import dataclass
from enum import StrEnum

from bot.desk.ticket import Ticket
from bot.desk.transaction import Transaction


class Step(StrEnum):
    """How far a question has come. GONE: the citizen took it back."""

    RECEIVED = "received"
    WITH_TEAM = "with-team"
    ANSWERED = "answered"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Reactions:
    """Puts such signs into the outbox, each at most once for a ticket. `citizens`: their channel's name."""

    citizens: str
    wanted: bool = True

    async def show(self, tx: Transaction, ticket: Ticket, step: Step) -> None:
        """The message that opened the ticket shows this step from now on, where the channel can do that."""
        opening = await tx.opening_exchange(ticket) if self.wanted else None
        if opening is None or not opening.external_id:
            return
        payload = {"kind": "reaction", "on": opening.external_id, "step": str(step)}
        # Its own conversation: no message has to wait for a sign.
        conversation, key = f"reaction:{ticket.id}", f"reaction:{ticket.code}:{step}"
        await tx.send(self.citizens, conversation, key, payload, chat=ticket.chat)


NONE = Reactions("", wanted=False)
