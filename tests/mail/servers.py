"""Mail servers on loopback: two that live inside the test, and Postfix and Dovecot from Debian."""

import asyncio
import base64
import email
import os
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from argparse import Namespace
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
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
from pysasl import SASLAuth
from pysasl.creds.plain import PlainCredentials
from pysasl.creds.server import ServerCredentials
from pysasl.exception import AuthenticationError
from pysasl.mechanism import ChallengeResponse, ServerChallenge, ServerMechanism

USER, PASSWORD = "bot@kl.digital", "geheim-und-lang"
# How a server refuses a token: by a challenge, which the client has to answer with an empty line.
CHALLENGE = b'{"status":"401","schemes":"bearer","scope":"https://mail.test/"}'
# Whether a token is good.
Good = Callable[[str], bool]


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


def is_xoauth2(words: bytes, good: Good) -> bool:
    """Whether these words of XOAUTH2 are our user's, with a good token."""
    found = re.fullmatch(rb"user=(.+)\x01auth=Bearer (.+)\x01\x01", words)
    return found is not None and found[1] == USER.encode() and good(found[2].decode())


# -- SMTP inside the test -------------------------------------------------------------------------


@dataclass(slots=True)
class SmtpServer:
    """A real SMTP server that keeps what it takes, and refuses what it is told to refuse."""

    port: int = 0
    good: Good | None = None
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

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:
        """Called by aiosmtpd."""
        assert self.good is not None
        if is_xoauth2(base64.b64decode(args[1]), self.good):
            return AuthResult(success=True)
        assert await server.challenge_auth(CHALLENGE) == b""
        return AuthResult(success=False, handled=False)


def _check(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=False)


@asynccontextmanager
async def smtp_server(
    certificate: Certificate | None = None, *, login: bool = False, tls: bool = False, good: Good | None = None
) -> AsyncIterator[SmtpServer]:
    """A server on 127.0.0.1: plain; with STARTTLS where there is a certificate; with `tls` from the first byte.

    `login`: wants the password; `good`: wants a token, and says which ones are good.
    """
    kept = SmtpServer(good=good)
    context = certificate.server_context() if certificate else None
    options: dict[str, Any] = {"hostname": "mail.test", "ident": "test"}
    options |= {"auth_exclude_mechanism": ["LOGIN", "PLAIN"] if good else ["XOAUTH2"]}
    if login or good:
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
    connections: set[asyncio.StreamWriter] = field(default_factory=set)

    async def end_sessions(self) -> None:
        """Throw everybody out, as Exchange does when a token expires."""
        for writer in self.connections.copy():
            writer.write(b"* BYE Session invalidated - AccessTokenExpired\r\n")
            writer.close()

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


class _XOAuth2(ServerMechanism):
    """A login by token, as Exchange, Google and Dovecot do it."""

    def __init__(self, good: Good) -> None:
        super().__init__(b"XOAUTH2")
        self._good = good

    def server_attempt(self, responses: Sequence[ChallengeResponse]) -> tuple[ServerCredentials, None]:
        if not responses:
            raise ServerChallenge(b"")
        if is_xoauth2(responses[0].response, self._good):
            return PlainCredentials(USER, PASSWORD), None
        if len(responses) == 1:
            raise ServerChallenge(CHALLENGE)
        assert responses[1].response == b""
        raise AuthenticationError("AUTHENTICATE failed.")


def _wanting_tokens(good: Good) -> type[Config]:
    class TokenConfig(Config):
        @property
        def tls_auth(self) -> SASLAuth:
            return SASLAuth([_XOAuth2(good)])

    return TokenConfig


@asynccontextmanager
async def imap_server(
    certificate: Certificate | None = None, *, tls: bool = False, port: int = 0, good: Good | None = None
) -> AsyncIterator[ImapServer]:
    """A server on 127.0.0.1 for one user, without IDLE: STARTTLS with a certificate, TLS at once with `tls`.

    `good`: it wants a token, and these are good; else it wants the password.
    """
    arguments = Namespace(
        host=None, port=0, debug=False, cert=None, key=None, tls=certificate is not None and not tls, passlib_cfg=None,
        proxy_protocol=None, demo_data=False, demo_user=USER, demo_password=PASSWORD,
    )  # fmt: skip
    extra = {"ssl_context": certificate.server_context()} if certificate else {}
    backend, config = await DictBackend.init(
        arguments, disable_idle=True, reject_dnsbl=False, invalid_user_sleep=0.0, **extra
    )
    if good is not None:
        config.__class__ = _wanting_tokens(good)
    config.apply_context()
    async with backend.login.demo_user_identity.new_session():
        pass  # The mailbox exists from the first session on.
    serve, proxy = IMAPServer(backend.login, config), ProxyProtocolReader(config.proxy_protocol)
    sessions: set[asyncio.Task[None]] = set()
    kept = ImapServer(port, config)

    async def session(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = SocketInfo.get(writer, await proxy.read(reader), unique_id=uuid4().bytes)
        sessions.add(task := asyncio.create_task(serve(reader, writer, peer)))
        kept.connections.add(writer)
        await asyncio.wait([task])
        kept.connections.discard(writer)
        writer.close()

    server = await asyncio.start_server(session, "127.0.0.1", port, ssl=config.ssl_context if tls else None)
    async with server:
        kept.port = server.sockets[0].getsockname()[1]
        yield kept
    for task in sessions:
        task.cancel()
    if sessions:
        await asyncio.wait(sessions)


# -- Postfix and Dovecot from Debian --------------------------------------------------------------

DOVECOT, POSTFIX = Path("/usr/sbin/dovecot"), Path("/usr/sbin/postfix")

_DOVECOT_CONF = """
base_dir = {folder}/run
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{cert}
ssl_key = <{key}
disable_plaintext_auth = yes
mail_location = maildir:{folder}/mail/%u
mail_uid = nobody
mail_gid = nogroup
first_valid_uid = 1
first_valid_gid = 1
auth_mechanisms = plain login xoauth2
auth_failure_delay = 0
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
passdb {{
  driver = static
  mechanisms = plain login
  args = password={password}
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/oauth2.conf
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={folder}/mail/%u
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
  }}
}}
service auth {{
  inet_listener {{
    address = 127.0.0.1
    port = {auth}
  }}
}}
"""

_OAUTH2_CONF = """
introspection_mode = post
introspection_url = http://127.0.0.1:{introspection}/introspect
username_attribute = username
active_attribute = active
active_value = true
timeout_msecs = 5000
"""

_MAIN_CF = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/postfix.log
maillog_file_prefixes = {folder}
myhostname = mail.test
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
alias_database =
virtual_mailbox_domains = kl.digital
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = inline:{{ bot@kl.digital=bot@kl.digital/, info@kl.digital=info@kl.digital/ }}
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
virtual_minimum_uid = 100
smtpd_tls_cert_file = {cert}
smtpd_tls_key_file = {key}
smtpd_tls_security_level = encrypt
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_error_sleep_time = 0
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{auth}
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = reject_unlisted_recipient, permit_sasl_authenticated, reject
"""

_MASTER_CF = """
127.0.0.1:{smtp} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True, slots=True)
class RealMail:
    """Ports of a Postfix that wants STARTTLS and a login, and of a Dovecot that keeps what it takes."""

    smtp: int
    imap: int
    imaps: int
    certificate: Certificate


def missing_programs() -> str | None:
    """Why Postfix and Dovecot cannot be started here, if they cannot."""
    missing = [str(program) for program in (DOVECOT, POSTFIX) if not program.exists()]
    if missing:
        return f"not installed: {', '.join(missing)}"
    return None if os.geteuid() == 0 else "Postfix can only be started by root"


@contextmanager
def real_mail(introspection: int = 9) -> Iterator[RealMail]:
    """Postfix and Dovecot with a configuration of their own, on high ports of loopback, for the length of the block.

    `introspection`: the port of the token server that knows which tokens are good.
    """
    # Not below pytest's own folder, which the servers' users may not enter.
    folder = Path(tempfile.mkdtemp(prefix="klbot-mail-"))
    folder.chmod(0o755)
    certificate = self_signed(folder)
    ports = {name: free_port() for name in ("smtp", "imap", "imaps", "auth")}
    values = {"folder": folder, "cert": certificate.cert, "key": certificate.key, "password": PASSWORD} | ports
    values |= {"introspection": introspection}
    config = _write(folder, values)
    dovecot = subprocess.Popen([DOVECOT, "-F", "-c", folder / "dovecot.conf"])
    postfix = subprocess.Popen(
        [POSTFIX, "-c", config, "start-fg"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for port in ports.values():
            _await_port(port, folder)
        yield RealMail(ports["smtp"], ports["imap"], ports["imaps"], certificate)
    finally:
        subprocess.run([POSTFIX, "-c", config, "stop"], capture_output=True, check=False)
        dovecot.terminate()
        postfix.wait(timeout=10)
        dovecot.wait(timeout=10)
        shutil.rmtree(folder)


def _write(folder: Path, values: Mapping[str, Any]) -> Path:
    config = folder / "postfix"
    for name in ("postfix", "mail", "queue", "data", "run"):
        (folder / name).mkdir()
    shutil.chown(folder / "mail", "nobody", "nogroup")
    shutil.chown(folder / "data", "postfix")
    (folder / "dovecot.conf").write_text(_DOVECOT_CONF.format(**values), encoding="utf-8")
    (folder / "oauth2.conf").write_text(_OAUTH2_CONF.format(**values), encoding="utf-8")
    (config / "main.cf").write_text(_MAIN_CF.format(**values), encoding="utf-8")
    (config / "master.cf").write_text(_MASTER_CF.format(**values), encoding="utf-8")
    return config


def _await_port(port: int, folder: Path) -> None:
    for _ in range(200):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    logs = [path.read_text(encoding="utf-8", errors="replace")[-2000:] for path in folder.glob("*.log")]
    raise AssertionError(f"nobody listens on port {port}: {logs}")
