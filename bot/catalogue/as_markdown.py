"""The catalogue as Markdown, for a wiki or a repository; every entry has an anchor of its id."""

import re
from collections.abc import Iterator
from typing import Final

from bot.catalogue.content import Catalogue, Item, Reading, Section
from bot.catalogue.prose import Block, Line, blocks, pieces
from bot.knowledge.entry import KnowledgeBase, Language

_SIGNS: Final = re.compile(r"([\\`*_{}\[\]<>#|~&!$])")
_LINE_START: Final = re.compile(r"^(\d+)([.)])|^([-+=:])")
_DE: Final = Language.DE


def as_markdown(shown: Catalogue, base: KnowledgeBase) -> str:
    """The page as CommonMark. `base` gives the words around the answers; nothing of an answer is read as markup."""
    parts = [f"# {_escaped(base.say('page_title', _DE))}", _escaped(base.say("page_intro", _DE)), _contents(shown)]
    for section in shown.sections:
        parts += _section(section, base)
    parts += [_line(pieces(base.say("page_contact", _DE))), base.say("page_version", _DE, version=shown.version)]
    return "\n\n".join(parts) + "\n"


def _contents(shown: Catalogue) -> str:
    lines = []
    for section in shown.sections:
        lines.append(f"- {_escaped(section.titles[_DE].text)}")
        lines += [f"  - [{_escaped(item.questions[_DE].text)}](#{item.id})" for item in section.items]
    return "\n".join(lines)


def _section(section: Section, base: KnowledgeBase) -> Iterator[str]:
    yield f"## {_escaped(section.titles[_DE].text)}"
    yield _prose(section.intros[_DE].text)
    for item in section.items:
        yield from _item(item, base)


def _item(item: Item, base: KnowledgeBase) -> Iterator[str]:
    yield f'<a id="{item.id}"></a>'
    yield f"### {_escaped(item.questions[_DE].text)}"
    if item.outdated:
        yield f"**{_escaped(item.outdated[_DE])}**"
    for reading, said in item.answers.items():
        if not said.notice:
            yield from _heading(item, reading, base)
            yield _prose(said.text)
    date = _escaped(base.say("page_date", _DE, as_of=item.dates[_DE]))
    yield f"{date}. {base.say('page_source', _DE)}: {_line(pieces(item.source))}"


def _heading(item: Item, reading: Reading, base: KnowledgeBase) -> Iterator[str]:
    """What stands over a reading that is not the usual one."""
    if reading is Reading.PLAIN:
        yield f"#### {_escaped(base.say('page_reading_plain', _DE))}"
    if reading is Reading.EN:
        yield f"#### {_escaped(base.say('page_reading_en', _DE))}: {_escaped(item.questions[Language.EN].text)}"


def _prose(text: str) -> str:
    return "\n\n".join(_block(block) for block in blocks(text))


def _block(block: Block) -> str:
    if block.is_list:
        return "\n".join(f"- {_line(line)}" for line in block.lines)
    return "\\\n".join(_line(line) for line in block.lines)


def _line(line: Line) -> str:
    """A line of text; an address stands in angle brackets, which hold everything that an address can hold."""
    return "".join(f"<{piece.text}>" if piece.href else _escaped(piece.text) for piece in line)


def _escaped(text: str) -> str:
    text = _SIGNS.sub(r"\\\1", text)
    return _LINE_START.sub(lambda found: f"{found[1]}\\{found[2]}" if found[1] else f"\\{found[3]}", text)
