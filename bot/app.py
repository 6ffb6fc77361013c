"""The composition root: opens every part in order, runs the loops, closes in reverse."""

import asyncio
import random
import secrets
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import structlog

from bot import config as configuration
from bot.config import Config, Imap, MailServer, Matching, OAuth, Sent
from bot.desk import group as staff_group
from bot.desk import operator
from bot.desk.back import Back, MailBack
from bot.desk.board import Board
from bot.desk.brakes import Brakes, telling
from bot.desk.cards import Cards
from bot.desk.codes import Codes
from bot.desk.conversation import Conversation
from bot.desk.deadlines import Deadlines
from bot.desk.group_back import GroupBack, GroupNotes
from bot.desk.group_desk import GroupDesk
from bot.desk.handover import Handover
from bot.desk.intake import Door, Intake
from bot.desk.letters import Letters
from bot.desk.outbox import Outbox, Patience
from bot.desk.phrases import Phrases
from bot.desk.promise import Promises
from bot.desk.relay import StaffRelay
from bot.desk.reminders import Reminders
from bot.desk.sent import SentFolder
from bot.desk.words import missing_words
from bot.errors import ConfigError, KnowledgeError
from bot.knowledge.entry import Kind, KnowledgeBase
from bot.knowledge.loader import load, shipped
from bot.mail.imap import ImapSettings
from bot.mail.inbound import MailboxReader
from bot.mail.keys import ThreadKeys
from bot.mail.message import read as read_mail
from bot.mail.oauth import OAuthSettings, Tokens
from bot.mail.outbound import MailChannel, SmtpSettings
from bot.mail.sender import StaffList
from bot.mail.sent import read_sent
from bot.matching.calibration import Aim
from bot.matching.matcher import LEAST_QUESTIONS, Matcher
from bot.observe import health, logs
from bot.observe.watch import Watch
from bot.storage.store import Store, open_store
from bot.telegram import group as telegram_group
from bot.telegram import inbound as telegram_inbound
from bot.telegram.client import Clients, connected
from bot.telegram.outbound import TelegramChannel

log = structlog.get_logger()

Loop = Callable[[], Coroutine[Any, Any, None]]
Sender = Outbox | Board

TELEGRAM = telegram_inbound.CHANNEL
MAIL = "mail"
SENT = "sent"
GROUP = staff_group.DOOR
# A question must outlive any outage of the mail server: five weeks of ten-minute pauses.
MAIL_PATIENCE = Patience(attempts=5000)


def now() -> datetime:
    """The time, aware and in UTC."""
    return datetime.now(UTC)


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


def aim(matching: Matching) -> Aim:
    """What the thresholds of answers are computed for."""
    traffic = matching.traffic
    if traffic is None:
        return Aim(matching.max_wrong_answers)
    shares = {
        Kind.IN_SCOPE: traffic.in_scope,
        Kind.OUT_OF_SCOPE: traffic.out_of_scope,
        Kind.SMALL_TALK: traffic.small_talk,
        Kind.AMBIGUOUS: traffic.ambiguous,
    }
    return Aim(matching.max_wrong_answers, shares)


def computed(matcher: Matcher) -> dict[str, float]:
    """How sure an answer must be and, unless that is the default, how much is then answered wrongly.

    `wrong` and `wrong_at_most` (with 95 % confidence) are shares of all messages; `labelled` questions say so.
    """
    threshold = round(matcher.thresholds.answer, 4)
    if matcher.limit is None:
        return {"threshold": threshold, "labelled_needed": LEAST_QUESTIONS}
    wrong, bound = round(matcher.limit.wrong, 4), round(matcher.limit.bound, 4)
    return {"threshold": threshold, "wrong": wrong, "wrong_at_most": bound, "labelled": matcher.limit.messages}


async def run(config: Config, *, on_ready: Callable[[], None] = lambda: None) -> None:
    """The whole bot, until cancelled. Raises KlbotError when a part cannot start."""
    hidden = read_secrets(config)
    logs.configure(level=config.observe.log_level, form=config.observe.log_format, secrets=hidden.all)
    knowledge = load(shipped()) if config.knowledge is None else load(config.knowledge, fallback=shipped())
    if complaints := missing_words(knowledge):
        raise KnowledgeError(complaints)
    configuration.make_folder(config.database)
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(config.database, now, {MAIL: _brakes(config)}))
        clients = await stack.enter_async_context(connected(hidden.token, config.telegram.base_url))
        # It takes seconds, and in the try-out this loop serves the page meanwhile.
        matcher = await asyncio.to_thread(Matcher, knowledge, aim(config.matching))
        log.info("matching.computed" if matcher.limit else "matching.too_few_questions", **computed(matcher))
        loops, pulse = await _assemble(config, hidden, knowledge, matcher, store, clients)
        if config.observe.port is not None:
            await stack.enter_async_context(health.serving(pulse, config.observe.port))
        async with turning(loops):
            log.info("bot.ready", knowledge=knowledge.version, entries=sum(1 for _ in knowledge.entries()))
            on_ready()
            await asyncio.Event().wait()


async def _assemble(
    config: Config, hidden: Secrets, knowledge: KnowledgeBase, matcher: Matcher, store: Store, clients: Clients
) -> tuple[Sequence[Loop], health.Pulse]:
    """Every part, connected: the loops to run and what the health page reads."""
    await store.release_leases()
    keys = await _thread_keys(config, store)
    letters = Letters(knowledge, config.mail.queue, config.zone)
    codes = Codes(secrets.choice, config.ticket_prefix)
    group = await _group(config, store, clients)
    by_mail = MailBack(letters, every_receipt=config.mail.receipts == "always")
    by_group = GroupBack(GroupNotes(knowledge), letters)
    # What was held before the group was left out of the configuration is still spoken about, by mail.
    backs: dict[str, Back] = {MAIL: by_mail, GROUP: by_group if group else by_mail}
    reread = partial(staff_group.reread, telegram_group.reading(clients.sending), by_group.notes.sender)
    relay = StaffRelay(
        knowledge,
        letters,
        citizens=TELEGRAM,
        codes=codes,
        backs=backs,
        rereads={MAIL: _mail_reading(config, keys), GROUP: reread},
        may_take=_may_take(config),
    )
    orders = operator.Operator(relay)
    phrases = Phrases(knowledge, config.mail.queue)
    promises = _promises(config)
    handover = Handover(phrases, letters, codes, matcher.alike, promises)
    conversation = Conversation(phrases, matcher.decide, handover)
    tokens = _tokens(config, hidden)
    outbox = partial(Outbox, store=store, witness=relay, clock=now, jitter=random.random)
    to_citizens = outbox(TELEGRAM, TelegramChannel(clients.sending, store))
    to_staff = outbox(MAIL, _mail_channel(config, hidden, keys, tokens), patience=MAIL_PATIENCE, at_once=4)

    senders: list[Sender] = [to_citizens, to_staff]
    if group is not None:
        senders.append(outbox(GROUP, group.channel, patience=MAIL_PATIENCE, at_once=4))
        senders.append(Board(store, group.wall, Cards(knowledge, config.zone), jitter=random.random))

    def handled() -> None:
        for sender in senders:
            sender.wake()

    doors = {
        TELEGRAM: Door(telegram_inbound.read, telling(conversation.handle, letters), conversation.rescue),
        MAIL: Door(_mail_reading(config, keys), telling(relay.handle, letters), relay.rescue),
        operator.SOURCE: Door(operator.read, telling(orders.handle, letters), orders.rescue),
    }
    if config.mail.sent is not None:
        doors[SENT] = _sent_door(config, relay, letters, keys)
    intakes = [Intake(store, doors, on_handled=handled)]
    if group is not None:
        # Apart from the citizens', which must not wait until Telegram has said who is a member.
        desk = GroupDesk(relay, by_group, taps=TELEGRAM)
        door = Door(group.read, telling(desk.handle, letters), desk.rescue, check=group.doorkeeper.check)
        intakes.append(Intake(store, {GROUP: door}, on_handled=handled))

    def received() -> None:
        for intake in intakes:
            intake.wake()

    poller = telegram_inbound.Poller(
        clients.polling,
        store,
        on_news=received,
        clock=now,
        long_poll=timedelta(seconds=config.telegram.long_poll_seconds),
        source_of=group.chat.source_of if group else lambda _update: None,
    )
    reader = partial(MailboxReader, store=store, clock=now, on_news=received)
    mailbox = reader(_mailbox(config.mail.imap, hidden.imap_password), tokens=_for(config.mail.imap, tokens))
    last_good = {"telegram": lambda: poller.last_good, "mailbox": lambda: mailbox.last_good}
    heard = partial(earliest, tuple(last_good.values()))
    loops = [poller.run, mailbox.run]
    if (sent := config.mail.sent) is not None:
        folder = reader(_sent_folder(sent, hidden.sent_password), tokens=_for(sent, tokens))
        last_good[SENT] = lambda: folder.last_good
        loops.append(folder.run)
    watch = Watch(last_good, now, timedelta(minutes=config.observe.alarm_minutes))
    loops.append(watch.run)
    pulse = health.Pulse(
        counts=store.counts,
        last_good=last_good,
        clock=now,
        limit=timedelta(minutes=config.observe.alarm_minutes),
        alarms=lambda: watch.alarms,
        matching=computed(matcher),
        decisions=store.decisions if config.observe.show_decisions else None,
    )
    loops += [*(intake.run for intake in intakes), *(sender.run for sender in senders)]
    if promises is not None and config.desk.reminders:
        reminders = Reminders(phrases, letters, citizens=TELEGRAM, escalation=config.desk.escalation)
        remind = telling(reminders.handle, letters)
        loops.append(Deadlines(store, remind, promises.hours, clock=now, heard_until=heard).run)
    return loops, pulse


async def _group(config: Config, store: Store, clients: Clients) -> telegram_group.StaffGroup | None:
    chat, pace = config.telegram.staff_group, config.telegram.group_pace
    if chat is None:
        return None
    span = timedelta(seconds=pace.seconds)
    return await telegram_group.opened(clients.sending, chat, store, calls=pace.calls, span=span, clock=now)


async def _thread_keys(config: Config, store: Store) -> ThreadKeys:
    # Kept with the tickets it protects: a new key would turn away every reply to an older mail.
    key = await store.constant("thread-key", secrets.token_hex)
    domain = config.mail.address.rpartition("@")[2]
    return ThreadKeys(bytes.fromhex(key), domain, prefix=config.ticket_prefix)


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


def _mail_channel(config: Config, hidden: Secrets, keys: ThreadKeys, tokens: Tokens | None) -> MailChannel:
    smtp = config.mail.smtp
    settings = SmtpSettings(
        host=smtp.host,
        port=smtp.port,
        sender=config.mail.address,
        sender_name=config.mail.name,
        security=smtp.security,
        username=smtp.username,
        password=hidden.smtp_password,
        ca_file=smtp.ca_file,
        timeout=smtp.timeout_seconds,
        allow_plain=smtp.allow_plain,
    )
    return MailChannel(settings, keys, clock=now, tokens=_for(smtp, tokens))


def _brakes(config: Config) -> Brakes:
    return Brakes(config.mail.brakes.per_ticket, config.mail.brakes.in_all)


def _promises(config: Config) -> Promises | None:
    hours = config.desk.hours(config.zone)
    return None if hours is None else Promises(hours, timedelta(hours=config.desk.answer_within_hours))


def earliest(moments: Sequence[Callable[[], datetime | None]]) -> datetime | None:
    """The earliest of the moments; None if one is not known."""
    found = [moment() for moment in moments]
    return None if None in found else min(moment for moment in found if moment is not None)


def _may_take(config: Config) -> Callable[[str], bool]:
    colleagues = StaffList(config.mail.may_take)
    # Our own mails are dropped when they come back: handed to ourselves, a ticket would be lost.
    return lambda address: colleagues.admits(address) and address != config.mail.address.lower()


def _mail_reading(config: Config, keys: ThreadKeys) -> Callable[..., Any]:
    # Whoever was handed a ticket, or is told that it is late, must be able to answer it.
    told = () if config.desk.escalation is None else (config.desk.escalation,)
    staff = StaffList((*config.mail.staff, *config.mail.may_take, *told))

    def read(raw: bytes, external_id: str, released: str | None = None) -> Any:
        return read_mail(
            raw,
            keys=keys,
            staff=staff,
            own_address=config.mail.address,
            external_id=external_id,
            authserv_id=config.mail.authserv_id,
            released=released,
        )

    return read


def _sent_door(config: Config, relay: StaffRelay, letters: Letters, keys: ThreadKeys) -> Door:
    folder = SentFolder(relay, config.mail.address)
    read = partial(read_sent, keys=keys, own_address=config.mail.address)
    return Door(read, telling(folder.handle, letters), folder.rescue)


def _for(server: MailServer, tokens: Tokens | None) -> Tokens | None:
    return tokens if server.login == "oauth" else None


def _mailbox(imap: Imap, password: str | None, **more: Any) -> ImapSettings:
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


def _sent_folder(sent: Sent, password: str | None) -> ImapSettings:
    grace = timedelta(minutes=sent.grace_minutes)
    return _mailbox(sent, password, source=SENT, from_now=True, grace=grace, key="mail.sent")


@asynccontextmanager
async def turning(loops: Sequence[Loop]) -> AsyncIterator[None]:
    """Run the loops for the length of the block; if one of them fails, so does the block."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(loop()) for loop in loops]
        yield
        # Only when the block ends by itself: whatever else ends it, the group has cancelled them already, and a
        # second cancellation would break into the closing of their database connections.
        for task in tasks:
            task.cancel()
