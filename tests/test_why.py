"""`klbot ask --why`, on a small knowledge base and a terminal 80 columns wide."""

import json
from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from bot.cli.why import show_why, why_as_values
from bot.knowledge.entry import SynonymGroup
from bot.matching.matcher import Matcher
from tests.matching.bases import HERE, TOWN, base, entry


@pytest.fixture(scope="module")
def town() -> Matcher:
    return Matcher(TOWN)


def said(matcher: Matcher, question: str, width: int = 80) -> str:
    console = Console(file=StringIO(), width=width, highlight=False)
    show_why(console, matcher.explain(question))
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_every_word_the_runner_up_the_counterexample_and_the_rule_are_shown(town: Matcher) -> None:
    text = said(town, "Was kostet das Freibat?")

    assert "freibat" in text
    assert "ähnlich „freibad“" in text
    assert "kennt er nicht" in text
    assert "Nächste Einträge" in text
    assert "„Was kostet der Eintritt ins Freibad?“" in text
    assert "Regel" in text


def test_no_line_is_longer_than_the_terminal(town: Matcher) -> None:
    question = "Donaudampfschifffahrtsgesellschaftskapitän " * 5 + "und wann öffnet das Freibad endlich wieder?"

    assert all(len(line) <= 80 for line in said(town, question).splitlines())


def test_an_answer_shows_what_was_needed_for_it(town: Matcher) -> None:
    text = said(town, "Wann öffnet das Freibad?")

    assert "Sicher genug für eine Antwort" in text
    assert text.count("✓") == 3


def test_what_was_missing_for_an_answer_is_marked(town: Matcher) -> None:
    assert "✗" in said(town, "Was kostet der Eintritt ins Freibad?")


def test_what_stands_word_for_word_among_the_counterexamples_says_so(town: Matcher) -> None:
    assert "✗ steht wörtlich bei den Gegenbeispielen" in said(town, "Was kostet der Eintritt ins Freibad?")


def test_small_talk_is_compared_with_small_talk(town: Matcher) -> None:
    text = said(town, "Hallo")

    assert "im Small Talk" in text
    assert "Nächste Einträge" not in text


@pytest.mark.parametrize("question", ["", "😀", "?!", "[bold]Freibad[/] [/]", "\u202eFreibad\x00"])
def test_odd_messages_are_explained_too(town: Matcher, question: str) -> None:
    assert "Regel" in said(town, question)


def test_a_synonym_a_part_and_two_joined_words_are_named_as_such() -> None:
    places = base([entry("box", "Wo steht die Packstation?"), entry("rad", "Gibt es Ständer für das Fahrrad?")])
    group = SynonymGroup(("Packstation", "Paketkasten"), HERE)
    matcher = Matcher(replace(places, synonyms=(group,)))

    assert "Synonym „packstation“" in said(matcher, "Wo steht der Paketkasten?")
    assert "Teil „fahrrad + ständer“" in said(matcher, "Wo ist der Fahrradständer?", width=120)
    assert "pack station" in said(matcher, "Wo ist die Pack Station?")


def test_a_known_word_is_shown_as_it_is_written_with_its_umlauts() -> None:
    matcher = Matcher(base([entry("melder", "Gibt es einen Mängelmelder?"), entry("bad", "Wann öffnet das Bad?")]))

    assert "„mängelmelder“" in said(matcher, "maengelmelder")


def test_each_question_of_a_message_is_shown_by_itself(town: Matcher) -> None:
    explanation = town.explain("Wann öffnet das Freibad? Und wo kann ich mein Fahrrad abstellen?")

    assert [question.candidates[0].entry for question in explanation.questions] == ["bad", "rad"]


def test_the_weights_of_all_words_sum_to_one(town: Matcher) -> None:
    words = town.explain("Wann öffnet das Freibad in Kaiserslautern?").words

    assert sum(word.weight for word in words) == pytest.approx(1)
    assert [word.written for word in words] == ["wann", "öffnet", "das", "freibad", "in", "kaiserslautern"]


def test_the_same_can_be_had_as_json(town: Matcher) -> None:
    values = json.loads(json.dumps(why_as_values(town.explain("Wann öffnet das Freibat?"))))

    assert values["rule"] == "sure"
    assert values["words"][3]["matches"][0]["how"] == "letters"
