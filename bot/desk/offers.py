"""What a citizen was offered, and what they do with it: by a button, by typing, by a command."""

from dataclasses import dataclass
from typing import Final

from bot.desk.beginning import Beginning
from bot.desk.choices import Choices, own_key
from bot.desk.citizen import CitizenCommand, CitizenTap, CitizenText
from bot.desk.consent import Consent
from bot.desk.feedback import Feedback
from bot.desk.following import Following
from bot.desk.handover import Handover
from bot.desk.phrases import Phrases
from bot.desk.status import Status
from bot.desk.transaction import Chat, Transaction
from bot.desk.withdrawing import Withdrawing
from bot.matching.decision import Decision

WITHDRAWAL: Final = frozenset({"zurueckziehen", "zurückziehen", "withdraw"})
UNFOLLOW: Final = frozenset({"abmelden", "unsubscribe"})


@dataclass(frozen=True, slots=True)
class Offers:
    """Brings each tap, number or command to what it is about."""

    phrases: Phrases
    handover: Handover

    @property
    def choices(self) -> Choices:
        """Suggestions."""
        return Choices(self.phrases, self.handover)

    @property
    def feedback(self) -> Feedback:
        """Whether an answer helped."""
        return Feedback(self.phrases, self.handover, self.choices)

    @property
    def consent(self) -> Consent:
        """How a question with personal data goes to staff."""
        return Consent(self.phrases, self.handover)

    @property
    def withdrawing(self) -> Withdrawing:
        """Taking a question back."""
        return Withdrawing(self.phrases, self.handover)

    @property
    def following(self) -> Following:
        """Being told when an answer changes."""
        return Following(self.handover)

    async def tapped(self, tx: Transaction, chat: Chat, message: CitizenTap) -> str:
        """A button was tapped."""
        match message.data.partition(":")[0]:
            case "f":
                return await self.feedback.tapped(tx, chat, message)
            case "c":
                text = await self.consent.tapped(tx, chat, message.data, f"tap:{message.tap_id}")
                await self.choices.acknowledge(tx, chat, message, text)
                return "tap:gone" if text else "consent:tapped"
            case "w":
                return await self.withdrawing.tapped(tx, chat, message)
            case "n" | "u":
                return await self.following.tapped(tx, chat, message)
        return await self.choices.tapped(tx, chat, message)

    async def typed(self, tx: Transaction, chat: Chat, message: CitizenText, decision: Decision) -> str | None:
        """What was done if the words pick something that was just offered; None if they do not."""
        key = own_key("following", chat, message.external_id, tx)
        if not message.edited and (followed := await self.following.typed(tx, chat, message, key)) is not None:
            return followed
        if await self.consent.typed(tx, chat, message, decision, own_key("consent", chat, message.external_id, tx)):
            return "consent:typed"
        if await self.feedback.asked_if_current(tx, chat, message):
            return "current:asked"
        if (judged := await self.feedback.typed(tx, chat, message, decision)) is not None:
            return judged
        return "choice:typed" if await self.choices.typed(tx, chat, message) else None

    async def command(self, tx: Transaction, chat: Chat, message: CitizenCommand) -> str | None:
        """What was done if the command is about the citizen's own questions, or begins; None for any other."""
        key = own_key("command", chat, message.external_id, tx)
        match message.name:
            case "start":
                await Beginning(self.phrases, self.handover).greet(tx, chat, message.external_id, key, message.argument)
            case "status":
                await Status(self.phrases, self.handover).tell(tx, chat, key)
            case name if name in WITHDRAWAL:
                return await self.withdrawing.withdraw(tx, chat, message.argument, key)
            case name if name in UNFOLLOW:
                return await self.following.end(tx, chat, key)
            case _:
                return None
        return f"command:{message.name}"
