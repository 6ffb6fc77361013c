"""The catalogue as JSON and Markdown, and for search engines."""

import json
import re
from pathlib import Path

from bot.catalogue.as_json import as_json
from bot.catalogue.as_markdown import as_markdown
from bot.catalogue.linked_data import linked_data
from tests.catalogue.base import EVIL, STATION, knowledge_base, small_catalogue

DOCUMENT = (Path(__file__).parents[2] / "docs" / "catalogue.md").read_text(encoding="utf-8")


def markdown() -> str:
    return as_markdown(small_catalogue(), knowledge_base())


# -- JSON ---------------------------------------------------------------------------------------------


def test_json_gives_every_entry_with_the_readings_that_there_are() -> None:
    [topic] = json.loads(as_json(small_catalogue()))["topics"]
    station, nasty, old, today = topic["entries"]

    assert station == {
        "id": "station",
        "question": {"de": "Wo steht die Paketstation?", "en": "Where is the parcel station?"},
        "answer": {"de": STATION.strip(), "plain": "Am Rathaus.\nUnd am Bahnhof.", "en": "At the town hall."},
        "as_of": "2020-06-18",
        "source": "KL.digital",
        "valid_until": None,
        "outdated": False,
    }
    assert set(nasty["answer"]) == set(nasty["question"]) == {"de"}
    assert nasty["question"]["de"] == EVIL
    assert (old["valid_until"], old["outdated"], today["outdated"]) == ("2026-11-24", True, False)


def test_json_is_the_same_as_long_as_the_knowledge_base_is() -> None:
    assert as_json(small_catalogue()) == as_json(small_catalogue())


def test_every_key_of_the_json_is_documented() -> None:
    def keys(value: object) -> set[str]:
        if isinstance(value, dict):
            return set(value) | {key for part in value.values() for key in keys(part)}
        return {key for part in value for key in keys(part)} if isinstance(value, list) else set()

    documented = set(re.findall(r"^\| `([\w.]+)` \|", DOCUMENT, flags=re.MULTILINE))

    assert keys(json.loads(as_json(small_catalogue()))) == {name.split(".")[-1] for name in documented}


# -- Markdown -----------------------------------------------------------------------------------------


def test_markdown_leads_from_the_contents_to_an_anchor_of_each_entry() -> None:
    led = re.findall(r"^  - \[.*\]\(#([a-z0-9-]+)\)$", markdown(), flags=re.MULTILINE)

    assert led == re.findall(r'^<a id="([a-z0-9-]+)"></a>$', markdown(), flags=re.MULTILINE)
    assert led == ["station", "nasty", "old", "today"]


def test_markdown_has_lists_links_dates_and_sources() -> None:
    assert "- am Rathaus\n- am Bahnhof" in markdown()
    assert "<https://www.kl.digital/a_b?c=1&d=2> (oder <info@kl.digital>)." in markdown()
    assert "Stand: 18. Juni 2020. Quelle: KL.digital" in markdown()
    assert "#### Einfache Sprache\n\nAm Rathaus.\\\nUnd am Bahnhof." in markdown()
    assert "#### English: Where is the parcel station?" in markdown()


def test_no_sign_of_an_answer_is_read_as_markdown() -> None:
    bare = re.sub(r'<a id="[\w-]+"></a>|<(https://|info@)[^>]*>|\\.', "", markdown())

    assert not re.search(r"[<>`]|\]\(javascript|\*fett|^\d+\.", bare, flags=re.MULTILINE)
    assert not re.search(r"^# (?!Smart)", bare, flags=re.MULTILINE)


# -- schema.org ---------------------------------------------------------------------------------------


def test_search_engines_get_every_question_that_still_holds() -> None:
    data = json.loads(linked_data(small_catalogue()))

    assert data["@type"] == "FAQPage"
    assert [one["@id"] for one in data["mainEntity"]] == ["#station", "#nasty", "#today"]
    assert data["mainEntity"][0]["acceptedAnswer"]["text"] == STATION.strip()
    assert data["mainEntity"][1]["name"] == EVIL


def test_nothing_in_linked_data_can_end_its_script_or_a_line() -> None:
    assert not re.search(r"[<>&\u2028\u2029\n]", linked_data(small_catalogue()))
