"""Acting on what staff do in their group: each reply and each tap goes the way that a clerk's mail goes."""

import hashlib
from dataclasses import dataclass, replace

import structlog

from bot.desk.citizen import Nothing
from bot.desk.group import DOOR, GroupMessage, GroupReply, GroupTap, as_staff
from bot.desk.group_back import GroupBack
from bot.desk.relay import StaffRelay
from bot.desk.ticket import Ticket
from bot.desk.transaction import Transaction

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class GroupDesk:
    """Handles what comes from the group. `taps`: the channel that acknowledges taps."""

    relay: StaffRelay
    back: GroupBack
    taps: str

    async def handle(self, tx: Transaction, message: GroupMessage) -> str:
        """Do what the message asks for, within the transaction; returns the outcome for counting."""
        match message:
            case GroupReply():
                return await self._reply(tx, message)
            case GroupTap():
                return await self._tap(tx, message)
            case Nothing(kind):
                return f"nothing:{kind}"
        return "group:moved"

    async def rescue(self, tx: Transaction, message: GroupMessage) -> str:
        """The least that keeps a reply from being lost when handling it fails: its author is told."""
        if isinstance(message, GroupReply) and message.admitted and (ticket := await self._ticket(tx, message)):
            await self._tell(tx, ticket, message, "group_failed")
            return "rescued:told"
        return "rescued:nothing"

    # -- replies ----------------------------------------------------------------------------------

    async def _reply(self, tx: Transaction, message: GroupReply) -> str:
        ticket = await self._ticket(tx, message)
        if ticket is None:
            return await self._chatter(tx, message)
        if not message.admitted:
            return "group:refused"
        said = hashlib.sha256(f"{message.unusable}\n{message.text}".encode("utf-8", "surrogatepass")).hexdigest()
        same = await tx.keep_post(message.message, ticket, said)
        if same is None:
            return await self._first(tx, ticket, message)
        # Telegram at times reports edits that change nothing.
        return "group:repeated" if same else await self._tell(tx, ticket, message, "group_edited")

    async def _first(self, tx: Transaction, ticket: Ticket, message: GroupReply) -> str:
        """What is heard for the first time."""
        if message.unusable:
            return await self._tell(tx, ticket, message, "group_only_text")
        if not message.asked:
            return await self._tell(tx, ticket, message, "group_slash")
        held = await tx.hold_of_post(message.reply_to or "")
        return await self._relay(tx, message, held or ticket.code, message.message)

    async def _ticket(self, tx: Transaction, message: GroupReply) -> Ticket | None:
        """The ticket of the card, or of the word beside it, that the message replies to."""
        if message.reply_to is None:
            return None
        found = await tx.ticket_of_post(message.reply_to)
        if found is None and message.to_us and message.topic is not None:
            # A card of which nothing was kept, since the bot was killed: in its topic we speak of nothing else.
            found = await tx.ticket_of_topic(message.topic)
        return found

    async def _chatter(self, tx: Transaction, message: GroupReply) -> str:
        """What staff say to each other is left alone; once a day they are told how to answer from within a topic."""
        about = None if message.topic is None or message.edited else await tx.ticket_of_topic(message.topic)
        if about is not None and message.reply_to is None:
            notes = self.back.answering(message.message).notes
            await notes.post(tx, about, notes.say("group_hint"), key=f"hint:{tx.now:%Y-%m-%d}")
        return "group:chatter"

    async def _tell(self, tx: Transaction, ticket: Ticket, message: GroupReply, wording: str) -> str:
        notes = self.back.answering(message.message).notes
        await notes.post(tx, ticket, notes.say(wording))
        return f"told:{wording}"

    # -- taps -------------------------------------------------------------------------------------

    async def _tap(self, tx: Transaction, message: GroupTap) -> str:
        if not message.admitted:
            return await self._acknowledge(tx, message, "group_members_only", "group:refused")
        is_known = await tx.ticket(message.code) is not None or await tx.hold(message.code) is not None
        if not is_known or not message.asked:
            return await self._acknowledge(tx, message, "group_tap_gone", "group:tap_gone")
        outcome = await self._relay(tx, message, message.code)
        done = not outcome.startswith("held:") and not outcome.endswith(":refused")
        return await self._acknowledge(tx, message, "group_tap_done" if done else "group_tap_refused", outcome)

    async def _acknowledge(self, tx: Transaction, message: GroupTap, wording: str, outcome: str) -> str:
        payload = {"kind": "tap", "tap_id": message.tap_id, "text": self.back.notes.say(wording)}
        await tx.send(self.taps, f"tap:{message.tap_id}"[:64], f"acknowledge:{message.tap_id}", payload)
        return outcome

    async def _relay(self, tx: Transaction, message: GroupReply | GroupTap, code: str, below: str | None = None) -> str:
        """The same as a mail would do; what is said about it is said below the message."""
        relay = replace(self.relay, backs={**self.relay.backs, DOOR: self.back.answering(below)})
        return await relay.handle(tx, as_staff(message, code, self.back.notes.sender))
