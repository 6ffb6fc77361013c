"""Keys that tie a mail to its ticket: Message-ID, subject token, marker line.

Message-ID and marker carry a keyed hash, so nobody but the bot can make them; the subject token is for people
and for clients that lose everything else. Providers rewrite some of the three, hence all are written and any will do.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

# Without 0, 1, I and O, as in the ticket codes: 32 signs that survive being read out on the phone.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_READABLE = str.maketrans(_BASE32, ALPHABET)

_QUOTE_PREFIX = re.compile(r"^[ \t]*(?:[>|][ \t]?)+", re.MULTILINE)
_INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad*_]")
_HYPHENS = re.compile("[\u2010\u2011\u2012\u2013\u2212]")


@dataclass(frozen=True, slots=True)
class FoundKeys:
    """Every key found in one mail. `tickets`: the codes they name; `forged`: one had our shape and a wrong hash.

    `in_body`: a genuine marker stood in the text; `serial`: the highest number among the mails that are referred to.
    """

    tickets: frozenset[str]
    forged: bool
    in_body: bool
    serial: int | None = None

    @property
    def ticket(self) -> str | None:
        """The one ticket all keys agree on, if they do."""
        return next(iter(self.tickets)) if len(self.tickets) == 1 and not self.forged else None

    @property
    def disagree(self) -> bool:
        """Whether keys name different tickets, or one is forged."""
        return self.forged or len(self.tickets) > 1


@dataclass(frozen=True, slots=True)
class ThreadKeys:
    """Makes and recognises the keys of all tickets whose codes begin with `prefix`; `domain` is the bot's own."""

    secret: bytes = field(repr=False)
    domain: str
    prefix: str = "KL"

    # -- making -----------------------------------------------------------------------------------

    def message_id(self, ticket: str, serial: int) -> str:
        """The Message-ID of a ticket's mail number `serial`: always the same one, so that a retry is a duplicate."""
        return f"<{ticket}.{serial}.{self._hash(f'message-id:{ticket}:{serial}', 16).lower()}@{self.domain}>"

    def notice_id(self, key: str) -> str:
        """The Message-ID of a mail that belongs to no ticket; `key` tells such mails apart."""
        return f"<notice.{self._hash(f'notice:{key}', 24).lower()}@{self.domain}>"

    def subject_token(self, ticket: str) -> str:
        """What stands at the beginning of the subject."""
        return f"[{ticket}]"

    def headline(self, ticket: str) -> str:
        """The first line of our mails: what a client quotes without any quote sign begins here."""
        return f"--- Vorgang {ticket}: Ihre Antwort bitte über diese Zeile ---"

    def marker(self, ticket: str) -> str:
        """The last line of our mails."""
        return f"Vorgang {ticket} · Prüfzeichen {self._hash(f'marker:{ticket}', 8)} (bitte stehen lassen)"

    def _hash(self, message: str, length: int) -> str:
        digest = hmac.new(self.secret, message.encode(), hashlib.sha256).digest()
        return base64.b32encode(digest).decode().translate(_READABLE)[:length]

    # -- finding ----------------------------------------------------------------------------------

    def find(self, subject: str, references: Iterable[str], bodies: Iterable[str]) -> FoundKeys:
        """Every key in the decoded subject, in raw In-Reply-To and References headers and in all texts of the body."""
        named = [found for header in references for found in self._ids(header)]
        ids = [(code, genuine) for code, _, genuine in named]
        serials = [serial for _, serial, genuine in named if genuine]
        markers = [verdict for body in bodies for verdict in self._markers(body)]
        hashed = ids + markers
        tickets = {ticket for ticket, genuine in hashed if genuine} | self._tokens(subject)
        forged = any(not genuine for _, genuine in hashed)
        in_body = any(genuine for _, genuine in markers)
        return FoundKeys(frozenset(tickets), forged, in_body, max(serials, default=None))

    def _tokens(self, subject: str) -> set[str]:
        return {f"{self.prefix}-{code.upper()}" for code in self._token_pattern().findall(_plain(subject))}

    def _ids(self, header: str) -> list[tuple[str, int, bool]]:
        # Folding may have broken an id in two: no white space is part of one.
        joined = re.sub(r"\s+", "", header)
        pattern = rf"<({re.escape(self.prefix)}-[{ALPHABET}]{{6}})\.(\d{{1,9}})\.([^<>@]*)@{re.escape(self.domain)}>"
        found = re.findall(pattern, joined, re.IGNORECASE | re.ASCII)
        return [
            (code.upper(), int(serial), self._is_genuine_id(code.upper(), int(serial), code_hash))
            for code, serial, code_hash in found
        ]

    def _is_genuine_id(self, ticket: str, serial: int, found: str) -> bool:
        expected = self._hash(f"message-id:{ticket}:{serial}", 16).lower()
        return hmac.compare_digest(expected.encode(), found.lower().encode())

    def _markers(self, body: str) -> list[tuple[str, bool]]:
        found = self._marker_pattern().findall(_plain(body))
        return [self._judged(f"{self.prefix}-{code.upper()}", sign.upper()) for code, sign in found]

    def _judged(self, ticket: str, sign: str) -> tuple[str, bool]:
        return ticket, hmac.compare_digest(self._hash(f"marker:{ticket}", 8).encode(), sign.encode())

    def _token_pattern(self) -> re.Pattern[str]:
        return re.compile(rf"\[ ?{re.escape(self.prefix)}- ?([{ALPHABET}]{{6}}) ?\]", re.IGNORECASE | re.ASCII)

    def _marker_pattern(self) -> re.Pattern[str]:
        # Clients break lines after the hyphen and damage the umlaut and the dot in a dozen ways.
        code = rf"{re.escape(self.prefix)}- ?([{ALPHABET}]{{6}})"
        return re.compile(
            rf"Vorgang:? ?{code}\b.{{1,12}}?Pr.{{1,8}}?fzeichen:? ?([0-9A-Z]{{8}})\b", re.IGNORECASE | re.ASCII
        )

    # -- keeping citizens' words from looking like keys -------------------------------------------

    def defused(self, text: str) -> str:
        """The text with everything in the shape of our keys taken out, so that no citizen can confuse a thread."""
        plain = _plain(text)
        harmless = self._marker_pattern().sub("…", self._token_pattern().sub("…", plain))
        # Layout is lost only where somebody imitates our keys.
        return text if harmless == plain else harmless


def _plain(text: str) -> str:
    """The text on one line without quote signs, emphasis, invisible characters and typographic hyphens."""
    without_signs = _INVISIBLE.sub("", _QUOTE_PREFIX.sub("", text))
    return " ".join(_HYPHENS.sub("-", without_signs).split())
