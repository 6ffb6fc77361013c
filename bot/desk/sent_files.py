"""What the desk asks of storage about pictures and documents that citizens sent."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from bot.desk.citizen import SentFile
from bot.desk.ticket import Ticket


class FileTransaction(Protocol):
    """The part of a transaction that keeps where files can be fetched, and what they go along with."""

    async def keep_enclosure(self, chat: int, external_id: str, file: SentFile) -> bool:
        """Keep what a citizen sent with, or instead of, words; whether it was known before."""

    async def enclose(self, chat: int, ticket: Ticket, within: timedelta, exchange: int | None = None) -> Sequence[int]:
        """Let what the citizen sent lately, and what went along with nothing yet, belong to the ticket; the ids.

        What came with words belongs to these, and goes along with no others. `exchange`: whose words the ticket holds;
        what came with them, or after them before anything else was said, goes along however old it is.
        """

    async def ticket_of_album(self, chat: int, album: str) -> Ticket | None:
        """The ticket that other files sent at once with these went along with."""

    async def album_has_words(self, chat: int, album: str | None) -> bool:
        """Whether one of the files sent at once came with words, which were answered."""
