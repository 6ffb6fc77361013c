"""Mail goes through a real SMTP server into two mailboxes; the bot reads its own over real IMAP."""

import asyncio
import base64
import imaplib
import smtplib
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from imap_tools import MailBoxUnencrypted

from bot.sandbox.server import Sandbox
from tests.sandbox.world import World


def letter(text: str = "Wie hoch ist die Hundesteuer?\nGrüße", **headers: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "KL.digital Bot <bot@kl.digital>"
    mail["To"] = "info@kl.digital"
    mail["Subject"] = headers.get("subject", "[KL-7F3K9Q] Frage")
    mail["Message-ID"] = headers.get("message_id", "<kl.7F3K9Q.abc@kl.digital>")
    mail["Date"] = "Tue, 24 Nov 2026 10:02:00 +0100"
    mail.set_content(text)
    return mail


async def send(world: World, mail: EmailMessage | bytes, *recipients: str) -> None:
    def work() -> None:
        with smtplib.SMTP("127.0.0.1", world.sandbox.smtp_port, "localhost", timeout=5) as client:
            raw = mail if isinstance(mail, bytes) else mail.as_bytes()
            client.sendmail("bot@kl.digital", recipients or ("info@kl.digital",), raw)

    await asyncio.to_thread(work)


def read(sandbox: Sandbox) -> list[tuple[str, bytes]]:
    """What the bot finds in its mailbox: (UID, raw)."""
    with MailBoxUnencrypted("127.0.0.1", sandbox.imap_port, timeout=5) as box:
        box.login(sandbox.mail_user, sandbox.mail_password)
        found: list[tuple[str, bytes]] = []
        for uid in box.uids():
            answer: Any = box.client.uid("FETCH", uid, "(BODY.PEEK[])")
            found.append((uid, answer[1][0][1]))
        return found


async def bot_mail(world: World) -> EmailMessage:
    """The newest mail in the bot's mailbox."""
    raw = (await asyncio.to_thread(read, world.sandbox))[-1][1]
    mail = message_from_bytes(raw, policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


async def test_a_mail_to_the_queue_is_listed_for_staff(world: World) -> None:
    await send(world, letter())

    [mail] = await world.get("/api/mailbox")

    assert mail["subject"] == "[KL-7F3K9Q] Frage"
    assert (mail["from"], mail["to"]) == ('"KL.digital Bot" <bot@kl.digital>', "info@kl.digital")
    assert mail["text"] == "Wie hoch ist die Hundesteuer?\nGrüße"
    assert mail["date"] == "2026-11-24T10:02:00+01:00"
    assert mail["headers"]["Message-ID"] == "<kl.7F3K9Q.abc@kl.digital>"
    assert mail["attachments"] == []
    assert await asyncio.to_thread(read, world.sandbox) == []


async def test_a_reply_from_the_page_looks_like_one_from_a_mail_client(world: World) -> None:
    await send(world, letter(subject="[KL-7F3K9Q] Müll"))

    await world.post("/api/mailbox/1/replies", {"text": "108 Euro, schöne Grüße"})
    mail = await bot_mail(world)

    assert (mail["From"], mail["To"]) == ('"Team KL.digital" <info@kl.digital>', "bot@kl.digital")
    assert mail["Subject"] == "Re: [KL-7F3K9Q] Müll"
    assert mail["In-Reply-To"] == mail["References"] == "<kl.7F3K9Q.abc@kl.digital>"
    assert mail["Message-ID"].endswith("@kl.digital>")
    assert mail["Date"]
    assert mail.get_content().splitlines() == [
        "108 Euro, schöne Grüße",
        "",
        "Am 24.11.2026 um 10:02 schrieb KL.digital Bot:",
        "> Wie hoch ist die Hundesteuer?",
        "> Grüße",
    ]
    assert len(await world.get("/api/mailbox")) == 1


async def test_a_reply_names_the_sender_it_is_given(world: World) -> None:
    await send(world, letter())

    await world.post("/api/mailbox/1/replies", {"text": "x", "from": "Änne Acker <anna@kl.digital>"})
    status, sentence = await world.refusal("/api/mailbox/1/replies", {"text": "x", "from": "a@b\r\nBcc: c@d"})

    assert (await bot_mail(world))["From"] == "Änne Acker <anna@kl.digital>"
    assert status == 400
    assert sentence.endswith("is no mail address.")


async def test_long_ids_stay_whole_in_the_thread_headers(world: World) -> None:
    ids = [f"<{'x' * 120}.{number}@kl.digital>" for number in range(3)]
    mail = letter(message_id=ids[2])
    raw = mail.as_bytes().replace(b"From:", f"References: {ids[0]}\n {ids[1]}\nFrom:".encode(), 1)
    await send(world, raw)

    await world.post("/api/mailbox/1/replies", {"text": "x"})

    assert (await bot_mail(world))["References"].split() == ids


@pytest.mark.parametrize(
    ("charset", "encoding"),
    [("utf-8", "8bit"), ("utf-8", "base64"), ("iso-8859-1", "quoted-printable"), ("windows-1252", "8bit")],
)
async def test_umlauts_are_readable_in_every_encoding(world: World, charset: str, encoding: str) -> None:
    mail = letter()
    mail.set_content("Süße Größe für Köln", charset=charset, cte=encoding)
    await send(world, mail.as_bytes())

    [listed] = await world.get("/api/mailbox")

    assert listed["text"] == "Süße Größe für Köln"


async def test_html_mail_and_attachments_are_shown_as_text(world: World) -> None:
    mail = letter()
    mail.set_content("<style>p{}</style><p>Guten&nbsp;Tag</p><p>Zeile<br>zwei</p>", subtype="html")
    mail.add_attachment(b"12345", maintype="application", subtype="pdf", filename="Plan ä.pdf")
    await send(world, mail)

    [listed] = await world.get("/api/mailbox")

    assert listed["text"].split("\n") == ["Guten Tag", "", "Zeile", "zwei"]
    assert listed["attachments"] == [{"name": "Plan ä.pdf", "type": "application/pdf", "size": 5}]


@pytest.mark.parametrize(
    "raw",
    [
        b"Subject: x\r\n\r\n" + bytes(range(14, 256)) + b"\r\n",
        b"no header at all\r\n",
        b"Content-Type: multipart/mixed; boundary=\"b\r\n\r\n--b\r\n\r\nhi\r\n--b--\r\n",
        b"Content-Type: text/plain; charset*=''\r\nReferences: <<<>>>\r\n\r\nx\r\n",
        b"Subject: dots\r\n\r\n.\r\n..\r\n" + b"y" * 5000 + b"\r\n",
        b"From: =?utf-8?q?=?=\r\nDate: foo\r\nSubject: =?x?b?!!?=\r\n\r\nz\r\n",
    ],
)  # fmt: skip
async def test_any_message_reaches_the_bot_byte_by_byte(world: World, raw: bytes) -> None:
    await world.post("/api/mailbox", {"raw_base64": base64.b64encode(raw).decode()})
    await send(world, raw)

    [(_, arrived)] = await asyncio.to_thread(read, world.sandbox)

    assert arrived == raw
    assert len(await world.get("/api/mailbox")) == 1


async def test_raw_text_may_have_any_line_endings_and_any_bytes(world: World) -> None:
    await world.post("/api/mailbox", {"raw": "Subject: a\nX: b\r\n\r\nzwei\rZeilen \udce4 ä"})

    [(_, arrived)] = await asyncio.to_thread(read, world.sandbox)

    assert arrived == b"Subject: a\r\nX: b\r\n\r\nzwei\r\nZeilen \xe4 \xc3\xa4\r\n"


async def test_a_raw_reply_is_sent_as_it_is(world: World) -> None:
    await send(world, letter())

    await world.post("/api/mailbox/1/replies", {"raw": "From: a@b.de\nSubject: roh\n\nText\n"})

    assert (await bot_mail(world))["Subject"] == "roh"


async def test_reading_leaves_no_trace_and_uids_only_grow(world: World) -> None:
    for number in range(3):
        await world.post("/api/mailbox", {"raw": f"Subject: {number}\n\nx\n"})

    first, again = [await asyncio.to_thread(read, world.sandbox) for _ in range(2)]

    assert first == again
    assert [int(uid) for uid, _ in first] == sorted(int(uid) for uid, _ in first)

    def unseen() -> int:
        with MailBoxUnencrypted("127.0.0.1", world.sandbox.imap_port, timeout=5) as box:
            box.login(world.sandbox.mail_user, world.sandbox.mail_password)
            return len(list(box.fetch("UNSEEN", mark_seen=False)))

    assert await asyncio.to_thread(unseen) == 3


async def test_a_wrong_password_is_refused(world: World) -> None:
    def login() -> None:
        with MailBoxUnencrypted("127.0.0.1", world.sandbox.imap_port, timeout=5) as box:
            box.client.login(world.sandbox.mail_user, "wrong")

    with pytest.raises(imaplib.IMAP4.error):
        await asyncio.to_thread(login)


async def test_while_mail_is_down_every_connection_is_cut_and_afterwards_all_is_well(world: World) -> None:
    await send(world, letter())
    await world.post("/api/faults", {"smtp": "down", "imap": "down"})

    with pytest.raises((smtplib.SMTPException, OSError)):
        await send(world, letter())
    with pytest.raises((imaplib.IMAP4.error, OSError)):
        await asyncio.to_thread(read, world.sandbox)
    status, _ = await world.refusal("/api/mailbox/1/replies", {"text": "x"})
    await world.post("/api/faults", {"smtp": "up", "imap": "up"})
    await world.post("/api/mailbox/1/replies", {"text": "x"})

    assert status == 409
    assert len(await asyncio.to_thread(read, world.sandbox)) == 1


@pytest.mark.parametrize(("fault", "code"), [("reject", 550), ("defer", 451)])
async def test_a_server_can_refuse_for_good_or_for_now(world: World, fault: str, code: int) -> None:
    await world.post("/api/faults", {"smtp": fault})

    with pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
        await send(world, letter())

    assert [answer[0] for answer in caught.value.recipients.values()] == [code]


async def test_what_clerks_sent_to_the_bot_is_listed_beside_what_they_got(world: World) -> None:
    await send(world, letter())
    await world.post("/api/mailbox/1/replies", {"text": "108 Euro"})

    [sent] = await world.get("/api/mailbox/sent")

    assert (sent["subject"], sent["to"]) == ("Re: [KL-7F3K9Q] Frage", "bot@kl.digital")
    assert sent["text"].startswith("108 Euro\n\nAm 24.11.2026 um 10:02 schrieb KL.digital Bot:\n> Wie hoch")
    assert [mail["id"] for mail in await world.get("/api/mailbox")] == [1]


async def test_a_draft_is_what_a_mail_client_offers_and_may_be_changed_anywhere(world: World) -> None:
    await send(world, letter())
    draft = await world.get("/api/mailbox/1/draft")
    inside = draft["quote"].replace("> Grüße", "> Grüße\n108 Euro")

    await world.post("/api/mailbox/1/replies", {"text": inside, "quote": False})

    assert (draft["to"], draft["subject"]) == ("bot@kl.digital", "Re: [KL-7F3K9Q] Frage")
    assert (await bot_mail(world)).get_content().splitlines() == [
        "Am 24.11.2026 um 10:02 schrieb KL.digital Bot:",
        "> Wie hoch ist die Hundesteuer?",
        "> Grüße",
        "108 Euro",
    ]


async def test_a_reply_takes_files_along(world: World) -> None:
    await send(world, letter())
    file = {"name": "Plan ä.png", "type": "image/png", "content_base64": base64.b64encode(b"\x89PNG\r\n").decode()}

    await world.post("/api/mailbox/1/replies", {"text": "Siehe Plan", "attachments": [file]})
    mail = await bot_mail(world)
    [attached] = mail.iter_attachments()
    body = mail.get_body()

    assert body is not None
    assert body.get_content().startswith("Siehe Plan\r\n")
    assert (attached.get_filename(), attached.get_content_type()) == ("Plan ä.png", "image/png")
    assert attached.get_content() == b"\x89PNG\r\n"
    assert (mail["In-Reply-To"], mail["Subject"]) == ("<kl.7F3K9Q.abc@kl.digital>", "Re: [KL-7F3K9Q] Frage")


@pytest.mark.parametrize(
    "attachments",
    [
        "plan.png",
        ["plan.png"],
        [{"name": "a\nb", "type": "image/png", "content_base64": ""}],
        [{"name": "a", "type": "image", "content_base64": ""}],
        [{"name": "a", "type": "image/png", "content_base64": "!"}],
    ],
)
async def test_a_file_that_cannot_be_sent_is_refused(world: World, attachments: Any) -> None:
    await send(world, letter())

    status, _ = await world.refusal("/api/mailbox/1/replies", {"text": "x", "attachments": attachments})

    assert status == 400


async def test_the_html_of_a_mail_is_served_where_it_can_do_no_harm(world: World) -> None:
    mail = letter()
    mail.add_alternative("<p style='color:red'>Größe</p><script>alert(1)</script>", subtype="html")
    mail.add_attachment(b"12345", maintype="application", subtype="pdf", filename="Plan ä.pdf")
    await send(world, mail)
    await send(world, letter())

    page = await world.http.get("/api/mailbox/1/html")
    file = await world.http.get("/api/mailbox/1/attachments/0")
    policy = page.headers["Content-Security-Policy"]

    assert [one["html"] for one in await world.get("/api/mailbox")] == [True, False]
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert page.text.startswith("<!doctype html><base target=\"_blank\"><p style='color:red'>Größe</p>")
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert (file.content, file.headers["Content-Type"]) == (b"12345", "application/octet-stream")
    assert file.headers["Content-Disposition"] == 'attachment; filename="Plan__.pdf"'
    for missing in ("2/html", "1/attachments/1", "1/attachments/x", "9/raw", "9/html"):
        assert (await world.http.get(f"/api/mailbox/{missing}")).status_code == 404
