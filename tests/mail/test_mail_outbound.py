"""What staff get by mail, over a real SMTP server on loopback."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from bot.desk.outbox import Delivery
from bot.errors import ConfigError, DeliveryFailed
from bot.mail.keys import ThreadKeys
from bot.mail.outbound import MailChannel, SmtpSettings
from tests.mail.servers import (
    PASSWORD,
    USER,
    Certificate,
    SmtpServer,
    free_port,
    self_signed,
    silent_server,
    smtp_server,
)

NOW = datetime(2026, 11, 24, 10, 2, tzinfo=UTC)
KEYS = ThreadKeys(b"a test's secret", "kl.digital")
PAYLOAD = {
    "to": "info@kl.digital",
    "ticket": "KL-7F3K9Q",
    "serial": 0,
    "subject": "Wann kommt der Sperrmüll?",
    "text": "Eine Frage:\n\nWann kommt der Sperrmüll?",
}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return self_signed(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
async def server() -> AsyncIterator[SmtpServer]:
    async with smtp_server() as running:
        yield running


def a_delivery(sent: tuple[str, ...] = (), **changes: Any) -> Delivery:
    return Delivery(1, "mail", "KL-7F3K9Q", "key-1", PAYLOAD | changes, 0, sent)


def a_channel(port: int, **settings: Any) -> MailChannel:
    given: dict[str, Any] = {"host": "127.0.0.1", "sender": USER, "sender_name": "KL.digital Bot", "timeout": 5.0}
    given |= {"security": "none"} | settings
    return MailChannel(SmtpSettings(port=port, **given), KEYS, lambda: NOW)


async def deliver(channel: MailChannel, delivery: Delivery) -> list[str]:
    """The external ids that were reported."""
    noted: list[str] = []

    async def progress(external_id: str) -> None:
        noted.append(external_id)

    await channel.deliver(delivery, progress)
    return noted


async def failure(channel: MailChannel, delivery: Delivery) -> DeliveryFailed:
    with pytest.raises(DeliveryFailed) as caught:
        await deliver(channel, delivery)
    return caught.value


async def test_staff_get_a_question_in_a_mail_that_can_be_answered(server: SmtpServer) -> None:
    noted = await deliver(a_channel(server.port), a_delivery())

    mail = message_from_bytes(server.taken[0], policy=policy.default)
    assert mail["To"] == "info@kl.digital"
    assert mail["From"] == '"KL.digital Bot" <bot@kl.digital>'
    assert mail["Subject"] == "[KL-7F3K9Q] Wann kommt der Sperrmüll?"
    assert [mail["Message-ID"]] == noted == [KEYS.message_id("KL-7F3K9Q", 0)]
    assert "Wann kommt der Sperrmüll?" in mail.get_content()
    assert KEYS.marker("KL-7F3K9Q") in mail.get_content()


async def test_a_second_attempt_carries_the_same_message_id(server: SmtpServer) -> None:
    channel = a_channel(server.port)

    first, second = await deliver(channel, a_delivery()), await deliver(channel, a_delivery())

    assert first == second


async def test_a_mail_that_was_taken_before_is_not_sent_again(server: SmtpServer) -> None:
    noted = await deliver(a_channel(server.port), a_delivery(sent=("<taken@kl.digital>",)))

    assert (noted, server.taken) == ([], [])


async def test_lines_beyond_every_limit_and_lonely_dots_arrive_whole(server: SmtpServer) -> None:
    text = "Ä" * 3000 + "\n.\n..\n> Zitat\nFrom here"

    await deliver(a_channel(server.port), a_delivery(text=text))

    mail = message_from_bytes(server.taken[0], policy=policy.default)
    assert text in mail.get_content().replace("\r\n", "\n")
    assert max(len(line) for line in server.taken[0].splitlines()) <= 998


async def test_starttls_and_login_are_used_where_the_operator_wants_them(certificate: Certificate) -> None:
    async with smtp_server(certificate, login=True) as server:
        channel = a_channel(
            server.port, security="starttls", username=USER, password=PASSWORD, ca_file=certificate.cert
        )

        await deliver(channel, a_delivery())

        assert len(server.taken) == 1


async def test_tls_from_the_first_byte_works_too(certificate: Certificate) -> None:
    async with smtp_server(certificate, tls=True) as server:
        channel = a_channel(server.port, security="tls", ca_file=certificate.cert)

        await deliver(channel, a_delivery())

        assert len(server.taken) == 1


async def test_a_wrong_password_is_tried_again_later_and_told_to_nobody(certificate: Certificate) -> None:
    async with smtp_server(certificate, login=True) as server:
        channel = a_channel(
            server.port, security="starttls", username=USER, password="falsch", ca_file=certificate.cert
        )

        error = await failure(channel, a_delivery())

    assert not error.permanent
    assert "falsch" not in str(error)
    assert "user name or password" in error.reason


async def test_a_certificate_that_nobody_vouches_for_is_refused(certificate: Certificate) -> None:
    async with smtp_server(certificate) as server:
        error = await failure(a_channel(server.port, security="starttls"), a_delivery())

        assert (error.permanent, server.taken) == (False, [])
        assert "certificate that is not trusted: self-signed" in error.reason


async def test_nothing_is_sent_in_the_clear_when_the_server_has_no_starttls(server: SmtpServer) -> None:
    error = await failure(a_channel(server.port, security="starttls"), a_delivery())

    assert (error.permanent, server.taken) == (False, [])


@pytest.mark.parametrize("stage", ["RCPT", "DATA"])
async def test_a_busy_server_gets_the_mail_later(server: SmtpServer, stage: str) -> None:
    server.refuse(stage, "451 4.7.1 come back later")
    channel = a_channel(server.port)

    error = await failure(channel, a_delivery())
    await deliver(channel, a_delivery())

    assert not error.permanent
    assert len(server.taken) == 1


async def test_a_refused_queue_is_an_alarm_and_tried_again_until_someone_mends_it(server: SmtpServer) -> None:
    server.refuse("RCPT", "550 5.1.1 no such user")

    error = await failure(a_channel(server.port), a_delivery())

    assert (error.permanent, error.our_fault) == (False, True)
    assert "info@kl.digital: 550 5.1.1 no such user" in error.reason


async def test_a_mail_refused_for_its_content_is_our_fault_and_its_text_stays_out_of_the_reason(
    server: SmtpServer,
) -> None:
    server.refuse("DATA", "554 5.6.0 we do not like Sperrmüll".encode("ascii", "ignore").decode())

    error = await failure(a_channel(server.port), a_delivery())

    assert (error.permanent, error.our_fault) == (False, True)
    assert "554 5.6.0" in error.reason
    assert "Sperrm" not in error.reason


async def test_a_dead_port_is_tried_again_later() -> None:
    error = await failure(a_channel(free_port()), a_delivery())

    assert not error.permanent


async def test_a_server_that_says_nothing_is_given_up_after_the_timeout() -> None:
    async with silent_server() as port:
        error = await failure(a_channel(port, timeout=0.1), a_delivery())

    assert not error.permanent


@pytest.mark.parametrize("address", ["kein-at", "a@b\r\nBcc: x@y.de", ""])
async def test_an_impossible_address_is_our_fault(address: str) -> None:
    error = await failure(a_channel(free_port()), a_delivery(to=address))

    assert (error.permanent, error.our_fault) == (True, True)


def test_mail_crosses_no_network_in_the_clear_unless_the_operator_says_so() -> None:
    with pytest.raises(ConfigError, match="unencrypted to mail.kl.digital"):
        SmtpSettings(host="mail.kl.digital", port=25, sender=USER, security="none")

    SmtpSettings(host="mail.kl.digital", port=25, sender=USER, security="none", allow_plain=True)


def test_an_authority_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="gibt-es-nicht.pem"):
        a_channel(25, security="tls", ca_file=tmp_path / "gibt-es-nicht.pem")


def test_a_password_stands_in_no_repr() -> None:
    settings = SmtpSettings(host="localhost", port=25, sender=USER, username=USER, password=PASSWORD)

    assert PASSWORD not in repr(settings)
