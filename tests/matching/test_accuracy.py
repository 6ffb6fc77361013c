"""How well the shipped knowledge base answers questions it does not contain (knowledge/questions.yaml).

The limits lie a few points below what `klbot eval` prints: who falls below one has made the bot worse.
"""

import re
from dataclasses import replace

import pytest

from bot.desk.beginning import examples
from bot.knowledge.entry import Kind, KnowledgeBase, Language
from bot.matching.decision import Outcome
from bot.matching.evaluation import MOST_WRONG, Report, evaluate
from bot.matching.matcher import Matcher
from bot.matching.text import normalise


def share(value: float | None) -> float:
    assert value is not None
    return value


# -- labelled questions -----------------------------------------------------------------------------


def test_every_entry_has_two_labelled_questions_that_the_knowledge_base_does_not_contain(
    shipped: KnowledgeBase,
) -> None:
    asked = [question for question in shipped.questions if question.kind is Kind.IN_SCOPE]
    known = {normalise(phrasing.text) for entry in shipped.entries() for phrasing in entry.phrasings}

    assert all(sum(question.entries == (entry.id,) for question in asked) >= 2 for entry in shipped.entries())
    assert not [question.text for question in asked if normalise(question.text) in known]


def test_the_right_entry_is_on_top(report: Report) -> None:
    assert share(report.top_1) >= 0.93
    assert share(report.top_3) >= 0.97


def test_the_right_entry_is_on_top_however_people_write(report: Report) -> None:
    assert len(report.by_style()) >= 9
    assert {style: top for style, top in report.by_style().items() if top < 0.8} == {}


def test_citizens_are_hardly_ever_answered_wrongly(report: Report) -> None:
    assert share(report.wrong) <= 0.025
    assert share(report.kept) >= 0.93


def test_most_questions_are_answered_at_once_and_nearly_all_at_least_suggested(report: Report) -> None:
    assert share(report.answered) >= 0.76
    assert share(report.helped) >= 0.95


def test_small_talk_makes_no_ticket(report: Report) -> None:
    assert share(report.small_talk) >= 0.88


def test_ambiguous_messages_are_offered_something_plausible(report: Report) -> None:
    assert share(report.plausible) >= 0.88


def test_the_threshold_promises_what_it_was_computed_for(citizens: Matcher) -> None:
    assert citizens.limit is not None
    assert citizens.limit.wrong <= MOST_WRONG < citizens.limit.bound <= 2 * MOST_WRONG


@pytest.mark.parametrize("half", [0, 1])
def test_a_threshold_from_half_of_the_questions_serves_the_other_half(shipped: KnowledgeBase, half: int) -> None:
    matcher = Matcher(replace(shipped, questions=shipped.questions[half::2]))
    report = evaluate(matcher, shipped.questions[1 - half :: 2])

    assert share(report.wrong) <= 0.035
    assert share(report.kept) >= 0.9
    assert share(report.answered) >= 0.7
    assert share(report.helped) >= 0.93


def test_a_report_of_no_questions_claims_nothing(citizens: Matcher) -> None:
    report = evaluate(citizens, [])

    assert (report.top_1, report.wrong, report.by_style()) == (None, None, {})


# -- the knowledge base's own words -----------------------------------------------------------------


def test_no_phrasing_is_answered_with_another_entry(shipped: KnowledgeBase, citizens: Matcher) -> None:
    phrasings = [phrasing for entry in shipped.entries() for phrasing in entry.phrasings]
    decisions = [(phrasing, citizens.decide(phrasing.text)) for phrasing in phrasings]

    assert [p.text for p, found in decisions if found.entry not in (None, p.entry)] == []
    assert sum(found.entry == p.entry for p, found in decisions) >= 0.99 * len(phrasings)


def test_no_counterexample_is_answered(shipped: KnowledgeBase, citizens: Matcher) -> None:
    decisions = [citizens.decide(one.text) for one in shipped.counterexamples()]

    assert [one.text for one in decisions if one.outcome is Outcome.ANSWER] == []


def test_every_example_of_small_talk_is_met_as_its_kind(shipped: KnowledgeBase, citizens: Matcher) -> None:
    phrasings = [(kind.kind, text) for kind in shipped.small_talk for texts in kind.examples.values() for text in texts]
    met = [(citizens.decide(text).small_talk, text) for _, text in phrasings]

    assert len(phrasings) > 100
    assert sum(one == other for one, other in zip(phrasings, met, strict=True)) >= 0.99 * len(phrasings)


@pytest.mark.parametrize("language", Language)
def test_every_question_that_the_bot_names_as_an_example_is_answered(
    shipped: KnowledgeBase, citizens: Matcher, language: Language
) -> None:
    abilities = next(kind.replies[language] for kind in shipped.small_talk if kind.kind == "abilities")
    named = re.findall(r"[„\"]([^“\"]+\?)[“\"]", abilities)
    greeted = [entry.text(language).question for entry in map(shipped.entry, examples(shipped)) if entry is not None]

    outcomes = {example: citizens.decide(example).outcome for example in named + greeted}

    assert (len(named) > 0, len(greeted)) == (True, 3)
    assert set(outcomes.values()) == {Outcome.ANSWER}, outcomes


@pytest.mark.parametrize(
    "text",
    [
        "Danke! Und woher stammt diese Zahl?",
        "Super, danke! Aber warum steigt das jedes Jahr?",
        "Thanks, who runs it?",
        "so sieht das aus seit 2 Jahren!!",
        "ist das noch aktuell?",
        "mein Hund ist weg, helfen Sie mir?",
        "Mein Hund ist weg, helfen Sie mir bitte",
        "take it back please",
    ],
)
def test_what_says_something_is_not_met_as_small_talk(citizens: Matcher, text: str) -> None:
    decision = citizens.decide(text)

    assert decision.outcome is not Outcome.SMALLTALK
    assert decision.text == text
    assert citizens.explain(text).decision == decision


@pytest.mark.parametrize(
    "text",
    [
        "Danke für Ihre schnelle Antwort",
        "Vielen Dank und schöne Grüße an die Kollegen",
        "Danke für die tolle Arbeit",
        "Hallo liebes Team von KL.digital",
        "Ok, super, dann weiß ich ja jetzt Bescheid",
        "Schönes Wochenende, bis Montag",
    ],
)
def test_small_talk_in_other_words_stays_small_talk(citizens: Matcher, text: str) -> None:
    assert citizens.decide(text).outcome is Outcome.SMALLTALK
