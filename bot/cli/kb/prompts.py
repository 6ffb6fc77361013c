"""How an editor is asked in the terminal. Ctrl-C ends the command."""

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeVar

import questionary
from questionary import Choice, Style

Chosen = TypeVar("Chosen")
LOOK: Final = Style([("qmark", "fg:cyan"), ("pointer", "fg:cyan bold"), ("highlighted", "bold"), ("answer", "fg:cyan")])
KEYS: Final = "(Pfeiltasten, Eingabetaste)"
MANY: Final = "(Leertaste wählt, Eingabetaste weiter)"


def several(question: str, choices: Sequence[str]) -> list[str]:
    """Any of these; the first is chosen already."""
    options = [Choice(text, checked=not number) for number, text in enumerate(choices)]
    asked = questionary.checkbox(question, options, instruction=MANY, style=LOOK)
    # When it is done, questionary says so in English.
    asked.application.erase_when_done = True
    found = list(asked.unsafe_ask())
    said = found[0] if len(found) == 1 else f"{len(found) or 'keine'} ausgewählt"
    for text, look, end in (("?", "fg:cyan", " "), (question, "bold", " "), (said, "fg:cyan", "\n")):
        questionary.print(text, look, end=end)
    return found


def select(question: str, choices: Mapping[str, Chosen]) -> Chosen:
    """One of these, by arrow keys."""
    title = questionary.select(question, list(choices), instruction=KEYS, style=LOOK).unsafe_ask()
    return choices[title]


def confirm(question: str) -> bool:
    """Yes or no."""
    return select(question, {"ja": True, "nein": False})


def typed(question: str, known: list[str], default: str = "") -> str:
    """A line; `known` is what the tabulator completes."""
    if known:
        found = questionary.autocomplete(question, known, style=LOOK).unsafe_ask()
    else:
        found = questionary.text(question, default=default, style=LOOK).unsafe_ask()
    return str(found).strip()


def written(question: str, default: str) -> str:
    """Several lines."""
    instruction = "(Escape, dann Eingabetaste beendet)\n"
    editor = questionary.text(question, default=default, multiline=True, instruction=instruction, style=LOOK)
    return str(editor.unsafe_ask()).strip()


def until_right(ask: Callable[[str], str], wrong: Callable[[str], str], default: str = "") -> str:
    """What is typed at last. `ask`: asks once, with a text to begin from; `wrong`: what is wrong with one, or nothing.

    What is wrong is not lost: it is what to begin from the next time.
    """
    while sentence := wrong(found := ask(default)):
        sys.stderr.write(f"{sentence}\n")
        default = found
    return found


def line(question: str, wrong: Callable[[str], str], default: str = "") -> str:
    """A line in which nothing is wrong."""
    return until_right(lambda text: typed(question, [], text), wrong, default)
