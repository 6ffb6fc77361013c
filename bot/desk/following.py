"""Being told when an answer changes: citizens ask for it below an answer, and take it back."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.desk.afterwards import Afterwards
from bot.desk.citizen import CitizenTap, CitizenText
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
        key = f"tap:{tap.tap_id}"
        if kind == "n":
            outcome, refusal = await self._follow(tx, chat, number, key)
            await acknowledge(tx, chat, tap, refusal)
            return outcome
        gone = await tx.unsubscribe(chat.id, number)
        await acknowledge(tx, chat, tap, "" if gone else self._words.say("nothing_followed", chat.language))
        return await self._ended(tx, chat, gone, key) if gone else "tap:gone"

    async def typed(self, tx: Transaction, chat: Chat, message: CitizenText, key: str) -> str | None:
        """What was done if the words are those of such a button of the latest message; None if they are not."""
        if self._says(message.text, "follow", "follow_words"):
            given = await tx.latest_given(chat.id)
            entry = None if given is None else self.handover.phrases.knowledge.known_entry(given.entry)
            if given is None or entry is None or not entry.follow:
                return None
            outcome, refusal = await self._follow(tx, chat, given.id, key)
            if refusal:
                await self.handover.say(tx, chat, key, refusal)
            return outcome
        if not self._says(message.text, "unfollow", "unfollow_words"):
            return None
        latest = await tx.latest_exchange(chat.id)
        subscription = await tx.followed_since(chat.id, tx.now if latest is None else latest.at)
        gone = () if subscription is None else await tx.unsubscribe(chat.id, subscription)
        return await self._ended(tx, chat, gone, key) if gone else None

    def _says(self, text: str, *keys: str) -> bool:
        return any(self.handover.phrases.says(text, key) for key in keys)

    async def _follow(self, tx: Transaction, chat: Chat, number: int, key: str) -> tuple[str, str]:
        """The citizen wants to hear of the answer of this number; the outcome, and why it is not done."""
        given = await tx.given(chat.id, number)
        entry = None if given is None else self.handover.phrases.knowledge.known_entry(given.entry)
        if given is None or entry is None:
            return "tap:gone", self._words.say("follow_gone", chat.language)
        # Of the text they have seen: if it has changed since, they hear of it at once.
        followed = Followed(entry.id, entry.texts[Language.DE].question, given.language, given.digest)
        subscription = await tx.subscribe(chat.id, followed)
        if subscription is None:
            return "tap:repeated", self._words.say("follow_repeated", given.language)
        words = self._words.say("followed", given.language, question=entry.text(given.language).question)
        label = self._words.say("unfollow", given.language)
        buttons = [[{"text": label, "data": f"u:{subscription}"}]]
        await self.handover.say(tx, chat, key, words, buttons=buttons)
        return "followed", ""

    async def end(self, tx: Transaction, chat: Chat, key: str) -> str:
        """The citizen wants to hear of nothing any more."""
        gone = await tx.unsubscribe(chat.id)
        if gone:
            return await self._ended(tx, chat, gone, key)
        await self.handover.say(tx, chat, key, self._words.say("nothing_followed", chat.language))
        return "command:unfollow"

    async def _ended(self, tx: Transaction, chat: Chat, gone: Sequence[Followed], key: str) -> str:
        """The citizen reads of what they hear no more."""
        questions = [self._question(one, chat.language) for one in gone]
        if len(questions) == 1:
            words = self._words.say("unfollowed", chat.language, question=questions[0])
        else:
            listed = "\n".join(f"- {question}" for question in questions)
            words = self._words.say("unfollowed_several", chat.language, questions=listed)
        await self.handover.say(tx, chat, key, words)
        return "unfollowed"

    def _question(self, followed: Followed, language: Language) -> str:
        entry = self.handover.phrases.knowledge.known_entry(followed.entry)
        return followed.question if entry is None else entry.text(language).question
