"""The try-out's page in a real browser: a visitor plays both sides."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect, sync_playwright

from tests.end_to_end.demo import Demo, running_demo
from tests.end_to_end.small import small_base
from tests.files import a_file, png

CHROMIUM = shutil.which("chromium")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
NASTY = "<img src=x onerror=alert(1)> Wie viele Flamingos leben im Zoo?"

pytestmark = [
    pytest.mark.chromium,
    pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET, timeout=30_000)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("page")
    with running_demo(folder, "--knowledge", str(small_base(folder))) as started:
        yield started


def opened(browser: Browser, demo: Demo, width: int, height: int) -> tuple[Page, list[str]]:
    page = browser.new_page(viewport={"width": width, "height": height})
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("dialog", lambda dialog: troubles.append(f"a dialog opened: {dialog.message}"))
    page.goto(str(demo.http.base_url), wait_until="domcontentloaded", timeout=15_000)
    return page, troubles


@pytest.mark.parametrize(("width", "height"), [(1400, 1000), (390, 844)])
def test_a_visitor_asks_reads_the_mail_and_answers_it(browser: Browser, demo: Demo, width: int, height: int) -> None:
    citizen = f"Besuch {width}"
    demo.answer(citizen, "Hallo")
    page, troubles = opened(browser, demo, width, height)
    page.get_by_role("tab", name=citizen).click()

    page.get_by_label("Nachricht an den Bot").fill(f"Besuch {width}: {NASTY}")
    page.get_by_label("Nachricht an den Bot").press("Enter")
    expect(page.get_by_text("sicher gespeichert").last).to_be_visible(timeout=10_000)
    page.get_by_label("E-Mails").get_by_role("button").filter(has_text=f"Besuch {width}: ").first.click()
    page.get_by_label("Antwort", exact=True).fill(f"Zwölf Flamingos. ({width})")
    picture: FilePayload = {"name": "Flamingo.png", "mimeType": "image/png", "buffer": png(60, 40)}
    pdf: FilePayload = {"name": "Futterplan.pdf", "mimeType": "application/pdf", "buffer": a_file("pdf")}
    page.get_by_label("Datei anhängen").set_input_files([picture, pdf])
    page.get_by_role("button", name="Antwort senden").click()

    demo.wait_for(lambda: f"Zwölf Flamingos. ({width})" in " ".join(demo.heard(citizen)))
    expect(page.get_by_role("link", name="Datei: Futterplan.pdf (1 kB)")).to_be_visible(timeout=10_000)
    shown = page.get_by_role("img", name="Bild")
    demo.wait_for(lambda: shown.evaluate("image => image.complete && image.naturalWidth") == 60)
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.close()
    assert overflow <= 0, "the page scrolls sideways"
    assert troubles == []
