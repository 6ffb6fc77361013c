"""How we reach mail servers: encryption, and when going without it is allowed."""

import ipaddress
import ssl
from pathlib import Path
from typing import Literal

from bot.errors import ConfigError

# Encryption of a connection: from the first byte, after a plain greeting, or not at all.
Security = Literal["tls", "starttls", "none"]


def refuse_plain(what: str, host: str, security: Security, allow_plain: bool) -> None:
    """Raises ConfigError where a connection would cross a network in the clear without being asked to."""
    if security == "none" and not allow_plain and not is_loopback(host):
        raise ConfigError(
            f"{what}: security 'none' would send mail unencrypted to {host}. "
            "Use 'starttls' or 'tls'; 'none' is for this very machine, or set allow_plain: true."
        )


def is_loopback(host: str) -> bool:
    """Whether the host is this very machine, by its name or number; nothing is looked up."""
    if host.casefold() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def tls_context(ca_file: Path | None) -> ssl.SSLContext:
    """A context that verifies the server; `ca_file` replaces the system's authorities. Raises ConfigError."""
    try:
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(f"The certificate authorities in {ca_file} cannot be read: {error}") from error


def untrusted(error: BaseException) -> str:
    """Why a certificate is not trusted, if that is behind this error; else empty."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLCertVerificationError):
        cause = cause.__cause__ or cause.__context__
    return cause.verify_message if cause is not None else ""
