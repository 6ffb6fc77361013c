"""Logging in by token at real servers: Dovecot asks the token server about each, and Postfix asks Dovecot."""

import asyncio
import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog

from bot.errors import DeliveryFailed
from bot.mail.imap import ImapSettings
from bot.mail.inbound import MailboxReader
from bot.mail.oauth import Tokens
from bot.mail.outbound import MailChannel, SmtpSettings
from tests.mail.servers import USER, RealMail, missing_programs, real_mail
from tests.mail.test_mail_inbound import MemoryStore, eventually, running
from tests.mail.test_real_mail import KEYS, a_delivery, progress
from tests.mail.tokens import Clock, TokenServer, some_tokens, token_server

pytestmark = pytest.mark.realmail


@pytest.fixture(scope="module")
def givers() -> Iterator[TokenServer]:
    with token_server() as started:
        yield started


@pytest.fixture(scope="module")
def servers(givers: TokenServer) -> Iterator[RealMail]:
    if reason := missing_programs():
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with real_mail(givers.port) as started:
        yield started


def now() -> datetime:
    return datetime.now(UTC)


def a_channel(servers: RealMail, tokens: Tokens) -> MailChannel:
    settings = SmtpSettings("localhost", servers.smtp, USER, username=USER, ca_file=servers.certificate.cert)
    return MailChannel(settings, KEYS, now, tokens)


def a_reader(
    servers: RealMail, store: MemoryStore, tokens: Tokens, clock: Callable[[], datetime] = now, **changes: Any
) -> MailboxReader:
    given: dict[str, Any] = {"security": "starttls", "ca_file": servers.certificate.cert, "poll_seconds": 30.0}
    settings = ImapSettings("localhost", servers.imap, USER, **(given | changes))
    return MailboxReader(settings, store, clock, tokens=tokens)


async def test_a_mail_goes_out_and_is_read_with_one_token_for_both(servers: RealMail, givers: TokenServer) -> None:
    store, tokens, asked = MemoryStore(), some_tokens(givers.url, now), len(givers.asked)
    async with running(a_reader(servers, store, tokens)):
        await asyncio.sleep(0.3)
        await a_channel(servers, tokens).deliver(a_delivery("KL-7F3K9Q", to=USER), progress)
        await eventually(lambda: KEYS.message_id("KL-7F3K9Q", 0) in store.mails, 10)

    assert len(givers.asked) == asked + 1


async def test_postfix_refuses_a_token_that_was_revoked_and_gets_the_mail_with_the_next(
    servers: RealMail, givers: TokenServer
) -> None:
    clock, asked = Clock(now()), len(givers.asked)
    channel = a_channel(servers, some_tokens(givers.url, clock))
    await channel.deliver(a_delivery("KL-222222", to=USER), progress)
    givers.revoke()
    with pytest.raises(DeliveryFailed, match=r"refuses our access token for this user name \(535\)"):
        await channel.deliver(a_delivery("KL-333333", to=USER), progress)
    clock.pass_by(61)
    await channel.deliver(a_delivery("KL-333333", to=USER), progress)

    assert len(givers.asked) == asked + 2


async def test_dovecot_refuses_a_bad_token_at_once_and_the_mailbox_is_read_with_the_next(
    servers: RealMail, givers: TokenServer
) -> None:
    clock, store = Clock(now()), MemoryStore()
    tokens = some_tokens(givers.url, clock)
    await tokens.current()
    givers.revoke()
    began = time.monotonic()
    with structlog.testing.capture_logs() as logs:
        async with running(a_reader(servers, store, tokens, clock)):
            await eventually(lambda: any(line["event"] == "mailbox_unavailable" for line in logs), 10)
            refused_after = time.monotonic() - began
            clock.pass_by(61)
            await eventually(lambda: bool(store.marks or store.mails), 10)

    told = {line["error"] for line in logs if line["event"] == "mailbox_unavailable"}
    assert told == {"The IMAP server refuses our access token for this user name."}
    assert refused_after < 5


async def test_a_mailbox_is_opened_anew_before_its_token_expires_while_it_idles(
    servers: RealMail, givers: TokenServer
) -> None:
    began, clock, store, asked = now(), Clock(now()), MemoryStore(), len(givers.asked)
    reader = a_reader(servers, store, some_tokens(givers.url, clock), clock, poll_seconds=0.2)
    with structlog.testing.capture_logs() as logs:
        async with running(reader):
            await eventually(lambda: reader.last_good is not None, 10)
            givers.revoke()
            clock.pass_by(3400)
            await eventually(lambda: len(givers.asked) == asked + 2, 10)
            await eventually(
                lambda: reader.last_good is not None and reader.last_good > began + timedelta(hours=0.5), 10
            )
            await a_channel(servers, some_tokens(givers.url, now)).deliver(a_delivery("KL-444444", to=USER), progress)
            await eventually(lambda: KEYS.message_id("KL-444444", 0) in store.mails, 10)

    assert [line for line in logs if line["log_level"] == "warning"] == []
