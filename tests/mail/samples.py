"""The corpus: raw mails with the result that is expected of each, their keyed parts filled in.

A sample is `corpus/NAME.eml` with `NAME.yaml` beside it. In the mail stand

    {{message_id:TICKET:SERIAL}}  {{marker:TICKET}}  {{headline:TICKET}}   the keys, made with the test's secret
    {{original:TICKET}}                    our mail's text, in lines
    {{quoted:TICKET}}                      the same with "> " before each line
    {{html:TICKET}}                        the same with <br> between the lines
    {{page:TICKET}}                        what is inside the body of our mail's HTML
    {{word:TICKET}}                        the same as Outlook writes it down when it quotes it
    {{file:KIND:BYTES}}                    a file of this kind (see `tests/files.py`) and size, in base64
    {{qp:CHARSET}}…{{end}}  {{base64:CHARSET}}…{{end}}  {{bytes:CHARSET}}…{{end}}   what is between, encoded

so that the files stay readable. Lines end with CRLF once a sample is made. Beside outcome, ticket and text, a reply
is expected to have exactly these `attachments` (names and types; none where none are given), and, where it is given,
exactly this `cut`: kinds, or kinds with their texts.
"""

import base64
import html
import quopri
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from bs4 import BeautifulSoup

from bot.desk.letter import Block, Kind, as_text, packed
from bot.desk.staff import Bounce, DroppedMail, HeldMail, IncomingMail, StaffReply
from bot.mail.keys import ThreadKeys
from bot.mail.message import compose, read
from bot.mail.sender import StaffList
from tests.files import a_file

CORPUS = Path(__file__).parent / "corpus"
KEYS = ThreadKeys(b"the corpus was made with this secret", "kl.digital")
STAFF = StaffList(("kl.digital", "kaiserslautern.de", "aushilfe@web.de", "aushilfe@gmail.com"))
OWN_ADDRESS = "bot@kl.digital"
# Stands in every quote and in no answer: where it turns up, old mail has leaked.
CANARY = "Blütenstraße"


@dataclass(frozen=True, slots=True)
class Sample:
    """A raw mail and what shall become of it; `text` is None where nobody is to get any.

    `attachments`: names with their types; `cut`: kinds with their texts, None for any text and for any cut.
    """

    name: str
    raw: bytes = field(repr=False)
    outcome: str
    ticket: str | None
    text: str | None
    attachments: tuple[str, ...]
    cut: tuple[tuple[str, str | None], ...] | None


@cache
def samples() -> tuple[Sample, ...]:
    """The whole corpus, by name."""
    return tuple(_sample(path) for path in sorted(CORPUS.glob("*.eml")))


def _sample(path: Path) -> Sample:
    expected: Mapping[str, Any] = yaml.safe_load(path.with_suffix(".yaml").read_text(encoding="utf-8"))
    return Sample(
        path.stem,
        filled(path.read_text(encoding="utf-8")),
        expected["outcome"],
        expected.get("ticket"),
        expected.get("text"),
        tuple(expected.get("attachments", ())),
        tuple(_cut(one) for one in expected["cut"]) if "cut" in expected else None,
    )


def _cut(expected: str | Mapping[str, str]) -> tuple[str, str | None]:
    return (expected, None) if isinstance(expected, str) else next(iter(expected.items()))


def read_sample(raw: bytes, authserv_id: str | None = None) -> IncomingMail:
    """What the bot makes of a mail that arrived in the corpus's world."""
    return read(raw, keys=KEYS, staff=STAFF, own_address=OWN_ADDRESS, external_id="<id@test>", authserv_id=authserv_id)


def outcome_of(mail: IncomingMail) -> tuple[str, str | None, str | None]:
    """Outcome, ticket and text in the words of the corpus."""
    match mail:
        case StaffReply():
            return "reply", mail.ticket, mail.text
        case HeldMail():
            return f"held:{mail.why}", mail.ticket, None
        case Bounce():
            return "bounce:final" if mail.final else "bounce:temporary", mail.ticket, None
        case DroppedMail():
            return f"dropped:{mail.why}", None, None


def attachments_of(mail: IncomingMail) -> tuple[str, ...]:
    """The files that go along, in the words of the corpus."""
    files = mail.attachments if isinstance(mail, StaffReply) else ()
    return tuple(f"{file.name} {file.media_type}" for file in files)


def cut_of(mail: IncomingMail, expected: Sequence[tuple[str, str | None]]) -> tuple[tuple[str, str | None], ...]:
    """What was cut, in the words of the corpus: without its text where none is expected."""
    cuts = mail.cut if isinstance(mail, StaffReply) else ()
    texts = [text for _, text in expected] + [None] * len(cuts)
    return tuple((cut.kind.value, text and cut.text) for cut, text in zip(cuts, texts, strict=False))


def original(ticket: str) -> str:
    """The text of our mail to staff about a question."""
    return "\n".join(
        (
            KEYS.headline(ticket),
            "",
            "Eine Bürgerin oder ein Bürger hat im Chat von KL.digital gefragt (24.11.2026, 10:02 Uhr):",
            "",
            f"Wann wird der Sperrmüll in der {CANARY} abgeholt?",
            "",
            "SO ANTWORTEN SIE",
            "Antworten Sie einfach auf diese E-Mail. Ihr Text geht ohne Zitat und Signatur in den Chat.",
            "",
            KEYS.marker(ticket),
        )
    )


# One block of each kind that a mail about a ticket has.
LETTER = (
    Block(Kind.LEAD, f"Wann wird der Sperrmüll in der {CANARY} abgeholt?", "Frage aus dem Chat, 24.11.2026, 10:02 Uhr"),
    Block(Kind.TEXT, "Die automatische Suche hat dazu keine geprüfte Antwort gefunden, die sicher passt."),
    Block(Kind.HEADING, "Das Gespräch bisher"),
    Block(Kind.QUOTE, f"Guten Tag,\n\nist die {CANARY} gesperrt?", "Bürgerin oder Bürger, 23.11.2026, 9:00 Uhr"),
    Block(Kind.QUOTE, "Nein.", "Team, 23.11.2026, 9:30 Uhr"),
    Block(Kind.HEADING, "So antworten Sie"),
    Block(Kind.TEXT, "Antworten Sie einfach auf diese E-Mail."),
    Block(Kind.HEADING, "Was in der Wissensbasis am nächsten liegt"),
    Block(
        Kind.ENTRY,
        f"In der {CANARY} und an\nvier anderen Stellen:\nhttps://www.kaiserslautern.de/container",
        "1. Wo stehen Container?",
        "Stand Juni 2020, passt mit einer Wahrscheinlichkeit von 43 %",
        "Antwort 1 senden: antworten Sie mit #1",
    ),
    Block(Kind.HEADING, "Befehle für die erste Zeile Ihrer Antwort"),
    Block(Kind.ROW, "Antwort mit dieser Nummer senden", "#1 bis #3"),
    Block(Kind.ROW, "Notiz für das Team; in den Chat geht nichts", "#intern"),
)


def our_mail(ticket: str | None, blocks: tuple[Block, ...] = LETTER, **changes: Any) -> EmailMessage:
    """Our mail to staff that holds these blocks."""
    payload = {
        "to": "info@kl.digital",
        "ticket": ticket,
        "serial": 0,
        "subject": "Frage",
        "text": as_text(blocks),
        "letter": packed(blocks),
    }
    date = datetime(2026, 11, 24, 10, 2, tzinfo=UTC)
    sender = Address("KL.digital Bot", addr_spec=OWN_ADDRESS)
    return compose(payload | changes, keys=KEYS, sender=sender, date=date, key="key-1")


@cache
def page_body(ticket: str) -> str:
    """What is inside the body of the HTML of our mail."""
    html_part = our_mail(ticket).get_body(("html",))
    assert html_part is not None
    body = BeautifulSoup(html_part.get_content(), "html.parser").body
    assert body is not None
    return body.decode_contents().strip()


@cache
def word_body(ticket: str) -> str:
    """The same after Outlook's editor: each cell's text a paragraph of class MsoNormal, each table a MsoNormalTable."""
    soup = BeautifulSoup(re.sub(r"<!--.*?-->", "", page_body(ticket), flags=re.DOTALL), "html.parser")
    for table in soup.find_all("table"):
        table.attrs = {"class": "MsoNormalTable", "border": "0", "cellspacing": "0", "cellpadding": "0"}
    for cell in soup.find_all("td"):
        if cell.table is None:
            inside = cell.decode_contents()
            cell.clear()
            cell.append(
                BeautifulSoup(f'<p class="MsoNormal"><span lang="DE">{inside}<o:p></o:p></span></p>', "html.parser")
            )
    return soup.decode()


def filled(template: str) -> bytes:
    """The raw mail of a template."""
    text = re.sub(r"\{\{(\w+):([\w-]+)(?::(\d+))?\}\}", _keyed, template)
    parts = re.split(r"\{\{(qp|base64|bytes):([\w-]+)\}\}(.*?)\{\{end\}\}", text, flags=re.DOTALL)
    raw = parts[0].encode()
    for encoding, charset, content, following in zip(*(parts[at::4] for at in (1, 2, 3, 4)), strict=True):
        raw += _encoded(encoding, content.encode(charset)) + following.encode()
    return re.sub(rb"\r?\n", b"\r\n", raw)


def _keyed(match: re.Match[str]) -> str:
    name, ticket, serial = match.groups()
    match name:
        case "message_id":
            return KEYS.message_id(ticket, int(serial))
        case "marker":
            return KEYS.marker(ticket)
        case "headline":
            return KEYS.headline(ticket)
        case "original":
            return original(ticket)
        case "quoted":
            return "\n".join(f"> {line}".rstrip() for line in original(ticket).split("\n"))
        case "html":
            return html.escape(original(ticket)).replace("\n", "<br>\n")
        case "page":
            return page_body(ticket)
        case "word":
            return word_body(ticket)
        case "file":
            return base64.encodebytes(a_file(ticket, int(serial or 0))).decode().strip()
    return match[0]


def _encoded(encoding: str, content: bytes) -> bytes:
    match encoding:
        case "qp":
            return quopri.encodestring(content)
        case "base64":
            return base64.encodebytes(content)
    return content
