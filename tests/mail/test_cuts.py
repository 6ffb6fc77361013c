"""Of a clerk's mail nothing vanishes: every line is in the reply or among what was cut from it."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.desk.staff import Cut, CutKind, StaffReply
from bot.mail.html import html_to_text
from bot.mail.parts import parsed, texts_of
from bot.mail.reply import parted, visible_reply
from tests.mail.samples import KEYS, Sample, original, read_sample, samples

PIECES = (
    "", "Am 3. Dezember.", "Viele Grüße", "> alt", "> > älter", "-- ", "--", "Anna Müller, Zimmer 12", "__________",
    "Von meinem iPhone gesendet", "Diese E-Mail enthält vertrauliche Informationen.", "mehr als das", "> 10 Euro",
    "Am 24.11.2026 um 10:02 schrieb KL.digital Bot <bot@kl.digital>:", "Am 24.11.2026 um 10:02 schrieb",
    "Von: bot@kl.digital", "Gesendet: Dienstag", "An: info@kl.digital", "Betreff: Sperrmüll", "*Von:* Anna",
    "-----Ursprüngliche Nachricht-----", KEYS.headline("KL-7F3K9Q"), KEYS.marker("KL-7F3K9Q"), "[cid:logo@x]",
    "Siehe https://www.kl.digital <https://www.kl.digital/>", "a@kl.digital<mailto:a@kl.digital>",
    "(bitte stehen lassen)",
)  # fmt: skip


def missing(text: str) -> list[str]:
    """The lines of a mail that are neither in its reply nor in a cut; links and pictures may be tidied."""
    found = parted(text)
    kept = _bare("\n".join((found.text, *(cut.text for cut in found.cut))))
    return [line for line in text.split("\n") if _bare(line) not in kept]


def _bare(text: str) -> str:
    without_links = re.sub(r"\[cid:[^\]\s]+\]|(?:mailto:|https?://)[^<>()\s]*|[a-z.]+@[a-z]+\.[a-z]+", "", text)
    return re.sub(r"[\s<>()\ufdd3]", "", without_links)


@settings(max_examples=600, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=14))
def test_no_line_of_what_clerks_and_mail_programs_write_vanishes(lines: list[str]) -> None:
    assert missing("\n".join(lines)) == []


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab:>-_* \n\t[]Von<@.1", max_size=200))
def test_no_line_of_any_text_vanishes(text: str) -> None:
    assert missing(text) == []


@pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample.name)
def test_no_line_of_the_corpus_vanishes(sample: Sample) -> None:
    mail = read_sample(sample.raw)

    if isinstance(mail, StaffReply):
        text = texts_of(parsed(sample.raw)).visible
        assert missing(text) == []
        assert mail.text == visible_reply(text)
        assert mail.cut[: len(parted(text).cut)] == parted(text).cut


def test_what_is_cut_is_told_apart_and_keeps_its_order() -> None:
    text = "\n".join(
        (
            "Am 3. Dezember.",
            "",
            "Von meinem iPhone gesendet",
            "-- ",
            "Anna Müller",
            "Zimmer 12",
            "",
            "Am 24.11.2026 um 10:02 schrieb KL.digital Bot <bot@kl.digital>:",
            "> Wann?",
            ">",
            "> Danke",
        )
    )

    found = parted(text)

    assert found.text == "Am 3. Dezember."
    assert found.cut == (
        Cut(CutKind.FOOTER, "Von meinem iPhone gesendet"),
        Cut(CutKind.SIGNATURE, "--\nAnna Müller\nZimmer 12"),
        Cut(
            CutKind.QUOTE,
            "Am 24.11.2026 um 10:02 schrieb KL.digital Bot <bot@kl.digital>:\n> Wann?\n>\n> Danke",
        ),
    )


def test_a_disclaimer_is_a_footer_and_takes_what_follows_along() -> None:
    found = parted("Ja.\n\nDiese E-Mail enthält vertrauliche Informationen.\nBitte löschen Sie sie.")

    assert found.text == "Ja."
    assert found.cut == (
        Cut(CutKind.FOOTER, "Diese E-Mail enthält vertrauliche Informationen.\nBitte löschen Sie sie."),
    )


def test_answers_between_quotes_stand_between_what_was_cut() -> None:
    found = parted("> Wann?\nMorgen.\n> Wo?\nHier.")

    assert found.text == "Morgen.\n\nHier."
    assert found.cut == (Cut(CutKind.QUOTE, "> Wann?"), Cut(CutKind.QUOTE, "> Wo?"))


def test_our_own_mail_below_an_answer_is_one_quote() -> None:
    found = parted(f"Ja.\n\n{original('KL-7F3K9Q')}")

    assert found.cut == (Cut(CutKind.QUOTE, original("KL-7F3K9Q")),)


@pytest.mark.parametrize(
    "markup",
    [
        '<div>Ja.</div><div class="gmail_signature">Anna<br>Zimmer 12</div>',
        '<p>Ja.</p><pre class="moz-signature" cols="72">Anna\nZimmer 12</pre>',
        'Ja.<br><span class="gmail_signature">Anna<br>Zimmer 12</span>',
    ],
)
def test_a_signature_that_only_the_markup_tells_is_cut_as_one(markup: str) -> None:
    found = parted(html_to_text(markup))

    assert found.text == "Ja."
    assert found.cut == (Cut(CutKind.SIGNATURE, "Anna\nZimmer 12"),)


def test_a_person_may_write_on_below_a_signature_that_the_markup_tells() -> None:
    found = parted(html_to_text('<p>Ja.</p><div class="moz-signature">-- <br>Anna</div><p>Noch etwas.</p>'))

    assert found.text == "Ja.\n\nNoch etwas."


def test_pictures_leave_the_text_and_are_known_by_their_ids() -> None:
    found = parted("Hier:\n[cid:foto@x]\nSehen Sie [cid:bild@x]?\n-- \nAnna\n[cid:logo@x]")

    assert found.text == "Hier:\nSehen Sie ?"
    assert found.pictures == {"foto@x", "bild@x"}
    assert found.cut == (Cut(CutKind.SIGNATURE, "--\nAnna"),)


def test_a_linked_logo_leaves_neither_a_link_nor_a_mark() -> None:
    markup = '<p>Ja.</p><p><a href="https://www.kl.digital"><img src="cid:logo@x" alt="Logo"></a></p>'

    assert parted(html_to_text(markup)).text == "Ja."
    assert parted("Ja.\n\n[cid:image001.png@01DB3E5C.1A2B3C40]<https://www.kl.digital/>").text == "Ja."
