"""Mail in: watch the bot's mailbox, and commit what is new before anything is done with it."""

import asyncio
import hashlib
import imaplib
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from email.parser import BytesHeaderParser
from typing import Protocol

import structlog
from imap_tools.errors import ImapToolsError

from bot.desk.ending import to_its_end
from bot.errors import KlbotError, LoginRefused
from bot.mail.imap import Fetched, ImapConnection, ImapSettings, Mark
from bot.mail.message import OVERSIZE_HEADER
from bot.mail.oauth import Token, Tokens
from bot.mail.transport import tls_context

log = structlog.get_logger()

_BATCH = 20
_BATCH_BYTES = 10_000_000
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 60.0
# imaplib and imap-tools raise whatever a line they did not expect leads them to; a new connection mends it all.
_BROKEN = (
    OSError, EOFError, imaplib.IMAP4.error, ImapToolsError, KlbotError,
    LookupError, ValueError, TypeError, AttributeError, AssertionError,
)  # fmt: skip


class MailStore(Protocol):
    """What the reader asks of storage."""

    async def bookmark(self, name: str) -> str | None:
        """How far this source has been read."""

    async def receive(
        self, source: str, items: Sequence[tuple[str, bytes]], bookmark: tuple[str, str], after: timedelta
    ) -> int:
        """Commit (external id, raw mail) and the bookmark together, without ids it has; how many were new.

        They are due `after` this time.
        """


class MailboxReader:
    """Reads one folder for ever, leaving no trace in it."""

    def __init__(
        self,
        settings: ImapSettings,
        store: MailStore,
        clock: Callable[[], datetime],
        on_news: Callable[[], None] = lambda: None,
        tokens: Tokens | None = None,
    ) -> None:
        """`on_news` is called after each commit of something new; `tokens` log in instead of the password."""
        self._settings = settings
        self._store = store
        self._clock = clock
        self._on_news = on_news
        self._tokens = tokens
        self._tls = None if settings.security == "none" else tls_context(settings.ca_file)
        self._last_good: datetime | None = None

    @property
    def last_good(self) -> datetime | None:
        """When the folder was last read to its end; None if never."""
        return self._last_good

    @property
    def bookmark_name(self) -> str:
        """Under which name the mark is kept, at most 128 characters."""
        name = f"imap:{self._settings.username}@{self._settings.host}/{self._settings.folder}"
        return name if len(name) <= 128 else f"imap:{hashlib.sha256(name.encode()).hexdigest()}"

    async def run(self) -> None:
        """Watch the folder until cancelled. Whatever breaks is logged and met with a new connection."""
        pause = 0.0
        while True:
            began_with = self._last_good
            try:
                await self._session()
            except _BROKEN as error:
                worked = self._last_good != began_with
                pause = _FIRST_PAUSE if worked or not pause else min(pause * 2, _LONGEST_PAUSE)
                source, reason = self._settings.source, _sentence(error)
                log.warning("mailbox_unavailable", source=source, error=reason, again_in_seconds=pause)
                await asyncio.sleep(pause)

    async def _session(self) -> None:
        """One connection, until it breaks or another token is due."""
        token = None if self._tokens is None else await self._tokens.current()
        try:
            async with self._connection(token) as connection:
                await self._watch(connection, token)
        except LoginRefused:
            if self._tokens is None or token is None or not self._tokens.refused(token):
                raise
            log.info("mailbox_token_refused", source=self._settings.source, again="with a fresh one")

    @asynccontextmanager
    async def _connection(self, token: Token | None) -> AsyncIterator[ImapConnection]:
        connection = ImapConnection(self._settings, self._tls)
        try:
            await asyncio.to_thread(connection.open, None if token is None else token.text)
            yield connection
        finally:
            # Not a polite goodbye: a thread may be waiting for the server, and nobody should wait for that.
            connection.cut()
            await asyncio.to_thread(connection.close)

    async def _watch(self, connection: ImapConnection, token: Token | None) -> None:
        # Exchange Online throws out whoever stays longer than his token.
        while True:
            await self.scan(connection)
            if connection.can_wait:
                await asyncio.to_thread(connection.wait, self._settings.poll_seconds)
            else:
                await asyncio.sleep(self._settings.poll_seconds)
            if token is not None and self._clock() >= token.renew_at:
                return

    async def scan(self, connection: ImapConnection) -> int:
        """Commit everything above the mark; how many mails were new to the store."""
        known = Mark.parsed(await to_its_end(self._store.bookmark(self.bookmark_name)))
        mark, uids = await asyncio.to_thread(connection.new_since, known)
        if self._settings.from_now and mark != known:
            # Nothing is known of this folder, or of the one in its place: all that is in it counts as read.
            await self._commit([], Mark(mark.validity, max(uids, default=0)))
            uids = []
        new = 0
        while uids:
            taken, new_now = await self._take(connection, mark.validity, uids[:_BATCH])
            uids, new = uids[taken:], new + new_now
        self._last_good = self._clock()
        return new

    async def _take(self, connection: ImapConnection, validity: int, uids: Sequence[int]) -> tuple[int, int]:
        """Commit the first of these mails, as many as memory should hold at once: how many, and how many were new."""
        items: list[tuple[str, bytes]] = []
        taken = size = 0
        while taken < len(uids) and size < _BATCH_BYTES:
            mail = await asyncio.to_thread(connection.fetch_mail, uids[taken])
            taken += 1
            if mail is not None:
                items.append(_item(mail, validity))
                size += len(mail.raw)
        mark = Mark(validity, uids[taken - 1])
        return taken, await self._commit(items, mark)

    async def _commit(self, items: Sequence[tuple[str, bytes]], mark: Mark) -> int:
        source, bookmark = self._settings.source, (self.bookmark_name, str(mark))
        new = await to_its_end(self._store.receive(source, items, bookmark, self._settings.grace))
        log.info("mail_received", source=source, count=len(items), new=new, up_to=str(mark))
        if new:
            self._on_news()
        return new


def _item(mail: Fetched, validity: int) -> tuple[str, bytes]:
    """The mail with the id under which a second copy of it would be recognised."""
    external_id = _message_id(mail.raw)
    if external_id is None:
        # The content outlives a renumbering of the folder, which a UID would not.
        digest = hashlib.sha256(mail.raw).hexdigest()
        external_id = f"sha256:{digest}" if mail.raw.strip() else f"{validity}:{mail.uid}"
    if mail.oversize is None:
        return external_id, mail.raw
    return external_id, f"{OVERSIZE_HEADER}: {mail.oversize}\r\n".encode() + mail.raw


def _message_id(raw: bytes) -> str | None:
    """The Message-ID if there is exactly one proper one."""
    found = BytesHeaderParser().parsebytes(raw).get_all("Message-ID", [])
    text = "".join(str(found[0]).split()) if len(found) == 1 else ""
    return text if re.fullmatch(r"<[\x21-\x7e]{3,250}>", text) else None


def _sentence(error: BaseException) -> str:
    """The error's own words if they are ours or the operating system's; of others only the kind."""
    return str(error) if isinstance(error, (KlbotError, OSError)) else type(error).__name__
