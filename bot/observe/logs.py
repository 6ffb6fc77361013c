"""Logs: every line names an action and a key, never a message's text, and no secret survives the way out."""

import logging
import sys
from collections.abc import MutableMapping, Sequence
from typing import Any

import structlog

HIDDEN = "[hidden]"
# Shorter ones stand in too many innocent words.
SHORTEST = 6
# These libraries log request addresses, and a Bot API address contains the token, or whole answers of the server.
TALKATIVE = ("httpx", "httpcore", "telegram", "alembic", "imap_tools", "oauthlib", "uvicorn.error", "mail.log")


def configure(*, level: str, form: str, secrets: Sequence[str]) -> None:
    """Send all logs to stderr, as coloured lines ("console") or one JSON object a line ("json")."""
    hide = _Hide([secret for secret in secrets if len(secret) >= SHORTEST])
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            hide,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.CRITICAL)


class _Hide:
    """A log processor that removes secrets from every value, wherever a library may have put them."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._secrets = secrets

    def __call__(self, _logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        for key, value in line.items():
            if isinstance(value, str):
                line[key] = self._clean(value)
        return line

    def _clean(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return text
