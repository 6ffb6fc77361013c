"""HTML mails as text: quotes marked with "> ", signatures and pictures marked too, links and lists kept readable."""

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag

from bot.mail.phrases import PICTURE

# Begins each line of what a mail program marks as a signature. It stands for no character, so nobody writes it.
SIGNED = "\ufdd3"
SEPARATOR = "-----Ursprüngliche Nachricht-----"

_SKIPPED = {"script", "style", "title", "template", "svg", "object", "select", "textarea"}
_BLOCKS = {
    "p", "div", "section", "article", "header", "footer", "main", "table", "tr", "ul", "ol", "li", "h1", "h2", "h3",
    "h4", "h5", "h6", "pre", "blockquote", "hr", "address", "center", "form", "dl", "dt", "dd", "fieldset",
}  # fmt: skip
_SPACED = {"h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "dl"}
_SIGNATURES = {"moz-signature", "gmail_signature"}
_QUOTES = {"moz-cite-prefix", "yahoo_quoted", "gmail_attr", "protonmail_quote", "tutanota_quote"}
# Outlook on the web does not wrap what it quotes: everything after these places is old.
_OLD_FROM_HERE = {"divrplyfwdmsg", "appendonsend", "mail-editor-reference-message-container"}
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all|visibility\s*:\s*hidden", re.IGNORECASE)
_DECLARATION = re.compile(r"<[!?][^<>]*>")
_ENDLESS_TAG = re.compile(r"<[^<>]{4000,}>")
_TAG = re.compile(r"(<[^<>]*>)")
# Three more such code points keep text from being taken for markup while it is parsed.
_VEILED = str.maketrans("<>&", "\ufdd0\ufdd1\ufdd2")
_UNVEILED = str.maketrans("\ufdd0\ufdd1\ufdd2", "<>&")
_NO_MARGIN = re.compile(r"margin(?:-bottom)?\s*:\s*0", re.IGNORECASE)


def html_to_text(markup: str) -> str:
    """The text a person sees, one line for each block; what is quoted begins with "> ", once for each level.

    Lines of a marked signature begin with SIGNED; where a picture of the mail stands, there is [cid:…].
    """
    tags = _tame(markup)
    page = _Page()
    # Without any tag, the parser would take the text for a file name and warn.
    for step in _steps(BeautifulSoup(f"<div>{tags}", "html.parser")):
        step(page)
    return page.text()


def _tame(markup: str) -> str:
    """The markup as complete tags and decoded text: the parser takes quadratic time for everything else."""
    kept, position = [], 0
    while (start := markup.find("<!--", position)) >= 0:
        kept.append(markup[position:start])
        end = markup.find("-->", start)
        position = end + len("-->") if end >= 0 else len(markup)
    kept.append(markup[position:])
    pieces = _TAG.split(_ENDLESS_TAG.sub("", _DECLARATION.sub("", "".join(kept))))
    pieces[::2] = [html.unescape(text).translate(_VEILED) for text in pieces[::2]]
    return "".join(pieces)


@dataclass(slots=True)
class _Page:
    """Text as it is being laid out."""

    lines: list[str] = field(default_factory=list)
    line: str = ""
    depth: int = 0
    signed: int = 0
    literal: int = 0
    link_starts: list[tuple[int, int]] = field(default_factory=list)

    def write(self, text: str) -> None:
        text = text.translate(_UNVEILED)
        if self.literal:
            *whole, text = text.split("\n")
            for part in whole:
                self.line += part
                self.end_line()
            self.line += text
            return
        # A space that does not break is all that Outlook puts into an empty line.
        text = re.sub(r"[ \t\r\n\f]+", " ", text)
        self.line += text.lstrip(" ") if not self.line or self.line.endswith(" ") else text

    def end_line(self) -> None:
        line = self.line.replace("\xa0", " ")
        if self.signed and not self.depth:
            self.lines.append(f"{SIGNED}{line}".rstrip())
        else:
            self.lines.append("-- " if line.strip() == "--" else f"{'> ' * self.depth}{line}".rstrip())
        self.line = ""

    def begin_block(self) -> None:
        if self.line.strip(" "):
            self.end_line()
        self.line = ""

    def blank(self) -> None:
        self.begin_block()
        if self.lines and self.lines[-1].strip(f"> {SIGNED}"):
            self.end_line()

    def text(self) -> str:
        self.begin_block()
        return "\n".join(self.lines)


_Step = Callable[[_Page], None]


def _steps(soup: BeautifulSoup) -> Iterator[_Step]:
    """What to do, in document order. No recursion: a mail may nest its tags a hundred thousand deep."""
    waiting: list[Tag | NavigableString | _Step] = [soup]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Tag):
            if not _is_skipped(node):
                before, after = _around(node)
                yield before
                waiting.append(after)
                waiting += [child for child in reversed(node.contents) if _is_content(child)]  # type: ignore[misc]
        elif isinstance(node, NavigableString):
            yield _writing(str(node))
        else:
            yield node


def _is_content(node: object) -> bool:
    # Comments, declarations and the like are subclasses of the plain string.
    return isinstance(node, Tag) or type(node) is NavigableString


def _writing(text: str) -> _Step:
    return lambda page: page.write(text)


def _is_skipped(tag: Tag) -> bool:
    return tag.name in _SKIPPED or bool(_HIDDEN.search(_attribute(tag, "style")))


def _attribute(tag: Tag, name: str) -> str:
    value = tag.get(name) or ""
    return value if isinstance(value, str) else " ".join(value)


def _around(tag: Tag) -> tuple[_Step, _Step]:
    """What to do before a tag's content and after it."""
    match tag.name:
        case "br":
            return _Page.end_line, _nothing
        case "td" | "th":
            return _nothing, _writing(" ")
        case "a":
            return _link(_attribute(tag, "href").strip())
        case "img":
            mark = f"[{_attribute(tag, 'src').strip()}]"
            return _writing(mark) if PICTURE.fullmatch(mark) else _nothing, _nothing
    return _block(tag) if tag.name in _BLOCKS or _is_signature(tag) else (_nothing, _nothing)


def _nothing(page: _Page) -> None:
    """Inline tags change nothing."""


def _link(href: str) -> tuple[_Step, _Step]:
    target = href.removeprefix("mailto:").partition("?")[0] if href.startswith("mailto:") else href

    def before(page: _Page) -> None:
        page.link_starts.append((len(page.lines), len(page.line)))

    def after(page: _Page) -> None:
        lines, start = page.link_starts.pop()
        shown = PICTURE.sub("", page.line[start if lines == len(page.lines) else 0 :]).strip()
        if shown and href.startswith(("http://", "https://", "mailto:")) and _bare(target) not in _bare(shown):
            page.write(f" ({target})")

    return before, after


def _bare(target: str) -> str:
    return re.sub(r"^https?://(?:www\.)?", "", target.strip().casefold()).rstrip("/")


def _block(tag: Tag) -> tuple[_Step, _Step]:
    quoted, literal, bullet, spaced = _is_quote(tag), tag.name == "pre", _bullet(tag), _is_spaced(tag)
    signed = _is_signature(tag)

    def before(page: _Page) -> None:
        page.blank() if spaced else page.begin_block()
        page.depth += quoted
        page.signed += signed
        page.literal += literal
        if _attribute(tag, "id").casefold().removeprefix("x_") in _OLD_FROM_HERE:
            page.write(SEPARATOR)
            page.end_line()
        page.line = bullet

    def after(page: _Page) -> None:
        page.begin_block()
        page.depth -= quoted
        page.signed -= signed
        page.literal -= literal
        if spaced:
            page.blank()

    return before, after


def _is_quote(tag: Tag) -> bool:
    classes = {name.removeprefix("x_") for name in _attribute(tag, "class").split()}
    if tag.name == "blockquote" or classes & _QUOTES or _attribute(tag, "name") == "quote":
        return True
    # Gmail wraps answers inside the quote, too: there only the inner blockquotes are old.
    return "gmail_quote" in classes and tag.find("blockquote") is None


def _is_signature(tag: Tag) -> bool:
    return bool(_SIGNATURES & set(_attribute(tag, "class").split()))


def _is_spaced(tag: Tag) -> bool:
    if tag.name == "p":
        return not (_attribute(tag, "class").startswith("Mso") or _NO_MARGIN.search(_attribute(tag, "style")))
    return tag.name in _SPACED


def _bullet(tag: Tag) -> str:
    if tag.name != "li":
        return ""
    if tag.parent is not None and tag.parent.name == "ol":
        return f"{1 + len(tag.find_previous_siblings('li'))}. "
    return "- "
