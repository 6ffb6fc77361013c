"""The clerk's commands through HTTP, SMTP and IMAP only."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.end_to_end.demo import Demo, running_demo, start
from tests.faults.test_crash import UNKNOWN, configuration, sandbox


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with running_demo(tmp_path_factory.mktemp("demo")) as started:
        yield started


def subject_of(mail: dict[str, object]) -> str:
    """The ticket's code in the subject, which every mail of one thread shares."""
    return str(mail["subject"]).partition("]")[0]


def test_the_first_stored_answer_is_sent_by_a_number(demo: Demo) -> None:
    demo.answer("anna", "Wie viele Kamele leben im Zoo von Kaiserslautern, und wer füttert sie?")
    mail = demo.mail_about("Kamele")
    assert "#1" in mail["text"]

    demo.reply(mail, "#1.\nGuten Tag, vielleicht hilft das:")

    delivered = demo.wait_for(lambda: demo.heard("anna")[1:])[0]
    assert "von einem Menschen" in delivered
    assert "Guten Tag, vielleicht hilft das:" in delivered
    assert "Stand: Juni 2020. Quelle: " in delivered
    assert "#1" not in delivered


def test_a_question_back_and_its_answer_stay_in_one_ticket(demo: Demo) -> None:
    demo.answer("bela", "Wer streicht das Geländer der Brücke?")
    mail = demo.mail_about("Geländer der Brücke")

    demo.reply(mail, "#Rueckfrage\nWelche Brücke meinen Sie?")
    asked = demo.wait_for(lambda: demo.heard("bela")[1:])[0]
    demo.say("bela", "Wird die Sitzung des Stadtrats im Internet übertragen? Die bei der Lauter.")
    follow_up = demo.mail_about("Die bei der Lauter.")
    demo.reply(follow_up, "Das macht der Bauhof.")

    answer = demo.wait_for(lambda: demo.heard("bela")[3:])[0]
    assert "Rückfrage" in asked
    assert asked.count("Welche Brücke meinen Sie?") == 1
    assert subject_of(follow_up) == subject_of(mail)
    assert "Das macht der Bauhof." in answer
    assert "2019" not in " ".join(demo.heard("bela"))


def test_a_note_and_a_mistyped_command_never_reach_the_citizen(demo: Demo) -> None:
    demo.answer("cem", "Wann wird der Kirschbaum am Markt gefällt?")
    mail = demo.mail_about("Kirschbaum am Markt")

    demo.reply(mail, "#intern\nDer Gärtner ist beleidigt.")
    demo.reply(mail, "#interm Der Gärtner ist beleidigt.")
    told = demo.mail_about("„#interm“")
    demo.reply(told, "Gar nicht.")

    assert "Gar nicht." in demo.wait_for(lambda: demo.heard("cem")[1:])[0]
    assert subject_of(told) == subject_of(mail)
    assert "#rückfrage" in told["text"]
    assert "beleidigt" not in " ".join(demo.heard("cem"))


def test_a_colleague_gets_the_question_and_answers_the_citizen(demo: Demo) -> None:
    demo.answer("dora", "Wie alt ist die Linde in Dansenberg?")
    mail = demo.mail_about("Linde in Dansenberg")

    demo.reply(mail, "#weiter an forst@kl.digital\nWissen Sie das?")
    passed_on = demo.mail_about("Wissen Sie das?")
    demo.reply(passed_on, "Dreihundert Jahre.", **{"from": "forst@kl.digital"})

    assert passed_on["to"] == "forst@kl.digital"
    assert "Linde in Dansenberg" in passed_on["text"]
    assert "Dreihundert Jahre." in demo.wait_for(lambda: demo.heard("dora")[1:])[0]


def test_a_cleared_domain_may_be_handed_a_question_and_answer_it_and_no_other(tmp_path: Path) -> None:
    with sandbox(tmp_path / "world") as world:
        config = configuration(tmp_path, world)
        values = yaml.safe_load(config.read_text(encoding="utf-8"))
        values["mail"]["handover_domains"] = ["kaiserslautern.de"]
        config.write_text(yaml.safe_dump(values), encoding="utf-8")
        bot, demo = start("run", "-c", str(config)), Demo(world["url"])
        try:
            demo.answer("edda", UNKNOWN.format(number=1))
            mail = demo.wait_for(demo.mailbox)[0]
            demo.reply(mail, "#weiter an neffe@example.org")
            refused = demo.mail_about("neffe@example.org")
            demo.reply(refused, "#weiter an bauhof@kaiserslautern.de\nÜbernehmen Sie?")
            passed_on = demo.mail_about("Übernehmen Sie?")
            demo.reply(passed_on, "Ich war nicht gefragt.", **{"from": "neffe@example.org"})
            held = demo.mail_about("NICHT")
            demo.reply(passed_on, "Morgen früh.", **{"from": "bauhof@kaiserslautern.de"})
            heard = demo.wait_for(lambda: demo.heard("edda")[1:])
        finally:
            demo.http.close()
            bot.terminate()
            bot.communicate(timeout=20)

    assert "nicht freigegeben" in refused["text"]
    assert passed_on["to"] == "bauhof@kaiserslautern.de"
    assert "neffe@example.org" in held["text"]
    assert len(heard) == 1
    assert "Morgen früh." in heard[0]
