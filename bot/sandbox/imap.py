"""A real IMAP server on loopback with one account, the bot's."""

import asyncio
import socket
from argparse import Namespace
from collections.abc import Callable
from datetime import UTC, datetime

from proxyprotocol.sock import SocketInfoLocal
from pymap.backend.dict import Config, Login
from pymap.backend.dict.filter import FilterSet
from pymap.backend.dict.mailbox import MailboxData, MailboxSet, Message
from pymap.concurrent import Subsystem
from pymap.config import BackendCapability
from pymap.imap import IMAPServer
from pymap.mime import MessageBody, MessageContent, MessageHeader
from pymap.parsing.message import AppendMessage
from pymap.user import UserMetadata
from pysasl.hashing import Cleartext

from bot.sandbox.letters import BROKEN

EPOCH = datetime.fromtimestamp(0, UTC)


class _Config(Config):
    """Plain logins on loopback. No IDLE: a client that waits in it is not always woken."""

    @property
    def backend_capability(self) -> BackendCapability:
        return BackendCapability(idle=False, object_id=False, multi_append=True)

    @property
    def greeting(self) -> bytes:
        return b"Server ready"


class _Inbox(MailboxData):
    """The mailbox whose UIDVALIDITY we keep across restarts."""

    def __init__(self, mailboxes: MailboxSet, uid_validity: int) -> None:
        super().__init__(mailboxes._content_cache, mailboxes._thread_cache)
        self._uid_validity = uid_validity

    async def append(self, append_msg: AppendMessage, *, recent: bool = False) -> Message:
        content = _content(append_msg.literal)
        async with self.messages_lock.write_lock():
            self._max_uid += 1
            when = append_msg.when or EPOCH
            message = Message(self._max_uid, when, append_msg.flag_set, recent=recent, content=content)
            self._messages[message.uid] = message
            self._mod_sequences.update([message.uid])
            self._updated.set()
        return message


class _Mailboxes(MailboxSet):
    def __init__(self, uid_validity: int) -> None:
        super().__init__()
        self._inbox = _Inbox(self, uid_validity)


class Imap:
    """INBOX of one account. While `is_down()` says so, connections are cut."""

    def __init__(self, user: str, password: str, uid_validity: int, is_down: Callable[[], bool]) -> None:
        self._config = _Config(
            Namespace(proxy_protocol=None),
            host=None,
            port=0,
            demo_data=False,
            demo_user=user,
            demo_password=password,
            tls_enabled=False,
            hash_context=Cleartext(),
            cpu_subsystem=Subsystem.for_asyncio(),
            invalid_user_sleep=0,
        )
        mailboxes = _Mailboxes(uid_validity)
        self._inbox = mailboxes._inbox
        self._config.set_cache[user] = (mailboxes, FilterSet())
        login = Login(self._config)
        login.users_dict[user] = UserMetadata(self._config, user, password=password)
        self._serve_client = IMAPServer(login, self._config)
        self._is_down = is_down
        self._connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._server: asyncio.Server | None = None

    async def start(self, listener: socket.socket) -> None:
        self._server = await asyncio.start_server(self._connected, sock=listener)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        self.cut()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def deliver(self, raw: bytes, received: datetime) -> None:
        """Put a mail into INBOX, byte by byte."""
        await self._inbox.append(AppendMessage(raw, received))

    def cut(self) -> None:
        """Break every open connection off."""
        for writer in self._connections.values():
            writer.transport.abort()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_down():
            writer.transport.abort()
            return
        task = asyncio.current_task()
        assert task is not None
        self._connections[task] = writer
        try:
            await self._serve_client(reader, writer, SocketInfoLocal(writer))
        except ConnectionError:
            return
        finally:
            del self._connections[task]


def _content(raw: bytes) -> MessageContent:
    """The mail with its structure; without it if that is beyond the server, so that every byte arrives."""
    try:
        content = MessageContent.parse(raw)
    except BROKEN:
        return _opaque(raw)
    return content if bytes(content) == raw else _opaque(raw)


def _opaque(raw: bytes) -> MessageContent:
    header, body = MessageContent._split_lines(raw, MessageContent._find_lines(raw))
    end = len(raw)
    text = MessageBody(raw, body or [(end, end, end)], MessageBody._parse_content_type("text/plain"), [])
    return MessageContent(raw, MessageHeader(raw, header, []), text)
