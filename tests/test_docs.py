"""Documentation that fails the tests when it lies."""

import re
from pathlib import Path

import typer

from bot.cli import cli
from bot.desk.commands import Command, Name, parse

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def commands() -> set[str]:
    return set(typer.main.get_group(cli).commands)


def test_every_make_target_that_readme_names_exists() -> None:
    named = set(re.findall(r"^ *make ([\w-]+)|`make ([\w-]+)", README, flags=re.MULTILINE))
    targets = {first or second for first, second in named}

    assert {"demo", "test", "setup"} <= targets
    assert all(re.search(rf"^{target}:", MAKEFILE, flags=re.MULTILINE) for target in targets)


def test_readme_names_every_command_and_no_other() -> None:
    named = set(re.findall(r"`klbot (\w+)|/klbot (\w+)", README))

    assert {first or second for first, second in named} == commands()


def test_readmes_picture_of_the_layout_is_the_layout() -> None:
    picture = re.search(r"```\nbot/\n(.*?)```", README, flags=re.DOTALL)
    assert picture is not None
    drawn = {name.rstrip("/") for name in re.findall(r"^[├└]── (\S+)", picture[1], flags=re.MULTILINE)}
    package = {path.name for path in (ROOT / "bot").iterdir() if not path.name.startswith("_")} - {"py.typed"}

    assert drawn == package


def test_every_file_that_readme_links_to_exists() -> None:
    links = re.findall(r"\]\((?!http)([^)#]+)\)", README)

    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_no_lock_file_names_a_package_index() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")

        assert "--hash=sha256:" in text
        assert "index-url" not in text
        assert "://" not in text


def test_what_runs_has_the_versions_that_were_tested() -> None:
    tested, running = (
        set(re.findall(r"^\S+==\S+", (ROOT / name).read_text(encoding="utf-8"), flags=re.MULTILINE))
        for name in ("requirements-dev.lock", "requirements.lock")
    )

    assert running <= tested


def test_the_teams_handbook_explains_every_command_and_no_other() -> None:
    handbook = (ROOT / "docs" / "team.md").read_text(encoding="utf-8")
    written = {parse(f"{word} KL-7F3K9Q a@kl.digital") for word in re.findall(r"`(#[\w]+)[^`]*`", handbook)}

    assert all(isinstance(command, Command) for command in written)
    assert {command.name for command in written if isinstance(command, Command)} == set(Name)


def test_every_picture_of_the_handbook_exists() -> None:
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", (ROOT / "docs" / "team.md").read_text(encoding="utf-8"))

    assert len(pictures) >= 2
    assert all((ROOT / "docs" / name).exists() for name in pictures)
