"""The page needs nothing from elsewhere and never reads a citizen's words as markup."""

import asyncio
import re
from pathlib import Path

import pytest
from playwright.async_api import async_playwright

from bot.sandbox import server
from tests.sandbox.world import World

STATIC = Path(server.__file__).parent / "static"
CHROMIUM = Path("/usr/bin/chromium")
SCRIPTS = sorted(STATIC.glob("*.js"))
FORBIDDEN = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser|srcdoc")
EVIL = "<img src=x onerror=\"document.title='gotcha'\"><b>fett</b>"


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


@pytest.mark.chromium
@pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium")
async def test_a_citizen_and_a_clerk_meet_on_the_page(world: World) -> None:
    async with async_playwright() as player:
        browser = await player.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        page = await browser.new_page(viewport={"width": 390, "height": 844})
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
        await page.goto(world.sandbox.url)
        await page.get_by_role("button", name="Starten").click()
        await page.get_by_label("Nachricht an den Bot").fill(EVIL)
        await page.get_by_label("Nachricht an den Bot").press("Enter")
        await page.get_by_text("onerror").first.wait_for()
        chat = (await world.get("/api/citizens"))[0]["id"]
        markup = {"inline_keyboard": [[{"text": "Tippen Sie hier", "callback_data": "a"}]]}
        await world.call("sendMessage", chat_id=chat, text=EVIL, reply_markup=markup)
        await page.get_by_role("button", name="Tippen Sie hier").click()
        tap = await world.call("getUpdates", offset=-1, timeout=5)
        query = tap["result"][-1].get("callback_query")
        if query is None:
            query = (await world.call("getUpdates", offset=tap["result"][-1]["update_id"] + 1, timeout=5))["result"][0][
                "callback_query"
            ]
        await world.call("answerCallbackQuery", callback_query_id=query["id"], text="Danke sehr")
        await page.get_by_text("Danke sehr").wait_for()
        width = await page.evaluate("document.documentElement.scrollWidth")
        title = await page.title()
        bold = await page.locator(".message b").count()
        await browser.close()
    await asyncio.sleep(0)

    assert complaints == []
    assert (width, title, bold) == (390, "KL.digital Bot zum Ausprobieren", 0)
