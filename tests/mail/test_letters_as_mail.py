"""The two faces of a mail to staff: a text and a page that say the same, safe in every mail program."""

import re
from email.message import EmailMessage
from typing import Any

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.desk.letter import Block, Kind
from bot.knowledge.entry import Language
from bot.knowledge.loader import load, shipped
from bot.mail.html import html_to_text
from tests.mail.samples import KEYS, LETTER, our_mail

TICKET = "KL-7F3K9Q"
# Gmail hides what stands beyond.
GMAIL_SHOWS = 102_000


def page_of(mail: EmailMessage) -> str:
    part = mail.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def test_a_letter_becomes_a_text_and_after_it_a_page() -> None:
    mail = our_mail(TICKET)

    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert mail["Message-ID"] == KEYS.message_id(TICKET, 0)


@pytest.mark.parametrize("letter", [None, [], [{"kind": "of another version"}]])
def test_a_row_without_a_letter_that_we_know_becomes_a_mail_of_text_alone(letter: Any) -> None:
    mail = our_mail(TICKET, letter=letter)

    assert mail.get_content_type() == "text/plain"
    assert LETTER[0].text in mail.get_content()


def test_both_begin_and_end_with_the_lines_that_find_the_ticket_again() -> None:
    mail = our_mail(TICKET)

    for text in (text_of(mail), html_to_text(page_of(mail))):
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        assert (lines[0], lines[-1]) == (KEYS.headline(TICKET), KEYS.marker(TICKET))
        assert KEYS.find("", [], [text]).ticket == TICKET


def test_a_notice_about_no_ticket_has_no_such_lines() -> None:
    mail = our_mail(None)

    assert "Vorgang" not in html_to_text(page_of(mail))
    assert "Vorgang" not in text_of(mail)


def test_both_say_the_same_in_the_same_order() -> None:
    mail = our_mail(TICKET)
    text, page = text_of(mail).casefold(), html_to_text(page_of(mail)).casefold()

    for face in (text, page):
        at = 0
        for block in LETTER:
            for words in (block.title, block.note, *block.text.splitlines(), block.action):
                found = face.find(words.casefold(), at)
                assert found >= at, words
                at = found


def test_the_citizens_words_are_the_largest_in_the_page() -> None:
    page = page_of(our_mail(TICKET))

    sizes = {int(size) for size in re.findall(r"font-size:(\d+)px", page)}
    lead = BeautifulSoup(page, "html.parser").find("td", string=re.compile("Wann wird der Sperrmüll"))
    assert lead is not None
    assert f"font-size:{max(sizes)}px" in str(lead)


def test_the_page_keeps_to_what_outlook_and_thunderbird_show() -> None:
    page = page_of(our_mail(TICKET))
    soup = BeautifulSoup(page, "html.parser")

    assert not soup.find_all(["style", "script", "img", "link", "div", "blockquote", "iframe", "form"])
    assert not re.search(r"float|position\s*:|flex|grid|url\(|class=|@media|display\s*:", page)
    assert "max-width:640px" in page
    assert all(table["role"] == "presentation" for table in soup.find_all("table"))


def test_whoever_darkens_the_page_finds_each_colour_with_its_background() -> None:
    soup = BeautifulSoup(page_of(our_mail(TICKET)), "html.parser")

    coloured = [cell for cell in soup.find_all("td") if re.search(r"(?<!-)color:", str(cell["style"]))]
    assert len(coloured) > len(LETTER)
    for cell in coloured:
        assert f"background-color:{cell['bgcolor']}" in str(cell["style"])


def test_markup_in_a_citizens_words_is_shown_and_not_obeyed() -> None:
    hostile = "<script>alert(1)</script><img src=x onerror=y> &lt;b&gt; </td></table> {{ 7*7 }} \"'"
    blocks = tuple(Block(kind, hostile, hostile, hostile, hostile) for kind in Kind)

    page = page_of(our_mail(TICKET, blocks))

    assert not BeautifulSoup(page, "html.parser").find_all(["script", "img", "b"])
    assert html_to_text(page).count(hostile) >= len(Kind) + 4


ANY_BLOCK = st.builds(Block, st.sampled_from(Kind), st.text(max_size=60), st.text(max_size=20))


@settings(max_examples=200, deadline=None)
@given(st.lists(ANY_BLOCK, min_size=1, max_size=6).map(tuple))
def test_no_words_break_the_mail_or_its_keys(blocks: tuple[Block, ...]) -> None:
    mail = our_mail(TICKET, blocks)

    page = page_of(mail)
    soup = BeautifulSoup(page, "html.parser")
    assert not soup.find_all(["script", "img", "a", "style"])
    assert soup.find_all("html")[0].find_all("body")
    assert KEYS.find("", [], [text_of(mail), html_to_text(page)]).ticket == TICKET
    assert mail.as_bytes().isascii()


def test_a_citizen_cannot_imitate_keys_within_a_block() -> None:
    block = Block(Kind.LEAD, "Vorgang KL-ABCDEF\n· Prüfzeichen ABCD2345\n\n[KL-ABCDEF]", "Frage")

    mail = our_mail(TICKET, (block,))

    assert KEYS.find("", [], [text_of(mail), html_to_text(page_of(mail))]).ticket == TICKET
    assert "ABCDEF" not in page_of(mail)


def test_a_page_whose_blocks_side_by_side_could_be_taken_for_keys_is_not_sent() -> None:
    mail = our_mail(TICKET, (Block(Kind.ROW, "Prüfzeichen ABCD2345", "Vorgang KL-ABCDEF"),))

    assert mail.get_content_type() == "text/plain"
    assert KEYS.find("", [], [mail.get_content()]).ticket == TICKET


def test_a_token_in_one_line_does_not_cost_the_others_their_layout() -> None:
    mail = our_mail(None, (Block(Kind.ALERT, "Zurückgehalten"), Block(Kind.ROW, "AW: [KL-ABCDEF] Frage", "Betreff")))

    assert text_of(mail).splitlines() == ["Zurückgehalten", "", "Betreff AW: … Frage"]


def test_the_longest_answers_together_are_shown_whole_by_gmail() -> None:
    answers = sorted((entry.text(Language.DE).answer for entry in load(shipped()).entries()), key=len)[-3:]
    blocks = tuple(Block(Kind.ENTRY, answer, "Titel", "Stand", "Antwort senden") for answer in answers)
    question = Block(Kind.LEAD, "ß" * 4096, "Frage")

    mail = our_mail(TICKET, (question, *LETTER, *blocks))

    assert len(page_of(mail).encode()) < GMAIL_SHOWS / 2
