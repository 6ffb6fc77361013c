"""What a clerk's first line asks for, however it is written; what only looks like a command is never plain words."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.commands import Command, Name, NoCommand, Trouble, Unknown, parse

SPELLINGS = {
    Name.NOTE: ("#intern", "#Intern", "#INTERN:", "  #intern.", "*#intern*", "\u200b#intern", "\ufeff#intern,"),
    Name.STORED: ("#1", "#2.", "#3:", "„#1“", "#1)", "\u00a0#2"),
    Name.ASK_BACK: (
        "#rückfrage",
        "#Rueckfrage",
        "#ruckfrage",
        "#RÜCKFRAGE!",
        unicodedata.normalize("NFD", "#rückfrage"),
    ),
    Name.TEACH: ("#wissen", "#Wissen:"),
    Name.CLOSE: ("#schließen", "#schliessen", "#SCHLIESSEN", "#Schlie\u1e9een"),
    Name.SPAM: ("#spam", "#SPAM.", "\n\n #spam"),
}


@pytest.mark.parametrize(("name", "first"), [(name, one) for name, all_ in SPELLINGS.items() for one in all_])
def test_a_command_is_known_in_each_spelling_and_keeps_the_words_behind_and_below_it(name: Name, first: str) -> None:
    command = parse(f"{first} gleich hier\n\nUnd dort, #intern gemeint.  ")

    assert isinstance(command, Command)
    assert command.name is name
    assert command.text == "gleich hier\n\nUnd dort, #intern gemeint."


@pytest.mark.parametrize("first", ["#1", "#schließen", "#spam"])
def test_some_commands_need_no_words(first: str) -> None:
    assert parse(first) == Command(Name(first[1:]), first, "", number=int(first == "#1"))


@pytest.mark.parametrize("first", ["#intern", "#rückfrage", "#wissen", "#wissen \n\n ...", "#Rueckfrage ??"])
def test_other_commands_say_nothing_without_words(first: str) -> None:
    found = parse(first)

    assert isinstance(found, Unknown)
    assert found.why is Trouble.NO_TEXT


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("#foo", "#foo"),
        ("#4 bitte", "#4"),
        ("#0", "#0"),
        ("#123", "#123"),
        ("#1.5 Grad", "#1.5"),
        ("#interner Vermerk", "#interner"),
        ("#intern-Notiz", "#intern-Notiz"),
        ("##intern", "##intern"),
        ("# intern: nicht weitersagen", "# intern:"),
        ("#", "#"),
        ("#\nText", "#"),
        (f"#{'x' * 99}", f"#{'x' * 40}…"),
    ],
)
def test_what_looks_like_a_command_and_is_none_is_named(text: str, word: str) -> None:
    assert parse(text) == Unknown(word, Trouble.UNKNOWN)


@pytest.mark.parametrize("text", ["#1 #2", "#2\n#intern geheim", "#rückfrage\n\n#spam", "#wissen #foo"])
def test_words_for_the_citizen_may_not_begin_with_another_command(text: str) -> None:
    found = parse(text)

    assert isinstance(found, Unknown)
    assert found.why is Trouble.SEVERAL


@pytest.mark.parametrize(
    "text", ["Ja.", "", "# Überschrift\nText", "## 1. Anfahrt", "Ja.\n#intern", "Siehe #1.", "Linie 1 #2", "*fett* #1"]
)
def test_plain_words_are_no_command(text: str) -> None:
    assert parse(text) == NoCommand()


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("an Anna@KL.digital", ""),
        ("anna@kl.digital", ""),
        ("an: Anna Beispiel <anna@kl.digital>", ""),
        ("an anna@kl.digital.\nBitte bis Freitag.", "Bitte bis Freitag."),
        ("an anna@kl.digital, bitte bis Freitag", "bitte bis Freitag"),
        ("an <mailto:anna@kl.digital>", ""),
    ],
)
def test_a_ticket_is_handed_to_the_one_address_of_the_line(line: str, text: str) -> None:
    assert parse(f"#weiter {line}") == Command(Name.HAND_OVER, "#weiter", text, address="anna@kl.digital")


@pytest.mark.parametrize(
    "line",
    ["", "an Anna", "an anna@kl", "an a@kl.digital oder b@kl.digital", "an a..b@kl.digital", "\nan anna@kl.digital"],
)
def test_without_one_whole_address_nobody_is_guessed(line: str) -> None:
    found = parse(f"#weiter {line}")

    if line.startswith("\n"):
        assert isinstance(found, Command), "the next line is where the text begins"
    else:
        assert found == Unknown("#weiter", Trouble.NO_ADDRESS)


@given(st.text())
def test_a_text_that_does_not_begin_with_a_hash_is_never_a_command(text: str) -> None:
    assert parse(f"Guten Tag {text}") == NoCommand()


@given(
    st.text(st.sampled_from(' \t\u00a0\u200b\ufeff*_"„\n'), max_size=6),
    st.sampled_from([one for all_ in SPELLINGS.values() for one in all_] + ["#weiter", "#foo", "#4"]),
    st.text(),
)
def test_no_text_that_begins_with_a_command_is_taken_for_plain_words(before: str, command: str, behind: str) -> None:
    found = parse(f"{before}{command}{behind}")

    assert isinstance(found, Command | Unknown)


@given(st.sampled_from(["#1", "#rückfrage", "#wissen"]), st.text(st.sampled_from('#1 \nintern\u200bxß*"')))
def test_what_is_left_for_the_citizen_never_begins_with_a_command(command: str, behind: str) -> None:
    found = parse(f"{command} {behind}")

    assert isinstance(found, Unknown) or parse(found.text if isinstance(found, Command) else "#") == NoCommand()


@pytest.mark.parametrize("stacked", ["#1\n", "#wissen ", "#rückfrage "])
def test_however_many_commands_are_stacked_they_are_refused_as_several(stacked: str) -> None:
    found = parse(stacked * 5000)

    assert isinstance(found, Unknown)
    assert found.why is Trouble.SEVERAL
