"""How people reach the team by other ways than this chat, and who answers for the bot."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Contact:
    """What the bot says of its operator, as text for citizens: `imprint` may have several lines.

    `visit`: where people can come to; `hours`: when somebody is there and on the phone.
    """

    phone: str
    visit: str
    hours: str
    imprint: str


# Seen by whoever tries the bot out: each names the key of the configuration that takes its place.
PLACEHOLDERS: Final = Contact("[contact.phone]", "[contact.visit]", "[contact.hours]", "[contact.imprint]")
