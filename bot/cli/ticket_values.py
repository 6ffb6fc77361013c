"""What `klbot tickets --json` prints: no word of a citizen unless it is asked for."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.desk.hold import Hold
from bot.desk.ticket import Ticket
from bot.storage.rows.overview import Incoming, Outgoing, Stuck


def tickets_as_values(tickets: Sequence[Ticket], stuck: Stuck, *, texts: bool) -> dict[str, Any]:
    """`tickets`, and under `stuck` how much is `held` and was given up on the way out and in."""
    return {
        "tickets": [_ticket(one) | ({"question": one.question} if texts else {}) for one in tickets],
        "stuck": {"held": stuck.held, "outgoing": stuck.outgoing, "incoming": stuck.incoming},
    }


def _ticket(ticket: Ticket) -> dict[str, Any]:
    return {
        "code": ticket.code,
        "state": ticket.state,
        "created_at": _moment(ticket.created_at),
        "changed_at": _moment(ticket.changed_at),
        "due_at": _moment(ticket.due_at),
        "claimed_by": ticket.claimed_by,
        "handed_to": ticket.handed_to,
        "mails": ticket.mails,
    }


def held_as_values(holds: Sequence[Hold]) -> dict[str, Any]:
    """`held`: what waits for a decision."""
    names = ("code", "reason", "ticket", "sender")
    return {"held": [{"at": _moment(one.at)} | {name: getattr(one, name) for name in names} for one in holds]}


def dead_as_values(outgoing: Sequence[Outgoing], incoming: Sequence[Incoming]) -> dict[str, Any]:
    """`outgoing` and `incoming`: what was given up."""
    return {
        "outgoing": [
            {
                "number": f"outbox:{one.id}",
                "at": _moment(one.finished_at),
                "channel": one.channel,
                "ticket": one.ticket,
                "attempts": one.attempts,
                "error": one.error,
            }
            for one in outgoing
        ],
        "incoming": [
            {
                "number": f"inbox:{one.id}",
                "received_at": _moment(one.received_at),
                "source": one.source,
                "attempts": one.attempts,
                "error": one.error,
            }
            for one in incoming
        ],
    }


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
