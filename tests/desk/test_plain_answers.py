"""Answers in Einfacher Sprache: given where they exist, and never silently replaced where they do not."""

from dataclasses import replace

from bot.desk.phrases import Phrases
from bot.knowledge.entry import Entry, Topic
from tests.desk.base import DE, EN, entry, knowledge_base

PLAIN = "Der Rat sagt Nein."


def phrases(*, plain: str | None, english: tuple[str, str] | None = ("Is there a stream?", "No.")) -> Phrases:
    """Phrases over one entry with these texts."""
    one = replace(stream(english), plain=plain)
    topic = Topic("test", {DE: "Test"}, {DE: "Ein Test."}, (one,), ())
    return Phrases(replace(knowledge_base(), topics=(topic,)), "info@kl.digital")


def stream(english: tuple[str, str] | None) -> Entry:
    return entry("livestream", "Gibt es einen Livestream?", "Nein, der Rat war dagegen.", english)


def test_a_citizen_who_wants_plain_language_gets_the_plain_answer_with_its_date_and_source() -> None:
    said = phrases(plain=PLAIN).answer("livestream", DE, plain=True)

    assert said == f"{PLAIN}\n\nAutomatische Antwort. Stand: Juni 2020. Quelle: Testquelle"


def test_everybody_else_gets_the_usual_answer() -> None:
    said = phrases(plain=PLAIN).answer("livestream", DE)

    assert PLAIN not in said
    assert said.startswith("Nein, der Rat war dagegen.")


def test_a_plain_answer_that_is_missing_is_said_to_be_missing() -> None:
    said = phrases(plain=None).answer("livestream", DE, plain=True)

    assert said.startswith("Diese Antwort gibt es noch nicht in Einfacher Sprache.\n\nNein, der Rat war dagegen.")


def test_who_writes_english_gets_english_and_hears_that_it_is_not_plain() -> None:
    said = phrases(plain=PLAIN).answer("livestream", EN, plain=True)

    assert said.startswith("This answer is not available in plain language yet.\n\nNo.")


def test_where_there_is_only_german_the_plain_german_is_given_and_named() -> None:
    said = phrases(plain=PLAIN, english=None).answer("livestream", EN, plain=True)

    assert said.startswith(f"So far this answer is only available in German:\n\n{PLAIN}")


def test_an_answer_that_a_clerk_picked_is_plain_too_for_whom_it_should_be() -> None:
    words = phrases(plain=PLAIN)
    one = words.knowledge.entry("livestream")
    assert one is not None

    assert PLAIN in words.stored_from_staff(one, "Gern:", "KL-7F3K9Q", DE, plain=True)
    assert PLAIN not in words.stored_from_staff(one, "Gern:", "KL-7F3K9Q", DE)
