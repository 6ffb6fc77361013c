"""Proposals for the knowledge base: a small file each in its folder `proposals/`, which answers nobody.

They lie beside the knowledge rather than in the bot's database, so that editors who may not write there can decide,
and so that what was decided is kept with what it changed. A proposal that is accepted, rejected or dismissed stays as
a record: it tells the inbox which questions are dealt with. Every text in it is masked.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import yaml

from bot.errors import Complaint, KnowledgeError
from bot.knowledge.entry import Language
from bot.knowledge.files import Files
from bot.knowledge.form import Form, Keys, complain
from bot.knowledge.masking import mask
from bot.knowledge.yaml_source import Node, Scalar

FOLDER: Final = "proposals"
AGAIN: Final = 5  # so many more people bring a dismissed question back
_NAME: Final = re.compile(r"([0-9]{4,9})-[a-z0-9-]+\.yaml")
_FILE: Final = Keys(
    "im Vorschlag",
    ("kind", "state", "date", "texts"),
    ("entry", "topic", "id", "answer", "language", "tickets", "chats", "again", "taught", "title", "intro"),
)


class Kind(StrEnum):
    """What is to be done with the texts."""

    ALIAS = "alias"
    COUNTEREXAMPLE = "counterexample"
    ENTRY = "entry"
    DISMISS = "dismiss"


class State(StrEnum):
    """What became of a proposal. RETRACTED: staff took back the answer that it was made of."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    RETRACTED = "retracted"
    DISMISSED = "dismissed"


# What each kind needs beside its texts.
_NEEDED: Final = {
    Kind.ALIAS: ("entry",),
    Kind.COUNTEREXAMPLE: ("topic",),
    Kind.ENTRY: ("topic", "id", "answer"),
    Kind.DISMISS: (),
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """What should be learnt. `number` is 0 until it is written.

    `texts`: the wordings, of a new entry the question first. `target`: the id of the entry for an alias, else of the
    topic. `chats`: of how many citizens; `tickets`: their codes; `taught`: the #wissen it was made of. `again`: how
    many more people bring a dismissed group back. `title`, `intro`: of a topic that is new with this entry.
    """

    kind: Kind
    texts: tuple[str, ...]
    at: datetime
    target: str = ""
    id: str = ""
    answer: str = ""
    language: Language = Language.DE
    tickets: tuple[str, ...] = ()
    chats: int = 0
    again: int = AGAIN
    taught: int | None = None
    title: str = ""
    intro: str = ""
    state: State = State.OPEN
    number: int = 0
    path: Path | None = field(default=None, compare=False)

    @property
    def file_name(self) -> str:
        """The name of its file."""
        what = self.id or self.target or "question"
        return f"{self.number:04}-{self.kind}-{what}.yaml"


def read_proposals(folder: Path) -> list[Proposal]:
    """The proposals beside the knowledge in this folder, by number. Raises KnowledgeError with every complaint."""
    files, found = Files(), []
    for path in proposal_files(folder):
        root = files.read(path)
        if root is not None and (one := _proposal(root, path, files.complaints)) is not None:
            found.append(one)
    if files.complaints:
        raise KnowledgeError(files.complaints)
    return found


def proposal_files(folder: Path) -> list[Path]:
    """The files of proposals, by number."""
    try:
        names = [path for path in (folder / FOLDER).iterdir() if _NAME.fullmatch(path.name)]
    except FileNotFoundError:
        return []
    except OSError as error:
        text = f"Der Ordner lässt sich nicht lesen ({error.strerror}); prüfen Sie die Rechte."
        raise KnowledgeError([Complaint(str(folder / FOLDER), 1, 1, text)]) from error
    return sorted(names, key=number_of)


def number_of(path: Path) -> int:
    """The number in the name of a proposal's file."""
    found = _NAME.fullmatch(path.name)
    return int(found[1]) if found else 0


def _proposal(root: Node, path: Path, complaints: list[Complaint]) -> Proposal | None:
    before = len(complaints)
    form = Form(root, _FILE, complaints)
    kind, state = form.choice("kind", tuple(Kind)), form.choice("state", tuple(State))
    for key in _NEEDED[Kind(kind)] if kind else ():
        if key not in form.values:
            text = f"Hier fehlt im Vorschlag der Schlüssel „{key}“; ergänzen Sie eine Zeile „{key}: …“."
            complain(complaints, form.place, text)
    texts = tuple(one.text for one in form.lines("texts"))
    moment, numbers = _moment(form), {key: _number(form, key) for key in ("chats", "again", "taught")}
    if kind is None or state is None or moment is None or not texts or len(complaints) > before:
        return None
    return Proposal(
        kind=Kind(kind),
        texts=texts,
        at=moment,
        target=form.line("entry") or form.line("topic"),
        id=form.line("id"),
        answer=form.text("answer"),
        language=Language(form.choice("language", tuple(Language)) or Language.DE),
        tickets=tuple(one.text for one in form.lines("tickets")),
        chats=numbers["chats"] or 0,
        again=numbers["again"] or AGAIN,
        taught=numbers["taught"],
        title=form.line("title"),
        intro=form.line("intro"),
        state=State(state),
        number=number_of(path),
        path=path,
    )


def _moment(form: Form) -> datetime | None:
    text = form.line("date")
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        if text:
            how = "schreiben Sie Tag und Uhrzeit wie 2026-11-24T09:30:00+00:00."
            complain(form.complaints, form.values["date"].place, f"Das ist kein Zeitpunkt; {how}")
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _number(form: Form, key: str) -> int | None:
    node = form.values.get(key)
    if node is None:
        return None
    if isinstance(node, Scalar) and re.fullmatch(r"[0-9]{1,9}", node.text):
        return int(node.text)
    complain(form.complaints, node.place, f"Bei „{key}“ muss eine Zahl stehen.")
    return None


# -- as text ----------------------------------------------------------------------------------


def as_yaml(one: Proposal) -> str:
    """The contents of its file, masked."""
    where = {Kind.ALIAS: "entry", Kind.COUNTEREXAMPLE: "topic", Kind.ENTRY: "topic"}.get(one.kind)
    values: dict[str, Any] = {"kind": str(one.kind), "state": str(one.state), "date": one.at.isoformat("T", "seconds")}
    values |= {where: one.target} if where else {}
    values |= {"title": mask(one.title), "intro": mask(one.intro)} if one.title else {}
    values |= {"id": one.id} if one.id else {}
    values |= {"language": str(one.language), "texts": list(dict.fromkeys(map(mask, one.texts)))}
    values |= {"answer": mask(one.answer)} if one.answer else {}
    values |= {"tickets": list(one.tickets), "chats": one.chats}
    values |= {"again": one.again} if one.kind is Kind.DISMISS else {}
    values |= {"taught": one.taught} if one.taught is not None else {}
    return f"# {_HEADLINES[one.kind]}\n{dump(values)}"


_HEADLINES: Final = {
    Kind.ALIAS: "Vorschlag: weitere Formulierungen (texts) für den Eintrag (entry)",
    Kind.COUNTEREXAMPLE: "Vorschlag: Gegenbeispiele (texts) für das Thema (topic)",
    Kind.ENTRY: "Vorschlag: neuer Eintrag im Thema (topic); die erste Zeile von texts ist seine Frage",
    Kind.DISMISS: "Beiseitegelegt: kommt erst wieder, wenn so viele Leute (again) danach fragen",
}


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as blocks, lists indented as in hand-written files."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _as_block(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text.strip() else None)


_Dumper.add_representer(str, _as_block)


def dump(values: Any) -> str:
    """Plain values as YAML that people can read and edit."""
    dumped: str = yaml.dump(values, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10_000)
    return dumped


def numbered(existing: Sequence[Path]) -> Iterator[int]:
    """Numbers that no proposal has, ascending."""
    number = max(map(number_of, existing), default=0)
    while True:
        number += 1
        yield number
