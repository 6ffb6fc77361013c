"""Commands, buttons and numbers that lead to the bot's own pages: topics to leaf through, languages to choose,
questions to take back."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.desk.browsing import PLACES, Browsing
from bot.desk.citizen import CitizenCommand, CitizenTap, CitizenText
from bot.desk.handover import Handover
from bot.desk.phrases import Phrases
from bot.desk.transaction import Chat, Transaction
from bot.desk.wishes import LANGUAGES, Wishes
from bot.desk.withdrawing import QUESTIONS, Withdrawing

# So long a number may be typed for a list that was shown.
STANDS: Final = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Menus:
    """Leads a citizen through pages. Whatever is not about them is left to others: then None is returned, and the
    list is put away, so that a number typed later is about what is said next."""

    phrases: Phrases
    handover: Handover

    @property
    def _browsing(self) -> Browsing:
        return Browsing(self.phrases, self.handover)

    @property
    def _wishes(self) -> Wishes:
        return Wishes(self.phrases, self.handover)

    async def command(self, tx: Transaction, chat: Chat, message: CitizenCommand) -> str | None:
        """A command that shows a page, or keeps a wish."""
        # Keys of other commands hide the notice of the first contact, which belongs below these pages.
        key = f"menu:{chat.id}:{message.external_id}:{tx.now.timestamp()}"
        match message.name:
            case "start" if (shown := await self._browsing.linked(tx, chat, message.argument, key)) is not None:
                return shown
            case "themen" | "topics":
                return await self._browsing.opened(tx, chat, key)
            case "sprache" | "language":
                return await self._wishes.asked_language(tx, chat, message.argument, key, message.origin.language)
            case "einfach" | "plain":
                return await self._wishes.switched_plain(tx, chat, key)
        await self._put_away(tx, chat)
        return None

    async def tapped(self, tx: Transaction, chat: Chat, message: CitizenTap) -> str | None:
        """A button of a page was tapped."""
        if message.data.startswith(PLACES):
            return await self._browsing.tapped(tx, chat, message)
        if message.data.startswith(LANGUAGES):
            return await self._wishes.tapped(tx, chat, message)
        await self._put_away(tx, chat)
        return None

    async def typed(self, tx: Transaction, chat: Chat, message: CitizenText) -> str | None:
        """Words that choose from the list that the citizen saw last."""
        outcome, menu = None, chat.menu
        key = f"menu:{chat.id}:{message.external_id}:{tx.now.timestamp()}"
        if menu is None or not await self._stands(tx, chat):
            return None
        if menu.startswith(PLACES):
            outcome = await self._browsing.typed(tx, chat, message.text, key)
        elif menu.startswith(QUESTIONS):
            outcome = await Withdrawing(self.phrases, self.handover).picked(tx, chat, message.text, key)
        elif menu == LANGUAGES:
            outcome = await self._wishes.typed(tx, chat, message.text, key, message.origin.language)
        if outcome is None:
            await self._put_away(tx, chat)
        return outcome

    async def _put_away(self, tx: Transaction, chat: Chat) -> None:
        if chat.menu is not None:
            await tx.show_menu(chat.id, None)

    async def _stands(self, tx: Transaction, chat: Chat) -> bool:
        """Whether the list is the last thing that was said: not if the team has written since, or it is old."""
        if chat.menu_at is None or tx.now - chat.menu_at > STANDS:
            return False
        latest = await tx.latest_ticket(chat.id)
        return latest is None or latest.changed_at <= chat.menu_at
