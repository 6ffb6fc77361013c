"""`klbot check --links`: whether the web addresses in answers lead somewhere.

Only what a server says for certain ("404", "410") is an error. That nothing can be reached says nothing about links.
"""

import asyncio
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

import httpx

from bot import __version__
from bot.cli.check.findings import Finding, errors, hints
from bot.errors import Complaint
from bot.knowledge.entry import KnowledgeBase, Place, Status
from bot.knowledge.lines import Lines

AT_ONCE = 8
PATIENCE = 10.0  # seconds for one address
MOST_REDIRECTS = 5
GONE = (404, 410)
PRIVATE = (401, 403, 429)  # it is there, and not for us
_ADDRESS = re.compile(r"https?://[^\s<>\"„“”»«]+", re.IGNORECASE)


class State(Enum):
    """What became of an address."""

    FINE = auto()
    GONE = auto()
    ILL = auto()
    UNREACHABLE = auto()


@dataclass(frozen=True, slots=True)
class Link:
    """An address and where it stands first."""

    address: str
    place: Place


@dataclass(frozen=True, slots=True)
class Answer:
    """What an address did. `reason` is German."""

    link: Link
    state: State
    reason: str = ""


def links(base: KnowledgeBase, lines: Lines) -> list[Link]:
    """Every address of the base once, in file order."""
    found: dict[str, Link] = {}
    for place, text in _texts(base):
        for match in _ADDRESS.finditer(text):
            address = _bare(match[0])
            found.setdefault(address, Link(address, lines.find(place, address)))
    return list(found.values())


def check_links(wanted: Sequence[Link], patience: float = PATIENCE) -> Iterator[Finding]:
    """Ask every address, some at once."""
    answers = asyncio.run(_ask_all(wanted, patience))
    silent = [one for one in answers if one.state is State.UNREACHABLE]
    if answers and len(silent) == len(answers):
        what = f"Keine der {len(answers)} Web-Adressen war erreichbar; wahrscheinlich fehlt hier das Netz"
        yield from hints("network", [_at(silent[0].link.place, f"{what} ({silent[0].reason}).")])
        return
    for one in answers:
        address = one.link.address
        if one.state is State.GONE:
            how = "berichtigen oder streichen Sie den Link."
            yield from errors("link", [_at(one.link.place, f"{address} führt ins Leere ({one.reason}); {how}")])
        elif one.state is not State.FINE:
            how = "versuchen Sie es später noch einmal, und prüfen Sie sonst den Link."
            yield from hints(
                "link", [_at(one.link.place, f"{address} antwortet nicht wie erwartet ({one.reason}); {how}")]
            )


async def _ask_all(wanted: Sequence[Link], patience: float) -> list[Answer]:
    gate = asyncio.Semaphore(AT_ONCE)
    async with httpx.AsyncClient(
        timeout=patience,
        follow_redirects=True,
        max_redirects=MOST_REDIRECTS,
        headers={"User-Agent": f"klbot-check/{__version__}"},
    ) as client:
        return await asyncio.gather(*(_ask(client, gate, link, patience) for link in wanted))


async def _ask(client: httpx.AsyncClient, gate: asyncio.Semaphore, link: Link, patience: float) -> Answer:
    async with gate:
        try:
            async with asyncio.timeout(2 * patience):
                status = (await client.head(link.address)).status_code
                if status >= 400:  # some servers answer nothing but GET
                    async with client.stream("GET", link.address) as response:
                        status = response.status_code
        except httpx.TooManyRedirects:
            return Answer(link, State.ILL, "leitet im Kreis weiter")
        except (httpx.InvalidURL, httpx.UnsupportedProtocol):
            return Answer(link, State.GONE, "keine gültige Adresse")
        except (httpx.TimeoutException, TimeoutError):
            return Answer(link, State.UNREACHABLE, "keine Antwort in der Zeit")
        except (httpx.HTTPError, OSError) as error:
            return Answer(link, State.UNREACHABLE, _short(error))
    return _judged(link, status)


def _judged(link: Link, status: int) -> Answer:
    if status in GONE:
        return Answer(link, State.GONE, f"Fehler {status}")
    if status >= 400 and status not in PRIVATE:
        return Answer(link, State.ILL, f"Fehler {status}")
    return Answer(link, State.FINE)


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:80] or type(error).__name__


def _texts(base: KnowledgeBase) -> Iterator[tuple[Place, str]]:
    for entry in (entry for topic in base.topics for entry in topic.entries):
        if entry.status is not Status.WITHDRAWN:
            yield entry.where("source"), entry.source
            for language, text in entry.texts.items():
                yield entry.where("answer" if language == "de" else f"{language}.answer"), text.answer
            yield entry.where("plain"), entry.plain or ""


def _bare(address: str) -> str:
    """Without the signs that end a sentence, and without a bracket that was opened before it."""
    address = address.rstrip(".,;:!?'*_")
    while address.endswith((")", "]")) and address.count("(") < address.count(")") + address.count("]"):
        address = address[:-1].rstrip(".,;:!?")
    return address


def _at(place: Place, text: str) -> Complaint:
    return Complaint(place.file, place.line, place.column, text)
