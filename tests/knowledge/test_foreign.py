"""What other programs leave in a file is told from what an editor may well write."""

import pytest

from bot.knowledge.foreign import no_text, remnants

NB = "\u00a0"


@pytest.mark.parametrize(
    "text",
    [
        f"answer: |\n  Zuerst{NB}dies.\n  {NB}{NB}- dann das\n  wo:{NB}dort\n  -{NB}hier\nsource: Uns\n",
        f"  - answer: >-  # ein Text\n      Ja.\n      {NB}\n      So.\n    source: Uns\n",
        f"- |\n {NB}Ja\n- Nein\n",
        f"question: Was kostet das, 5{NB}Euro?\n",
        "answer: |\n  =======\n  <<<<<<< Hier\n",
        "# =======\nid: a\n",
        "title: <<<<<<< >>>>>>>\n",
        "",
    ],
)
def test_what_is_meant_is_left_alone(text: str) -> None:
    assert remnants(text) == []


def test_every_line_with_odd_blanks_is_named() -> None:
    text = f"answer: |\r\n  Ja.\r\n{NB} Nein.\r\n {NB}So.\r\nsource: Uns\r\n{NB}id: a\r\n"

    assert [(line, column) for line, column, _ in remnants(text)] == [(3, 1), (4, 2), (6, 1)]


def test_of_blanks_within_the_marks_of_git_nothing_is_said() -> None:
    text = f"<<<<<<< HEAD\na: 1\n||||||| base\n=======\n{NB}b: 1\n>>>>>>> x\nc: 1\n<<<<<<< HEAD\n=======\n>>>>>>> x\n"

    assert [(line, column) for line, column, _ in remnants(text)] == [(1, 1), (8, 1)]


@pytest.mark.parametrize(
    "raw", [b"", b"P", b"PKW: Ja\n", b"\x00\x00\x00\x00", "ä: ö\n".encode(), b"\xef\xbb\xbfid: a\n"]
)
def test_what_may_be_text_is_read(raw: bytes) -> None:
    assert no_text(raw) is None
