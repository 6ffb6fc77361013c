"""The catalogue for search engines: schema.org's FAQPage as JSON-LD, safe inside a page."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from bot.catalogue.content import Catalogue, Item, Reading
from bot.knowledge.entry import Language

# Whatever could end the script element, or a line of it, is written as its number.
_UNSAFE: Final = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def linked_data(shown: Catalogue) -> str:
    """The German questions with their answers, ready to stand in a script element."""
    questions = list(_questions(shown))
    data = {"@context": "https://schema.org", "@type": "FAQPage", "inLanguage": "de", "mainEntity": questions}
    return json.dumps(data, ensure_ascii=False).translate(_UNSAFE)


def _questions(shown: Catalogue) -> Iterator[Mapping[str, Any]]:
    """What is outdated is left out: a search engine would show it without the notice."""
    for item in shown.items():
        if not item.outdated:
            yield _question(item)


def _question(item: Item) -> Mapping[str, Any]:
    answer = {"@type": "Answer", "text": item.answers[Reading.DE].text, "dateModified": item.as_of}
    return {
        "@type": "Question",
        "@id": f"#{item.id}",
        "name": item.questions[Language.DE].text,
        "acceptedAnswer": answer,
    }
