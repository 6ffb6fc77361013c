"""A citizen corrects a question, takes it back, or comes back to it much later; staff hear of it once."""

from datetime import timedelta

import pytest

from bot.desk.citizen import CitizenCommand, CitizenTap
from bot.desk.ticket import Author
from tests.desk.desk import ADA, BEN, Desk
from tests.desk.test_orders import clerk, history, state


async def withdraw(desk: Desk, code: str, origin: object = ADA, tap: str = "9") -> str:
    return await desk.hear(CitizenTap(origin, tap, f"w:{code}"))  # type: ignore[arg-type]


async def test_the_notice_has_a_button_that_takes_the_question_back(desk: Desk) -> None:
    await desk.say("Wie tief ist der See?")

    [notice] = await desk.sent()
    [[button]] = notice.payload["buttons"]
    [mail] = await desk.sent("mail")
    assert button == {"text": "Frage zurückziehen", "data": f"w:{mail.payload['ticket']}"}


async def test_a_question_taken_back_is_told_to_both_sides(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")

    outcome = await withdraw(desk, code)

    [mail] = await desk.sent("mail")
    acknowledged, told = await desk.sent()
    assert outcome == "withdrawn"
    assert await state(desk, code) == "withdrawn"
    assert "Sie müssen nichts mehr tun" in mail.payload["text"]
    assert mail.payload["subject"].startswith("Zurückgezogen: ")
    assert "zurückgezogen" in told.payload["text"] or "zurückgezogen" in acknowledged.payload["text"]


@pytest.mark.parametrize("how", ["again", "of another", "answered", "unknown"])
async def test_what_is_not_open_or_not_ones_own_cannot_be_taken_back(desk: Desk, how: str) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    if how == "again":
        await withdraw(desk, code)
    if how == "answered":
        await clerk(desk, code, "Zwölf Meter.")
    await desk.sent()
    await desk.sent("mail")
    before = await state(desk, code)

    outcome = await withdraw(desk, "KL-222222" if how == "unknown" else code, BEN if how == "of another" else ADA, "10")

    [toast] = await desk.sent()
    assert outcome == "tap:gone"
    assert toast.payload["kind"] == "tap"
    assert "keine offene Frage" in toast.payload["text"]
    assert await state(desk, code) == before
    assert await desk.sent("mail") == []


async def test_a_command_takes_the_latest_question_back(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")

    assert await desk.hear(CitizenCommand(ADA, "77", "zurueckziehen")) == "withdrawn"
    assert await desk.hear(CitizenCommand(ADA, "78", "zurueckziehen")) == "command:withdraw"
    assert await state(desk, code) == "withdrawn"


async def test_an_answer_to_a_question_taken_back_is_held(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await withdraw(desk, code)
    await desk.sent()
    await desk.sent("mail")

    assert await clerk(desk, code, "Zwölf Meter.") == "held:withdrawn"
    assert await desk.heard() == []
    assert "zurückgezogen" in (await desk.sent("mail"))[0].payload["text"]


async def test_several_corrections_are_one_letter_with_the_last_word(desk: Desk) -> None:
    await desk.say("Wie tiev ist der See?", external_id="60")
    await desk.sent("mail")
    for text in ("Wie tief ist der Se?", "Wie tief ist der See?", "Wie tief ist der blaue See?"):
        desk.time += timedelta(seconds=10)
        assert await desk.say(text, external_id="60", edited=True) == "corrected"
    desk.time += timedelta(minutes=1)

    [letter] = await desk.sent("mail")
    assert "blaue See" in letter.payload["text"]
    assert "der Se?" not in letter.payload["text"]


async def test_a_correction_of_what_was_added_changes_that_and_not_the_question(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await clerk(desk, code, "#rückfrage Welcher?")
    await desk.say("Der Gelterswog", external_id="61")

    await desk.say("Der Gelterswoog", external_id="61", edited=True)

    said = [text for author, text in await history(desk, code) if author is Author.CITIZEN]
    assert said == ["Wie tief ist der See?", "Der Gelterswoog"]


async def test_a_reply_within_two_weeks_goes_into_the_same_ticket(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await clerk(desk, code, "Zwölf Meter.")
    [answer] = await desk.sent()
    await desk.sent("mail")
    desk.time += timedelta(days=13, hours=23)

    assert await desk.say("Und wie breit?", reply_to=str(500 + answer.id)) == "followup"
    assert (await desk.sent("mail"))[0].payload["ticket"] == code


async def test_a_later_one_opens_a_new_ticket_that_names_the_old(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await clerk(desk, code, "Zwölf Meter.")
    [answer] = await desk.sent()
    await desk.sent("mail")
    desk.time += timedelta(days=14, hours=1)

    assert await desk.say("answer: und wie breit?", reply_to=str(500 + answer.id)) == "forward"

    [mail], [notice] = await desk.sent("mail"), await desk.sent()
    assert mail.payload["ticket"] != code
    assert code in mail.payload["text"]
    assert code in notice.payload["text"]
    assert await state(desk, code) == "answered"


async def test_a_late_thank_you_opens_nothing(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")
    await clerk(desk, code, "Zwölf Meter.")
    [answer] = await desk.sent()
    await desk.sent("mail")
    desk.time += timedelta(days=30)

    assert await desk.say("hello", reply_to=str(500 + answer.id)) == "smalltalk"
    assert await desk.sent("mail") == []


async def three(desk: Desk) -> list[str]:
    """The codes of three open questions of Ada's, oldest first."""
    return [await desk.ticket_of(f"unknown: Wie tief ist der {name}?") for name in ("See", "Teich", "Bach")]


async def command(desk: Desk, argument: str = "", name: str = "zurueckziehen", number: str = "900") -> str:
    return await desk.hear(CitizenCommand(ADA, number, name, argument))


async def test_of_several_open_questions_the_command_asks_which_one_is_meant(desk: Desk) -> None:
    see, teich, bach = await three(desk)

    assert await command(desk) == "withdraw:asked"

    [asked] = await desk.sent()
    assert "Welche Frage möchten Sie zurückziehen?" in asked.payload["text"]
    assert f"1. unknown: Wie tief ist der Bach? ({bach})" in asked.payload["text"]
    assert [row[0]["data"] for row in asked.payload["buttons"]] == [f"w:{code}" for code in (bach, teich, see)]
    assert [await state(desk, code) for code in (see, teich, bach)] == ["open"] * 3


@pytest.mark.parametrize("words", ["2", "die zweite", "Nummer 2"])
async def test_the_question_of_the_number_that_is_typed_is_taken_back(desk: Desk, words: str) -> None:
    see, teich, bach = await three(desk)
    await command(desk)

    assert await desk.say(words) == "withdrawn"
    assert [await state(desk, code) for code in (see, teich, bach)] == ["open", "withdrawn", "open"]


async def test_a_button_of_the_list_takes_its_question_back_and_the_rest_can_follow(desk: Desk) -> None:
    see, teich, bach = await three(desk)
    await command(desk)
    assert await withdraw(desk, bach) == "withdrawn"
    desk.time += timedelta(minutes=1)

    assert await command(desk, number="901") == "withdraw:asked"
    assert await withdraw(desk, teich, tap="10") == "withdrawn"
    assert await command(desk, number="902") == "withdrawn"
    assert await state(desk, see) == "withdrawn"
    assert await command(desk, number="903") == "command:withdraw"


@pytest.mark.parametrize("form", ["{}", "{}!", "bitte {}"])
@pytest.mark.parametrize("name", ["zurueckziehen", "zurückziehen", "withdraw"])
async def test_a_code_names_the_question(desk: Desk, form: str, name: str) -> None:
    see, teich, bach = await three(desk)

    assert await command(desk, form.format(see.lower()), name) == "withdrawn"
    assert [await state(desk, code) for code in (see, teich, bach)] == ["withdrawn", "open", "open"]


async def test_a_code_that_is_not_open_takes_nothing_else_back(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?")

    assert await command(desk, "KL-222222") == "withdraw:asked"
    assert await state(desk, code) == "open"


async def test_of_the_list_nothing_need_be_taken_back(desk: Desk) -> None:
    codes = await three(desk)
    await command(desk)

    assert await desk.say("doch keine, danke") == "withdraw:none"
    assert [await state(desk, code) for code in codes] == ["open"] * 3


async def test_nobody_takes_back_the_question_of_another(desk: Desk) -> None:
    code = await desk.ticket_of("Wie tief ist der See?", BEN)

    assert await command(desk, code) == "command:withdraw"
    assert await state(desk, code) == "open"
