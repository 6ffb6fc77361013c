"""Loop brakes: how many mails an hour leave by themselves; the others wait, and a person is told."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, TypeVar

import structlog

from bot.desk.letters import Letters
from bot.desk.transaction import Transaction

log = structlog.get_logger()

HOUR: Final = timedelta(hours=1)
Message = TypeVar("Message")
Handle = Callable[[Transaction, Message], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Brakes:
    """How many deliveries an hour one ticket, and all together, may cause on a channel."""

    per_ticket: int = 5
    in_all: int = 200


def telling(handle: Handle[Message], letters: Letters) -> Handle[Message]:
    """The same handler; when one of its mails has to wait, staff are told, at most once an hour for each cause."""

    async def told(tx: Transaction, message: Message) -> str:
        outcome = await handle(tx, message)
        for ticket in tx.braked:
            log.error("brakes.holding", ticket=ticket)
            await letters.braked(tx, ticket)
        return outcome

    return told
