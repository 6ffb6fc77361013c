"""What editors learn from: everything that was asked, and what staff answered."""

from collections.abc import Sequence

from sqlalchemy import func, select

from bot.desk.ticket import Author, TicketState
from bot.desk.unhelped import Heard
from bot.desk.wanted import ClerkAnswer
from bot.knowledge.entry import Language
from bot.matching.decision import Outcome
from bot.storage.rows.common import Rows
from bot.storage.tables import exchanges, messages, proposals, tickets


class LearningRows(Rows):
    """Looks at every chat at once; the texts are as citizens and staff wrote them."""

    async def heard_of_all(self) -> Sequence[Heard]:
        """Every exchange whose text is kept, oldest first."""
        first = (
            select(exchanges.c.ticket_id, func.min(exchanges.c.id).label("id"))
            .where(exchanges.c.ticket_id.is_not(None))
            .group_by(exchanges.c.ticket_id)
            .subquery()
        )
        rows = await self._connection.execute(
            select(exchanges, tickets.c.code, tickets.c.state, first.c.id.label("opening"))
            .outerjoin(tickets, tickets.c.id == exchanges.c.ticket_id)
            .outerjoin(first, first.c.ticket_id == exchanges.c.ticket_id)
            .where(exchanges.c.text != "")
            .order_by(exchanges.c.id)
        )
        return [
            Heard(
                id=row.id,
                chat=row.chat_id,
                external_id=row.external_id,
                text=row.text,
                language=Language(row.language),
                outcome=Outcome(row.outcome),
                entry=row.entry,
                chosen=row.chosen,
                at=row.at,
                ticket=row.code,
                ticket_state=None if row.state is None else TicketState(row.state),
                opens=row.opening in (None, row.id),
            )
            for row in rows
        ]

    async def clerk_answers(self) -> Sequence[ClerkAnswer]:
        """What staff answered and did not take back, oldest first; a proposal stands for the answer it was made of."""
        taught = (
            select(tickets.c.code, proposals.c.answer, proposals.c.at, proposals.c.id)
            .join(tickets, tickets.c.id == proposals.c.ticket_id)
            .where(proposals.c.state == "new")
            .order_by(proposals.c.id)
        )
        said = (
            select(tickets.c.code, messages.c.text, messages.c.at)
            .join(tickets, tickets.c.id == messages.c.ticket_id)
            .where(messages.c.author == Author.STAFF)
            .order_by(messages.c.id)
        )
        learnt = [ClerkAnswer(*row) for row in await self._connection.execute(taught)]
        known = {(one.ticket, one.text) for one in learnt}
        answered = [ClerkAnswer(*row) for row in await self._connection.execute(said)]
        return [*learnt, *(one for one in answered if (one.ticket, one.text) not in known)]

    async def retracted_proposals(self) -> frozenset[int]:
        """The numbers of the proposals whose answer staff took back."""
        found = await self._connection.scalars(select(proposals.c.id).where(proposals.c.state == "retracted"))
        return frozenset(found)
