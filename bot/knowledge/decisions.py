"""The inbox as a file: an editor writes a decision below each question, and the decisions become proposals."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from bot.errors import KnowledgeError
from bot.knowledge.entry import KnowledgeBase, Language
from bot.knowledge.files import Files
from bot.knowledge.form import Form, Keys, complain, like
from bot.knowledge.masking import mask
from bot.knowledge.proposals import AGAIN, Kind, Proposal, State, dump

HEAD: Final = """\
# Was Bürgerinnen und Bürger wissen wollten und der Bot nicht beantworten konnte, das Meistgefragte zuerst.
# Schreiben Sie hinter „decision:“ eines von diesen, oder lassen Sie es leer:
#   alias EINTRAG           weitere Formulierungen (texts) für diesen Eintrag
#   counterexample THEMA    klingt nach diesem Thema, wird aber von keinem Eintrag beantwortet
#   entry THEMA             neuer Eintrag mit der Antwort (answer); die erste Zeile von texts ist die Frage
#   dismiss ZAHL            beiseitelegen, bis so viele Leute mehr danach fragen
# Zeilen unter „texts“ dürfen Sie löschen und ändern. Was unter „left_out“ steht, zählt nicht mit: Niemand schreibt
# „[Name]“. Wenn Sie es brauchen, schreiben Sie es ohne die Klammern unter „texts“.
# Dann: klbot kb inbox --apply DIESE-DATEI
"""
_PEOPLE: Final = re.compile(r"[1-9][0-9]{0,5}")
_FILE: Final = Keys("in der Entscheidungs-Datei", ("questions",), ("exported",))
_ITEM: Final = Keys(
    "bei der Frage",
    ("decision", "texts"),
    ("answer", "language", "tickets", "chats", "asked", "last", "nearest", "taught", "left_out"),
)


@dataclass(frozen=True, slots=True)
class Open:
    """A group of questions as the file shows it. `nearest`: entries that come close, in words.

    `left_out`: wordings with masks, which are of no use to others.
    """

    texts: tuple[str, ...]
    language: Language
    chats: int
    asked: int
    last: datetime
    tickets: tuple[str, ...]
    nearest: tuple[str, ...]
    answer: str = ""
    taught: int | None = None
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decisions:
    """What an editor decided in a file. `exported`: when it was written; None where the file does not say so."""

    proposals: tuple[Proposal, ...]
    exported: datetime | None


def as_file(groups: Sequence[Open], at: datetime) -> str:
    """The file without decisions, masked. `at`: when the questions were looked at."""
    blocks = [dump([_values(group)]) for group in groups]
    return f"{HEAD}exported: {at.isoformat('T', 'seconds')}\nquestions:" + (
        "\n" + "\n".join(blocks) if blocks else " []\n"
    )


def _values(group: Open) -> dict[str, Any]:
    values: dict[str, Any] = {
        "decision": "",
        "chats": group.chats,
        "asked": group.asked,
        "last": group.last.date().isoformat(),
        "language": str(group.language),
        "texts": [mask(text) for text in group.texts],
        **({"left_out": [mask(text) for text in group.left_out]} if group.left_out else {}),
        "nearest": list(group.nearest),
        "tickets": list(group.tickets),
    }
    values |= {"answer": mask(group.answer)} if group.answer else {}
    return values | ({"taught": group.taught} if group.taught is not None else {})


def read_decisions(path: Path, base: KnowledgeBase, at: datetime) -> Decisions:
    """What the decisions in this file propose. Raises KnowledgeError with every complaint."""
    files = Files()
    root = files.read(path, str(path))
    form = Form(root, _FILE, files.complaints) if root is not None else None
    found = [
        _decided(Form(item, _ITEM, files.complaints), base, at) for item in (form.items("questions") if form else ())
    ]
    if files.complaints:
        raise KnowledgeError(files.complaints)
    exported = _moment(form.line("exported")) if form else None
    return Decisions(tuple(one for one in found if one is not None), exported)


def _moment(text: str) -> datetime | None:
    """No file is refused for it: without, every earlier decision counts."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _decided(form: Form, base: KnowledgeBase, at: datetime) -> Proposal | None:
    word, _, target = _optional(form, "decision").partition(" ")
    if not word:
        return None
    texts, place = tuple(line.text for line in form.lines("texts")), form.values["decision"].place
    kinds, target = tuple(str(kind) for kind in Kind), target.strip()
    if word not in kinds:
        complain(form.complaints, place, f"„{word}“ ist keine Entscheidung; {like(word, kinds)}")
        return None
    kind = Kind(word)
    known = _known(base, kind)
    if wrong := _wrong_target(kind, target, known):
        complain(form.complaints, place, wrong)
    answer = form.text("answer") if form.values.get("answer") else ""
    if kind is Kind.ENTRY and not answer:
        complain(form.complaints, form.place, "Ein neuer Eintrag braucht eine Antwort; ergänzen Sie „answer: …“.")
    if not texts:
        complain(form.complaints, form.place, "Unter „texts“ muss wenigstens eine Zeile stehen.")
        return None
    proposal = Proposal(kind, texts, at, target if known else "", answer=answer if kind is Kind.ENTRY else "")
    return replace(
        proposal,
        id=new_id(base, mask(texts[0])) if kind is Kind.ENTRY else "",
        state=State.DISMISSED if kind is Kind.DISMISS else State.OPEN,
        language=Language(form.choice("language", tuple(Language)) or Language.DE),
        tickets=tuple(line.text for line in form.lines("tickets")),
        chats=_number(form, "chats"),
        again=int(target) if kind is Kind.DISMISS and _PEOPLE.fullmatch(target) else AGAIN,
        taught=_number(form, "taught") or None if kind is Kind.ENTRY else None,
    )


def _wrong_target(kind: Kind, target: str, known: tuple[str, ...]) -> str:
    """What is wrong with what stands behind the word of a decision, in one sentence."""
    if kind is Kind.DISMISS:
        is_right = not target or _PEOPLE.fullmatch(target)
        return "" if is_right else f"Hinter „dismiss“ steht nichts oder eine Zahl wie 10, aber nicht „{target}“."
    if target in known:
        return ""
    if target:
        return f"„{target}“ gibt es hier nicht; {like(target, known, 'prüfen Sie die id.')}"
    what = "der Eintrag" if kind is Kind.ALIAS else "das Thema"
    return f"Hinter „{kind}“ fehlt {what}; {like('', known, 'ähnliche stehen unter „nearest“.')}"


def _optional(form: Form, key: str) -> str:
    """The text of a key that may be left empty."""
    node = form.values.get(key)
    text = getattr(node, "text", "")
    return " ".join(str(text).split()) if text.strip() not in ("", "~", "null") else ""


def _number(form: Form, key: str) -> int:
    text = _optional(form, key)
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else 0


def _known(base: KnowledgeBase, kind: Kind) -> tuple[str, ...]:
    match kind:
        case Kind.ALIAS:
            return tuple(entry.id for entry in base.entries())
        case Kind.COUNTEREXAMPLE | Kind.ENTRY:
            return tuple(topic.id for topic in base.topics)
    return ()


_LETTERS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_SMALL: Final = """
    der die das den dem ein eine einen ist sind gibt es in im am an auf und zu zum zur von vom bei ich man kann wird
    werden wie was wo wer wann warum the a is are of to do i can how what where when bitte hallo name
"""


def new_id(base: KnowledgeBase, question: str) -> str:
    """An id for a new entry, of the first words of its question that say something; no entry has it."""
    words = plain_letters(question)
    telling = [word for word in words if word not in _SMALL.split()][:4] or words[:4] or ["neu"]
    wanted, taken = "-".join(telling)[:60].strip("-"), {entry.id for topic in base.topics for entry in topic.entries}
    return next(one for one in (wanted, *(f"{wanted}-{number}" for number in range(2, 10_000))) if one not in taken)


def plain_letters(text: str) -> list[str]:
    """The words of a text in letters that an id may have."""
    return re.findall(r"[a-z0-9]+", text.casefold().translate(_LETTERS))
