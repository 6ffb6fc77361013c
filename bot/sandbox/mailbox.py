"""The mail side: a server that takes mail, the staff mailbox, and the bot's own mailbox behind IMAP."""

import asyncio
import socket
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email.utils import formataddr
from typing import Any

from bot.sandbox.faults import Faults
from bot.sandbox.faults import Imap as ImapFault
from bot.sandbox.faults import Smtp as SmtpFault
from bot.sandbox.imap import Imap
from bot.sandbox.letters import described, reply, sender_of, with_crlf
from bot.sandbox.news import News
from bot.sandbox.people import Refused
from bot.sandbox.records import Records
from bot.sandbox.smtp import Smtp, submit

BOT = "bot"
STAFF = "staff"
TEAM = "Team KL.digital"


class Mailbox:
    """Delivers by recipient: the bot's address to its IMAP account, everything else to the staff mailbox."""

    def __init__(
        self,
        records: Records,
        news: News,
        faults: Faults,
        clock: Callable[[], datetime],
        *,
        bot_address: str,
        queue_address: str,
        password: str,
    ) -> None:
        self._records = records
        self._news = news
        self._faults = faults
        self._clock = clock
        self._bot_address = bot_address
        self._queue_address = queue_address
        self._smtp = Smtp(bot_address, password, self._deliver, lambda: faults.smtp)
        validity = int(records.kept("uid_validity", str(int(clock().timestamp()))))
        self._imap = Imap(bot_address, password, validity, lambda: faults.imap is ImapFault.DOWN)
        self._address = ("", 0)
        self._order = asyncio.Lock()

    async def start(self, smtp: socket.socket, imap: socket.socket) -> None:
        """Begin to serve on these bound sockets; what the bot's mailbox held is there again, under the same UIDs."""
        for raw, received in self._records.rows("SELECT raw, received FROM mails WHERE box = ? ORDER BY id", BOT):
            await self._imap.deliver(bytes(raw), datetime.fromtimestamp(received, UTC))
        self._address = smtp.getsockname()[:2]
        await self._smtp.start(smtp)
        await self._imap.start(imap)

    async def stop(self) -> None:
        await self._smtp.stop()
        await self._imap.stop()

    def apply_faults(self) -> None:
        """Cut what is down now."""
        if self._faults.smtp is SmtpFault.DOWN:
            self._smtp.cut()
        if self._faults.imap is ImapFault.DOWN:
            self._imap.cut()

    def mails(self) -> list[dict[str, Any]]:
        """What reached the staff mailbox, oldest first."""
        rows = self._records.rows("SELECT id, raw, received FROM mails WHERE box = ? ORDER BY id", STAFF)
        return [described(number, bytes(raw), datetime.fromtimestamp(at, UTC)) for number, raw, at in rows]

    def counts(self) -> dict[str, int]:
        sql = "SELECT count(*) FROM mails WHERE box = ?"
        return {"staff_mails": self._records.count(sql, STAFF), "bot_mails": self._records.count(sql, BOT)}

    def raw(self, number: int) -> bytes:
        """A mail of the staff mailbox as it came. Raises Refused."""
        row = self._records.row("SELECT raw FROM mails WHERE box = ? AND id = ?", STAFF, number)
        if row is None:
            raise Refused(404, f"There is no mail {number} in the staff mailbox.")
        return bytes(row[0])

    async def reply(self, number: int, text: str, sender: str | None) -> None:
        """Answer a mail as a mail client does. Raises Refused."""
        original = self.raw(number)
        sender = sender or formataddr((TEAM, self._queue_address))
        try:
            letter = reply(original, text, sender, self._bot_address, self._clock())
        except ValueError as error:
            raise Refused(400, str(error)) from error
        await self.post(letter)

    async def post(self, raw: bytes) -> None:
        """Send any message to the bot, over SMTP as everybody does. Raises Refused."""
        raw = with_crlf(raw)
        try:
            await asyncio.to_thread(submit, *self._address, sender_of(raw), self._bot_address, raw)
        except OSError as error:
            raise Refused(409, f"The mail server does not take it ({type(error).__name__}).") from error

    async def _deliver(self, recipients: Sequence[str], raw: bytes) -> None:
        raw, now = with_crlf(raw), self._clock()
        boxes = {self._box(address) for address in recipients}
        async with self._order:
            with self._records.transaction():
                for box in sorted(boxes):
                    self._records.insert(
                        "INSERT INTO mails (box, received, raw) VALUES (?, ?, ?)", box, now.timestamp(), raw
                    )
            if BOT in boxes:
                await self._imap.deliver(raw, now)
        self._news.changed()

    def _box(self, address: str) -> str:
        local, _, domain = address.lower().rpartition("@")
        return BOT if f"{local.partition('+')[0]}@{domain}" == self._bot_address.lower() else STAFF
