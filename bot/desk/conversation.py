"""The conversation with a citizen: every message becomes an answer, suggestions, small talk or a ticket."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from bot.desk.answering import Answering
from bot.desk.asides import Opening
from bot.desk.calls import HUMAN, Calls, for_people, is_only_a_cry
from bot.desk.choices import own_key
from bot.desk.citizen import (
    CitizenCommand,
    CitizenFile,
    CitizenMessage,
    CitizenPresence,
    CitizenTap,
    CitizenText,
    Nothing,
    Origin,
    Unusable,
)
from bot.desk.enclosures import Enclosures
from bot.desk.giving import Giving
from bot.desk.handover import Handover, Question, is_recent
from bot.desk.meant import is_polite, ticket_continued, ticket_meant
from bot.desk.menus import Menus
from bot.desk.offers import Offers
from bot.desk.pace import MINUTE
from bot.desk.phrases import RUDE, Phrases
from bot.desk.rights import ERASURE, EXPORT, Rights
from bot.desk.spoken import BARRIER, Spoken, spoken
from bot.desk.ticket import UNANSWERED, Ticket, TicketState
from bot.desk.transaction import Chat, Transaction
from bot.knowledge.entry import Entry, Language, Standing
from bot.matching.decision import Decision, Outcome

log = structlog.get_logger()

# The small talk that is nothing but a number; unless something waits for it, nothing is made of it.
NUMBER = "number"
# The outcome of words after which nothing else is said.
CRISIS = "crisis"
DAY = timedelta(days=1)
Decide = Callable[[str, Language | None], Decision]

COMMANDS = {
    "help": "help",
    "hilfe": "help",
    "privacy": "privacy",
    "datenschutz": "privacy",
    "imprint": "imprint",
    "impressum": "imprint",
    "contact": "contact",
    "kontakt": "contact",
    "accessibility": "accessibility",
    "barrierefreiheit": "accessibility",
}


@dataclass(frozen=True, slots=True)
class Conversation:
    """Handles what citizens send."""

    phrases: Phrases
    decide: Decide
    handover: Handover

    @property
    def offers(self) -> Offers:
        """What citizens do with what they were offered."""
        return Offers(self.phrases, self.handover)

    @property
    def _calls(self) -> Calls:
        return Calls(self.phrases, self.handover)

    @property
    def _menus(self) -> Menus:
        return Menus(self.phrases, self.handover)

    @property
    def _rights(self) -> Rights:
        return Rights(self.phrases, self.handover.letters)

    @property
    def _enclosures(self) -> Enclosures:
        return Enclosures(self.phrases, self.handover)

    @property
    def _giving(self) -> Giving:
        return Giving(self.handover)

    async def handle(self, tx: Transaction, message: CitizenMessage) -> str:
        """Do what the message asks for, within the transaction; returns the outcome for counting."""
        match message:
            case CitizenText():
                return await self._text(tx, message)
            case CitizenCommand():
                return await self._command(tx, message)
            case CitizenTap():
                chat = await self._chat(tx, message.origin)
                if self._rights.means(message):
                    return await self._rights.tapped(tx, chat, message)
                return await self._menus.tapped(tx, chat, message) or await self.offers.tapped(tx, chat, message)
            case CitizenPresence(origin, blocked):
                chat = await self._chat(tx, origin)
                await tx.mark_blocked(chat.id, blocked)
                return "blocked" if blocked else "unblocked"
            case CitizenFile():
                return await self._enclosures.alone(tx, await self._chat(tx, message.origin), message)
            case Unusable():
                return await self._enclosures.unusable(tx, await self._chat(tx, message.origin), message)
            case Nothing(kind):
                return f"nothing:{kind}"

    async def rescue(self, tx: Transaction, message: CitizenMessage) -> str:
        """The least that keeps words from being lost when handling them fails: they go to the team, undecided."""
        if not isinstance(message, CitizenText | CitizenFile):
            return "rescued:nothing"
        chat = await self._chat(tx, message.origin)
        if message.file is not None:
            await tx.keep_enclosure(chat.id, message.external_id, message.file)
        if isinstance(message, CitizenFile):
            return "rescued:file"
        await self._forward_whole(tx, chat, message)
        return "rescued:forward"

    async def slowed(self, tx: Transaction, message: CitizenMessage) -> None:
        """Say that it takes a little longer, at most once a minute."""
        if isinstance(message, Nothing):
            return
        chat = await self._chat(tx, message.origin)
        if not await tx.sent_since(f"slowed:{chat.id}:", tx.now - MINUTE):
            key = f"slowed:{chat.id}:{tx.now.timestamp()}"
            await self.handover.say(tx, chat, key, self.phrases.command("slowed", chat.language))

    async def _chat(self, tx: Transaction, origin: Origin) -> Chat:
        return await tx.chat(origin.channel, origin.address, origin.language)

    async def _command(self, tx: Transaction, message: CitizenCommand) -> str:
        chat = await self._chat(tx, message.origin)
        waiting = await self.offers.consent.waiting(tx, chat)
        outcome = await self._do(tx, chat, message)
        await self.offers.consent.remind(tx, chat, waiting)
        return outcome

    async def _do(self, tx: Transaction, chat: Chat, message: CitizenCommand) -> str:
        if (outcome := await self._menus.command(tx, chat, message)) is not None:
            return outcome
        if (outcome := await self.offers.command(tx, chat, message)) is not None:
            return outcome
        if message.name in EXPORT | ERASURE:
            key = own_key("command", chat, message.external_id, tx)
            return await self._rights.command(tx, chat, message, key)
        known = message.name in COMMANDS
        text = self.phrases.command(COMMANDS.get(message.name, "unknown_command"), chat.language)
        await self.handover.say(tx, chat, own_key("command", chat, message.external_id, tx), text)
        return f"command:{message.name if known else 'unknown'}"

    # -- words ------------------------------------------------------------------------------------

    async def _text(self, tx: Transaction, message: CitizenText) -> str:
        chat = await self._chat(tx, message.origin)
        waiting = await self.offers.consent.waiting(tx, chat)
        outcome = await self._words(tx, chat, message)
        if outcome != CRISIS:
            await self.offers.consent.remind(tx, chat, waiting)
        return outcome

    async def _words(self, tx: Transaction, chat: Chat, message: CitizenText) -> str:
        await self._enclosures.with_words(tx, chat, message)
        if (edited := await self._edited(tx, chat, message)) is not None:
            return edited
        ticket = await ticket_meant(tx, chat, message.reply_to)
        if await self._calls.met_crisis(tx, chat, message):
            return await self._in_crisis(tx, chat, message, ticket)
        alarmed = await self._calls.met_emergency(tx, chat, message)
        chat = replace(chat, is_new=chat.is_new and not alarmed)
        key = own_key("withdraw", chat, message.external_id, tx)
        if not message.edited and (gone := await self.offers.withdrawing.typed(tx, chat, message, key)) is not None:
            return gone
        if not alarmed and (meant := spoken(self.phrases, message.text, ticket)) is not None:
            return await self._spoken(tx, chat, message, meant)
        return await self._hear(tx, chat, message, ticket, alarmed=alarmed)

    async def _hear(
        self, tx: Transaction, chat: Chat, message: CitizenText, ticket: Ticket | None, *, alarmed: bool
    ) -> str:
        """Words to be understood: as what was asked for, as something added to a ticket, or anew."""
        if ticket is not None and ticket.state not in UNANSWERED and not is_recent(ticket, tx):
            return await self._go_on(tx, chat, message, ticket)
        decision = self._decide(message.text, chat.language)
        if not alarmed and (erased := await self._erased(tx, chat, message, decision)) is not None:
            return erased
        if alarmed:
            decision = for_people(decision, message.text)
        elif self.phrases.is_number(message.text):
            decision = replace(
                decision, outcome=Outcome.SMALLTALK, small_talk=NUMBER, entry=None, suggested=(), parts=()
            )
        if ticket is not None and ticket.state is TicketState.WAITING:
            # Staff asked: whatever comes next is the answer, even if it looks like a question or small talk.
            return await self._add(tx, chat, message, ticket, decision)
        if ticket is None and (chosen := await self._menus.typed(tx, chat, message)) is not None:
            return chosen
        if ticket is None and (picked := await self.offers.typed(tx, chat, message, decision)) is not None:
            return picked
        ticket = ticket or await ticket_continued(tx, chat, decision)
        if ticket is not None and not is_polite(decision, message.text):
            return await self._add(tx, chat, message, ticket, decision)
        return await self._say_anew(tx, chat, message, decision, alarmed=alarmed)

    async def _erased(self, tx: Transaction, chat: Chat, message: CitizenText, decision: Decision) -> str | None:
        """What was done if the words are about erasing everything; None if they are not."""
        if message.edited or message.reply_to is not None:
            return None
        key = own_key("erasure", chat, message.external_id, tx)
        return await self._rights.typed(tx, chat, message, decision, key)

    async def _spoken(self, tx: Transaction, chat: Chat, message: CitizenText, meant: Spoken) -> str:
        """Do what a command does that was said in plain words."""
        chat = replace(chat, language=chat.spoken(meant.language))
        if meant.command == BARRIER:
            # Suggestions stay as they are: a number typed next is about them.
            key = own_key("barrier", chat, message.external_id, tx)
            await self.handover.say(tx, chat, key, self.phrases.accessibility(chat.language))
            return "spoken:accessibility"
        command = CitizenCommand(message.origin, message.external_id, meant.command)
        return f"spoken:{await self._do(tx, chat, command)}"

    async def _in_crisis(self, tx: Transaction, chat: Chat, message: CitizenText, ticket: Ticket | None) -> str:
        """Nothing more is said; but words meant for a person of the team, who may know more, reach that person."""
        decision = Decision(Outcome.SMALLTALK, message.text, (), self.phrases.reason("reason_crisis"))
        if ticket is not None and ticket.state in UNANSWERED:
            return await self._add(tx, chat, message, ticket, decision)
        await self._keep(tx, chat, message, message.text, decision)
        return CRISIS

    async def _edited(self, tx: Transaction, chat: Chat, message: CitizenText) -> str | None:
        """What was done if the words only replace others; None if they are to be met as new ones."""
        digest = hashlib.sha256(message.text.encode("utf-8", "surrogatepass")).hexdigest()
        # Telegram at times reports edits that change nothing.
        unchanged = await tx.heard(chat.id, message.external_id, digest)
        if not message.edited:
            return None
        if unchanged:
            return "edit:unchanged"
        if (asked := await tx.open_ticket_of(chat.id, message.external_id)) is not None:
            await self.handover.correct(tx, chat, asked, message.external_id, message.text)
            return "corrected"
        await self.offers.consent.replaced(tx, chat, message.external_id)
        return None

    async def _say_anew(
        self, tx: Transaction, chat: Chat, message: CitizenText, decision: Decision, *, alarmed: bool
    ) -> str:
        """Words that belong to nothing said before."""
        if decision.small_talk == NUMBER:
            key = own_key("number", chat, message.external_id, tx)
            await self.handover.say(tx, chat, key, self.phrases.number_alone(chat.language))
            return "number:alone"
        if alarmed and is_only_a_cry(message.text):
            await self._keep(tx, chat, message, message.text, replace(decision, outcome=Outcome.SMALLTALK))
            return "emergency"
        if await self._calls.wants_people(tx, chat):
            return await self._to_people(tx, chat, message, decision)
        return await self._carry_out(tx, chat, message, decision)

    async def _add(self, tx: Transaction, chat: Chat, message: CitizenText, ticket: Ticket, decision: Decision) -> str:
        exchange = await self._keep(tx, chat, message, message.text, decision)
        await self.handover.follow_up(tx, chat, exchange, ticket, message.text)
        return "followup"

    async def _to_people(self, tx: Transaction, chat: Chat, message: CitizenText, decision: Decision) -> str:
        """The question of somebody who asked for a person; small talk before it is met as such."""
        if decision.outcome is Outcome.SMALLTALK:
            outcome = await self._carry_out(tx, chat, message, decision)
            await self._calls.keep_waiting(tx, chat)
            return outcome
        exchange = await self._keep(tx, chat, message, message.text, replace(decision, outcome=Outcome.FORWARD))
        reason = self.phrases.reason("reason_wants_person")
        question = self._question(chat, exchange, message.text, decision)
        await self.handover.forward(tx, chat, replace(question, reason=reason, opening=Opening.GLADLY))
        return "forward"

    async def _go_on(self, tx: Transaction, chat: Chat, message: CitizenText, old: Ticket) -> str:
        """The citizen comes back to a ticket of long ago: people answer that, in a new one that names the old."""
        decision = self._decide(message.text, chat.language)
        if is_polite(decision, message.text):
            return await self._carry_out(tx, chat, message, decision)
        exchange = await self._keep(tx, chat, message, message.text, replace(decision, outcome=Outcome.FORWARD))
        reason = self.phrases.reason("reason_goes_on")
        question = self._question(chat, exchange, message.text, decision)
        await self.handover.forward(tx, chat, replace(question, reason=reason, opening=Opening.GLADLY), previous=old)
        return "forward"

    def _decide(self, text: str, language: Language) -> Decision:
        try:
            return self.decide(text, language)
        except Exception as error:  # noqa: BLE001 -- a question that the matcher stumbles over goes to people
            log.error("conversation.matcher_failed", error=type(error).__name__)
            return Decision(Outcome.FORWARD, text, (), self.phrases.reason("reason_matcher_failed"))

    async def _keep(self, tx: Transaction, chat: Chat, message: CitizenText, text: str, decision: Decision) -> int:
        language = chat.spoken(decision.language)
        version = self.phrases.knowledge.version
        return await tx.add_exchange(chat.id, message.external_id, text, language, decision, version)

    async def _carry_out(self, tx: Transaction, chat: Chat, message: CitizenText, decision: Decision) -> str:
        """Do what was decided; of a message with several questions, the unanswered ones are forwarded together."""
        outcomes, forwarded = [], []
        for part in decision.parts or (decision,):
            text = part.text if decision.parts else message.text
            part = self._as_of_today(tx, part)
            exchange = await self._keep(tx, chat, message, text, part)
            outcomes.append(str(part.outcome))
            if part.outcome is Outcome.FORWARD:
                forwarded.append((exchange, part))
            if part.outcome is not Outcome.FORWARD or part.entry is not None:
                await self._respond(tx, chat, exchange, part)
                chat = replace(chat, is_new=False)
        if forwarded:
            exchange, first = forwarded[0]
            meant = tuple(part.text for _, part in forwarded) if decision.parts else ()
            await self.handover.forward(tx, chat, self._question(chat, exchange, message.text, first, meant))
        return "+".join(outcomes)

    def _as_of_today(self, tx: Transaction, decision: Decision) -> Decision:
        """The decision; where the answer does not hold any more, people answer. It still names the entry then."""
        entry = self.phrases.knowledge.known_entry(decision.entry or "")
        if entry is None or (standing := self._giving.standing(tx, entry)) is Standing.CURRENT:
            return decision
        return replace(decision, outcome=Outcome.FORWARD, reason=self._giving.reason(entry, standing))

    async def _respond(self, tx: Transaction, chat: Chat, exchange: int, decision: Decision) -> None:
        language = chat.spoken(decision.language)
        match decision.outcome:
            case Outcome.ANSWER:
                entry, key = self._entry(decision), f"answer:{exchange}"
                answering = Answering(self.phrases, self.handover)
                await answering.answer(tx, chat, exchange, entry, language, key=key, asked=decision.text)
            case Outcome.FORWARD:
                await self._giving.explain(tx, chat, f"stale:{exchange}", self._entry(decision), language)
            case Outcome.SUGGEST:
                await self.offers.choices.offer(tx, chat, exchange, decision.suggested, language)
            case Outcome.SMALLTALK if decision.small_talk == HUMAN:
                await self._calls.lead_to_people(tx, chat, exchange, language)
            case Outcome.SMALLTALK if decision.small_talk == RUDE:
                await self._meet_rudeness(tx, chat, exchange, decision)
            case Outcome.SMALLTALK:
                words = self.phrases.small_talk(decision.small_talk, language)
                await self.handover.say(tx, chat, f"smalltalk:{exchange}", words)

    async def _meet_rudeness(self, tx: Transaction, chat: Chat, exchange: int, decision: Decision) -> None:
        """Rudeness is met once a day; after that only what is said beside it, with a short word."""
        language, key = chat.spoken(decision.language), f"rude:{chat.id}:{tx.now:%Y-%m-%d}"
        if not await tx.sent_since(key, tx.now - DAY):
            await self.handover.say(tx, chat, key, self.phrases.small_talk(decision.small_talk, language))
        elif (words := self.phrases.rude_again(decision.text, language)) is not None:
            await self.handover.say(tx, chat, f"smalltalk:{exchange}", words)

    def _entry(self, decision: Decision) -> Entry:
        entry = self.phrases.knowledge.known_entry(decision.entry or "")
        if entry is None:
            raise KeyError(decision.entry)
        return entry

    def _question(
        self, chat: Chat, exchange: int, text: str, decision: Decision, parts: tuple[str, ...] = ()
    ) -> Question:
        is_plain = bool(decision.candidates) and decision.entry is None
        reason = self.phrases.reason("reason_no_entry") if is_plain else decision.reason
        if parts:
            reason = self.phrases.reason("reason_parts", questions="\n".join(f"- {part}" for part in parts))
        scores = [(one.entry, one.score) for one in decision.candidates]
        # An entry is named where its answer does not hold any more, and that has been said.
        opening = Opening.UNKNOWN if decision.entry is None else Opening.PLAIN
        return Question(exchange, text, chat.spoken(decision.language), reason, scores, parts, opening)

    async def _forward_whole(self, tx: Transaction, chat: Chat, message: CitizenText) -> None:
        decision = Decision(Outcome.FORWARD, message.text, (), self.phrases.reason("reason_matcher_failed"))
        exchange = await self._keep(tx, chat, message, message.text, decision)
        await self.handover.forward(tx, chat, self._question(chat, exchange, message.text, decision))
