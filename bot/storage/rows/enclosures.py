"""Pictures and documents that citizens sent, and what they went along with."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select, update

from bot.desk.citizen import SentFile
from bot.desk.enclosing import Enclosed
from bot.desk.ticket import Ticket
from bot.matching.decision import Outcome
from bot.storage.rows.tickets import TicketRows
from bot.storage.tables import enclosures, exchanges, tickets


class EnclosureRows(TicketRows):
    """Where files can be fetched; what they hold is never stored."""

    async def keep_enclosure(self, chat: int, external_id: str, file: SentFile) -> bool:
        """Keep what a citizen sent with, or instead of, words; whether it was known before."""
        known = select(enclosures.c.id).where(enclosures.c.chat_id == chat, enclosures.c.external_id == external_id)
        if await self._connection.scalar(known) is not None:
            return True
        values: dict[str, Any] = {"album": file.album, "reference": file.reference[:512], "name": file.name[:255]}
        await self._insert(enclosures, chat_id=chat, external_id=external_id, at=self._now, **values)
        return False

    async def enclose(self, chat: int, ticket: Ticket, within: timedelta, exchange: int | None = None) -> Sequence[int]:
        """Let what the citizen sent lately, and what went along with nothing yet, belong to the ticket; the ids.

        What came with words belongs to these, and goes along with no others. `exchange`: whose words the ticket holds;
        what came with them, or after them before anything else was said, goes along however old it is.
        """
        asked = (exchanges.c.chat_id == chat, exchanges.c.outcome != Outcome.SMALLTALK)
        worded = enclosures.c.external_id.in_(select(exchanges.c.external_id).where(*asked))
        words = or_(exchanges.c.id == exchange, exchanges.c.ticket_id == ticket.id)
        mine = enclosures.c.external_id.in_(select(exchanges.c.external_id).where(*asked, words))
        lately = or_(enclosures.c.at >= self._now - within, await self._after_words(chat, exchange))
        meant = or_(mine, and_(~worded, lately))
        free = (enclosures.c.chat_id == chat, enclosures.c.ticket_id.is_(None), meant)
        ids = list(await self._connection.scalars(select(enclosures.c.id).where(*free).order_by(enclosures.c.id)))
        if ids:
            mine = enclosures.c.id.in_(ids)
            await self._connection.execute(update(enclosures).where(mine).values(ticket_id=ticket.id))
        return ids

    async def _after_words(self, chat: int, exchange: int | None) -> ColumnElement[bool]:
        """What was sent after the words of this exchange, and before the next words."""
        columns = select(exchanges.c.at, exchanges.c.external_id).where(exchanges.c.chat_id == chat)
        said = (await self._connection.execute(columns.where(exchanges.c.id == exchange))).one_or_none()
        if said is None:
            return false()
        later = columns.where(exchanges.c.id > exchange, exchanges.c.external_id != said.external_id)
        following = (await self._connection.execute(later.order_by(exchanges.c.id).limit(1))).one_or_none()
        after = enclosures.c.at >= said.at
        return after if following is None else and_(after, enclosures.c.at < following.at)

    async def ticket_of_album(self, chat: int, album: str) -> Ticket | None:
        """The ticket that other files sent at once with these went along with."""
        joined = select(tickets.c.code).join(enclosures, enclosures.c.ticket_id == tickets.c.id)
        mine = (enclosures.c.chat_id == chat, enclosures.c.album == album)
        code = await self._connection.scalar(joined.where(*mine).limit(1))
        return None if code is None else await self.ticket(code)

    async def album_has_words(self, chat: int, album: str | None) -> bool:
        """Whether one of the files sent at once came with words, which were answered."""
        if album is None:
            return False
        said = (exchanges.c.chat_id == enclosures.c.chat_id, exchanges.c.external_id == enclosures.c.external_id)
        mine = (enclosures.c.chat_id == chat, enclosures.c.album == album)
        found = await self._connection.scalar(select(enclosures.c.id).where(*mine, *said).limit(1))
        return found is not None

    async def enclosed(self, ids: Sequence[int]) -> Sequence[Enclosed]:
        """Where these files can be fetched, oldest first."""
        rows = await self._connection.execute(
            select(enclosures).where(enclosures.c.id.in_(ids)).order_by(enclosures.c.id)
        )
        return [Enclosed(row.reference, row.name) for row in rows]
