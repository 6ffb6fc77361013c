"""The try-out's page in a real browser: a visitor plays both sides."""

import re
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FilePayload, Page, Route, expect, sync_playwright

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


class Gate:
    """Keeps back what the page asks for, until it is opened; what the page sends goes through."""

    def __init__(self) -> None:
        self._held: list[Route] | None = []

    def pass_or_hold(self, route: Route) -> None:
        if self._held is None or route.request.method != "GET":
            route.continue_()
        else:
            self._held.append(route)

    def open(self) -> None:
        held, self._held = self._held or [], None
        for route in held:
            route.continue_()


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
    page.get_by_label("E-Mails", exact=True).get_by_role("button").filter(has_text=citizen).first.click()
    letter = page.frame_locator("iframe.letter-page").first
    expect(letter.get_by_text(NASTY).first).to_be_visible(timeout=10_000)
    page.get_by_role("button", name="Antworten", exact=True).click()
    expect(page.get_by_label("Antwort", exact=True)).to_have_value(re.compile("\n\nAm .* schrieb KL.digital Bot:\n> "))
    page.keyboard.type(f"Zwölf Flamingos. ({width})")
    picture: FilePayload = {"name": "Flamingo.png", "mimeType": "image/png", "buffer": png(60, 40)}
    pdf: FilePayload = {"name": "Futterplan.pdf", "mimeType": "application/pdf", "buffer": a_file("pdf")}
    page.get_by_label("Dateien anhängen").set_input_files([picture, pdf])
    page.get_by_role("button", name="Antwort senden").click()

    demo.wait_for(lambda: f"Zwölf Flamingos. ({width})" in " ".join(demo.heard(citizen)))
    own = page.get_by_label("E-Mails des Vorgangs").get_by_role("region", name="E-Mail von Team KL.digital")
    expect(own.get_by_text(f"Zwölf Flamingos. ({width})").last).to_be_visible(timeout=10_000)
    expect(own.get_by_role("link", name="Futterplan.pdf 1 kB")).to_be_visible()
    expect(page.get_by_label("Nachrichten", exact=True).get_by_role("link", name="Futterplan.pdf 1 kB")).to_be_visible()
    shown = page.get_by_role("img", name="Bild")
    demo.wait_for(lambda: shown.evaluate("image => image.complete && image.naturalWidth") == 60)
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.close()
    assert overflow <= 0, "the page scrolls sideways"
    assert troubles == []


def test_a_visitor_answers_a_message_changes_one_and_sends_files_and_other_things(browser: Browser, demo: Demo) -> None:
    citizen = "Bilder"
    demo.answer(citizen, "Wird der Stadtrat live übertragen?")
    page, troubles = opened(browser, demo, 390, 844)
    page.get_by_role("tab", name=citizen).click()
    field, messages = page.get_by_label("Nachricht an den Bot"), page.get_by_label("Nachrichten", exact=True)

    page.get_by_label("Etwas anderes senden").click()
    page.get_by_role("button", name="Sprachnachricht").click()
    expect(messages.get_by_text("🎤 Sprachnachricht")).to_be_visible(timeout=10_000)
    demo.wait_for(lambda: any("Sprachnachrichten" in text for text in demo.heard(citizen)))

    picture: FilePayload = {"name": "Brunnen.png", "mimeType": "image/png", "buffer": png(60, 40)}
    pdf: FilePayload = {"name": "Plan.pdf", "mimeType": "application/pdf", "buffer": a_file("pdf")}
    page.get_by_label("Fotos oder Dateien an den Bot").set_input_files([picture, pdf])
    expect(page.get_by_text("Geht mit: Brunnen.png, Plan.pdf")).to_be_visible()
    field.fill("Wann läuft dieser Brunnen im Zoo wieder?")
    field.press("Enter")
    mail = demo.mail_about("Wann läuft dieser Brunnen")
    expect(page.get_by_text("Geht mit:")).to_be_hidden()
    demo.wait_for(lambda: any("sicher gespeichert" in text for text in demo.heard(citizen)))

    messages.get_by_role("button", name="Auf diese Nachricht von Bot antworten").last.click()
    field.fill("Der am Eingang.")
    field.press("Enter")
    demo.wait_for(lambda: any("Der am Eingang." in one["text"] for one in demo.mailbox()))
    assert [one["reply_to"] is not None for one in demo.chat(citizen) if one["text"] == "Der am Eingang."] == [True]

    # Whoever changes a message has seen it in the chat.
    own = messages.locator(".message.citizen").filter(has_text="Der am Eingang.").last
    own.get_by_role("button", name=f"Diese Nachricht von {citizen} ändern").click()
    expect(field).to_have_value("Der am Eingang.")
    field.fill("Der am Ausgang.")
    field.press("Enter")
    expect(messages.get_by_text("Der am Ausgang.")).to_be_visible(timeout=10_000)
    expect(page.get_by_label("Doch nicht")).to_be_hidden()
    page.close()
    assert mail
    assert troubles == []


def test_who_types_while_a_chat_is_still_opening_is_not_interrupted(browser: Browser, demo: Demo) -> None:
    demo.answer("Eilig", "Hallo")
    page, troubles = opened(browser, demo, 390, 844)
    page.get_by_role("tab", name="Eilig").wait_for()
    gate = Gate()
    page.route("**/api/citizens/**/messages", gate.pass_or_hold)
    page.get_by_role("tab", name="Eilig").click()
    field = page.get_by_label("Nachricht an den Bot")
    field.fill("Guten Tag!")

    gate.open()
    expect(page.get_by_text("Hallo", exact=True).first).to_be_visible(timeout=10_000)
    page.wait_for_timeout(300)  # whatever else the answers set off
    expect(field).to_be_focused()
    page.keyboard.press("Enter")

    expect(field).to_have_value("")
    demo.wait_for(lambda: "Guten Tag!" in [message["text"] for message in demo.chat("Eilig")])
    page.close()
    assert troubles == []
