"""Stored answers that chats were given, corrections of them, and subscriptions to their changes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, delete, exists, insert, or_, select, update

from bot.desk.given import Followed, Given, Subscription
from bot.knowledge.entry import Language
from bot.storage.rows.common import Rows
from bot.storage.tables import chats, corrections, given, subscriptions


class GivenRows(Rows):
    """What follows an answer to the citizen."""

    async def note_given(self, chat: int, entry: str, language: Language, digest: str, version: str) -> int:
        """Keep that a chat is given this answer; the id by which a button can name it."""
        values = {"entry": entry, "language": language, "digest": digest, "knowledge_version": version}
        return await self._insert(given, chat_id=chat, at=self._now, **values)

    async def given(self, chat: int, given_id: int) -> Given | None:
        """The answer of this id, if this chat was given it."""
        query = _given().where(given.c.id == given_id, given.c.chat_id == chat)
        row = (await self._connection.execute(query)).one_or_none()
        return None if row is None else _as_given(row)

    async def latest_given(self, chat: int) -> Given | None:
        """The answer that this chat was given last."""
        query = _given().where(given.c.chat_id == chat).order_by(given.c.id.desc()).limit(1)
        row = (await self._connection.execute(query)).one_or_none()
        return None if row is None else _as_given(row)

    async def forget_given(self, before: datetime) -> None:
        """Forget the answers that were given before this moment."""
        await self._connection.execute(delete(given).where(given.c.at < before))

    # -- corrections ------------------------------------------------------------------------------

    async def in_use_since(self, entry: str, corrected: str) -> datetime:
        """Since when this correction of an entry is in use; if it was not known, since now."""
        mine = (corrections.c.entry == entry, corrections.c.corrected == corrected)
        known: datetime | None = await self._connection.scalar(select(corrections.c.at).where(*mine))
        if known is not None:
            return known
        await self._connection.execute(insert(corrections).values(entry=entry, corrected=corrected, at=self._now))
        return self._now

    async def given_before(
        self, entry: str, before: datetime, since: datetime, digests: Mapping[Language, str], limit: int
    ) -> Sequence[Given]:
        """The last answer each chat was given to this entry, if that was `since` and `before`, and is another one now.

        `digests`: of what is given now. Whoever has blocked the bot is left out.
        """
        later = given.alias()
        last = ~exists().where(
            later.c.entry == given.c.entry, later.c.chat_id == given.c.chat_id, later.c.id > given.c.id
        )
        other = [and_(given.c.language == language, given.c.digest != digest) for language, digest in digests.items()]
        query = (
            _given()
            .where(given.c.entry == entry, given.c.at < before, given.c.at >= since, last, or_(*other))
            .where(chats.c.blocked.is_(False))
            .order_by(given.c.id)
            .limit(limit)
        )
        return [_as_given(row) for row in await self._connection.execute(query)]

    # -- subscriptions ----------------------------------------------------------------------------

    async def subscribe(self, chat: int, followed: Followed) -> int | None:
        """Keep that a chat wants to hear of the entry's next change: the id; None if it does already."""
        mine = (subscriptions.c.chat_id == chat, subscriptions.c.entry == followed.entry)
        if await self._connection.scalar(select(subscriptions.c.id).where(*mine)) is not None:
            return None
        return await self._insert(subscriptions, chat_id=chat, at=self._now, **_columns(followed))

    async def unsubscribe(self, chat: int, subscription: int | None = None) -> Sequence[Followed]:
        """Forget a subscription of this chat, or all; which there were, oldest first."""
        mine = [subscriptions.c.chat_id == chat]
        if subscription is not None:
            mine.append(subscriptions.c.id == subscription)
        rows = (await self._connection.execute(select(subscriptions).where(*mine).order_by(subscriptions.c.id))).all()
        await self._connection.execute(delete(subscriptions).where(*mine))
        return [_as_followed(row) for row in rows]

    async def followed_since(self, chat: int, moment: datetime) -> int | None:
        """The newest subscription of this chat, if it was made at this moment or later."""
        mine = (subscriptions.c.chat_id == chat, subscriptions.c.at >= moment)
        newest = select(subscriptions.c.id).where(*mine).order_by(subscriptions.c.id.desc()).limit(1)
        found: int | None = await self._connection.scalar(newest)
        return found

    async def unsubscribe_from(self, chat: int, entry: str) -> None:
        """Forget a chat's subscription to this entry, if it has one."""
        mine = (subscriptions.c.chat_id == chat, subscriptions.c.entry == entry)
        await self._connection.execute(delete(subscriptions).where(*mine))

    async def followed(self) -> Sequence[Followed]:
        """What anybody wants to hear of, each once. Whoever has blocked the bot is left out."""
        columns = (
            subscriptions.c.entry,
            subscriptions.c.question,
            subscriptions.c.language,
            subscriptions.c.digest,
        )
        query = select(*columns).join(chats, chats.c.id == subscriptions.c.chat_id).where(chats.c.blocked.is_(False))
        rows = await self._connection.execute(query.distinct().order_by(*columns))
        return [_as_followed(row) for row in rows]

    async def followers(self, followed: Followed, limit: int) -> Sequence[Subscription]:
        """Who wants to hear of that, in the order in which they said so. Who has blocked the bot is left out."""
        query = select(subscriptions.c.id, subscriptions.c.chat_id, chats.c.channel, chats.c.plain)
        query = query.join(chats, chats.c.id == subscriptions.c.chat_id).where(chats.c.blocked.is_(False))
        same = [subscriptions.c[name] == value for name, value in _columns(followed).items()]
        rows = await self._connection.execute(query.where(*same).order_by(subscriptions.c.id).limit(limit))
        return [Subscription(row.id, row.chat_id, row.channel, followed, row.plain) for row in rows]

    async def rename_followed(self, old: str, new: str) -> None:
        """An entry has another id now; who wants to hear of both wants to hear of one."""
        theirs = subscriptions.alias()
        twice = exists().where(theirs.c.chat_id == subscriptions.c.chat_id, theirs.c.entry == new)
        mine = subscriptions.c.entry == old
        await self._connection.execute(delete(subscriptions).where(mine, twice))
        await self._connection.execute(update(subscriptions).where(mine).values(entry=new))


def _given() -> Select[Any]:
    return select(given, chats.c.channel, chats.c.plain).join(chats, chats.c.id == given.c.chat_id)


def _as_given(row: Row[Any]) -> Given:
    return Given(row.id, row.chat_id, row.channel, row.entry, Language(row.language), row.digest, row.plain)


def _as_followed(row: Any) -> Followed:
    return Followed(row.entry, row.question, Language(row.language), row.digest)


def _columns(followed: Followed) -> dict[str, str]:
    return {
        "entry": followed.entry,
        "question": followed.question,
        "language": followed.language,
        "digest": followed.digest,
    }
