"""How it stands with the knowledge base of the running bot: a value that is kept where editors can look."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Final

from bot.errors import Complaint

# Where it is kept.
NAME: Final = "knowledge"


@dataclass(frozen=True, slots=True)
class KnowledgeState:
    """What the bot answers with, and what it does not take over.

    `since`: when it began to answer with this version; `looked_at`: when it last looked whether something has changed.
    `refused`: what is wrong with the files as they are now, and since when; `missed`: labelled questions that the
    latest change has spoilt. `told`: what editors have been told of already.
    """

    version: str = ""
    since: datetime | None = None
    entries: int = 0
    folder: str = ""
    looked_at: datetime | None = None
    refused: tuple[str, ...] = ()
    refused_at: datetime | None = None
    missed: tuple[str, ...] = ()
    told: tuple[str, ...] = ()

    def packed(self) -> str:
        """The state as it is kept."""
        return json.dumps(asdict(self), default=datetime.isoformat, ensure_ascii=False)

    def untold(self, complaints: Sequence[Complaint]) -> bool:
        """Whether editors have not been told of one of them yet; that it has moved by some lines is no news."""
        return not set(signs(complaints)) <= set(self.told)


def signs(complaints: Sequence[Complaint]) -> tuple[str, ...]:
    """What complaints are known by, wherever in their file they stand."""
    return tuple(dict.fromkeys(f"{one.file}: {one.text}" for one in complaints))


def unpacked(kept: str | None) -> KnowledgeState:
    """The state that was kept; an empty one if there is none, or one of another version of klbot."""
    try:
        values = json.loads(kept or "{}")
        moments = ("since", "looked_at", "refused_at")
        known = {field.name: values[field.name] for field in fields(KnowledgeState) if field.name in values}
        known |= {name: datetime.fromisoformat(known[name]) for name in moments if known.get(name)}
        known |= {name: tuple(known[name]) for name in ("refused", "missed", "told") if name in known}
        return KnowledgeState(**known)
    except (ValueError, TypeError, AttributeError):
        return KnowledgeState()
