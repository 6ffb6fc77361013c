"""A mail that the queue itself has sent, as one of our values."""

from email.utils import getaddresses

from bot.desk.sent import SentMail
from bot.mail.keys import ThreadKeys
from bot.mail.message import read
from bot.mail.parts import parsed, raw_headers
from bot.mail.sender import Everybody

_TO = ("To", "Cc", "Bcc")


def read_sent(raw: bytes, external_id: str, *, keys: ThreadKeys, own_address: str) -> SentMail:
    """What it is to us, and whether it went to the bot. Whoever wrote it: only staff can put mail into this folder."""
    mail = read(raw, keys=keys, staff=Everybody(), own_address=own_address, external_id=external_id)
    return SentMail(mail, own_address.lower() in _recipients(raw), raw)


def _recipients(raw: bytes) -> set[str]:
    message = parsed(raw)
    headers = [" ".join(header.split()) for name in _TO for header in raw_headers(message, name)]
    return {address.lower() for _, address in getaddresses(headers)}
