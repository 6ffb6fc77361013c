"""A correction follows everybody who got the old answer, once; who wants to hear of a change hears of it once."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.desk.afterwards import Afterwards
from bot.desk.citizen import CitizenCommand, CitizenPresence, CitizenTap, Origin
from bot.desk.errata import Errata
from bot.desk.rounds import AT_ONCE, Rounds
from bot.knowledge.entry import KnowledgeBase, Language, Status
from tests.desk.base import changed, knowledge_base
from tests.desk.desk import ADA, BEN, Desk

DAY = timedelta(days=1)
BASE = knowledge_base()
NEW = {"answer": "Ja, seit 2021.", "correction_note": "Das Jahr war falsch."}
CORRECTED = changed(BASE, "livestream", NEW, corrected="2026-11-24")
FOLLOWED = changed(BASE, "livestream", follow=True)


def rounds(desk: Desk, kept: timedelta = 30 * DAY) -> Rounds:
    errata = Errata(Afterwards(desk.phrases), ZoneInfo("Europe/Berlin"), kept)
    return Rounds(desk.store, lambda: errata, on_told=lambda: None, clock=lambda: desk.time)


async def told(desk: Desk, base: KnowledgeBase | None = None, **fields: Any) -> Sequence[Any]:
    """What people are sent of themselves once this base is in use."""
    desk.time += timedelta(minutes=1)
    if base is not None:
        desk.know(base)
    going = rounds(desk, **fields)
    while await going.step():
        pass
    return await desk.sent()


async def asked(desk: Desk, *origins: Origin) -> None:
    for origin in origins:
        await desk.say("answer: a", origin)
    await desk.sent()


async def follow(desk: Desk, origin: Origin = ADA) -> Any:
    """Ask, and tap the button below the answer; what the bot says then."""
    await desk.say("answer: a", origin)
    [answer] = await desk.sent()
    await desk.hear(CitizenTap(origin, f"t{answer.id}", answer.payload["buttons"][-1][0]["data"]))
    return next(one for one in await desk.sent() if one.payload["kind"] == "text")


# -- corrections --------------------------------------------------------------------------------------


async def test_everybody_who_got_the_wrong_answer_gets_the_right_one_and_a_word_of_explanation(desk: Desk) -> None:
    await asked(desk, ADA, BEN)

    corrections = [one.payload["text"] for one in await told(desk, CORRECTED)]
    assert len(corrections) == 2
    assert corrections[0].startswith("Berichtigung: ")
    assert "Das Jahr war falsch." in corrections[0]
    assert "Ja, seit 2021." in corrections[0]


async def test_who_wishes_plain_language_gets_corrections_and_news_in_it(desk: Desk) -> None:
    await asked(desk, ADA, BEN)
    await desk.hear(CitizenCommand(ADA, "8", "einfach"))
    await desk.sent()

    texts = [one.payload["text"] for one in await told(desk, changed(CORRECTED, "livestream", plain="Seit 2021: ja."))]
    assert ["Seit 2021: ja." in text for text in texts] == [True, False]

    desk.know(FOLLOWED)
    await follow(desk, ADA)
    [news] = await told(desk, changed(FOLLOWED, "livestream", {"answer": "Ja, bald."}, plain="Bald ist es da."))
    assert "Bald ist es da." in news.payload["text"]


async def test_nobody_is_told_twice(desk: Desk) -> None:
    await asked(desk, ADA, ADA, ADA)

    assert len(await told(desk, CORRECTED)) == 1
    assert not await told(desk)
    assert not await told(desk, CORRECTED)


async def test_who_asked_something_else_or_got_the_new_answer_is_not_told(desk: Desk) -> None:
    await asked(desk, ADA)
    await desk.say("english: b", BEN)
    await desk.sent()
    desk.know(CORRECTED)
    await told(desk)
    await asked(desk, BEN)

    assert not await told(desk)


async def test_a_change_that_is_not_marked_is_told_to_nobody(desk: Desk) -> None:
    await asked(desk, ADA)

    assert not await told(desk, changed(BASE, "livestream", {"answer": "Anders gesagt."}))


async def test_a_second_correction_is_told_as_the_first(desk: Desk) -> None:
    await asked(desk, ADA)
    await told(desk, CORRECTED)
    second = changed(CORRECTED, "livestream", {"answer": "Ja, seit 2022."}, corrected="2026-11-24 15:00")

    [correction] = await told(desk, second)
    assert "Ja, seit 2022." in correction.payload["text"]


async def test_what_was_given_longer_ago_than_it_is_kept_is_forgotten_and_not_corrected(desk: Desk) -> None:
    await asked(desk, ADA)
    desk.time += 20 * DAY
    await asked(desk, BEN)
    desk.time += 11 * DAY

    assert [one.payload["text"][:12] for one in await told(desk, CORRECTED)] == ["Berichtigung"]


async def test_a_withdrawal_may_be_a_correction_too(desk: Desk) -> None:
    await asked(desk, ADA)
    reason = {"withdrawn_reason": "Der Rat hat anders entschieden."}

    [correction] = await told(
        desk, changed(BASE, "livestream", reason, corrected="2026-11-24", status=Status.WITHDRAWN)
    )
    assert "bitte verlassen Sie sich nicht darauf. Der Rat hat anders entschieden." in correction.payload["text"]


async def test_who_has_blocked_the_bot_is_left_in_peace(desk: Desk) -> None:
    await asked(desk, ADA, BEN)
    await desk.hear(CitizenPresence(ADA, blocked=True))

    assert len(await told(desk, CORRECTED)) == 1


async def test_a_correction_reaches_who_read_the_answer_while_leafing(desk: Desk) -> None:
    await desk.hear(CitizenCommand(ADA, "9", "start", "livestream"))
    [page] = await desk.heard()

    assert "Nein, der Rat war dagegen." in page
    assert len(await told(desk, CORRECTED)) == 1


async def test_who_has_had_everything_erased_hears_of_nothing(desk: Desk) -> None:
    desk.know(FOLLOWED)
    await follow(desk)
    await desk.hear(CitizenCommand(ADA, "9", "loeschen", "ja"))
    await desk.sent()

    assert not await told(desk, changed(FOLLOWED, "livestream", NEW, corrected="2026-11-24"))


async def test_many_are_told_a_few_at_a_time(desk: Desk) -> None:
    await asked(desk, *(Origin("telegram", str(5000 + number), Language.DE) for number in range(AT_ONCE + 3)))
    desk.know(CORRECTED)
    desk.time += timedelta(minutes=1)
    going = rounds(desk)

    assert [await going.step() for _ in range(3)] == [AT_ONCE, 3, 0]


# -- telling of a change ------------------------------------------------------------------------------


async def test_who_wants_to_hear_of_a_change_is_told_once(desk: Desk) -> None:
    desk.know(FOLLOWED)
    promise = await follow(desk)
    first = changed(FOLLOWED, "livestream", {"answer": "Ja, ab Mai."})

    assert "schreibe ich Ihnen hier, und zwar einmal" in promise.payload["text"]
    assert not await told(desk), "nothing has changed yet"
    [news] = await told(desk, first)
    assert "hat sich geändert" in news.payload["text"]
    assert "Ja, ab Mai." in news.payload["text"]
    assert not await told(desk, changed(first, "livestream", {"answer": "Ja, ab Juni."}))


async def test_only_an_answer_of_the_kind_not_yet_has_the_button(desk: Desk) -> None:
    await desk.say("answer: a")

    [answer] = await desk.sent()
    assert "Sagen Sie mir Bescheid" not in str(answer.payload["buttons"])


async def test_it_can_be_taken_back_by_a_tap_or_a_command(desk: Desk) -> None:
    desk.know(FOLLOWED)
    promise = await follow(desk)
    await desk.hear(CitizenTap(ADA, "t2", promise.payload["buttons"][0][0]["data"]))
    await desk.sent()
    await follow(desk, BEN)
    await desk.hear(CitizenCommand(BEN, "9", "abmelden"))
    await desk.sent()

    assert not await told(desk, changed(FOLLOWED, "livestream", {"answer": "Ja, ab Mai."}))


async def test_a_subscription_outlives_the_time_for_which_answers_are_kept(desk: Desk) -> None:
    desk.know(FOLLOWED)
    await follow(desk)
    desk.time += 200 * DAY

    assert len(await told(desk, changed(FOLLOWED, "livestream", {"answer": "Ja, ab Mai."}))) == 1


async def test_a_correction_is_news_enough_for_who_wanted_to_hear_of_a_change(desk: Desk) -> None:
    desk.know(FOLLOWED)
    await follow(desk)

    told_of = await told(desk, changed(FOLLOWED, "livestream", NEW, corrected="2026-11-24"))
    assert [one.payload["text"][:12] for one in told_of] == ["Berichtigung"]


async def test_a_draft_is_no_news_but_an_entry_that_is_gone_is(desk: Desk) -> None:
    desk.know(FOLLOWED)
    await follow(desk)

    assert not await told(desk, changed(FOLLOWED, "livestream", status=Status.DRAFT))
    [news] = await told(desk, changed(FOLLOWED, "livestream", {"question": "Anderes?"}, id="anderes"))
    assert "steht nicht mehr in meiner Sammlung" in news.payload["text"]


async def test_an_entry_that_asks_the_same_under_another_id_is_still_followed(desk: Desk) -> None:
    desk.know(FOLLOWED)
    await follow(desk)

    assert not await told(desk, changed(FOLLOWED, "livestream", id="stream"))
    [news] = await told(desk, changed(FOLLOWED, "livestream", {"answer": "Ja, ab Mai."}, id="stream"))
    assert "Ja, ab Mai." in news.payload["text"]


async def test_who_wants_to_hear_no_more_reads_of_what(desk: Desk) -> None:
    desk.know(changed(FOLLOWED, "paket", follow=True))
    followed = await follow(desk)
    await desk.hear(CitizenTap(ADA, "u1", followed.payload["buttons"][0][0]["data"]))
    assert "Gut, zu „Werden Ratssitzungen übertragen?“ schreibe ich Ihnen nicht mehr." in str(await desk.heard())

    await follow(desk)
    await desk.say("english: b")
    await desk.say("Let me know")
    await desk.sent()
    await desk.hear(CitizenCommand(ADA, "91", "abmelden"))
    assert "- Werden Ratssitzungen übertragen?\n- Gibt es eine Paketstation?" in (await desk.heard())[0]
