"""No secret survives the way into a log, whichever library put it there."""

import io
import json
import logging
from contextlib import redirect_stderr

import structlog

from bot.observe import logs

TOKEN = "123456:abcdefgh"


def logged(level: str = "info") -> list[dict[str, str]]:
    stream = io.StringIO()
    with redirect_stderr(stream):
        logs.configure(level=level, form="json", secrets=(TOKEN, ""))
        log = structlog.get_logger()
        log.info("telegram.asked", address=f"https://api.telegram.org/bot{TOKEN}/getMe")
        try:
            raise ValueError(f"no route to bot{TOKEN}")
        except ValueError:
            log.error("telegram.failed", exc_info=True)
    structlog.reset_defaults()
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_token_is_hidden_in_values_and_in_tracebacks() -> None:
    lines = logged()

    assert len(lines) == 2
    assert TOKEN not in json.dumps(lines)
    assert logs.HIDDEN in lines[1]["exception"]


def test_quiet_levels_are_left_out() -> None:
    assert [line["event"] for line in logged("error")] == ["telegram.failed"]


def test_libraries_that_log_addresses_are_silenced() -> None:
    logged()

    assert not logging.getLogger("httpx").isEnabledFor(logging.INFO)
    assert not logging.getLogger("telegram.Bot").isEnabledFor(logging.ERROR)
