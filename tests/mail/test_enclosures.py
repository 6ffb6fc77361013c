"""Files of citizens go along to staff under a safe name, if their content is a picture or a PDF."""

from datetime import UTC, datetime
from email.headerregistry import Address

import pytest

from bot.desk.staff import Attachment
from bot.mail.enclosures import enclosure
from bot.mail.keys import ThreadKeys
from bot.mail.message import compose
from tests.files import a_file


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("Bescheid.pdf", "pdf", "Bescheid.pdf"),
        ("", "jpeg", "KL-AAAAAA-1.jpg"),
        ("Foto.JPEG", "jpeg", "Foto.jpg"),
        ("../../etc/passwd", "png", "passwd.png"),
        ("rechnung.pdf.exe", "pdf", "rechnung.pdf.exe.pdf"),
        ("a\r\nBcc: x@example.org", "pdf", "a Bcc_ x@example.org.pdf"),
    ],
)
def test_a_file_has_a_safe_name_that_says_what_it_is(name: str, kind: str, expected: str) -> None:
    found = enclosure(name, "KL-AAAAAA-1", a_file(kind))

    assert found is not None
    assert found.name == expected


@pytest.mark.parametrize("kind", ["exe", "html", "zip", "docx", "vcf"])
def test_whatever_it_is_called_anything_else_stays_behind(kind: str) -> None:
    assert enclosure("foto.jpg", "KL-AAAAAA-1", a_file(kind)) is None


def test_a_mail_carries_its_files_beside_its_text() -> None:
    payload = {"to": "info@kl.digital", "ticket": "KL-7F3K9Q", "serial": 0, "subject": "Frage", "text": "Was?"}
    files = [Attachment("Bescheid.pdf", "application/pdf", a_file("pdf"))]
    keys = ThreadKeys(b"k" * 32, "kl.digital")

    mail = compose(
        payload,
        keys=keys,
        sender=Address("Bot", addr_spec="bot@kl.digital"),
        date=datetime.now(UTC),
        key="x",
        files=files,
    )

    [part] = mail.iter_attachments()
    assert (part.get_filename(), part.get_content_type()) == ("Bescheid.pdf", "application/pdf")
    assert part.get_content() == a_file("pdf")
    body = mail.get_body()
    assert body is not None
    assert "Was?" in body.get_content()
