"""The desk, made for one knowledge base: whoever speaks, speaks from the same one."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from bot.app.clock import now
from bot.app.post import MAIL
from bot.config import Config
from bot.desk import group as staff_group
from bot.desk.afterwards import Afterwards
from bot.desk.back import Back, MailBack
from bot.desk.cards import Cards
from bot.desk.codes import Codes
from bot.desk.contact import Contact
from bot.desk.conversation import Conversation
from bot.desk.editors import EditorLetters, EditorNotes, Editors
from bot.desk.errata import Errata
from bot.desk.group_back import GroupBack, GroupNotes
from bot.desk.group_desk import GroupDesk
from bot.desk.handover import Handover
from bot.desk.inline import Inline
from bot.desk.letters import Letters
from bot.desk.operator import Operator
from bot.desk.phrases import Phrases
from bot.desk.promise import Promises
from bot.desk.reactions import Reactions
from bot.desk.relay import StaffRelay
from bot.desk.reminders import Reminders
from bot.desk.sent import SentFolder
from bot.knowledge.entry import KnowledgeBase
from bot.matching.matcher import Matcher
from bot.telegram import inbound as telegram_inbound

TELEGRAM = telegram_inbound.CHANNEL
GROUP = staff_group.DOOR


@dataclass(frozen=True, slots=True)
class Desk:
    """All that speaks to citizens, staff and editors. It is replaced as a whole when the knowledge base changes."""

    knowledge: KnowledgeBase
    matcher: Matcher
    letters: Letters
    conversation: Conversation
    inline: Inline
    relay: StaffRelay
    orders: Operator
    sent: SentFolder
    group: GroupDesk
    cards: Cards
    reminders: Reminders
    errata: Errata
    editors: tuple[Editors, ...]


@dataclass(frozen=True, slots=True)
class DeskMaker:
    """Makes desks. `reads_mail` and `reads_group`: how what was held at that door is read once more.

    `may_take`: whether a ticket may be handed over to this address.
    """

    config: Config
    reads_mail: Callable[..., Any]
    reads_group: Callable[..., Any]
    may_take: Callable[[str], bool]

    @property
    def promises(self) -> Promises | None:
        """Until when an answer can be expected, if there are office hours."""
        hours = self.config.desk.hours(self.config.zone)
        return None if hours is None else Promises(hours, timedelta(hours=self.config.desk.answer_within_hours))

    @property
    def _reactions(self) -> Reactions:
        """Signs on citizens' own messages."""
        return Reactions(TELEGRAM, self.config.telegram.reactions)

    def made(self, knowledge: KnowledgeBase, matcher: Matcher) -> Desk:
        """The desk that speaks from this knowledge base."""
        config, zone = self.config, self.config.zone
        letters, kept = Letters(knowledge, config.mail.queue, zone), timedelta(days=config.desk.retention_days)
        contact = Contact(**config.contact.model_dump())
        phrases = Phrases(knowledge, config.mail.queue, contact=contact, days=kept.days)
        codes = Codes(secrets.choice, config.ticket_prefix)
        by_group = GroupBack(GroupNotes(knowledge), letters)
        relay = self._relay(letters, codes, by_group)
        handover = Handover(phrases, letters, codes, matcher.alike, self.promises, self._reactions)
        return Desk(
            knowledge,
            matcher,
            letters,
            conversation=Conversation(phrases, matcher.decide, handover),
            inline=Inline(phrases, matcher.decide, lambda: now().astimezone(zone).date()),
            relay=relay,
            orders=Operator(relay),
            sent=SentFolder(relay, config.mail.address),
            group=GroupDesk(relay, by_group, taps=TELEGRAM),
            cards=Cards(knowledge, zone),
            reminders=Reminders(phrases, letters, citizens=TELEGRAM, escalation=config.desk.escalation),
            errata=Errata(Afterwards(phrases), zone, kept),
            editors=self._editors(knowledge),
        )

    def _editors(self, knowledge: KnowledgeBase) -> tuple[Editors, ...]:
        """Whoever is told of changes: by mail, and where staff have a group, there too."""
        addresses, zone = self.config.knowledge_editors, self.config.zone
        letters = [EditorLetters(knowledge, address, zone) for address in addresses]
        notes = [EditorNotes(knowledge)] if self.config.telegram.staff_group is not None else []
        return (*letters, *notes)

    def _relay(self, letters: Letters, codes: Codes, by_group: GroupBack) -> StaffRelay:
        """Acts on what staff write, by whatever door."""
        by_mail = MailBack(letters, every_receipt=self.config.mail.receipts == "always")
        # What was held before the group was left out of the configuration is still spoken about, by mail.
        has_group = self.config.telegram.staff_group is not None
        backs: dict[str, Back] = {MAIL: by_mail, GROUP: by_group if has_group else by_mail}
        reread = partial(staff_group.reread, self.reads_group, by_group.notes.sender)
        return StaffRelay(
            letters.knowledge,
            letters,
            citizens=TELEGRAM,
            codes=codes,
            backs=backs,
            rereads={MAIL: self.reads_mail, GROUP: reread},
            may_take=self.may_take,
            reactions=self._reactions,
        )
