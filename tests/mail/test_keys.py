"""Keys tie a reply to its ticket, survive what mail programs do to them, and cannot be made up."""

import textwrap
from collections.abc import Mapping
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.headerregistry import Address
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.mail.keys import ALPHABET, ThreadKeys
from bot.mail.message import compose

KEYS = ThreadKeys(b"a test's secret", "kl.digital")
OTHER = ThreadKeys(b"somebody else's secret", "kl.digital")
TICKET = "KL-7F3K9Q"
codes = st.text(alphabet=ALPHABET, min_size=6, max_size=6).map(lambda code: f"KL-{code}")


@settings(max_examples=50)
@given(codes, st.integers(min_value=0, max_value=999))
def test_every_key_of_every_ticket_is_found_again(ticket: str, serial: int) -> None:
    found = KEYS.find(
        f"AW: {KEYS.subject_token(ticket)} Frage", [KEYS.message_id(ticket, serial)], [f"> {KEYS.marker(ticket)}"]
    )

    assert (found.ticket, found.disagree, found.in_body) == (ticket, False, True)


@settings(max_examples=50)
@given(codes)
def test_keys_made_with_another_secret_are_forgeries(ticket: str) -> None:
    by_id = KEYS.find("", [OTHER.message_id(ticket, 0)], [])
    by_marker = KEYS.find("", [], [OTHER.marker(ticket)])

    assert by_id.forged
    assert by_marker.forged
    assert by_id.ticket is by_marker.ticket is None


@pytest.mark.parametrize("width", range(12, 70, 3))
@pytest.mark.parametrize("prefix", ["", "> ", ">> ", "  > > "])
def test_a_marker_is_found_wherever_a_mail_program_breaks_its_line(width: int, prefix: str) -> None:
    lines = textwrap.wrap(KEYS.marker(TICKET), width, break_long_words=False)

    found = KEYS.find("", [], ["\n".join(prefix + line for line in lines)])

    assert found.ticket == TICKET


@pytest.mark.parametrize(
    ("good", "damaged"),
    [("ü", "ue"), ("ü", "Ã¼"), ("ü", "u\u0308"), ("ü", "?"), ("·", "-"), ("·", "Â·"), (" ", "\xa0"), ("-", "\u2011")],
)
def test_a_marker_survives_damage_to_its_special_characters(good: str, damaged: str) -> None:
    found = KEYS.find("", [], [KEYS.marker(TICKET).replace(good, damaged)])

    assert found.ticket == TICKET


def test_ids_of_other_people_do_not_matter() -> None:
    found = KEYS.find("", ["<KL-7F3K9Q@kl.digital> <x@y> <KL-7F3K9Q.0.x@gmail.com> kein id"], [])

    assert found.tickets == frozenset()
    assert not found.forged


def test_the_secret_stands_in_no_repr() -> None:
    assert "secret" not in repr(KEYS).replace("secret=", "")


def a_payload(**changes: Any) -> Mapping[str, Any]:
    return {"to": "info@kl.digital", "ticket": TICKET, "serial": 0, "subject": "Frage", "text": "Text"} | changes


def composed(**changes: Any) -> Any:
    message = compose(
        a_payload(**changes),
        keys=KEYS,
        sender=Address("KL.digital Bot", "bot", "kl.digital"),
        date=datetime(2026, 11, 24, 10, 2, tzinfo=UTC),
        key="key-1",
    )
    return message_from_bytes(message.as_bytes(), policy=policy.default)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200), st.text(max_size=500))
def test_no_words_of_a_citizen_break_a_mail(subject: str, text: str) -> None:
    mail = composed(subject=subject, text=text)

    assert mail["Subject"].startswith("[KL-7F3K9Q]")
    assert len(mail["Subject"]) <= 78
    assert mail["Message-ID"] == KEYS.message_id(TICKET, 0)
    assert mail["To"] == "info@kl.digital"
    assert mail["Bcc"] is None
    assert KEYS.find(mail["Subject"], [], [mail.get_content()]).ticket == TICKET


@pytest.mark.parametrize(
    "hostile", ["x\r\nBcc: eva@evil.example", "=?utf-8?q?x=0D=0ABcc=3A_eva=40evil.example?=", "\x00"]
)
def test_a_citizen_cannot_add_headers(hostile: str) -> None:
    mail = composed(subject=hostile, text=hostile)

    assert mail["Bcc"] is None
    assert mail.keys() == composed().keys()


def test_a_citizen_cannot_imitate_keys_to_confuse_a_thread() -> None:
    mail = composed(
        subject="Frage [KL-ABCDEF] [ kl-abcdef ]", text="Vorgang KL-ABCDEF · Prüf*zeichen* ABCD2345\n> [KL-ABCDEF]"
    )

    found = KEYS.find(mail["Subject"], [], [mail.get_content()])

    assert (found.ticket, found.disagree) == (TICKET, False)


def test_a_follow_up_stays_in_the_thread_of_the_first_mail() -> None:
    mail = composed(serial=2)

    assert mail["Message-ID"] == KEYS.message_id(TICKET, 2)
    assert mail["In-Reply-To"] == mail["References"] == KEYS.message_id(TICKET, 0)


def test_our_mails_say_that_a_machine_wrote_them() -> None:
    mail = composed()

    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["X-KLBot-Loop"] == "kl.digital"


def test_a_notice_about_no_ticket_has_an_id_of_its_own_and_no_token() -> None:
    mail = composed(ticket=None)

    assert mail["Message-ID"] == KEYS.notice_id("key-1") != KEYS.notice_id("key-2")
    assert mail["Subject"] == "Frage"
    assert KEYS.find("", [mail["Message-ID"]], []).tickets == frozenset()
