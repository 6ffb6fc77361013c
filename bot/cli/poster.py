"""A QR code with what it leads to in words below it, for posters: as a drawing (.svg) or as a picture (.png)."""

import io
import os
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Final

import segno

from bot.errors import ConfigError

ENDINGS: Final = (".svg", ".png")
LEVELS: Final = ("L", "M", "Q", "H")  # a share of 7, 15, 25 or 30 % of the code may be dirty or torn
MODULE: Final = 12  # pixels a square of the code
QUIET: Final = 4  # squares of white that readers need around it
LEAST: Final = 480  # pixels of width
SIZE: Final = 24  # pixels of a letter's height, in the question
SMALL: Final = 17  # and at most in the address
WIDE: Final = 0.56  # of a letter's height is its width, on average
WIDE_BOLD: Final = 0.66


@dataclass(frozen=True, slots=True)
class Line:
    """One line of words. `y`: its foot, in pixels from the top."""

    text: str
    y: int
    size: int
    is_bold: bool


@dataclass(frozen=True, slots=True)
class Poster:
    """What is drawn. `squares`: the code row by row, true is black."""

    question: str
    address: str
    squares: Sequence[Sequence[bool]]

    @property
    def width(self) -> int:
        """In pixels."""
        return max(LEAST, (len(self.squares) + 2 * QUIET) * MODULE)

    @property
    def left(self) -> int:
        """Where the code begins, in pixels."""
        return (self.width - len(self.squares) * MODULE) // 2

    @property
    def height(self) -> int:
        """In pixels."""
        return self.lines[-1].y + 2 * MODULE

    @property
    def lines(self) -> Sequence[Line]:
        """The question, and the address in one line, since a line's end may be taken for a part of it."""
        y, room = (len(self.squares) + QUIET + 2) * MODULE, self.width - 2 * MODULE
        found = []
        for part in textwrap.wrap(self.question, int(room / (SIZE * WIDE_BOLD))):
            y += round(SIZE * 1.35)
            found.append(Line(part, y, SIZE, is_bold=True))
        small = min(SMALL, int(room / (len(self.address) * WIDE)))
        return [*found, Line(self.address, y + MODULE + round(small * 1.35), small, is_bold=False)]


def check(target: Path) -> None:
    """Refuse a picture that could not be drawn later. Raises ConfigError."""
    if target.suffix.lower() not in ENDINGS:
        raise ConfigError(f"--out: the name must end in {' or '.join(ENDINGS)}, not as {target.name} does.")
    if not target.parent.is_dir():
        raise ConfigError(f"--out: there is no folder {target.parent}.")
    if target.is_dir() or not os.access(target if target.exists() else target.parent, os.W_OK):
        raise ConfigError(f"--out: {target} cannot be written.")
    if target.suffix.lower() == ".png":
        try:
            import matplotlib  # noqa: F401, PLC0415 -- takes half a second and is not everybody's
        except ImportError as error:
            raise ConfigError("--out: a .png needs matplotlib (pip install 'klbot[plot]'), a .svg does not.") from error


def poster(question: str, address: str, level: str) -> Poster:
    """The code that leads to `address`; of the error level, or a better one that costs no space."""
    code = segno.make(address, error=level, micro=False)
    return Poster(question, address, [[bool(square) for square in row] for row in code.matrix])


def draw(made: Poster, target: Path) -> None:
    """Write the picture; the same poster gives the same bytes. Raises ConfigError if it cannot be written."""
    picture = svg(made) if target.suffix.lower() == ".svg" else _png(made)
    try:
        target.write_bytes(picture)
    except OSError as error:
        raise ConfigError(f"--out: {target} cannot be written: {error.strerror}.") from error


def svg(made: Poster) -> bytes:
    """The drawing, with a name for those who hear it instead of seeing it."""
    squares = "".join(
        f"M{made.left + x * MODULE} {(y + QUIET) * MODULE}h{MODULE}v{MODULE}h-{MODULE}z"
        for y, row in enumerate(made.squares)
        for x, is_black in enumerate(row)
        if is_black
    )
    words = "".join(
        f'<text x="{made.width // 2}" y="{line.y}" font-size="{line.size}"'
        f' font-weight="{"bold" if line.is_bold else "normal"}">{escape(line.text)}</text>\n'
        for line in made.lines
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {made.width} {made.height}" '
        f'width="{made.width}" height="{made.height}">\n'
        f"<title>{escape(made.question)}</title>\n<desc>{escape(made.address)}</desc>\n"
        f'<rect width="100%" height="100%" fill="#fff"/>\n<path d="{squares}" shape-rendering="crispEdges"/>\n'
        f'<g font-family="DejaVu Sans, Verdana, Arial, sans-serif" text-anchor="middle">\n{words}</g>\n</svg>\n'
    ).encode()


def _png(made: Poster) -> bytes:
    from matplotlib.figure import Figure  # noqa: PLC0415 -- as in check

    dots = 100
    figure = Figure(figsize=(made.width / dots, made.height / dots), dpi=dots, facecolor="white")
    side = len(made.squares) * MODULE
    figure.figimage(
        _pixels(made),
        xo=made.left,
        yo=made.height - QUIET * MODULE - side,
        cmap="gray",
        vmin=0,
        vmax=1,
    )
    for line in made.lines:
        weight = "bold" if line.is_bold else "normal"
        # matplotlib counts letters in points, 72 an inch, and reads a dollar sign as mathematics.
        figure.text(
            0.5,
            1 - line.y / made.height,
            line.text,
            size=line.size * 72 / dots,
            weight=weight,
            ha="center",
            va="baseline",
            parse_math=False,
        )
    out = io.BytesIO()
    figure.savefig(out, format="png", metadata={"Title": made.question, "Description": made.address})
    return out.getvalue()


def _pixels(made: Poster) -> list[list[float]]:
    """The code with so many pixels a square: 0 is black, 1 is white."""
    rows = [[0.0 if square else 1.0 for square in row for _ in range(MODULE)] for row in made.squares]
    return [row for row in rows for _ in range(MODULE)]
