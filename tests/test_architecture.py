"""Imports run one way, absolute only, and each foreign library has one home."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import bot

PACKAGE = Path(bot.__file__).parent
RANKS = {
    "cli": 7,
    "__main__": 8,
    "app": 6,
    "config": 5,
    "telegram": 5,
    "mail": 5,
    "storage": 5,
    "observe": 5,
    "catalogue": 5,
    "desk": 4,
    "matching": 3,
    "knowledge": 2,
    "errors": 1,
}
HOMES = {
    "telegram": {"telegram"},
    "aiolimiter": {"telegram"},
    "sqlalchemy": {"storage"},
    "alembic": {"storage"},
    "aiosqlite": {"storage"},
    "aiosmtplib": {"mail"},
    "imap_tools": {"mail", "sandbox"},
    "oauthlib": {"mail"},
    "httpx": {"mail", "cli"},
    "bs4": {"mail"},
    # Two kinds of HTML for two readers: a letter for mail clients, a page for browsers.
    "jinja2": {"mail", "catalogue"},
    "aiosmtpd": {"sandbox"},
    "pymap": {"sandbox"},
    "rapidfuzz": {"matching"},
    "numpy": {"matching"},
    "scipy": {"matching"},
    "Stemmer": {"matching"},
    "holidays": {"desk"},
    "yaml": {"knowledge", "config"},
    "ruamel": {"knowledge"},
    "pydantic": {"config"},
    "pydantic_settings": {"config"},
    "starlette": {"observe", "sandbox"},
    "uvicorn": {"observe", "sandbox"},
    "typer": {"cli"},
    "rich": {"cli"},
    "questionary": {"cli"},
    "matplotlib": {"cli"},
    "segno": {"cli"},
}
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "versions" not in path.parts)


def part_of(path: Path) -> str:
    """The package or top module a file belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            module = node.module or ""
            yield from (f"{module}.{alias.name}" for alias in node.names) if module == "bot" else [module]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_run_one_way(path: Path) -> None:
    here = part_of(path)
    ours = {name.split(".")[1] for name in imports(path) if name.startswith("bot.")} - {here, "__version__"}

    if here == "sandbox":
        assert not ours, "the sandbox meets the bot on the wire only"
        return
    if "sandbox" in ours:
        assert here == "cli"
        ours.discard("sandbox")
    if "config" in ours:
        assert here in ("cli", "app")
        ours.discard("config")
    assert all(RANKS[other] < RANKS[here] for other in ours if here != "__init__"), f"{here} imports {ours}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_each_foreign_library_has_one_home(path: Path) -> None:
    here = part_of(path)

    for name in imports(path):
        library = name.split(".")[0]
        assert here in HOMES.get(library, {here}), f"{library} does not belong into {here}"


def test_every_module_begins_by_saying_what_it_is() -> None:
    silent = [path for path in MODULES if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))]

    assert silent == []
