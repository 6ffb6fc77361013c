"""Who may answer citizens, whatever a From header pretends."""

import pytest

from bot.desk.staff import Held, HeldMail, StaffReply
from bot.mail.sender import StaffList, is_authenticated, sender_of
from tests.mail.samples import CORPUS, filled, read_sample


@pytest.mark.parametrize(
    ("header", "address"),
    [
        ("info@kl.digital", "info@kl.digital"),
        ("<info@kl.digital>", "info@kl.digital"),
        ("Info <INFO@KL.digital>", "info@kl.digital"),
        ('"Müller, Anna" <anna.mueller@kl.digital>', "anna.mueller@kl.digital"),
        ('"info@kl.digital" <eva@evil.example>', "eva@evil.example"),
        ("Anna Müller (KL.digital) <anna@kl.digital>", "anna@kl.digital"),
        ("anna@kl.digital (Anna Müller)", "anna@kl.digital"),
        ("=?utf-8?q?M=C3=BCller=2C_Anna?=\r\n <anna@kl.digital>", "anna@kl.digital"),
        ("eva@evil.example <info@kl.digital>", None),
        ("info@kl.digital, eva@evil.example", None),
        ("<info@kl.digital> <eva@evil.example>", None),
        ("(<info@kl.digital>) eva@evil.example <x@y.example>", None),
        ("info@kl.digital@evil.example", None),
        ("Staff: info@kl.digital;", None),
        ('"a" <info@kl.digital', None),
        ("info@kl。digital", None),
        ("", None),
    ],
)
def test_the_sender_is_the_one_real_address_or_nobody(header: str, address: str | None) -> None:
    assert sender_of([header]) == address


def test_two_from_headers_are_nobody() -> None:
    assert sender_of(["info@kl.digital", "info@kl.digital"]) is None
    assert sender_of([]) is None


def test_a_staff_list_holds_addresses_and_domains_but_not_subdomains() -> None:
    staff = StaffList(("KL.digital", "aushilfe@Web.de", "@stadt-köln.de"))

    assert staff.admits("info@kl.digital")
    assert staff.admits("aushilfe@web.de")
    assert staff.admits("a@xn--stadt-kln-67a.de")
    assert not staff.admits("eva@web.de")
    assert not staff.admits("info@mail.kl.digital")
    assert not staff.admits("info@kl.digital.evil.example")
    assert not staff.admits("kl.digital")


@pytest.mark.parametrize(
    ("results", "holds"),
    [
        (["mx.kl.digital; spf=pass smtp.mailfrom=kl.digital; dmarc=pass header.from=kl.digital"], True),
        (["mx.kl.digital 1; dmarc = pass (p=reject) header.from=KL.digital"], True),
        (["mx.kl.digital; dmarc=pass action=none header.from=kl.digital;compauth=pass reason=100"], True),
        (["mx.kl.digital; dmarc=fail header.from=kl.digital"], False),
        (["mx.kl.digital; dmarc=pass header.from=evil.example"], False),
        (["mx.kl.digital; dkim=pass header.d=kl.digital"], False),
        (["mx.kl.digital; dmarc=fail (was: ; dmarc=pass) header.from=kl.digital"], False),
        (['mx.kl.digital; spf=fail smtp.mailfrom="; dmarc=pass"@evil.example'], False),
        (["mx.kl.digital; none", "mx.kl.digital; dmarc=pass header.from=kl.digital"], False),
        (["mx.evil.example; dmarc=pass header.from=kl.digital"], False),
        (["mx.kl.digital.evil.example; dmarc=pass header.from=kl.digital"], False),
        (["mx.kl.digital; dmarc=fail; dmarc=pass"], False),
        ([], False),
    ],
)
def test_only_the_operators_own_server_vouches_for_a_sender(results: list[str], holds: bool) -> None:
    assert is_authenticated(results, "mx.kl.digital", "info@kl.digital") is holds


def test_where_the_operator_wants_it_a_mail_without_a_pass_is_held() -> None:
    raw = filled((CORPUS / "thunderbird-above.eml").read_text(encoding="utf-8"))
    vouched = b"Authentication-Results: mx.kl.digital; dmarc=pass header.from=kl.digital\r\n" + raw

    held = read_sample(raw, authserv_id="mx.kl.digital")
    taken = read_sample(vouched, authserv_id="mx.kl.digital")

    assert isinstance(held, HeldMail)
    assert held.why is Held.NOT_STAFF
    assert isinstance(taken, StaffReply)
