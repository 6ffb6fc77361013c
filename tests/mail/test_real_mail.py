"""The whole round by real servers: our mail through Postfix into Dovecot, the clerk's reply back to us."""

import asyncio
import imaplib
import os
import re
import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from imap_tools.mailbox import MailBox

from bot.desk.outbox import Delivery
from bot.desk.staff import Attachment, CutKind, StaffReply
from bot.errors import DeliveryFailed
from bot.mail.imap import ImapSettings
from bot.mail.inbound import MailboxReader
from bot.mail.keys import ThreadKeys
from bot.mail.message import read
from bot.mail.outbound import MailChannel, SmtpSettings
from bot.mail.sender import StaffList
from tests.files import a_file
from tests.mail.servers import PASSWORD, USER, RealMail, missing_programs, real_mail
from tests.mail.test_mail_inbound import MemoryStore, eventually, running

pytestmark = pytest.mark.realmail

KEYS = ThreadKeys(b"a test's secret", "kl.digital")
QUEUE = "info@kl.digital"
PDF = Attachment("Abfallkalender für alle.pdf", "application/pdf", a_file("pdf", 2_000_000))


@pytest.fixture(scope="module")
def servers() -> Iterator[RealMail]:
    if reason := missing_programs():
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with real_mail() as started:
        yield started


def now() -> datetime:
    return datetime.now(UTC)


def a_channel(servers: RealMail, password: str = PASSWORD) -> MailChannel:
    settings = SmtpSettings(
        host="localhost",
        port=servers.smtp,
        sender=USER,
        sender_name="KL.digital Bot",
        username=USER,
        password=password,
        ca_file=servers.certificate.cert,
    )
    return MailChannel(settings, KEYS, now)


def a_reader(servers: RealMail, store: MemoryStore, mailbox: str, **changes: Any) -> MailboxReader:
    given: dict[str, Any] = {
        "host": "localhost",
        "port": servers.imap,
        "security": "starttls",
        "username": mailbox,
        "password": PASSWORD,
        "ca_file": servers.certificate.cert,
        "poll_seconds": 30.0,
    }
    settings = ImapSettings(**(given | changes))
    return MailboxReader(settings, store, now)


def a_delivery(ticket: str, to: str = QUEUE) -> Delivery:
    text = "Eine Bürgerin hat gefragt:\n\nWann wird der Sperrmüll in der Blütenstraße abgeholt?"
    payload = {"to": to, "ticket": ticket, "serial": 0, "subject": "Sperrmüll – wann?", "text": text}
    return Delivery(1, "mail", ticket, f"mail:{ticket}", payload, 0, ())


async def progress(external_id: str) -> None:
    assert external_id.startswith("<KL-")


def a_reply_to(raw: bytes) -> EmailMessage:
    """What Thunderbird would write."""
    asked = message_from_bytes(raw, policy=policy.default)
    quote = "\n".join(f"> {line}" for line in asked.get_content().splitlines())
    reply = EmailMessage()
    reply["From"], reply["To"] = "Anna Müller <info@kl.digital>", USER
    reply["Subject"], reply["In-Reply-To"] = f"AW: {asked['Subject']}", asked["Message-ID"]
    reply["Message-ID"] = f"<reply-to-{asked['Message-ID'].strip('<>')}>"
    reply.set_content(f"Am 3. Dezember, schöne Grüße!\n\nAm 24.11.2026 um 10:02 schrieb KL.digital Bot:\n{quote}\n")
    reply.add_attachment(PDF.content, "application", "pdf", filename=PDF.name)
    return reply


def send(servers: RealMail, message: EmailMessage) -> None:
    with smtplib.SMTP("localhost", servers.smtp) as client:
        client.starttls()
        client.login(QUEUE, PASSWORD)
        client.send_message(message)


@pytest.mark.parametrize("idle", [True, False], ids=["woken by IDLE", "by scanning"])
async def test_a_question_goes_to_staff_and_their_reply_comes_back(servers: RealMail, idle: bool) -> None:
    ticket = "KL-7F3K9Q" if idle else "KL-ABCDEF"
    queue, replies = MemoryStore(), MemoryStore()
    hints = {"idle": True} if idle else {"idle": False, "poll_seconds": 0.2}
    async with running(a_reader(servers, queue, QUEUE, **hints)), running(a_reader(servers, replies, USER, **hints)):
        await asyncio.sleep(0.5)
        await a_channel(servers).deliver(a_delivery(ticket), progress)
        await eventually(lambda: KEYS.message_id(ticket, 0) in queue.mails, 10)
        await asyncio.to_thread(send, servers, a_reply_to(queue.mails[KEYS.message_id(ticket, 0)]))
        await eventually(lambda: any(ticket in external_id for external_id in replies.mails), 10)

    external_id, raw = next(item for item in replies.mails.items() if ticket in item[0])
    reply = read(raw, keys=KEYS, staff=StaffList(("kl.digital",)), own_address=USER, external_id=external_id)
    assert isinstance(reply, StaffReply)
    words = "Am 3. Dezember, schöne Grüße!"
    assert replace(reply, cut=()) == StaffReply(ticket, words, QUEUE, external_id, (PDF,), seen=0)
    assert [cut.kind for cut in reply.cut] == [CutKind.QUOTE]


async def test_dovecot_shows_every_mail_as_unread_after_we_read_it(servers: RealMail) -> None:
    store = MemoryStore()
    await a_channel(servers).deliver(a_delivery("KL-222222"), progress)
    async with running(a_reader(servers, store, QUEUE, security="tls", port=servers.imaps)):
        await eventually(lambda: KEYS.message_id("KL-222222", 0) in store.mails, 10)

    flags = await asyncio.to_thread(_flags, servers)
    assert flags
    assert "\\Seen" not in flags


def _flags(servers: RealMail) -> str:

    context = ssl.create_default_context(cafile=str(servers.certificate.cert))
    with imaplib.IMAP4_SSL("localhost", servers.imaps, ssl_context=context) as client:
        client.login(QUEUE, PASSWORD)
        client.select("INBOX", readonly=True)
        _, found = client.fetch("1:*", "(FLAGS)")
        return re.sub(r"\d", "", repr(found))


async def test_the_sent_folder_of_the_queue_is_read_from_the_first_look_on(servers: RealMail) -> None:
    store, folder = MemoryStore(), "Gesendete Elemente für Bürger"
    reader = a_reader(servers, store, QUEUE, folder=folder, source="sent", from_now=True, poll_seconds=0.3)
    await asyncio.to_thread(_file, servers, folder, 1)
    async with running(reader):
        await eventually(lambda: bool(store.marks), 10)
        await asyncio.to_thread(_file, servers, folder, 2)
        await eventually(lambda: bool(store.mails), 10)

    assert list(store.mails) == ["<2@kl.digital>"]


def _file(servers: RealMail, folder: str, number: int) -> None:
    """Put a mail into a folder, as mail programs do with what they have sent."""
    context = ssl.create_default_context(cafile=str(servers.certificate.cert))
    with MailBox("localhost", servers.imaps, ssl_context=context).login(QUEUE, PASSWORD) as mailbox:
        if not mailbox.folder.exists(folder):
            mailbox.folder.create(folder)
        mailbox.append(f"Message-ID: <{number}@kl.digital>\r\n\r\nHallo\r\n".encode(), folder)


async def test_postfix_refuses_a_wrong_password_and_we_try_again_later(servers: RealMail) -> None:
    with pytest.raises(DeliveryFailed) as caught:
        await a_channel(servers, "falsch").deliver(a_delivery("KL-333333"), progress)

    assert not caught.value.permanent
    assert "falsch" not in str(caught.value)


async def test_postfix_refuses_an_address_that_does_not_exist_and_that_is_an_alarm(servers: RealMail) -> None:
    with pytest.raises(DeliveryFailed) as caught:
        await a_channel(servers).deliver(a_delivery("KL-444444", to="niemand@kl.digital"), progress)

    assert (caught.value.permanent, caught.value.our_fault) == (False, True)
