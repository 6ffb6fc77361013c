"""Who wrote a mail, and whether that person may answer citizens."""

import re
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS = rf"{_ATOM}(?:\.{_ATOM})*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*"
_QUOTED = r'"(?:[^"\\]|\\.)*"'
_COMMENT = r"\([^()<>@\"]*\)"
# An @ outside quotes is refused in a display name: parsers disagree about which address counts then.
_NAME = rf"(?:{_QUOTED}|{_COMMENT}|[^\"<>@()])*"
_FROM = re.compile(
    rf"\s*(?:(?P<bare>{_ADDRESS})\s*(?:{_COMMENT})?|{_NAME}<\s*(?P<angled>{_ADDRESS})\s*>\s*(?:{_COMMENT})?)\s*"
)
_LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class StaffList:
    """Addresses and domains whose mail is taken for a reply. An entry without @, or beginning with it, is a domain.

    A domain does not admit its subdomains.
    """

    entries: Collection[str]

    def __post_init__(self) -> None:
        # Upper and lower case, and umlauts in domains, make no difference.
        object.__setattr__(self, "entries", frozenset(_normal(entry) for entry in self.entries))

    def admits(self, address: str) -> bool:
        """Whether this address, as `sender_of` gives it, is on the list."""
        return "@" in address and (address in self.entries or address.rpartition("@")[2] in self.entries)


@dataclass(frozen=True, slots=True)
class Everybody(StaffList):
    """Whoever wrote a mail, if it is clear who that was: for a folder that only staff can write to."""

    entries: Collection[str] = ()

    def admits(self, address: str) -> bool:
        """Yes."""
        return True


def _normal(entry: str) -> str:
    name, _, domain = entry.strip().casefold().rpartition("@")
    with suppress(UnicodeError):
        domain = domain.encode("idna").decode()
    return f"{name}@{domain}" if name else domain


def sender_of(from_headers: Sequence[str]) -> str | None:
    """The one real address in raw From headers, in lower case; None if there is not exactly one, beyond doubt."""
    if len(from_headers) != 1 or len(from_headers[0]) > _LONGEST:
        return None
    match = _FROM.fullmatch(" ".join(from_headers[0].split()))
    if match is None:
        return None
    return (match["bare"] or match["angled"]).lower()


def looks_like(from_headers: Sequence[str]) -> str:
    """The sender for a person to read, however odd: decoded by nobody, at most 200 characters."""
    return sender_of(from_headers) or " · ".join(" ".join(header.split()) for header in from_headers)[:200]


def is_authenticated(results: Sequence[str], authserv_id: str, sender: str) -> bool:
    """Whether the topmost Authentication-Results header of this server says that DMARC passed for the sender's domain.

    `results`: raw headers, topmost first (RFC 8601).
    """
    for header in results:
        server, _, verdicts = _bare(header).partition(";")
        if server.split(maxsplit=1)[:1] == [authserv_id.casefold()]:
            return _says_pass(verdicts, sender.rpartition("@")[2])
    return False


def _says_pass(verdicts: str, domain: str) -> bool:
    found = [verdict.split() for verdict in verdicts.split(";") if re.match(r"\s*dmarc\s*=", verdict)]
    if len(found) != 1 or not found[0] or found[0][0] != "dmarc=pass":
        return False
    named = [word.partition("=")[2] for word in found[0] if word.startswith("header.from=")]
    return named in ([], [domain])


def _bare(header: str) -> str:
    """The header in lower case without quoted strings and (nested) comments, where anything may stand."""
    text = re.sub(r'"(?:[^"\\]|\\.)*"', '""', header[:10_000].casefold())
    while (shorter := re.sub(r"\([^()]*\)", " ", text)) != text:
        text = shorter
    return re.sub(r"\s*=\s*", "=", " ".join(text.split()))
