"""What a mail in the queue's Sent folder is: whose ticket it names, and whether it went to the bot."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from bot.desk.sent import SentMail
from bot.desk.staff import Dropped, DroppedMail, Held, HeldMail, StaffReply
from bot.errors import ConfigError
from bot.mail.imap import ImapSettings
from bot.mail.inbound import MailboxReader
from bot.mail.keys import ThreadKeys
from bot.mail.sent import read_sent
from tests.mail.servers import PASSWORD, USER, ImapServer, imap_server
from tests.mail.test_mail_inbound import NOW, MemoryStore, a_mail, eventually, running

KEYS = ThreadKeys(b"a test's secret", "kl.digital")
TICKET = "KL-7F3K9Q"


def a_sent(text: str = "Zwölf Meter.", **headers: str) -> SentMail:
    """A mail that a clerk wrote; `To` and the like as arguments."""
    given = {
        "From": "Stadt, Team <team@kaiserslautern.example>",
        "To": USER,
        "Subject": f"AW: [{TICKET}] Frage",
        "Message-ID": "<1@kl.digital>",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{name}: {value}" for name, value in given.items()]
    raw = "\r\n".join([*lines, "Content-Type: text/plain; charset=utf-8", "", text, ""]).encode()
    return read_sent(raw, "<1@kl.digital>", keys=KEYS, own_address=USER)


def test_whoever_wrote_it_a_mail_with_a_key_is_an_answer() -> None:
    sent = a_sent()

    assert isinstance(sent.mail, StaffReply)
    assert (sent.mail.ticket, sent.mail.text, sent.mail.sender) == (
        TICKET,
        "Zwölf Meter.",
        "team@kaiserslautern.example",
    )
    assert (sent.to_bot, sent.external_id, sent.has_message_id) == (True, "<1@kl.digital>", True)


@pytest.mark.parametrize(
    ("headers", "to_bot"),
    [
        ({"To": "KL.digital Bot <BOT@kl.digital>"}, True),
        ({"To": "Anna <anna@kl.digital>, Bot\r\n <bot@kl.digital>"}, True),
        ({"To": "anna@kl.digital", "Cc": "bot@kl.digital"}, True),
        ({"To": "anna@kl.digital", "Bcc": "bot@kl.digital"}, True),
        ({"To": "anna@kl.digital"}, False),
        ({"To": "robot@kl.digital"}, False),
        ({"To": '"bot@kl.digital" <anna@kl.digital>'}, False),
        ({"To": ""}, False),
        ({"To": "\udcff;,<<>>@"}, False),
    ],
)
def test_whether_it_went_to_the_bot_stands_in_its_addresses(headers: dict[str, str], to_bot: bool) -> None:
    given = {name: value.encode("utf-8", "replace").decode() for name, value in headers.items()}

    assert a_sent(**given).to_bot is to_bot


def test_a_forwarded_mail_names_its_ticket_even_without_a_word() -> None:
    quoted = f"\r\n-----Ursprüngliche Nachricht-----\r\n{KEYS.headline(TICKET)}\r\nFrage\r\n{KEYS.marker(TICKET)}"
    sent = a_sent(quoted, To="anna@kl.digital", Subject="WG: Frage")

    assert isinstance(sent.mail, HeldMail)
    assert (sent.mail.why, sent.mail.ticket, sent.to_bot) == (Held.NOTHING_LEFT, TICKET, False)


def test_a_mail_about_something_else_is_about_no_ticket() -> None:
    sent = a_sent(Subject="Betriebsausflug", To="anna@kl.digital")

    assert isinstance(sent.mail, HeldMail)
    assert (sent.mail.why, sent.mail.ticket) == (Held.NO_KEY, None)


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"Auto_Submitted": "auto-replied"}, Dropped.AUTO_REPLY),
        ({"X_KLBot_Loop": "kl.digital"}, Dropped.OWN_MAIL),
        ({"From": USER}, Dropped.OWN_MAIL),
    ],
)
def test_what_a_program_wrote_is_dropped(headers: dict[str, str], why: Dropped) -> None:
    assert a_sent(**headers).mail == DroppedMail(why, "<1@kl.digital>")


def test_the_words_of_a_mail_stand_in_no_repr_of_its_copy() -> None:
    assert "raw=" not in repr(a_sent())


# -- reading the folder ---------------------------------------------------------------------------


@pytest.fixture
async def server() -> AsyncIterator[ImapServer]:
    async with imap_server() as opened:
        yield opened


def a_reader(port: int, store: MemoryStore, **changes: Any) -> MailboxReader:
    given: dict[str, Any] = {"security": "none", "poll_seconds": 0.02, "source": "sent", "from_now": True}
    settings = ImapSettings("127.0.0.1", port, USER, PASSWORD, **(given | {"grace": timedelta(minutes=5)} | changes))
    return MailboxReader(settings, store, lambda: NOW)


async def test_what_was_sent_before_the_first_look_is_left_alone(server: ImapServer) -> None:
    store = MemoryStore()
    await server.put(a_mail(1))
    await server.put(a_mail(2))
    async with running(a_reader(server.port, store)):
        await eventually(lambda: bool(store.marks))
        await server.put(a_mail(3))
        await eventually(lambda: bool(store.mails))

    assert list(store.mails) == ["<3@kl.digital>"]
    assert store.sources == {"sent"}
    assert store.graces == {timedelta(minutes=5)}


async def test_an_empty_folder_is_watched_from_its_first_mail_on(server: ImapServer) -> None:
    store = MemoryStore()
    async with running(a_reader(server.port, store)):
        await eventually(lambda: bool(store.marks))
        await server.put(a_mail(1))
        await eventually(lambda: bool(store.mails))

    assert list(store.mails) == ["<1@kl.digital>"]


async def test_what_was_sent_while_we_were_away_is_read_when_we_are_back(server: ImapServer) -> None:
    store = MemoryStore()
    async with running(a_reader(server.port, store)):
        await eventually(lambda: bool(store.marks))
    await server.put(a_mail(1))
    async with running(a_reader(server.port, store)):
        await eventually(lambda: bool(store.mails))

    assert list(store.mails) == ["<1@kl.digital>"]


async def test_a_folder_that_was_replaced_is_read_from_then_on(server: ImapServer) -> None:
    store = MemoryStore()
    async with running(a_reader(server.port, store)):
        await eventually(lambda: bool(store.marks))
    before = dict(store.marks)
    await server.replace()
    await server.put(a_mail(1))
    async with running(a_reader(server.port, store)):
        await eventually(lambda: store.marks != before)
        await server.put(a_mail(2))
        await eventually(lambda: bool(store.mails))

    assert list(store.mails) == ["<2@kl.digital>"]


def test_a_folder_is_not_read_in_the_clear_across_a_network() -> None:
    with pytest.raises(ConfigError, match=r"^mail\.sent: security 'none'"):
        ImapSettings("imap.kl.digital", 143, USER, security="none", key="mail.sent")
