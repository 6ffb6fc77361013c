"""The bot's mailbox, read over a real IMAP server on loopback."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.errors import ConfigError, StorageError
from bot.mail.imap import ImapSettings, Mark
from bot.mail.inbound import MailboxReader
from tests.mail.servers import (
    PASSWORD,
    USER,
    Certificate,
    ImapServer,
    free_port,
    imap_server,
    self_signed,
    silent_server,
)

NOW = datetime(2026, 11, 24, 10, 2, tzinfo=UTC)


@dataclass(slots=True)
class MemoryStore:
    """Keeps what it is given, as the database would. `broken`: how many of the next commits fail."""

    mails: dict[str, bytes] = field(default_factory=dict)
    marks: dict[str, str] = field(default_factory=dict)
    broken: int = 0
    sources: set[str] = field(default_factory=set)
    graces: set[timedelta] = field(default_factory=set)

    async def bookmark(self, name: str) -> str | None:
        return self.marks.get(name)

    async def receive(
        self, source: str, items: Sequence[tuple[str, bytes]], bookmark: tuple[str, str], after: timedelta
    ) -> int:
        if self.broken:
            self.broken -= 1
            raise StorageError("The disk is full.")
        before = len(self.mails)
        self.sources.add(source)
        self.graces.add(after)
        for external_id, raw in items:
            self.mails.setdefault(external_id, raw)
        self.marks[bookmark[0]] = bookmark[1]
        return len(self.mails) - before


def a_mail(number: int, text: str = "Hallo") -> bytes:
    return f"From: a@kl.digital\r\nMessage-ID: <{number}@kl.digital>\r\n\r\n{text}\r\n".encode()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return self_signed(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
async def server() -> AsyncIterator[ImapServer]:
    async with imap_server() as running:
        yield running


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


def a_reader(port: int, store: MemoryStore, **settings: Any) -> MailboxReader:
    defaults: dict[str, Any] = {"security": "none", "poll_seconds": 0.02, "timeout": 5.0}
    given: dict[str, Any] = (
        {"host": "127.0.0.1", "port": port, "username": USER, "password": PASSWORD} | defaults | settings
    )
    return MailboxReader(ImapSettings(**given), store, lambda: NOW)


@asynccontextmanager
async def running(reader: MailboxReader) -> AsyncIterator[None]:
    task = asyncio.create_task(reader.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def eventually(holds: Callable[[], bool] | Callable[[], Awaitable[bool]], seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while True:
        found = holds()
        if found if isinstance(found, bool) else await found:
            return
        assert time.monotonic() < deadline, "it did not come true"
        await asyncio.sleep(0.01)


async def test_mails_there_before_and_mails_that_come_are_read_once_each(
    server: ImapServer, store: MemoryStore
) -> None:
    await server.put(a_mail(1))
    async with running(a_reader(server.port, store)):
        await eventually(lambda: len(store.mails) == 1)
        await server.put(a_mail(2))
        await server.put(a_mail(2, "dieselbe noch einmal"))
        await server.put(a_mail(3))
        await eventually(lambda: len(store.mails) == 3)

    assert list(store.mails) == ["<1@kl.digital>", "<2@kl.digital>", "<3@kl.digital>"]
    assert store.mails["<2@kl.digital>"] == a_mail(2)


async def test_reading_leaves_every_mail_unread_for_people(server: ImapServer, store: MemoryStore) -> None:
    await server.put(a_mail(1))
    async with running(a_reader(server.port, store)):
        await eventually(lambda: len(store.mails) == 1)

    assert await server.flags() == [frozenset()]


async def test_after_a_restart_reading_goes_on_where_it_stopped(server: ImapServer, store: MemoryStore) -> None:
    await server.put(a_mail(1))
    async with running(a_reader(server.port, store)):
        await eventually(lambda: len(store.mails) == 1)
    store.mails.clear()
    await server.put(a_mail(2))
    async with running(a_reader(server.port, store)):
        await eventually(lambda: len(store.mails) == 1)

    assert list(store.mails) == ["<2@kl.digital>"]


async def test_a_folder_that_was_replaced_is_read_from_its_beginning(server: ImapServer, store: MemoryStore) -> None:
    for number in range(5):
        await server.put(a_mail(number))
    async with running(a_reader(server.port, store)):
        await eventually(lambda: len(store.mails) == 5)
        await server.replace()
        await server.put(a_mail(4))
        await server.put(a_mail(5))
        await eventually(lambda: len(store.mails) == 6)

    assert "<5@kl.digital>" in store.mails


async def test_a_folder_that_was_emptied_confuses_nobody(server: ImapServer, store: MemoryStore) -> None:
    await server.put(a_mail(1))
    async with running(a_reader(server.port, store)):
        await eventually(lambda: len(store.mails) == 1)
        await server.empty()
        await server.put(a_mail(2))
        await eventually(lambda: len(store.mails) == 2)

    assert list(store.mails) == ["<1@kl.digital>", "<2@kl.digital>"]


async def test_a_mail_without_message_id_is_known_by_its_content(server: ImapServer, store: MemoryStore) -> None:
    await server.put(b"From: a@kl.digital\r\n\r\neins\r\n")
    await server.put(b"From: a@kl.digital\r\n\r\nzwei\r\n")
    async with running(a_reader(server.port, store)):
        await eventually(lambda: len(store.mails) == 2)
        await server.replace()
        await server.put(b"From: a@kl.digital\r\n\r\nzwei\r\n")
        await server.put(b"From: a@kl.digital\r\n\r\ndrei\r\n")
        await eventually(lambda: len(store.mails) == 3)

    assert all(external_id.startswith("sha256:") for external_id in store.mails)


async def test_of_a_huge_mail_only_the_headers_are_kept(server: ImapServer, store: MemoryStore) -> None:
    await server.put(a_mail(1, "x" * 5_000))
    async with running(a_reader(server.port, store, max_bytes=1_000)):
        await eventually(lambda: len(store.mails) == 1)

    raw = store.mails["<1@kl.digital>"]
    assert raw.startswith(b"X-KLBot-Oversize: 50")
    assert b"From: a@kl.digital" in raw
    assert b"xxx" not in raw


async def test_a_mail_is_read_again_when_it_could_not_be_stored(server: ImapServer, store: MemoryStore) -> None:
    store.broken = 1
    await server.put(a_mail(1))
    async with running(a_reader(server.port, store)):
        await eventually(lambda: len(store.mails) == 1)

    assert store.marks


async def test_a_server_that_comes_back_is_found_again(store: MemoryStore) -> None:
    port = free_port()
    reader = a_reader(port, store)
    async with running(reader):
        await asyncio.sleep(0.1)
        never = reader.last_good
        async with imap_server(port=port) as server:
            await server.put(a_mail(1))
            await eventually(lambda: len(store.mails) == 1)

    assert never is None
    assert reader.last_good == NOW


async def test_starttls_is_spoken_with_a_server_known_by_its_certificate(
    certificate: Certificate, store: MemoryStore
) -> None:
    async with imap_server(certificate) as server:
        await server.put(a_mail(1))
        async with running(a_reader(server.port, store, security="starttls", ca_file=certificate.cert)):
            await eventually(lambda: len(store.mails) == 1)

    assert list(store.mails) == ["<1@kl.digital>"]


async def test_tls_from_the_first_byte_is_spoken_too(certificate: Certificate, store: MemoryStore) -> None:
    async with imap_server(certificate, tls=True) as server:
        await server.put(a_mail(1))
        async with running(a_reader(server.port, store, security="tls", ca_file=certificate.cert)):
            await eventually(lambda: len(store.mails) == 1)

    assert list(store.mails) == ["<1@kl.digital>"]


@pytest.mark.parametrize("wrong", [{"password": "falsch"}, {"folder": "Gibt es nicht"}, {"security": "starttls"}])
async def test_what_cannot_work_is_tried_again_and_never_counts_as_read(
    server: ImapServer, store: MemoryStore, wrong: dict[str, Any]
) -> None:
    await server.put(a_mail(1))
    reader = a_reader(server.port, store, **wrong)
    async with running(reader):
        await asyncio.sleep(0.2)

    assert (reader.last_good, store.mails) == (None, {})


async def test_stopping_takes_no_longer_than_a_moment_while_a_server_is_silent(store: MemoryStore) -> None:
    async with silent_server() as port:
        began = time.monotonic()
        async with running(a_reader(port, store, timeout=30.0)):
            await asyncio.sleep(0.1)

        assert time.monotonic() - began < 1.0


def test_a_mark_survives_being_stored() -> None:
    assert Mark.parsed(str(Mark(1_700_000_000, 42))) == Mark(1_700_000_000, 42)
    assert Mark.parsed(None) == Mark.parsed("Unsinn") == Mark(0, 0)


def test_a_mailbox_is_not_read_in_the_clear_across_a_network() -> None:
    with pytest.raises(ConfigError, match=r"unencrypted to imap\.kl\.digital"):
        ImapSettings(host="imap.kl.digital", port=143, username=USER, password=PASSWORD, security="none")


def test_the_password_of_the_mailbox_stands_in_no_repr() -> None:
    assert PASSWORD not in repr(ImapSettings(host="localhost", port=993, username=USER, password=PASSWORD))
