"""What the configuration means for matching; the loops of the bot end together, quickly, and with their error."""

import asyncio
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.app import turning
from bot.app.assembly import earliest
from bot.app.hidden import read_secrets
from bot.app.thresholds import computed
from bot.config import Config, Matching, Traffic, from_values
from bot.desk.contact import PLACEHOLDERS
from bot.errors import ConfigError
from bot.knowledge.entry import Kind, LabelledQuestion
from bot.matching.calibration import Aim
from bot.matching.decision import Thresholds
from bot.matching.matcher import LEAST_QUESTIONS, Matcher
from bot.storage.store import open_store
from tests.matching.bases import TOWN


def test_without_traffic_that_of_the_labelled_questions_is_aimed_at() -> None:
    assert Matching(max_wrong_answers=0.05).aim() == Aim(0.05, None)


def test_traffic_names_the_share_of_every_kind() -> None:
    traffic = Traffic(in_scope=0.4, out_of_scope=0.3, small_talk=0.2, ambiguous=0.1)

    assert Matching(traffic=traffic).aim() == Aim(
        0.02, {Kind.IN_SCOPE: 0.4, Kind.OUT_OF_SCOPE: 0.3, Kind.SMALL_TALK: 0.2, Kind.AMBIGUOUS: 0.1}
    )


def test_more_wrong_answers_are_given_where_more_are_allowed() -> None:
    # Questions whose label says that another entry answers them: whatever is answered is wrong.
    wrong = [LabelledQuestion("Wann öffnet das Freibad?", Kind.IN_SCOPE, ("rad",))] * LEAST_QUESTIONS
    right = [LabelledQuestion("Wo kann ich mein Fahrrad abstellen?", Kind.IN_SCOPE, ("rad",))] * LEAST_QUESTIONS
    town = replace(TOWN, questions=(*wrong, *right))

    strict, generous = (computed(Matcher(town, Aim(share))) for share in (0.02, 0.9))

    assert strict["threshold"] > generous["threshold"]
    assert strict["wrong"] <= 0.02 < generous["wrong"] <= 0.9
    assert strict["wrong"] < strict["wrong_at_most"] < generous["wrong_at_most"]
    assert strict["labelled"] == generous["labelled"] == 2 * LEAST_QUESTIONS


def test_with_too_few_labelled_questions_the_default_holds() -> None:
    assert computed(Matcher(TOWN)) == {"threshold": Thresholds().answer, "labelled_needed": LEAST_QUESTIONS}


def test_everything_was_heard_up_to_where_the_slowest_source_was_read() -> None:
    early, late = datetime(2026, 11, 24, 9, 0, tzinfo=UTC), datetime(2026, 11, 24, 9, 1, tzinfo=UTC)

    assert earliest((lambda: late, lambda: early)) == early
    assert earliest((lambda: late, lambda: None)) is None


OAUTH = {"token_url": "https://login.kl.digital/token", "client_id": "7f3c"}


def by_oauth(**oauth: str) -> Config:
    imap = {"host": "imap.kl.digital", "login": "oauth", "username": "bot@kl.digital"}
    mail = {"address": "bot@kl.digital", "queue": "info@kl.digital", "staff": ["kl.digital"], "imap": imap}
    mail |= {"smtp": {"host": "localhost"}, "oauth": OAUTH | oauth}
    return from_values({"telegram": {"token": "123:token"}, "mail": mail, "contact": asdict(PLACEHOLDERS)})


def test_login_by_oauth_needs_its_secret_and_no_password() -> None:
    hidden = read_secrets(by_oauth(client_secret="sehr-geheim"))

    assert list(hidden.all) == ["123:token", "sehr-geheim"]
    assert "geheim" not in repr(hidden)


def test_a_missing_secret_of_oauth_is_named() -> None:
    with pytest.raises(
        ConfigError, match=r"^mail\.oauth\.client_secret is missing; set it, mail\.oauth\.client_secret_f"
    ):
        read_secrets(by_oauth())


async def test_a_loop_that_breaks_ends_the_bot_with_its_error(tmp_path: Path) -> None:
    async def breaks() -> None:
        await asyncio.sleep(0.05)
        raise ZeroDivisionError

    async with open_store(f"sqlite+aiosqlite:///{tmp_path / 'x.sqlite'}", lambda: datetime.now(UTC)) as store:

        async def works() -> None:
            while True:
                async with store.begin() as tx:
                    await tx.is_failing("mail")

        with pytest.raises(ExceptionGroup) as caught:
            async with asyncio.timeout(10), turning([works, works, breaks]):
                await asyncio.Event().wait()

    assert caught.group_contains(ZeroDivisionError)


async def test_the_loops_end_with_the_block() -> None:
    ended: list[str] = []

    async def turns() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("ended")

    async with turning([turns, turns]):
        await asyncio.sleep(0.01)

    assert ended == ["ended", "ended"]
