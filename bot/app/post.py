"""The parts that deal with mail, made as the configuration says."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from bot.app.clock import now
from bot.app.hidden import Secrets
from bot.config import Config, Imap, MailServer
from bot.mail.imap import ImapSettings
from bot.mail.inbound import MailboxReader
from bot.mail.keys import ThreadKeys
from bot.mail.message import read as read_mail
from bot.mail.oauth import OAuthSettings, Tokens
from bot.mail.outbound import MailChannel, SmtpSettings
from bot.mail.sender import StaffList
from bot.mail.sent import read_sent
from bot.storage.store import Store

MAIL = "mail"
SENT = "sent"


@dataclass(frozen=True, slots=True)
class Post:
    """What all parts of mail share. `tokens`: for servers that want access tokens instead of passwords."""

    config: Config
    hidden: Secrets
    keys: ThreadKeys
    tokens: Tokens | None

    def channel(self) -> MailChannel:
        """The way out to staff."""
        smtp = self.config.mail.smtp
        settings = SmtpSettings(
            host=smtp.host,
            port=smtp.port,
            sender=self.config.mail.address,
            sender_name=self.config.mail.name,
            security=smtp.security,
            username=smtp.username,
            password=self.hidden.smtp_password,
            ca_file=smtp.ca_file,
            timeout=smtp.timeout_seconds,
            allow_plain=smtp.allow_plain,
        )
        return MailChannel(settings, self.keys, clock=now, tokens=self._tokens_for(smtp))

    def may_take(self) -> Callable[[str], bool]:
        """Whether a ticket may be handed over to an address."""
        colleagues = StaffList(self.config.mail.may_take)
        # Our own mails are dropped when they come back: handed to ourselves, a ticket would be lost.
        return lambda address: colleagues.admits(address) and address != self.config.mail.address.lower()

    def reading(self) -> Callable[..., Any]:
        """What a mail in the bot's own mailbox means; `released`: the ticket that a person says it belongs to."""
        # Whoever was handed a ticket, or is told that it is late, must be able to answer it.
        mail, escalation = self.config.mail, self.config.desk.escalation
        told = () if escalation is None else (escalation,)
        staff = StaffList((*mail.staff, *mail.may_take, *told))

        def read(raw: bytes, external_id: str, released: str | None = None) -> Any:
            return read_mail(
                raw,
                keys=self.keys,
                staff=staff,
                own_address=mail.address,
                external_id=external_id,
                authserv_id=mail.authserv_id,
                released=released,
            )

        return read

    def sent_reading(self) -> Callable[..., Any]:
        """What a mail in the queue's own Sent folder means."""
        return partial(read_sent, keys=self.keys, own_address=self.config.mail.address)

    def mailbox(self, store: Store, on_news: Callable[[], None]) -> MailboxReader:
        """Reads the bot's own mailbox."""
        imap = self.config.mail.imap
        settings = _settings(imap, self.hidden.imap_password)
        return MailboxReader(settings, store, clock=now, on_news=on_news, tokens=self._tokens_for(imap))

    def sent_folder(self, store: Store, on_news: Callable[[], None]) -> MailboxReader | None:
        """Reads the queue's own Sent folder, if the configuration names one."""
        sent = self.config.mail.sent
        if sent is None:
            return None
        grace = timedelta(minutes=sent.grace_minutes)
        settings = _settings(sent, self.hidden.sent_password, source=SENT, from_now=True, grace=grace, key="mail.sent")
        return MailboxReader(settings, store, clock=now, on_news=on_news, tokens=self._tokens_for(sent))

    def _tokens_for(self, server: MailServer) -> Tokens | None:
        return self.tokens if server.login == "oauth" else None


async def opened_post(config: Config, hidden: Secrets, store: Store) -> Post:
    """Mail as this configuration wants it, with the keys of this database."""
    # Kept with the tickets it protects: a new key would turn away every reply to an older mail.
    key = await store.constant("thread-key", secrets.token_hex)
    domain = config.mail.address.rpartition("@")[2]
    keys = ThreadKeys(bytes.fromhex(key), domain, prefix=config.ticket_prefix)
    return Post(config, hidden, keys, _tokens(config, hidden))


def _tokens(config: Config, hidden: Secrets) -> Tokens | None:
    oauth = config.mail.oauth
    if oauth is None or hidden.oauth is None:
        return None
    settings = OAuthSettings(
        token_url=oauth.token_url,
        client_id=oauth.client_id,
        client_secret=hidden.oauth,
        scope=oauth.scope,
        ca_file=oauth.ca_file,
        timeout=oauth.timeout_seconds,
    )
    return Tokens(settings, clock=now)


def _settings(imap: Imap, password: str | None, **more: Any) -> ImapSettings:
    return ImapSettings(
        host=imap.host,
        port=imap.port,
        security=imap.security,
        username=imap.username,
        password=password,
        folder=imap.folder,
        poll_seconds=imap.poll_seconds,
        idle=imap.idle,
        timeout=imap.timeout_seconds,
        ca_file=imap.ca_file,
        allow_plain=imap.allow_plain,
        **more,
    )
