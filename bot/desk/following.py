"""Being told when an answer changes: citizens ask for it below an answer, and take it back."""

import re
from dataclasses import dataclass

from bot.desk.afterwards import Afterwards
from bot.desk.citizen import CitizenTap
from bot.desk.given import Followed
from bot.desk.handover import Handover
from bot.desk.taps import acknowledge
from bot.desk.transaction import Chat, Transaction
from bot.knowledge.entry import Language

_TAP = re.compile(r"([nu]):([0-9]{1,18})")


@dataclass(frozen=True, slots=True)
class Following:
    """Keeps who wants to hear of which answer."""

    handover: Handover

    @property
    def _words(self) -> Afterwards:
        return Afterwards(self.handover.phrases)

    async def tapped(self, tx: Transaction, chat: Chat, tap: CitizenTap) -> str:
        """A button below an answer, or the one that takes its effect back."""
        found = _TAP.fullmatch(tap.data)
        kind, number = (found[1], int(found[2])) if found else ("", 0)
        if kind == "n":
            return await self._follow(tx, chat, tap, number)
        gone = await tx.unsubscribe(chat.id, number)
        await acknowledge(tx, chat, tap, "" if gone else self._words.say("nothing_followed", chat.language))
        if gone:
            await self._say(tx, chat, f"tap:{tap.tap_id}", "unfollowed")
        return "unfollowed" if gone else "tap:gone"

    async def _follow(self, tx: Transaction, chat: Chat, tap: CitizenTap, number: int) -> str:
        given = await tx.given(chat.id, number)
        entry = None if given is None else self.handover.phrases.knowledge.known_entry(given.entry)
        if given is None or entry is None:
            await acknowledge(tx, chat, tap, self._words.say("follow_gone", chat.language))
            return "tap:gone"
        # Of the text they have seen: if it has changed since, they hear of it at once.
        followed = Followed(entry.id, entry.texts[Language.DE].question, given.language, given.digest)
        subscription = await tx.subscribe(chat.id, followed)
        if subscription is None:
            await acknowledge(tx, chat, tap, self._words.say("follow_repeated", given.language))
            return "tap:repeated"
        await acknowledge(tx, chat, tap, "")
        words = self._words.say("followed", given.language, question=entry.text(given.language).question)
        label = self._words.say("unfollow", given.language)
        buttons = [[{"text": label, "data": f"u:{subscription}"}]]
        await self.handover.say(tx, chat, f"tap:{tap.tap_id}", words, buttons=buttons)
        return "followed"

    async def end(self, tx: Transaction, chat: Chat, key: str) -> str:
        """The citizen wants to hear of nothing any more."""
        gone = await tx.unsubscribe(chat.id)
        await self._say(tx, chat, key, "unfollowed" if gone else "nothing_followed")
        return "unfollowed" if gone else "command:unfollow"

    async def _say(self, tx: Transaction, chat: Chat, key: str, words: str) -> None:
        await self.handover.say(tx, chat, key, self._words.say(words, chat.language))
