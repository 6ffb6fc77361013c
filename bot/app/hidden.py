"""Everything that nobody else may read, from its value or its file."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot import config as configuration
from bot.config import Config, Imap, OAuth
from bot.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Secrets:
    """What nobody else may read."""

    token: str
    smtp_password: str | None
    imap_password: str | None
    sent_password: str | None
    oauth: str | None

    @property
    def all(self) -> Sequence[str]:
        """Each one that is set, for what must keep them out."""
        given = (self.token, self.smtp_password, self.imap_password, self.sent_password, self.oauth)
        return [secret for secret in given if secret]

    def __repr__(self) -> str:
        return "Secrets([hidden])"


def read_secrets(config: Config) -> Secrets:
    """Every secret of the configuration, from its value or its file. Raises ConfigError naming what is missing."""
    telegram, smtp = config.telegram, config.mail.smtp
    token = configuration.secret(telegram.token, telegram.token_file, "telegram.token_file")
    if not token:
        raise ConfigError("telegram.token is missing; set it, or telegram.token_file, or KLBOT_TELEGRAM__TOKEN.")
    smtp_password = configuration.secret(smtp.password, smtp.password_file, "mail.smtp.password_file")
    if smtp.login == "password" and smtp.username and smtp_password is None:
        raise ConfigError("mail.smtp.password is missing, though mail.smtp.username is set.")
    imap_password = _mailbox_password(config.mail.imap, "imap")
    sent_password = None if config.mail.sent is None else _mailbox_password(config.mail.sent, "sent")
    return Secrets(token, smtp_password, imap_password, sent_password, _oauth_secret(config.mail.oauth))


def _mailbox_password(imap: Imap, name: str) -> str | None:
    key = f"mail.{name}.password"
    password = configuration.secret(imap.password, imap.password_file, f"{key}_file")
    if imap.login == "password" and password is None:
        variable = f"KLBOT_MAIL__{name.upper()}__PASSWORD"
        raise ConfigError(f"{key} is missing; set it, {key}_file or {variable}.")
    return password


def _oauth_secret(oauth: OAuth | None) -> str | None:
    if oauth is None:
        return None
    secret = configuration.secret(oauth.client_secret, oauth.client_secret_file, "mail.oauth.client_secret_file")
    if not secret:
        raise ConfigError(
            "mail.oauth.client_secret is missing; set it, mail.oauth.client_secret_file "
            "or KLBOT_MAIL__OAUTH__CLIENT_SECRET."
        )
    return secret
