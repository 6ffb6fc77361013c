"""The page needs nothing from elsewhere and never reads a citizen's words as markup."""

import asyncio
import base64
import re
import smtplib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, async_playwright

from bot.sandbox import server
from tests.sandbox.world import World

STATIC = Path(server.__file__).parent / "static"
CHROMIUM = Path("/usr/bin/chromium")
SCRIPTS = sorted(STATIC.glob("*.js"))
FORBIDDEN = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser|srcdoc")
needs_browser = pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium")
BROWSER = pytest.mark.chromium
EVIL = "<img src=x onerror=\"document.title='gotcha'\"><b>fett</b>"

NASTY_PAGE = """<html><head><meta http-equiv="refresh" content="0; url=https://example.org/"></head>
<body onload="parent.document.title='gotcha'"><p style="font-size:21px">Harmlos</p>
<img src="https://example.org/x.png" onerror="parent.document.title='gotcha'">
<form action="https://example.org/"><input name="x" autofocus onfocus="parent.document.title='gotcha'"></form>
<iframe src="https://example.org/"></iframe></body></html>"""
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_no_script_turns_text_into_markup(script: Path) -> None:
    assert not FORBIDDEN.search(script.read_text(encoding="utf-8"))


def test_nothing_is_fetched_from_elsewhere() -> None:
    for file in STATIC.iterdir():
        text = file.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"(src|href)=[\"'](https?:)?//|@import|url\(", text), file.name


async def test_the_page_is_served_with_a_policy_that_forbids_the_rest(world: World) -> None:
    page = await world.http.get("/")

    assert page.status_code == 200
    assert 'lang="de"' in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    for name in re.findall(r'(?:href|src)="([\w.]+)"', page.text):
        assert (await world.http.get(f"/{name}")).status_code == 200, name


@asynccontextmanager
async def opened(world: World, complaints: list[str]) -> AsyncIterator[Page]:
    """The page in a browser as narrow as a phone; what it complains about and what it asks of others is collected."""
    async with async_playwright() as player:
        browser = await player.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        page = await browser.new_page(viewport={"width": 390, "height": 844})
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
        page.on("response", lambda one: None if one.url.startswith(world.sandbox.url) else complaints.append(one.url))
        await page.goto(world.sandbox.url)
        yield page
        width = await page.evaluate("document.documentElement.scrollWidth")
        title = await page.title()
        await browser.close()
    await asyncio.sleep(0)
    assert (width, title) == (390, "KL.digital Bot zum Ausprobieren")


@pytest.fixture
async def page(world: World) -> AsyncIterator[Page]:
    """The page, which has nothing to complain about until the end."""
    complaints: list[str] = []
    async with opened(world, complaints) as page:
        yield page
    assert complaints == []


@BROWSER
@needs_browser
async def test_a_citizen_writes_taps_and_sees_pictures(world: World, page: Page) -> None:
    await page.get_by_role("button", name="Starten").click()
    await page.get_by_label("Nachricht an den Bot").fill(EVIL)
    await page.get_by_label("Nachricht an den Bot").press("Enter")
    await page.get_by_text("onerror").first.wait_for()
    chat = (await world.get("/api/citizens"))[0]["id"]
    markup = {"inline_keyboard": [[{"text": "Tippen Sie hier", "callback_data": "a"}]]}
    await world.call("sendMessage", chat_id=chat, text=EVIL, reply_markup=markup)
    await page.get_by_role("button", name="Tippen Sie hier").click()
    query = await next_tap(world)
    await world.call("answerCallbackQuery", callback_query_id=query["id"], text="Danke sehr")
    await page.get_by_text("Danke sehr").wait_for()
    address = f"/bot{world.sandbox.token}/sendPhoto"
    await world.http.post(address, data={"chat_id": str(chat)}, files={"photo": ("p.png", PIXEL, "image/png")})
    picture = page.get_by_role("img", name="Bild")
    await picture.wait_for()

    assert await picture.evaluate("async (one) => (await one.decode(), one.naturalWidth)") == 1
    assert await page.locator(".message b").count() == 0


@BROWSER
@needs_browser
async def test_a_member_of_the_group_taps_answers_and_deletes_a_topic(world: World, page: Page) -> None:
    assert await page.get_by_role("tab", name="Telegram-Gruppe").count() == 0
    group = await world.group(forum=True)
    thread = (await world.call("createForumTopic", chat_id=group, name="KL-7F3K9Q"))["result"]["message_thread_id"]
    markup = {"inline_keyboard": [[{"text": "Übernehmen", "callback_data": "claim"}]]}
    card = {"chat_id": group, "message_thread_id": thread, "text": EVIL, "reply_markup": markup}
    number = (await world.call("sendMessage", **card))["result"]["message_id"]

    await page.get_by_role("tab", name="Telegram-Gruppe").click()
    await page.get_by_label("Sie sind").select_option("Ben")
    await page.get_by_role("tab", name="KL-7F3K9Q").click()
    await page.get_by_role("button", name="Übernehmen").click()
    query = await next_tap(world)
    await world.call("answerCallbackQuery", callback_query_id=query["id"], text="Gehört Ihnen")
    await page.get_by_text("Gehört Ihnen").wait_for()
    await page.get_by_role("button", name="Auf diese Nachricht von KL.digital Bot antworten").click()
    await page.keyboard.type("Morgen um acht.")
    await page.keyboard.press("Enter")
    await page.get_by_label("Nachrichten der Gruppe").get_by_text("Morgen um acht.").wait_for()
    answer = (await world.said(group))[-1]
    await page.get_by_role("button", name="Thema löschen").click()
    await page.get_by_role("button", name="Wirklich löschen?").click()
    await page.get_by_role("tab", name="KL-7F3K9Q").wait_for(state="detached")

    assert query["from"]["first_name"] == "Ben"
    assert (answer["author"], answer["reply_to"], answer["message_thread_id"]) == ("Ben", number, thread)
    assert await world.said(group) == []


@BROWSER
@needs_browser
async def test_a_mail_is_shown_as_a_page_that_can_do_nothing(world: World) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "bot@kl.digital", "info@kl.digital", f"[KL-7F3K9Q] {EVIL}"
    mail.set_content(EVIL)
    mail.add_alternative(NASTY_PAGE, subtype="html")
    await asyncio.to_thread(deliver, world, mail)

    refusals: list[str] = []
    async with opened(world, refusals) as page:
        await page.get_by_label("E-Mails", exact=True).get_by_role("button").click()
        inside = page.frame_locator("iframe.letter-page")
        await inside.get_by_text("Harmlos").wait_for()
        size = await inside.get_by_text("Harmlos").evaluate("(one) => getComputedStyle(one).fontSize")
        await page.get_by_role("button", name="Nur Text").click()
        await page.get_by_label("Vorgang").locator("pre").get_by_text("onerror").wait_for()
        await page.get_by_role("button", name="Quelltext").click()
        await page.get_by_label("Quelltext").get_by_text("multipart/alternative").wait_for()

    assert size == "21px"
    assert refusals != []
    assert [one for one in refusals if not re.search("Refused|Blocked|Security Policy|sandboxed", one)] == []


async def next_tap(world: World) -> dict[str, Any]:
    """The next tap that reaches the bot."""
    for _ in range(100):
        if taps := await world.updates("callback_query"):
            return taps[0]
        await asyncio.sleep(0.05)
    raise AssertionError("no tap came")


def deliver(world: World, mail: EmailMessage) -> None:
    with smtplib.SMTP("127.0.0.1", world.sandbox.smtp_port, "localhost", timeout=5) as client:
        client.send_message(mail)
