"""What has become of a citizen's own questions to the team."""

from dataclasses import dataclass
from typing import Final

from bot.desk.handover import Handover
from bot.desk.phrases import Phrases
from bot.desk.transaction import Chat, Transaction

LISTED: Final = 10


@dataclass(frozen=True, slots=True)
class Status:
    """Lists a citizen's questions."""

    phrases: Phrases
    handover: Handover

    async def tell(self, tx: Transaction, chat: Chat, key: str) -> None:
        """The newest questions with their codes, how they stand, and until when an answer can be expected."""
        lines = []
        if (waiting := await tx.undecided(chat.id)) is not None:
            lines.append(self.phrases.status_undecided(waiting.question["text"], chat.language))
        for ticket in await tx.tickets_of(chat.id, LISTED):
            due = await self.handover.due(tx, ticket)
            lines.append(self.phrases.status_line(ticket, chat.language, due))
        await self.handover.say(tx, chat, key, self.phrases.status(lines, chat.language))
