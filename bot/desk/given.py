"""Which stored answer a citizen was given, and who wants to hear of another one: values of what follows an answer."""

from dataclasses import dataclass

from bot.knowledge.entry import Language


@dataclass(frozen=True, slots=True)
class Given:
    """A stored answer as a chat was given it. `chat` is our own id; `digest`: of its text as it was then.

    `plain`: the citizen wishes Einfache Sprache now.
    """

    id: int
    chat: int
    channel: str
    entry: str
    language: Language
    digest: str
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Followed:
    """An entry of whose next change somebody wants to hear. `digest`: of the text that they know.

    `question`: what it was about, by which the entry is found again if its id has changed.
    """

    entry: str
    question: str
    language: Language
    digest: str


@dataclass(frozen=True, slots=True)
class Subscription:
    """Somebody's wish to hear of an entry's next change. `plain`: in Einfacher Sprache."""

    id: int
    chat: int
    channel: str
    followed: Followed
    plain: bool = False
