"""Codes of tickets and of what is held: short, random, each given once."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.desk.ticket import new_code
from bot.desk.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Codes:
    """`choice` picks one character of a code (secrets.choice in the real bot); `prefix` is its first part."""

    choice: Callable[[str], str]
    prefix: str = "KL"

    async def fresh(self, tx: Transaction) -> str:
        """A code that neither a ticket nor anything held has."""
        code = new_code(self.prefix, self.choice)
        while await tx.ticket(code) is not None or await tx.hold(code) is not None:
            code = new_code(self.prefix, self.choice)
        return code
