"""How findings look: in colours in a terminal, bare where they go into a file or a program, and as JSON."""

import json
import textwrap
from collections.abc import Mapping, Sequence
from itertools import groupby

from rich.console import Console
from rich.text import Text

from bot.cli.check.findings import Finding, Severity
from bot.knowledge.lines import Lines

NAMES = {Severity.ERROR: "Fehler", Severity.ADVICE: "Hinweis"}
STYLES = {Severity.ERROR: "bold red", Severity.ADVICE: "yellow"}
INDENT = "    "
MOST = 100  # characters shown of a line


def show(console: Console, findings: Sequence[Finding], lines: Lines, summary: Sequence[str]) -> None:
    """Print every finding with the line it is about, and then the summary."""
    if console.is_terminal:
        _show_grouped(console, findings, lines)
    else:
        for one in findings:
            _say(console, f"{one.complaint.file}:{_place(one)}: {NAMES[one.severity]}: {one.complaint.text}")
            excerpt, _ = _excerpt(one, lines, MOST)
            if excerpt:
                _say(console, f"{INDENT}{excerpt}")
    if console.is_terminal and findings:
        console.print()
    for sentence in summary:
        _say(console, _filled(sentence, console.width, "") if console.is_terminal else sentence)


def _say(console: Console, text: str | Text) -> None:
    """Just this, neither coloured nor wrapped by the console."""
    console.print(text, markup=False, highlight=False, soft_wrap=True, emoji=False)


def _show_grouped(console: Console, findings: Sequence[Finding], lines: Lines) -> None:
    for number, (file, ones) in enumerate(groupby(findings, key=lambda one: one.complaint.file)):
        _say(console, Text(f"\n{file}" if number else file, style="bold"))
        for one in ones:
            _show_one(console, one, lines)


def _show_one(console: Console, one: Finding, lines: Lines) -> None:
    head = Text(f"  {_place(one)}", style="dim")
    head.append(f"  {NAMES[one.severity]}", style=STYLES[one.severity])
    _say(console, head)
    _say(console, _filled(one.complaint.text, console.width, INDENT))
    excerpt, at = _excerpt(one, lines, min(MOST, console.width - len(INDENT) - 3))
    if excerpt:
        _say(console, Text(f"{INDENT}│ {excerpt}", style="cyan"))
        _say(console, Text(f"{INDENT}│ {' ' * at}▲", style="cyan"))


def _place(one: Finding) -> str:
    return f"{one.complaint.line}:{one.complaint.column}"


def _filled(text: str, width: int, indent: str) -> str:
    return textwrap.fill(text, width, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)


def _excerpt(one: Finding, lines: Lines, room: int) -> tuple[str, int]:
    """The line that a finding is about, of a long one what stands around its column; and where the column is in it."""
    line = "".join(letter if letter.isprintable() else " " for letter in _line(one, lines))
    column = min(one.complaint.column - 1, len(line))
    bare = line.lstrip(" ")
    column = max(0, column - (len(line) - len(bare)))
    bare = bare.rstrip()
    if len(bare) <= room:
        return bare, min(column, len(bare))
    start = max(0, min(column - room // 3, len(bare) - room + 2))
    before, after = "… " if start else "", " …" if start + room < len(bare) + 2 else ""
    shown = bare[start : start + room - len(before) - len(after)]
    return f"{before}{shown}{after}", column - start + len(before)


def _line(one: Finding, lines: Lines) -> str:
    return lines.line(one.complaint.file, one.complaint.line)


def in_json(findings: Sequence[Finding], lines: Lines, facts: Mapping[str, object]) -> str:
    """One JSON object: the `facts`, how many `errors` and `advice`, and `findings`.

    A finding: {file, line, column, severity ("error" or "advice"), rule, text, source}; `source` is the line itself.
    """
    counts = {severity: sum(one.severity is severity for one in findings) for severity in Severity}
    listed = [
        {
            "file": one.complaint.file,
            "line": one.complaint.line,
            "column": one.complaint.column,
            "severity": one.severity,
            "rule": one.rule,
            "text": one.complaint.text,
            "source": _line(one, lines),
        }
        for one in findings
    ]
    values = {**facts, "errors": counts[Severity.ERROR], "advice": counts[Severity.ADVICE], "findings": listed}
    return json.dumps(values, ensure_ascii=False)
