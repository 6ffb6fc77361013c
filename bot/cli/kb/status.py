"""`klbot kb status`: what the bot answers with, since when, and what of the files it does not take over."""

import asyncio
import json
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

import typer
from rich.console import Console

from bot.cli.kb.place import ConfigOption, DataOption, place
from bot.cli.kb.shown import say, terminal
from bot.cli.kb.workbench import now
from bot.desk.knowledge_state import NAME, KnowledgeState, unpacked

# A running bot notes twice a minute that it has looked at the files.
SILENT: Final = timedelta(minutes=2)


def status(
    config_file: ConfigOption = None,
    data: DataOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show which version of the knowledge base the bot answers with, and what it refuses and why."""
    where = place(config_file, data, None)
    state, is_running = asyncio.run(_kept(where.known_database()))
    if as_json:
        typer.echo(json.dumps(_as_values(state, is_running), ensure_ascii=False))
    else:
        _show(terminal(), state, where.zone, is_running)
    if state.refused:
        raise typer.Exit(1)


async def _kept(database: str) -> tuple[KnowledgeState, bool]:
    from bot.storage.shared import open_shared  # noqa: PLC0415 -- other commands start in half the time without it

    async with open_shared(database, now) as store:
        async with store.looking() as overview:
            state = unpacked(await overview.state(NAME))
        return state, store.is_running


def _as_values(state: KnowledgeState, is_running: bool) -> dict[str, Any]:
    moments = ("since", "looked_at", "refused_at")
    values = {key: value for key, value in asdict(state).items() if key != "told"}
    values |= {key: moment.isoformat() for key in moments if (moment := values[key]) is not None}
    return {"running": is_running, **values}


def _show(console: Console, state: KnowledgeState, zone: ZoneInfo, is_running: bool) -> None:
    if state.since is None:
        say(console, "Der Bot hat hier noch nie geantwortet.")
        return
    since = _moment(state.since, zone)
    say(console, f"Fassung {state.version}, {state.entries} Einträge, in Kraft seit {since} ({state.folder}).")
    _show_life(console, state, zone, is_running)
    if state.refused:
        _show_refused(console, state, zone)
    elif is_running:
        say(console, "Abgelehnt ist nichts.")
    if state.missed:
        say(console, "Seit der letzten Änderung treffen diese gekennzeichneten Fragen nicht mehr:", "yellow")
        for text in state.missed:
            say(console, f"  {text}")


def _show_life(console: Console, state: KnowledgeState, zone: ZoneInfo, is_running: bool) -> None:
    looked = "" if state.looked_at is None else f" zuletzt {_moment(state.looked_at, zone)}"
    if not is_running:
        say(console, f"Der Bot läuft nicht; nach den Dateien gesehen hat er{looked}.", "yellow")
    elif state.looked_at is not None and now() - state.looked_at > SILENT:
        say(console, f"Der Bot läuft, hat aber{looked} nach den Dateien gesehen.", "yellow")


def _show_refused(console: Console, state: KnowledgeState, zone: ZoneInfo) -> None:
    since = "" if state.refused_at is None else f" seit {_moment(state.refused_at, zone)}"
    say(console, f"Nicht übernommen{since}:", "red")
    for complaint in state.refused:
        say(console, f"  {complaint}")


def _moment(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%d.%m.%Y, %H:%M} Uhr"
