"""Access tokens for mail servers: OAuth 2.0, with the client's own credentials (RFC 6749, section 4.4)."""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import structlog
from oauthlib.oauth2 import BackendApplicationClient, MissingTokenError, OAuth2Error

from bot.errors import ChannelUnavailable, ConfigError
from bot.mail.transport import is_loopback, tls_context, untrusted

log = structlog.get_logger()

_FIRST_PAUSE = timedelta(seconds=1)
_LONGEST_PAUSE = timedelta(minutes=1)
# A token that says nothing about its end is used for so long; one that says too much, no longer than a day.
_UNTOLD = timedelta(minutes=5)
_LONGEST = timedelta(days=1)
_EARLY = timedelta(minutes=5)
# What refuses a token as young as this would refuse the next one too.
_YOUNG = timedelta(minutes=1)
# What the token server complains of (RFC 6749, section 5.2), and where to look.
_MEND = {
    "invalid_client": "client_id and client_secret",
    "unauthorized_client": "client_id",
    "unsupported_grant_type": "token_url",
    "invalid_scope": "scope",
    "invalid_request": "token_url and scope",
    "invalid_tenant": "token_url",
}


@dataclass(frozen=True, slots=True)
class OAuthSettings:
    """Where tokens are given out, and who we are there. Raises ConfigError for what cannot work.

    `ca_file`: authorities that replace the system's; `timeout`: seconds for each step.
    """

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str
    ca_file: Path | None = None
    timeout: float = 20.0

    def __post_init__(self) -> None:
        try:
            url = httpx.URL(self.token_url)
        except httpx.InvalidURL as error:
            raise ConfigError("mail.oauth.token_url: this is no address; expected https://…/token.") from error
        if url.scheme != "https" and not is_loopback(url.host):
            raise ConfigError(
                f"mail.oauth.token_url: {url.scheme} would send the client secret unencrypted to {url.host}. Use https."
            )

    @property
    def server(self) -> str:
        """The token server, for a sentence."""
        return httpx.URL(self.token_url).netloc.decode("ascii", "replace")


@dataclass(frozen=True, slots=True)
class Token:
    """An access token. `renew_at`: shortly before it expires."""

    text: str = field(repr=False)
    since: datetime
    renew_at: datetime
    expires_at: datetime


class Tokens:
    """The token of the moment, shared by all who log in with it."""

    def __init__(self, settings: OAuthSettings, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._clock = clock
        self._tls = tls_context(settings.ca_file)
        self._client = BackendApplicationClient(settings.client_id)
        self._turn = asyncio.Lock()
        self._token: Token | None = None
        self._pause = timedelta(0)
        self._not_before: datetime | None = None
        self._reason = ""

    async def current(self) -> Token:
        """A token to log in with, fetched where none is good for a while. Raises ChannelUnavailable.

        After a failure the token server is left alone for a growing pause, in which the failure is told again.
        """
        async with self._turn:
            now = self._clock()
            if self._token is None or now >= self._token.renew_at:
                await self._renew(now)
            assert self._token is not None
            return self._token

    def refused(self, token: Token) -> bool:
        """A mail server does not take this token: whether it is worth trying with `current` again."""
        if self._token is not token:
            return True
        if self._clock() - token.since < _YOUNG:
            return False
        self._token = None
        return True

    async def _renew(self, now: datetime) -> None:
        try:
            if self._not_before is not None and now < self._not_before:
                raise ChannelUnavailable(self._reason)
            self._token = await self._fetched(now)
        except ChannelUnavailable:
            if self._token is None or now >= self._token.expires_at:
                raise
        else:
            self._pause, self._not_before = timedelta(0), None
            log.info("oauth.token_fetched", server=self._settings.server, renew_at=self._token.renew_at.isoformat())

    async def _fetched(self, now: datetime) -> Token:
        try:
            return _token(await self._answer(), now)
        except _NoToken as error:
            self._pause = min(self._pause * 2 or _FIRST_PAUSE, _LONGEST_PAUSE)
            self._not_before = now + self._pause
            self._reason = f"The token server {self._settings.server} {error}"
            log.warning("oauth.no_token", error=self._reason, again_in_seconds=self._pause.total_seconds())
            raise ChannelUnavailable(self._reason) from None

    async def _answer(self) -> Mapping[str, object]:
        settings = self._settings
        form = self._client.prepare_request_body(
            scope=settings.scope, include_client_id=True, client_secret=settings.client_secret
        )
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        try:
            async with httpx.AsyncClient(verify=self._tls, timeout=settings.timeout) as client:
                response = await client.post(settings.token_url, content=form, headers=headers)
        except httpx.HTTPError as error:
            if reason := untrusted(error):
                raise _NoToken(f"shows a certificate that is not trusted: {reason}.") from None
            raise _NoToken(f"does not answer as it should ({type(error).__name__}).") from None
        return self._read(response)

    def _read(self, response: httpx.Response) -> Mapping[str, object]:
        try:
            return dict(self._client.parse_request_body_response(response.text))
        except (MissingTokenError, ValueError, TypeError, AttributeError, LookupError):
            # An error page, a proxy's greeting: whatever is no JSON object with a token in it.
            raise _NoToken(f"answers {response.status_code}, without an access token.") from None
        except OAuth2Error as error:
            raise _NoToken(_refusal(error)) from None


class _NoToken(Exception):
    """The rest of a sentence that begins with the token server. Holds no words that the server could choose."""


def _refusal(error: OAuth2Error) -> str:
    kind = str(error.error)
    if kind not in _MEND:
        return "refuses to give us a token: look at mail.oauth."
    # Microsoft's own number says precisely what is wrong; its sentences may quote what it was given.
    number = re.search(r"\bAADSTS\d{4,9}\b", str(error.description))
    told = f"{kind}, {number[0]}" if number else kind
    return f"refuses to give us a token ({told}): look at mail.oauth, {_MEND[kind]}."


def _token(answer: Mapping[str, object], now: datetime) -> Token:
    text = answer.get("access_token")
    if not isinstance(text, str) or not re.fullmatch(r"[\x21-\x7e]+", text):
        raise _NoToken("answers without an access token.")
    told = answer.get("expires_in")
    seconds = min(max(told, 0), _LONGEST.total_seconds()) if isinstance(told, int) else _UNTOLD.total_seconds()
    lasts = timedelta(seconds=seconds)
    expires_at = now + lasts
    return Token(text, since=now, renew_at=expires_at - min(_EARLY, lasts / 5), expires_at=expires_at)
