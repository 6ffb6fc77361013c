"""What is offered to people who ask for the bot in any chat."""

from dataclasses import replace

import pytest

from bot.desk.inline import Inline
from bot.desk.phrases import Phrases
from bot.knowledge.entry import Language, Status
from bot.matching.decision import Candidate, Decision, Outcome
from tests.desk.base import ENTRIES, knowledge_base
from tests.desk.desk import QUEUE, decide


def inline(**change: object) -> Inline:
    return Inline(Phrases(replace(knowledge_base(), **change), QUEUE), decide)  # type: ignore[arg-type]


def test_the_answer_comes_with_its_question_date_and_source() -> None:
    [article] = inline().offer("answer: livestream").articles

    assert article.question == "Werden Ratssitzungen übertragen?"
    assert article.text.startswith("Frage: Werden Ratssitzungen übertragen?\n\nNein, der Rat war dagegen.")
    assert article.text.endswith("Automatische Antwort. Stand: Juni 2020. Quelle: Testquelle")


def test_where_several_may_be_meant_all_are_offered() -> None:
    questions = [article.question for article in inline().offer("suggest: ?").articles]

    assert questions == [entry.texts[Language.DE].question for entry in ENTRIES]


@pytest.mark.parametrize("words", ["", "   ", "Wie tief ist der See?", "hello: x"])
def test_nothing_that_fits_is_an_invitation_to_ask(words: str) -> None:
    offer = inline().offer(words)

    assert list(offer.articles) == []
    assert offer.ask == "Nichts Passendes? Fragen Sie mich selbst"


def test_a_withdrawn_answer_is_not_offered() -> None:
    topic = knowledge_base().topics[0]
    withdrawn = replace(topic, entries=(replace(ENTRIES[0], status=Status.WITHDRAWN), *ENTRIES[1:]))

    questions = [one.question for one in inline(topics=(withdrawn,)).offer("suggest: ?").articles]

    assert questions == ["Gibt es eine Paketstation?", "Was ist der Dritte Ort?"]


def test_a_keyword_is_answered_in_the_language_of_what_it_resembles() -> None:
    def keyword(text: str, language: Language | None) -> Decision:
        near = Candidate("livestream", 0.3, "live stream", Language.EN, explained=1.0)
        return Decision(Outcome.FORWARD, text, (near,), "unsure", language)

    [article] = Inline(Phrases(knowledge_base(), QUEUE), keyword).offer("stream").articles

    assert article.text.startswith("Question: Is there a stream?\n\nNo.")
