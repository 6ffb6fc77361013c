"""What an operator orders from the command line: it waits in the inbox and is done like all else, one at a time."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Final

from bot.desk.hold import Hold, HoldState
from bot.desk.relay import StaffRelay
from bot.desk.staff import StaffReply
from bot.desk.ticket import ALPHABET, CODE_LENGTH, Author, Ticket, TicketState
from bot.desk.transaction import Transaction
from bot.errors import UnreadableMessage

SOURCE: Final = "operator"
_CODE = re.compile(rf"[A-Z]{{2,6}}-[{ALPHABET}]{{{CODE_LENGTH}}}")
_ROW = re.compile(r"(inbox|outbox):([0-9]{1,18})")


@dataclass(frozen=True, slots=True)
class Release:
    """Take the claim off a ticket, or send what was held back. `ticket`: the code of the one that it belongs to."""

    code: str
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class Requeue:
    """Try again what was given up: of a ticket, or a single row such as `outbox:7` or `inbox:7`."""

    code: str


@dataclass(frozen=True, slots=True)
class Drop:
    """Let something held back go to nobody."""

    code: str


Order = Release | Requeue | Drop
_ORDERS: Final[Mapping[str, type[Order]]] = {"release": Release, "requeue": Requeue, "drop": Drop}


class Done(StrEnum):
    """What became of an order. What was requeued is followed by its number: `order:requeued:2`."""

    UNCLAIMED = "order:unclaimed"
    NOT_CLAIMED = "order:not-claimed"
    RELEASED = "order:released"
    DROPPED = "order:dropped"
    DECIDED = "order:decided"
    NO_TICKET = "order:no-ticket"
    UNKNOWN_TICKET = "order:unknown-ticket"
    REFUSED = "order:refused"
    REQUEUED = "order:requeued"
    NOTHING_DEAD = "order:nothing-dead"
    UNKNOWN = "order:unknown"
    FAILED = "order:failed"


def row_of(code: str) -> tuple[str, int] | None:
    """The queue and the number of a single row such as `outbox:7`; None for any other code."""
    found = _ROW.fullmatch(code)
    return (found[1], int(found[2])) if found else None


def is_code(code: str) -> bool:
    """Whether it has the form of a ticket's code, which is that of something held, too."""
    return _CODE.fullmatch(code) is not None


def packed(order: Order) -> bytes:
    """The order as it waits in the inbox."""
    kind = next(name for name, known in _ORDERS.items() if isinstance(order, known))
    return json.dumps({"order": kind, **asdict(order)}).encode()


def read(payload: bytes, _external_id: str) -> Order:
    """The order that waited in the inbox. Raises UnreadableMessage."""
    try:
        fields = json.loads(payload)
        order = _ORDERS[fields.pop("order")](**fields)
        complete = _is_complete(order)
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise UnreadableMessage("this is no order that this version of klbot knows") from error
    if not complete:
        raise UnreadableMessage("this order names neither a code nor a row")
    return order


def _is_complete(order: Order) -> bool:
    match order:
        case Release(code, ticket):
            return is_code(code) and (ticket == "" or is_code(ticket))
        case Requeue(code):
            return is_code(code) or row_of(code) is not None
        case Drop(code):
            return is_code(code)


@dataclass(frozen=True, slots=True)
class Operator:
    """Does what operators order."""

    relay: StaffRelay

    async def handle(self, tx: Transaction, order: Order) -> str:
        """Do it, or leave everything as it is; what became of it."""
        match order:
            case Release(code, named):
                return await self._release(tx, code, named)
            case Drop(code):
                return await self._drop(tx, code)
            case Requeue(code):
                return await self._requeue(tx, code)

    async def rescue(self, tx: Transaction, order: Order) -> str:
        """An order that cannot be done is given up: whoever gave it is told, and it can be given again."""
        return Done.FAILED

    # -- claims and what is held ------------------------------------------------------------------

    async def _release(self, tx: Transaction, code: str, named: str) -> str:
        if (ticket := await tx.ticket(code)) is not None:
            return await self._unclaim(tx, ticket)
        if (hold := await tx.hold(code)) is not None:
            return await self._send(tx, hold, named)
        return Done.UNKNOWN

    async def _unclaim(self, tx: Transaction, ticket: Ticket) -> str:
        if ticket.claimed_by is None:
            return Done.NOT_CLAIMED
        await self.relay.orders.unclaim(tx, ticket, "operator_unclaimed")
        return Done.UNCLAIMED

    async def _send(self, tx: Transaction, hold: Hold, named: str) -> str:
        if hold.state is not HoldState.HELD:
            return Done.DECIDED
        code = named or hold.ticket
        if not code:
            return Done.NO_TICKET
        if await tx.ticket(code) is None:
            return Done.UNKNOWN_TICKET
        by = StaffReply(ticket=hold.code, text="", sender="", external_id=f"{SOURCE}:{hold.code}")
        outcome = await self.relay.release(tx, hold, by, code)
        return Done.RELEASED if outcome == "hold:released" else Done.REFUSED

    async def _drop(self, tx: Transaction, code: str) -> str:
        hold = await tx.hold(code)
        if hold is None:
            return Done.UNKNOWN
        if hold.state is not HoldState.HELD:
            return Done.DECIDED
        await tx.keep_hold(hold.decided(HoldState.DROPPED))
        return Done.DROPPED

    # -- dead letters -----------------------------------------------------------------------------

    async def _requeue(self, tx: Transaction, code: str) -> str:
        match row_of(code):
            case ("inbox", number):
                return _requeued(int(await tx.revive_received(number)))
            case (_, number):
                return _requeued(await self._revive(tx, await tx.ticket_of_delivery(number), [number]))
        ticket = await tx.ticket(code)
        if ticket is None:
            return Done.UNKNOWN
        return _requeued(await self._revive(tx, ticket, await tx.dead_deliveries(ticket)))

    async def _revive(self, tx: Transaction, ticket: Ticket | None, deliveries: Sequence[int]) -> int:
        """How many of them were dead and are due again."""
        revived = [payload for one in deliveries if (payload := await tx.revive(one)) is not None]
        if ticket is not None and any("staff_words" in payload for payload in revived):
            await self._expect(tx, ticket)
        return len(revived)

    async def _expect(self, tx: Transaction, ticket: Ticket) -> None:
        """The ticket stands where it stood before its last word to the citizen was given up."""
        if ticket.state is not TicketState.UNDELIVERABLE:
            return
        said = [one.author for one in await tx.messages(ticket) if one.author in (Author.STAFF, Author.ASKING)]
        state = TicketState.WAITING if said[-1:] == [Author.ASKING] else TicketState.ANSWERED
        await tx.keep_ticket(ticket.moved(state, tx.now))


def _requeued(count: int) -> str:
    return f"{Done.REQUEUED}:{count}" if count else Done.NOTHING_DEAD
