"""The staff's board: one card a ticket, kept true to what the ticket has come to, however fast that changes."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from bot.desk.cards import Card, Cards
from bot.desk.ending import to_its_end
from bot.desk.outbox import Patience
from bot.desk.ticket import UNANSWERED, Message, Ticket, TicketState
from bot.desk.transaction import Exchange
from bot.errors import DeliveryFailed, StorageError

log = structlog.get_logger()

# A ticket without a card gets one while staff owe the citizen something.
HANGING: Final = UNANSWERED | {TicketState.UNDELIVERABLE}
# When nothing can be shown at all, say because the bot was thrown out, it is tried again so often.
OUT_OF_SIGHT: Final = timedelta(minutes=1)
PATIENCE: Final = Patience(longest=timedelta(minutes=1))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a card hangs, in ids that only the wall understands. Without `message` it is to be hung anew.

    `closed`: the card's own topic takes no more words.
    """

    message: str | None
    topic: str | None = None
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Stale:
    """A ticket whose card is missing or out of date. `digest` and `state`: what the card shows now.

    `news`: what the citizen said since staff were last told; `heard`: how far that reaches.
    """

    ticket: Ticket
    place: Place | None
    digest: str | None
    state: TicketState | None
    heard: int
    news: Sequence[str]


class Wall(Protocol):
    """Where cards hang in sight of staff."""

    async def free(self) -> None:
        """Wait until something may be shown."""

    async def show(self, card: Card, place: Place | None, keep: Callable[[Place], Awaitable[None]]) -> None:
        """Hang the card or change it in place. Each new place is kept at once. Raises DeliveryFailed."""

    async def announce(self, place: Place, text: str, keep: Callable[[str], Awaitable[None]]) -> bool:
        """Say something below the card, and keep the new message's id; False if the card is gone.

        Raises DeliveryFailed.
        """


class BoardTransaction(Protocol):
    """What the board reads and writes; `storage.rows.cards.CardRows` says what each does."""

    async def stale_card(self) -> Stale | None: ...
    async def messages(self, ticket: Ticket) -> Sequence[Message]: ...
    async def opening_exchange(self, ticket: Ticket) -> Exchange | None: ...
    async def keep_place(self, ticket: Ticket, place: Place) -> None: ...
    async def keep_shown(self, ticket: Ticket, digest: str, heard: int) -> None: ...
    async def keep_post(self, external_id: str, ticket: Ticket, digest: str | None = None) -> bool | None: ...
    async def lose_card(self, ticket: int) -> None: ...
    async def place_of(self, ticket: int) -> Place | None: ...

    @property
    def now(self) -> datetime: ...


class BoardStore(Protocol):
    """What the board asks of storage."""

    def begin(self) -> AbstractAsyncContextManager[BoardTransaction]: ...


class Board:
    """Shows every ticket's present state, one after the other. What changes meanwhile is shown once, as it is then."""

    def __init__(
        self,
        store: BoardStore,
        wall: Wall,
        cards: Callable[[], Cards],
        *,
        jitter: Callable[[], float],
        patience: Patience = PATIENCE,
        look_every: timedelta = timedelta(seconds=1),
    ) -> None:
        self._store = store
        self._wall = wall
        self._cards = cards
        self._jitter = jitter
        self._patience = patience
        self._look_every = look_every
        self._news = asyncio.Event()
        self._failures = 0

    def wake(self) -> None:
        """A ticket may have changed."""
        self._news.set()

    async def run(self) -> None:
        """Keep the board true until cancelled."""
        while True:
            self._news.clear()
            pause = await self._turn()
            if pause:
                await asyncio.sleep(pause.total_seconds())
            elif pause is None:
                # Not wait_for: before Python 3.12 it swallows a cancellation that comes together with the news.
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._look_every.total_seconds()):
                        await self._news.wait()

    async def _turn(self) -> timedelta | None:
        """One card, whatever happens; how long to wait before the next. None: all is shown."""
        try:
            if not await self.step():
                return None
        except DeliveryFailed as failure:
            return self._failed(failure)
        except StorageError as error:
            log.error("board.storage_failed", error=str(error))
            return None
        self._failures = 0
        return timedelta(0)

    def _failed(self, failure: DeliveryFailed) -> timedelta:
        if failure.permanent:
            log.error("board.out_of_sight", reason=failure.reason)
            return OUT_OF_SIGHT
        self._failures += 1
        pause = failure.retry_after
        if pause is None:
            pause = self._patience.pause(self._failures, self._jitter())
        log.warning("board.postponed", reason=failure.reason, seconds=round(pause.total_seconds(), 1))
        return pause

    async def step(self) -> bool:
        """Show the ticket that is most in need of it; whether one was. Raises DeliveryFailed, StorageError."""
        if await to_its_end(self._stale()) is None:
            return False
        # Only now it is looked at in earnest: what is shown must be true at that moment.
        await self._wall.free()
        found = await to_its_end(self._stale())
        if found is None:
            return False
        await self._show(*found)
        return True

    async def _stale(self) -> tuple[Stale, Card] | None:
        async with self._store.begin() as tx:
            stale = await tx.stale_card()
            if stale is None:
                return None
            ticket = stale.ticket
            said, opening = await tx.messages(ticket), await tx.opening_exchange(ticket)
            return stale, self._cards().card(ticket, said, opening, tx.now)

    async def _show(self, stale: Stale, card: Card) -> None:
        ticket = stale.ticket

        async def keep(place: Place) -> None:
            async with self._store.begin() as tx:
                await tx.keep_place(ticket, place)

        try:
            if stale.digest != card.digest:
                await self._wall.show(card, stale.place, keep)
            hangs = await self._announce(stale)
        except DeliveryFailed as failure:
            if not failure.our_fault:
                raise
            # This one card is refused; the others must not wait for it.
            log.error("board.refused", ticket=ticket.code, reason=failure.reason)
            await to_its_end(keep(stale.place or Place(None)))
            hangs = True
        await to_its_end(self._keep(stale, card, hangs=hangs))

    async def _announce(self, stale: Stale) -> bool:
        """Say below the card what staff must not miss: changing it rings no bell. Whether the card still hangs."""
        text = self._cards().announcement(stale.ticket, stale.news, before=stale.state)
        place = await to_its_end(self._place(stale.ticket))
        # One that was hung just now has rung the bell itself.
        is_new = stale.place is None or place is None or place.message != stale.place.message
        if text is None or is_new or place is None:
            return True

        async def keep(external_id: str) -> None:
            async with self._store.begin() as tx:
                await tx.keep_post(external_id, stale.ticket)

        return await self._wall.announce(place, text, keep)

    async def _place(self, ticket: Ticket) -> Place | None:
        async with self._store.begin() as tx:
            return await tx.place_of(ticket.id)

    async def _keep(self, stale: Stale, card: Card, *, hangs: bool) -> None:
        async with self._store.begin() as tx:
            if hangs:
                await tx.keep_shown(stale.ticket, card.digest, stale.heard)
            else:
                await tx.lose_card(stale.ticket.id)
        log.info("board.shown", ticket=stale.ticket.code, version=stale.ticket.version, hangs=hangs)
