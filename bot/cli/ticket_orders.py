"""Giving an order to the running bot, and waiting for what becomes of it."""

import asyncio
import time
import uuid
from collections.abc import Mapping
from typing import Final

from bot.desk.operator import SOURCE, Done, Drop, Order, Release, Requeue, is_code, packed, row_of
from bot.errors import KlbotError
from bot.storage.rows.overview import Incoming, Overview
from bot.storage.shared import SharedStore

PATIENCE: Final = 5.0  # seconds
_LOOK_EVERY: Final = 0.1

_DONE: Final[Mapping[Done | None, str]] = {
    Done.UNCLAIMED: "{code} is claimed by nobody any more; the team is told.",
    Done.RELEASED: "{code} is released and acted on.",
    Done.DROPPED: "{code} is dropped: it goes to nobody.",
}
_REFUSED: Final[Mapping[Done | None, str]] = {
    Done.NOT_CLAIMED: "{code} is claimed by nobody.",
    Done.DECIDED: "{code} was released or dropped before.",
    Done.NO_TICKET: "{code} belongs to no ticket; name one: klbot tickets release {code} --ticket KL-…",
    Done.UNKNOWN_TICKET: "There is no ticket {ticket}.",
    Done.REFUSED: "{code} cannot be sent as an answer; the team is told why.",
    Done.NOTHING_DEAD: "Nothing of {code} was given up.",
    Done.UNKNOWN: "There is neither a ticket nor anything held with the code {code}.",
    Done.FAILED: "The bot failed with this order again and again; its log says where.",
}


async def give(store: SharedStore, order: Order) -> str:
    """Order it, and wait a moment for the bot: the sentence that says what became of it. Raises KlbotError."""
    async with store.looking() as overview:
        await _check(overview, order)
    number = uuid.uuid4().hex
    await store.order(SOURCE, number, packed(order))
    row = await _handled(store, number)
    if row is not None and row.state == "done":
        return _told(order, row.outcome or "")
    if row is not None and row.state == "dead":
        raise KlbotError(f"The running bot does not know this order ({row.error}); is it of the same version?")
    if not store.is_running:
        return "The bot is not running: it will be done when it starts."
    if row is not None and row.attempts:
        return "The bot failed with it and will try again; its log says where."
    return "The bot has not done it yet; it is the next thing in its inbox after what came before."


async def _handled(store: SharedStore, number: str) -> Incoming | None:
    """The order's row of the inbox when it is done or given up, or when waiting helps no more."""
    end = time.monotonic() + PATIENCE
    while True:
        async with store.looking() as overview:
            row = await overview.arrival(SOURCE, number)
        is_over = row is not None and row.state != "new"
        if is_over or time.monotonic() > end or not store.is_running:
            return row
        await asyncio.sleep(_LOOK_EVERY)


async def _check(overview: Overview, order: Order) -> None:
    """Refuse at once what names nothing that there is."""
    if row := row_of(order.code):
        queue, number = row
        found = await (overview.incoming(number) if queue == "inbox" else overview.outgoing(number))
        if not isinstance(order, Requeue) or found is None:
            raise KlbotError(f"There is no {order.code} that could be ordered about.")
        return
    ticket, hold = await overview.ticket(order.code), await overview.hold(order.code)
    if not is_code(order.code) or (ticket is None and hold is None):
        raise KlbotError(_REFUSED[Done.UNKNOWN].format(code=order.code))
    if isinstance(order, Drop) and hold is None:
        raise KlbotError(f"{order.code} is a ticket; only what is held back can be dropped.")
    if isinstance(order, Requeue) and ticket is None:
        raise KlbotError(f"{order.code} is held back; klbot tickets release or drop decides about it.")
    if isinstance(order, Release) and order.ticket:
        await _check_ticket(overview, order.code, order.ticket, is_held=hold is not None)


async def _check_ticket(overview: Overview, code: str, named: str, *, is_held: bool) -> None:
    if not is_held:
        raise KlbotError(f"--ticket: {code} is a ticket itself; only what is held back needs one.")
    if await overview.ticket(named) is None:
        raise KlbotError(_REFUSED[Done.UNKNOWN_TICKET].format(ticket=named))


def _told(order: Order, outcome: str) -> str:
    names = {"code": order.code, "ticket": order.ticket if isinstance(order, Release) else ""}
    if outcome.startswith(Done.REQUEUED):
        return _requeued(order.code, outcome.rpartition(":")[2])
    done = next((one for one in Done if one == outcome), None)
    if done in _REFUSED:
        raise KlbotError(_REFUSED[done].format(**names))
    return _DONE[done].format(**names) if done in _DONE else f"{order.code}: {outcome}."


def _requeued(code: str, count: str) -> str:
    if code.startswith("inbox:"):
        return f"{code} will be handled once more."
    return f"{code}: {count} given up {'delivery is' if count == '1' else 'deliveries are'} due again."
