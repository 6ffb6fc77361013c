"""A withdrawn answer is given to nobody, an old one only as such; both questions go to the team."""

from datetime import UTC, date, datetime

import pytest

from bot.desk.citizen import CitizenCommand, CitizenTap
from bot.knowledge.entry import Status
from tests.desk.base import changed, knowledge_base
from tests.desk.desk import ADA, Desk

REASON = {"withdrawn_reason": "Der Vertrag ist ausgelaufen."}
WITHDRAWN = changed(knowledge_base(), "livestream", REASON, status=Status.WITHDRAWN)
OLD = changed(knowledge_base(), "livestream", valid_until=date(2026, 11, 24))


async def tap(desk: Desk, number: int) -> None:
    await desk.say("suggest: ?")
    [suggestions] = await desk.sent()
    data = suggestions.payload["buttons"][number - 1][0]["data"]
    await desk.hear(CitizenTap(ADA, "t1", data))


async def test_who_asks_for_a_withdrawn_answer_hears_why_and_the_team_is_asked(desk: Desk) -> None:
    desk.know(WITHDRAWN)
    await desk.say("answer: a")

    why, notice = await desk.heard()
    [mail] = await desk.sent("mail")
    assert "zurückgezogen. Der Vertrag ist ausgelaufen." in why
    assert "Nein, der Rat war dagegen." not in why
    assert mail.payload["ticket"] in notice
    assert "„Werden Ratssitzungen übertragen?“ ist zurückgezogen" in str(mail.payload)


async def test_a_withdrawal_without_a_reason_is_a_whole_sentence(desk: Desk) -> None:
    desk.know(changed(knowledge_base(), "livestream", status=Status.WITHDRAWN))
    await desk.say("answer: a")

    why, _ = await desk.heard()
    assert "zurückgezogen. Sie war falsch oder nicht mehr aktuell." in why


async def test_a_withdrawn_answer_is_not_offered_to_staff_either(desk: Desk) -> None:
    desk.know(WITHDRAWN)
    await desk.say("unknown: b")

    [mail] = await desk.sent("mail")
    assert "Nein, der Rat war dagegen." not in str(mail.payload)
    assert "Sie steht am Rathaus." in str(mail.payload)


async def test_an_answer_is_given_as_usual_on_its_last_day(desk: Desk) -> None:
    desk.know(OLD)
    desk.time = datetime(2026, 11, 24, 22, 59, tzinfo=UTC)  # one minute to midnight in Kaiserslautern
    await desk.say("answer: a")

    [answer] = await desk.heard()
    assert "Nein, der Rat war dagegen." in answer
    assert "veraltet" not in answer
    assert not await desk.sent("mail")


async def test_after_its_last_day_an_answer_is_shown_as_perhaps_outdated_and_forwarded(desk: Desk) -> None:
    desk.know(OLD)
    desk.time = datetime(2026, 11, 24, 23, 1, tzinfo=UTC)
    await desk.say("answer: a")

    answer, notice = await desk.heard()
    [mail] = await desk.sent("mail")
    assert answer.startswith("Diese Antwort galt nur bis 24. November 2026 und kann veraltet sein:")
    assert "Nein, der Rat war dagegen." in answer
    assert mail.payload["ticket"] in notice
    assert "ist abgelaufen" in str(mail.payload)


@pytest.mark.parametrize(("base", "words"), [(WITHDRAWN, "zurückgezogen"), (OLD, "kann veraltet sein")])
async def test_it_is_the_same_with_a_suggestion_that_is_tapped(desk: Desk, base: object, words: str) -> None:
    desk.know(base)  # type: ignore[arg-type]
    desk.time = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
    await tap(desk, 1)

    said = [one.payload["text"] for one in await desk.sent() if one.payload["kind"] == "text"]
    assert words in said[0]
    assert len(await desk.sent("mail")) == 1


async def test_a_suggestion_whose_answer_is_withdrawn_is_offered_by_its_question(desk: Desk) -> None:
    desk.know(WITHDRAWN)
    await desk.say("suggest: ?")

    [suggestions] = await desk.heard()
    assert "1. Werden Ratssitzungen übertragen?" in suggestions


async def test_an_example_whose_answer_was_withdrawn_meanwhile_goes_to_the_team(desk: Desk) -> None:
    await desk.hear(CitizenCommand(ADA, "90", "start"))
    [welcome] = await desk.sent()
    desk.know(WITHDRAWN)
    await desk.hear(CitizenTap(ADA, "t9", welcome.payload["buttons"][0][0]["data"]))

    said = [one.payload["text"] for one in await desk.sent() if one.payload["kind"] == "text"]
    [mail] = await desk.sent("mail")
    assert "zurückgezogen" in said[0]
    assert "Werden Ratssitzungen übertragen?" in str(mail.payload)
    assert "/start" not in str(mail.payload)


async def test_an_old_answer_says_so_to_who_leafs_through_the_questions_too(desk: Desk) -> None:
    desk.know(OLD)
    desk.time = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
    await desk.hear(CitizenCommand(ADA, "91", "start", "livestream"))

    [page] = await desk.heard()
    assert "kann veraltet sein" in page


async def test_of_two_questions_only_the_one_without_a_valid_answer_is_forwarded(desk: Desk) -> None:
    desk.know(changed(knowledge_base(), "paket", status=Status.WITHDRAWN))
    await desk.say("answer: a")

    assert len(await desk.heard()) == 1
    assert not await desk.sent("mail")
