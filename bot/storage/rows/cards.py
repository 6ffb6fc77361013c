"""The cards of tickets, and what else was posted about them where staff see it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, func, insert, or_, select, update

from bot.desk.board import HANGING, Place, Stale
from bot.desk.group import DOOR
from bot.desk.ticket import Author, Ticket, TicketState
from bot.storage.rows.tickets import TicketRows, ticket_of
from bot.storage.tables import cards, messages, outbox, parts, posts, tickets


class CardRows(TicketRows):
    """What hangs where staff see it. Ids of messages and topics are the outside world's own."""

    async def stale_card(self) -> Stale | None:
        """The ticket whose card is most in need of being hung or renewed, if one is.

        New ones come first, then what the citizen said since, then what has gone longest without being renewed.
        """
        row = (await self._connection.execute(_stale())).first()
        if row is None:
            return None
        place = None if row.shown_at is None else Place(row.message, row.topic, row.topic_closed)
        said = await self._said(row.id, row.announced or 0)
        return Stale(
            ticket=ticket_of(row),
            place=place,
            digest=row.shown_digest if row.message else None,
            state=TicketState(row.shown_state) if row.shown_state else None,
            heard=row.heard or 0,
            news=said if row.message else (),
        )

    async def _said(self, ticket: int, after: int) -> Sequence[str]:
        query = select(messages.c.text).where(_citizens(ticket), messages.c.id > after).order_by(messages.c.id)
        return tuple(str(text) for text in await self._connection.scalars(query))

    async def keep_place(self, ticket: Ticket, place: Place) -> None:
        """Note where the ticket's card hangs, before it is known what it shows."""
        if place.message is not None:
            await self.keep_post(place.message, ticket)
        values = {"message": place.message, "topic": place.topic, "topic_closed": place.closed}
        changed = await self._connection.execute(
            update(cards).where(cards.c.ticket_id == ticket.id).values(**values, shown_at=self._now)
        )
        if not changed.rowcount:
            nothing = {"shown_version": -1, "shown_digest": "", "shown_state": "", "announced": 0}
            await self._insert(cards, ticket_id=ticket.id, shown_at=self._now, **values, **nothing)

    async def keep_shown(self, ticket: Ticket, digest: str, heard: int) -> None:
        """Note what the card shows: this version of the ticket. `heard`: up to where staff know what was said."""
        values = {"shown_version": ticket.version, "shown_state": ticket.state, "announced": heard}
        query = update(cards).where(cards.c.ticket_id == ticket.id)
        await self._connection.execute(query.values(shown_digest=digest, shown_at=self._now, **values))

    async def lose_card(self, ticket: int) -> None:
        """The card and its topic are gone: they are to be made anew."""
        gone = {"message": None, "topic": None, "topic_closed": False, "shown_version": -1}
        await self._connection.execute(update(cards).where(cards.c.ticket_id == ticket).values(gone))

    async def lose_cards_outside(self, prefix: str) -> int:
        """Forget every card whose id does not begin so: they hang where nobody looks any more. How many there were."""
        elsewhere = ~func.coalesce(cards.c.message, cards.c.topic, "").startswith(prefix, autoescape=True)
        return (await self._connection.execute(delete(cards).where(elsewhere))).rowcount

    async def place_of(self, ticket: int) -> Place | None:
        """Where the ticket's card hangs."""
        row = (await self._connection.execute(select(cards).where(cards.c.ticket_id == ticket))).one_or_none()
        return None if row is None else Place(row.message, row.topic, row.topic_closed)

    # -- what people refer to ---------------------------------------------------------------------

    async def keep_post(self, external_id: str, ticket: Ticket, digest: str | None = None) -> bool | None:
        """Note what a message is about. `digest`: of what a person wrote in it.

        None if it was not known; otherwise whether it said the same before.
        """
        mine = posts.c.external_id == external_id
        known = (await self._connection.execute(select(posts).where(mine))).one_or_none()
        values = {"external_id": external_id, "ticket_id": ticket.id, "digest": digest}
        if known is None:
            await self._connection.execute(insert(posts).values(values))
            return None
        await self._connection.execute(update(posts).where(mine).values(values))
        return bool(known.digest == digest)

    async def ticket_of_post(self, external_id: str) -> Ticket | None:
        """The ticket that a message of ours is about: a card, or what was said beside it."""
        ours = (posts.c.external_id == external_id, posts.c.digest.is_(None))
        posted = select(tickets).join(posts, posts.c.ticket_id == tickets.c.id).where(*ours)
        return await self._ticket(posted) or await self._ticket(_sent(external_id))

    async def hold_of_post(self, external_id: str) -> str | None:
        """The code of what is held, if the message of ours is about that."""
        query = select(outbox.c.conversation).join(parts, parts.c.outbox_id == outbox.c.id)
        conversation = await self._connection.scalar(query.where(_in_group(external_id)).limit(1))
        return str(conversation or "").partition(":")[2].partition(":")[2] or None

    async def ticket_of_topic(self, topic: str) -> Ticket | None:
        """The ticket whose topic this is."""
        query = select(tickets).join(cards, cards.c.ticket_id == tickets.c.id).where(cards.c.topic == topic)
        return await self._ticket(query.limit(1))


def _sent(external_id: str) -> Select[Any]:
    return (
        select(tickets)
        .join(outbox, outbox.c.ticket_id == tickets.c.id)
        .join(parts, parts.c.outbox_id == outbox.c.id)
        .where(_in_group(external_id))
        .limit(1)
    )


def _in_group(external_id: str) -> ColumnElement[bool]:
    # Ids of other channels say nothing here: a citizen's chat may have a message of the same number.
    return and_(parts.c.external_id == external_id, outbox.c.channel == DOOR)


def _citizens(ticket: Any) -> ColumnElement[bool]:
    return and_(messages.c.ticket_id == ticket, messages.c.author == Author.CITIZEN)


def _stale() -> Select[Any]:
    heard = select(func.max(messages.c.id)).where(_citizens(tickets.c.id)).scalar_subquery()
    unseen = cards.c.message.is_(None)
    missing = unseen & tickets.c.state.in_(HANGING)
    changed = or_(cards.c.shown_version.is_(None), cards.c.shown_version < tickets.c.version)
    news = cards.c.announced < heard
    columns = (cards.c.message, cards.c.topic, cards.c.topic_closed, cards.c.shown_at, cards.c.announced)
    return (
        select(tickets, *columns, cards.c.shown_digest, cards.c.shown_state, heard.label("heard"))
        .outerjoin(cards, cards.c.ticket_id == tickets.c.id)
        .where(changed, missing | cards.c.message.is_not(None))
        .order_by(unseen.desc(), news.desc(), cards.c.shown_at, tickets.c.id)
        .limit(1)
    )
