"""The picture of `klbot eval --plot`: how much is answered, and how much of it wrongly, from threshold to threshold."""

import io
import os
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.errors import ConfigError
from bot.matching.evaluation import MOST_WRONG, Report

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ENDINGS = (".svg", ".png")
TITLE = "Wie viel der Bot beantwortet, und wie oft falsch"
INK, PALE, FAINT = "#1f2933", "#667280", "#e8ebee"
BLUE, ORANGE = "#0072b2", "#b84a00"  # told apart by colour-blind people, too
STYLE: Any = {  # its type would list every setting of matplotlib
    "svg.fonttype": "none",
    "svg.hashsalt": "klbot",
    "font.size": 10.5,
    "text.color": INK,
    "axes.edgecolor": PALE,
    "axes.labelcolor": INK,
    "xtick.color": PALE,
    "ytick.color": PALE,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
}
HIGHEST = 0.10  # nobody runs a bot that answers more than this wrongly, so that the picture ends here


def check(target: Path) -> None:
    """Refuse a picture that could not be drawn later. Raises ConfigError."""
    if target.suffix.lower() not in ENDINGS:
        raise ConfigError(f"--plot: the name must end in {' or '.join(ENDINGS)}, not as {target.name} does.")
    if not target.parent.is_dir():
        raise ConfigError(f"--plot: there is no folder {target.parent}.")
    if target.is_dir() or not os.access(target if target.exists() else target.parent, os.W_OK):
        raise ConfigError(f"--plot: {target} cannot be written.")
    try:
        import matplotlib  # noqa: F401, PLC0415 -- takes half a second and is not everybody's
    except ImportError as error:
        raise ConfigError("--plot needs matplotlib: pip install 'klbot[plot]'") from error


def draw(report: Report, target: Path) -> None:
    """Write the picture; the same report gives the same bytes. Raises ConfigError if it cannot be written."""
    picture = _svg(report) if target.suffix.lower() == ".svg" else _render(report, "png")
    try:
        target.write_bytes(picture)
    except OSError as error:
        raise ConfigError(f"--plot: {target} cannot be written: {error.strerror}.") from error


def _svg(report: Report) -> bytes:
    """The picture with a name and a description for those who hear it instead of seeing it."""
    text = _render(report, "svg").decode()
    head, rest = text.split("<svg ", 1)
    rest = rest.replace("</title>", f"</title>\n <desc>{escape(describe(report))}</desc>", 1)
    return f'{head}<svg role="img" {rest}'.encode()


def describe(report: Report) -> str:
    """The picture in German words."""
    answered, wrong = _in_use(report)
    best = report.best_within(MOST_WRONG)
    words = (
        f"Linie über {len(report.judged)} Nachrichten: Je mehr der Bot beantwortet, desto mehr davon falsch. "
        f"Mit den Schwellen im Einsatz beantwortet er {_percent(answered)} aller Nachrichten, "
        f"{_percent(wrong)} falsch."
    )
    if best:
        words += f" Höchstens {_percent(MOST_WRONG)} falsch wären es, wenn er {_percent(best.coverage)} beantwortete."
    return words


def _in_use(report: Report) -> tuple[float, float]:
    """The shares of all messages answered, and answered wrongly, by the thresholds in use."""
    total = len(report.judged)
    return sum(one.is_answered for one in report.judged) / total, len(report.answered_wrongly()) / total


def _render(report: Report, form: str) -> bytes:
    from matplotlib import rc_context  # noqa: PLC0415 -- as in check
    from matplotlib.figure import Figure  # noqa: PLC0415

    out = io.BytesIO()
    with rc_context(STYLE):
        figure = Figure(figsize=(7.3, 4.8))
        figure.subplots_adjust(left=0.08, right=0.96, bottom=0.13, top=0.77)
        figure.text(0.025, 0.935, TITLE, size=13.5, weight="bold")
        count = f"{len(report.judged):,}".replace(",", ".")
        subtitle = f"gemessen an {count} Nachrichten; die Linie zeigt, was jede Schwelle bewirken würde"
        figure.text(0.025, 0.88, subtitle, color=PALE)
        axes = figure.add_subplot()
        _draw_lines(axes, report)
        _draw_point(axes, report)
        metadata = {"Title": TITLE, "Creator": "klbot eval", "Date": None} if form == "svg" else {"Title": TITLE}
        figure.savefig(out, format=form, dpi=200, metadata=metadata)
    return out.getvalue()


def _draw_lines(axes: "Axes", report: Report) -> None:
    """What every threshold would do, and the most that may be wrong, between axes that say what they are."""
    curve = report.curve()
    highest = max(HIGHEST, 1.2 * _in_use(report)[1])
    step = 0.02 if highest <= HIGHEST else 0.1
    heights = [number * step for number in range(int(highest / step + 0.01) + 1)]
    axes.set(xlim=(0, 1), ylim=(0, highest))
    axes.set_xticks([0.2, 0.4, 0.6, 0.8, 1], ["20 %", "40 %", "60 %", "80 %", "100 %"])
    axes.set_yticks(heights, [f"{100 * height:.0f} %" for height in heights])
    axes.tick_params(length=0, pad=7)
    axes.grid(axis="y", color=FAINT, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.set_xlabel("beantwortet, Anteil aller Nachrichten", labelpad=8)
    axes.text(0, 1.05, "falsch beantwortet, Anteil aller Nachrichten", transform=axes.transAxes)
    axes.plot([0, *(point.coverage for point in curve)], [0, *(point.risk for point in curve)], color=BLUE, linewidth=2)
    axes.axhline(MOST_WRONG, color=ORANGE, linewidth=1.2, linestyle=(0, (5, 3)))
    most = f"höchstens {100 * MOST_WRONG:.0f} % falsch"
    axes.annotate(most, (1, MOST_WRONG), (0, 5), textcoords="offset points", ha="right", color=ORANGE)


def _draw_point(axes: "Axes", report: Report) -> None:
    """What the thresholds in use do, named above the line, which only ever rises."""
    answered, wrong = _in_use(report)
    highest = axes.get_ylim()[1]
    is_right = answered > 0.45  # then the words fit left of the point
    axes.plot([answered], [wrong], "o", color=INK, markersize=8, markeredgecolor="white", clip_on=False, zorder=5)
    axes.annotate(
        f"Schwellen im Einsatz:\n{_percent(answered)} beantwortet, {_percent(wrong)} falsch",
        (answered, wrong),
        (answered - 0.05, min(wrong + 0.32 * highest, 0.85 * highest)) if is_right else (0.02, 0.82 * highest),
        ha="right" if is_right else "left",
        linespacing=1.4,
        arrowprops={
            "arrowstyle": "-",
            "color": PALE,
            "linewidth": 0.8,
            "shrinkB": 6,
            "relpos": (1 if is_right else 0.3, 0),
        },
    )


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %".replace(".", ",")
