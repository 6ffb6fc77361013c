"""What staff write and tap in their group does what the same words do by mail, and nothing else reaches a citizen."""

import json
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pytest

from bot.desk.board import Place
from bot.desk.citizen import Nothing
from bot.desk.group import DOOR, GroupMessage, GroupMoved, GroupReply, GroupTap, reread
from bot.desk.group_back import GroupBack, GroupNotes
from bot.desk.group_desk import GroupDesk
from bot.desk.holding import Reread
from bot.desk.staff import StaffReply
from bot.desk.ticket import Author
from bot.errors import UnreadableMessage
from tests.desk.base import knowledge_base
from tests.desk.desk import Desk

CARD, TOPIC = "-1:7", "-1:6"


def read(payload: bytes, _external_id: str) -> GroupMessage:
    """What a test has put into the inbox."""
    values = json.loads(payload)
    return GroupTap(**values) if "tap_id" in values else GroupReply(**values)


@dataclass
class Group:
    """The group's end of the desk. Anna and Ben are members; every message of theirs gets the next number."""

    desk: Desk
    number: int = 100

    @property
    def handler(self) -> GroupDesk:
        back = GroupBack(GroupNotes(knowledge_base()), self.desk.letters)
        backs = {**self.desk.relay.backs, DOOR: back}
        rereads: dict[str, Reread] = {**self.desk.relay.rereads, DOOR: partial(reread, read, back.notes.sender)}
        return GroupDesk(replace(self.desk.relay, backs=backs, rereads=rereads), back, taps="telegram")

    async def hang(self, code: str) -> None:
        """The ticket's card hangs."""
        async with self.desk.store.begin() as tx:
            ticket = await tx.ticket(code)
            assert ticket is not None
            await tx.keep_place(ticket, Place(CARD, TOPIC))

    async def does(self, message: GroupMessage) -> str:
        if isinstance(message, GroupReply | GroupTap):
            values = {name: getattr(message, name) for name in message.__slots__}
            await self.desk.store.receive(DOOR, [(message.external_id, json.dumps(values).encode())])
        async with self.desk.store.begin() as tx:
            return await self.handler.handle(tx, message)

    async def writes(self, text: str, to: str | None = CARD, **fields: Any) -> str:
        self.number += 1
        number = fields.pop("number", self.number)
        values: dict[str, Any] = {"sender": "Anna", "person": "1", "topic": TOPIC, "admitted": True} | fields
        return await self.does(GroupReply(f"u{self.number}", f"-1:{number}", to, text=text, **values))

    async def taps(self, data: str, *, admitted: bool = True, who: str = "Anna") -> str:
        self.number += 1
        return await self.does(GroupTap(f"u{self.number}", f"t{self.number}", data, who, "1", admitted))

    async def notes(self) -> list[Any]:
        """What was said in the group."""
        return [delivery.payload for delivery in await self.desk.sent(DOOR)]

    async def toasts(self) -> list[str]:
        """What taps were answered with."""
        return [one.payload["text"] for one in await self.desk.sent() if one.payload["kind"] == "tap"]

    async def heard(self) -> list[str]:
        """What citizens were sent."""
        return [one.payload["text"] for one in await self.desk.sent() if one.payload["kind"] == "text"]


@pytest.fixture
def group(desk: Desk) -> Group:
    return Group(desk)


@pytest.fixture
async def code(desk: Desk, group: Group) -> str:
    """A ticket whose card hangs."""
    made = await desk.ticket_of("Wie tief ist der See?")
    await group.hang(made)
    return made


async def ticket(desk: Desk, code: str) -> Any:
    async with desk.store.begin() as tx:
        return await tx.ticket(code)


async def said(desk: Desk, code: str) -> list[tuple[Author, str, str | None]]:
    async with desk.store.begin() as tx:
        return [(one.author, one.text, one.sender) for one in await tx.messages(await ticket_in(tx, code))]


async def ticket_in(tx: Any, code: str) -> Any:
    return await tx.ticket(code)


async def test_a_reply_to_the_card_answers_the_citizen_under_the_authors_name(
    desk: Desk, group: Group, code: str
) -> None:
    outcome = await group.writes("Drei Meter.")

    [text] = await group.heard()
    assert outcome == "reply"
    assert "Drei Meter." in text
    assert "Anna" not in text
    assert (Author.STAFF, "Drei Meter.", "Anna (Telegram)") in await said(desk, code)


@pytest.mark.parametrize(
    "text", ["// Frag Ben", "//Frag Ben", " \u200b//  Frag Ben", "／／ Frag Ben", "„// Frag Ben", "\n//Frag Ben"]
)
async def test_two_slashes_keep_it_among_us(desk: Desk, group: Group, code: str, text: str) -> None:
    outcome = await group.writes(text)

    assert outcome == "command:note"
    assert await group.heard() == []
    assert (Author.NOTE, "Frag Ben", "Anna (Telegram)") in await said(desk, code)


@pytest.mark.parametrize("text", ["/intern Frag Ben", "/", " / / Frag Ben", "\u2060/start"])
async def test_a_single_slash_is_never_delivered(group: Group, code: str, text: str) -> None:
    await group.writes(text)

    [note] = await group.notes()
    assert await group.heard() == []
    assert "mit //" in note["text"]
    assert note["reply_to"] == "-1:101"


async def test_a_note_without_words_is_explained(group: Group, code: str) -> None:
    assert await group.writes("//") == "command:refused"

    [note] = await group.notes()
    assert "gehört ein Text" in note["text"]


async def test_commands_work_as_by_mail(desk: Desk, group: Group, code: str) -> None:
    asked = await group.writes("#rückfrage Welcher See?")

    [text] = await group.heard()
    assert asked == "command:ask_back"
    assert "Welcher See?" in text
    assert (await ticket(desk, code)).state == "waiting"


async def test_a_command_that_nobody_knows_is_explained_below_it_and_delivered_to_nobody(
    group: Group, code: str
) -> None:
    await group.writes("#quatsch")

    [note] = await group.notes()
    assert await group.heard() == []
    assert note["text"].startswith(f"{code}: Den Befehl „#quatsch“")
    assert "#rückfrage" in note["text"]
    assert note["reply_to"] == "-1:101"


async def test_what_replies_to_nothing_of_ours_is_left_alone(group: Group, code: str) -> None:
    outcomes = [await group.writes("Mahlzeit!", None, topic=None), await group.writes("Ja", "-1:50", topic=None)]

    assert outcomes == ["group:chatter"] * 2
    assert await group.heard() == []
    assert await group.notes() == []


async def test_who_writes_into_a_topic_without_replying_is_told_how_once_a_day(group: Group, code: str) -> None:
    for _ in range(3):
        await group.writes("Drei Meter.", None)

    [note] = await group.notes()
    assert "antworten Sie bitte auf die Karte" in note["text"]
    assert await group.heard() == []


async def test_colleagues_answering_each_other_in_a_topic_are_left_alone(group: Group, code: str) -> None:
    await group.writes("Drei Meter.", "-1:50")

    assert await group.notes() == []
    assert await group.heard() == []


async def test_a_reply_to_what_was_said_beside_the_card_belongs_to_its_ticket(group: Group, code: str) -> None:
    await group.writes("#quatsch")
    [note] = await group.desk.sent(DOOR)

    outcome = await group.writes("Drei Meter.", str(500 + note.id))

    assert outcome == "reply"


async def test_a_reply_to_a_card_of_which_nothing_was_kept_is_known_by_its_topic_only(group: Group, code: str) -> None:
    in_topic = await group.writes("Drei Meter.", "-1:77", to_us=True)
    elsewhere = await group.writes("Vier Meter.", "-1:77", to_us=True, topic=None)

    assert (in_topic, elsewhere) == ("reply", "group:chatter")
    assert len(await group.heard()) == 1


async def test_whoever_is_no_member_answers_nobody(group: Group, code: str) -> None:
    outcome = await group.writes("Drei Meter.", admitted=False)

    assert outcome == "group:refused"
    assert await group.heard() == []


async def test_the_same_message_twice_is_one_answer(group: Group, code: str) -> None:
    await group.writes("Drei Meter.", number=5)
    again = await group.writes("Drei Meter.", number=5)

    assert again == "group:repeated"
    assert len(await group.heard()) == 1


async def test_an_edit_is_not_delivered_and_its_author_told_unless_nothing_changed(group: Group, code: str) -> None:
    await group.writes("Drei Meter.", number=5)
    unchanged = await group.writes("Drei Meter.", number=5, edited=True)
    silent = await group.notes()
    await group.writes("Vier Meter.", number=5, edited=True)

    [note] = await group.notes()
    assert (unchanged, silent) == ("group:repeated", [])
    assert "erste Fassung" in note["text"]
    assert len(await group.heard()) == 1


async def test_an_edit_of_what_never_arrived_counts_as_said(group: Group, code: str) -> None:
    assert await group.writes("Vier Meter.", number=5, edited=True) == "reply"


async def test_what_is_no_text_is_refused_kindly(group: Group, code: str) -> None:
    await group.writes("", unusable="photo")

    [note] = await group.notes()
    assert "nur Text" in note["text"]


@pytest.mark.parametrize(
    ("action", "state"),
    [("übernehmen", "claimed"), ("1", "answered"), ("schließen", "closed"), ("spam", "spam")],
)
async def test_a_button_does_what_its_command_does(
    desk: Desk, group: Group, code: str, action: str, state: str
) -> None:
    await group.taps(f"{code}:{action}")

    assert (await ticket(desk, code)).state == state
    assert await group.toasts() == ["Erledigt."]


async def test_a_tap_of_somebody_who_left_is_told_so(desk: Desk, group: Group, code: str) -> None:
    outcome = await group.taps(f"{code}:spam", admitted=False)

    assert outcome == "group:refused"
    assert await group.toasts() == ["Das ist nur für Mitglieder der Gruppe."]
    assert (await ticket(desk, code)).state == "open"


@pytest.mark.parametrize("data", ["KL-AAAAAA:spam", "", "s:1:2", "{code}:wissen", "{code}:rückfrage", "{code}:"])
async def test_a_button_that_is_none_of_ours_does_nothing(desk: Desk, group: Group, code: str, data: str) -> None:
    outcome = await group.taps(data.replace("{code}", code))

    assert outcome == "group:tap_gone"
    assert len(await group.toasts()) == 1
    assert (await ticket(desk, code)).state == "open"


async def test_two_who_take_it_over_at_once_are_told_who_has_it(desk: Desk, group: Group, code: str) -> None:
    await group.taps(f"{code}:übernehmen")
    await group.taps(f"{code}:übernehmen", who="Ben")

    assert (await ticket(desk, code)).claimed_by == "Anna (Telegram)"
    assert [text[:8] for text in await group.toasts()] == ["Erledigt", "Das ging"]
    assert ["Anna (Telegram)" in note["text"] for note in await group.notes()] == [True]


async def test_a_claim_is_told_to_the_queue_by_mail(desk: Desk, group: Group, code: str) -> None:
    await group.taps(f"{code}:übernehmen")

    [mail] = await desk.sent("mail")
    assert "Anna (Telegram)" in mail.payload["text"]


async def held(desk: Desk, group: Group, code: str) -> tuple[str, Any]:
    """An answer by mail was quicker than Ben's; the code of what is held, and the question to him."""
    await desk.mail(StaffReply(code, "Zwei Meter.", "anna@kl.digital", "<1@x>"))
    await desk.sent()
    assert (await group.writes("Drei Meter.", sender="Ben", person="2")).startswith("held:")
    [question] = await desk.sent(DOOR)
    return question.payload["buttons"][0][0]["data"].partition(":")[0], question


async def test_a_second_answer_is_held_and_its_author_asked_with_the_first_one(
    desk: Desk, group: Group, code: str
) -> None:
    _, question = await held(desk, group, code)

    assert await group.heard() == []
    assert "Zwei Meter." in question.payload["text"]
    assert question.payload["reply_to"] == "-1:101"
    assert [button["text"] for button in question.payload["buttons"][0]] == ["Trotzdem senden", "Verwerfen"]


async def test_what_was_held_is_sent_by_the_button_once(desk: Desk, group: Group, code: str) -> None:
    hold, _ = await held(desk, group, code)
    await group.taps(f"{hold}:senden", who="Ben")
    [text] = await group.heard()
    again = await group.taps(f"{hold}:senden", who="Ben")

    assert "Drei Meter." in text
    assert again == "hold:refused"
    assert await group.heard() == []


async def test_what_was_held_is_dropped_by_a_reply_to_the_question(desk: Desk, group: Group, code: str) -> None:
    _, question = await held(desk, group, code)
    outcome = await group.writes("#verwerfen", str(500 + question.id), sender="Ben")

    assert outcome == "hold:dropped"
    assert await group.heard() == []


async def test_words_to_the_question_of_what_is_held_decide_nothing(desk: Desk, group: Group, code: str) -> None:
    _, question = await held(desk, group, code)
    await group.writes("Ja bitte", str(500 + question.id), sender="Ben")

    [note] = await group.notes()
    assert len(note["buttons"]) == 1
    assert await group.heard() == []


async def test_a_stored_answer_by_a_button_is_held_as_well(desk: Desk, group: Group, code: str) -> None:
    await desk.mail(StaffReply(code, "Zwei Meter.", "anna@kl.digital", "<1@x>"))
    await desk.sent()

    outcome = await group.taps(f"{code}:2", who="Ben")
    [question] = await group.notes()
    await group.taps(question["buttons"][0][0]["data"], who="Ben")

    assert outcome.startswith("held:")
    assert "Sie steht am Rathaus." in (await group.heard())[0]


async def test_an_answer_that_did_not_arrive_is_told_to_the_queue(desk: Desk, group: Group, code: str) -> None:
    await group.writes("Drei Meter.")
    [delivery] = await desk.store.claim("telegram", 1, desk.time - desk.time)
    await desk.sent("mail")
    async with desk.store.begin() as tx:
        await group.handler.relay.undeliverable(tx, delivery, "blocked")

    [mail] = await desk.sent("mail")
    assert "Drei Meter." in mail.payload["text"]
    assert (await ticket(desk, code)).state == "undeliverable"


async def test_a_reply_that_trips_a_bug_again_and_again_is_told_to_its_author(
    desk: Desk, group: Group, code: str
) -> None:
    reply = GroupReply("u1", "-1:9", CARD, TOPIC, "Drei Meter.", "Anna", "1", admitted=True)
    async with desk.store.begin() as tx:
        outcomes = [
            await group.handler.rescue(tx, reply),
            await group.handler.rescue(tx, replace(reply, admitted=False)),
            await group.handler.rescue(tx, GroupTap("u2", "t2", f"{code}:1", "Anna", "1")),
        ]

    [note] = await group.notes()
    assert outcomes == ["rescued:told", "rescued:nothing", "rescued:nothing"]
    assert "Fehler" in note["text"]


async def test_what_is_not_for_us_is_counted(group: Group) -> None:
    assert await group.does(Nothing("group-from-bot")) == "nothing:group-from-bot"
    assert await group.does(GroupMoved("-2")) == "group:moved"


def test_only_what_a_person_wrote_is_read_once_more() -> None:
    with pytest.raises(UnreadableMessage):
        reread(lambda _payload, _id: Nothing("x"), str, b"", "u1", "KL-7F3K9Q")
