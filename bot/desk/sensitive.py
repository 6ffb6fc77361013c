"""What of a message only the citizen may decide to show to staff: bank, card, telephone, mail address."""

from collections.abc import Sequence
from typing import Final

from bot.knowledge.masking import BANK, CARD, MAIL, PHONE, mask

# What is asked about, and the wording that names it.
KINDS: Final = {BANK: "consent_iban", CARD: "consent_card", PHONE: "consent_phone", MAIL: "consent_mail"}


def told(text: str) -> Sequence[str]:
    """The kinds of such data in the text, as keys of the wording; none in a text that is masked already."""
    masked = mask(text)
    return [key for sign, key in KINDS.items() if masked.count(sign) > text.count(sign)]


def masked_from(text: str, known: str) -> str:
    """The text as staff may read it who have read what was `known`: masked, unless that told as much."""
    return text if set(told(text)) <= set(told(known)) else mask(text)
