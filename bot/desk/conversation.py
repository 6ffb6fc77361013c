"""The conversation with a citizen: every message becomes an answer, suggestions, small talk or a ticket."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import structlog

from bot.desk.citizen import (
    CitizenCommand,
    CitizenMessage,
    CitizenPresence,
    CitizenTap,
    CitizenText,
    Nothing,
    Unusable,
)
from bot.desk.letters import Letters
from bot.desk.phrases import Phrases
from bot.desk.ticket import Author, Ticket, TicketState, new_code
from bot.desk.transaction import Chat, Exchange, Transaction
from bot.knowledge.entry import Language
from bot.matching.decision import Decision, Outcome

log = structlog.get_logger()

Decide = Callable[[str, Language | None], Decision]

# How long after the team's last answer a question that nobody else can answer still belongs to the same ticket.
FOLLOW_UP_TIME = timedelta(days=14)
NONE_OF_THEM = "none"
COMMANDS = {"start": "welcome", "help": "help", "hilfe": "help"}


@dataclass(frozen=True, slots=True)
class Conversation:
    """Handles what citizens send. `choice` picks one character of a ticket code; `prefix` is the code's first part."""

    phrases: Phrases
    decide: Decide
    letters: Letters
    choice: Callable[[str], str]
    prefix: str = "KL"

    async def handle(self, tx: Transaction, message: CitizenMessage) -> str:
        """Do what the message asks for, within the transaction; returns the outcome for counting."""
        match message:
            case CitizenText():
                return await self._text(tx, message)
            case CitizenCommand():
                return await self._command(tx, message)
            case CitizenTap():
                return await self._tap(tx, message)
            case CitizenPresence(origin, blocked):
                chat = await tx.chat(origin.channel, origin.address, origin.language)
                await tx.mark_blocked(chat.id, blocked)
                return "blocked" if blocked else "unblocked"
            case Unusable(origin, external_id, kind):
                chat = await tx.chat(origin.channel, origin.address, origin.language)
                text = self.phrases.unsupported(chat.language)
                await self._say(tx, chat, f"unusable:{chat.id}:{external_id}", text)
                return f"unusable:{kind}"
            case Nothing(kind):
                return f"nothing:{kind}"

    # -- commands ---------------------------------------------------------------------------------

    async def _command(self, tx: Transaction, message: CitizenCommand) -> str:
        origin = message.origin
        chat = await tx.chat(origin.channel, origin.address, origin.language)
        key = COMMANDS.get(message.name, "unknown_command")
        text = self.phrases.command(key, chat.language)
        await self._say(tx, chat, f"command:{chat.id}:{message.external_id}", text)
        return f"command:{message.name if message.name in COMMANDS else 'unknown'}"

    # -- words ------------------------------------------------------------------------------------

    async def _text(self, tx: Transaction, message: CitizenText) -> str:
        origin = message.origin
        chat = await tx.chat(origin.channel, origin.address, origin.language)
        if message.edited and await self._is_unchanged(tx, chat, message):
            return "edit:unchanged"
        latest = await tx.latest_exchange(chat.id)
        if latest is not None and latest.outcome is Outcome.SUGGEST:
            number = self.phrases.chosen_number(message.text, latest.suggested)
            if number is not None:
                await self._choose(tx, chat, latest, number, f"typed:{chat.id}:{message.external_id}")
                return "choice:typed"
        decision = self._decide(message.text, chat.language)
        outcomes = []
        for part in decision.parts or (decision,):
            outcomes.append(await self._carry_out(tx, chat, message, part, is_part=bool(decision.parts)))
            chat = replace(chat, is_new=False)
        return "+".join(outcomes)

    async def _is_unchanged(self, tx: Transaction, chat: Chat, message: CitizenText) -> bool:
        # Telegram at times reports edits that change nothing; several texts are the parts of one message.
        known = await tx.exchange_texts(chat.id, message.external_id)
        if len(known) == 1:
            return known[0] == message.text
        return bool(known) and all(text in message.text for text in known)

    def _decide(self, text: str, language: Language) -> Decision:
        try:
            return self.decide(text, language)
        except Exception as error:  # noqa: BLE001 -- a question that the matcher stumbles over goes to people
            log.error("conversation.matcher_failed", error=type(error).__name__)
            return Decision(Outcome.FORWARD, text, (), self.phrases.reason("reason_matcher_failed"))

    async def _carry_out(
        self, tx: Transaction, chat: Chat, message: CitizenText, decision: Decision, *, is_part: bool
    ) -> str:
        text = decision.text if is_part else message.text
        language = decision.language or chat.language
        exchange = await tx.add_exchange(
            chat.id, message.external_id, text, language, decision, self.phrases.knowledge.version
        )
        if decision.outcome is not Outcome.SMALLTALK and message.reply_to is not None:
            about = await tx.ticket_about(chat.id, message.reply_to)
            if about is not None:
                return await self._follow_up(tx, chat, exchange, about, text)
        match decision.outcome:
            case Outcome.ANSWER:
                await self._say(tx, chat, f"answer:{exchange}", self.phrases.answer(decision.entry or "", language))
            case Outcome.SUGGEST:
                await self._suggest(tx, chat, exchange, decision.suggested, language)
            case Outcome.SMALLTALK:
                words = self.phrases.small_talk(decision.small_talk, language)
                await self._say(tx, chat, f"smalltalk:{exchange}", words)
            case Outcome.FORWARD:
                scores = [(one.entry, one.score) for one in decision.candidates]
                quote = text if is_part else None
                reason = self.phrases.reason("reason_no_entry") if decision.candidates else decision.reason
                await self._forward(tx, chat, exchange, text, language, reason, scores, quote)
        return str(decision.outcome)

    # -- suggestions ------------------------------------------------------------------------------

    async def _suggest(
        self, tx: Transaction, chat: Chat, exchange: int, suggested: Sequence[str], language: Language
    ) -> None:
        questions = [self.phrases.question(entry, language) for entry in suggested]
        buttons = [
            [{"text": self.phrases.option(number, question, language), "data": f"s:{exchange}:{number}"}]
            for number, question in enumerate(questions, start=1)
        ]
        buttons.append([{"text": self.phrases.none_of_them(language), "data": f"s:{exchange}:0"}])
        text = self.phrases.suggestions(questions, language)
        await self._say(tx, chat, f"suggest:{exchange}", text, buttons=buttons)

    async def _tap(self, tx: Transaction, message: CitizenTap) -> str:
        origin = message.origin
        chat = await tx.chat(origin.channel, origin.address, origin.language)
        exchange_id, number = _parse_tap(message.data)
        exchange = await tx.exchange(chat.id, exchange_id)
        if exchange is None or not 0 <= number <= len(exchange.suggested):
            await self._acknowledge(tx, chat, message, self.phrases.choice_gone(chat.language))
            return "tap:gone"
        if exchange.chosen == _chosen(exchange, number):
            await self._acknowledge(tx, chat, message, self.phrases.choice_repeated(exchange.language))
            return "tap:repeated"
        await self._acknowledge(tx, chat, message, "")
        await self._choose(tx, chat, exchange, number, f"tap:{message.tap_id}")
        return "choice:tapped"

    async def _acknowledge(self, tx: Transaction, chat: Chat, message: CitizenTap, text: str) -> None:
        # Its own conversation: a tap is acknowledged even while the chat has to wait.
        payload = {"kind": "tap", "tap_id": message.tap_id, "text": text}
        await tx.send(
            chat.channel, f"tap:{message.tap_id}"[:64], f"acknowledge:{message.tap_id}", payload, chat=chat.id
        )

    async def _choose(self, tx: Transaction, chat: Chat, exchange: Exchange, number: int, key: str) -> None:
        chosen = _chosen(exchange, number)
        await tx.choose(exchange.id, chosen)
        entry = self.phrases.knowledge.entry(chosen)
        if entry is not None:
            await self._say(tx, chat, key, self.phrases.answer(entry.id, exchange.language))
        elif exchange.ticket is not None:
            await self._say(tx, chat, key, self.phrases.already_forwarded(exchange.ticket, exchange.language))
        else:
            reason = self.phrases.reason("reason_none_fitted")
            await self._forward(
                tx, chat, exchange.id, exchange.text, exchange.language, reason, exchange.candidates, None
            )

    # -- handing over -----------------------------------------------------------------------------

    async def _forward(
        self,
        tx: Transaction,
        chat: Chat,
        exchange: int,
        text: str,
        language: Language,
        reason: str,
        scores: Sequence[tuple[str, float]],
        quote: str | None,
    ) -> None:
        latest = await tx.latest_ticket(chat.id)
        if latest is not None and latest.state is TicketState.OPEN and latest.question == text:
            await tx.link(exchange, latest)
            words = self.phrases.already_forwarded(latest.code, language)
            await self._say(tx, chat, f"forwarded:{exchange}", words, ticket=latest)
            return
        if latest is not None and _is_conversing(latest, tx):
            await self._follow_up(tx, chat, exchange, latest, text)
            return
        ticket = await self._open_ticket(tx, chat, text, language)
        await tx.link(exchange, ticket)
        await tx.add_message(ticket, Author.CITIZEN, text, f"exchange:{exchange}")
        ticket = await self.letters.question(tx, ticket, reason, scores)
        delayed = await tx.is_failing("mail")
        words = self.phrases.forwarded(ticket.code, language, delayed=delayed, quote=quote)
        await self._say(tx, chat, f"forwarded:{exchange}", words, ticket=ticket)

    async def _open_ticket(self, tx: Transaction, chat: Chat, question: str, language: Language) -> Ticket:
        code = new_code(self.prefix, self.choice)
        while await tx.ticket(code) is not None:
            code = new_code(self.prefix, self.choice)
        return await tx.open_ticket(code, chat.id, question, language)

    async def _follow_up(self, tx: Transaction, chat: Chat, exchange: int, ticket: Ticket, text: str) -> str:
        history = await tx.messages(ticket)
        await tx.link(exchange, ticket)
        await tx.add_message(ticket, Author.CITIZEN, text, f"exchange:{exchange}")
        waiting = ticket if ticket.state is TicketState.OPEN else ticket.moved(TicketState.OPEN, tx.now)
        waiting = await self.letters.follow_up(tx, waiting, text, history)
        words = self.phrases.followed_up(ticket.code, ticket.language)
        await self._say(tx, chat, f"followup:{exchange}", words, ticket=waiting)
        return "followup"

    async def _say(
        self,
        tx: Transaction,
        chat: Chat,
        key: str,
        text: str,
        *,
        buttons: Sequence[Sequence[Mapping[str, str]]] = (),
        ticket: Ticket | None = None,
    ) -> None:
        if chat.is_new and not key.startswith("command:"):
            text = f"{text}\n\n{self.phrases.first_notice(chat.language)}"
        payload: dict[str, Any] = {"kind": "text", "text": text}
        if buttons:
            payload["buttons"] = buttons
        await tx.send(chat.channel, f"chat:{chat.id}", key, payload, chat=chat.id, ticket=ticket)


def _parse_tap(data: str) -> tuple[int, int]:
    """The exchange and the number behind a button; (0, -1) for data that no button of ours carries."""
    kind, _, rest = data.partition(":")
    exchange, _, number = rest.partition(":")
    if kind == "s" and exchange.isascii() and exchange.isdigit() and number.isascii() and number.isdigit():
        return int(exchange), int(number)
    return 0, -1


def _chosen(exchange: Exchange, number: int) -> str:
    return exchange.suggested[number - 1] if number else NONE_OF_THEM


def _is_conversing(ticket: Ticket, tx: Transaction) -> bool:
    return ticket.state is TicketState.ANSWERED and tx.now - ticket.changed_at < FOLLOW_UP_TIME
