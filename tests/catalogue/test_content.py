"""The catalogue holds what is published, in every reading there is, and says where there is none."""

from bot.catalogue.content import Reading
from tests.catalogue.base import DE, EN, knowledge_base, small_catalogue


def test_only_what_is_published_is_shown_and_no_empty_topic() -> None:
    shown = small_catalogue()

    assert [item.id for item in shown.items()] == ["station", "nasty", "old", "today"]
    assert [section.id for section in shown.sections] == ["station"]


def test_every_reading_is_given_as_it_was_written() -> None:
    station = next(small_catalogue().items())

    assert station.answers[Reading.PLAIN].text == "Am Rathaus.\nUnd am Bahnhof."
    assert station.answers[Reading.EN].text == "At the town hall."
    assert not any(said.notice for said in station.answers.values())


def test_what_is_missing_is_german_and_says_so() -> None:
    _, nasty, *_ = small_catalogue().items()

    assert nasty.answers[Reading.PLAIN].notice == "Diese Antwort gibt es noch nicht in Einfacher Sprache."
    assert nasty.answers[Reading.EN].notice.startswith("So far this answer is only available in German")
    assert nasty.answers[Reading.EN].language is nasty.questions[EN].language is DE


def test_an_answer_whose_time_is_over_says_so_from_the_next_day_on() -> None:
    *_, old, today = small_catalogue().items()

    assert old.outdated[DE] == "Diese Antwort galt bis 24. November 2026 und kann veraltet sein."
    assert old.outdated[EN] == "This answer was valid until 24 November 2026 and may be out of date."
    assert not today.outdated


def test_the_search_knows_the_words_that_citizens_ask_with() -> None:
    station = next(small_catalogue().items())

    assert station.also == ("abholfach", "gesucht")


def test_the_version_is_that_of_the_knowledge_base() -> None:
    assert small_catalogue().version == knowledge_base().version
