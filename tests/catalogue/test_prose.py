"""Texts become paragraphs and lists, and only real addresses become links."""

import pytest

from bot.catalogue.prose import Block, Piece, blocks, pieces


def test_an_empty_line_ends_a_paragraph_and_a_dash_makes_a_list() -> None:
    found = blocks("Eins\nzwei\n- drei\n– vier\n\nfünf\n")

    words = [(block.is_list, ["".join(piece.text for piece in line) for line in block.lines]) for block in found]
    assert words == [(False, ["Eins", "zwei"]), (True, ["drei", "vier"]), (False, ["fünf"])]


def test_a_dash_without_a_blank_is_no_list() -> None:
    assert blocks("-20 Grad") == (Block(((Piece("-20 Grad"),),)),)


@pytest.mark.parametrize(
    ("line", "address"),
    [
        ("Siehe https://www.kl.digital/a.", "https://www.kl.digital/a"),
        ("(https://www.kl.digital/a)", "https://www.kl.digital/a"),
        ("https://de.wikipedia.org/wiki/Ort_(Stadt)", "https://de.wikipedia.org/wiki/Ort_(Stadt)"),
        ("„https://www.kl.digital“", "https://www.kl.digital"),
    ],
)
def test_an_address_ends_where_the_sentence_goes_on(line: str, address: str) -> None:
    assert [piece.href for piece in pieces(line) if piece.href] == [address]
    assert "".join(piece.text for piece in pieces(line)) == line


def test_a_mail_address_opens_a_mail() -> None:
    assert pieces("An info@kl.digital.") == (
        Piece("An "),
        Piece("info@kl.digital", "mailto:info@kl.digital"),
        Piece("."),
    )


@pytest.mark.parametrize("line", ["javascript:alert(1)", "data:text/html,x", "https://", "www.kl.digital", "@kl", ""])
def test_nothing_else_leads_anywhere(line: str) -> None:
    assert not any(piece.href for piece in pieces(line))
