"""The commands that a clerk may write in the first line of a reply: read here, carried out in `orders`."""

import re
import unicodedata
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from bot.desk.ticket import ALPHABET, CODE_LENGTH


class Name(StrEnum):
    """What a clerk can ask for, in the clerk's own word."""

    NOTE = "intern"
    STORED = "1"
    ASK_BACK = "rückfrage"
    HAND_OVER = "weiter"
    TEACH = "wissen"
    CLOSE = "schließen"
    SPAM = "spam"
    CLAIM = "übernehmen"
    UNCLAIM = "freigeben"
    RETRACT = "zurück"
    ALL = "alle"
    SEND = "senden"
    DROP = "verwerfen"


class Trouble(StrEnum):
    """Why a first line that looks like a command is none that could be carried out."""

    UNKNOWN = "unknown"
    SEVERAL = "several"
    NO_TEXT = "no-text"
    NO_ADDRESS = "no-address"


@dataclass(frozen=True, slots=True)
class Command:
    """A command with what it needs. `word`: as it was written; `text`: the rest of the mail, perhaps empty.

    `number`: which stored answer (1 to 3); `address`: to whom it is handed over, in lower case; `ticket`: the code that
    stands behind the command, in capitals.
    """

    name: Name
    word: str
    text: str
    number: int = 0
    address: str = ""
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class NoCommand:
    """Plain words, to be delivered as they are."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Meant as a command, but none: nothing of it may be delivered."""

    word: str
    why: Trouble


STORED: Final = frozenset({"1", "2", "3"})
_NEEDS_TEXT: Final = frozenset({Name.NOTE, Name.ASK_BACK, Name.TEACH, Name.ALL})
# Their rest reaches the citizen, so no second command may stand in it.
_DELIVERS: Final = frozenset({Name.STORED, Name.ASK_BACK, Name.TEACH, Name.ALL})
_UMLAUTS: Final = (str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"}), str.maketrans("äöü", "aou"))
_LONGEST_WORD: Final = 40

# Mail programs write bold as *bold*, and clerks copy quotation marks along.
_MARKS = "*_\"'„“”‚‘’»«"
_COMMAND = re.compile(r"#(?P<word>\S+)")
_HEADING = re.compile(r"#+\s+(?P<word>\S+)")
_HASH_ALONE = re.compile(rf"#+[{_MARKS}]*\s*(?:\n|$)")
_WORD = re.compile(rf"([^\W_]+)[.:,;!?){_MARKS}]*")
_CODE = re.compile(rf"(?<!\w)[A-Z]{{2,6}}-[{ALPHABET}]{{{CODE_LENGTH}}}(?!\w)", re.IGNORECASE)
_ATOM = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS = re.compile(rf"(?<![^\s<(:]){_ATOM}(?:\.{_ATOM})*@[a-z0-9-]+(?:\.[a-z0-9-]+)+(?![^\s>).,;:!])", re.IGNORECASE)


def parse(text: str) -> Command | NoCommand | Unknown:
    """What the first line asks for. `text`: a visible reply, free of quotes and signature."""
    found = _first_line(text)
    return _complete(found) if isinstance(found, Command) else found


def _first_line(text: str) -> Command | NoCommand | Unknown:
    """The same, whether or not the command has what it needs."""
    text = from_first_sign(text)
    if _HASH_ALONE.match(text):
        return Unknown("#", Trouble.UNKNOWN)
    if heading := _HEADING.match(text):
        # "# intern" is too near to a command to be sent to a citizen.
        word = _plain(heading["word"])
        return Unknown(f"# {_shown(heading['word'])}", Trouble.UNKNOWN) if _known(word) is not None else NoCommand()
    found = _COMMAND.match(text)
    if found is None:
        return NoCommand()
    word, rest = f"#{_shown(found['word'])}", text[found.end() :].strip()
    plain = _plain(found["word"])
    if plain in STORED:
        return Command(Name.STORED, f"#{plain}", rest, number=int(plain))
    name = _known(plain)
    if name is None:
        return Unknown(word, Trouble.UNKNOWN)
    command = Command(name, f"#{name}", rest)
    if name is Name.SEND:
        return replace(command, ticket=_ticket(rest))
    return _hand_over(command) if name is Name.HAND_OVER else command


def _complete(command: Command) -> Command | Unknown:
    if command.name in _NEEDS_TEXT and not any(sign.isalnum() for sign in command.text):
        return Unknown(command.word, Trouble.NO_TEXT)
    if command.name in _DELIVERS and not isinstance(_first_line(command.text), NoCommand):
        return Unknown(command.word, Trouble.SEVERAL)
    return command


def _hand_over(command: Command) -> Command | Unknown:
    """The address stands in the first line; what else there is goes along as the clerk's words."""
    line, _, below = command.text.partition("\n")
    addresses = {one.lower() for one in _ADDRESS.findall(line)}
    if len(addresses) != 1:
        return Unknown(command.word, Trouble.NO_ADDRESS)
    last = list(_ADDRESS.finditer(line))[-1]
    beside = line[last.end() :].strip(" \t>).,;:")
    text = "\n".join(part for part in (beside, below) if part.strip()).strip()
    return Command(command.name, command.word, text, address=addresses.pop())


def _ticket(text: str) -> str:
    found = _CODE.search(text.partition("\n")[0])
    return found[0].upper() if found else ""


def from_first_sign(text: str) -> str:
    """The text without what nobody means at its beginning: white space, signs of no width, emphasis, quotes."""
    at = next((at for at, sign in enumerate(text) if sign not in _MARKS and not _invisible(sign)), len(text))
    return text[at:].translate({ord(separator): "\n" for separator in "\r\v\f\x85\u2028\u2029"})


def _invisible(sign: str) -> bool:
    return sign.isspace() or unicodedata.category(sign) in ("Cc", "Cf", "Zs", "Zl", "Zp") or sign == "\ufe0f"


def _plain(word: str) -> str:
    """The word without punctuation, in lower case; empty if it is more than one word."""
    visible = "".join(sign for sign in unicodedata.normalize("NFKC", word) if not _invisible(sign))
    found = _WORD.fullmatch(visible.casefold())
    return found[1] if found else ""


def _known(word: str) -> Name | None:
    return _WORDS.get(word.translate(_UMLAUTS[0]))


def _spellings(name: Name) -> set[str]:
    return {name.casefold().translate(umlauts) for umlauts in _UMLAUTS}


_WORDS: Final = {word: name for name in Name if name is not Name.STORED for word in _spellings(name)}


def _shown(word: str) -> str:
    return word if len(word) <= _LONGEST_WORD else f"{word[:_LONGEST_WORD]}…"
