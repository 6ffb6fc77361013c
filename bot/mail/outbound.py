"""Mail out: one delivery of the outbox, one SMTP conversation."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib

from bot.desk.outbox import Delivery, Progress
from bot.errors import ChannelUnavailable, ConfigError, DeliveryFailed, LoginRefused
from bot.mail.keys import ThreadKeys
from bot.mail.message import compose
from bot.mail.oauth import Token, Tokens
from bot.mail.transport import Security, refuse_plain, tls_context, untrusted


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """The server that takes our mail, and who we are. Raises ConfigError for what cannot work.

    `ca_file`: authorities that replace the system's; `timeout`: seconds for each step; `allow_plain`: security
    `none` beyond this machine.
    """

    host: str
    port: int
    sender: str
    sender_name: str = ""
    security: Security = "starttls"
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: Path | None = None
    timeout: float = 20.0
    allow_plain: bool = False

    def __post_init__(self) -> None:
        refuse_plain("mail.smtp", self.host, self.security, self.allow_plain)
        try:
            Address(self.sender_name, addr_spec=self.sender)
        except ValueError as error:
            raise ConfigError(f"mail.smtp: {self.sender!r} is no mail address.") from error

    @property
    def author(self) -> Address:
        """The From of every mail."""
        return Address(self.sender_name, addr_spec=self.sender)


class MailChannel:
    """The way out to staff. Implements `bot.desk.outbox.Channel`."""

    def __init__(
        self, settings: SmtpSettings, keys: ThreadKeys, clock: Callable[[], datetime], tokens: Tokens | None = None
    ) -> None:
        """`tokens` log in instead of the password."""
        self._settings = settings
        self._tokens = tokens
        self._keys = keys
        self._clock = clock
        self._tls = None if settings.security == "none" else tls_context(settings.ca_file)

    async def deliver(self, delivery: Delivery, progress: Progress) -> None:
        """Send one mail; `progress(message_id)` once the server has taken it. Raises DeliveryFailed.

        A delivery with a part in `sent` was taken before and is not sent again.
        """
        if delivery.sent:
            return
        message = self._composed(delivery)
        client = await self._connected()
        try:
            await self._send(client, message)
            await progress(str(message["Message-ID"]))
        finally:
            with suppress(aiosmtplib.SMTPException, OSError):
                await client.quit()
            client.close()

    def _composed(self, delivery: Delivery) -> EmailMessage:
        try:
            return compose(
                delivery.payload,
                keys=self._keys,
                sender=self._settings.author,
                date=self._clock(),
                key=delivery.key,
                files=delivery.files,
            )
        except (ValueError, LookupError, TypeError) as error:
            reason = f"The mail cannot be written ({type(error).__name__}): is the address right?"
            raise DeliveryFailed(reason, permanent=True, our_fault=True) from error

    def _client(self) -> aiosmtplib.SMTP:
        settings = self._settings
        return aiosmtplib.SMTP(
            hostname=settings.host,
            port=settings.port,
            username=settings.username if self._tokens is None else None,
            password=settings.password,
            timeout=settings.timeout,
            use_tls=settings.security == "tls",
            start_tls=settings.security == "starttls",
            tls_context=self._tls,
        )

    async def _connected(self) -> aiosmtplib.SMTP:
        """A client that is logged in; where a token is refused, one more is tried."""
        with self._explained():
            if self._tokens is None:
                return await self._opened(None)
            token = await self._tokens.current()
            try:
                return await self._opened(token)
            except LoginRefused:
                if not self._tokens.refused(token):
                    raise
                return await self._opened(await self._tokens.current())

    async def _opened(self, token: Token | None) -> aiosmtplib.SMTP:
        client = self._client()
        with ExitStack() as unless_fine:
            unless_fine.callback(client.close)
            await client.connect()
            if token is not None:
                await self._present(client, token)
            unless_fine.pop_all()
        return client

    async def _present(self, client: aiosmtplib.SMTP, token: Token) -> None:
        await client.ehlo()
        if "xoauth2" not in client.server_auth_methods:
            raise ChannelUnavailable(f"{self._where} offers no login by OAuth (XOAUTH2).")
        try:
            await client.auth_xoauth2(self._settings.username or "", token.text)
        except aiosmtplib.SMTPAuthenticationError as error:
            reason = f"{self._where} refuses our access token for this user name ({error.code})."
            raise LoginRefused(reason) from None

    async def _send(self, client: aiosmtplib.SMTP, message: EmailMessage) -> None:
        with self._explained():
            recipient = message["To"].addresses[0].addr_spec
            await client.sendmail(self._settings.sender, recipient, message.as_bytes())

    @property
    def _where(self) -> str:
        return f"{self._settings.host}:{self._settings.port}"

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Whatever goes wrong within becomes a DeliveryFailed."""
        try:
            yield
        except ChannelUnavailable as error:
            raise DeliveryFailed(str(error)) from error
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise _failure(error, self._where) from error


def _failure(error: Exception, where: str) -> DeliveryFailed:
    """What went wrong, in words that hold neither a password nor anything of the mail's text."""
    match error:
        case aiosmtplib.SMTPAuthenticationError():
            return DeliveryFailed(f"{where} refuses our user name or password ({error.code}).")
        case aiosmtplib.SMTPRecipientsRefused():
            return _refused(error.recipients[0], where)
        case aiosmtplib.SMTPDataError():
            reason = f"{where} refuses the mail: {error.code} {_enhanced(error.message)}".rstrip()
            # Never for good: there is one receiver, so a server that is set up wrongly would refuse every question.
            return DeliveryFailed(reason, our_fault=error.code >= 500)
        case aiosmtplib.SMTPResponseException():
            return DeliveryFailed(f"{where} refuses to work for us: {error.code} {_enhanced(error.message)}".rstrip())
    if reason := untrusted(error):
        return DeliveryFailed(f"{where} shows a certificate that is not trusted: {reason}.")
    return DeliveryFailed(f"{where} does not answer as it should ({type(error).__name__}).")


def _refused(error: aiosmtplib.SMTPRecipientRefused, where: str) -> DeliveryFailed:
    words = " ".join(error.message.split())[:200]
    return DeliveryFailed(f"{where} refuses {error.recipient}: {error.code} {words}", our_fault=error.code >= 500)


def _enhanced(message: str) -> str:
    found = re.match(r"\s*([245]\.\d{1,3}\.\d{1,3})", message)
    return found[1] if found else ""
