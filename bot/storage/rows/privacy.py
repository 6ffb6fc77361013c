"""Forgetting: of one chat on request, and of everybody once the retention is over."""

import json
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, case, delete, exists, func, or_, select, update

from bot.desk.hold import HoldState
from bot.desk.privacy import Forgotten
from bot.desk.ticket import ALPHABET, CODE_LENGTH, UNANSWERED
from bot.storage.rows.belongings import BelongingRows
from bot.storage.tables import (
    alike,
    chats,
    enclosures,
    exchanges,
    files,
    given,
    heard,
    holds,
    inbox,
    messages,
    outbox,
    parts,
    proposals,
    subscriptions,
    tickets,
    undecided,
)

# What is left of a delivery: whoever reads it finds no words in it.
GONE: Final = json.dumps({"kind": "gone", "text": ""})
FORGOTTEN: Final = "forgotten"
_CODE: Final = re.compile(rf"[A-Z]{{2,6}}-[{ALPHABET}]{{{CODE_LENGTH}}}".encode())


class PrivacyRows(BelongingRows):
    """Removes what was said and keeps how much."""

    async def erase(self, chat: int) -> None:
        """Remove everything that was said in the chat and whose it was; what is left is how much there was of it.

        What was not sent yet never will be. Whoever writes from the same address again is new.
        """
        self.has_erased = True
        mine = select(tickets.c.id).where(tickets.c.chat_id == chat)
        codes = list(await self._connection.scalars(select(tickets.c.code).where(tickets.c.chat_id == chat)))
        await self._forget_received_of(await self.address_of(chat))
        await self._forget_mails_of(mine, codes)
        await self._forget_deliveries(or_(outbox.c.chat_id == chat, outbox.c.ticket_id.in_(mine)))
        for code in codes:
            # Letters about other tickets may quote this one's question.
            await self._forget_deliveries(and_(outbox.c.state != "pending", outbox.c.payload.contains(code)))
        sent = select(outbox.c.id).where(outbox.c.chat_id == chat)
        await self._do(delete(parts).where(parts.c.outbox_id.in_(sent)))
        await self._do(update(holds).where(holds.c.ticket_id.in_(mine)).values(sender="", state=HoldState.DROPPED))
        await self._forget_tickets(mine)
        await self._do(update(tickets).where(tickets.c.chat_id == chat).values(erased=True, previous=None))
        await self._forget_exchanges(exchanges.c.chat_id == chat)
        await self._do(delete(heard).where(heard.c.chat_id == chat))
        await self._do(delete(enclosures).where(enclosures.c.chat_id == chat))
        await self._do(delete(undecided).where(undecided.c.chat_id == chat))
        await self._do(delete(given).where(given.c.chat_id == chat))
        await self._do(delete(subscriptions).where(subscriptions.c.chat_id == chat))
        gone = {"address": f"erased:{chat}", "blocked": False, "menu": None, "menu_at": None}
        await self._do(update(chats).where(chats.c.id == chat).values(gone))

    async def forget_received(self, source: str, external_id: str) -> None:
        """Empty a row of the inbox: it came for something that is erased."""
        self.has_erased = True
        await self._forget_inbox(and_(inbox.c.source == source, inbox.c.external_id == external_id[:512]))

    async def forget_if_erased(self, inbox_id: int) -> None:
        """Empty a row of the inbox that has been handled and names an erased ticket: it may quote what was asked."""
        about = select(inbox.c.payload).where(inbox.c.id == inbox_id, inbox.c.party.is_(None))
        payload = await self._connection.scalar(about)
        codes = {code.decode() for code in _CODE.findall(payload or b"")}
        known = select(tickets.c.id).where(tickets.c.code.in_(codes), tickets.c.erased).limit(1)
        if codes and await self._connection.scalar(known) is not None:
            self.has_erased = True
            await self._forget_inbox(and_(inbox.c.id == inbox_id, ~_is_held()))

    async def forget(self, before: datetime) -> Forgotten:
        """Remove the texts of what ended before this moment; how much that was. What is still open stays."""
        over = (tickets.c.state.not_in(UNANSWERED), tickets.c.changed_at < before, tickets.c.question != "")
        ended = list(await self._connection.scalars(select(tickets.c.id).where(*over)))
        await self._forget_tickets(ended)
        no_ticket = ~exists().where(tickets.c.id == exchanges.c.ticket_id, tickets.c.question != "")
        old = and_(exchanges.c.at < before, exchanges.c.text != "", no_ticket)
        known = select(exchanges.c.id).where(
            exchanges.c.chat_id == heard.c.chat_id, exchanges.c.external_id == heard.c.external_id, old
        )
        await self._do(delete(heard).where(known.exists()))
        await self._do(delete(enclosures).where(enclosures.c.at < before, enclosures.c.ticket_id.is_(None)))
        waiting = select(exchanges.c.id).where(old)
        await self._do(delete(undecided).where(undecided.c.exchange_id.in_(waiting)))
        said = await self._forget_exchanges(old)
        sent = await self._forget_deliveries(_finished(before))
        received = await self._forget_inbox(_handled(before))
        decided = (holds.c.at < before, holds.c.state != HoldState.HELD, holds.c.subject != "")
        await self._do(update(holds).where(*decided).values(subject="", sender=""))
        forgotten = Forgotten(tickets=len(ended), exchanges=said, deliveries=sent, received=received)
        self.has_erased = self.has_erased or forgotten != Forgotten()
        return forgotten

    # -- pieces -----------------------------------------------------------------------------------

    async def _forget_received_of(self, party: str) -> None:
        """What came from there: also the row that is being handled now, which is the oldest; not what came later."""
        waiting = select(func.min(inbox.c.id)).where(inbox.c.party == party, inbox.c.state == "new")
        mine = and_(inbox.c.party == party, or_(inbox.c.state != "new", inbox.c.id == waiting.scalar_subquery()))
        await self._forget_inbox(mine)

    async def _forget_mails_of(self, mine: Select[Any], codes: Sequence[str]) -> None:
        """What staff wrote about these tickets: known by its id, by what is held of it, and by the code it names."""
        wrote = select(messages.c.external_id).where(messages.c.ticket_id.in_(mine))
        await self._forget_inbox(and_(inbox.c.party.is_(None), inbox.c.external_id.in_(wrote)))
        held = exists().where(
            holds.c.source == inbox.c.source, holds.c.external_id == inbox.c.external_id, holds.c.ticket_id.in_(mine)
        )
        await self._forget_inbox(held)
        for code in codes:
            named = func.instr(inbox.c.payload, code) > 0
            await self._forget_inbox(and_(inbox.c.party.is_(None), inbox.c.state != "new", named, ~_is_held()))

    async def _forget_inbox(self, those: ColumnElement[bool]) -> int:
        given_up = inbox.c.state == "dead"
        values = {
            "payload": b"",
            "party": None,
            "error": None,
            "state": case((given_up, "done"), else_=inbox.c.state),
            "outcome": case((given_up, FORGOTTEN), else_=inbox.c.outcome),
        }
        return await self._do(update(inbox).where(those).values(values))

    async def _forget_deliveries(self, those: ColumnElement[bool]) -> int:
        left = case((outbox.c.state.in_(("pending", "dead")), FORGOTTEN), else_=outbox.c.state)
        ended = func.coalesce(outbox.c.finished_at, self._now)
        values = {"payload": GONE, "error": None, "state": left, "finished_at": ended}
        return await self._do(update(outbox).where(those, outbox.c.payload != GONE).values(values))

    async def _forget_exchanges(self, those: ColumnElement[bool]) -> int:
        nothing: dict[str, Any] = {"text": "", "reason": "", "candidates": "[]", "suggested": "[]", "external_id": ""}
        nothing["awaits"] = None
        return await self._do(update(exchanges).where(those).values(nothing))

    async def _forget_tickets(self, those: Select[Any] | Sequence[int]) -> None:
        await self._do(delete(messages).where(messages.c.ticket_id.in_(those)))
        await self._do(delete(files).where(files.c.ticket_id.in_(those)))
        await self._do(delete(enclosures).where(enclosures.c.ticket_id.in_(those)))
        await self._do(delete(alike).where(or_(alike.c.ticket_id.in_(those), alike.c.other_id.in_(those))))
        new = case((proposals.c.state == "new", FORGOTTEN), else_=proposals.c.state)
        nothing = {"question": "", "answer": "", "state": new}
        await self._do(update(proposals).where(proposals.c.ticket_id.in_(those)).values(nothing))
        await self._do(update(holds).where(holds.c.ticket_id.in_(those)).values(subject=""))
        values = {"question": "", "version": tickets.c.version + 1}
        await self._do(update(tickets).where(tickets.c.id.in_(those)).values(values))

    async def _do(self, statement: Any) -> int:
        return int((await self._connection.execute(statement)).rowcount)


def _finished(before: datetime) -> ColumnElement[bool]:
    open_ticket = exists().where(tickets.c.id == outbox.c.ticket_id, tickets.c.question != "")
    return and_(outbox.c.state != "pending", outbox.c.finished_at < before, ~open_ticket)


def _handled(before: datetime) -> ColumnElement[bool]:
    """Rows of the inbox that were done with or given up before; not what a person still has to decide about."""
    ended = or_(inbox.c.handled_at < before, and_(inbox.c.state == "dead", inbox.c.received_at < before))
    return and_(inbox.c.state != "new", ended, inbox.c.payload != b"", ~_is_held())


def _is_held() -> ColumnElement[bool]:
    return exists().where(
        holds.c.source == inbox.c.source,
        holds.c.external_id == inbox.c.external_id,
        holds.c.state == HoldState.HELD,
    )
