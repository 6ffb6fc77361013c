"""Texts are split as Telegram counts, and its refusals are understood."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError, TimedOut

from bot.telegram.outbound import failure, split


def units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def test_a_short_text_stays_whole() -> None:
    assert list(split("Guten Tag!")) == ["Guten Tag!"]


def test_emoji_count_double_as_they_do_at_telegram() -> None:
    parts = list(split("😀" * 3000))

    assert [units(part) for part in parts] == [4096, 1904]


def test_a_text_is_cut_between_paragraphs_where_it_can_be() -> None:
    parts = list(split("a" * 3000 + "\n\n" + "b" * 3000))

    assert parts == ["a" * 3000, "b" * 3000]


def test_what_people_see_as_one_character_is_not_cut() -> None:
    family = "👨‍👩‍👧"

    parts = list(split(family * 20, limit=20))

    assert "".join(parts) == family * 20
    assert all(part.startswith("👨") and part.endswith("👧") for part in parts)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=400), st.integers(8, 64))
def test_no_part_is_too_long_and_no_word_is_lost(text: str, limit: int) -> None:
    parts = list(split(text, limit))

    assert all(0 < units(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("error", "reason", "permanent"),
    [
        (Forbidden("Forbidden: bot was blocked by the user"), "blocked", True),
        (BadRequest("Bad Request: chat not found"), "chat_not_found", True),
        (BadRequest("Bad Request: message is too long"), "refused", True),
        (TimedOut(), "Telegram does not answer (TimedOut)", False),
        (NetworkError("Internal Server Error (500)"), "Telegram does not answer (NetworkError)", False),
    ],
)
def test_a_refusal_says_whether_another_attempt_helps(error: TelegramError, reason: str, permanent: bool) -> None:
    result = failure(error)

    assert (result.reason, result.permanent) == (reason, permanent)


def test_a_wish_to_wait_is_kept_to_the_second() -> None:
    result = failure(RetryAfter(timedelta(seconds=7)))

    assert (result.retry_after, result.permanent) == (timedelta(seconds=7), False)
