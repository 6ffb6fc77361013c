"""One IMAP connection, for use in a thread: what is new in a folder, read without leaving a trace."""

import imaplib
import re
import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from imap_tools.errors import ImapToolsError
from imap_tools.mailbox import BaseMailBox

from bot.errors import ChannelUnavailable, LoginRefused
from bot.mail.transport import Security, refuse_plain

_CONNECT_TIMEOUT = 10.0


@dataclass(frozen=True, slots=True)
class ImapSettings:
    """The bot's own mailbox. Raises ConfigError for what cannot work.

    `password`: None where an access token is given at each login; `poll_seconds`: pause between scans; `idle`: let the
    server wake us up before; `timeout`: seconds for each answer of the server; `max_bytes`: of larger mails only the
    headers are fetched.

    `source`: the folder's name in the inbox and in logs; `from_now`: what was there before we first looked is left
    alone; `grace`: how long after its arrival a mail is handled; `key`: where all this stands in the configuration.
    """

    host: str
    port: int
    username: str
    password: str | None = field(default=None, repr=False)
    security: Security = "tls"
    folder: str = "INBOX"
    ca_file: Path | None = None
    timeout: float = 20.0
    poll_seconds: float = 60.0
    idle: bool = True
    max_bytes: int = 25_000_000
    allow_plain: bool = False
    source: str = "mail"
    from_now: bool = False
    grace: timedelta = timedelta(0)
    key: str = "mail.imap"

    def __post_init__(self) -> None:
        refuse_plain(self.key, self.host, self.security, self.allow_plain)


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """How far a folder was read: all mails of this UIDVALIDITY up to and with this UID."""

    validity: int
    uid: int

    @classmethod
    def parsed(cls, text: str | None) -> "Mark":
        """The mark as it was stored; the beginning of everything if there is none."""
        found = re.fullmatch(r"(\d+):(\d+)", text or "")
        return cls(int(found[1]), int(found[2])) if found else cls(0, 0)

    def __str__(self) -> str:
        return f"{self.validity}:{self.uid}"


@dataclass(frozen=True, slots=True)
class Fetched:
    """A mail as the server gave it. `oversize`: its size in bytes if only the headers were fetched."""

    uid: int
    raw: bytes
    oversize: int | None


class _Client(imaplib.IMAP4):
    """imaplib's client, plain at first; TLS where the settings say so. Hands out its socket before it blocks on it."""

    def __init__(
        self, settings: ImapSettings, tls: ssl.SSLContext | None, on_socket: Callable[[socket.socket], None]
    ) -> None:
        self._first_tls = tls if settings.security == "tls" else None
        self._on_socket = on_socket
        super().__init__(settings.host, settings.port, settings.timeout)
        if settings.security == "starttls":
            with ExitStack() as unless_fine:
                unless_fine.callback(self.shutdown)
                self.starttls(tls)
                unless_fine.pop_all()

    def _create_socket(self, timeout: float | None) -> socket.socket:
        plain = socket.create_connection((self.host, self.port), min(timeout or _CONNECT_TIMEOUT, _CONNECT_TIMEOUT))
        plain.settimeout(timeout)
        self._on_socket(plain)
        if self._first_tls is None:
            return plain
        encrypted = self._first_tls.wrap_socket(plain, server_hostname=self.host, do_handshake_on_connect=False)
        self._on_socket(encrypted)
        encrypted.do_handshake()
        return encrypted


class ImapConnection(BaseMailBox):
    """A connection to the folder. Every method blocks, except `cut`, which ends the others from another thread."""

    def __init__(self, settings: ImapSettings, tls: ssl.SSLContext | None) -> None:
        """Nothing is connected yet: that is what `open` is for."""
        self._settings = settings
        self._tls = tls
        self._socket: socket.socket | None = None
        self._is_cut = False
        self._busy = threading.Lock()
        self._can_idle = False

    def open(self, token: str | None = None) -> None:
        """Connect and log in, by this access token if there is one, else by the password.

        Raises OSError, imaplib's errors, ChannelUnavailable, LoginRefused.
        """
        with self._busy, ExitStack() as unless_fine:
            unless_fine.callback(self._close)
            super().__init__()
            try:
                self._log_in(token)
            except imaplib.IMAP4.abort:
                raise
            except (imaplib.IMAP4.error, ImapToolsError):
                # The server's own words might repeat what it was given.
                what = "our user name or password" if token is None else "our access token for this user name"
                raise LoginRefused(f"The IMAP server refuses {what}.") from None
            self._can_idle = self._settings.idle and "IDLE" in self._capabilities()
            unless_fine.pop_all()

    def _log_in(self, token: str | None) -> None:
        if token is None:
            self.login_utf8(self._settings.username, self._settings.password or "", None)
            return
        if "AUTH=XOAUTH2" not in self._capabilities():
            raise ChannelUnavailable("The IMAP server offers no login by OAuth (XOAUTH2).")
        words = [f"user={self._settings.username}\1auth=Bearer {token}\1\1".encode()]
        # A refusal comes as a challenge, which an empty line answers; imap-tools would repeat the token for ever.
        self.client.authenticate("XOAUTH2", lambda _challenge: words.pop() if words else b"")

    def _get_mailbox_client(self) -> imaplib.IMAP4:
        return _Client(self._settings, self._tls, self._have_socket)

    def _have_socket(self, opened: socket.socket) -> None:
        self._socket = opened
        if self._is_cut:
            opened.close()
            raise ConnectionAbortedError("The connection was given up while it was being opened.")

    def cut(self) -> None:
        """Make whatever is waiting for the server fail at once, now and from now on."""
        self._is_cut = True
        # STARTTLS puts another socket in place of the first.
        client = getattr(self, "client", None)
        for opened in (self._socket, getattr(client, "sock", None)):
            if opened is not None:
                with suppress(OSError):
                    opened.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Give everything back, once no other thread is inside. Call `cut` first."""
        with self._busy:
            self._close()

    def _close(self) -> None:
        with suppress(OSError, AttributeError):
            self.client.shutdown()
        if self._socket is not None:
            self._socket.close()

    def _capabilities(self) -> Sequence[str]:
        _, answer = self.client.capability()
        return (answer[0] or b"").decode("ascii", "replace").upper().split()

    def new_since(self, mark: Mark) -> tuple[Mark, list[int]]:
        """The mark that holds in the folder as it is now, and the UIDs above it, ascending."""
        with self._busy:
            # Opening anew each time shows every server's latest state, and a folder that was replaced.
            self.folder.set(self._settings.folder, readonly=True)
            validity, following = self._number("UIDVALIDITY"), self._number("UIDNEXT")
            if validity != mark.validity or 0 < following <= mark.uid:
                mark = Mark(validity, 0)
            # "n:*" always names the last mail, even below n.
            uids = sorted(int(uid) for uid in self.uids(f"UID {mark.uid + 1}:*", charset=None))
            return mark, [uid for uid in uids if uid > mark.uid]

    def _number(self, name: str) -> int:
        _, values = self.client.response(name)
        return int(values[-1]) if values and values[-1] else 0

    def fetch_mail(self, uid: int) -> Fetched | None:
        """The mail of this UID, not marked as seen; None if it is gone."""
        with self._busy:
            size = re.search(rb"RFC822\.SIZE (\d+)", b" ".join(self._fetch_items(uid, "(RFC822.SIZE)")))
            if size is None:
                return None
            is_oversize = int(size[1]) > self._settings.max_bytes
            found = self._fetch_items(uid, "(BODY.PEEK[HEADER])" if is_oversize else "(BODY.PEEK[])")
            return Fetched(uid, found[-1], int(size[1]) if is_oversize else None) if found else None

    def _fetch_items(self, uid: int, items: str) -> list[bytes]:
        """The literals of the answer, or its lines where it holds none."""
        status, answer = self.client.uid("FETCH", str(uid), items)
        if status != "OK":
            raise ChannelUnavailable(f"The IMAP server answers {status} to a fetch.")
        literals = [item[1] for item in answer if isinstance(item, tuple)]
        return literals or [item for item in answer if isinstance(item, bytes)]

    @property
    def can_wait(self) -> bool:
        """Whether the server is able, and permitted, to wake us up."""
        return self._can_idle

    def wait(self, seconds: float) -> None:
        """Wait for a hint that something is new, at most so long."""
        with self._busy:
            self.idle.wait(seconds)
