"""Taking over changes of the knowledge base while the bot runs; on any error the one in use stays."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from bot.desk.editors import Editors
from bot.desk.ending import to_its_end
from bot.desk.knowledge_state import NAME, KnowledgeState, signs, unpacked
from bot.desk.obstacles import broken_musts
from bot.desk.transaction import Transaction
from bot.errors import Complaint, KlbotError, StorageError
from bot.knowledge.entry import KnowledgeBase, LabelledQuestion
from bot.matching.building import Built, Missed, Refused

log = structlog.get_logger()

# Files that were saved a moment ago may be followed by others of the same change.
SETTLED: Final = timedelta(seconds=0.4)
# A builder that has failed, say for want of memory, is asked again so much later.
AGAIN: Final = timedelta(minutes=1)
NOTED_EVERY: Final = timedelta(seconds=30)
PLACES: Final = 10


class RenewalTransaction(Transaction, Protocol):
    """A transaction that also keeps the state of the knowledge base."""

    async def state(self, name: str) -> str | None:
        """What was kept under this name."""

    async def keep_state(self, name: str, value: str) -> None:
        """Keep it in place of what was kept before."""


class RenewalStore(Protocol):
    """What the renewal asks of storage."""

    def begin(self) -> AbstractAsyncContextManager[RenewalTransaction]: ...


class Live(Protocol):
    """What the bot answers with now."""

    @property
    def base(self) -> KnowledgeBase: ...
    @property
    def editors(self) -> Sequence[Editors]:
        """Who is told what became of a change, each to be written to with the words of the base in use."""

    async def missed(self) -> Sequence[Missed]:
        """The labelled questions that are not met well."""

    async def build(self) -> Built | Refused:
        """What the files are now, made without holding up an answer. Raises KlbotError when it cannot be made."""

    def use(self, built: Built) -> None:
        """From now on, this. The next message meets all of it, one that is being handled nothing."""


class Folder(Protocol):
    """The files. `signature` differs after each change; `changes` says when to look, until cancelled."""

    def signature(self) -> Hashable: ...
    def changes(self) -> AsyncIterator[None]: ...


class Renewal:
    """Looks at the files, and has what is right taken over.

    `seen`: the signature of the files from which the base in use was read; `on_taken`: a change was taken
    over or refused, and somebody may be told of it.
    """

    def __init__(
        self,
        store: RenewalStore,
        live: Live,
        folder: Folder,
        seen: Hashable,
        *,
        clock: Callable[[], datetime],
        on_taken: Callable[[], None],
        settled: timedelta = SETTLED,
        again: timedelta = AGAIN,
    ) -> None:
        self._store = store
        self._live = live
        self._folder = folder
        self._clock = clock
        self._on_taken = on_taken
        self._settled = settled
        self._again = again
        self._seen = seen
        self._state = KnowledgeState()
        self._missed: Sequence[Missed] = ()

    async def run(self) -> None:
        """Look until cancelled."""
        await self.begin()
        async for _ in self._folder.changes():
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001 -- whatever a change trips over, the bot goes on answering
                log.error("knowledge.failed", error=type(error).__name__)
                await asyncio.sleep(self._again.total_seconds())

    async def begin(self) -> None:
        """Keep what the bot has started with; what was refused before it has mended by that."""
        self._missed = await self._live.missed()

        async def written(tx: RenewalTransaction) -> KnowledgeState:
            kept = unpacked(await tx.state(NAME))
            if kept.refused:
                await self._tell_mended(tx)
            return self._in_use(kept, ())

        await self._write(written)

    async def look(self) -> None:
        """Take over what has changed, once it is saved as a whole."""
        while (signature := await self._signature()) != self._seen:
            if not await self._is_settled(signature):
                continue
            try:
                found = await self._live.build()
            except KlbotError as error:
                log.error("knowledge.not_built", error=str(error))
                await asyncio.sleep(self._again.total_seconds())
                continue
            if signature != await self._signature():
                continue  # What was built is half of this change and half of the next.
            self._seen = signature
            await self._take(found)
            self._on_taken()
        await self._note_look()

    async def _signature(self) -> Hashable:
        return await asyncio.to_thread(self._folder.signature)

    async def _is_settled(self, signature: Hashable) -> bool:
        await asyncio.sleep(self._settled.total_seconds())
        return signature == await self._signature()

    async def _take(self, found: Built | Refused) -> None:
        if isinstance(found, Refused):
            await self._refuse(found.complaints)
        elif wrong := broken_musts(self._spoilt(found)):
            await self._refuse(wrong)
        else:
            await self._use(found)

    # -- refused ----------------------------------------------------------------------------------

    async def _refuse(self, complaints: Sequence[Complaint]) -> None:
        places = [f"{one.file}:{one.line}:{one.column}" for one in complaints[:PLACES]]
        log.error("knowledge.refused", version=self._live.base.version, complaints=len(complaints), places=places)

        async def written(tx: RenewalTransaction) -> KnowledgeState:
            if self._state.untold(complaints):
                for editor in self._live.editors:
                    await editor.refused(tx, complaints)
            told = tuple(dict.fromkeys((*self._state.told, *signs(complaints))))
            since = self._state.refused_at or tx.now
            listed = tuple(str(one) for one in complaints)
            return replace(self._state, refused=listed, refused_at=since, told=told)

        await self._write(written)

    # -- taken over -------------------------------------------------------------------------------

    async def _use(self, built: Built) -> None:
        spoilt = self._spoilt(built)
        if built.base.version != self._live.base.version:
            self._live.use(built)
            log.info("knowledge.in_use", version=built.base.version, missed=len(spoilt))
        self._missed = self._missed if built.matcher is None else built.missed
        missed = self._state.missed if built.matcher is None else tuple(one.question.text for one in spoilt)

        async def written(tx: RenewalTransaction) -> KnowledgeState:
            if self._state.refused:
                await self._tell_mended(tx)
            for editor in self._live.editors if spoilt else ():
                await editor.missed(tx, spoilt)
            return self._in_use(self._state, missed)

        await self._write(written)

    def _spoilt(self, built: Built) -> Sequence[Missed]:
        """The labelled questions that were met well until now."""
        asked = {_sense(one) for one in self._live.base.questions}
        before = {_sense(one.question) for one in self._missed}
        return [one for one in built.missed if _sense(one.question) in asked - before]

    async def _tell_mended(self, tx: Transaction) -> None:
        log.info("knowledge.mended", version=self._live.base.version)
        for editor in self._live.editors:
            await editor.mended(tx)

    # -- the state --------------------------------------------------------------------------------

    def _in_use(self, before: KnowledgeState, missed: tuple[str, ...]) -> KnowledgeState:
        base = self._live.base
        since = before.since if before.version == base.version else None
        entries = sum(1 for _ in base.entries())
        return KnowledgeState(base.version, since or self._clock(), entries, str(base.folder), missed=missed)

    async def _note_look(self) -> None:
        looked_at = self._state.looked_at
        if looked_at is None or self._clock() - looked_at >= NOTED_EVERY:
            await self._write(self._unchanged)

    async def _unchanged(self, _tx: RenewalTransaction) -> KnowledgeState:
        return self._state

    async def _write(self, written: Callable[[RenewalTransaction], Awaitable[KnowledgeState]]) -> None:
        """Keep the state, together with what is sent about it."""

        async def write() -> KnowledgeState:
            async with self._store.begin() as tx:
                state = replace(await written(tx), looked_at=tx.now)
                await tx.keep_state(NAME, state.packed())
            return state

        try:
            self._state = await to_its_end(write())
        except StorageError as error:
            # What answers is right all the same, but nobody was told: the next look does all of it again.
            log.error("knowledge.storage_failed", error=str(error))
            self._seen = None


def _sense(question: LabelledQuestion) -> tuple[str, str, tuple[str, ...]]:
    return question.text, question.kind, question.entries
