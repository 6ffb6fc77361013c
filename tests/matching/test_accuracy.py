"""How well the shipped knowledge base answers questions it does not contain (knowledge/questions.yaml)."""

from pathlib import Path

import pytest

from bot.knowledge.entry import Kind, KnowledgeBase
from bot.knowledge.loader import load
from bot.matching.evaluation import Report, evaluate
from bot.matching.matcher import Matcher
from bot.matching.text import normalise

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def shipped() -> KnowledgeBase:
    return load(ROOT / "knowledge")


@pytest.fixture(scope="module")
def matcher(shipped: KnowledgeBase) -> Matcher:
    return Matcher(shipped)


@pytest.fixture(scope="module")
def report(shipped: KnowledgeBase, matcher: Matcher) -> Report:
    return evaluate(matcher, shipped.questions)


def share(value: float | None) -> float:
    assert value is not None
    return value


def test_every_entry_has_two_labelled_questions_that_the_knowledge_base_does_not_contain(
    shipped: KnowledgeBase,
) -> None:
    asked = [question for question in shipped.questions if question.kind is Kind.IN_SCOPE]
    known = {normalise(phrasing.text) for entry in shipped.entries() for phrasing in entry.phrasings}

    assert all(sum(question.entries == (entry.id,) for question in asked) >= 2 for entry in shipped.entries())
    assert not [question.text for question in asked if normalise(question.text) in known]


def test_the_right_entry_is_on_top(report: Report) -> None:
    assert share(report.top_1) >= 0.92
    assert share(report.top_3) >= 0.96


def test_citizens_are_hardly_ever_answered_wrongly(report: Report) -> None:
    assert share(report.wrong) <= 0.04
    assert share(report.kept) >= 0.88


def test_most_questions_are_answered_at_once_and_nearly_all_at_least_suggested(report: Report) -> None:
    assert share(report.answered) >= 0.65
    assert share(report.answered) + share(report.suggested) >= 0.90


def test_small_talk_makes_no_ticket(report: Report) -> None:
    assert share(report.small_talk) >= 0.8


def test_ambiguous_messages_are_offered_something_plausible(report: Report) -> None:
    assert share(report.plausible) >= 0.75


def test_a_report_of_no_questions_claims_nothing(matcher: Matcher) -> None:
    report = evaluate(matcher, [])

    assert (report.top_1, report.wrong, report.by_style()) == (None, None, {})
