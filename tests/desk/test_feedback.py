"""What citizens say of an answer, and what is offered when it was of no help: once, then the team."""

from datetime import timedelta

import pytest

from bot.desk.citizen import CitizenTap
from bot.desk.staff import StaffReply
from tests.desk.desk import ADA, BEN, Desk


async def tap(desk: Desk, data: str, number: int = 1) -> str:
    return await desk.hear(CitizenTap(ADA, f"t{number}", data))


async def asked(desk: Desk) -> list[str]:
    """The data of the buttons below an answer that Ada has just got."""
    await desk.say("answer: wann?")
    [delivery] = await desk.sent()
    return [button["data"] for button in delivery.payload["buttons"][0]]


async def test_below_an_answer_stands_whether_it_helped_with_numbers_and_whole_words(desk: Desk) -> None:
    await desk.say("answer: wann?")

    [delivery] = await desk.sent()
    assert delivery.payload["text"].endswith(
        "Hat das geholfen? Schreiben Sie 1 für Ja, 2 für Nein, 3 für „An das Team“."
    )
    assert [button["text"] for button in delivery.payload["buttons"][0]] == ["Ja", "Nein", "An das Team"]


@pytest.mark.parametrize("words", ["1", "noise: ja", "2", "3"])
async def test_feedback_is_counted(desk: Desk, words: str) -> None:
    await asked(desk)

    await desk.say(words)

    counted = {key for key in await desk.store.counts() if key.startswith("feedback.")}
    assert counted == {"1": {"feedback.yes"}, "2": {"feedback.no"}, "3": {"feedback.team"}}.get(words, set())


async def test_a_yes_by_button_is_thanked_for_without_a_message(desk: Desk) -> None:
    yes, _, _ = await asked(desk)

    assert await tap(desk, yes) == "feedback:yes"
    [acknowledged] = await desk.sent()
    assert (acknowledged.payload["kind"], acknowledged.payload["text"]) == ("tap", "Danke für Ihre Rückmeldung.")


async def test_a_no_offers_the_next_candidates_once_and_then_the_team(desk: Desk) -> None:
    _, no, _ = await asked(desk)

    await tap(desk, no)
    _, offer = await desk.sent()
    assert "1. Gibt es eine Paketstation?" in offer.payload["text"]
    assert len(offer.payload["buttons"]) == 2

    await desk.say("1")
    [second] = await desk.sent()
    assert second.payload["text"].startswith("Sie steht am Rathaus.")
    assert "Hat das geholfen" not in second.payload["text"]

    await desk.say("An das Team!")
    [mail] = await desk.sent("mail")
    assert "answer: wann?" in mail.payload["text"]
    assert "passten nicht" in mail.payload["text"]


async def test_a_no_after_a_chosen_suggestion_offers_nothing_that_was_offered_before(desk: Desk) -> None:
    await desk.say("suggest: ?")
    await desk.say("die erste")
    await desk.sent()

    assert await desk.say("2") == "feedback:no"

    [words] = await desk.heard()
    assert "Eine andere geprüfte Antwort habe ich nicht" in words
    assert await desk.say("an das Team") == "feedback:team"
    assert len(await desk.sent("mail")) == 1


async def test_the_same_button_again_does_nothing_again(desk: Desk) -> None:
    _, no, _ = await asked(desk)
    await tap(desk, no)
    await desk.sent()

    assert await tap(desk, no, 2) == "tap:repeated"
    assert [one.payload["kind"] for one in await desk.sent()] == ["tap"]


async def test_a_change_of_mind_goes_to_the_team_only_once(desk: Desk) -> None:
    yes, _, team = await asked(desk)

    outcomes = [await tap(desk, data, number) for number, data in enumerate((yes, team, team))]

    assert outcomes == ["feedback:yes", "feedback:team", "tap:repeated"]
    assert len(await desk.sent("mail")) == 1


async def test_nobody_judges_another_citizens_answer(desk: Desk) -> None:
    yes, _, _ = await asked(desk)

    assert await desk.hear(CitizenTap(BEN, "t1", yes)) == "tap:gone"


@pytest.mark.parametrize("data", ["f:", "f:1", "f:1:4", "f:x:1", "f:999:1"])
async def test_a_forged_verdict_leads_nowhere(desk: Desk, data: str) -> None:
    await asked(desk)

    assert await tap(desk, data) == "tap:gone"


async def test_a_number_long_after_an_answer_is_no_verdict(desk: Desk) -> None:
    await asked(desk)
    desk.time += timedelta(hours=2)

    assert not (await desk.say("2")).startswith("feedback")


async def test_a_number_after_the_teams_word_is_for_the_team(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await asked(desk)
    desk.time += timedelta(minutes=1)
    await desk.mail(StaffReply(code, "Der erste oder der zweite?", "anna@kl.digital", "<1@x>"))
    await desk.sent()

    await desk.say("2")

    assert (await desk.sent("mail"))[-1].payload["ticket"] == code


async def test_what_is_hardly_likely_is_not_offered_after_a_no(desk: Desk) -> None:
    await desk.say("alone: wann?")
    await desk.sent()
    await desk.say("2")

    assert "Eine andere geprüfte Antwort habe ich nicht" in (await desk.heard())[0]


async def test_one_other_answer_is_offered_as_one(desk: Desk) -> None:
    await desk.say("answer: wann?")
    await desk.sent()
    await desk.say("2")

    assert "Passt diese Frage besser?" in (await desk.heard())[0]


@pytest.mark.parametrize("words", ["1", "ja", "Ja, danke", "die erste"])
async def test_one_suggestion_is_asked_about_as_one_and_a_yes_picks_it(desk: Desk, words: str) -> None:
    await desk.say("one: was?")

    assert "Meinen Sie diese Frage?" in (await desk.heard())[0]
    assert await desk.say(words) == "choice:typed"
    assert "Nein, der Rat war dagegen." in (await desk.heard())[0]


async def test_of_several_suggestions_a_yes_picks_none(desk: Desk) -> None:
    await desk.say("suggest: was?")

    assert await desk.say("ja") != "choice:typed"
