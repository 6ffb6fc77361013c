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
from bot.sandbox.letters import described, sender_of, with_crlf
from bot.sandbox.news import News
from bot.sandbox.people import Refused
from bot.sandbox.records import Records
from bot.sandbox.replies import Attachment, Draft, draft, reply
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
        # A mail never changes, and the page asks for all of them at every turn.
        self._read: dict[int, dict[str, Any]] = {}

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
        return self._listed(STAFF)

    def sent(self) -> list[dict[str, Any]]:
        """What reached the bot's mailbox, whoever sent it, oldest first."""
        return self._listed(BOT)

    def counts(self) -> dict[str, int]:
        sql = "SELECT count(*) FROM mails WHERE box = ?"
        return {"staff_mails": self._records.count(sql, STAFF), "bot_mails": self._records.count(sql, BOT)}

    def raw(self, number: int) -> bytes:
        """A mail as it came. Raises Refused."""
        row = self._records.row("SELECT raw FROM mails WHERE id = ?", number)
        if row is None:
            raise Refused(404, f"There is no mail {number}.")
        return bytes(row[0])

    def draft(self, number: int) -> Draft:
        """An empty reply to a mail of the staff mailbox. Raises Refused."""
        return draft(self._received(number), self._bot_address, self._clock())

    async def reply(
        self, number: int, text: str, sender: str | None, files: Sequence[Attachment] = (), *, quoted: bool = True
    ) -> None:
        """Answer a mail of the staff mailbox as a mail client does, with the original below. Raises Refused."""
        original = self._received(number)
        sender = sender or formataddr((TEAM, self._queue_address))
        if quoted:
            text = f"{text.rstrip()}\n\n{self.draft(number).quote}"
        try:
            letter = reply(original, text, sender, self._bot_address, self._clock(), files)
        except ValueError as error:
            raise Refused(400, str(error)) from error
        await self.post(letter)

    async def answer_raw(self, number: int, raw: bytes) -> None:
        """Answer a mail of the staff mailbox with any message at all. Raises Refused."""
        self._received(number)
        await self.post(raw)

    async def post(self, raw: bytes) -> None:
        """Send any message to the bot, over SMTP as everybody does. Raises Refused."""
        raw = with_crlf(raw)
        try:
            await asyncio.to_thread(submit, *self._address, sender_of(raw), self._bot_address, raw)
        except OSError as error:
            raise Refused(409, f"The mail server does not take it ({type(error).__name__}).") from error

    def _received(self, number: int) -> bytes:
        if not self._records.count("SELECT count(*) FROM mails WHERE box = ? AND id = ?", STAFF, number):
            raise Refused(404, f"There is no mail {number} in the staff mailbox.")
        return self.raw(number)

    def _listed(self, box: str) -> list[dict[str, Any]]:
        rows = self._records.rows("SELECT id, received FROM mails WHERE box = ? ORDER BY id", box)
        for number, at in rows:
            if number not in self._read:
                self._read[number] = described(number, self.raw(number), datetime.fromtimestamp(at, UTC))
        return [self._read[number] for number, _ in rows]

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
