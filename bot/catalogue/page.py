"""The catalogue as one page that needs nothing but itself: no server, no other file, and no script to be read."""

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from bot.catalogue.content import Catalogue, Reading
from bot.catalogue.linked_data import linked_data
from bot.catalogue.prose import blocks, pieces
from bot.catalogue.words import NEEDED
from bot.knowledge.entry import KnowledgeBase, Language

TEMPLATES: Final = Path(__file__).parent / "templates"


def page(shown: Catalogue, base: KnowledgeBase) -> str:
    """The page as HTML. `base` gives the words around the answers. Everything of the knowledge base is escaped."""
    style, script = ((TEMPLATES / name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    return _template().render(
        catalogue=shown,
        total=sum(1 for _ in shown.items()),
        readings=Reading,
        languages=Language,
        words=_words(base, shown),
        linked_data=linked_data(shown),
        style=style,
        script=script,
        policy=policy(style, script),
    )


def policy(style: str, script: str) -> str:
    """What the page may do: nothing but this style and this script."""
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _words(base: KnowledgeBase, shown: Catalogue) -> Mapping[str, Mapping[Language, str]]:
    """The words around the answers; what depends on an entry, or on the search, keeps its placeholder."""
    kept = {name: f"{{{name}}}" for names in NEEDED.values() for name in names.split()}
    values = {**kept, "version": shown.version}
    return {key: {language: base.say(key, language, **values) for language in Language} for key in NEEDED}


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("bot.catalogue"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(blocks=blocks, pieces=pieces)
    return environment.get_template("page.html")
