"""`klbot kb new`: a new entry, asked for in the terminal or given as options."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.check.findings import Finding, Severity, matched, said
from bot.cli.check.report import show as show_findings
from bot.cli.kb.draft import Draft, as_texts, asked_for, completed, topic_of
from bot.cli.kb.fields import Rules
from bot.cli.kb.place import FolderOption, Place, place
from bot.cli.kb.prompts import confirm
from bot.cli.kb.shown import show_change, show_effect, terminal
from bot.cli.kb.trying import base_with
from bot.cli.kb.workbench import now
from bot.cli.options import listed_complaints
from bot.errors import EditError
from bot.knowledge.editing import Page, new_page, read_page, save
from bot.knowledge.entry import Entry, KnowledgeBase
from bot.knowledge.lines import Lines
from bot.knowledge.patching import Change
from bot.knowledge.pieces import Words
from bot.knowledge.shelf import sole_editor
from bot.matching.effect import Effect, effect
from bot.matching.matcher import Matcher


def new(
    topic: Annotated[str, typer.Option("--topic", metavar="ID", help="The topic; a new one makes a new file.")] = "",
    question: Annotated[str, typer.Option("--question", help="The question, as citizens read it.")] = "",
    answer: Annotated[str, typer.Option("--answer", help="The answer; - reads standard input.")] = "",
    alias: Annotated[list[str] | None, typer.Option("--alias", help="Another way to ask; may be repeated.")] = None,
    as_of: Annotated[str, typer.Option("--date", help="When the answer was true; this month.")] = "",
    source: Annotated[str, typer.Option("--source", help="Where the answer comes from.")] = "",
    entry_id: Annotated[str, typer.Option("--id", help="The name of the entry; made from the question.")] = "",
    question_en: Annotated[str, typer.Option("--question-en", help="The question in English.")] = "",
    answer_en: Annotated[str, typer.Option("--answer-en", help="The answer in English.")] = "",
    alias_en: Annotated[list[str] | None, typer.Option("--alias-en", help="Another way to ask in English.")] = None,
    title: Annotated[str, typer.Option("--title", help="Of a new topic: its name.")] = "",
    intro: Annotated[str, typer.Option("--intro", help="Of a new topic: what it is about.")] = "",
    force: Annotated[
        bool, typer.Option("--force", help="Write it even if an entry has the question, or it takes a labelled one in.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether to write it.")] = False,
    knowledge: FolderOption = None,
) -> None:
    """Write a new entry; in a terminal, whatever is not given is asked for."""
    where = place(None, None, knowledge)
    with listed_complaints("der Wissensbasis"):
        base = where.load()
    text = sys.stdin.read() if answer == "-" else answer
    english = Words(question_en, answer_en, as_texts(alias_en))
    draft = Draft(topic, title, intro, question, text, as_texts(alias), as_of, source, entry_id, english)
    month, asking = f"{now().astimezone():%Y-%m}", sys.stdin.isatty() and sys.stdout.isatty()
    rules = Rules(base, now().astimezone().date(), force)
    draft = completed(asked_for(draft, rules, month) if asking and not _is_whole(draft, base) else draft, rules, month)
    _write(where, base, draft, asking=asking and not yes, force=force)


def _is_whole(draft: Draft, base: KnowledgeBase) -> bool:
    named = topic_of(base, draft.topic) is not None or (draft.title and draft.intro)
    return bool(named and draft.topic and draft.question and draft.answer and draft.source)


def _write(where: Place, base: KnowledgeBase, draft: Draft, *, asking: bool, force: bool) -> None:
    page = _page(where.folder, base, draft)
    changed = base_with(base, page)
    entry = next(one for topic in changed.topics for one in topic.entries if one.id == draft.id)
    console = terminal()
    show_change(console, Change(page))
    matcher = where.matcher(changed)
    findings = _about(entry, changed, matcher, page)
    if findings:
        console.print()
        show_findings(console, findings, _lines(page, changed), [])
    if any(one.severity is Severity.ERROR for one in findings):
        raise EditError("Der neue Eintrag hat noch Fehler, darum bleibt alles, wie es war.")
    console.print("\n[bold]Was der Bot daraus macht[/]")
    found = effect(where.matcher(base), matcher, [one.text for one in entry.phrasings], base.questions)
    show_effect(console, found)
    if asking and not confirm("So eintragen?"):
        console.print("Nichts geändert.")
        return
    if not (force or asking):
        _refuse_what_breaks(found, entry, base)
    with sole_editor(where.folder):
        save(page)
    console.print(f"\nEingetragen: {page.path.name}, Zeile {entry.place.line} ({entry.id}).", markup=False)


def _page(folder: Path, base: KnowledgeBase, draft: Draft) -> Page:
    """The topic's file with the entry. Raises EditError."""
    topic = topic_of(base, draft.topic)
    if topic is not None:
        return read_page(folder / Path(topic.entries[0].place.file).name).with_entry(draft.entry())
    return new_page(folder / f"{draft.topic}.yaml", draft.topic, draft.title, draft.intro, draft.entry())


def _about(entry: Entry, base: KnowledgeBase, matcher: Matcher, page: Page) -> list[Finding]:
    """What a check would say about the new entry."""
    end = page.text.count("\n") + 1
    others = [one.place.line for topic in base.topics for one in topic.entries if one.place.file == entry.place.file]
    end = min((line for line in others if line > entry.place.line), default=end)
    found = [*said(base, _lines(page, base), now().astimezone()), *matched(base, matcher)]
    mine = (one for one in found if one.complaint.file == entry.place.file)
    return sorted(one for one in mine if entry.place.line <= one.complaint.line < end)


def _lines(page: Page, base: KnowledgeBase) -> Lines:
    """The lines as they would be."""
    return Lines([base.folder], {f"{base.folder.name}/{page.path.name}": page.text})


def _refuse_what_breaks(found: Effect, entry: Entry, base: KnowledgeBase) -> None:
    """Raises EditError where a question goes wrong that must not, or goes to an entry that does not answer it."""
    if broken := found.serious({one.text for one in base.questions if one.must}, entry.id):
        many = f" und {len(broken) - 1} weitere" if len(broken) > 1 else ""
        raise EditError(
            f"Damit ginge die gekennzeichnete Frage „{broken[0].text}“{many} nicht mehr richtig aus, darum "
            "bleibt alles, wie es war; mit --force wird trotzdem eingetragen."
        )
