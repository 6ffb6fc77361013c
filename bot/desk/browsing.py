"""Leafing through topics and questions, in one message that changes; and links from outside to one of them."""

from dataclasses import dataclass
from typing import Final

from bot.desk.catalogue import Catalogue, entry_name, topic_name
from bot.desk.citizen import CitizenTap
from bot.desk.giving import Giving, remember
from bot.desk.handover import Handover
from bot.desk.phrases import Phrases
from bot.desk.taps import acknowledge
from bot.desk.transaction import Chat, Transaction
from bot.desk.views import TOPICS, View, Views
from bot.knowledge.entry import Entry

PLACES: Final = "b:"


@dataclass(frozen=True, slots=True)
class Browsing:
    """Shows pages. What is tapped changes the message that was tapped; what is typed is answered below."""

    phrases: Phrases
    handover: Handover

    def _views(self, tx: Transaction, chat: Chat) -> Views:
        return Views(self.phrases, chat.language, chat.plain, Giving(self.handover).today(tx))

    async def opened(self, tx: Transaction, chat: Chat, key: str) -> str:
        """Show the topics."""
        return await self._show(tx, chat, key, self._views(tx, chat).at(TOPICS))

    async def linked(self, tx: Transaction, chat: Chat, payload: str, key: str) -> str | None:
        """Show what a link into the chat points to; None if there is no such thing."""
        found = Catalogue(self.phrases.knowledge).linked(payload)
        if found is None:
            return None
        place = f"b:e:{entry_name(found.id)}" if isinstance(found, Entry) else f"b:t:{topic_name(found.id)}:0"
        await self._show(tx, chat, key, view := self._views(tx, chat).at(place))
        return f"link:{view.kind}"

    async def tapped(self, tx: Transaction, chat: Chat, message: CitizenTap) -> str:
        """A button of a page was tapped."""
        await acknowledge(tx, chat, message)
        view = self._views(tx, chat).at(message.data)
        return await self._show(tx, chat, f"browse:{message.tap_id}", view, edit=message.message)

    async def typed(self, tx: Transaction, chat: Chat, text: str, key: str) -> str | None:
        """Go where the words lead from the page that the citizen saw last; None if they lead nowhere."""
        views = self._views(tx, chat)
        place = views.typed(chat.menu or "", text)
        return None if place is None else await self._show(tx, chat, key, views.at(place))

    async def _show(self, tx: Transaction, chat: Chat, key: str, view: View, *, edit: str | None = None) -> str:
        await tx.show_menu(chat.id, view.place)
        entry = Catalogue(self.phrases.knowledge).entry(view.place.removeprefix("b:e:"))
        if view.kind == "answer" and entry is not None:
            # A correction follows what was read here, too.
            await remember(tx, chat.id, self.phrases.knowledge, entry, chat.language)
        await self.handover.say(tx, chat, key, view.text, buttons=view.buttons, edit=edit)
        return f"browse:{view.kind}"
