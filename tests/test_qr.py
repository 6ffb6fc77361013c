"""QR codes for posters: what they lead to is read back from the picture."""

import io
import re
import xml.etree.ElementTree as Xml
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from bot.cli.poster import LEVELS, draw, poster, svg
from bot.knowledge.loader import load, shipped
from bot.sandbox.server import BOT_USERNAME, Sandbox
from bot.telegram.client import username
from tests.test_cli import klbot

LINK = "https://t.me/kldigital_bot?start=stadtrat-livestream"
QUESTION = "Wird die Sitzung des Stadtrats im Internet übertragen? Kosten: 5 $ oder <mehr> & $x$?"


def read(picture: Image.Image) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(picture)]


def painted(drawing: bytes) -> Image.Image:
    """The squares of the drawing, painted."""
    root = Xml.fromstring(drawing)
    picture = Image.new("L", (int(root.attrib["width"]), int(root.attrib["height"])), 255)
    [path] = root.findall("{*}path")
    for x, y, side in re.findall(r"M(\d+) (\d+)h(\d+)v\d+h-\d+z", path.attrib["d"]):
        corner = (int(x), int(y), int(x) + int(side) - 1, int(y) + int(side) - 1)
        ImageDraw.Draw(picture).rectangle(corner, fill=0)
    return picture


@pytest.mark.parametrize("level", LEVELS)
def test_the_drawing_leads_to_the_answer(level: str) -> None:
    assert read(painted(svg(poster(QUESTION, LINK, level)))) == [LINK]


def test_the_picture_leads_to_the_answer(tmp_path: Path) -> None:
    made = poster(QUESTION, LINK, "Q")
    draw(made, tmp_path / "poster.png")

    with Image.open(tmp_path / "poster.png") as picture:
        assert picture.size == (made.width, made.height)
        assert read(picture) == [LINK]


def test_a_code_that_is_torn_is_still_read() -> None:
    made = poster(QUESTION, LINK, "H")
    picture = painted(svg(made))
    middle, torn = made.width // 2, made.width // 10
    ImageDraw.Draw(picture).rectangle((middle - torn, middle - torn, middle + torn, middle + torn), fill=255)

    assert read(picture) == [LINK]


def test_question_and_address_stand_below_to_be_read_and_heard() -> None:
    root = Xml.fromstring(svg(poster(QUESTION, LINK, "Q")))

    *question, address = [text.text or "" for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert " ".join(question) == QUESTION
    assert address == LINK
    assert [root.findtext("{*}title"), root.findtext("{*}desc")] == [QUESTION, LINK]


def test_all_that_ships_fits_below_its_code() -> None:
    for entry in load(shipped()).entries():
        made = poster(
            entry.texts[next(iter(entry.texts))].question, f"https://t.me/kldigital_bot?start={entry.id}", "Q"
        )
        assert all(len(line.text) * line.size * 0.56 <= made.width for line in made.lines)
        assert all(line.size >= 10 for line in made.lines)


def test_the_command_draws_both_kinds_for_entries_and_topics(tmp_path: Path) -> None:
    drawn = klbot("qr", "stadtrat-livestream", "--out", "a.svg", "--bot", "@kldigital_bot", folder=tmp_path)
    pictured = klbot("qr", "lokale-logistik", "--out", "a.png", "--bot", "kldigital_bot", folder=tmp_path)

    assert drawn.stdout == f"a.svg: {LINK}\n"
    assert read(painted((tmp_path / "a.svg").read_bytes())) == [LINK]
    assert pictured.stdout == "a.png: https://t.me/kldigital_bot?start=lokale-logistik\n"
    assert read(Image.open(io.BytesIO((tmp_path / "a.png").read_bytes()))) == [
        "https://t.me/kldigital_bot?start=lokale-logistik"
    ]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("gibt-es-nicht", "--out", "a.svg", "--bot", "kldigital_bot"), "no topic with the id gibt-es-nicht"),
        (("stadtrat-livestream", "--out", "a.gif", "--bot", "kldigital_bot"), ".svg or .png"),
        (("stadtrat-livestream", "--out", "no/a.svg", "--bot", "kldigital_bot"), "there is no folder no"),
        (("stadtrat-livestream", "--out", "a.svg", "--bot", "kl digital"), "no user name of a bot"),
        (("stadtrat-livestream", "--out", "a.svg", "--bot", "kldigital_bot", "--level", "Z"), "none of L, M, Q, H"),
        (("stadtrat-livestream", "--out", "a.svg"), "config.yaml"),
    ],
)
def test_a_mistake_is_one_sentence(tmp_path: Path, arguments: tuple[str, ...], complaint: str) -> None:
    result = klbot("qr", *arguments, folder=tmp_path)

    assert result.returncode == 2
    assert complaint in result.stderr
    assert len(result.stderr.splitlines()) == 1


async def test_without_a_name_telegram_is_asked() -> None:
    async with Sandbox(port=0) as sandbox:
        assert await username(sandbox.token, sandbox.url) == BOT_USERNAME
