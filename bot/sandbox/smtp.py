"""A real SMTP server on loopback that takes mail for everybody."""

import asyncio
import smtplib
import socket
from collections.abc import Awaitable, Callable, Sequence

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from bot.sandbox.faults import Smtp as Fault

MAX_BYTES = 30 * 1024 * 1024
REFUSALS = {Fault.REJECT: "550 5.7.1 Refused on demand", Fault.DEFER: "451 4.3.0 Try again later"}
TIMEOUT_SECONDS = 10.0

Deliver = Callable[[Sequence[str], bytes], Awaitable[None]]


class _Protocol(SMTP):
    # Mails with longer lines than RFC 5322 allows exist; they must reach the bot.
    line_length_limit = 2**20

    def __init__(self, server: "Smtp") -> None:
        super().__init__(
            server,
            hostname="localhost",
            ident="Sandbox",
            data_size_limit=MAX_BYTES,
            enable_SMTPUTF8=True,
            auth_require_tls=False,
            authenticator=server.authenticate,
            loop=asyncio.get_running_loop(),
        )
        self._opened = server.opened
        self._connections = server.connections

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._opened(self)

    def connection_lost(self, error: Exception | None) -> None:
        self._connections.discard(self)
        super().connection_lost(error)

    def abort(self) -> None:
        if self.transport is not None:
            self.transport.abort()  # type: ignore[attr-defined]

    @property
    def work(self) -> "asyncio.Task[None] | None":
        return self._handler_coroutine


class Smtp:
    """Hands every mail over by `deliver(recipients, raw)` before it says yes. `fault()` says what is broken."""

    def __init__(self, user: str, password: str, deliver: Deliver, fault: Callable[[], Fault]) -> None:
        self._login = (user.encode(), password.encode())
        self._deliver = deliver
        self._fault = fault
        self._server: asyncio.Server | None = None
        self.connections: set[_Protocol] = set()

    async def start(self, listener: socket.socket) -> None:
        self._server = await asyncio.get_running_loop().create_server(lambda: _Protocol(self), sock=listener)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        work = [one.work for one in self.connections if one.work is not None]
        self.cut()
        await asyncio.gather(*work, return_exceptions=True)

    def cut(self) -> None:
        """Break every open connection off."""
        for protocol in list(self.connections):
            protocol.abort()

    # -- called by the protocol

    def opened(self, protocol: _Protocol) -> None:
        self.connections.add(protocol)
        if self._fault() is Fault.DOWN:
            protocol.abort()

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, auth_data: LoginPassword
    ) -> AuthResult:
        return AuthResult(success=(auth_data.login, auth_data.password) == self._login, handled=False)

    async def handle_RCPT(  # noqa: N802 -- the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Sequence[str]
    ) -> str:
        refusal = REFUSALS.get(self._fault())
        if refusal is not None:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802 -- the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        content = envelope.original_content or b""
        await self._deliver(envelope.rcpt_tos, content)
        return "250 2.0.0 Accepted"


def submit(host: str, port: int, sender: str, recipient: str, raw: bytes) -> None:
    """Hand a mail to a server. Blocks. Raises OSError (smtplib's errors are such)."""
    with smtplib.SMTP(host, port, local_hostname="localhost", timeout=TIMEOUT_SECONDS) as client:
        client.sendmail(sender, [recipient], raw, mail_options=["BODY=8BITMIME"])
