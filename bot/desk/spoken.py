"""What citizens say in plain words instead of typing a command."""

from dataclasses import dataclass
from typing import Final

from bot.desk.phrases import Phrases
from bot.desk.ticket import OWED, Ticket
from bot.knowledge.entry import Language

# Said by somebody who cannot see or use the buttons.
BARRIER: Final = "accessibility"
# The signs in the wording, and the command that they mean; the first that is shown counts.
_COMMANDS: Final = (
    ("export_words", "mydata"),
    ("erase_words", "delete"),
    ("privacy_words", "privacy"),
    ("status_words", "status"),
    ("accessibility_words", BARRIER),
)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A command by its name. `language`: the one it was said in, if the words tell."""

    command: str
    language: Language | None


def spoken(phrases: Phrases, text: str, ticket: Ticket | None) -> Spoken | None:
    """The command that the words mean. `ticket`: what they belong to; a person who asked is told nothing else."""
    if ticket is not None and ticket.state not in OWED:
        return None
    for signs, command in _COMMANDS:
        if languages := phrases.shown(signs, text):
            return Spoken(command, languages[0] if len(languages) == 1 else None)
    return None
