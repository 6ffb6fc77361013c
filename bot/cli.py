"""The commands. Every error a user can cause is one clear sentence on stderr and exit code 2."""

import asyncio
import errno
import json
import os
import shutil
import signal
import socket
import sys
import tempfile
import textwrap
import time
import webbrowser
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot import __version__, config
from bot.desk.words import missing_words
from bot.errors import ConfigError, KlbotError, KnowledgeError, StartError
from bot.knowledge.entry import KnowledgeBase
from bot.knowledge.loader import advice, load, shipped
from bot.matching.decision import Decision, Outcome
from bot.matching.matcher import Matcher

if TYPE_CHECKING:
    from bot.sandbox.server import Sandbox

cli = typer.Typer(
    name="klbot",
    help="Answers citizens' questions in Telegram from a curated knowledge base; what it cannot answer goes to people.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)
KnowledgeOption = Annotated[
    Path | None, typer.Option("--knowledge", metavar="DIR", help="Another knowledge base than the one that ships.")
]
DEMO_DOMAIN = "kl.digital"


def _load(folder: Path | None) -> KnowledgeBase:
    """The knowledge base of this folder, or the one that ships. Raises KnowledgeError."""
    return load(shipped()) if folder is None else load(folder, fallback=shipped())


def main() -> None:
    """Run a command; turn every error raised on purpose into one sentence and exit code 2."""
    try:
        cli()
    except KlbotError as error:
        sys.stderr.write(f"klbot: {error}\n")
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


@cli.callback(invoke_without_command=True)
def _options(version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False) -> None:
    if version:
        typer.echo(f"klbot {__version__}")
        raise typer.Exit


# -- run ----------------------------------------------------------------------------------------------


@cli.command()
def run(
    config_file: Annotated[Path, typer.Option("-c", "--config", metavar="FILE", help="The configuration.")] = Path(
        "config.yaml"
    ),
) -> None:
    """Run the bot: real token, real mail."""
    from bot import app  # noqa: PLC0415 -- ask and check start in half the time without it

    _until_stopped(app.run(config.load(config_file)))


def _until_stopped(work: Coroutine[Any, Any, None]) -> None:
    """Run until it ends or Ctrl-C or SIGTERM asks for an orderly end."""

    async def supervised() -> None:
        task = asyncio.ensure_future(work)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, task.cancel)
        try:
            await task
        except asyncio.CancelledError:
            return

    # What is stored holds citizens' words: no other user of this machine may read it.
    os.umask(0o077)
    try:
        asyncio.run(supervised())
    except BaseExceptionGroup as group:
        raise _first_on_purpose(group) from group


def _first_on_purpose(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The error to show of several that ended the bot together: one raised on purpose, if there is one."""
    _, others = group.split(KlbotError)
    wanted = group.subgroup(KlbotError) or others or group
    error: BaseException = wanted
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


# -- demo ---------------------------------------------------------------------------------------------


@cli.command()
def demo(
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Where the page is served; 0 picks a port.")
    ] = 8000,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open a browser.")] = False,
    data: Annotated[
        Path | None, typer.Option("--data", metavar="DIR", help="Keep everything here for next time.")
    ] = None,
    knowledge: KnowledgeOption = None,
) -> None:
    """Try everything without a token: citizens' chats, staff mailbox and bot in one page."""
    with _folder(data) as folder:
        _until_stopped(_demo(folder, port, knowledge, keep=data is not None, browser=not no_browser))
    typer.echo("Ended." + (f" Everything is kept in {data}." if data else " Nothing was left behind."))


@contextmanager
def _folder(data: Path | None) -> Iterator[Path]:
    if data is None:
        made = Path(tempfile.mkdtemp(prefix="klbot-demo-"))
        try:
            yield made
        finally:
            shutil.rmtree(made, ignore_errors=True)
        return
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"--data: the folder {data} cannot be made: {error.strerror}.") from error
    yield data.resolve()


async def _demo(folder: Path, port: int, knowledge: Path | None, *, keep: bool, browser: bool) -> None:
    from bot import app  # noqa: PLC0415 -- as in run
    from bot.sandbox.server import Sandbox  # noqa: PLC0415

    _load(knowledge)  # complaints come before anything is opened
    status_port = _free_port()
    sandbox = Sandbox(
        port=port,
        data=folder / "sandbox" if keep else None,
        bot_status=f"http://127.0.0.1:{status_port}/decisions",
        bot_address=f"bot@{DEMO_DOMAIN}",
        queue_address=f"info@{DEMO_DOMAIN}",
    )
    async with AsyncExitStack() as stack:
        try:
            await stack.enter_async_context(sandbox)
        except OSError as error:
            raise _cannot_start(error, port, folder) from error
        await app.run(
            _demo_config(sandbox, folder, status_port, knowledge),
            on_ready=lambda: _announce(sandbox.url, browser=browser),
        )


def _cannot_start(error: OSError, port: int, folder: Path) -> StartError:
    if error.errno == errno.EADDRINUSE:
        return StartError(f"Port {port} is taken; choose another with --port, or --port 0 for any free one.")
    if error.errno == errno.EBUSY:
        return StartError(f"Another try-out already uses the folder {folder}; end it first, or give another --data.")
    return StartError(f"The try-out cannot start: {error.strerror or error}.")


def _demo_config(sandbox: "Sandbox", folder: Path, status_port: int, knowledge: Path | None) -> config.Config:
    loopback = {"host": "127.0.0.1", "security": "none"}
    return config.from_values(
        {
            "telegram": {"token": sandbox.token, "base_url": sandbox.url},
            "mail": {
                "address": f"bot@{DEMO_DOMAIN}",
                "queue": f"info@{DEMO_DOMAIN}",
                "staff": [DEMO_DOMAIN],
                "smtp": {**loopback, "port": sandbox.smtp_port},
                "imap": {
                    **loopback,
                    "port": sandbox.imap_port,
                    "username": sandbox.mail_user,
                    "password": sandbox.mail_password,
                    "poll_seconds": 0.5,
                    "idle": False,
                },
            },
            "database": f"sqlite+aiosqlite:///{folder / 'klbot.sqlite'}",
            "knowledge": knowledge,
            "observe": {"port": status_port, "show_decisions": True, "log_level": "warning"},
        }
    )


def _announce(url: str, *, browser: bool) -> None:
    typer.echo(f"The try-out is ready: {url}\nLeft you are a citizen, right you are the team. End it with Ctrl-C.")
    if browser and (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or sys.platform in ("darwin", "win32")
    ):
        webbrowser.open(url)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# -- ask ----------------------------------------------------------------------------------------------


@cli.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="What a citizen might write.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    batch: Annotated[
        bool, typer.Option("--batch", help='Read JSON lines {"text"} from stdin, write JSON lines.')
    ] = False,
    knowledge: KnowledgeOption = None,
) -> None:
    """Show what the bot would do with a question, and why."""
    if batch == (question is not None):
        raise ConfigError('Give one question, or --batch with JSON lines {"text": …} on standard input.')
    base = _load(knowledge)
    matcher = Matcher(base)
    if batch:
        for line in _batch(matcher, sys.stdin.buffer):
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
        return
    decision, elapsed = _timed(matcher.decide, question or "")
    if as_json:
        typer.echo(json.dumps(_as_json(decision, question or "", elapsed), ensure_ascii=False))
    else:
        _show(base, decision)


def _batch(matcher: Matcher, lines: Iterator[bytes] | Any) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            text = json.loads(line)["text"]
            if not isinstance(text, str):
                raise TypeError
        except (ValueError, TypeError, KeyError, RecursionError):
            raise ConfigError(
                f'Standard input, line {number}: expected a JSON object such as {{"text": "…"}}.'
            ) from None
        decision, elapsed = _timed(matcher.decide, text)
        yield json.dumps(_as_json(decision, text, elapsed), ensure_ascii=False)


def _timed(decide: Callable[[str], Decision], text: str) -> tuple[Decision, int]:
    started = time.perf_counter_ns()
    decision = decide(text)
    return decision, (time.perf_counter_ns() - started) // 1000


def _as_json(decision: Decision, text: str, elapsed: int) -> dict[str, Any]:
    found: dict[str, Any] = {
        "text": text,
        "decision": str(decision.outcome),
        "entry": decision.entry,
        "candidates": [{"entry": one.entry, "score": round(one.score, 4)} for one in decision.candidates[:5]],
        "reason": decision.reason,
        "elapsed_us": elapsed,
    }
    if decision.suggested:
        found["suggested"] = list(decision.suggested)
    if decision.small_talk:
        found["small_talk"] = decision.small_talk
    if decision.parts:
        found["parts"] = [_as_json(part, part.text, elapsed) for part in decision.parts]
    return found


HEADLINES = {
    Outcome.ANSWER: "Antwort",
    Outcome.SUGGEST: "Vorschläge",
    Outcome.FORWARD: "Weiterleitung an das Team",
    Outcome.SMALLTALK: "Small Talk",
}


def _show(base: KnowledgeBase, decision: Decision) -> None:
    console = Console(highlight=False)
    for part in decision.parts or (decision,):
        if decision.parts:
            console.print(f"\n[dim]Teil:[/] {escape(part.text)}")
        console.print(f"[bold]{HEADLINES[part.outcome]}[/]  {escape(part.entry or part.small_talk or '')}")
        console.print(escape(part.reason), style="dim")
        entry = base.entry(part.entry) if part.entry else None
        if entry is not None:
            language = part.language if part.language in entry.texts else None
            text = entry.texts[language] if language else next(iter(entry.texts.values()))
            console.print(f"\n{escape(text.answer.strip())}\n\n[dim]Stand: {entry.as_of} · {escape(entry.source)}[/]\n")
        if part.candidates:
            console.print(_candidates(part, console.width))


def _candidates(decision: Decision, width: int) -> Table:
    longest = max(len(one.entry) for one in decision.candidates)
    table = Table("", "Eintrag", "Wert", "nächste Formulierung", box=None, pad_edge=False, header_style="dim")
    for number, one in enumerate(decision.candidates, start=1):
        mark = "→" if one.entry == decision.entry or one.entry in decision.suggested else str(number)
        phrasing = textwrap.shorten(one.phrasing, max(20, width - longest - 14), placeholder=" …")
        table.add_row(mark, one.entry, f"{one.score:.2f}", escape(phrasing))
    return table


# -- check --------------------------------------------------------------------------------------------


@cli.command()
def check(knowledge: KnowledgeOption = None) -> None:
    """Load and check the knowledge base; every complaint with file, line and column."""
    try:
        base = _load(knowledge)
        if missing := missing_words(base):
            raise KnowledgeError(missing)
    except KnowledgeError as error:
        for complaint in error.complaints:
            sys.stderr.write(f"{complaint}\n")
        count = len(error.complaints)
        raise KlbotError(f"{count} Fehler in der Wissensbasis.") from error
    Matcher(base)
    for hint in advice(base):
        typer.echo(f"Hinweis: {hint}")
    entries = list(base.entries())
    phrasings = sum(len(entry.phrasings) for entry in entries)
    against = sum(1 for _ in base.counterexamples())
    typer.echo(
        f"In Ordnung: {len(entries)} Einträge in {len(base.topics)} Themen, {phrasings} Formulierungen, "
        f"{against} Gegenbeispiele (Fassung {base.version})."
    )
