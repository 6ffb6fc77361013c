"""The conversation with a citizen: every message becomes an answer, suggestions, small talk or a ticket."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace

import structlog

from bot.desk.choices import Choices, own_key
from bot.desk.citizen import (
    CitizenCommand,
    CitizenMessage,
    CitizenPresence,
    CitizenTap,
    CitizenText,
    Nothing,
    Origin,
    Unusable,
)
from bot.desk.handover import Handover, Question, is_conversing, is_recent
from bot.desk.pace import MINUTE
from bot.desk.phrases import Phrases
from bot.desk.rights import ERASURE, EXPORT, Rights
from bot.desk.ticket import UNANSWERED, Ticket, TicketState
from bot.desk.transaction import Chat, Transaction
from bot.knowledge.entry import Language
from bot.matching.decision import Decision, Outcome

log = structlog.get_logger()

Decide = Callable[[str, Language | None], Decision]

WITHDRAWAL = frozenset({"zurueckziehen", "withdraw"})
COMMANDS = {
    "start": "welcome",
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
# What closes a talk rather than continues it, even when it refers to the team's message.
POLITE = frozenset({"greeting", "thanks", "praise", "bye"})


@dataclass(frozen=True, slots=True)
class Conversation:
    """Handles what citizens send."""

    phrases: Phrases
    decide: Decide
    handover: Handover

    @property
    def _choices(self) -> Choices:
        return Choices(self.phrases, self.handover)

    @property
    def _rights(self) -> Rights:
        return Rights(self.phrases, self.handover.letters)

    async def handle(self, tx: Transaction, message: CitizenMessage) -> str:
        """Do what the message asks for, within the transaction; returns the outcome for counting."""
        match message:
            case CitizenText():
                return await self._text(tx, message)
            case CitizenCommand():
                return await self._command(tx, message)
            case CitizenTap():
                chat = await self._chat(tx, message.origin)
                taps = self._rights if self._rights.means(message) else self._choices
                return await taps.tapped(tx, chat, message)
            case CitizenPresence(origin, blocked):
                chat = await self._chat(tx, origin)
                await tx.mark_blocked(chat.id, blocked)
                return "blocked" if blocked else "unblocked"
            case Unusable(origin, external_id, kind):
                chat = await self._chat(tx, origin)
                text = self.phrases.unsupported(chat.language)
                await self.handover.say(tx, chat, own_key("unusable", chat, external_id, tx), text)
                return f"unusable:{kind}"
            case Nothing(kind):
                return f"nothing:{kind}"

    async def rescue(self, tx: Transaction, message: CitizenMessage) -> str:
        """The least that keeps words from being lost when handling them fails: they go to the team, undecided."""
        if not isinstance(message, CitizenText):
            return "rescued:nothing"
        chat = await self._chat(tx, message.origin)
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
        if message.name in WITHDRAWAL:
            return await self._choices.withdraw_latest(tx, chat, own_key("command", chat, message.external_id, tx))
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
        digest = hashlib.sha256(message.text.encode("utf-8", "surrogatepass")).hexdigest()
        # Telegram at times reports edits that change nothing.
        if await tx.heard(chat.id, message.external_id, digest) and message.edited:
            return "edit:unchanged"
        if message.edited and (asked := await tx.open_ticket_of(chat.id, message.external_id)) is not None:
            await self.handover.correct(tx, chat, asked, message.external_id, message.text)
            return "corrected"
        ticket = await self._ticket_meant(tx, chat, message)
        if ticket is not None and ticket.state not in UNANSWERED and not is_recent(ticket, tx):
            return await self._go_on(tx, chat, message, ticket)
        if ticket is not None and ticket.state is TicketState.WAITING:
            # Staff asked: whatever comes next is the answer, even if it looks like a question or small talk.
            return await self._add(tx, chat, message, ticket, self._decide(message.text, chat.language))
        if ticket is None and await self._choices.typed(tx, chat, message):
            return "choice:typed"
        decision = self._decide(message.text, chat.language)
        if ticket is None:
            ticket = await self._ticket_continued(tx, chat, decision)
        if ticket is not None and decision.small_talk not in POLITE:
            return await self._add(tx, chat, message, ticket, decision)
        return await self._carry_out(tx, chat, message, decision)

    async def _add(self, tx: Transaction, chat: Chat, message: CitizenText, ticket: Ticket, decision: Decision) -> str:
        exchange = await self._keep(tx, chat, message, message.text, decision)
        await self.handover.follow_up(tx, chat, exchange, ticket, message.text)
        return "followup"

    async def _go_on(self, tx: Transaction, chat: Chat, message: CitizenText, old: Ticket) -> str:
        """The citizen comes back to a ticket of long ago: people answer that, in a new one that names the old."""
        decision = self._decide(message.text, chat.language)
        if decision.small_talk in POLITE:
            return await self._carry_out(tx, chat, message, decision)
        exchange = await self._keep(tx, chat, message, message.text, replace(decision, outcome=Outcome.FORWARD))
        reason = self.phrases.reason("reason_goes_on")
        question = self._question(chat, exchange, message.text, decision)
        await self.handover.forward(tx, chat, replace(question, reason=reason), previous=old)
        return "forward"

    async def _ticket_meant(self, tx: Transaction, chat: Chat, message: CitizenText) -> Ticket | None:
        """The ticket whose message this one answers, or which waits for it."""
        about = None
        if message.reply_to is not None:
            about = await tx.ticket_about(chat.id, message.reply_to)
        if about is None:
            about = await tx.waiting_ticket(chat.id)
            return about if about is not None and is_recent(about, tx) else None
        return None if about.state is TicketState.SPAM else about

    async def _ticket_continued(self, tx: Transaction, chat: Chat, decision: Decision) -> Ticket | None:
        """The ticket that a bare "yes" or "the blue one" continues: it says nothing except after the team's word."""
        if decision.outcome is not Outcome.SMALLTALK:
            return None
        latest = await tx.latest_ticket(chat.id)
        return latest if latest is not None and is_conversing(latest, tx) else None

    def _decide(self, text: str, language: Language) -> Decision:
        try:
            return self.decide(text, language)
        except Exception as error:  # noqa: BLE001 -- a question that the matcher stumbles over goes to people
            log.error("conversation.matcher_failed", error=type(error).__name__)
            return Decision(Outcome.FORWARD, text, (), self.phrases.reason("reason_matcher_failed"))

    async def _keep(self, tx: Transaction, chat: Chat, message: CitizenText, text: str, decision: Decision) -> int:
        language = decision.language or chat.language
        version = self.phrases.knowledge.version
        return await tx.add_exchange(chat.id, message.external_id, text, language, decision, version)

    async def _carry_out(self, tx: Transaction, chat: Chat, message: CitizenText, decision: Decision) -> str:
        """Do what was decided; of a message with several questions, the unanswered ones are forwarded together."""
        outcomes, forwarded = [], []
        for part in decision.parts or (decision,):
            text = part.text if decision.parts else message.text
            exchange = await self._keep(tx, chat, message, text, part)
            outcomes.append(str(part.outcome))
            if part.outcome is Outcome.FORWARD:
                forwarded.append((exchange, part))
                continue
            await self._respond(tx, chat, exchange, part)
            chat = replace(chat, is_new=False)
        if forwarded:
            exchange, first = forwarded[0]
            meant = tuple(part.text for _, part in forwarded) if decision.parts else ()
            await self.handover.forward(tx, chat, self._question(chat, exchange, message.text, first, meant))
        return "+".join(outcomes)

    async def _respond(self, tx: Transaction, chat: Chat, exchange: int, decision: Decision) -> None:
        language = decision.language or chat.language
        match decision.outcome:
            case Outcome.ANSWER:
                words = self.phrases.answer(decision.entry or "", language)
                await self.handover.say(tx, chat, f"answer:{exchange}", words)
            case Outcome.SUGGEST:
                await self._choices.offer(tx, chat, exchange, decision.suggested, language)
            case Outcome.SMALLTALK:
                words = self.phrases.small_talk(decision.small_talk, language)
                # To be rude is met once a day: a key that is known is not sent again.
                rude = decision.small_talk == "insult"
                key = f"rude:{chat.id}:{tx.now:%Y-%m-%d}" if rude else f"smalltalk:{exchange}"
                await self.handover.say(tx, chat, key, words)

    def _question(
        self, chat: Chat, exchange: int, text: str, decision: Decision, parts: tuple[str, ...] = ()
    ) -> Question:
        reason = self.phrases.reason("reason_no_entry") if decision.candidates else decision.reason
        if parts:
            reason = self.phrases.reason("reason_parts", questions="\n".join(f"- {part}" for part in parts))
        scores = [(one.entry, one.score) for one in decision.candidates]
        return Question(exchange, text, decision.language or chat.language, reason, scores, parts)

    async def _forward_whole(self, tx: Transaction, chat: Chat, message: CitizenText) -> None:
        decision = Decision(Outcome.FORWARD, message.text, (), self.phrases.reason("reason_matcher_failed"))
        exchange = await self._keep(tx, chat, message, message.text, decision)
        await self.handover.forward(tx, chat, self._question(chat, exchange, message.text, decision))
