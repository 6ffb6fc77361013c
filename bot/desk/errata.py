"""Telling people that an answer has changed: one that was wrong when they got it, or one they wanted to hear of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import structlog

from bot.desk.afterwards import Afterwards
from bot.desk.given import Followed, Given, Subscription
from bot.desk.giving import follow_button, remember
from bot.desk.transaction import Transaction
from bot.knowledge.entry import Entry, KnowledgeBase, Language, Standing

log = structlog.get_logger()


class ErrataTransaction(Transaction, Protocol):
    """A transaction that also knows who was given what."""

    async def in_use_since(self, entry: str, corrected: str) -> datetime:
        """Since when this correction of an entry is in use; if it was not known, since now."""

    async def given_before(
        self, entry: str, before: datetime, since: datetime, digests: Mapping[Language, str], limit: int
    ) -> Sequence[Given]:
        """The last answer each chat was given to this entry, if that was `since` and `before`, and is another one now.

        `digests`: of what is given now. Whoever has blocked the bot is left out.
        """

    async def forget_given(self, before: datetime) -> None:
        """Forget the answers that were given before this moment."""

    async def followed(self) -> Sequence[Followed]:
        """What anybody wants to hear of, each once. Whoever has blocked the bot is left out."""

    async def followers(self, followed: Followed, limit: int) -> Sequence[Subscription]:
        """Who wants to hear of that, in the order in which they said so. Who has blocked the bot is left out."""

    async def rename_followed(self, old: str, new: str) -> None:
        """An entry has another id now; who wants to hear of both wants to hear of one."""

    async def unsubscribe_from(self, chat: int, entry: str) -> None:
        """Forget a chat's subscription to this entry, if it has one."""


@dataclass(frozen=True, slots=True)
class Errata:
    """Knows what is to be told about the answers of one knowledge base.

    `kept`: how long it is remembered who was given which answer; `zone`: by whose calendar an answer grows old.
    """

    words: Afterwards
    zone: ZoneInfo
    kept: timedelta

    @property
    def _knowledge(self) -> KnowledgeBase:
        return self.words.phrases.knowledge

    async def tell(self, tx: ErrataTransaction, limit: int) -> int:
        """Tell at most so many people, each once, and remember it; how many were told. 0: everybody knows."""
        return await self._corrections(tx, limit) or await self._news(tx, limit)

    async def forget(self, tx: ErrataTransaction) -> None:
        """Forget what was given too long ago for a correction."""
        await tx.forget_given(tx.now - self.kept)

    # -- corrections ------------------------------------------------------------------------------

    async def _corrections(self, tx: ErrataTransaction, limit: int) -> int:
        today = tx.now.astimezone(self.zone).date()
        for entry in self._knowledge.known():
            if entry.corrected is None or entry.standing(today) is Standing.OUTDATED:
                continue
            before = await tx.in_use_since(entry.id, entry.corrected)
            digests = {language: entry.digest(language) for language in Language}
            wrong = await tx.given_before(entry.id, before, tx.now - self.kept, digests, limit)
            for given in wrong:
                await self._correct(tx, entry, given)
            if wrong:
                log.info("errata.corrected", entry=entry.id, corrected=entry.corrected, chats=len(wrong))
                return len(wrong)
        return 0

    async def _correct(self, tx: ErrataTransaction, entry: Entry, given: Given) -> None:
        # Who also wanted to hear of a change hears of it by this.
        await tx.unsubscribe_from(given.chat, entry.id)
        key = f"correction:{given.chat}:{entry.id}:{entry.corrected}"
        words = self.words.correction(entry, given.language, given.plain)
        await self._send(tx, given.chat, given.channel, key, words, entry, given.language)

    # -- subscriptions ----------------------------------------------------------------------------

    async def _news(self, tx: ErrataTransaction, limit: int) -> int:
        for followed in await tx.followed():
            entry = await self._found(tx, followed)
            if entry is None and self._is_draft(followed.entry):
                continue
            if entry is not None and entry.digest(followed.language) == followed.digest:
                continue
            waiting = await tx.followers(followed, limit)
            for one in waiting:
                await self._tell(tx, entry, one)
            if waiting:
                log.info("errata.told", entry=followed.entry, chats=len(waiting))
                return len(waiting)
        return 0

    async def _found(self, tx: ErrataTransaction, followed: Followed) -> Entry | None:
        """The entry, if need be under the id that it has now: the one that asks the same."""
        entry = self._knowledge.known_entry(followed.entry)
        if entry is not None or self._is_draft(followed.entry):
            return entry
        asked = (one for one in self._knowledge.known() if one.texts[Language.DE].question == followed.question)
        renamed = next(asked, None)
        if renamed is not None:
            await tx.rename_followed(followed.entry, renamed.id)
            log.info("errata.renamed", old=followed.entry, new=renamed.id)
        return renamed

    def _is_draft(self, entry_id: str) -> bool:
        """Whether an editor works on the entry: nobody is told of that."""
        if self._knowledge.known_entry(entry_id) is not None:
            return False
        return any(entry.id == entry_id for topic in self._knowledge.topics for entry in topic.entries)

    async def _tell(self, tx: ErrataTransaction, entry: Entry | None, subscription: Subscription) -> None:
        followed, chat = subscription.followed, subscription.chat
        await tx.unsubscribe(chat, subscription.id)
        # Ids come again, and the row is gone with this commit: the moment makes the key.
        key = f"news:{chat}:{followed.entry}:{tx.now.timestamp()}"
        words = self.words.news(entry, followed.question, followed.language, subscription.plain)
        await self._send(tx, chat, subscription.channel, key, words, entry, followed.language)

    async def _send(
        self,
        tx: Transaction,
        chat: int,
        channel: str,
        key: str,
        words: str,
        entry: Entry | None,
        language: Language,
    ) -> None:
        payload: dict[str, Any] = {"kind": "text", "text": words}
        if entry is not None:
            given = await remember(tx, chat, self._knowledge, entry, language)
            if buttons := follow_button(self.words, entry, given, language):
                payload["buttons"] = buttons
        await tx.send(channel, f"chat:{chat}", key, payload, chat=chat)
