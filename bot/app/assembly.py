"""Every part of the bot, connected."""

import random
import secrets
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bot.app.clock import now
from bot.app.hidden import Secrets
from bot.app.post import MAIL, SENT, Post, opened_post
from bot.app.thresholds import computed
from bot.config import Config
from bot.desk import group as staff_group
from bot.desk import operator
from bot.desk.back import Back, MailBack
from bot.desk.board import Board
from bot.desk.brakes import telling
from bot.desk.cards import Cards
from bot.desk.codes import Codes
from bot.desk.contact import Contact
from bot.desk.conversation import Conversation
from bot.desk.deadlines import Deadlines
from bot.desk.enclosing import Enclosing
from bot.desk.group_back import GroupBack, GroupNotes
from bot.desk.group_desk import GroupDesk
from bot.desk.handover import Handover
from bot.desk.inline import Inline
from bot.desk.intake import Door, Intake
from bot.desk.introduction import introductions
from bot.desk.letters import Letters
from bot.desk.outbox import Outbox, Patience
from bot.desk.pace import Pace
from bot.desk.phrases import Phrases
from bot.desk.privacy import Retention
from bot.desk.promise import Promises
from bot.desk.reactions import Reactions
from bot.desk.relay import StaffRelay
from bot.desk.reminders import Reminders
from bot.desk.undecided import Decisions
from bot.knowledge.entry import KnowledgeBase
from bot.mail.enclosures import enclosure
from bot.matching.matcher import Matcher
from bot.observe import health
from bot.observe.watch import Watch
from bot.storage.store import Store
from bot.telegram import group as telegram_group
from bot.telegram import inbound as telegram_inbound
from bot.telegram.activity import Activity
from bot.telegram.client import Clients
from bot.telegram.download import fetched
from bot.telegram.inline import InlineAnswers
from bot.telegram.outbound import TelegramChannel
from bot.telegram.profile import introduce

Loop = Callable[[], Coroutine[Any, Any, None]]
Moment = Callable[[], datetime | None]

TELEGRAM = telegram_inbound.CHANNEL
GROUP = staff_group.DOOR
# A question must outlive any outage of the mail server: five weeks of ten-minute pauses.
MAIL_PATIENCE = Patience(attempts=5000)


@dataclass(frozen=True, slots=True)
class Assembly:
    """What everything is made from."""

    config: Config
    knowledge: KnowledgeBase
    matcher: Matcher
    store: Store
    clients: Clients
    post: Post
    group: telegram_group.StaffGroup | None
    activity: Activity

    # -- the desk ---------------------------------------------------------------------------------

    @property
    def letters(self) -> Letters:
        """Writes to staff."""
        return Letters(self.knowledge, self.config.mail.queue, self.config.zone)

    @property
    def phrases(self) -> Phrases:
        """Speaks to citizens."""
        contact, days = Contact(**self.config.contact.model_dump()), self.config.desk.retention_days
        return Phrases(self.knowledge, self.config.mail.queue, contact=contact, days=days)

    @property
    def reactions(self) -> Reactions:
        """Signs on citizens' own messages."""
        return Reactions(TELEGRAM, self.config.telegram.reactions)

    @property
    def promises(self) -> Promises | None:
        """Until when an answer can be expected, if there are office hours."""
        hours = self.config.desk.hours(self.config.zone)
        return None if hours is None else Promises(hours, timedelta(hours=self.config.desk.answer_within_hours))

    @property
    def _codes(self) -> Codes:
        return Codes(secrets.choice, self.config.ticket_prefix)

    @property
    def _by_group(self) -> GroupBack:
        return GroupBack(GroupNotes(self.knowledge), self.letters)

    def relay(self) -> StaffRelay:
        """Acts on what staff write, by whatever door."""
        by_mail = MailBack(self.letters, every_receipt=self.config.mail.receipts == "always")
        # What was held before the group was left out of the configuration is still spoken about, by mail.
        backs: dict[str, Back] = {MAIL: by_mail, GROUP: self._by_group if self.group else by_mail}
        reading = telegram_group.reading(self.clients.sending)
        return StaffRelay(
            self.knowledge,
            self.letters,
            citizens=TELEGRAM,
            codes=self._codes,
            backs=backs,
            rereads={
                MAIL: self.post.reading(),
                GROUP: partial(staff_group.reread, reading, self._by_group.notes.sender),
            },
            may_take=self.post.may_take(),
            reactions=self.reactions,
        )

    def conversation(self) -> Conversation:
        """Acts on what citizens write."""
        handover = Handover(self.phrases, self.letters, self._codes, self.matcher.alike, self.promises, self.reactions)
        return Conversation(self.phrases, self.matcher.decide, handover)

    def decisions(self) -> Decisions:
        """Passes on, masked, what citizens were asked about and did not decide in time."""
        return Decisions(self.store, telling(self.conversation().offers.consent.expired, self.letters))

    # -- ways in and out --------------------------------------------------------------------------

    def intakes(self, relay: StaffRelay, on_handled: Callable[[], None]) -> Sequence[Intake]:
        """Take what arrived off the inbox."""
        read = partial(telegram_inbound.read, files=self.config.telegram.photos_to_staff)
        conversation, orders = self.conversation(), operator.Operator(relay)
        doors = {
            TELEGRAM: Door(
                read,
                self.activity.around(telling(conversation.handle, self.letters)),
                self.activity.around(conversation.rescue),
                pace=Pace(self.config.desk.messages_per_minute, conversation.slowed),
            ),
            MAIL: Door(self.post.reading(), telling(relay.handle, self.letters), relay.rescue),
            operator.SOURCE: Door(operator.read, telling(orders.handle, self.letters), orders.rescue),
        }
        if self.config.mail.sent is not None:
            doors[SENT] = self.post.sent_door(relay)
        intakes = [Intake(self.store, doors, on_handled=on_handled)]
        if self.group is not None:
            # Apart from the citizens', which must not wait until Telegram has said who is a member.
            desk = GroupDesk(relay, self._by_group, taps=TELEGRAM)
            handle, check = telling(desk.handle, self.letters), self.group.doorkeeper.check
            door = Door(self.group.read, handle, desk.rescue, check=check)
            intakes.append(Intake(self.store, {GROUP: door}, on_handled=on_handled))
        return intakes

    def senders(self, relay: StaffRelay) -> Sequence[Outbox | Board]:
        """Send what waits in the outbox, and keep the group's cards as the tickets are."""
        outbox = partial(Outbox, store=self.store, witness=relay, clock=now, jitter=random.random)
        senders: list[Outbox | Board] = [
            outbox(TELEGRAM, TelegramChannel(self.clients.sending, self.store)),
            outbox(MAIL, self._mail(), patience=MAIL_PATIENCE, at_once=4),
        ]
        if self.group is not None:
            senders.append(outbox(GROUP, self.group.channel, patience=MAIL_PATIENCE, at_once=4))
            cards = Cards(self.knowledge, self.config.zone)
            senders.append(Board(self.store, self.group.wall, cards, jitter=random.random))
        return senders

    def _mail(self) -> Enclosing:
        """The way to the queue, with what citizens sent along."""
        return Enclosing(self.post.channel(), self.store, partial(fetched, self.clients.sending), enclosure)

    def inline(self) -> InlineAnswers:
        """Answers people who ask for the bot in other chats."""
        offer = Inline(self.phrases, self.matcher.decide).offer
        return InlineAnswers(self.clients.sending, offer, self.store.count)

    def poller(self, on_news: Callable[[], None], inline: InlineAnswers) -> telegram_inbound.Poller:
        """Fetches updates from Telegram."""
        return telegram_inbound.Poller(
            self.clients.polling,
            self.store,
            on_news=on_news,
            clock=now,
            long_poll=timedelta(seconds=self.config.telegram.long_poll_seconds),
            source_of=self.group.chat.source_of if self.group else lambda _update: None,
            on_updates=self.activity.received,
            aside=inline.takes,
        )

    # -- looking after it -------------------------------------------------------------------------

    def pulse(self, last_good: dict[str, Moment], watch: Watch) -> health.Pulse:
        """What the health page reads."""
        return health.Pulse(
            counts=self.store.counts,
            last_good=last_good,
            clock=now,
            limit=timedelta(minutes=self.config.observe.alarm_minutes),
            alarms=lambda: watch.alarms,
            matching=computed(self.matcher),
            decisions=self.store.decisions if self.config.observe.show_decisions else None,
        )

    def deadlines(self, heard_until: Moment) -> Deadlines | None:
        """Reminds staff of what nobody answers, if the configuration wants that."""
        if self.promises is None or not self.config.desk.reminders:
            return None
        escalation = self.config.desk.escalation
        reminders = Reminders(self.phrases, self.letters, citizens=TELEGRAM, escalation=escalation)
        remind = telling(reminders.handle, self.letters)
        return Deadlines(self.store, remind, self.promises.hours, clock=now, heard_until=heard_until)


async def assembled(
    config: Config, hidden: Secrets, knowledge: KnowledgeBase, matcher: Matcher, store: Store, clients: Clients
) -> tuple[Sequence[Loop], health.Pulse]:
    """Every part, connected: the loops to run and what the health page reads."""
    await store.release_leases()
    post, group = await opened_post(config, hidden, store), await _group(config, store, clients)
    parts = Assembly(config, knowledge, matcher, store, clients, post, group, Activity(clients.sending))
    relay = parts.relay()
    senders = parts.senders(relay)
    intakes = parts.intakes(relay, lambda: _wake(senders))

    def received() -> None:
        _wake(intakes)

    inline = parts.inline()
    poller, mailbox = parts.poller(received, inline), post.mailbox(store, received)
    last_good: dict[str, Moment] = {"telegram": lambda: poller.last_good, "mailbox": lambda: mailbox.last_good}
    heard = partial(earliest, tuple(last_good.values()))
    loops: list[Loop] = [
        partial(introduce, clients.sending, introductions(knowledge)),
        poller.run,
        mailbox.run,
        inline.run,
        parts.decisions().run,
        *(intake.run for intake in intakes),
        *(sender.run for sender in senders),
    ]
    if (folder := post.sent_folder(store, received)) is not None:
        last_good[SENT] = lambda: folder.last_good
        loops.append(folder.run)
    if (deadlines := parts.deadlines(heard)) is not None:
        loops.append(deadlines.run)
    loops.append(Retention(store, timedelta(days=config.desk.retention_days), clock=now).run)
    watch = Watch(last_good, now, timedelta(minutes=config.observe.alarm_minutes))
    return [*loops, watch.run], parts.pulse(last_good, watch)


def _wake(parts: Sequence[Intake] | Sequence[Outbox | Board]) -> None:
    for part in parts:
        part.wake()


def earliest(moments: Sequence[Moment]) -> datetime | None:
    """The earliest of the moments; None if one is not known."""
    found = [moment() for moment in moments]
    return None if None in found else min(moment for moment in found if moment is not None)


async def _group(config: Config, store: Store, clients: Clients) -> telegram_group.StaffGroup | None:
    chat, pace = config.telegram.staff_group, config.telegram.group_pace
    if chat is None:
        return None
    span = timedelta(seconds=pace.seconds)
    return await telegram_group.opened(clients.sending, chat, store, calls=pace.calls, span=span, clock=now)
