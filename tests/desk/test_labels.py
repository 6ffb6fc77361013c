"""Whatever a button does can be typed: its label, as it stands there, does what a tap on it does."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.desk.citizen import CitizenCommand, CitizenTap, Origin
from bot.knowledge.entry import KnowledgeBase, Language
from tests.desk.base import changed, entry, knowledge_base
from tests.desk.desk import Desk, opened_desk

ADA = {language: Origin("telegram", f"9{language}", language) for language in Language}
IBAN = "DE89 3704 0044 0532 0130 00"
# Every key of the wording that is the label of a button in a citizen's chat.
LABELS = (
    *("suggest_none", "feedback_yes", "feedback_no", "to_team", "consent_as_it_is", "consent_masked", "consent_no"),
    *("withdraw", "follow", "unfollow", "erase_button"),
    *("browse_earlier", "browse_later", "browse_to_topics", "browse_to_questions"),
)


def base() -> KnowledgeBase:
    """More questions than fit on one page, and an answer whose change one can hear of."""
    known = changed(knowledge_base(), "livestream", follow=True)
    more = tuple(entry(f"more{number}", f"Was ist Nummer {number}?", "Eine Zahl.") for number in range(20))
    return replace(known, topics=(replace(known.topics[0], entries=(*known.topics[0].entries, *more)),))


class Talk:
    """One citizen's side of a desk; `buttons`: those of the latest message that has any."""

    def __init__(self, desk: Desk, origin: Origin) -> None:
        self._desk = desk
        self._origin = origin
        self._number = 0
        self.said: list[str] = []
        self.buttons: list[dict[str, str]] = []

    async def say(self, text: str) -> None:
        await self._desk.say(text, self._origin)
        await self._hear()

    async def command(self, name: str) -> None:
        self._number += 1
        await self._desk.hear(CitizenCommand(self._origin, f"c{self._number}", name))
        await self._hear()

    async def tap(self, label: str) -> None:
        self._number += 1
        data = next(button["data"] for button in self.buttons if button["text"] == label)
        await self._desk.hear(CitizenTap(self._origin, f"t{self._number}", data))
        await self._hear()

    async def _hear(self) -> None:
        self.said = []
        for one in await self._desk.sent():
            # What a tap is acknowledged with, and what a message says, is the same to whoever reads it.
            if one.payload.get("text"):
                self.said.append(one.payload["text"])
            if one.payload.get("buttons"):
                self.buttons = [button for row in one.payload["buttons"] for button in row]


Scene = Callable[[Talk], Awaitable[None]]


async def welcomed(talk: Talk) -> None:
    await talk.command("start")


async def answered(talk: Talk) -> None:
    await talk.say("answer: a")


async def followed(talk: Talk) -> None:
    await answered(talk)
    await talk.tap(talk.buttons[-1]["text"])


async def suggested(talk: Talk) -> None:
    await talk.say("suggest: a")


async def not_helped(talk: Talk) -> None:
    await answered(talk)
    await talk.say("2")


async def answered_last(talk: Talk) -> None:
    await not_helped(talk)
    await talk.say("1")


async def asked_for_consent(talk: Talk) -> None:
    await talk.say(f"unknown: {IBAN}")


async def forwarded(talk: Talk) -> None:
    await talk.say("unknown: a")


async def asked_what_to_withdraw(talk: Talk) -> None:
    for text in ("unknown: a", "unknown: b", "unknown: c"):
        await talk.say(text)
    await talk.command("withdraw")


async def asked_for_language(talk: Talk) -> None:
    await talk.command("language")


async def shown_topics(talk: Talk) -> None:
    await talk.command("topics")


async def shown_questions(talk: Talk) -> None:
    await shown_topics(talk)
    await talk.say("1")


async def shown_more_questions(talk: Talk) -> None:
    await shown_questions(talk)
    await talk.say("mehr")


async def shown_answer(talk: Talk) -> None:
    await shown_questions(talk)
    await talk.say("1")


async def asked_to_erase(talk: Talk) -> None:
    await talk.command("delete")


SCENES = (
    *(welcomed, answered, followed, suggested, not_helped, answered_last, asked_for_consent, forwarded),
    *(asked_what_to_withdraw, asked_for_language, shown_topics, shown_questions, shown_more_questions, shown_answer),
    asked_to_erase,
)


async def begun(desk: Desk, language: Language, scene: Scene) -> Talk:
    desk.know(base())
    talk = Talk(desk, ADA[language])
    await talk.command("start")
    await scene(talk)
    return talk


async def after(
    folder: Path, language: Language, scene: Scene, act: Callable[[Talk, str], Awaitable[None]], label: str
) -> list[str]:
    """What is said after the act, in a chat of its own."""
    async with opened_desk(folder) as desk:
        talk = await begun(desk, language, scene)
        await act(talk, label)
        return talk.said


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
async def test_the_label_of_every_button_can_be_typed(tmp_path: Path, scene: Scene, language: Language) -> None:
    (tmp_path / "first").mkdir()
    async with opened_desk(tmp_path / "first") as desk:
        labels = [button["text"] for button in (await begun(desk, language, scene)).buttons]

    for number, label in enumerate(labels):
        (tmp_path / f"tapped{number}").mkdir()
        (tmp_path / f"typed{number}").mkdir()
        tapped = await after(tmp_path / f"tapped{number}", language, scene, Talk.tap, label)
        typed = await after(tmp_path / f"typed{number}", language, scene, Talk.say, label)
        assert tapped, label
        assert typed == tapped, label


@pytest.mark.parametrize("language", Language)
async def test_no_label_is_forgotten_here(tmp_path: Path, language: Language) -> None:
    seen = set()
    for scene in SCENES:
        (tmp_path / scene.__name__).mkdir()
        async with opened_desk(tmp_path / scene.__name__) as desk:
            talk = await begun(desk, language, scene)
            seen |= {button["text"] for button in talk.buttons}

    known = {base().say(key, language) for key in LABELS}
    assert {label for label in seen if not label[0].isdigit() or label in known} == known


@pytest.mark.parametrize(
    "words",
    [
        "Frage zurückziehen",
        "zurückziehen",
        "zurückziehen bitte",
        "Ich ziehe meine Frage zurück.",
        "Withdraw the question",
    ]
    + ["Meine Frage von eben hat sich erledigt", "Ach, meine Frage hat sich erledigt, danke!"],
)
async def test_a_question_is_taken_back_in_words(desk: Desk, words: str) -> None:
    await desk.ticket_of("unknown: a")

    assert await desk.say(words) == "withdrawn"


async def test_words_that_only_speak_of_taking_back_are_a_question(desk: Desk) -> None:
    await desk.ticket_of("unknown: a")

    assert await desk.say("unknown: kann man eine Frage zurückziehen?") == "forward"


async def test_a_reply_or_a_code_says_which_question_is_taken_back(desk: Desk) -> None:
    await desk.say("unknown: a")
    [notice] = await desk.sent()
    code = await desk.ticket_of("unknown: b")
    await desk.ticket_of("unknown: c")

    assert await desk.say("zurückziehen") == "withdraw:asked"
    assert await desk.say("Frage zurückziehen", reply_to=str(500 + notice.id)) == "withdrawn"
    assert await desk.say(f"Frage {code.lower()} zurückziehen") == "withdrawn"
    assert await desk.say("zurückziehen") == "withdrawn"


async def test_never_mind_is_about_what_was_said_last(desk: Desk) -> None:
    desk.know(base())
    await desk.say("answer: a")
    assert await desk.say("Bitte sagen Sie mir Bescheid") == "followed"
    desk.time += timedelta(minutes=1)
    await desk.say("answer: b")

    assert await desk.say("doch nicht") != "unfollowed"


async def test_who_wants_to_hear_twice_is_told_so(desk: Desk) -> None:
    desk.know(base())
    await desk.say("answer: a")
    await desk.say("Sagen Sie mir Bescheid")
    await desk.sent()

    assert await desk.say("Let me know") == "tap:repeated"
    assert "schon vorgemerkt" in (await desk.heard())[0]
