"""The page of all answers: whole by itself, the same without a script, and nothing of an answer is markup."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, async_playwright

from bot.catalogue.content import catalogue
from bot.catalogue.page import TEMPLATES, page
from bot.catalogue.words import NEEDED
from bot.knowledge.entry import Language
from bot.knowledge.loader import load, shipped
from tests.catalogue.base import EVIL, knowledge_base, small_catalogue

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
needs_browser = pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium")
BROWSER = pytest.mark.chromium
VOID = {"meta", "link", "br", "input", "img"}


def small_page() -> str:
    return page(small_catalogue(), knowledge_base())


@pytest.fixture(scope="module")
def shipped_page() -> str:
    base = load(shipped())
    return page(catalogue(base, date(2026, 11, 25)), base)


class Tags(HTMLParser):
    """Every start tag with its attributes; that each is closed in order is checked."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, attribute: str) -> list[str]:
        return [str(attributes[attribute]) for _, attributes in self.tags if attribute in attributes]


# -- what is written ----------------------------------------------------------------------------------


def test_every_tag_is_closed_and_every_id_stands_once(shipped_page: str) -> None:
    for text in (shipped_page, small_page()):
        tags = Tags(text)

        assert tags.open == []
        assert len(tags.all("id")) == len(set(tags.all("id")))


def test_every_link_within_the_page_leads_somewhere(shipped_page: str) -> None:
    tags = Tags(shipped_page)
    within = [link.removeprefix("#") for link in tags.all("href") if link.startswith("#")]

    assert len(within) > 2 * 34
    assert set(within) | set(tags.all("aria-labelledby")) <= set(tags.all("id"))


def test_each_entry_has_an_anchor_of_its_id(shipped_page: str) -> None:
    articles = [attributes["id"] for tag, attributes in Tags(shipped_page).tags if tag == "article"]

    assert articles == [entry.id for entry in load(shipped()).entries()]


def test_nothing_comes_from_elsewhere(shipped_page: str) -> None:
    for tag, attributes in Tags(shipped_page).tags:
        assert "src" not in attributes
        assert tag != "link" or attributes["href"] == "data:,"
    assert not re.search(r"@import|url\(|fetch\(|innerHTML|document\.write", shipped_page)


def test_nothing_of_an_answer_is_markup() -> None:
    tags = Tags(small_page())

    assert not {"img", "b"} & {tag for tag, _ in tags.tags}
    assert not any(name.startswith("on") for _, attributes in tags.tags for name in attributes)
    assert all(re.match(r"#|https://|mailto:|data:,$", link) for link in tags.all("href"))
    assert "{{ 7*7 }}" in small_page()


def test_a_topic_of_which_nothing_is_published_is_not_there() -> None:
    assert "Nichts" not in small_page()
    assert "Etwas Falsches" not in small_page()


def test_every_word_of_the_page_is_needed_and_there_with_its_placeholders() -> None:
    wording = load(shipped()).wording
    template = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES.iterdir())
    code = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES.parent.glob("*.py"))

    for key, placeholders in NEEDED.items():
        family = key.startswith("page_reading_")
        assert family or f"words.{key}" in template or f'say("{key}"' in code, key
        for language in Language:
            assert set(re.findall(r"\{(\w+)\}", wording[language][key])) == set(placeholders.split()), key


# -- in a browser -------------------------------------------------------------------------------------


@asynccontextmanager
async def opened(tmp_path: Path, text: str, anchor: str = "", **how: Any) -> AsyncIterator[Page]:
    """The page as a file in a browser; it must not complain, and must ask nobody for anything."""
    file = tmp_path / "page.html"
    file.write_text(text, encoding="utf-8")
    wrong: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = await browser.new_context(**how)
        shown = await context.new_page()
        shown.on("console", lambda message: wrong.append(message.text))
        shown.on("pageerror", lambda error: wrong.append(str(error)))
        shown.on("request", lambda request: wrong.append(request.url) if request.url.startswith("http") else None)
        await shown.goto(f"file://{file}{anchor}")
        yield shown
        await browser.close()
    assert wrong == []


async def visible(shown: Page, selector: str) -> list[str]:
    return [one.strip() for one in await shown.locator(f"{selector}:visible").all_inner_texts()]


@needs_browser
@BROWSER
@pytest.mark.parametrize("script", [True, False])
async def test_with_and_without_a_script_one_reading_is_shown_at_a_time(tmp_path: Path, script: bool) -> None:
    async with opened(tmp_path, small_page(), java_script_enabled=script) as shown:
        assert await visible(shown, "#station h3") == ["Wo steht die Paketstation?"]
        assert "Sie steht hier:" in (await visible(shown, "#station .answer"))[0]

        await shown.check("#_read_plain", force=True)
        assert await visible(shown, "#station .answer") == ["Am Rathaus.\nUnd am Bahnhof."]
        assert await visible(shown, "#today .notice") == ["Diese Antwort gibt es noch nicht in Einfacher Sprache."]

        await shown.check("#_read_en", force=True)
        assert await visible(shown, "#station h3") == ["Where is the parcel station?"]
        assert await visible(shown, "#station .answer") == ["At the town hall."]
        assert await visible(shown, "search") == (["Search the questions and answers"] if script else [])


@needs_browser
@BROWSER
async def test_the_search_finds_words_of_answers_and_of_citizens(tmp_path: Path) -> None:
    async with opened(tmp_path, small_page()) as shown:
        await shown.fill("#_query", "BAHNHOF rathaus")
        assert await visible(shown, "article h3") == ["Wo steht die Paketstation?"]
        assert await shown.inner_text("#_found") == "1 von 4 Antworten"

        await shown.fill("#_query", "abholfach")
        assert len(await visible(shown, "article h3")) == 4

        await shown.fill("#_query", EVIL)
        assert await shown.locator("article:visible").count() == 1
        await shown.fill("#_query", "Zirkuszelt")
        assert (await shown.inner_text("#_found")).startswith("Dazu steht hier nichts.")
        assert await shown.title() == "Smart City Kaiserslautern: Fragen und Antworten"


@needs_browser
@BROWSER
async def test_a_link_to_an_answer_shows_it_in_the_wanted_language(tmp_path: Path) -> None:
    async with opened(tmp_path, small_page(), "?lang=en#station") as shown:
        assert await visible(shown, "#station h3") == ["Where is the parcel station?"]
        assert await shown.evaluate("document.documentElement.lang") == "en"

        await shown.fill("#_query", "Zirkuszelt")
        await shown.evaluate("location.hash = '#today'")
        assert await visible(shown, "#today h3") == ["Was gilt heute noch?"]


@needs_browser
@BROWSER
@pytest.mark.parametrize("width", [320, 390, 1400])
async def test_nothing_sticks_out_of_a_narrow_window(tmp_path: Path, shipped_page: str, width: int) -> None:
    async with opened(tmp_path, shipped_page, viewport={"width": width, "height": 800}) as shown:
        assert await shown.evaluate("document.documentElement.scrollWidth") == width


CONTRASTS = """() => {
  const number = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = (rgb) => {
    const [r, g, b] = rgb.map((one) => one / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (; element; element = element.parentElement) {
      const [r, g, b, a = 1] = number(getComputedStyle(element).backgroundColor);
      if (a > 0) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const low = [];
  for (const element of document.body.querySelectorAll("*")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own || !element.checkVisibility()) continue;
    const [one, other] = [light(number(getComputedStyle(element).color)), light(behind(element))];
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (ratio < 4.5) low.push(`${element.className || element.tagName}: ${ratio.toFixed(2)}`);
  }
  return low;
}"""


@needs_browser
@BROWSER
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("media", ["screen", "print"])
async def test_every_word_stands_out_from_what_is_behind_it(tmp_path: Path, scheme: Any, media: Any) -> None:
    async with opened(tmp_path, small_page(), color_scheme=scheme) as shown:
        await shown.emulate_media(media=media, color_scheme=scheme)
        await shown.check("#_read_plain", force=True) if media == "screen" else None

        assert await shown.evaluate(CONTRASTS) == []


@needs_browser
@BROWSER
async def test_the_keyboard_reaches_the_content_first_and_every_part_after_it(tmp_path: Path) -> None:
    async with opened(tmp_path, small_page()) as shown:
        await shown.keyboard.press("Tab")
        assert await shown.evaluate("document.activeElement.className") == "skip"
        await shown.keyboard.press("Enter")
        assert await shown.evaluate("document.activeElement.id") == "_main"

        await shown.focus("#_read_de")
        await shown.keyboard.press("ArrowRight")
        assert await visible(shown, "#station .answer") == ["Am Rathaus.\nUnd am Bahnhof."]
