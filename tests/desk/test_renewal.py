"""A change is taken over as a whole or not at all, and editors are told what became of it, once."""

import asyncio
from collections.abc import AsyncIterator, Callable, Hashable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.desk.editors import EditorLetters, EditorNotes, Editors
from bot.desk.group import DOOR
from bot.desk.knowledge_state import NAME, KnowledgeState, unpacked
from bot.desk.renewal import Renewal
from bot.errors import Complaint, StartError
from bot.knowledge.entry import Kind, KnowledgeBase, LabelledQuestion
from bot.matching.building import Built, Missed, Refused
from bot.matching.decision import Outcome
from tests.desk.base import NOWHERE, changed, knowledge_base
from tests.desk.desk import Desk

ZONE = ZoneInfo("Europe/Berlin")
QUESTION = LabelledQuestion("Sieht man den Rat?", Kind.IN_SCOPE, ("livestream",), place=NOWHERE)
BASE = replace(knowledge_base(), questions=(QUESTION,))
GOOD = changed(BASE, "livestream", {"answer": "Ja."})
SLIP = Refused((Complaint("knowledge/rat.yaml", 7, 5, "„anwser“ gibt es hier nicht; meinten Sie „answer“?"),))
MISSED = Missed(QUESTION, Outcome.FORWARD, None)
# What stands for a new matcher, which nobody asks anything here.
MATCHER: Any = object()


class Files:
    """A folder whose content is a word."""

    def __init__(self) -> None:
        self.content = "as it was"

    def signature(self) -> Hashable:
        return self.content

    async def changes(self) -> AsyncIterator[None]:
        yield None
        await asyncio.Event().wait()


class Using:
    """What answers, and what the next builds make."""

    def __init__(self) -> None:
        self.base: KnowledgeBase = BASE
        self.made: list[Any] = []
        self.before: Sequence[Missed] = ()
        self.meanwhile: Callable[[], None] = lambda: None

    @property
    def editors(self) -> Sequence[Editors]:
        return (EditorLetters(self.base, "redaktion@kl.digital", ZONE), EditorNotes(self.base))

    async def missed(self) -> Sequence[Missed]:
        return self.before

    async def build(self) -> Built | Refused:
        self.meanwhile()
        found = self.made.pop(0)
        if isinstance(found, Exception):
            raise found
        assert isinstance(found, Built | Refused)
        return found

    def use(self, built: Built) -> None:
        self.base = built.base


class Watched:
    """A renewal, its surroundings and what comes of it."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.files, self.live = desk, Files(), Using()
        self.renewal = self.started()

    def started(self) -> Renewal:
        return Renewal(
            self.desk.store,
            self.live,
            self.files,
            self.files.signature(),
            clock=lambda: self.desk.time,
            on_taken=lambda: None,
            settled=timedelta(),
        )

    async def save(self, content: str, *made: Any) -> list[str]:
        """Editors save; the mails that they get."""
        self.files.content = content
        self.live.made += made
        self.desk.time += timedelta(minutes=1)
        await self.renewal.look()
        return [str(mail.payload) for mail in await self.desk.sent("mail")]

    async def state(self) -> KnowledgeState:
        async with self.desk.store.begin() as tx:
            return unpacked(await tx.state(NAME))


@pytest.fixture
async def watched(desk: Desk) -> Watched:
    made = Watched(desk)
    await made.renewal.begin()
    return made


def built(base: KnowledgeBase, *missed: Missed) -> Built:
    return Built(base, "other" if missed else "same", MATCHER if missed else None, missed)


async def test_a_good_change_is_used_and_nobody_is_bothered(watched: Watched) -> None:
    mails = await watched.save("better", built(GOOD))

    assert watched.live.base is GOOD
    assert not mails
    state = await watched.state()
    assert (state.version, state.since, state.entries) == (GOOD.version, watched.desk.time, 3)


async def test_a_bad_change_is_not_used_and_editors_are_told_where_it_is_bad(watched: Watched) -> None:
    [mail] = await watched.save("worse", SLIP)

    assert watched.live.base is BASE
    assert "redaktion@kl.digital" in mail
    assert "knowledge/rat.yaml:7:5" in mail
    assert "meinten Sie „answer“?" in mail
    state = await watched.state()
    assert (state.version, state.refused, state.refused_at) == (
        BASE.version,
        (str(SLIP.complaints[0]),),
        watched.desk.time,
    )


async def test_editors_are_told_once_of_each_mistake_and_once_that_all_is_well(watched: Watched) -> None:
    moved = Refused((replace(SLIP.complaints[0], line=9),))
    other = Refused((replace(SLIP.complaints[0], text="Etwas anderes."),))

    assert len(await watched.save("worse", SLIP)) == 1
    assert not await watched.save("the same two lines below", moved)
    assert len(await watched.save("wrong otherwise", other)) == 1
    [mended] = await watched.save("better", built(GOOD))
    assert "wieder in Ordnung" in mended
    assert not await watched.save("better still", built(changed(GOOD, "ort", {"answer": "Hier."})))
    assert len(await watched.save("worse again", SLIP)) == 1, "after it was mended it is news again"


async def test_staff_read_in_their_group_what_editors_read_by_mail_in_fewer_words(watched: Watched) -> None:
    many = Refused(tuple(replace(SLIP.complaints[0], line=line) for line in range(1, 9)))

    await watched.save("worse", many)
    [refused] = [one.payload for one in await watched.desk.sent(DOOR)]
    await watched.save("better", built(GOOD))
    [mended] = [one.payload for one in await watched.desk.sent(DOOR)]
    await watched.save("spoilt", built(changed(GOOD, "ort", {"answer": "Hier."}), MISSED))
    [missed] = [one.payload for one in await watched.desk.sent(DOOR)]

    assert refused["text"].startswith("Wissensbasis: Ihre Änderung ist noch nicht in Kraft\n\n")
    assert "knowledge/rat.yaml:5:5\n„anwser“ gibt es hier nicht" in refused["text"]
    assert "rat.yaml:6:5" not in refused["text"]
    assert "Weitere Stellen: 3." in refused["text"]
    assert "wieder in Ordnung" in mended["text"]
    assert "„Sieht man den Rat?“: gibt sie an das Team weiter" in missed["text"]
    assert {one["ticket"] for one in (refused, mended, missed)} == {None}


async def test_what_was_refused_is_not_told_again_after_a_restart(watched: Watched) -> None:
    await watched.save("worse", SLIP)
    watched.renewal = watched.started()
    await watched.renewal.begin()

    [mended] = [str(mail.payload) for mail in await watched.desk.sent("mail")]
    assert "wieder in Ordnung" in mended, "the bot does not start with what is wrong"
    assert not (await watched.state()).refused


async def test_putting_the_old_files_back_mends_too(watched: Watched) -> None:
    await watched.save("worse", SLIP)
    [mended] = await watched.save("as it was", built(BASE))

    assert "wieder in Ordnung" in mended
    assert watched.live.base is BASE


async def test_what_is_saved_while_the_index_is_built_is_not_mixed_with_it(watched: Watched) -> None:
    better = changed(GOOD, "ort", {"answer": "Hier."})

    def once() -> None:
        watched.files.content, watched.live.meanwhile = "later", lambda: None

    watched.live.meanwhile = once
    await watched.save("sooner", SLIP, built(better))

    assert watched.live.base is better
    assert not (await watched.state()).refused


async def test_editors_are_told_which_labelled_questions_a_change_has_spoilt(watched: Watched) -> None:
    [mail] = await watched.save("spoilt", built(GOOD, MISSED))

    assert watched.live.base is GOOD
    assert "Sieht man den Rat?" in mail
    assert "gibt sie an das Team weiter" in mail
    assert (await watched.state()).missed == ("Sieht man den Rat?",)


async def test_a_question_that_was_missed_before_is_no_news(watched: Watched) -> None:
    watched.live.before = (MISSED,)
    await watched.renewal.begin()

    assert not await watched.save("as bad as before", built(GOOD, MISSED))


async def test_a_change_that_spoils_a_question_that_must_be_met_is_refused(watched: Watched) -> None:
    must = replace(QUESTION, must=True)
    [mail] = await watched.save("spoilt", built(GOOD, Missed(must, Outcome.FORWARD, None)))

    assert watched.live.base is BASE
    assert "darf nie falsch ausgehen" in mail


async def test_whatever_a_change_trips_over_the_bot_goes_on(watched: Watched) -> None:
    watched.live.made = [ZeroDivisionError()]
    watched.files.content = "strange"
    going = asyncio.create_task(watched.renewal.run())
    await asyncio.sleep(0.3)

    assert not going.done()
    going.cancel()
    await asyncio.gather(going, return_exceptions=True)
    assert watched.live.base is BASE


async def test_a_builder_that_fails_is_asked_again(watched: Watched) -> None:
    watched.renewal = Renewal(
        watched.desk.store,
        watched.live,
        watched.files,
        "before",
        clock=lambda: watched.desk.time,
        on_taken=lambda: None,
        settled=timedelta(),
        again=timedelta(),
    )
    await watched.save("better", StartError("no memory"), built(GOOD))

    assert watched.live.base is GOOD


def test_a_state_of_another_version_of_klbot_is_an_empty_one() -> None:
    assert unpacked('{"since": 5}') == unpacked("[1]") == unpacked("nonsense") == unpacked(None) == KnowledgeState()
