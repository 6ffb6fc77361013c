"""Mails damaged in thousands of ways: no damage makes the reader fail, and none lets old mail through to a citizen."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.desk.staff import Bounce, DroppedMail, HeldMail, StaffReply
from bot.mail.filetypes import type_of
from bot.mail.html import html_to_text
from bot.mail.parts import parsed
from bot.mail.reply import visible_reply
from tests.mail.samples import CANARY, read_sample, samples

# Ten thousand mails in all.
SEEDS = range(24112026, 24112036)
MUTATIONS = 1_000
# Of a large file, nearly every mutation would hit the inside.
_LARGEST = 60_000


@dataclass(frozen=True, slots=True)
class Original:
    """A mail of the corpus. `encoded`: the lines of its encoded texts, where the citizen's words cannot be watched."""

    raw: bytes
    encoded: frozenset[bytes]


def originals() -> list[Original]:
    """The mails that are worth damaging."""
    return [Original(one.raw, _encoded(one.raw)) for one in samples() if one.raw and len(one.raw) < _LARGEST]


def _encoded(raw: bytes) -> frozenset[bytes]:
    parts = [part for part in parsed(raw).walk() if part.get_content_maintype() == "text" and not part.is_multipart()]
    bodies = [str(part.get_payload()).encode("latin-1") for part in parts if part["Content-Transfer-Encoding"]]
    return frozenset(line for body in bodies for line in body.split(b"\r\n") if line.strip())


def mutants(count: int, seed: int) -> Iterator[bytes]:
    """Damaged mails of the corpus: flipped, lost, doubled and swapped bytes and lines, and mails cut short."""
    chance = random.Random(seed)
    undamaged = originals()
    for _ in range(count):
        original = chance.choice(undamaged)
        raw = original.raw
        for _ in range(chance.randint(1, 6)):
            damaged = _mutant(raw, chance)
            # Where the citizen's line itself was moved or freed from its quote sign, no reader could know it.
            raw = damaged if _signs(damaged, original.encoded) == _signs(raw, original.encoded) else raw
        yield raw


def _signs(raw: bytes, encoded: frozenset[bytes] = frozenset()) -> list[bytes]:
    """The lines that must stay as they are and in their order: the citizen's words, ours around them, the quote's."""
    ours = (CANARY.encode(), CANARY.encode("latin-1"), b"Ihre Antwort bitte", b"stehen lassen")
    marks = (*ours, b"blockquote", b"</pre>")
    return [line for line in raw.split(b"\r\n") if line in encoded or any(mark in line for mark in marks)]


def _mutant(raw: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(raw) + 1)
    end = min(len(raw), at + chance.randint(1, 40))
    lines = raw.split(b"\r\n")
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    swapped = [line for line in (lines[one], lines[other]) if _signs(line)]
    match chance.randrange(8):
        case 0:
            return raw[:at] + bytes([chance.randrange(256)]) + raw[at + 1 :]
        case 1:
            return raw[:at] + raw[end:]
        case 2:
            return raw[:end] + raw[at:]
        case 3:
            return raw[:at] + bytes(chance.randrange(256) for _ in range(8)) + raw[at:]
        case 4:
            return raw[: max(at, len(raw) // 2)]
        case 5 if not swapped:
            lines[one], lines[other] = lines[other], lines[one]
        case 6:
            del lines[one]
        case 7:
            lines[one] = lines[one] + b"\r" if chance.random() < 0.5 else lines[one].swapcase()
    return b"\r\n".join(lines)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_damage_makes_the_reader_fail_or_lets_old_mail_through(seed: int) -> None:
    leaks, files = [], 0
    for raw in mutants(MUTATIONS, seed):
        mail = read_sample(raw)
        assert isinstance(mail, (StaffReply, HeldMail, Bounce, DroppedMail))
        if isinstance(mail, StaffReply):
            files += len(mail.attachments)
            shown = [mail.text, *(file.name for file in mail.attachments)]
            leaks += [(raw, mail) for text in shown if CANARY in text]
            assert mail.text or mail.attachments
            assert all(type_of(file.content) for file in mail.attachments)

    assert not leaks
    assert files >= MUTATIONS // 50


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=2_000))
def test_any_bytes_are_some_mail(raw: bytes) -> None:
    assert read_sample(raw)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=500))
def test_any_text_has_some_visible_part_that_is_stable(text: str) -> None:
    visible = visible_reply(text)

    assert visible == visible.strip("\n")


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="<>/abp divlockquote=\"'!-[]& \n", max_size=300))
def test_any_markup_is_some_text(markup: str) -> None:
    assert isinstance(html_to_text(markup), str)


def attached(parameters: bytes) -> bytes:
    """A part with a PDF, its disposition followed by these parameters."""
    return b"--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment%b\r\n\r\n%%PDF-1\r\n" % parameters


def test_hostile_mails_are_read_in_moments() -> None:
    body = b"From: a@kl.digital\r\nSubject: [KL-7F3K9Q] x\r\nContent-Type: text/%s\r\n\r\n"
    mixed = b"From: a@kl.digital\r\nSubject: [KL-7F3K9Q] x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    names = [
        b";" * 125_000,
        b'a="x";' * 25_000,
        b'filename="' + b'a;"' * 25_000,
        b"filename=" + b'"\\' * 50_000,
        b'filename="' + b"a/" * 60_000 + b'"',
        b'filename="' + b"=?utf-8?q?a?= " * 10_000 + b'"',
        b"; ".join(b"filename*%d*=%%41" % number for number in range(12_500)),
    ]
    hostile = [
        body % b"html" + b"<style>" * 6_250,
        body % b"html" + b"<![if x]>" * 6_250,
        body % b"html" + b"<a " + b"b='c" * 6_250 + b">",
        body % b"html" + b"<" * 50_000,
        body % b"html" + b"<br/" * 12_500 + b">",
        body % b"html" + b"&#" * 25_000,
        body % b"html" + b"</div>" * 10_000,
        body % b"html" + b"http://" * 8_750,
        body % b"html" + b"<p>&lt;" * 8_750,
        body % b"html" + b"<b>x" * 12_500,
        body % b"html" + b"<div>" * 12_500,
        body % b"html" + b"<blockquote>" * 2_500 + b"x",
        body % b"html" + b"<ol>" + b"<li>a" * 2_500,
        body % b"html" + b"<a href=x" * 2_500,
        body % b"html" + b"<!--" * 2_500,
        body % b"plain" + b"Am 24.11.2026 um 10:02 schrieb a@b\r\n" * 2_500,
        body % b"plain" + b"Von: a@b\r\n" * 2_500,
        body % b"plain" + b"=\r\n" * 25_000,
        body % b"plain" + b">" * 125_000,
        body % b"plain" + b"-" * 125_000,
        body % b"plain" + b"a@" * 37_500,
        body % b"plain" + b"Vorgang " * 12_500,
        body % b"plain; format=flowed" + b"x \r\n" * 12_500,
        body % b"plain" + b"[cid:" * 25_000,
        body % b"html" + b'<img src="cid:a">' * 6_250,
        body % b"html" + b"cid:" * 125_000,
        body % b"html" + b'<div class="moz-signature">x' * 2_500,
        body % b"plain" + b"-- \r\n> x\r\n" * 10_000,
        body % b"plain" + b"-----\r\n" * 10_000,
        *(mixed + attached(b"; " + name) for name in names),
        mixed + b"".join(attached(b"; filename=%d.pdf" % number) for number in range(2_500)),
        b"From: " + b'"' * 12_500 + b"\r\n\r\nx",
        b"Subject: " + b"=?utf-8?q?" * 3_750 + b"\r\n\r\nx",
        b"Authentication-Results: " + b"(" * 12_500 + b"\r\nFrom: a@kl.digital\r\n\r\nx",
        b"".join(b"Content-Type: multipart/mixed; boundary=%d\r\n\r\n--%d\r\n" % (n, n) for n in range(250)),
    ]

    for raw in hostile:
        # Shapes on which careless patterns and parsers take minutes: the test's own time limit would end them.
        read_sample(raw, authserv_id="mx.kl.digital" if b"Authentication" in raw else None)
