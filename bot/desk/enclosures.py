"""What citizens send beside their words: pictures and documents that go along, and what nobody here can use."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.desk.citizen import CitizenFile, CitizenText, Unusable
from bot.desk.handover import Handover, is_conversing, is_recent
from bot.desk.phrases import Phrases
from bot.desk.ticket import UNANSWERED, Ticket, TicketState
from bot.desk.transaction import Chat, Transaction
from bot.matching.decision import Outcome

# Who sends a picture often writes a moment later: nobody is asked for words that are on their way.
PATIENCE = timedelta(seconds=2)
# So long after a question was handed over, a picture belongs to it without a word.
AFTERWARDS = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Enclosures:
    """Takes in what is no text."""

    phrases: Phrases
    handover: Handover

    async def with_words(self, tx: Transaction, chat: Chat, message: CitizenText) -> None:
        """Words have come, perhaps under a file: they say what is wanted, so that nobody needs to be asked."""
        if message.file is not None:
            await tx.keep_enclosure(chat.id, message.external_id, message.file)
        asking = await tx.unsent(chat.channel, _asking(chat))
        if asking is not None:
            await tx.cancel(asking.id)

    async def alone(self, tx: Transaction, chat: Chat, message: CitizenFile) -> str:
        """A file came without words: it belongs to what is talked about, or the citizen is asked for a question."""
        album = message.file.album
        is_first = album is None or await tx.first_time(f"album:{chat.id}:{album}"[:128])
        sibling = None if album is None else await tx.ticket_of_album(chat.id, album)
        is_known = await tx.keep_enclosure(chat.id, message.external_id, message.file)
        if is_known:
            return "file:known"
        ticket = sibling or await self._meant(tx, chat, message)
        if ticket is not None:
            await self.handover.enclose(tx, chat, ticket, message.external_id, silent=sibling is not None)
            return "file:enclosed"
        if is_first and not await tx.album_has_words(chat.id, album):
            waits = await self._waits(tx, chat)
            words = self.phrases.file_waits(chat.language) if waits else self.phrases.file_alone(chat.language)
            await self._ask(tx, chat, message.external_id, words)
        return "file:waiting"

    async def _waits(self, tx: Transaction, chat: Chat) -> bool:
        """Whether the latest question may still go to the team: as none of the suggestions, or once it is said how."""
        latest = await tx.latest_exchange(chat.id)
        if latest is None or latest.ticket is not None:
            return False
        is_open = latest.outcome is Outcome.SUGGEST and latest.chosen is None
        return is_open or await tx.undecided(chat.id, latest.id) is not None

    async def _meant(self, tx: Transaction, chat: Chat, message: CitizenFile) -> Ticket | None:
        """The ticket that a file without words belongs to."""
        if message.reply_to is not None:
            about = await tx.ticket_about(chat.id, message.reply_to)
            if about is not None and about.state is not TicketState.SPAM and is_recent(about, tx):
                return about
        waiting = await tx.waiting_ticket(chat.id)
        if waiting is not None and is_recent(waiting, tx):
            return waiting
        latest = await tx.latest_ticket(chat.id)
        if latest is None or await self._said_since(tx, chat, latest):
            return None
        is_fresh = latest.state in UNANSWERED and tx.now - latest.changed_at < AFTERWARDS
        return latest if is_fresh or is_conversing(latest, tx) else None

    async def _said_since(self, tx: Transaction, chat: Chat, ticket: Ticket) -> bool:
        """Whether the citizen has asked something else since, to which a file without words belongs then."""
        latest = await tx.latest_exchange(chat.id)
        return (
            latest is not None
            and latest.outcome is not Outcome.SMALLTALK
            and latest.ticket != ticket.code
            and latest.at >= ticket.changed_at
        )

    async def _ask(self, tx: Transaction, chat: Chat, external_id: str, words: str) -> None:
        if chat.is_new:
            words = f"{words}\n\n{self.phrases.first_notice(chat.language)}"
        payload: dict[str, Any] = {"kind": "text", "text": words}
        key = f"file:{chat.id}:{external_id}:{tx.now.timestamp()}"
        await tx.send(chat.channel, _asking(chat), key, payload, chat=chat.id, after=PATIENCE)

    async def unusable(self, tx: Transaction, chat: Chat, message: Unusable) -> str:
        """Something that nobody here can use: it is said kindly, once for all that came at once."""
        if message.album is not None and not await tx.first_time(f"album:{chat.id}:{message.album}"[:128]):
            return f"unusable:{message.kind}"
        key = f"unusable:{chat.id}:{message.external_id}:{tx.now.timestamp()}"
        await self.handover.say(tx, chat, key, self.phrases.unusable(message.kind, chat.language))
        return f"unusable:{message.kind}"


def _asking(chat: Chat) -> str:
    return f"asking:{chat.id}"
