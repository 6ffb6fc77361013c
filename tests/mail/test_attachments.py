"""Files of a clerk's mail: what is sent along, under which name, and what stays behind with which word."""

from email.message import EmailMessage, Message

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.desk.staff import Attachment, CutKind, HeldMail
from bot.mail.attachments import LARGEST, MOST, Files, files_of
from bot.mail.filetypes import type_of
from bot.mail.headers import file_name
from bot.mail.parts import parsed, texts_of
from tests.files import a_file
from tests.mail.samples import read_sample, samples

CID = "logo@kl.digital"


def files_in(mail: EmailMessage) -> Files:
    """What the reader makes of a mail's files."""
    message = parsed(mail.as_bytes())
    return files_of(message, texts_of(message), unnamed="KL-7F3K9Q")


def a_mail(*files: tuple[str, str, bytes], disposition: str = "attachment") -> EmailMessage:
    """A mail with files of these names, types and contents."""
    mail = EmailMessage()
    mail.set_content("Anbei.")
    for name, media_type, content in files:
        main, _, sub = media_type.partition("/")
        mail.add_attachment(content, main, sub, filename=name, disposition=disposition)
    return mail


def a_page(markup: str, name: str, content: bytes, disposition: str = "inline") -> EmailMessage:
    """A mail of HTML with one JPEG that it may refer to."""
    mail = EmailMessage()
    mail.set_content(markup, "html")
    mail.add_related(content, "image", "jpeg", filename=name, cid=f"<{CID}>", disposition=disposition)
    return mail


def names(files: Files) -> list[str]:
    return [file.name for file in files.attachments]


def test_the_five_types_go_along_as_what_they_are() -> None:
    files = files_in(
        a_mail(
            ("a.pdf", "application/pdf", a_file("pdf")),
            ("b.jpeg", "image/jpeg", a_file("jpeg")),
            ("c.png", "image/png", a_file("png")),
            ("d.gif", "image/gif", a_file("gif")),
            ("e.webp", "image/webp", a_file("webp")),
        )
    )

    assert files.cut == ()
    assert [(file.name, file.media_type) for file in files.attachments] == [
        ("a.pdf", "application/pdf"),
        ("b.jpeg", "image/jpeg"),
        ("c.png", "image/png"),
        ("d.gif", "image/gif"),
        ("e.webp", "image/webp"),
    ]
    assert files.attachments[0].content == a_file("pdf")


def test_the_content_of_a_file_is_in_no_log() -> None:
    assert "PDF-1.7" not in repr(Attachment("a.pdf", "application/pdf", a_file("pdf")))


@pytest.mark.parametrize(("size", "goes"), [(LARGEST, True), (LARGEST + 1, False)])
def test_a_file_goes_along_up_to_its_limit(size: int, goes: bool) -> None:
    files = files_in(a_mail(("a.pdf", "application/pdf", a_file("pdf", size))))

    assert bool(files.attachments) is goes
    assert bool(files.cut) is not goes


def test_files_that_stay_behind_take_no_place_from_the_others() -> None:
    refused = [(f"{number}.zip", "application/zip", a_file("zip")) for number in range(MOST)]
    going = [(f"{number}.pdf", "application/pdf", a_file("pdf", 100 + number)) for number in range(MOST)]

    assert len(files_in(a_mail(*refused, *going)).attachments) == MOST


def test_the_same_file_in_two_alternatives_is_sent_once() -> None:
    assert names(files_in(a_mail(*2 * [("a.pdf", "application/pdf", a_file("pdf"))]))) == ["a.pdf"]


@pytest.mark.parametrize(
    ("markup", "name", "size", "goes"),
    [
        (f'<p>Hier:</p><img src="cid:{CID}">', "IMG_1.jpeg", 100_000, True),
        (f'<p>Hier:</p><img src="cid:{CID}">', "IMG_1.jpeg", 99_999, False),
        (f'<p>Hier:</p><img src="cid:{CID}">', "image001.jpg", 500_000, False),
        (f'<p>Hier.</p><p>-- <br>Anna<br><img src="cid:{CID}"></p>', "banner.jpg", 500_000, False),
        (f'<p>Hier.</p><div class="gmail_signature"><img src="cid:{CID}"></div>', "banner.jpg", 500_000, False),
        (f'<p>Hier.</p><blockquote><img src="cid:{CID}"></blockquote>', "foto.jpg", 500_000, False),
        (f'<p>Hier.</p><table background="cid:{CID}"></table>', "foto.jpg", 500_000, False),
        (f'<p>Hier.</p><div style="background:url(cid:{CID})">x</div>', "foto.jpg", 500_000, False),
        ("<p>Hier.</p>", "foto.jpg", 10_000, True),
        ("<p>Hier.</p>", "foto.jpg", 9_999, False),
        ("<p>Hier.</p>", "image001.jpg", 500_000, False),
    ],
)
def test_an_inline_picture_goes_along_only_if_the_clerk_must_have_meant_it(
    markup: str, name: str, size: int, goes: bool
) -> None:
    assert bool(files_in(a_page(markup, name, a_file("jpeg", size))).attachments) is goes


@pytest.mark.parametrize(
    ("name", "size", "goes"),
    [("foto.jpg", 200, True), ("image001.jpg", 200, False), ("image001.jpg", 50_000, True)],
)
def test_an_attached_picture_goes_along_unless_it_is_a_lost_logo(name: str, size: int, goes: bool) -> None:
    page = a_page("<p>Hier.</p>", name, a_file("jpeg", size), disposition="attachment")

    assert bool(files_in(page).attachments) is goes


def test_only_large_pictures_of_a_text_are_worth_a_word() -> None:
    page = f'<p>Hier.</p><img src="cid:{CID}">'

    small = files_in(a_page(page, "logo.jpg", a_file("jpeg", 20_000))).cut
    large = files_in(a_page(page, "karte.jpg", a_file("jpeg", 60_000))).cut
    assert [cut.kind for cut in (*small, *large)] == [CutKind.SIGNATURE, CutKind.ATTACHMENT]


def test_a_pdf_goes_along_wherever_it_stands() -> None:
    assert names(files_in(a_mail(("a.pdf", "application/pdf", a_file("pdf")), disposition="inline"))) == ["a.pdf"]


@pytest.mark.parametrize(
    ("disposition", "expected"),
    [
        ('attachment; filename="Plan.pdf"', "Plan.pdf"),
        ("attachment; filename=Plan.pdf", "Plan.pdf"),
        ("attachment; filename*=UTF-8''M%C3%BCll%20%E2%82%AC.pdf", "Müll €.pdf"),
        ("attachment; filename*=iso-8859-15''5%20%A4.pdf", "5 €.pdf"),
        ("attachment; filename*=nonsense''M%C3%BCll.pdf", "Müll.pdf"),
        ("attachment; filename*0*=utf-8''M%C3%BC; filename*1=ll.pdf", "Müll.pdf"),
        ('attachment; filename="=?utf-8?b?TcO8bGwucGRm?="', "Müll.pdf"),
        ('attachment; filename="=?utf-8?Q?M=C3?= =?utf-8?Q?=BCll.pdf?="', "Müll.pdf"),
        ('attachment; filename="..\\\\..\\\\Plan.pdf"', "Plan.pdf"),
        ('attachment; filename="/etc/passwd"', "passwd"),
        ('attachment; filename="a\tb\x07c.pdf"', "a bc.pdf"),
        ("attachment; filename*=utf-8''a%00b%E2%80%AE%E2%80%8Bc.pdf", "abc.pdf"),
        ("attachment; filename*=utf-8''Mu%CC%88ll.pdf", "Müll.pdf"),
        ('attachment; filename="wann?<heute>.pdf"', "wann__heute_.pdf"),
        ('attachment; filename=" .. "', ""),
        ("attachment; filename*0*=utf-8''a.pdf; filename*1*", "a.pdf"),
        ("attachment; filename*0*=utf-8''a.pdf; filename*", ""),
        ("attachment", ""),
        (f'attachment; filename="{"x" * 300}.pdf"', f"{'x' * 95}….pdf"),
    ],
)
def test_a_name_is_read_as_its_sender_meant_it_and_made_harmless(disposition: str, expected: str) -> None:
    part = Message()
    part["Content-Disposition"] = disposition.encode().decode("latin-1")

    assert file_name(part) == expected


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200), st.sampled_from(["filename", "filename*", "filename*0*", "name"]))
def test_any_name_is_made_harmless(given_name: str, parameter: str) -> None:
    part = Message()
    part.add_header("Content-Disposition", "attachment")
    # Not through the checks of the package: a sender has none.
    header = f'attachment; {parameter}="{given_name}"'.encode("utf-8", "replace").decode("latin-1")
    part.replace_header("Content-Disposition", header)

    name = file_name(part)
    assert len(name) <= 100
    assert not set(name) & set('/\\<>:"|?*\r\n\t\0\u202e')
    assert name == name.strip()


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=40))
def test_any_content_has_some_type_or_none(content: bytes) -> None:
    found = type_of(content)

    assert found is None or found.start.match(content)


def held_detail(name: str) -> str:
    """What staff are told about a mail of the corpus."""
    mail = read_sample(next(sample.raw for sample in samples() if sample.name == name))
    assert isinstance(mail, HeldMail)
    return mail.detail


def test_a_mail_too_large_to_be_read_is_held_with_its_size() -> None:
    assert "31 MB zu groß" in held_detail("unreadable-oversize")


def test_a_mail_of_nothing_but_refused_files_is_held_with_the_reason() -> None:
    assert held_detail("files-refused-and-no-words").endswith(
        "Nicht mitgehen kann: Alles.zip (nur PDF, JPEG, PNG, GIF und WebP gehen mit)."
    )
