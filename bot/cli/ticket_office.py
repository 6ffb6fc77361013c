"""The work behind `klbot tickets`: open the database beside the bot, look or order, print."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

import typer

from bot.cli import ticket_tables
from bot.cli.ticket_list import show_tickets
from bot.cli.ticket_page import Page
from bot.cli.ticket_values import dead_as_values, held_as_values, tickets_as_values
from bot.cli.ticket_words import terminal
from bot.errors import KlbotError
from bot.storage.shared import SharedStore, open_shared

if TYPE_CHECKING:
    from bot.desk.operator import Order

Result = TypeVar("Result")


def now() -> datetime:
    """The time, aware and in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Office:
    """Prints what is asked for. `database`: its address; `zone`: the clocks of staff. Everything raises KlbotError."""

    database: str
    zone: ZoneInfo

    # -- looking ----------------------------------------------------------------------------------

    def list_tickets(self, *, answered: bool, texts: bool, as_json: bool) -> None:
        """Tickets, oldest first, and what else waits. `texts`: with citizens' words."""

        async def look(store: SharedStore) -> None:
            async with store.looking() as overview:
                found, stuck = await overview.listed(answered=answered), await overview.stuck()
            if as_json:
                _print(tickets_as_values(found, stuck, texts=texts))
            else:
                console = terminal()
                show_tickets(console, found, now(), texts=texts)
                ticket_tables.show_counts(console, found, stuck)

        self._with(look)

    def list_held(self, *, as_json: bool) -> None:
        """What waits for a decision, oldest first."""

        async def look(store: SharedStore) -> None:
            async with store.looking() as overview:
                found = await overview.held()
            if as_json:
                _print(held_as_values(found))
            else:
                ticket_tables.show_held(terminal(), found, self.zone)

        self._with(look)

    def list_dead(self, *, as_json: bool) -> None:
        """What was given up, oldest first."""

        async def look(store: SharedStore) -> None:
            async with store.looking() as overview:
                outgoing, incoming = await overview.dead_outgoing(), await overview.dead_incoming()
            if as_json:
                _print(dead_as_values(outgoing, incoming))
            else:
                ticket_tables.show_dead(terminal(), outgoing, incoming, self.zone)

        self._with(look)

    def show(self, given: str) -> None:
        """Everything about a ticket or something held."""
        code = _tidy(given)

        async def look(store: SharedStore) -> None:
            page = Page(terminal(), self.zone, now())
            async with store.looking() as overview:
                if (ticket := await overview.ticket(code)) is not None:
                    outgoing, holds = await overview.outgoing_of(ticket), await overview.holds_of(ticket)
                    page.ticket(ticket, await overview.said(ticket), outgoing, holds)
                elif (hold := await overview.hold(code)) is not None:
                    payload = await overview.received(hold.source, hold.external_id)
                    row = await overview.arrival(hold.source, hold.external_id)
                    page.hold(hold, row, _words(hold.source, payload))
                else:
                    raise KlbotError(f"There is neither a ticket nor anything held with the code {code}.")

        self._with(look)

    # -- ordering ---------------------------------------------------------------------------------

    def release(self, code: str, ticket: str) -> None:
        """Take a claim off, or let something held be acted on."""
        from bot.desk.operator import Release  # noqa: PLC0415 -- looking starts faster without the desk

        self._order(Release(_tidy(code), _tidy(ticket)))

    def requeue(self, code: str) -> None:
        """Make what was given up due again."""
        from bot.desk.operator import Requeue  # noqa: PLC0415 -- as above

        self._order(Requeue(code.strip().lower() if ":" in code else _tidy(code)))

    def drop(self, code: str) -> None:
        """Let something held go to nobody."""
        from bot.desk.operator import Drop  # noqa: PLC0415 -- as above

        self._order(Drop(_tidy(code)))

    def _order(self, order: "Order") -> None:
        from bot.cli.ticket_orders import give  # noqa: PLC0415 -- as above

        async def ordered(store: SharedStore) -> None:
            typer.echo(await give(store, order))

        self._with(ordered)

    def _with(self, work: Callable[[SharedStore], Awaitable[Result]]) -> Result:
        async def opened() -> Result:
            async with open_shared(self.database, now) as store:
                return await work(store)

        return asyncio.run(opened())


def _tidy(code: str) -> str:
    """A code as people type it or copy it out of a subject: `[kl-7f3k9q]`."""
    return code.strip(" []#").upper()


def _print(values: Any) -> None:
    typer.echo(json.dumps(values, ensure_ascii=False))


def _words(source: str, payload: bytes | None) -> str | None:
    """What a mail says, as far as it can be read; None for nothing."""
    if payload is None or source != "mail":
        return None
    from bot.mail.parts import parsed, texts_of  # noqa: PLC0415 -- reading HTML takes a moment to load

    return texts_of(parsed(payload)).visible
