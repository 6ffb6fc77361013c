"""The editors' handbook, done as it says: every change and every command, in a copy of the shipped knowledge."""

import asyncio
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from bot.desk.citizen import Origin
from bot.knowledge.entry import Language
from bot.knowledge.loader import shipped
from tests.desk.desk import opened_desk
from tests.end_to_end.small import small_base

ROOT = Path(__file__).parent.parent
HANDBOOK = (ROOT / "docs" / "redaktion.md").read_text(encoding="utf-8")
WIDTH = 100
WHO = ("-c", "user.name=Editor", "-c", "user.email=editor@example.org")


class Desk:
    """Somebody at a terminal, in a folder with the knowledge base in git, a configuration and the bot's database."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def do(self, *command: str) -> None:
        subprocess.run(command, cwd=self.folder, check=True, capture_output=True)

    def klbot(self, arguments: str) -> tuple[str, int]:
        """What the terminal shows, and the exit code. No keys are pressed."""
        line = shlex.join([sys.executable, "-m", "bot", *shlex.split(arguments)])
        shown, status = pexpect.run(
            f"sh -c {shlex.quote(line + ' < /dev/null')}",
            withexitstatus=True,
            cwd=str(self.folder),
            env={**os.environ, "TERM": "dumb", "PYTHONPATH": str(ROOT), "COLUMNS": f"{WIDTH}"},
            timeout=400,
        )
        return shown.decode().replace("\r\n", "\n"), status

    def change(self, diff: str) -> None:
        """Change the file in which the first line of a handbook's diff stands, from there on."""
        first = next(line[1:] for line in diff.splitlines() if not line.startswith("+"))
        paths = sorted([*self.folder.glob("knowledge/*.yaml"), *self.folder.glob("*.yaml")])
        path = next(path for path in paths if first in path.read_text(encoding="utf-8").split("\n"))
        path.write_text(changed(path.read_text(encoding="utf-8"), diff), encoding="utf-8")


def changed(text: str, diff: str) -> str:
    """The text after a diff that leaves out what stands between its lines."""
    lines, at = text.split("\n"), 0
    for line in diff.splitlines():
        if line.startswith("+"):
            lines.insert(at, line[1:])
            at += 1
        else:
            at = lines.index(line[1:], at)
            if line.startswith("-"):
                del lines[at]
            else:
                at += 1
    return "\n".join(lines)


def pattern(expected: str) -> re.Pattern[str]:
    """What is shown, where … stands for anything, and blanks for as many as there are."""
    lines = [re.escape(" ".join(line.split())).replace("…", ".*") for line in expected.splitlines()]
    text = r"\s+".join(lines[lines[0] == ".*" :]).replace(r"\ ", r"\s+")
    return re.compile(text, re.DOTALL)


def sessions(block: str) -> list[tuple[str, str]]:
    """The commands of a block, each with what it shows."""
    return [(head, rest) for head, _, rest in (part.partition("\n") for part in block.split("$ klbot ")[1:])]


async def asked(folder: Path) -> None:
    async with opened_desk(folder) as desk:
        await desk.say("Wann kommt bei uns der Sperrmüll?", Origin("telegram", "3001", Language.DE))


def a_desk(folder: Path) -> Desk:
    (folder / "data").mkdir()
    asyncio.run(asked(folder / "data"))
    (folder / "data" / "desk.sqlite").rename(folder / "data" / "klbot.sqlite")
    shutil.copyfile(ROOT / "config.example.yaml", folder / "config.yaml")
    desk = Desk(folder)
    desk.do("git", "init", "-q", "--bare", "upstream.git")
    for command in (
        ["init", "-q"],
        ["add", "knowledge"],
        [*WHO, "commit", "-qm", "so"],
        ["remote", "add", "up", "upstream.git"],
        ["push", "-q", "-u", "up", "HEAD"],
    ):
        desk.do("git", *command)
    return desk


@pytest.mark.timeout(1200)
def test_whoever_does_what_the_handbook_says_sees_what_it_shows(tmp_path: Path) -> None:
    shutil.copytree(shipped(), tmp_path / "knowledge")
    desk = a_desk(tmp_path)
    blocks = re.findall(r"^```(console|diff|sh)\n(.*?)^```", HANDBOOK, flags=re.MULTILINE | re.DOTALL)

    for kind, block in blocks:
        if kind == "diff":
            desk.change(block)
        for command in block.splitlines() if kind == "sh" else ():
            if command.startswith("git "):
                desk.do("git", *WHO, *shlex.split(command)[1:])
            else:
                shown, status = desk.klbot(command.removeprefix("klbot "))
                assert status == 0, (command, shown)
        for command, expected in sessions(block) if kind == "console" else ():
            shown, status = desk.klbot(command)
            assert status == 0, (command, shown)
            assert pattern(expected).search(shown), (command, shown)

    assert sum(kind == "console" for kind, _ in blocks) >= 8


def inline() -> list[str]:
    """The commands that are named in a sentence or a table; not the try-out, which runs until it is ended."""
    text = re.sub(r"^```.*?^```", "", HANDBOOK, flags=re.MULTILINE | re.DOTALL)
    return sorted(
        {one for one in re.findall(r"`klbot ([^`]+)`", text) if "…" not in one and not one.startswith("demo")}
    )


@pytest.mark.timeout(600)
def test_every_command_that_the_handbook_names_runs(tmp_path: Path) -> None:
    small_base(tmp_path)
    desk = a_desk(tmp_path)

    for command in inline():
        needs_a_proposal = command.startswith("kb reject")
        given = "" if command == "kb new" else " --knowledge knowledge"
        shown, status = desk.klbot(command + given)
        assert "No such" not in shown, shown
        assert status in ((2,) if needs_a_proposal or command == "kb new" else (0, 1)), (command, shown)

    assert len(inline()) >= 6


def test_a_handbooks_diff_leaves_out_what_stands_between() -> None:
    text = "a:\n  - id: one\n    x: 1\n    y: 2\n  - id: two\n    y: 2\n"

    assert changed(text, "   - id: two\n-    y: 2\n+    y: 3\n") == text[:-2] + "3\n"


def test_what_is_shown_may_be_wrapped_and_cut_but_not_be_another() -> None:
    shown = "Einträge geändert:\n  dritter-ort-name\n\n8 von 563 Fragen.\n"

    assert pattern("Einträge geändert: dritter-ort-name\n…\n… von 563 Fragen.").search(shown)
    assert not pattern("Einträge geändert: dritter-ort-fahrplan\n").search(shown)
    assert not pattern("… von 563 Fragen.\n…\nEinträge geändert: dritter-ort-name").search(shown)
