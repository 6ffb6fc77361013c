"""Our mails as HTML that Outlook, Thunderbird and phones show alike."""

from collections.abc import Sequence
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from bot.desk.letter import Block


def page(blocks: Sequence[Block], *, title: str, top: str, bottom: str) -> str:
    """The letter as a page. `top` and `bottom`: lines of their own around it, perhaps empty. Everything is escaped."""
    return _template().render(blocks=blocks, title=title, top=top, bottom=bottom)


@cache
def _template() -> Template:
    loader = PackageLoader("bot.mail")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined).get_template("letter.html")
