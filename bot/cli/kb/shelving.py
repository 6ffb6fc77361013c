"""Laying decisions beside the knowledge base: never about what another editor has decided meanwhile."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from bot.cli.kb.place import Place
from bot.knowledge.masking import mask
from bot.knowledge.proposals import Kind, Proposal, State, read_proposals
from bot.knowledge.shelf import add, sole_editor
from bot.knowledge.yaml_hints import shown
from bot.matching.text import normalise

DECIDED: Final = frozenset({State.OPEN, State.ACCEPTED, State.DISMISSED})
_WHAT: Final = {
    Kind.ALIAS: "Formulierung für {target}",
    Kind.COUNTEREXAMPLE: "Gegenbeispiel",
    Kind.ENTRY: "neuer Eintrag",
    Kind.DISMISS: "beiseitegelegt",
}


@dataclass(frozen=True, slots=True)
class Shelved:
    """What became of decisions: the proposals that were written, and each that was not, with the one before it."""

    made: tuple[Proposal, ...]
    skipped: tuple[tuple[Proposal, Proposal], ...]


def shelve(folder: Path, decided: Sequence[Proposal], since: datetime | None) -> Shelved:
    """Write proposals, except for questions about which somebody else decided after `since`.

    `since`: when the questions were looked at; None where nobody knows. Raises KlbotError; those before it are then
    written.
    """
    made, skipped = [], []
    with sole_editor(folder):
        known = read_proposals(folder)
        for one in decided:
            if first := meanwhile(known, one.texts, since):
                skipped.append((one, first))
            else:
                made.append(add(folder, replace(one, at=one.at.replace(microsecond=0))))
    return Shelved(tuple(made), tuple(skipped))


def meanwhile(known: Iterable[Proposal], texts: Iterable[str], since: datetime | None) -> Proposal | None:
    """What was decided about one of these questions after `since`, or waits for a yes or no.

    What is older did not keep the question out of the inbox: people have asked again.
    """
    first = since.replace(microsecond=0) if since is not None else None
    same = about(known, texts)
    return next((one for one in same if one.state is State.OPEN or first is None or one.at >= first), None)


def about(known: Iterable[Proposal], texts: Iterable[str]) -> list[Proposal]:
    """The proposals that decide about one of these questions."""
    asked = _comparable(texts)
    return [one for one in known if one.state in DECIDED and asked & _comparable(one.texts)]


def _comparable(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(normalise(text) or text for text in map(mask, texts))


def passed_over(where: Place, text: str, first: Proposal) -> str:
    """Why a question is not decided here, and how it can be."""
    what = f"Vorschlag {first.number}, {_WHAT[first.kind].format(target=first.target)}"
    how = f"Anders entscheiden: erst {where.command('reject', str(first.number))}."
    return f"Über „{shown(mask(text))}“ ist inzwischen entschieden ({what}); hier übersprungen. {how}"
