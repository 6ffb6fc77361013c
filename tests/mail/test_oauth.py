"""Access tokens are fetched rarely, renewed in time, and every refusal is one sentence without a secret."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response

from bot.errors import ChannelUnavailable, ConfigError
from bot.mail.oauth import OAuthSettings, Token, Tokens
from tests.mail.servers import free_port, silent_server
from tests.mail.tokens import CLIENT, SCOPE, SECRET, Clock, TokenServer, refusal, some_tokens, token_server


@pytest.fixture
def server() -> Iterator[TokenServer]:
    with token_server() as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tokens(server: TokenServer, clock: Clock) -> Tokens:
    return some_tokens(server.url, clock)


async def failure(tokens: Tokens) -> str:
    with pytest.raises(ChannelUnavailable) as caught:
        await tokens.current()
    return str(caught.value)


async def test_a_token_is_asked_for_with_our_credentials_and_used_until_shortly_before_it_expires(
    server: TokenServer, tokens: Tokens, clock: Clock
) -> None:
    first = await tokens.current()
    clock.pass_by(3600 - 301)
    second = await tokens.current()
    clock.pass_by(2)
    third = await tokens.current()

    assert first == second != third
    assert len(server.asked) == 2
    assert server.asked[0] == {
        "grant_type": "client_credentials",
        "client_id": CLIENT,
        "client_secret": SECRET,
        "scope": SCOPE,
    }


async def test_a_token_that_does_not_say_how_long_it_is_good_is_used_for_minutes(
    server: TokenServer, tokens: Tokens, clock: Clock
) -> None:
    server.answers = [JSONResponse({"access_token": "a", "token_type": "Bearer"})]
    first = await tokens.current()
    clock.pass_by(120)
    second = await tokens.current()
    clock.pass_by(180)

    assert first == second != await tokens.current()


async def test_a_refused_token_is_replaced_unless_it_is_so_young_that_the_next_would_be_refused_too(
    server: TokenServer, tokens: Tokens, clock: Clock
) -> None:
    first = await tokens.current()
    young = tokens.refused(first)
    clock.pass_by(61)
    old = tokens.refused(first)
    second = await tokens.current()
    told_again = tokens.refused(first)

    assert (young, old, told_again) == (False, True, True)
    assert first != second == await tokens.current()
    assert len(server.asked) == 2


async def test_while_a_token_is_good_nobody_notices_that_no_other_is_to_be_had(
    server: TokenServer, tokens: Tokens, clock: Clock
) -> None:
    first = await tokens.current()
    server.answers = [PlainTextResponse("", 503)] * 9
    clock.pass_by(3590)

    assert await tokens.current() == first
    clock.pass_by(11)
    assert "answers 503" in await failure(tokens)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (refusal("invalid_client", "AADSTS7000215: bad"), "(invalid_client, AADSTS7000215): look at mail.oauth, clien"),
        (refusal("invalid_request", "AADSTS90002: 'x'", 400), "(invalid_request, AADSTS90002): look at mail.oauth, to"),
        (refusal("invalid_scope", "", 400), "(invalid_scope): look at mail.oauth, scope."),
        (refusal(SECRET), "refuses to give us a token: look at mail.oauth."),
        (JSONResponse({"error": {"code": 7}}), "refuses to give us a token: look at mail.oauth."),
        (HTMLResponse("<html>a=b&c=d Wartung", 503), "answers 503, without an access token."),
        (PlainTextResponse("OK"), "answers 200, without an access token."),
        (JSONResponse({"token_type": "Bearer"}), "answers 200, without an access token."),
        (JSONResponse({"access_token": ""}), "answers without an access token."),
        (JSONResponse({"access_token": "a\x01b"}), "answers without an access token."),
        (JSONResponse({"access_token": ["a"]}), "answers without an access token."),
        (JSONResponse({"access_token": "a", "expires_in": "soon"}), "answers 200, without an access token."),
        (JSONResponse(["a"]), "answers 200, without an access token."),
        (JSONResponse(None), "answers 200, without an access token."),
        (RedirectResponse("http://127.0.0.1:1/"), "answers 307, without an access token."),
    ],
)  # fmt: skip
async def test_every_way_of_getting_no_token_is_one_sentence_and_the_next_one_may_be_good(
    server: TokenServer, tokens: Tokens, clock: Clock, answer: Response, sentence: str
) -> None:
    server.answers = [answer]

    told = await failure(tokens)
    clock.pass_by(2)
    token = await tokens.current()

    assert sentence in told
    assert f"127.0.0.1:{server.port}" in told
    assert SECRET not in told
    assert token.text in server.good


async def test_a_wrong_secret_is_told_once_a_pause_and_the_pauses_grow(server: TokenServer, clock: Clock) -> None:
    tokens = some_tokens(server.url, clock, secret="falsch-und-lang")
    with structlog.testing.capture_logs() as logs:
        for _ in range(600):
            await failure(tokens)
            clock.pass_by(1)

    lines = [line for line in logs if line["event"] == "oauth.no_token"]
    assert [line["again_in_seconds"] for line in lines[:8]] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert len(lines) == len(server.asked) < 20
    assert "falsch-und-lang" not in repr(logs)
    assert "AADSTS7000215" in lines[0]["error"]
    assert "Trace ID" not in repr(logs)


async def test_a_token_server_that_comes_back_is_found_again(clock: Clock) -> None:
    port = free_port()
    tokens = some_tokens(f"http://127.0.0.1:{port}/tenant/oauth2/v2.0/token", clock)
    told = await failure(tokens)
    with token_server(port) as server:
        assert await failure(tokens) == told
        clock.pass_by(1)
        token = await tokens.current()

    assert "does not answer as it should (ConnectError)" in told
    assert token.text in server.good


async def test_a_token_server_that_says_nothing_is_given_up_after_the_timeout(clock: Clock) -> None:
    async with silent_server() as port:
        tokens = Tokens(OAuthSettings(f"http://127.0.0.1:{port}/token", CLIENT, SECRET, SCOPE, timeout=0.1), clock)

        assert "(ReadTimeout)" in await failure(tokens)


async def test_no_log_holds_a_token_or_the_secret(tokens: Tokens, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with structlog.testing.capture_logs() as logs:
        token = await tokens.current()

    assert [line["event"] for line in logs] == ["oauth.token_fetched"]
    assert token.text not in repr(logs) + repr(token) + caplog.text
    assert SECRET not in repr(logs) + caplog.text


@pytest.mark.parametrize(
    "url", ["http://login.kl.digital/token", "ftp://login.kl.digital/", "login.kl.digital", "http://[x/"]
)
def test_the_secret_crosses_no_network_in_the_clear(url: str) -> None:
    with pytest.raises(ConfigError, match=r"mail\.oauth\.token_url"):
        OAuthSettings(url, CLIENT, SECRET, SCOPE)


def test_the_secret_stands_in_no_repr_and_a_missing_authority_is_named(tmp_path: Path) -> None:
    settings = OAuthSettings("https://login.kl.digital/token", CLIENT, SECRET, SCOPE, ca_file=tmp_path / "gone.pem")

    assert SECRET not in repr(settings)
    with pytest.raises(ConfigError, match=r"gone\.pem"):
        Tokens(settings, Clock())


def test_a_token_stands_in_no_repr() -> None:
    moment = Clock().moment

    assert "abc" not in repr(Token("abc", moment, moment, moment))
