"""The knowledge base that ships."""

import pytest

from bot.knowledge.entry import KnowledgeBase, Language
from bot.knowledge.lines import Lines
from bot.knowledge.loader import load, shipped
from bot.knowledge.readability import hard_words, long_sentences

CATALOGUE = """
    stadtrat-livestream buergerbeteiligung-verwaltung lokale-logistik-teilnehmerliste paketstation-zuhause
    lokale-logistik-ansprache-unternehmen alzura-local-start dritter-ort-name dritter-ort-standortwahl
    dritter-ort-stabsstelle-bildung dritter-ort-beteiligung soziale-stadtteilerneuerungsgebiete quartiersmanagement
    dritter-ort-fahrplan dritter-ort-gleicher-platz datenplattform-open-source elektromobilitaet-autonomes-fahren
    ag-mobilitaet-stadtteile lotsensystem-inklusionsbeirat seeing-ai lorawan dorffunk-ortsteile open-government-data
    fahrradboxen-mitfahrerplaetze verwaltungsdigitalisierung risiken-digitalisierung innenstadt-beleben
    vision-digitale-stadt nutzen-lokale-unternehmen kunden-gewinnen wachstum-lokale-geschaefte kinder-jugendprojekte
    digitalisierung-bekannter-machen projekte-evaluieren mitmachen-kontakt
"""


@pytest.fixture(scope="module")
def base() -> KnowledgeBase:
    return load(shipped())


def test_citizens_get_the_34_answers_of_the_catalogue(base: KnowledgeBase) -> None:
    ids = [entry.id for entry in base.entries()]

    assert len(ids) == 34
    assert set(ids) == set(CATALOGUE.split())


def test_every_topic_introduces_itself_in_both_languages(base: KnowledgeBase) -> None:
    assert len(base.topics) == 8
    for topic in base.topics:
        assert topic.titles.keys() == topic.intros.keys() == set(Language)


@pytest.mark.parametrize("entry_id", CATALOGUE.split())
def test_every_answer_has_phrasings_english_a_date_and_a_source(base: KnowledgeBase, entry_id: str) -> None:
    entry = base.entry(entry_id)

    assert entry is not None
    assert len(entry.texts[Language.DE].aliases) >= 6
    assert entry.texts[Language.EN].aliases
    assert entry.texts[Language.EN].answer != entry.texts[Language.DE].answer
    assert entry.as_of == "2020-06"
    assert entry.source


def test_every_kind_of_small_talk_answers_in_both_languages(base: KnowledgeBase) -> None:
    for kind in base.small_talk:
        assert kind.examples.keys() == kind.replies.keys() == set(Language)
        assert all(kind.examples.values())


def test_every_answer_is_easy_to_read(base: KnowledgeBase) -> None:
    lines = Lines([shipped()])

    assert [str(one) for one in (*long_sentences(base, lines), *hard_words(base, lines))] == []
