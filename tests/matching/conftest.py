"""The shipped knowledge base, which takes seconds to learn and is shared by all who only ask."""

from pathlib import Path

import pytest

from bot.knowledge.entry import KnowledgeBase
from bot.knowledge.loader import load
from bot.matching.evaluation import Report, evaluate
from bot.matching.matcher import Matcher

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"


@pytest.fixture(scope="session")
def shipped() -> KnowledgeBase:
    return load(KNOWLEDGE)


@pytest.fixture(scope="session")
def citizens(shipped: KnowledgeBase) -> Matcher:
    """The matcher that citizens of Kaiserslautern meet."""
    return Matcher(shipped)


@pytest.fixture(scope="session")
def report(shipped: KnowledgeBase, citizens: Matcher) -> Report:
    """How it fares on the labelled questions."""
    return evaluate(citizens, shipped.questions)
