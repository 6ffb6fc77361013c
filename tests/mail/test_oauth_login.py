"""Logging in by token: at the mailbox and at the server that takes our mail, on loopback."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import structlog

from bot.errors import DeliveryFailed
from bot.mail.imap import ImapSettings
from bot.mail.inbound import MailboxReader
from bot.mail.oauth import Tokens
from bot.mail.outbound import MailChannel, SmtpSettings
from tests.mail.servers import USER, Certificate, free_port, imap_server, self_signed, smtp_server
from tests.mail.test_mail_inbound import MemoryStore, a_mail, eventually, running
from tests.mail.test_mail_outbound import KEYS, a_delivery, deliver
from tests.mail.tokens import SECRET, Clock, TokenServer, some_tokens, token_server


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return self_signed(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def givers() -> Iterator[TokenServer]:
    with token_server() as running_server:
        yield running_server


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


def is_good(givers: TokenServer) -> Callable[[str], bool]:
    return lambda token: token in givers.good


def a_reader(port: int, store: MemoryStore, tokens: Tokens, clock: Callable[[], datetime]) -> MailboxReader:
    settings = ImapSettings("127.0.0.1", port, USER, security="none", poll_seconds=0.02, timeout=5.0)
    return MailboxReader(settings, store, clock, tokens=tokens)


def a_channel(port: int, tokens: Tokens, clock: Clock, certificate: Certificate, **settings: Any) -> MailChannel:
    given: dict[str, Any] = {"host": "127.0.0.1", "sender": USER, "username": USER, "timeout": 5.0}
    given |= {"security": "starttls", "ca_file": certificate.cert} | settings
    return MailChannel(SmtpSettings(port=port, **given), KEYS, clock, tokens)


def warnings(logs: list[Any]) -> list[str]:
    return [line["error"] for line in logs if line["event"] == "mailbox_unavailable"]


# -- the mailbox ----------------------------------------------------------------------------------


async def test_the_mailbox_is_read_with_a_token_and_no_password(
    givers: TokenServer, store: MemoryStore, clock: Clock
) -> None:
    async with imap_server(good=is_good(givers)) as server:
        await server.put(a_mail(1))
        async with running(a_reader(server.port, store, some_tokens(givers.url, clock), clock)):
            await eventually(lambda: len(store.mails) == 1)

    assert len(givers.asked) == 1


async def test_before_its_token_expires_the_mailbox_is_opened_anew_without_a_word(
    givers: TokenServer, store: MemoryStore, clock: Clock
) -> None:
    with structlog.testing.capture_logs() as logs:
        async with imap_server(good=is_good(givers)) as server:
            async with running(a_reader(server.port, store, some_tokens(givers.url, clock), clock)):
                await server.put(a_mail(1))
                await eventually(lambda: len(store.mails) == 1)
                givers.revoke()
                clock.pass_by(3400)
                await eventually(lambda: len(givers.asked) == 2)
                await server.put(a_mail(2))
                await eventually(lambda: len(store.mails) == 2)

    assert warnings(logs) == []


async def test_a_session_that_ends_with_its_token_is_opened_anew_with_a_fresh_one(
    givers: TokenServer, store: MemoryStore, clock: Clock
) -> None:
    with structlog.testing.capture_logs() as logs:
        async with imap_server(good=is_good(givers)) as server:
            async with running(a_reader(server.port, store, some_tokens(givers.url, clock), clock)):
                await server.put(a_mail(1))
                await eventually(lambda: len(store.mails) == 1)
                givers.revoke()
                clock.pass_by(100)
                await server.end_sessions()
                await server.put(a_mail(2))
                await eventually(lambda: len(store.mails) == 2)

    assert len(givers.asked) == 2
    assert len(warnings(logs)) == 1
    assert [line["event"] for line in logs if "refused" in line["event"]] == ["mailbox_token_refused"]


async def test_a_server_that_takes_no_token_at_all_keeps_nobody_waiting_and_gets_no_flood_of_them(
    givers: TokenServer, store: MemoryStore, clock: Clock
) -> None:
    with structlog.testing.capture_logs() as logs:
        async with imap_server(good=lambda _token: False) as server:
            reader = a_reader(server.port, store, some_tokens(givers.url, clock), clock)
            async with running(reader):
                await eventually(lambda: len(warnings(logs)) == 2)

    assert set(warnings(logs)) == {"The IMAP server refuses our access token for this user name."}
    assert (reader.last_good, len(givers.asked)) == (None, 1)


async def test_a_server_that_knows_only_passwords_says_so(
    givers: TokenServer, store: MemoryStore, clock: Clock
) -> None:
    with structlog.testing.capture_logs() as logs:
        async with imap_server() as server:
            async with running(a_reader(server.port, store, some_tokens(givers.url, clock), clock)):
                await eventually(lambda: len(warnings(logs)) == 1)

    assert warnings(logs) == ["The IMAP server offers no login by OAuth (XOAUTH2)."]


async def test_with_a_wrong_secret_the_mailbox_waits_and_the_log_says_why_without_it(
    givers: TokenServer, store: MemoryStore, clock: Clock
) -> None:
    with structlog.testing.capture_logs() as logs:
        async with imap_server(good=is_good(givers)) as server:
            tokens = some_tokens(givers.url, clock, secret="falsch-und-lang")
            async with running(a_reader(server.port, store, tokens, clock)):
                await eventually(lambda: len(warnings(logs)) == 1)

    assert "refuses to give us a token (invalid_client, AADSTS7000215)" in warnings(logs)[0]
    assert "falsch-und-lang" not in repr(logs)


async def test_the_mailbox_is_read_as_soon_as_the_token_server_comes_back(store: MemoryStore) -> None:
    def now() -> datetime:
        return datetime.now(UTC)

    port = free_port()
    with structlog.testing.capture_logs() as logs:
        async with imap_server(good=lambda _token: True) as server:
            await server.put(a_mail(1))
            tokens = some_tokens(f"http://127.0.0.1:{port}/tenant/oauth2/v2.0/token", now)
            async with running(a_reader(server.port, store, tokens, now)):
                await eventually(lambda: len(warnings(logs)) == 1)
                with token_server(port):
                    await eventually(lambda: len(store.mails) == 1, 10)

    assert "does not answer as it should (ConnectError)" in warnings(logs)[0]


# -- the server that takes our mail ---------------------------------------------------------------


async def test_mail_is_handed_in_with_a_token_and_no_password(
    givers: TokenServer, clock: Clock, certificate: Certificate
) -> None:
    async with smtp_server(certificate, good=is_good(givers)) as server:
        channel = a_channel(server.port, some_tokens(givers.url, clock), clock, certificate)
        await deliver(channel, a_delivery())
        await deliver(channel, a_delivery())

    assert (len(server.taken), len(givers.asked)) == (2, 1)


async def test_a_token_that_is_refused_once_is_replaced_and_the_mail_goes_out_at_once(
    givers: TokenServer, clock: Clock, certificate: Certificate
) -> None:
    async with smtp_server(certificate, good=is_good(givers)) as server:
        channel = a_channel(server.port, some_tokens(givers.url, clock), clock, certificate)
        await deliver(channel, a_delivery())
        givers.revoke()
        clock.pass_by(100)
        await deliver(channel, a_delivery())

    assert (len(server.taken), len(givers.asked)) == (2, 2)


async def test_a_server_that_refuses_every_token_gets_the_mail_later(
    givers: TokenServer, clock: Clock, certificate: Certificate
) -> None:
    async with smtp_server(certificate, good=lambda _token: False) as server:
        channel = a_channel(server.port, some_tokens(givers.url, clock), clock, certificate)
        for _ in range(3):
            with pytest.raises(DeliveryFailed, match=r"refuses our access token for this user name \(535\)") as caught:
                await deliver(channel, a_delivery())
            clock.pass_by(40)

    assert not caught.value.permanent
    assert (server.taken, len(givers.asked)) == ([], 2)


async def test_without_a_token_the_mail_goes_out_later(
    givers: TokenServer, clock: Clock, certificate: Certificate
) -> None:
    async with smtp_server(certificate, good=is_good(givers)) as server:
        tokens = some_tokens(givers.url, clock, secret="falsch-und-lang")
        with pytest.raises(DeliveryFailed, match="refuses to give us a token") as caught:
            await deliver(a_channel(server.port, tokens, clock, certificate), a_delivery())

    assert (caught.value.permanent, server.taken) == (False, [])
    assert "falsch" not in str(caught.value)


async def test_a_server_that_takes_only_passwords_is_named(
    givers: TokenServer, clock: Clock, certificate: Certificate
) -> None:
    async with smtp_server(certificate, login=True) as server:
        channel = a_channel(server.port, some_tokens(givers.url, clock), clock, certificate)
        with pytest.raises(DeliveryFailed, match=r"offers no login by OAuth \(XOAUTH2\)"):
            await deliver(channel, a_delivery())

    assert SECRET not in repr(channel)
