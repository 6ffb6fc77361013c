"""What is stored about one citizen's chat: looked through on request, erased on request and in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.desk.ticket import Ticket
from bot.matching.decision import Outcome


@dataclass(frozen=True, slots=True)
class Asked:
    """An exchange as the citizen may read it. `entry`: what was answered; `ticket`: the code, if there is one.

    `chosen`: the entry picked from suggestions, or "none"; None while nothing is picked. `verdict`: whether the answer
    helped ("yes", "no", "team"); `undecided`: it waits for the citizen's word on how to pass it on.
    """

    at: datetime
    text: str
    outcome: Outcome
    entry: str | None
    chosen: str | None
    ticket: str | None
    verdict: str | None = None
    undecided: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """Something else that is stored about a chat. `ticket`: the code of the ticket that it belongs to."""

    at: datetime
    what: str
    ticket: str | None = None


class Belongings(Protocol):
    """What storage knows of a chat as a whole. Everything that is erased is overwritten in the file, too."""

    async def first_contact(self, chat: int) -> datetime:
        """When the chat was first heard of."""

    async def address_of(self, chat: int) -> str:
        """The channel's own id of the chat: for the last message to one that is erased."""

    async def asked(self, chat: int) -> Sequence[Asked]:
        """Every exchange of the chat whose text is still kept, oldest first."""

    async def every_ticket_of(self, chat: int) -> Sequence[Ticket]:
        """Every ticket of the chat, oldest first."""

    async def file_names(self, ticket: Ticket) -> Sequence[str]:
        """The names of the files that staff attached to their answers."""

    async def answers_given(self, chat: int) -> Sequence[Kept]:
        """The entries whose stored answers the chat was given, oldest first."""

    async def subscribed(self, chat: int) -> Sequence[Kept]:
        """The entries of whose next change the citizen wants to hear, oldest first."""

    async def files_sent(self, chat: int) -> Sequence[Kept]:
        """The names of the pictures and documents that the citizen sent, oldest first."""

    async def erase(self, chat: int) -> None:
        """Remove everything that was said in the chat and whose it was; what is left is how much there was of it.

        What was not sent yet never will be. Whoever writes from the same address again is new.
        """

    async def forget_received(self, source: str, external_id: str) -> None:
        """Empty a row of the inbox: it came for something that is erased."""
