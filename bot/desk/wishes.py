"""What a citizen wishes of all answers from now on: a language, and Einfache Sprache."""

from dataclasses import dataclass, replace
from typing import Final

from bot.desk.asides import bare
from bot.desk.citizen import CitizenTap
from bot.desk.handover import Handover
from bot.desk.phrases import Phrases
from bot.desk.taps import acknowledge
from bot.desk.transaction import Chat, Transaction
from bot.knowledge.entry import Language

LANGUAGES: Final = "l:"
# Each choice with its label and the words that people type for it.
CHOICES: Final = (
    ("de", "language_de", "language_words_de"),
    ("en", "language_en", "language_words_en"),
    ("auto", "language_auto", "language_words_auto"),
)


@dataclass(frozen=True, slots=True)
class Wishes:
    """Asks for wishes and keeps them."""

    phrases: Phrases
    handover: Handover

    async def asked_language(self, tx: Transaction, chat: Chat, argument: str, key: str, app: Language) -> str:
        """The language that was named is taken, or it is asked for. `app`: the language of the citizen's app."""
        if argument and (chosen := self._chosen(argument)) is not None:
            return await self._choose(tx, chat, chosen, key, app)
        labels = [
            self.phrases.option(number, self._say(label, chat), chat.language)
            for number, (_, label, _) in enumerate(CHOICES, start=1)
        ]
        buttons = [
            [{"text": label, "data": f"{LANGUAGES}{choice}"}]
            for label, (choice, _, _) in zip(labels, CHOICES, strict=True)
        ]
        await tx.show_menu(chat.id, LANGUAGES)
        text = self.phrases.knowledge.say("language_ask", chat.language, options="\n".join(labels))
        await self.handover.say(tx, chat, key, text, buttons=buttons)
        return "language:asked"

    async def tapped(self, tx: Transaction, chat: Chat, message: CitizenTap) -> str:
        """A language was tapped."""
        await acknowledge(tx, chat, message)
        choice = message.data.removeprefix(LANGUAGES)
        key = f"language:{message.tap_id}"
        known = choice in (name for name, _, _ in CHOICES)
        return await self._choose(tx, chat, choice if known else "auto", key, message.origin.language, message.message)

    async def typed(self, tx: Transaction, chat: Chat, text: str, key: str, app: Language) -> str | None:
        """The language that the words name is taken; None if they name none."""
        chosen = self._chosen(text)
        return None if chosen is None else await self._choose(tx, chat, chosen, key, app)

    async def switched_plain(self, tx: Transaction, chat: Chat, key: str) -> str:
        """Einfache Sprache from now on, or no longer."""
        await tx.wish_plain(chat.id, not chat.plain)
        await self.handover.say(tx, chat, key, self._say("plain_off" if chat.plain else "plain_on", chat))
        return "plain:off" if chat.plain else "plain:on"

    async def _choose(
        self, tx: Transaction, chat: Chat, choice: str, key: str, app: Language, edit: str | None = None
    ) -> str:
        wished = None if choice == "auto" else Language(choice)
        await tx.choose_language(chat.id, wished)
        await tx.show_menu(chat.id, None)
        chat = replace(chat, language=wished or app)
        words = self._say("language_chosen" if wished else "language_automatic", chat)
        await self.handover.say(tx, chat, key, words, edit=edit)
        return f"language:{choice}"

    def _chosen(self, text: str) -> str | None:
        words = bare(text)
        for number, (choice, label, key) in enumerate(CHOICES, start=1):
            for language in Language:
                name = self.phrases.knowledge.say(label, language)
                shown = (bare(name), bare(self.phrases.option(number, name, language)))
                if words in shown or words in self.phrases.choice_words(key, language):
                    return choice
        return None

    def _say(self, key: str, chat: Chat) -> str:
        return self.phrases.knowledge.say(key, chat.language)
