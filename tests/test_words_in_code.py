"""What citizens read stands in the wording files; German in Python is allowed where it says here why."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import bot
from bot.matching.text import fold
from bot.matching.words import TELLS_GERMAN

PACKAGE = Path(bot.__file__).parent
EDITORS = "read by editors and operators, in the language of the knowledge base"
READS = "recognises what people or their mail programs write"
STAFF = "read by staff, beside the citizen's words"
# A folder or a file, and why it may hold German.
ALLOWED = {
    "cli": EDITORS,
    "knowledge": EDITORS,
    "matching": f"{READS}, and says to clerks and editors why it decided so",
    "desk/commands.py": "the names of staff's commands",
    "desk/conversation.py": "the names of citizens' commands",
    "desk/cuts.py": READS,
    "desk/lengths.py": EDITORS,
    "desk/menus.py": "the names of citizens' commands",
    "desk/obstacles.py": EDITORS,
    "desk/offers.py": "the names of citizens' commands",
    "desk/rights.py": "the names of citizens' commands",
    "desk/wanted.py": READS,
    "desk/words.py": f"complaints about wording files, {EDITORS}",
    "mail/attachments.py": f"why a file stays behind, {STAFF}",
    "mail/html.py": READS,
    "mail/keys.py": f"the line above which staff write, {STAFF}",
    "mail/machines.py": READS,
    "mail/message.py": f"why a mail is held, {STAFF}",
    "mail/phrases.py": READS,
}
# Not German here: when something is due, a folder in a help text, tags of HTML, a currency.
OTHERWISE = frozenset({"due", "dir", "ins", "tag", "eur"})
LETTERS = re.compile(r"[^\W\d_]+")
GERMAN = re.compile(r".*[äöüß].*|\w{3,}(?:ungen|ung|heit|keit|schaft|lich)|einfach|sprache|themen")
SOURCES = sorted(path for path in PACKAGE.rglob("*.py") if "versions" not in path.parts)


def strings(source: str) -> Iterator[str]:
    """Every string of a module that is no docstring."""
    tree = ast.parse(source)
    statements = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in statements:
            yield node.value


def german_words(source: str) -> list[str]:
    words = (word.casefold() for text in strings(source) for word in LETTERS.findall(text))
    return [
        word
        for word in words
        if word not in OTHERWISE and (GERMAN.fullmatch(word) or (len(word) > 2 and fold(word) in TELLS_GERMAN))
    ]


def allowance(path: Path) -> str | None:
    """The folder or file that may hold German, if this is or is in one."""
    name = path.relative_to(PACKAGE).as_posix()
    return next((allowed for allowed in ALLOWED if name == allowed or name.startswith(f"{allowed}/")), None)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_german_word_stands_in_python_but_where_it_says_why(path: Path) -> None:
    if allowance(path) is None:
        assert german_words(path.read_text(encoding="utf-8")) == []


def test_every_allowance_is_needed() -> None:
    used = {allowance(path) for path in SOURCES if german_words(path.read_text(encoding="utf-8"))}

    assert set(ALLOWED) <= used


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('say("Bitte warten")', ["bitte"]),
        ('say(f"Ihr Vorgang {code}: Rückfrage")', ["ihr", "rückfrage"]),
        ('say("Nachricht weitergeleitet an Abteilung")', ["abteilung"]),
        ('"""Bitte."""\nsay("Please wait until it is due")', []),
    ],
)
def test_german_is_recognised(source: str, found: list[str]) -> None:
    assert german_words(source) == found
