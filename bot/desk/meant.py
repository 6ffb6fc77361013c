"""Which ticket a citizen's words belong to, if they belong to one."""

from bot.desk.handover import is_conversing, is_recent
from bot.desk.ticket import Ticket, TicketState
from bot.desk.transaction import Chat, Transaction
from bot.matching.decision import Decision, Outcome

# What closes a talk rather than continues it, even when it refers to the team's message.
POLITE = frozenset({"greeting", "thanks", "praise", "bye"})


def is_polite(decision: Decision, text: str) -> bool:
    """Whether the words close a talk, and ask for nothing."""
    return decision.small_talk in POLITE and "?" not in text


async def ticket_meant(tx: Transaction, chat: Chat, reply_to: str | None) -> Ticket | None:
    """The ticket whose message the words answer, or which waits for them."""
    about = None if reply_to is None else await tx.ticket_about(chat.id, reply_to)
    if about is None:
        about = await tx.waiting_ticket(chat.id)
        return about if about is not None and is_recent(about, tx) else None
    return None if about.state is TicketState.SPAM else about


async def ticket_continued(tx: Transaction, chat: Chat, decision: Decision) -> Ticket | None:
    """The ticket that a bare "yes" or "the blue one" continues: it says nothing except after the team's word.

    So does a question behind a thanks, unless its answer is known: what else would the thanks be for?
    """
    behind_thanks = decision.thanked and decision.outcome is Outcome.SUGGEST
    if decision.outcome is not Outcome.SMALLTALK and not behind_thanks:
        return None
    latest = await tx.latest_ticket(chat.id)
    return latest if latest is not None and is_conversing(latest, tx) else None
