"""What the bot says of itself before anybody writes to it: descriptions and commands, per language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.knowledge.entry import KnowledgeBase, Language


@dataclass(frozen=True, slots=True)
class Introduction:
    """In one language. `commands`: what each does, by its name without the slash."""

    language: Language
    description: str
    short: str
    commands: Mapping[str, str]


def introductions(knowledge: KnowledgeBase) -> Sequence[Introduction]:
    """One in every language."""
    return [_introduction(knowledge, language) for language in Language]


def _introduction(knowledge: KnowledgeBase, language: Language) -> Introduction:
    lines = [line.partition(": ") for line in knowledge.say("introduction_commands", language).splitlines()]
    return Introduction(
        language,
        knowledge.say("introduction", language),
        knowledge.say("introduction_short", language),
        {name.strip(): what.strip() for name, _, what in lines if what},
    )
