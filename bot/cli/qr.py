"""`klbot qr`: a QR code for posters that leads to a stored answer or a topic in the chat."""

import asyncio
import re
from pathlib import Path
from typing import Annotated

import typer

from bot import config
from bot.cli import poster
from bot.cli.options import KnowledgeOption, load_base
from bot.desk.catalogue import Catalogue
from bot.errors import ConfigError
from bot.knowledge.entry import Entry, Language

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{3,31}")


def qr(
    entry: Annotated[str, typer.Argument(metavar="ENTRY", help="The id of an entry or of a topic.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the picture goes (.svg, .png).")],
    bot: Annotated[str | None, typer.Option("--bot", metavar="NAME", help="The bot's user name.")] = None,
    config_file: Annotated[
        Path, typer.Option("-c", "--config", metavar="FILE", help="Without --bot: the bot of this configuration.")
    ] = Path("config.yaml"),
    language: Annotated[Language, typer.Option("--language", help="The language of the question.")] = Language.DE,
    level: Annotated[str, typer.Option("--level", help="How much damage it stands: L, M, Q or H.")] = "Q",
    knowledge: KnowledgeOption = None,
) -> None:
    """Draw a QR code that leads to an answer in the chat, with the question and the address below it."""
    poster.check(out)
    if level.upper() not in poster.LEVELS:
        raise ConfigError(f"--level: {level} is none of {', '.join(poster.LEVELS)}.")
    catalogue = Catalogue(load_base(knowledge))
    found = catalogue.linked(entry)
    if found is None:
        raise ConfigError(f"There is no published entry and no topic with the id {entry}.")
    name = _checked(bot) if bot is not None else _asked(config_file)
    title = found.text(language).question if isinstance(found, Entry) else found.titles.get(language, found.id)
    address = f"https://t.me/{name}?start={catalogue.link(found)}"
    poster.draw(poster.poster(title, address, level.upper()), out)
    typer.echo(f"{out}: {address}")


def _checked(name: str) -> str:
    bare = name.removeprefix("@")
    if not NAME.fullmatch(bare):
        raise ConfigError(f"--bot: {name} is no user name of a bot; it looks like kldigital_bot.")
    return bare


def _asked(file: Path) -> str:
    """The user name of the configured bot, asked of Telegram."""
    from bot.app.hidden import read_secrets  # noqa: PLC0415 -- with --bot nothing of Telegram is needed
    from bot.telegram.client import username  # noqa: PLC0415

    loaded = config.load(file)
    return asyncio.run(username(read_secrets(loaded).token, loaded.telegram.base_url))
