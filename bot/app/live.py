"""What answers now, and how it is replaced: in one step, between two messages."""

import asyncio
from collections.abc import AsyncIterator, Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from bot.app.desk import Desk
from bot.desk.brakes import Handle, Message, telling
from bot.desk.editors import Editors
from bot.desk.outbox import Delivery, Witness
from bot.desk.transaction import Transaction
from bot.knowledge.entry import KnowledgeBase
from bot.knowledge.watching import changes, signature
from bot.matching.building import Built, Missed, Order, Refused, material, missed
from bot.matching.matcher import Matcher
from bot.matching.workshop import build_beside

LOOK_EVERY = timedelta(seconds=5)


class LiveDesk:
    """The desk in use. `make`: makes one; `order`: how another base is built from the files; `now`: in the city."""

    def __init__(
        self,
        make: Callable[[KnowledgeBase, Matcher], Desk],
        order: Order,
        base: KnowledgeBase,
        matcher: Matcher,
        now: Callable[[], datetime],
    ) -> None:
        self._now = now
        self._make = make
        self._order = replace(order, material=material(base))
        self._desk = make(base, matcher)

    def __call__(self) -> Desk:
        """The desk in use. Whoever handles a message asks for it once."""
        return self._desk

    def handling(self, choose: Callable[[Desk], Handle[Message]]) -> Handle[Message]:
        """A handler that hands each message to that of the desk in use when it begins; staff are told of brakes."""

        async def handle(tx: Transaction, message: Message) -> str:
            desk = self._desk
            return await telling(choose(desk), desk.letters)(tx, message)

        return handle

    def rescuing(self, choose: Callable[[Desk], Handle[Message]]) -> Handle[Message]:
        """The same for what could not be handled, which is to do the least that is needed."""

        async def rescue(tx: Transaction, message: Message) -> str:
            return await choose(self._desk)(tx, message)

        return rescue

    # -- what the renewal asks --------------------------------------------------------------------

    @property
    def base(self) -> KnowledgeBase:
        """What is known now."""
        return self._desk.knowledge

    @property
    def editors(self) -> Sequence[Editors]:
        """Who is told what became of a change."""
        return self._desk.editors

    async def missed(self) -> Sequence[Missed]:
        """The labelled questions that are not met well."""
        return await asyncio.to_thread(missed, self._desk.matcher, self.base)

    async def build(self) -> Built | Refused:
        """What the files are now."""
        return await build_beside(self._order, self._now())

    def use(self, built: Built) -> None:
        """From now on, this."""
        self._order = replace(self._order, material=built.material)
        self._desk = self._make(built.base, built.matcher or self._desk.matcher)


@dataclass(frozen=True, slots=True)
class LiveWitness:
    """Tells people what became of deliveries, in the words of the desk in use."""

    desk: Callable[[], Desk]

    @property
    def _witness(self) -> Witness:
        return self.desk().relay

    async def delivered(self, tx: Transaction, delivery: Delivery) -> None:
        """A delivery whose payload asks for a receipt has arrived in this transaction."""
        await self._witness.delivered(tx, delivery)

    async def undeliverable(self, tx: Transaction, delivery: Delivery, reason: str) -> None:
        """A delivery was given up in this transaction."""
        await self._witness.undeliverable(tx, delivery, reason)


@dataclass(frozen=True, slots=True)
class WatchedFolder:
    """The files of the knowledge base."""

    path: Path

    def signature(self) -> Hashable:
        """Another one after each change."""
        return signature(self.path)

    def changes(self) -> AsyncIterator[None]:
        """Says when to look, until cancelled."""
        return changes(self.path, LOOK_EVERY)
