"""Mail servers on loopback: two that live inside the test, and Postfix and Dovecot from Debian."""

import asyncio
import email
import socket
import ssl
import subprocess
from argparse import Namespace
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message
from pathlib import Path
from typing import Any
from uuid import uuid4

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from proxyprotocol.reader import ProxyProtocolReader
from proxyprotocol.sock import SocketInfo
from pymap.backend.dict import Config, DictBackend
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials.flag import Flag

USER, PASSWORD = "bot@kl.digital", "geheim-und-lang"


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True, slots=True)
class Certificate:
    """A self-signed certificate for localhost and 127.0.0.1."""

    cert: Path
    key: Path

    def server_context(self) -> ssl.SSLContext:
        """The context of a server that shows it."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.cert, self.key)
        return context


def self_signed(folder: Path) -> Certificate:
    """A fresh certificate, made by openssl."""
    made = Certificate(folder / "cert.pem", folder / "key.pem")
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost "
        "-addext subjectAltName=DNS:localhost,IP:127.0.0.1"
    )
    arguments = [*command.split(), "-keyout", str(made.key), "-out", str(made.cert)]
    subprocess.run(arguments, check=True, capture_output=True)
    return made


@asynccontextmanager
async def silent_server() -> AsyncIterator[int]:
    """A server that accepts connections and never says a word; its port."""
    sessions: list[asyncio.Event] = []

    async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sessions.append(ended := asyncio.Event())
        await reader.read()
        writer.close()
        await writer.wait_closed()
        ended.set()

    async with await asyncio.start_server(silence, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]
        for ended in sessions:
            await ended.wait()


# -- SMTP inside the test -------------------------------------------------------------------------


@dataclass(slots=True)
class SmtpServer:
    """A real SMTP server that keeps what it takes, and refuses what it is told to refuse."""

    port: int = 0
    taken: list[bytes] = field(default_factory=list)
    answers: dict[str, list[str]] = field(default_factory=dict)

    def refuse(self, stage: str, *answers: str) -> None:
        """The next answers at RCPT or DATA, before it takes mail again."""
        self.answers[stage] = list(answers)

    def mails(self) -> list[Message]:
        """What was taken, parsed."""
        return [email.message_from_bytes(raw) for raw in self.taken]

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Called by aiosmtpd."""
        if waiting := self.answers.get("RCPT"):
            return waiting.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Called by aiosmtpd."""
        if waiting := self.answers.get("DATA"):
            return waiting.pop(0)
        assert isinstance(envelope.content, bytes)
        self.taken.append(envelope.content)
        return "250 OK"


def _check(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=False)


@asynccontextmanager
async def smtp_server(
    certificate: Certificate | None = None, *, login: bool = False, tls: bool = False
) -> AsyncIterator[SmtpServer]:
    """A server on 127.0.0.1: plain; with STARTTLS where there is a certificate; with `tls` from the first byte."""
    kept = SmtpServer()
    context = certificate.server_context() if certificate else None
    options: dict[str, Any] = {"hostname": "mail.test", "ident": "test"}
    if login:
        options |= {"authenticator": _check, "auth_required": True}

    def session() -> SMTP:
        return SMTP(kept, tls_context=None if tls else context, loop=asyncio.get_running_loop(), **options)

    loop = asyncio.get_running_loop()
    server = await loop.create_server(session, "127.0.0.1", 0, ssl=context if tls else None)
    async with server:
        kept.port = server.sockets[0].getsockname()[1]
        yield kept


# -- IMAP inside the test -------------------------------------------------------------------------


@dataclass(slots=True)
class ImapServer:
    """A real IMAP server with one mailbox in memory."""

    port: int
    config: Config

    async def _inbox(self) -> Any:
        return await self.config.set_cache[USER][0].get_mailbox("INBOX")

    async def put(self, raw: bytes) -> None:
        """Deliver a mail."""
        message = AppendMessage(raw, datetime(2026, 11, 24, tzinfo=UTC), frozenset())
        await (await self._inbox()).append(message)

    async def flags(self) -> list[frozenset[Flag]]:
        """The flags of all mails."""
        return [message.permanent_flags async for message in (await self._inbox()).messages()]

    async def empty(self) -> None:
        """Delete all mails."""
        inbox = await self._inbox()
        await inbox.delete([message.uid async for message in inbox.messages()])

    async def replace(self) -> None:
        """Put a new, empty folder in place of the old one: another UIDVALIDITY."""
        mailboxes = self.config.set_cache[USER][0]
        mailboxes._inbox = type(mailboxes._inbox)(mailboxes._content_cache, mailboxes._thread_cache)


@asynccontextmanager
async def imap_server(
    certificate: Certificate | None = None, *, tls: bool = False, port: int = 0
) -> AsyncIterator[ImapServer]:
    """A server on 127.0.0.1 for one user, without IDLE: STARTTLS with a certificate, TLS at once with `tls`."""
    arguments = Namespace(
        host=None, port=0, debug=False, cert=None, key=None, tls=certificate is not None and not tls, passlib_cfg=None,
        proxy_protocol=None, demo_data=False, demo_user=USER, demo_password=PASSWORD,
    )  # fmt: skip
    extra = {"ssl_context": certificate.server_context()} if certificate else {}
    backend, config = await DictBackend.init(
        arguments, disable_idle=True, reject_dnsbl=False, invalid_user_sleep=0.0, **extra
    )
    config.apply_context()
    async with backend.login.demo_user_identity.new_session():
        pass  # The mailbox exists from the first session on.
    serve, proxy = IMAPServer(backend.login, config), ProxyProtocolReader(config.proxy_protocol)
    sessions: set[asyncio.Task[None]] = set()

    async def session(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = SocketInfo.get(writer, await proxy.read(reader), unique_id=uuid4().bytes)
        sessions.add(task := asyncio.create_task(serve(reader, writer, peer)))
        await asyncio.wait([task])
        writer.close()

    server = await asyncio.start_server(session, "127.0.0.1", port, ssl=config.ssl_context if tls else None)
    async with server:
        yield ImapServer(server.sockets[0].getsockname()[1], config)
    for task in sessions:
        task.cancel()
    if sessions:
        await asyncio.wait(sessions)
