"""Deciding in the terminal: one group after the other, by arrow keys. Nothing is written without a last yes."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from rich.console import Console

from bot.cli.kb.accepting import accept, try_out
from bot.cli.kb.draft import NEW_TOPIC, Draft, with_new_topic
from bot.cli.kb.fields import Rules
from bot.cli.kb.prompts import confirm, line, select, several, typed, until_right, written
from bot.cli.kb.shelving import meanwhile, passed_over, shelve
from bot.cli.kb.shown import NOTHING, heading, say, show_change, show_pile, show_trial
from bot.cli.kb.workbench import Pile, Workbench, now
from bot.errors import EditError
from bot.knowledge.decisions import new_id
from bot.knowledge.entry import KnowledgeBase, Language
from bot.knowledge.patching import change_of
from bot.knowledge.proposals import Kind, Proposal, State, read_proposals

LATER: Final = "später"
NEW_ENTRY: Final = "ein neuer Eintrag"
GENERAL: Final = "allgemein"  # the topic of what belongs to no other


class Ended(Exception):
    """The editor has had enough."""


def decide_all(console: Console, bench: Workbench, top: int) -> None:
    """Go through the groups until the last or until the editor ends it."""
    if not bench.groups:
        say(console, NOTHING, "")
        return
    made, at = 0, now()
    console.print(f"{heading(len(bench.groups))}.")
    try:
        for number, pile in enumerate(bench.piles(top), start=1):
            if first := meanwhile(
                read_proposals(bench.place.folder), (*pile.group.texts, *pile.group.wordings), bench.opened
            ):
                console.print()
                say(console, passed_over(bench.place, pile.group.question, first), "yellow")
                continue
            show_pile(console, number, pile, at)
            made += _decide(console, bench, pile)
    except Ended:
        pass
    console.print()
    say(console, f"{made} entschieden. Offenes zeigt {bench.place.command('proposals')}.")


def _decide(console: Console, bench: Workbench, pile: Pile) -> bool:
    """Whether something was written for this group."""
    ways: Mapping[str, Callable[[Workbench, Pile], Proposal | None]] = {
        "eine weitere Formulierung für einen Eintrag": _as_alias,
        "ein Gegenbeispiel: Das beantworten wir nicht": _as_counterexample,
        NEW_ENTRY: _as_entry,
        "beiseitelegen": _as_dismissed,
    }
    if any(answer.taught is not None for answer in pile.group.answers):
        ways = {NEW_ENTRY: _as_entry, **ways}
    while True:
        way = select("Was ist das?", {**{name: name for name in ways}, LATER: LATER, "aufhören": None})
        if way is None:
            raise Ended
        if way == LATER:
            return False
        try:
            proposal = ways[way](bench, pile)
            settled = _settle(console, bench, proposal) if proposal is not None else None
            if settled is not None:
                return settled
        except EditError as error:
            console.print(str(error), style="red", markup=False)


def _settle(console: Console, bench: Workbench, proposal: Proposal) -> bool | None:
    """Show what would change, and do what the editor wants: whether something was written, None to ask again."""
    if proposal.kind is Kind.DISMISS:
        return _shelved(console, bench, proposal) is not None
    # An earlier yes in this run has changed the files.
    show_change(console, change_of(bench.place.load(), proposal))
    ways = {
        "als Vorschlag ablegen": "shelve",
        "ausprobieren und gleich übernehmen": "try",
        "doch nicht": "drop",
    }
    way = select("Und nun?", ways)
    if way == "drop":
        return None
    made = _shelved(console, bench, proposal)
    if made is None:
        return False
    console.print(f"Vorschlag {made.number} liegt in {made.path}.", markup=False, soft_wrap=True)
    if way == "try":
        _try(console, bench, made)
    return True


def _shelved(console: Console, bench: Workbench, proposal: Proposal) -> Proposal | None:
    """The proposal as it was written; None where another editor was faster."""
    done = shelve(bench.place.folder, [proposal], bench.opened)
    for mine, first in done.skipped:
        say(console, passed_over(bench.place, mine.texts[0], first), "yellow")
    return done.made[0] if done.made else None


def _try(console: Console, bench: Workbench, made: Proposal) -> None:
    try:
        trial = try_out(bench.place.load(), bench.matcher, made, bench.place.matcher)
        show_trial(console, trial)
        if confirm("So übernehmen?"):
            accept(bench.place.folder, trial)
            console.print(f"Angenommen: {trial.change.path.name} ist geändert.")
        else:
            console.print(f"Vorschlag {made.number} bleibt offen.")
    except EditError as error:
        console.print(f"{error} Der Vorschlag bleibt offen.", style="red", markup=False)


# -- what to propose --------------------------------------------------------------------------


def _as_alias(bench: Workbench, pile: Pile) -> Proposal | None:
    nearest = {f"{near.score:.2f}  {near.entry}: {near.question}": near.entry for near in pile.close}
    entry = select("Für welchen Eintrag?", {**nearest, "einen anderen": ""}) if nearest else ""
    if not entry:
        entry = typed("Welchen? (id, Tabulator ergänzt)", [one.id for one in bench.base.entries()])
    texts = _texts(pile)
    return replace(_proposal(pile, Kind.ALIAS, texts), target=entry) if entry and texts else None


def _as_counterexample(bench: Workbench, pile: Pile) -> Proposal | None:
    topic, texts = select("In welchem Thema?", topics_for(bench.base, pile)), _texts(pile)
    return replace(_proposal(pile, Kind.COUNTEREXAMPLE, texts), target=topic) if texts else None


def _as_entry(bench: Workbench, pile: Pile) -> Proposal | None:
    answers = {
        f"{number + 1}. {'#wissen' if one.taught else 'Team'} {one.ticket}: {' '.join(one.text.split())[:60]}": number
        for number, one in enumerate(pile.group.answers)
    }
    number = select("Mit welcher Antwort?", {**answers, "selbst schreiben": -1}) if answers else -1
    chosen = pile.group.answers[number] if number >= 0 else None
    base = bench.place.load()  # an earlier yes in this run has changed it
    rules = Rules(base, bench.opened.astimezone().date())
    answer = until_right(lambda text: written("Antwort", text), rules.answer, chosen.text if chosen else "")
    texts = _texts(pile)
    if not answer or not texts:
        return None
    topic = select("In welchem Thema?", {**topics_for(base, pile), NEW_TOPIC: ""})
    draft = Draft(topic) if topic else with_new_topic(Draft(), rules)
    entry_id = line("Name des Eintrags (id)", rules.entry_id, new_id(base, texts[0]))
    made = replace(_proposal(pile, Kind.ENTRY, texts), id=entry_id, answer=answer)
    made = replace(made, target=draft.topic, title=draft.title, intro=draft.intro)
    return replace(made, taught=chosen.taught if chosen else None)


def _as_dismissed(bench: Workbench, pile: Pile) -> Proposal | None:
    return replace(_proposal(pile, Kind.DISMISS, pile.group.texts), state=State.DISMISSED)


def _proposal(pile: Pile, kind: Kind, texts: tuple[str, ...]) -> Proposal:
    group = pile.group
    language = group.language if group.language in Language else Language.DE
    return Proposal(kind, texts, now(), language=language, tickets=group.tickets, chats=group.chats)


def _texts(pile: Pile) -> tuple[str, ...]:
    usable = pile.group.wordings
    if usable[0] not in pile.group.texts:
        return _unmasked(usable[0])
    if len(pile.group.texts) == 1:
        return usable
    others = [text for text in pile.group.texts if text not in usable]
    return tuple(several("Welche Formulierungen?", [*usable, *others]))


def _unmasked(text: str) -> tuple[str, ...]:
    """Every wording tells who asked: the editor says how others would ask."""
    return tuple(filter(None, [typed("Formulierung, wie auch andere fragen würden", [], text)]))


def topics_for(base: KnowledgeBase, pile: Pile) -> dict[str, str]:
    """The ids of the topics by their titles, that of the nearest entry first, or else the general one."""
    near = next((entry.topic for near in pile.close if (entry := base.entry(near.entry))), GENERAL)
    topics = sorted(base.topics, key=lambda one: one.id != near)
    return {one.titles[Language.DE]: one.id for one in topics}
