"""Leafing through the topics, links from posters and inline answers, over HTTP only."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.end_to_end.demo import Demo, running_demo
from tests.end_to_end.small import small_base


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("demo")
    with running_demo(folder, "--knowledge", str(small_base(folder))) as started:
        yield started


def page(demo: Demo, citizen: str, words: str) -> dict[str, Any]:
    """The only message of the bot, once it shows these words."""
    [found] = demo.wait_for(lambda: [one for one in demo.heard_messages(citizen) if words in one["text"]])
    assert len(demo.heard_messages(citizen)) == 1
    return found


def test_one_leafs_to_an_answer_and_back_in_one_message(demo: Demo) -> None:
    topics = demo.answer("anna", "/themen")
    demo.tap("anna", topics, 1)
    questions = page(demo, "anna", "Thema: Stadtrat")
    demo.tap("anna", questions, 2)
    answer = page(demo, "anna", "Auf der Empore.")
    demo.tap("anna", answer, 1)
    again = page(demo, "anna", "Thema: Stadtrat")
    demo.tap("anna", again, -1)

    home = page(demo, "anna", "1. Stadtrat")
    assert {one["id"] for one in (topics, questions, answer, again, home)} == {topics["id"]}
    assert "Stand: Juni 2020. Quelle: Test" in answer["text"]


def test_the_same_by_typing(demo: Demo) -> None:
    demo.answer("ben", "/topics")

    assert "Thema: Stadtrat" in demo.answer("ben", "1")["text"]
    assert "Auf der Empore." in demo.answer("ben", "2")["text"]
    assert "Thema: Stadtrat" in demo.answer("ben", "zurück")["text"]


def test_a_link_from_a_poster_shows_its_answer(demo: Demo) -> None:
    answer = demo.answer("clara", "/start stadtrat-livestream")

    assert "Ja, seit 2019." in answer["text"]
    assert "automatischen Assistenten" in answer["text"]


def test_a_language_is_chosen_and_kept(demo: Demo) -> None:
    asked = demo.answer("dora", "/sprache")
    demo.tap("dora", asked, 2)
    page(demo, "dora", "From now on I reply to you in English")

    assert "Yes, since 2019." in demo.answer("dora", "Livestream der Stadtratssitzung")["text"]


def test_plain_language_is_wished_for_and_where_there_is_none_that_is_said(demo: Demo) -> None:
    assert "jetzt in Einfacher Sprache" in demo.answer("fritz", "/einfach")["text"]
    assert "noch nicht in Einfacher Sprache" in demo.answer("fritz", "Gibt es Stühle für Zuschauer?")["text"]


def test_answers_are_offered_in_any_chat(demo: Demo) -> None:
    made = demo.http.post("/api/citizens/emil/inline", json={"text": "stadtrat livestream"}).json()
    look = f"/api/citizens/emil/inline/{made['id']}"

    seen = demo.wait_for(lambda: next((one for one in [demo.http.get(look).json()] if one["answered"]), None)) or {}

    assert "Ja, seit 2019." in seen["results"][0]["text"]
    assert demo.chat("emil") == []
