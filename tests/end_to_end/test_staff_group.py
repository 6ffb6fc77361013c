"""Staff answer from their Telegram group, through HTTP, SMTP and IMAP only."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.demo import Demo, running_demo
from tests.end_to_end.staff_group import Group, bot_in_group, grouped, most_within
from tests.faults.test_crash import UNKNOWN, forked, sandbox


@pytest.fixture(scope="module")
def group(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Group]:
    with bot_in_group(tmp_path_factory.mktemp("group"), forum=True) as made:
        yield made


def ask(group: Group, citizen: str, words: str) -> str:
    """A citizen asks what nobody has answered yet; the ticket's code."""
    told = str(group.demo.answer(citizen, words)["text"])
    return next(word for word in told.replace("\n", " ").split() if word.startswith("KL-")).strip(".,")


def test_a_question_hangs_in_the_group_as_a_card_in_a_topic_of_its_own(group: Group) -> None:
    code = ask(group, "anna", "Wie viele Kamele leben im Zoo von Kaiserslautern?")

    card = group.card(code)

    assert card["text"].startswith(f"{code} · offen\n")
    assert "anna" not in card["text"]
    assert f"{code} · Wie viele Kamele" in [topic["name"][: len(code) + 19] for topic in group.topics()]
    assert code in group.demo.mail_about("Kamele")["subject"], "the mail to staff goes on"


def test_a_reply_to_the_card_answers_the_citizen_and_the_card_says_so_in_place(group: Group) -> None:
    code = ask(group, "bela", "Wer streicht das Geländer der Brücke?")
    card = group.card(code)

    group.reply(card, "Das macht der Bauhof.", "Ben")

    answer = group.demo.wait_for(lambda: group.demo.heard("bela")[1:])[0]
    after = group.card(code, "beantwortet von Ben (Telegram)")
    assert "Das macht der Bauhof." in answer
    assert "von einem Menschen" in answer
    assert "Ben" not in answer
    assert after["id"] == card["id"]
    assert "Das macht der Bauhof." in after["text"]


def test_a_note_stays_among_us(group: Group) -> None:
    code = ask(group, "cem", "Warum ist der Brunnen trocken?")
    card = group.card(code)

    group.reply(card, "// Das weiß nur Herr Müller.")
    group.reply(card, "Er wird gereinigt.")

    heard = group.demo.wait_for(lambda: group.demo.heard("cem")[1:])
    assert len(heard) == 1
    assert "Müller" not in heard[0]
    assert "Er wird gereinigt." in heard[0]


def test_a_claim_by_a_button_is_seen_on_the_card_and_by_mail_and_can_be_released(group: Group) -> None:
    code = ask(group, "dora", "Wo stehen die neuen Bänke?")
    card = group.card(code)

    group.tap(card, "Übernehmen")
    claimed = group.card(code, "übernommen von Anna (Telegram)")
    mail = group.demo.wait_for(
        lambda: [one for one in group.demo.mailbox() if code in one["subject"] and "Anna (Telegram)" in one["text"]]
    )
    group.tap(claimed, "Freigeben", "Ben")
    free = group.card(code, "offen")

    assert mail
    assert "Erledigt." in group.toasts()
    assert [row[0]["text"] for row in free["buttons"]][0] == "Übernehmen"


def test_a_button_sends_a_stored_answer(group: Group) -> None:
    code = ask(group, "emil", "Wie viele Elefanten leben im Zoo von Kaiserslautern?")
    card = group.card(code)
    if not any("senden" in one["text"] for row in card["buttons"] for one in row):
        pytest.fail(f"nothing is offered: {card}")

    group.tap(card, "Antwort 1 senden")

    answer = group.demo.wait_for(lambda: group.demo.heard("emil")[1:])[0]
    assert "von einem Menschen" in answer
    assert "Stand: " in answer


def test_closing_by_a_button_closes_the_topic(group: Group) -> None:
    code = ask(group, "fritz", "Wann kommt der Zirkus?")
    card = group.card(code)

    group.tap(card, "Schließen")

    closed = group.card(code, "geschlossen")
    group.demo.wait_for(
        lambda: [topic for topic in group.topics() if topic["name"].startswith(code) and topic["closed"]]
    )
    assert closed["buttons"] == []


def test_spam_by_a_button_tells_the_citizen_nothing(group: Group) -> None:
    code = ask(group, "gerd", "Kaufen Sie billige Uhren?")
    card = group.card(code)

    group.tap(card, "Spam")

    group.card(code, "als Missbrauch beendet")
    assert len(group.demo.heard("gerd")) == 1


def test_a_command_that_nobody_knows_is_explained_below_the_reply(group: Group) -> None:
    code = ask(group, "hanna", "Wer leert die Körbe am See?")
    said = group.reply(group.card(code), "#quatsch")

    told = group.word("#quatsch")

    assert told["reply_to"] == said["id"]
    assert "#rückfrage" in told["text"]
    assert len(group.demo.heard("hanna")) == 1


def test_what_a_citizen_adds_is_announced_below_the_card(group: Group) -> None:
    code = ask(group, "ida", "Wer mäht die Wiese am Bach?")
    card = group.card(code)
    group.reply(card, "Welche Wiese meinen Sie? Es gibt drei.")
    group.demo.wait_for(lambda: group.demo.heard("ida")[1:])
    group.card(code, "beantwortet")

    group.demo.say("ida", "Ja, die große hinter dem Spielplatz im Westen.", reply_to=group.demo.chat("ida")[-1]["id"])

    word = group.word(f"Nachtrag zu {code}", "hinter dem Spielplatz")
    assert word["reply_to"] == card["id"]
    assert word["message_thread_id"] == card["message_thread_id"]
    group.card(code, "offen", "hinter dem Spielplatz")
    group.reply(word, "Die mäht der Bauhof im Mai.")
    group.demo.wait_for(lambda: [text for text in group.demo.heard("ida") if "im Mai" in text])


def test_a_second_answer_is_held_and_its_author_is_asked(group: Group) -> None:
    code = ask(group, "jan", "Wie hoch ist der Turm?")
    card = group.card(code)
    group.demo.reply(group.demo.mail_about("Wie hoch ist der Turm?"), "Er ist 20 Meter hoch.")
    group.card(code, "beantwortet", "20 Meter")

    group.reply(card, "Er ist 30 Meter hoch.")
    question = group.word(code, "20 Meter", "trotzdem")
    held = [text for text in group.demo.heard("jan") if "30 Meter" in text]
    group.tap(question, "Trotzdem senden")
    group.demo.wait_for(lambda: [text for text in group.demo.heard("jan") if "30 Meter" in text])

    group.reply(card, "Er ist 40 Meter hoch.", "Ben")
    question = group.word(code, "30 Meter", "trotzdem")
    group.reply(question, "#verwerfen", "Ben")
    group.reply(question, "#senden", "Ben")
    group.word("schon verworfen")

    assert held == []
    assert not [text for text in group.demo.heard("jan") if "40 Meter" in text]


def test_a_deleted_topic_is_made_anew_with_its_card(group: Group) -> None:
    code = ask(group, "kai", "Wohin mit dem alten Sofa?")
    old = group.card(code)
    group.delete(f"topics/{old['message_thread_id']}")

    group.demo.say("kai", "Wohin mit dem alten Sofa, fragte ich. Und mit dem Sessel?")
    latest = group.demo.mail_about("Sessel")
    assert latest
    group.demo.reply(group.demo.mail_about("Wohin mit dem alten Sofa?"), "#übernehmen")

    new = group.card(code, "Sofa", "übernommen")
    assert new["id"] != old["id"]
    assert len([topic for topic in group.topics() if topic["name"].startswith(code)]) == 1


def test_what_is_said_in_a_topic_without_replying_goes_nowhere_and_is_explained_once(group: Group) -> None:
    code = ask(group, "lena", "Wem gehört das rote Rad?")
    card = group.card(code)

    for text in ("Das ist meins!", "Nein, meins!"):
        group.post("messages", {"from": "Ben", "text": text, "thread": card["message_thread_id"]})
    group.word("Das blieb unter uns", code)
    group.reply(card, "Es gehört der Stadt.")
    group.demo.wait_for(lambda: group.demo.heard("lena")[1:])

    assert len([one for one in group.said() if code in one["text"] and "Das blieb unter uns" in one["text"]]) == 1
    assert not [text for text in group.demo.heard("lena") if "meins" in text]


def test_what_is_changed_afterwards_is_not_sent_again(group: Group) -> None:
    code = ask(group, "mia", "Wann blüht die Linde?")
    said = group.reply(group.card(code), "Im Juli.")
    group.demo.wait_for(lambda: group.demo.heard("mia")[1:])

    group.demo.http.put(f"/api/groups/{group.id}/messages/{said['id']}", json={"from": "Anna", "text": "Im Juni."})

    told = group.word(code, "erste Fassung")
    assert told["reply_to"] == said["id"]
    assert not [text for text in group.demo.heard("mia") if "Im Juni." in text]


def test_whoever_left_the_group_can_do_nothing(group: Group) -> None:
    code = ask(group, "nora", "Wer wohnt im Schloss?")
    card = group.card(code)
    group.delete("members/Ben")

    group.tap(card, "Übernehmen", "Ben", force=True)

    group.demo.wait_for(lambda: [text for text in group.toasts() if "Mitglieder" in text])
    assert "offen" in group.card(code)["text"]
    group.post("members", {"name": "Ben"})


# -- in a group of their own -------------------------------------------------------------------------


@pytest.mark.timeout(120)
def test_sixty_tickets_at_once_stay_within_the_groups_limit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seconds = 3.0
    with bot_in_group(tmp_path, seconds=seconds) as group:
        for number in range(60):
            group.demo.say(f"citizen-{number}", UNKNOWN.format(number=number))
        group.demo.wait_for(lambda: len(group.cards()) >= 60, seconds=60)
        for card in group.cards()[:5]:
            group.tap(card, "Übernehmen")
        group.demo.wait_for(lambda: sum("übernommen" in card["text"] for card in group.cards()) == 5, seconds=30)
        calls, cards = group.calls(), group.cards()

    most = most_within(calls, seconds)
    with capsys.disabled():
        print(f"\n60 tickets: {len(calls)} calls, at most {most} of them within any {seconds:g} s")  # noqa: T201
    assert len(cards) == 60
    assert most <= 20


@pytest.mark.timeout(120)
def test_a_bot_killed_again_and_again_hangs_one_card_a_ticket(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kills, seconds = 6, 2.0
    with sandbox(tmp_path / "world") as world:
        demo = Demo(world["url"])
        demo.fault(group_per_minute=10_000)
        group = Group(demo, forum=True)
        config = grouped(tmp_path, world, group, calls=20, seconds=seconds)
        for number in range(24):
            demo.say(f"citizen-{number}", UNKNOWN.format(number=number))
        for kill in range(kills):
            bot = forked(config)
            time.sleep(1.2 + 0.13 * kill)
            bot.kill()
            bot.join()
        bot = forked(config)
        demo.wait_for(lambda: len({card["text"].split()[0] for card in group.cards()}) == 24, seconds=60)
        time.sleep(1)
        bot.terminate()
        bot.join()
        cards, topics, calls = group.cards(), group.topics(), group.calls()
        demo.http.close()

    most = most_within(calls, seconds)
    with capsys.disabled():
        print(  # noqa: T201
            f"\n{kills} kills: {len(cards) - 24} of 24 cards and {len(topics) - 24} topics came twice, "
            f"at most {most} calls within any {seconds:g} s"
        )
    assert len(cards) - 24 <= kills
    assert len(topics) - 24 <= kills
    assert most <= 20


def test_a_group_that_becomes_a_supergroup_loses_nothing(tmp_path: Path) -> None:
    with bot_in_group(tmp_path, kind="group") as group:
        code = ask(group, "ada", "Wo ist der Schlüssel zum Turm?")
        group.card(code)

        group.id = int(group.post("upgrade", {})["id"])
        group.post("messages", {"from": "Anna", "text": "Nun sind wir umgezogen."})
        card = group.card(code)
        group.reply(card, "Beim Küster.")

        assert group.demo.wait_for(lambda: [text for text in group.demo.heard("ada") if "Küster" in text])


def test_the_try_out_has_a_group_if_it_is_wanted_and_keeps_it(tmp_path: Path) -> None:
    for number in (1, 2):
        with running_demo(tmp_path, "--group") as demo:
            [made] = demo.http.get("/api/groups").json()
            demo.answer("petra", f"Wie viele Giraffen leben im Zoo Nummer {number} von Kaiserslautern?")
            demo.wait_for(lambda: len(topics(demo)) == number, seconds=20)  # noqa: B023 -- called within the loop

    assert (made["forum"], [one["name"] for one in made["members"]]) == (True, ["Anna", "Ben"])


def topics(demo: Demo) -> list[object]:
    return list(demo.http.get("/api/groups").json()[0]["topics"])
