"""Every part of the bot, connected."""

import random
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bot.app.clock import now
from bot.app.desk import GROUP, TELEGRAM, Desk, DeskMaker
from bot.app.hidden import Secrets
from bot.app.live import LiveDesk, LiveWitness, WatchedFolder
from bot.app.post import MAIL, SENT, Post, opened_post
from bot.app.thresholds import computed
from bot.config import Config
from bot.desk import operator
from bot.desk.board import Board
from bot.desk.deadlines import Deadlines
from bot.desk.enclosing import Enclosing
from bot.desk.intake import Door, Intake
from bot.desk.introduction import introductions
from bot.desk.outbox import Outbox, Patience
from bot.desk.pace import Pace
from bot.desk.privacy import Retention
from bot.desk.promise import Promises
from bot.desk.renewal import Renewal
from bot.desk.rounds import Rounds
from bot.desk.undecided import Decisions
from bot.knowledge.entry import KnowledgeBase
from bot.mail.enclosures import enclosure
from bot.matching.building import Order
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
Around = Callable[[Callable[[Any, Any], Awaitable[str]]], Callable[[Any, Any], Awaitable[str]]]

# A question must outlive any outage of the mail server: five weeks of ten-minute pauses.
MAIL_PATIENCE = Patience(attempts=5000)


def _unseen(handle: Callable[[Any, Any], Awaitable[str]]) -> Callable[[Any, Any], Awaitable[str]]:
    return handle


@dataclass(frozen=True, slots=True)
class Known:
    """What the bot starts with. `order`: how it is built anew from `folder`; `seen`: what that looked like."""

    order: Order
    folder: WatchedFolder
    seen: Hashable
    base: KnowledgeBase
    matcher: Matcher


@dataclass(frozen=True, slots=True)
class Assembly:
    """What everything is made from."""

    config: Config
    live: LiveDesk
    store: Store
    clients: Clients
    post: Post
    group: telegram_group.StaffGroup | None
    activity: Activity

    def decisions(self) -> Decisions:
        """Passes on, masked, what citizens were asked about and did not decide in time."""
        return Decisions(self.store, self.live.handling(lambda desk: desk.conversation.offers.consent.expired))

    # -- ways in and out --------------------------------------------------------------------------

    def intakes(self, on_handled: Callable[[], None]) -> Sequence[Intake]:
        """Take what arrived off the inbox."""
        read = partial(telegram_inbound.read, files=self.config.telegram.photos_to_staff)
        doors = {
            TELEGRAM: self._door(
                read,
                lambda desk: desk.conversation,
                around=self.activity.around,
                pace=Pace(self.config.desk.messages_per_minute, self._slowed),
            ),
            MAIL: self._door(self.post.reading(), lambda desk: desk.relay),
            operator.SOURCE: self._door(operator.read, lambda desk: desk.orders),
        }
        if self.config.mail.sent is not None:
            doors[SENT] = self._door(self.post.sent_reading(), lambda desk: desk.sent)
        intakes = [Intake(self.store, doors, on_handled=on_handled)]
        if self.group is not None:
            # Apart from the citizens', which must not wait until Telegram has said who is a member.
            door = self._door(self.group.read, lambda desk: desk.group, check=self.group.doorkeeper.check)
            intakes.append(Intake(self.store, {GROUP: door}, on_handled=on_handled))
        return intakes

    async def _slowed(self, tx: Any, message: Any) -> None:
        await self.live().conversation.slowed(tx, message)

    def _door(
        self, read: Callable[..., Any], part: Callable[[Desk], Any], around: Around = _unseen, **more: Any
    ) -> Door:
        """What came by it goes to this part of the desk that is in use then. `around`: what is shown meanwhile."""
        handle, rescue = (lambda desk: part(desk).handle), (lambda desk: part(desk).rescue)
        return Door(read, around(self.live.handling(handle)), around(self.live.rescuing(rescue)), **more)

    def senders(self) -> Sequence[Outbox | Board]:
        """Send what waits in the outbox, and keep the group's cards as the tickets are."""
        outbox = partial(Outbox, store=self.store, witness=LiveWitness(self.live), clock=now, jitter=random.random)
        senders: list[Outbox | Board] = [
            outbox(TELEGRAM, TelegramChannel(self.clients.sending, self.store)),
            outbox(MAIL, self._mail(), patience=MAIL_PATIENCE, at_once=4),
        ]
        if self.group is not None:
            senders.append(outbox(GROUP, self.group.channel, patience=MAIL_PATIENCE, at_once=4))
            senders.append(Board(self.store, self.group.wall, lambda: self.live().cards, jitter=random.random))
        return senders

    def _mail(self) -> Enclosing:
        """The way to the queue, with what citizens sent along."""
        return Enclosing(self.post.channel(), self.store, partial(fetched, self.clients.sending), enclosure)

    def inline(self) -> InlineAnswers:
        """Answers people who ask for the bot in other chats."""
        return InlineAnswers(self.clients.sending, lambda text: self.live().inline.offer(text), self.store.count)

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
            matching=lambda: computed(self.live().matcher),
            decisions=self.store.decisions if self.config.observe.show_decisions else None,
        )

    def deadlines(self, promises: Promises | None, heard_until: Moment) -> Deadlines | None:
        """Reminds staff of what nobody answers, if the configuration wants that."""
        if promises is None or not self.config.desk.reminders:
            return None
        remind = self.live.handling(lambda desk: desk.reminders.handle)
        return Deadlines(self.store, remind, promises.hours, clock=now, heard_until=heard_until)

    def rounds(self, on_told: Callable[[], None]) -> Rounds:
        """Tells people of answers that have changed."""
        return Rounds(self.store, lambda: self.live().errata, on_told=on_told, clock=now)

    def renewal(self, known: Known, on_taken: Callable[[], None]) -> Renewal:
        """Takes over what editors change."""
        return Renewal(self.store, self.live, known.folder, known.seen, clock=now, on_taken=on_taken)


async def assembled(
    config: Config, hidden: Secrets, known: Known, store: Store, clients: Clients
) -> tuple[Sequence[Loop], health.Pulse]:
    """Every part, connected: the loops to run and what the health page reads."""
    await store.release_leases()
    post, group = await opened_post(config, hidden, store), await _group(config, store, clients)
    maker = DeskMaker(config, post.reading(), telegram_group.reading(clients.sending), post.may_take())
    live = LiveDesk(maker.made, known.order, known.base, known.matcher, lambda: now().astimezone(config.zone))
    parts = Assembly(config, live, store, clients, post, group, Activity(clients.sending))
    senders = parts.senders()
    intakes = parts.intakes(lambda: _wake(senders))

    def received() -> None:
        _wake(intakes)

    inline = parts.inline()
    poller, mailbox = parts.poller(received, inline), post.mailbox(store, received)
    last_good: dict[str, Moment] = {"telegram": lambda: poller.last_good, "mailbox": lambda: mailbox.last_good}
    heard = partial(earliest, tuple(last_good.values()))
    rounds = parts.rounds(lambda: _wake(senders))

    def renewed() -> None:
        rounds.wake()
        # What editors are told waits in the outbox.
        _wake(senders)

    renewal = parts.renewal(known, renewed)
    loops: list[Loop] = [
        partial(introduce, clients.sending, introductions(known.base)),
        poller.run,
        mailbox.run,
        inline.run,
        parts.decisions().run,
        *(intake.run for intake in intakes),
        *(sender.run for sender in senders),
        rounds.run,
        renewal.run,
    ]
    if (folder := post.sent_folder(store, received)) is not None:
        last_good[SENT] = lambda: folder.last_good
        loops.append(folder.run)
    if (deadlines := parts.deadlines(maker.promises, heard)) is not None:
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
